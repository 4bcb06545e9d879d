use super::*;
use crate::gate::template::Template;

#[test]
fn a_hostile_path_has_few_readings() {
    for unit in ["/..;x", "%25", "%2f%5c;", "/%252e%u002e%c0%ae", "//%00", "/a"] {
        let Some(readings) = product(&format!("/x;{}", unit.repeat(8192 / unit.len()))) else {
            continue;
        };
        assert!(readings.len() <= MAX_READINGS, "{unit}: {}", readings.len());
        assert!(readings.iter().all(|reading| reading.segments.len() <= MAX_SEGMENTS));
    }
}

fn verdict(path: &str) -> Option<bool> {
    let template = Template::parse("/auth/verify").unwrap();
    let fits =
        |reading: &Reading| capture(template.segments(), reading.segments.iter().map(String::as_str), true).is_some();
    let readings = product(path)?;
    let sane = readings.iter().any(|reading| !reading.odd && fits(reading));
    let odd = readings.iter().any(|reading| reading.odd && fits(reading));
    if sane { Some(true) } else { odd.then_some(false) }
}

#[test]
fn what_can_be_read_in_too_many_ways_is_not_read_at_all() {
    assert!(product(&format!("/auth/%{}76erify", "25".repeat(60))).is_none());
    assert!(product("/auth/%252576erify%00%5c%c0%af").is_some());
}

#[test]
fn spellings_of_a_protected_path() {
    let link = [
        "/auth/verify",
        "/auth/verify/",
        "/AUTH/Verify",
        "//auth/verify".trim_start_matches('/'),
        "/auth//verify",
        "/auth/./verify",
        "/x/../auth/verify",
        "/auth/x/../verify",
        "/auth/%76erify",
        "/%61uth/verify",
        "/auth%2Fverify",
        "/auth%2fverify",
        "/auth/verify;v=1",
        "/auth;a=b/verify",
        "/auth/verify.json",
        "/auth/verify.",
        "/auth/verify%20",
        "/auth/verify%2E",
        "/auth/..;/auth/verify",
        "/auth/%2e/verify",
        "/x/%2e%2e/auth/verify",
        "/auth/verify.json/",
        "/auth/veri\u{17f}y".trim_end_matches('y'),
    ];
    for path in link.into_iter().filter(|path| path.starts_with('/') && path.is_ascii()) {
        assert_eq!(verdict(path), Some(true), "{path}");
    }
}

#[test]
fn spellings_that_two_parsers_read_differently() {
    let odd = [
        "//auth/verify",
        "//evil.example/auth/verify",
        "/\\evil.example/auth/verify",
        "/\\/evil.example\\auth/verify",
        "/%5Cevil.example/auth/verify",
        "/%2Fevil.example/auth/verify",
        "/auth/%2576erify",
        "/auth/verify%00",
        "/auth/verify%00.png",
        "/auth%5cverify",
        "/auth\\verify",
        "/auth/%c0%afverify",
        "/auth%c0%afverify",
        "/../auth/verify",
        "/%2e%2e/auth/verify",
        "/auth/verify%3Ftoken=x",
        "/auth/verify%23",
        "/auth/ver%0aify",
        "/auth/%u0076erify",
        "/auth%252fverify",
        "/auth/verify%09",
    ];
    for path in odd {
        assert_eq!(verdict(path), Some(false), "{path}");
    }
}

#[test]
fn other_paths_stay_other_paths() {
    for path in [
        "/auth",
        "/auth/verify/extra",
        "/auth/verif",
        "/verify",
        "/auth/verify-not",
        "/a%2525b",
        "/auth%00",
    ] {
        assert_eq!(verdict(path), None, "{path}");
    }
}

#[test]
fn what_stands_behind_a_hole_may_have_an_ending_too() {
    let template = Template::parse("/r/{token}.html").unwrap();
    for (segment, token) in [
        ("T.html", Some("T")),
        ("T.html.", Some("T")),
        ("T.html ", Some("T")),
        ("T.HTML.json", Some("T")),
        ("T.html.html", Some("T.html")),
        ("T.json", None),
        (".html", None),
    ] {
        let captured = capture(template.segments(), ["r", segment].into_iter(), true);
        assert_eq!(captured, token.map(|token| vec![token]), "{segment}");
    }
}
