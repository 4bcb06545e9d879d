use http::{HeaderMap, header};

use super::name::{Name, Naming};
use super::*;

/// How many fields each reading has.
fn parse(content_type: &'static str, body: &str) -> Result<(usize, Option<usize>), Unclear> {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    }
    Fields::parse(&headers, body.as_bytes()).map(|fields| fields.counts())
}

fn compare(raw: &str, name: &str) -> Naming {
    Name::new(name).compare(raw)
}

#[test]
fn names_are_compared_as_careless_servers_read_them() {
    for name in ["token", "TOKEN", "%74oken"] {
        assert_eq!(compare(name, "token"), Naming::Same, "{name}");
    }
    for name in [
        "token[]",
        "token%5B%5D",
        "token[0]",
        "token[a]b",
        "token[",
        "%2574oken",
        "+token",
        "%2Btoken",
        "token%00",
        "token%00x",
        "token%20",
        "?token",
        "%3Ftoken",
        "%u0074oken",
        "%25u0074oken",
        "token%u0000x",
        "%c1%b4oken",
        "%EF%BB%BFtoken",
        "to%ken",
        "to%ffken",
        "[token]",
        "[token",
        "]token",
        "[]token",
        "[[token]]",
        "[[]token[a]",
        "%5Btoken%5D",
        "%255Btoken]",
        "?[token]",
        "token]",
        "token]x",
        "token[a]x",
        "to%E2%80%8Bken",
        "%C2%ADtoken",
        "%EF%BD%94oken",
        "%EF%BC%BBtoken]",
        "tok%E2%80%8B%ffen%",
    ] {
        assert_eq!(compare(name, "token"), Naming::Odd, "{name}");
    }
    for name in [
        "tokens",
        "my_token",
        "user[token]",
        "[user]token",
        "[user][token]",
        "[]",
        "x%00token",
        "x?token",
        "?",
        "[",
        "",
    ] {
        assert_eq!(compare(name, "token"), Naming::Other, "{name}");
    }
}

#[test]
fn a_name_may_have_brackets_of_its_own() {
    for name in ["user[token]", "user%5Btoken%5D", "USER[token]"] {
        assert_eq!(compare(name, "user[token]"), Naming::Same, "{name}");
    }
    for name in [
        "user.token",
        "user_token",
        "user[token][]",
        "user[token",
        "[user][token]",
        "[user[token]",
        "user_token[]",
    ] {
        assert_eq!(compare(name, "user[token]"), Naming::Odd, "{name}");
    }
    for name in ["user", "user[]", "token", "user[other][token]"] {
        assert_eq!(compare(name, "user[token]"), Naming::Other, "{name}");
    }
}

#[test]
fn an_empty_field_does_not_hide_another() {
    let hidden = find("token=&x=%26token%3DT", "token");
    assert_eq!((hidden.odd, hidden.values), (true, vec![String::new(), "T".to_owned()]));
    let given = find("token=A&x=%26token%3DT", "token");
    assert_eq!((given.odd, given.values), (false, vec!["A".to_owned()]));
    let empty = find("token=&x=%26y%3DT", "token");
    assert_eq!((empty.odd, empty.values), (false, vec![String::new()]));
}

/// Would take minutes if the work grew with the square of the text.
#[test]
fn a_hostile_form_is_read_in_one_go() {
    for unit in [
        "[]", "%5B%5D", "%25", "&", ";", "a&", "token[", "?", "%00", "%u005b", "%2526", "[]&", "]",
    ] {
        let text = format!("x{}", unit.repeat(65_536 / unit.len()));
        for name in ["token", "user[token]"] {
            assert!(!find(&text, name).holds_text(), "{unit}");
        }
    }
}

fn in_json(key: &str) -> (bool, Vec<String>) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    let body = serde_json::json!({ key: "T" }).to_string();
    let found = Fields::parse(&headers, body.as_bytes()).unwrap().find("token").last();
    found.map(|found| (found.odd, found.values)).unwrap()
}

#[test]
fn keys_of_an_object_are_compared_like_names() {
    for (key, odd) in [("Token", false), ("token[]", true), ("token\0", true), (" token", true)] {
        assert_eq!(in_json(key), (odd, vec!["T".to_owned()]), "{key}");
    }
    assert_eq!(in_json("tokens"), (false, vec![]));
}

#[test]
fn doubled_fields_are_kept_and_other_shapes_are_unclear() {
    assert_eq!(
        parse("application/json; charset=UTF-8", r#"{"token": 1, "token": 2}"#),
        Ok((1, Some(2)))
    );
    assert_eq!(parse("application/x-www-form-urlencoded", "a=1&a=2"), Ok((2, None)));
    assert_eq!(
        parse("application/x-www-form-urlencoded; charset = \"utf8\"", "a=1"),
        Ok((1, None))
    );
    for (content_type, body) in [
        ("application/json", "[1]"),
        ("application/json", "{\"token\": 'x'}"),
        ("application/json", "{} {}"),
        ("application/json; charset=utf-16", "{}"),
        ("application/json; charset =ibm037", "{}"),
        ("application/x-www-form-urlencoded; charset*=x''ibm037", "a=1"),
        ("application/x-www-form-urlencoded; charset", "a=1"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("application/octet-stream", "{\"token\": \"x\"}"),
        ("text/html", "token=x"),
    ] {
        assert_eq!(parse(content_type, body), Err(Unclear), "{content_type} {body}");
    }
    assert_eq!(parse("text/html", ""), Ok((0, None)));
}

const TYPES: [&str; 5] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "application/vnd.api+json",
    "text/plain; charset=utf-8",
    "",
];

#[test]
fn a_body_is_read_as_what_it_is_whatever_its_type_says() {
    for content_type in TYPES {
        for before in ["", " ", "\r\n\t", "\u{feff}", "\u{feff} \u{feff}\n", "\u{a0}", "\0"] {
            let object = format!("{before}{{\"a\": 1, \"token\": \"T\"}}");
            assert_eq!(
                parse(content_type, &object),
                Ok((1, Some(2))),
                "{content_type} {object:?}"
            );
            for start in ["[", "{", "\"", "'", "//", "/*", "#", ")]}'"] {
                let broken = format!("{before}{start}a=1&token=T");
                assert_eq!(parse(content_type, &broken), Err(Unclear), "{content_type} {broken:?}");
            }
        }
        assert_eq!(parse(content_type, "a=1&token=T"), Ok((2, None)), "{content_type}");
    }
}

#[test]
fn a_compressed_body_is_unclear() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
    assert_eq!(Fields::parse(&headers, b"{}").err(), Some(Unclear));
}
