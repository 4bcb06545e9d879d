//! `linklatch explain`: what a help desk reads, whole, in `tests/fixtures/explain`.

use std::fs;
use std::process::{Command, Output, Stdio};

use regex::Regex;
use serde_json::Value;

const FOLDER: &str = "tests/fixtures/explain";
const TOKEN: &str = "3f7Kq9ZtYwLmN0pQrSt";

fn linklatch(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    let command = command.args(arguments).env_clear().stdin(Stdio::null());
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What is known of where a visit comes from: then no signature is left undecided, however many are shipped.
const ORIGIN: [&str; 8] = [
    "--client",
    "198.51.100.7",
    "--asn",
    "64496",
    "--reverse-dns",
    "host.example",
    "--tls",
    "t13d",
];
const GATE: [&str; 4] = [
    "--config",
    "tests/fixtures/explain/gate.toml",
    "--signatures",
    "tests/fixtures/explain/own",
];
const DRIVEN: &str = "trusted inactive mouse webdriver hover moves=0 seen=40";
const LOG: &str = "tests/fixtures/explain/visits.log";

/// Set `UPDATE_FIXTURES` to write the texts anew; then read what changed.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures and its own switch")]
fn every_explanation_gets_its_text() {
    let curl = format!(
        "curl -I 'https://auth.example.com/auth/verify?token={TOKEN}' -H 'Referer: https://a.example/?t={TOKEN}'"
    );
    let damaged = format!("curl 'https://auth.example.com/auth/verify?a=1&amp;token={TOKEN}'");
    let combined = format!(
        r#"192.0.2.9 - - [26/Nov/2026:01:27:01 +0000] "GET /auth/verify?token={TOKEN} HTTP/1.1" 200 512 "-" "OurGateway/2 ({TOKEN})""#
    );
    let request = "tests/fixtures/explain/request.http";
    // The rest of where it comes from is filled in: from the address on, or from the autonomous system on.
    let cases: [(&str, &[&str], usize); 14] = [
        ("browser", &["--browser", "--age", "10m"], 0),
        ("early", &["--browser", "--age", "1s"], 0),
        ("curl", &["--curl", &curl], 0),
        ("damaged", &["--curl", &damaged], 0),
        ("raw", &["--raw", request, "--scheme", "https"], 0),
        (
            "people",
            &["--browser", "--user-agent", "OurGateway/2", "--client", "203.0.113.7"],
            2,
        ),
        ("combined", &["--line", &combined], 2),
        ("logged", &["--request-id", "req_2", "--log", LOG], 0),
        ("changed", &["--request-id", "req_4", "--log", LOG], 0),
        ("press", &["--request-id", "req_6", "--log", LOG], 2),
        ("marked", &["--request-id", "req_7", "--log", LOG], 2),
        ("driven", &["--browser", "--age", "10m", "--press", DRIVEN], 0),
        ("without-script", &["--browser", "--age", "10m", "--press", ""], 0),
        ("tree", &["--user-agent", "OurGateway/2", "--signature", "own-tree"], 0),
    ];
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    // Shipped files change often, and their lines with them.
    let shipped = Regex::new(r"\(shipped\):\d+").unwrap();
    for (name, own, from) in cases {
        let arguments = [own, &ORIGIN[from..], &GATE].concat();
        let output = linklatch(&[&["explain"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        let text = shipped.replace_all(&out(&output), "(shipped):…").into_owned();
        let path = format!("{FOLDER}/{name}.txt");
        if update {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{path}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{name}");
        assert!(!text.contains(&TOKEN[..8]), "{name} shows a token");
        let json = out(&linklatch(
            &[&["explain", "--format", "json", "--all"], &arguments[..]].concat(),
        ));
        assert!(!json.contains(&TOKEN[..8]), "{name} shows a token");
        let json: Value = serde_json::from_str(&json).unwrap();
        let score = format!("score               {}", json["verdict"]["score"]);
        assert!(text.contains(&score), "{name}: {score}");
    }
}

#[test]
fn a_bad_question_is_told() {
    let line = format!(r#"1.2.3.4 - - [26/Nov/2026:01:27:01 +0000] "GET /v?t={TOKEN} HTTP/1.1" 200 1 "-" "x""#);
    let cases: [(&[&str], i32, &str); 13] = [
        (&[], 2, "no request is asked about"),
        (
            &["--request-id", "req_9", "--log", "README.md"],
            1,
            "first README.md:1: ",
        ),
        (&["--curl", "curl 'https://a.example"], 2, "without its end"),
        (&["--raw", "nowhere.http"], 2, "can't read `nowhere.http`"),
        (&["--line", "nonsense"], 2, "can't be read"),
        (&["--line", &line], 2, "add --config"),
        (&["--age", "5 minutes"], 2, "is no duration"),
        (&["--scheme", "gopher"], 2, "is no scheme"),
        (&["--press", "trusted nonsense"], 2, "`nonsense` is no word of a report"),
        (&["--press", "trusted untrusted"], 2, "another one says otherwise"),
        (&["--header", "accept"], 2, "is no header field"),
        (
            &["--signature", "http-libraries-crul"],
            2,
            "did you mean `http-libraries-curl`?",
        ),
        (&["--request-id", "req_9", "--log", LOG], 1, "has the reference req_9"),
    ];
    for (arguments, code, said) in cases {
        let output = linklatch(&[&["explain"], arguments].concat());
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(
            error.contains(said) && out(&output).is_empty(),
            "{arguments:?}: {error}"
        );
        assert!(!error.contains(&TOKEN[..8]), "{error}");
    }
}

#[test]
fn a_reference_is_found_as_people_copy_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let whole = "req_01a2161269e17eff8742e54bd702e0dc";
    let line = format!(
        r#"{{"timestamp":"2026-11-26T01:27:01.507Z","request_id":"{whole}","http.request.method":"GET","url.scheme":"https","network.protocol.version":"1.1","client.address":"192.0.2.7","user_agent.original":"a","linklatch.visit.fields":["host"],"linklatch.outcome":"held","linklatch.link.id":"dfb751396b651f7386b46dd8bfadbe20","linklatch.verdict.class":"suspect","linklatch.verdict.score":50,"linklatch.verdict.findings":["head"]}}"#
    );
    fs::write(path("visits.log"), line).unwrap();
    let config = "upstream = \"http://127.0.0.1:3000\"\nkeys.file = \"elsewhere.key\"\n\
                  signatures.asn-database = \"elsewhere.mmdb\"\n[[link]]\nurl = \"/v/{token}\"\n";
    fs::write(path("gate.toml"), config).unwrap();
    let (log, config) = (path("visits.log"), path("gate.toml"));
    let ask = |id: &str, log: &str| linklatch(&["explain", "--config", &config, "--request-id", id, "--log", log]);
    for id in [
        whole,
        &whole[4..],
        &format!("Reference: {whole}."),
        &whole.to_uppercase(),
        &whole[..12],
        &whole[20..26],
    ] {
        let output = ask(id, &log);
        assert_eq!(output.status.code(), Some(0), "{id}: {output:?}");
        assert!(out(&output).contains(whole));
    }
    fs::create_dir(path("own")).unwrap();
    fs::write(path("packed.log.gz"), b"\x1f\x8b\x08\0rest").unwrap();
    fs::write(
        path("serve.err"),
        r#"{"timestamp":"2026-11-26T01:27:01Z","level":"INFO","message":"x"}"#,
    )
    .unwrap();
    let other = format!("req_{}", "0".repeat(32));
    for (id, log, said) in [
        (&other, "visits.log", "are all logs named"),
        (&other, "serve.err", "standard output"),
        (&other, "packed.log.gz", "unpack it first: zcat "),
    ] {
        let output = ask(id, &path(log));
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(error.contains(said) && out(&output).is_empty(), "{log}: {error}");
    }
    for (log, said) in [
        ("serve.err", "no visit to a link is in 1 line\n  help: logs are"),
        ("packed.log.gz", "is compressed"),
    ] {
        let output = linklatch(&["replay", &path(log), "--signatures", &path("own")]);
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(said), "{error}");
    }
}
