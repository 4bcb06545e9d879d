//! Fields by name, in queries, forms and JSON objects: as careful servers read them, and as careless ones do.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, header};
use serde::de::{Deserializer as _, MapAccess, Visitor};

use super::spelling::{MAX_DECODINGS, careless, decode_field, decode_once, visible};
use super::template::fold_eq;

/// How a field's name relates to the one that a template names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// Another field.
    Other,
    /// The field, but for case.
    Same,
    /// Another field to careful parsers, the field to careless ones: `token[]`, `%2574oken`, ` token`.
    Odd,
}

/// A template's name of a field.
#[derive(Debug)]
struct Name<'t> {
    name: &'t str,
    flat: Cow<'t, str>,
    brackets: usize,
}

impl<'t> Name<'t> {
    fn new(name: &'t str) -> Self {
        Self {
            name,
            flat: if is_plain(name) {
                Cow::Borrowed(name)
            } else {
                flatten(name).into()
            },
            brackets: name.matches('[').count(),
        }
    }

    /// Compares a raw name with this one.
    fn compare(&self, raw: &str) -> Naming {
        if is_plain(raw) {
            return match fold_eq(raw, self.name) {
                true => Naming::Same,
                false if fold_eq(raw, &self.flat) => Naming::Odd,
                false => Naming::Other,
            };
        }
        if fold_eq(&decode_field(raw), self.name) {
            Naming::Same
        } else if careless(raw).any(|text| self.may_be(&text)) {
            Naming::Odd
        } else {
            Naming::Other
        }
    }

    /// Whether `text` is the name, or an array or object of that name: `token[]`, `token[a]b`, `token[`.
    fn may_be(&self, text: &str) -> bool {
        // The name's own brackets bound how often this cuts.
        let cuts = text.match_indices('[').map(|(at, _)| at).take(self.brackets + 1);
        std::iter::once(text.len())
            .chain(cuts)
            .any(|end| fold_eq(&flatten(&text[..end]), &self.flat))
    }
}

/// Whether all servers read a name alike.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A field name as PHP rewrites it: dots, spaces and brackets become underscores. A `?` before it is dropped, as
/// `URLSearchParams` does.
fn flatten(name: &str) -> String {
    let visible = visible(name).replace(']', "");
    let dropped = |c: char| c.is_whitespace() || matches!(c, '?' | '+');
    visible.trim_matches(dropped).replace(['.', ' ', '+', '['], "_")
}

/// What a field holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether any of the values stands under a name, or behind a separator, that only careless parsers take.
    pub(super) odd: bool,
    /// The decoded values.
    pub(super) values: Vec<String>,
}

impl Found {
    fn holds_text(&self) -> bool {
        self.values.iter().any(|value| !value.trim().is_empty())
    }
}

/// All values of a field in a query or form.
pub(super) fn find(query: &str, name: &str) -> Found {
    let name = Name::new(name);
    let found = split(query, &name);
    if found.holds_text() {
        return found;
    }
    // A careless server decodes the query before it splits it. Values that hold an encoded query of their own are
    // common and honest, so this counts only where the field holds nothing otherwise.
    let mut text = query.to_owned();
    for _ in 0..MAX_DECODINGS {
        let decoded = String::from_utf8_lossy(&decode_once(text.as_bytes())).into_owned();
        if decoded == text {
            break;
        }
        let hidden = split(&decoded, &name);
        if hidden.holds_text() {
            return Found { odd: true, ..hidden };
        }
        text = decoded;
    }
    found
}

fn split(query: &str, name: &Name<'_>) -> Found {
    let mut found = Found::default();
    for pair in query.split('&') {
        let mut add = |part: &str, careful: bool| {
            let (raw, value) = part.split_once('=').unwrap_or((part, ""));
            let naming = name.compare(raw);
            if naming != Naming::Other {
                found.odd |= !careful || naming == Naming::Odd;
                found.values.push(decode_field(value));
            }
        };
        add(pair, true);
        // Some servers also split at semicolons.
        pair.split(';').skip(1).for_each(|part| add(part, false));
    }
    found
}

/// A body as a call's fields see it.
#[derive(Debug)]
pub(super) enum Fields {
    /// No body.
    None,
    /// `application/x-www-form-urlencoded`.
    Form(String),
    /// A JSON object's fields in order, doubled ones included.
    Json(Vec<(String, serde_json::Value)>),
}

/// The body can't be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclear;

impl Fields {
    /// Reads a body by its type. What can't be read as one thing only is unclear.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unclear> {
        if body.is_empty() {
            return Ok(Self::None);
        }
        let encoded = headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(|value| value != "identity");
        let mut types = headers.get_all(header::CONTENT_TYPE).iter();
        let (Some(content_type), None, false) = (types.next(), types.next(), encoded) else {
            return Err(Unclear);
        };
        let content_type = content_type.to_str().map_err(|_| Unclear)?.to_ascii_lowercase();
        let mut parts = content_type.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let foreign = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches(['"', '\'']);
            name.trim_end().starts_with("charset") && !matches!(value, "utf-8" | "utf8")
        };
        if parts.any(foreign) {
            return Err(Unclear);
        }
        let text = std::str::from_utf8(body).map_err(|_| Unclear)?;
        if essence == "application/x-www-form-urlencoded" {
            return Ok(Self::Form(text.to_owned()));
        }
        if essence == "application/json" || essence.ends_with("+json") {
            let mut json = serde_json::Deserializer::from_str(text);
            let fields = json.deserialize_map(Object).map_err(|_| Unclear)?;
            json.end().map_err(|_| Unclear)?;
            return Ok(Self::Json(fields));
        }
        Err(Unclear)
    }

    /// All values of a field.
    pub(super) fn find(&self, name: &str) -> Found {
        match self {
            Self::None => Found::default(),
            Self::Form(text) => find(text, name),
            Self::Json(fields) => find_json(fields, &Name::new(name)),
        }
    }
}

fn find_json(fields: &[(String, serde_json::Value)], name: &Name<'_>) -> Found {
    let mut found = Found::default();
    for (key, value) in fields {
        let naming = name.compare(key);
        if naming == Naming::Other {
            continue;
        }
        found.odd |= naming == Naming::Odd || value.is_array() || value.is_object();
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => found.values.push(text.clone()),
            other => found.values.push(other.to_string()),
        }
    }
    found
}

/// An object's fields in order, doubled ones too: parsers differ on which of them counts.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, serde_json::Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content_type: &'static str, body: &str) -> Result<usize, Unclear> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        Fields::parse(&headers, body.as_bytes()).map(|fields| match fields {
            Fields::None => 0,
            Fields::Form(text) => text.split('&').count(),
            Fields::Json(fields) => fields.len(),
        })
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
        ] {
            assert_eq!(compare(name, "token"), Naming::Odd, "{name}");
        }
        for name in [
            "tokens",
            "my_token",
            "user[token]",
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

    #[test]
    fn keys_of_an_object_are_compared_like_names() {
        for (key, odd) in [("Token", false), ("token[]", true), ("token\0", true), (" token", true)] {
            let found = Fields::Json(vec![(key.to_owned(), "T".into())]).find("token");
            assert_eq!((found.odd, found.values), (odd, vec!["T".to_owned()]), "{key}");
        }
        assert_eq!(
            Fields::Json(vec![("tokens".to_owned(), "T".into())]).find("token"),
            Found::default()
        );
    }

    #[test]
    fn doubled_fields_are_kept_and_other_shapes_are_unclear() {
        assert_eq!(
            parse("application/json; charset=UTF-8", r#"{"token": 1, "token": 2}"#),
            Ok(2)
        );
        assert_eq!(parse("application/x-www-form-urlencoded", "a=1&a=2"), Ok(2));
        assert_eq!(
            parse("application/x-www-form-urlencoded; charset = \"utf8\"", "a=1"),
            Ok(1)
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
            ("text/plain", "{\"token\": \"x\"}"),
        ] {
            assert_eq!(parse(content_type, body), Err(Unclear), "{content_type} {body}");
        }
        assert_eq!(parse("text/plain", ""), Ok(0));
    }

    #[test]
    fn a_compressed_body_is_unclear() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(Fields::parse(&headers, b"{}").err(), Some(Unclear));
    }
}
