//! Damage as it was reported, each with where.

use regex::Regex;

use super::*;
use crate::gate::template::Template;

fn link(url: &str, shape: &str) -> Link {
    Link {
        token_shape: (!shape.is_empty()).then(|| Regex::new(&format!("^(?:{shape})$")).unwrap()),
        ..Link::new("link", Template::parse(url).unwrap())
    }
}

/// What a target is mended to, and how.
fn mended(link: &Link, target: &str) -> Option<(String, String)> {
    let uri: Uri = target.parse().unwrap();
    let values = match Target::new(&uri).link(link) {
        Match::Fits(values) => Some(values),
        Match::No | Match::Ambiguous(_) => None,
    };
    let mended = mend_link(link, "auth.example", target, values.as_ref())?;
    let words: Vec<&str> = mended.by.iter().map(|repair| repair.as_str()).collect();
    Some((mended.target.to_string(), words.join("+")))
}

const T: &str = "Zk3_token-0123456789abcdefABCDEF";
const SHAPE: &str = "[A-Za-z0-9_-]{32}";
const BASE64: &str = "aGVs/bG8r+29ybGQxMjM0NTY3OA==";
const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

/// How it came, what it was, which repair.
type Case<'c> = (&'c str, &'c str, &'c str);

fn hold(link: &Link, cases: &[Case<'_>]) {
    for (came, was, by) in cases {
        let fill = |text: &str| text.replace("{T}", T).replace("{UUID}", UUID).replace("{JWT}", JWT);
        let expected = Some((fill(was), (*by).to_owned()));
        assert_eq!(mended(link, &fill(came)), expected, "{came}");
        assert_eq!(mended(link, &fill(was)), None, "{was} is whole");
    }
}

/// With a shape.
const REPORTED: &[Case<'_>] = &[
    // A quote added by a Microsoft relay: github.com/gophish/gophish/issues/973.
    ("/auth/verify?token={T}%27", "/auth/verify?token={T}", "punctuation"),
    (
        "/auth/verify?token={T}'&utm_source=a",
        "/auth/verify?token={T}&utm_source=a",
        "punctuation",
    ),
    // Quoted-printable text shown as it is (SOGo, K-9): github.com/dani-garcia/vaultwarden/issues/7401.
    ("/auth/verify?token=3D{T}", "/auth/verify?token={T}", "quoted_printable"),
    (
        "/auth/verify?token=3d{T}&next=/a",
        "/auth/verify?token={T}&next=/a",
        "quoted_printable",
    ),
    (
        "/auth/verify?token=3D{T}&next=3D%2Fa",
        "/auth/verify?token={T}&next=%2Fa",
        "quoted_printable",
    ),
    ("/auth/verify?token=%3D{T}", "/auth/verify?token={T}", "punctuation"),
    (
        "/auth/verify?token=Zk3_token-01234567=%0D%0A89abcdefABCDEF",
        "/auth/verify?token={T}",
        "quoted_printable",
    ),
    (
        "/auth/verify?token=Zk3_token-01234567=%0A89abcdefABCDEF",
        "/auth/verify?token={T}",
        "quoted_printable",
    ),
    (
        "/auth/verify?token=3DZk3_token-01234567=%0D%0A89abcdefABCDEF.",
        "/auth/verify?token={T}",
        "quoted_printable+punctuation",
    ),
    // White space put in where a line ended.
    (
        "/auth/verify?token=Zk3_token-01234567%0A89abcdefABCDEF",
        "/auth/verify?token={T}",
        "white_space",
    ),
    (
        "/auth/verify?token=Zk3_token-01234567%2089abcdefABCDEF",
        "/auth/verify?token={T}",
        "white_space",
    ),
    ("/auth/verify?token=%20{T}", "/auth/verify?token={T}", "white_space"),
    (
        "/auth/verify?token={T}%E2%80%8B",
        "/auth/verify?token={T}",
        "punctuation",
    ),
    // `&amp;` kept: github.com/laravel/framework/issues/25716.
    (
        "/auth/verify?id=1&amp;token={T}",
        "/auth/verify?id=1&token={T}",
        "html_escape",
    ),
    (
        "/auth/verify?id=1&amp%3Btoken={T}",
        "/auth/verify?id=1&token={T}",
        "html_escape",
    ),
    // A sentence's full stop, angle brackets, Markdown: Simplenote 131, Sylius 7983.
    ("/auth/verify?token={T}.", "/auth/verify?token={T}", "punctuation"),
    ("/auth/verify?token={T}%3E", "/auth/verify?token={T}", "punctuation"),
    ("/auth/verify?token={T}).", "/auth/verify?token={T}", "punctuation"),
    ("/auth/verify?token=%3C{T}%3E", "/auth/verify?token={T}", "punctuation"),
    ("/auth/verify?token=({T})", "/auth/verify?token={T}", "punctuation"),
    (
        "/auth/verify?token={T}%22%3ESign%20in%3C/a%3E",
        "/auth/verify?token={T}",
        "punctuation",
    ),
    (
        "/auth/verify?token={T}](https://auth.example/auth/verify?token={T})",
        "/auth/verify?token={T}",
        "markdown",
    ),
    ("/auth/verify?token={T}**", "/auth/verify?token={T}", "punctuation"),
    // Signs between the fields encoded: `=` kept as `%3D`.
    ("/auth/verify?token%3D{T}", "/auth/verify?token={T}", "percent_encoding"),
    (
        "/auth/verify?token%3D{T}%26next%3D/a",
        "/auth/verify?token={T}&next=/a",
        "percent_encoding",
    ),
    (
        "/auth/verify%3Ftoken%3D{T}",
        "/auth/verify?token={T}",
        "percent_encoding",
    ),
    ("/auth/verify%3Ftoken={T}", "/auth/verify?token={T}", "percent_encoding"),
    (
        "/auth/verify?token=Zk3%255Ftoken-0123456789abcdefABCDEF",
        "/auth/verify?token=Zk3%5Ftoken-0123456789abcdefABCDEF",
        "percent_encoding",
    ),
    // A mailing system's fields joined with a second `?`.
    (
        "/auth/verify?token={T}?utm_source=mail",
        "/auth/verify?token={T}&utm_source=mail",
        "second_query",
    ),
    (
        "/auth/verify?utm_source=mail?token={T}",
        "/auth/verify?utm_source=mail&token={T}",
        "second_query",
    ),
];

#[test]
fn damage_that_was_reported_is_undone() {
    hold(&link("/auth/verify?token={token}", SHAPE), REPORTED);
}

#[test]
fn a_whole_link_as_the_value_is_this_very_link() {
    let link = link("/auth/verify?token={token}", "");
    let safe = "https%3A%2F%2Feur01.safelinks.protection.outlook.com%2F%3Furl%3Dhttps%253A%252F%252Fauth.example%252Fauth%252Fverify%253Ftoken%253D{T}%2526a%253D1%26data%3D05";
    let raw = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fauth.example%2Fauth%2Fverify%3Ftoken%3D{T}%26a%3D1&data=05";
    for value in [
        safe,
        raw,
        "https%3A%2F%2Fauth.example%2Fauth%2Fverify%3Ftoken%3D{T}%26a%3D1",
    ] {
        let came = format!("/auth/verify?token={value}");
        hold(&link, &[(&came, "/auth/verify?token={T}&a=1", "wrapper")]);
        let elsewhere = came.replace("auth.example", "other.example").replace("{T}", T);
        assert_eq!(mended(&link, &elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn plus_signs_that_became_spaces_come_back() {
    // GoodDAPP 1093, SymfonyCasts 135, ltb-project/self-service-password 534.
    let link = link("/auth/verify?token={token}", "[A-Za-z0-9+/]{27}==");
    let whole = BASE64.replace('+', "%2B");
    for came in [BASE64.to_owned(), BASE64.replace('+', "%20")] {
        let found = mended(&link, &format!("/auth/verify?token={came}"));
        assert_eq!(found, Some((format!("/auth/verify?token={whole}"), "plus".to_owned())));
    }
    let padded = format!("/auth/verify?token={}", whole.replace('=', "=3D"));
    let (was, by) = mended(&link, &padded).unwrap();
    assert_eq!(
        (was, by.as_str()),
        (format!("/auth/verify?token={whole}"), "quoted_printable")
    );
    // `===` was not made part of the link: abevoelker/devise-passwordless 79. What is gone can't be guessed.
    assert_eq!(
        mended(&link, &format!("/auth/verify?token={}", whole.trim_end_matches('='))),
        None
    );
}

#[test]
fn a_token_in_the_path_and_the_plain_values_are_mended_too() {
    hold(
        &link("/r/{token}", SHAPE),
        &[
            ("/r/{T}.", "/r/{T}", "punctuation"),
            ("/r/{T}%3E", "/r/{T}", "punctuation"),
            ("/r/{T}%0A", "/r/{T}", "white_space"),
            ("/r/Zk3_token-01234567%0D%0A89abcdefABCDEF", "/r/{T}", "white_space"),
            ("/r/{T}%3Futm_source=a", "/r/{T}?utm_source=a", "second_query"),
            ("/r/{T}).?x=1", "/r/{T}?x=1", "punctuation"),
        ],
    );
    hold(
        &link("/v1/verify?token={token}&type=magiclink", SHAPE),
        &[
            (
                "/v1/verify?token={T}&type=magiclink.",
                "/v1/verify?token={T}&type=magiclink",
                "punctuation",
            ),
            (
                "/v1/verify?token={T}&amp;type=magiclink",
                "/v1/verify?token={T}&type=magiclink",
                "html_escape",
            ),
            (
                "/v1/verify?type=3Dmagiclink&token=3D{T}",
                "/v1/verify?type=magiclink&token={T}",
                "quoted_printable",
            ),
            (
                "/v1/verify?token={T}&amp;type=magiclink%3E",
                "/v1/verify?token={T}&type=magiclink",
                "html_escape+punctuation",
            ),
        ],
    );
    hold(
        &link("/r/{token}/confirm", SHAPE),
        &[("/r/{T}/confirm)", "/r/{T}/confirm", "punctuation")],
    );
    hold(
        &link("/verify/{id}/{token}?expires={expires}&signature={signature}", ""),
        &[(
            "/verify/1/{T}?expires=9&amp;signature=ab",
            "/verify/1/{T}?expires=9&signature=ab",
            "html_escape",
        )],
    );
}

/// Without one.
const PLAIN: &[Case<'_>] = &[
    ("/auth/verify?token={T}%27", "/auth/verify?token={T}", "punctuation"),
    ("/auth/verify?token={T}%3E", "/auth/verify?token={T}", "punctuation"),
    (
        "/auth/verify?token={T}=%0D%0A",
        "/auth/verify?token={T}",
        "quoted_printable",
    ),
    (
        "/auth/verify?a=1&amp;token={T}",
        "/auth/verify?a=1&token={T}",
        "html_escape",
    ),
    (
        "/auth/verify?a=1&amp;token={T})",
        "/auth/verify?a=1&token={T}",
        "html_escape+punctuation",
    ),
    ("/auth/verify?token%3Dabc", "/auth/verify?token=abc", "percent_encoding"),
    (
        "/auth/verify?token=3Dabc&next=3D/x",
        "/auth/verify?token=abc&next=/x",
        "quoted_printable",
    ),
    ("/auth/verify?token={UUID}.", "/auth/verify?token={UUID}", "punctuation"),
    (
        "/auth/verify?token=3D{UUID}",
        "/auth/verify?token={UUID}",
        "quoted_printable",
    ),
    ("/auth/verify?token={JWT}.", "/auth/verify?token={JWT}", "punctuation"),
    (
        "/auth/verify?token=3D{JWT}",
        "/auth/verify?token={JWT}",
        "quoted_printable",
    ),
];

/// Tokens of links that name no shape.
const UNTOUCHED: &[&str] = &[
    // A full stop, an exclamation mark and a tilde are drawn by generators, and white space may have been a `+`.
    "{T}.",
    "{T}!",
    "{T}~",
    "{T}*",
    "3D{T}",
    "{T}+",
    "{T}%20",
    "Zk3_token%200123456789abcdefABCDEF",
    // An unsecured JWT ends in a full stop.
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
    // Hexadecimal digits may begin with 3D.
    "3D0123456789ABCDEF0123456789ABCDEF",
    "3d0123456789abcdef0123456789abcdef",
    // Django's signatures, passwords, short codes.
    "MQ:1abcde:sigsigsigsigsigsigsig",
    "abc'",
    "abc)",
    "p4ss%3Ew0rd",
    "aGVsbG8r+29ybGQ==",
    "a,b",
];

#[test]
fn without_a_shape_only_what_shows_by_itself_is_undone() {
    let link = link("/auth/verify?token={token}", "");
    hold(&link, PLAIN);
    for untouched in UNTOUCHED {
        let target = format!("/auth/verify?token={untouched}").replace("{T}", T);
        assert_eq!(mended(&link, &target), None, "{untouched}");
    }
}

#[test]
fn what_has_two_readings_has_none() {
    let any = link("/auth/verify?token={token}", "[A-Za-z0-9+/_.-]{8,64}");
    for two in [
        // A space was a `+`, or was put in.
        "abcdefgh%20ijklmnop",
        // `3D` may be the token's own.
        "3Dabcdefgh%3E",
        // So may the full stop.
        "abcdefgh.)",
    ] {
        assert_eq!(mended(&any, &format!("/auth/verify?token={two}")), None, "{two}");
    }
    let fixed = link("/auth/verify?token={token}", SHAPE);
    for none in [
        &T[..31],
        &T[1..],
        "",
        "x",
        "%3E",
        &T.to_lowercase().repeat(2),
        // Cut at a colon: cesargb/laravel-magiclink 102. Cut at 2048 characters: netdata/netdata-cloud 769.
        &T[..16],
        &format!("{T}&token={T}."),
        &format!("{T}.&amp;token={T}"),
    ] {
        assert_eq!(mended(&fixed, &format!("/auth/verify?token={none}")), None, "{none}");
    }
}

#[test]
fn a_hostile_target_is_given_up_soon() {
    let link = link("/auth/verify?token={token}", SHAPE);
    for unit in [
        "%3E", ")", "&amp;", "=3D", "%20", "](http", "%253D", "?", "utm_a?", "&a%3D", "3D",
    ] {
        let target = format!("/auth/verify?token={}", unit.repeat(4000 / unit.len()));
        assert_eq!(mended(&link, &target), None, "{unit}");
        assert_eq!(
            mended(&link, &format!("{target}&amp;token={T}{unit}{unit}")),
            None,
            "{unit}"
        );
    }
}

#[test]
fn however_much_is_damaged_a_target_has_few_mends() {
    let link = link("/auth/verify?token={token}", "");
    for piece in [
        "utm_a=?&",
        "utm_?&",
        "token%3D&",
        "&amp;",
        "=3D",
        "](http",
        "?",
        "(",
        "%20",
        "%25",
    ] {
        let target = format!("/auth/verify?{}", piece.repeat(MAX_LENGTH / 2 / piece.len()));
        let place = Place::of_token(&link, &target);
        let mut mends = mends::of_whole(&link, &target, place.is_some());
        mends.extend(
            place
                .iter()
                .flat_map(|place| mends::of_value(&target, place, "auth.example")),
        );
        assert!(mends.len() < 40, "{piece}: {}", mends.len());
    }
    let twice = "/auth/verify?utm_a=1?utm_b=2?token=Zm9vYmFyYmF6cXV4Zm9v";
    assert!(mended(&link, twice).is_some());
}
