//! The files of `config/` work, and the commented one tells the truth.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use linklatch::config::{Config, Limits, Log, Times};
use linklatch::load::{self, Environment};

use crate::support::mmdb;

fn load(path: &Path) -> Config {
    let loaded = load::config(path, &Environment::default())
        .unwrap_or_else(|report| panic!("{}:\n{}", path.display(), report.text(false)));
    assert!(
        loaded.warnings.is_empty(),
        "{}:\n{}",
        path.display(),
        loaded.warnings_text(false)
    );
    loaded.config
}

#[test]
fn every_shipped_file_passes_without_a_warning() {
    let files: Vec<_> = fs::read_dir("config")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert!(files.len() >= 2);
    for path in files {
        load(&path);
    }
}

#[test]
fn the_smallest_file_says_the_same_as_the_flags() {
    let file = load(Path::new("config/minimal.toml"));
    let link = "/auth/verify?token={token}".to_owned();
    let upstream = Some("http://127.0.0.1:3000");
    let flags = load::quick(Some("127.0.0.1:8080"), upstream, &[link], &Environment::default())
        .unwrap()
        .config;
    assert_eq!(format!("{file:?}"), format!("{flags:?}"));
}

/// The commented file with its `#key = …` lines, and its `#: …` lines too if asked for, put to work.
#[expect(clippy::disallowed_methods, reason = "a test reads a shipped file")]
fn uncommented(examples: bool) -> String {
    let text = fs::read_to_string("config/linklatch.toml").unwrap();
    let line = |line: &str| match (line.strip_prefix("#: "), line.strip_prefix('#')) {
        (Some(example), _) if examples => example.to_owned(),
        (None, Some(default)) if !default.starts_with([' ', ':']) => default.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn the_commented_defaults_are_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linklatch.toml");
    let text = uncommented(false);
    for key in ["ticket", "remembered", "format", "hosts", "listen", "min-length"] {
        assert!(
            text.lines().any(|line| line.starts_with(&format!("{key} = "))),
            "{key} was not uncommented"
        );
    }
    fs::write(&path, text).unwrap();
    let uncommented = load(&path);
    assert_eq!(uncommented.times, Times::default());
    assert_eq!(uncommented.limits, Limits::default());
    assert_eq!(uncommented.log, Log::default());
    // All else: equal to the same file without these lines.
    assert_eq!(
        format!("{uncommented:?}"),
        format!("{:?}", load(Path::new("config/linklatch.toml")))
    );
}

#[test]
fn every_example_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linklatch.toml");
    // The examples exclude each other here: one upstream or several, a replay or a request of one's own.
    let text = uncommented(true)
        .replace("upstream = \"http://127.0.0.1:3000\"\n", "")
        .replace("?token={token}\"", "?token={token}&t={time}\"")
        // A header of theirs asks for somebody who is trusted.
        .replace("trusted-proxies = []", "trusted-proxies = [\"10.0.0.0/24\"]")
        .replace("upstream = \"default\"", "upstream = \"auth\"")
        .replace("as = \"replay\"", "as = \"json\"");
    fs::write(&path, text).unwrap();
    let key = "A".repeat(43);
    for (name, content) in [
        ("linklatch.key", &*key),
        ("backend.secret", &*key),
        ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("page.html", include_str!("../../src/pages/page.html")),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let made = rcgen::generate_simple_self_signed(["auth.example.com".to_owned()]).unwrap();
    for name in ["ca.pem", "auth.pem"] {
        fs::write(folder.path().join(name), made.cert.pem()).unwrap();
    }
    fs::write(folder.path().join("auth.key"), made.signing_key.serialize_pem()).unwrap();
    for name in ["linklatch.key", "backend.secret", "auth.key"] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::create_dir(folder.path().join("signatures")).unwrap();
    fs::create_dir(folder.path().join("locales")).unwrap();
    mmdb::write(
        &folder.path().join("GeoLite2-ASN.mmdb"),
        mmdb::today(),
        &[("192.0.2.0/24", mmdb::geolite(64500))],
    );
    let report = load::config(&path, &Environment::default()).unwrap_err();
    // A file for https is named, and the example's url is http: the only thing that can't hold at once.
    let codes: Vec<_> = report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["upstream-conflict"], "{}", report.text(false));
}
