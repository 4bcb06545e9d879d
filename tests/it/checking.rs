//! `check` passes nothing that `serve` refuses, and says which link an address is.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::tls::Certificate;

/// The text of a configuration in `folder`, checked.
fn check(folder: &Path, toml: &str, more: &[&str]) -> Output {
    let file = folder.join("linklatch.toml");
    fs::write(&file, toml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.env_clear().arg("check").arg(&file).args(more);
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const LINK: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\n";

fn with_pair(certificate: &str, key: &str, more: &str) -> String {
    format!(
        "upstream = \"http://127.0.0.1:3000\"\n{more}\n[[listener]]\naddress = \"127.0.0.1:0\"\n\
         certificates = [{{ certificate = \"{certificate}\", key = \"{key}\" }}]\n{LINK}"
    )
}

/// A certificate that is valid between two years.
fn dated(folder: &Path, stem: &str, (start, end): (i32, i32)) {
    let mut params = rcgen::CertificateParams::new(vec!["auth.example".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(start, 1, 1);
    params.not_after = rcgen::date_time_ymd(end, 1, 1);
    let secret = rcgen::KeyPair::generate().unwrap();
    fs::write(
        folder.join(format!("{stem}.crt")),
        params.self_signed(&secret).unwrap().pem(),
    )
    .unwrap();
    fs::write(folder.join(format!("{stem}.key")), secret.serialize_pem()).unwrap();
    keep_private(&folder.join(format!("{stem}.key")));
}

fn keep_private(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn no_pair_passes_that_tls_could_not_use() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for stem in ["good", "other"] {
        let made = Certificate::write(folder, stem, &["auth.example"]);
        keep_private(&made.key);
    }
    fs::write(folder.join("junk.pem"), "junk").unwrap();
    fs::write(folder.join("empty.pem"), "").unwrap();
    let whole = fs::read_to_string(folder.join("good.key")).unwrap();
    fs::write(folder.join("cut.key"), &whole[..whole.len() / 2]).unwrap();
    let secret = whole.lines().nth(1).unwrap();
    let good = check(folder, &with_pair("good.crt", "good.key", ""), &[]);
    assert_eq!(good.status.code(), Some(0), "{}", err(&good));
    assert!(out(&good).starts_with(&format!("{} is fine\n", folder.join("linklatch.toml").display())));
    for (certificate, key, expected) in [
        ("good.crt", "other.key", "does not belong"),
        ("junk.pem", "good.key", "has no certificate"),
        ("good.crt", "junk.pem", "has no usable private key"),
        ("good.crt", "good.crt", "has no usable private key"),
        ("good.crt", "cut.key", "is not valid PEM"),
        ("empty.pem", "good.key", "it is empty"),
        ("gone.crt", "good.key", "can't read `gone.crt`"),
        (".", "good.key", "can't read `.`"),
    ] {
        let bad = check(folder, &with_pair(certificate, key, ""), &[]);
        assert_eq!(bad.status.code(), Some(1), "{certificate} {key}");
        assert!(err(&bad).contains(expected), "{certificate} {key}: {}", err(&bad));
        assert!(!err(&bad).contains(secret) && out(&bad).is_empty());
    }
    for (authority, code) in [
        ("good.crt", 0),
        ("junk.pem", 1),
        ("empty.pem", 1),
        ("gone.crt", 1),
        ("good.key", 1),
    ] {
        let toml =
            format!("[[upstream]]\nname = \"auth\"\nurl = \"https://auth.example\"\nca-file = \"{authority}\"\n{LINK}");
        let output = check(folder, &toml, &[]);
        assert_eq!(output.status.code(), Some(code), "{authority}: {}", err(&output));
    }
}

#[test]
fn what_clients_would_refuse_is_warned_of_and_not_called_fine() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (stem, years) in [("good", (2020, 2090)), ("ended", (2020, 2021)), ("early", (2090, 2091))] {
        dated(folder, stem, years);
    }
    dated(folder, "open", (2020, 2090));
    fs::set_permissions(folder.join("open.key"), Permissions::from_mode(0o644)).unwrap();
    let cases = [
        ("good", "hosts = [\"auth.example\"]", None),
        ("ended", "", Some("expired at 2021-01-01")),
        ("early", "", Some("is valid only from 2090-01-01")),
        (
            "good",
            "hosts = [\"auth.example\", \"app.example\"]",
            Some("no certificate is for `app.example`"),
        ),
        ("open", "", Some("every user of this machine can read `open.key`")),
    ];
    for (stem, more, expected) in cases {
        let output = check(
            folder,
            &with_pair(&format!("{stem}.crt"), &format!("{stem}.key"), more),
            &[],
        );
        let (said, problems) = (out(&output), err(&output));
        assert_eq!(output.status.code(), Some(0), "{stem}: {problems}");
        assert_eq!(said.contains("is fine"), expected.is_none(), "{stem}: {said}");
        assert_eq!(
            said.contains("can be used, with 1 warning\n"),
            expected.is_some(),
            "{stem}: {said}"
        );
        assert!(problems.contains(expected.unwrap_or_default()), "{stem}: {problems}");
    }
}

#[test]
fn a_key_file_that_everybody_can_read_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!("upstream = \"http://127.0.0.1:3000\"\n[keys]\nfile = \"seal.key\"\n{LINK}");
    let key = folder.path().join("seal.key");
    fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n").unwrap();
    for mode in [0o600, 0o640, 0o644, 0o604, 0o660] {
        fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let output = check(folder.path(), &toml, &[]);
        let warned = err(&output).contains("every user of this machine can read `seal.key`");
        assert_eq!((output.status.code(), warned), (Some(0), mode & 0o004 != 0), "{mode:o}");
    }
}

#[test]
fn an_upstream_that_is_the_gate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (listen, upstream, is_gate) in [
        ("127.0.0.1:8080", "http://127.0.0.1:8080", true),
        ("127.0.0.1:8080", "http://localhost:8080", true),
        ("0.0.0.0:8080", "http://127.0.0.1:8080", true),
        ("[::]:8080", "http://localhost:8080", true),
        ("[::1]:8080", "http://[::1]:8080", true),
        ("0.0.0.0:80", "http://localhost", true),
        ("192.0.2.7:8080", "http://192.0.2.7:8080", true),
        ("127.0.0.1:8080", "http://127.0.0.1:3000", false),
        ("192.0.2.7:8080", "http://192.0.2.8:8080", false),
        ("0.0.0.0:8080", "http://auth.example:8080", false),
        ("127.0.0.1:0", "http://127.0.0.1:3000", false),
    ] {
        let toml = format!("listen = \"{listen}\"\nupstream = \"{upstream}\"\n{LINK}");
        let output = check(folder.path(), &toml, &[]);
        assert_eq!(
            err(&output).contains("upstream-is-gate"),
            is_gate,
            "{listen} {upstream}: {}",
            err(&output)
        );
        assert_eq!(output.status.code(), Some(i32::from(is_gate)));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_address_is_a_link_or_passes_and_its_token_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "upstream = \"http://127.0.0.1:3000\"\nhosts = [\"auth.example\"]\n\
                [[link]]\nname = \"sign-in\"\nurl = \"/auth/verify?token={token}\"\ntoken = '[A-Za-z0-9]{24}'\n\
                [[link.call]]\nrequest = \"GET /v1/verify\"\nheaders = { authorization = \"{token}\" }\n";
    let token = "SecretSecretSecretSecret";
    for (url, code, expected) in [
        (
            "https://auth.example/auth/verify?token=T",
            0,
            "is link `sign-in`: /auth/verify?token={token}",
        ),
        ("/auth/verify?token=T", 0, "is link `sign-in`"),
        (
            "https://auth.example/AUTH/verify/?utm=1&token=T",
            0,
            "is link `sign-in`",
        ),
        ("https://auth.example/auth/verify?token=T#top", 0, "is link `sign-in`"),
        (
            "https://auth.example/auth/verify?token=Tx",
            1,
            "page for incomplete links",
        ),
        (
            "https://auth.example/auth/verify?token=T&token=T2",
            1,
            "is refused: servers can read it",
        ),
        ("https://auth.example/auth/verify", 1, "passes: it is no link"),
        ("https://auth.example/other?token=T", 1, "passes: it is no link"),
        ("https://auth.example/v1/verify", 1, "is an API call"),
        (
            "https://app.example/auth/verify?token=T",
            1,
            "`app.example` is not among `hosts`",
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fauth.example%2Fauth%2Fverify%3Ftoken%3DT&data=x",
            1,
            "`linklatch unwrap` shows what is inside",
        ),
        ("not an address", 2, "--url takes an address"),
    ] {
        let output = check(
            folder.path(),
            toml,
            &[
                "--url",
                &url.replace("=T", &format!("={token}"))
                    .replace("DT", &format!("D{token}")),
            ],
        );
        let all = out(&output) + &err(&output);
        assert_eq!(output.status.code(), Some(code), "{url}: {all}");
        assert!(all.contains(expected), "{url}: {all}");
        assert!(!all.contains(token), "{url}: {all}");
    }
    let output = check(
        folder.path(),
        toml,
        &[
            "--format",
            "json",
            "--url",
            "/auth/verify?token=SecretSecretSecretSecret",
        ],
    );
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["is"], &answer["link"]), (&"link".into(), &"sign-in".into()));
}
