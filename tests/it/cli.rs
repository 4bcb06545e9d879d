//! The real binary: what it answers, and how it ends.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use linklatch::load::{self, Environment};

fn linklatch(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    linklatch(arguments).output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_teaches() {
    for arguments in [&["--help"][..], &["help"], &["serve", "--help"], &["help", "serve"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("--link '/auth/verify?token={token}'"));
    }
    assert!(out(&run(&["--help"])).contains("Exit codes:"));
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(
        out(&run(&["--version"])),
        format!("linklatch {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn check_says_what_is_protected() {
    let output = run(&["check", "--config", "config/minimal.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(
        out(&output),
        "\
config/minimal.toml is fine

listens on
  http://127.0.0.1:8080

sends to
  default http://127.0.0.1:3000, also for all that no other serves

keeps shut until a person opens it
  auth-verify /auth/verify?token={token}
    then sends the request as it came

seals with
  a key of each run

knows scanners by
  126 signatures, 2 of them only observed
  none of them yours: `[signatures] folder` names no folder
  17 of them ask for asn: not looked up
  1 of them asks for reverse-dns: not looked up
"
    );
}

#[test]
fn check_says_what_the_operator_added() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("gate.key", &out(&run(&["keygen"])));
    fs::create_dir(folder.path().join("own")).unwrap();
    let signature = "[[signature]]\nid = \"own-monitor\"\ntitle = \"Ours\"\nconfidence = \"certain\"\nkind = \"monitor\"\n\
                     source = [\"s\"]\nseen = 2026-08-11\naction = \"allow\"\nnetwork = [\"192.0.2.0/24\"]\n\
                     user-agent = ['our-monitor']\nmatch = [{ user-agent = \"our-monitor\", client = \"192.0.2.1\" }]\n";
    write("own/own.toml", signature);
    let config = "upstream = \"http://127.0.0.1:3000\"\nkeys.file = \"gate.key\"\nsignatures.folder = \"own\"\n\
                  [[link]]\nurl = \"/v/{token}\"\nnew-link = \"/sign-in\"\nmode = \"observe\"\n\
                  ask = \"POST /send\"\nsame-browser = \"pass\"\n";
    write("gate.toml", config);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let output = run(&["check", &path("gate.toml")]);
    let text = out(&output);
    let key = format!("seals with\n  1 key from {}\n", path("gate.key"));
    for said in [
        "    mode observe: not shut at all; the log says what would have been asked\n",
        "    opened without a press by the browser that asked for it\n",
        "    new links at /sign-in\n",
        &key,
        "  lets pass without a press: own-monitor\n",
    ] {
        assert!(text.contains(said), "{said}: {text}{}", err(&output));
    }
    let shown = out(&run(&[
        "signatures",
        "--signatures",
        &path("own"),
        "show",
        "own-monitor",
    ]));
    for said in [
        "weight 100; seen 2026-08-11",
        "examples: match 1",
        "\n  user-agent = ['our-monitor']\n",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    write(
        "own/own.toml",
        &signature.replace("kind", "knd").replace("title", "titel"),
    );
    for arguments in [
        &["test", "--signatures", &path("own")][..],
        &["signatures", "list", "--signatures", &path("own")],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1));
        let text = err(&output);
        assert!(text.contains("?\n\nerror["), "{text}");
        assert!(text.lines().last().unwrap().ends_with(" errors"), "{text}");
    }
}

#[test]
fn what_can_t_be_had_is_told_once() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let link = "/v/{token}";
    let output = run(&[
        "serve",
        "--listen",
        &address,
        "--upstream",
        "http://127.0.0.1:3000",
        "--link",
        link,
    ]);
    let text = err(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text.matches("in use").count(), 1, "{text}");
    assert!(text.contains("--listen"), "{text}");
}

#[test]
fn an_unknown_key_gets_a_suggestion_and_exit_code_1() {
    let output = run(&["check", "--config", "tests/fixtures/bad/unknown-keys.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(text.contains("unknown-keys.toml:1:1"), "{text}");
    assert!(text.contains("did you mean `listen`?"), "{text}");
    assert_eq!(out(&output), "");
}

#[test]
fn check_answers_in_json() {
    let output = run(&[
        "check",
        "--format",
        "json",
        "--config",
        "tests/fixtures/bad/unknown-keys.toml",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["ok"], false);
    assert_eq!(answer["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(answer["diagnostics"][0]["line"], 1);

    let output = run(&["check", "--format", "json", "--config", "config/minimal.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["effective"]["links"][0]["url"], "/auth/verify?token={token}");
}

#[test]
fn a_bad_question_ends_with_2() {
    for arguments in [
        &["check", "--config", "tests/none.toml"][..],
        &["check"],
        &["serve"],
        &["serve", "--config", "tests/none.toml"],
        &["serve", "--config", "config/minimal.toml", "--listen", "127.0.0.1:0"],
        &["serve", "--upstream", "http://127.0.0.1:3000", "--link", "/auth/verify"],
        &["frobnicate"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert_ne!(err(&output), "", "{arguments:?}");
    }
}

#[test]
fn a_wrong_flag_is_quoted() {
    let output = run(&[
        "serve",
        "--upstream",
        "http://127.0.0.1:3000",
        "--link",
        "/a/{token}",
        "--link",
        "/b/{x",
    ]);
    let text = err(&output);
    assert!(text.contains("--> --link:1:4"), "{text}");
    assert!(text.contains("1 | /b/{x"), "{text}");
}

#[test]
fn a_file_with_errors_is_not_served() {
    let output = run(&["serve", "--config", "tests/fixtures/bad/links.toml"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_fresh_key_is_read_again() {
    let (first, second) = (out(&run(&["keygen"])), out(&run(&["keygen"])));
    assert_ne!(first, second);
    let environment = [("LINKLATCH_KEY".to_owned(), first + &second)]
        .into_iter()
        .collect::<Environment>();
    let loaded = load::config("config/minimal.toml".as_ref(), &environment).unwrap();
    assert_eq!(loaded.config.keys.len(), 2);
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("keygen"), "{shell}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let mut child = linklatch(&["completions", "bash"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_environment_wins_over_the_file() {
    let output = linklatch(&["check", "--config", "config/minimal.toml"])
        .env("LINKLATCH_LISTEN", "127.0.0.1:9999")
        .env("LINKLATCH_UPSTREAM", "nonsense")
        .env("LINKLATCH_UPSTREEM", "x")
        .output()
        .unwrap();
    let text = err(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("LINKLATCH_UPSTREAM:1:1"), "{text}");
    assert!(text.contains("did you mean LINKLATCH_UPSTREAM?"), "{text}");

    let output = linklatch(&["check", "--config", "config/minimal.toml"])
        .env("LINKLATCH_LISTEN", "127.0.0.1:9999")
        .output()
        .unwrap();
    assert!(out(&output).contains("http://127.0.0.1:9999"), "{}", err(&output));
}

#[test]
fn flags_win_over_the_environment() {
    let variables = [("LINKLATCH_LISTEN", "127.0.0.1:1"), ("LINKLATCH_UPSTREAM", "nonsense")];
    let environment: Environment = variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let link = ["/v/{token}".to_owned()];
    let loaded = load::quick(None, Some("http://127.0.0.1:3000"), &link, &environment).unwrap();
    assert_eq!(loaded.config.listeners[0].address.port(), 1);
    let report = load::quick(None, None, &link, &environment).unwrap_err();
    assert!(
        report
            .lines()
            .next()
            .unwrap()
            .1
            .starts_with("LINKLATCH_UPSTREAM:1:1: error[url-invalid]")
    );
}

#[test]
fn a_clients_secret_comes_from_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.toml");
    fs::write(
        &path,
        "upstream = \"http://127.0.0.1:3000\"\n[[client]]\nname = \"back-end\"\n[[link]]\nurl = \"/v/{token}\"\n",
    )
    .unwrap();
    let secret = out(&run(&["keygen"]));
    let environment = [("LINKLATCH_CLIENT_BACK_END".to_owned(), secret)]
        .into_iter()
        .collect::<Environment>();
    let loaded = load::config(&path, &environment).unwrap_or_else(|report| panic!("{}", report.text(false)));
    assert!(loaded.config.clients[0].secret.is_some());
    assert!(load::config(&path, &Environment::default()).is_err());
}

/// What `unwrap` answers to these lines of input.
fn unwrap_input(arguments: &[&str], input: &str) -> Output {
    let mut child = linklatch(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

const SAFE_LINK: &str =
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fv%3Ftoken%3Dx&data=05";
const MIMECAST: &str = "https://url.uk.m.mimecastprotect.com/s/YP9XCWQRPfDXo1NIKijuV?domain=a.example";

#[test]
fn unwrap_says_where_links_lead() {
    let output = run(&["unwrap", SAFE_LINK]);
    let said = format!("Microsoft Safe Links  {SAFE_LINK}\nleads to              https://a.example/v?token=x\n");
    assert_eq!((output.status.code(), out(&output)), (Some(0), said));
    let output = run(&["unwrap", "https://a.example/v"]);
    let said = "no known wrapper  https://a.example/v\n".to_owned();
    assert_eq!((output.status.code(), out(&output)), (Some(0), said));
    let output = run(&["unwrap", MIMECAST, SAFE_LINK]);
    assert_eq!(output.status.code(), Some(1));
    let text = out(&output);
    assert!(
        text.contains("\nstops here            Mimecast URL Protect keeps the address on its own servers"),
        "{text}"
    );
    assert!(
        text.contains(&format!("\n\nMicrosoft Safe Links  {SAFE_LINK}\n")),
        "{text}"
    );
    assert_eq!(err(&output), "");
}

#[test]
fn unwrap_reads_lines_and_answers_programs() {
    let input = format!("<{SAFE_LINK}>\r\n\n{MIMECAST}\nhttps://urldefense.com/v3/__https://a.exam\n");
    for arguments in [&["unwrap", "--format", "json"][..], &["unwrap", "--format=json", "-"]] {
        let output = unwrap_input(arguments, &input);
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let links = answer["links"].as_array().unwrap();
        assert_eq!(links.len(), 3);
        assert_eq!(links[0]["target"], "https://a.example/v?token=x");
        assert_eq!(links[0]["levels"][0]["vendor"], "Microsoft Safe Links");
        assert_eq!(links[0]["levels"][0]["url"], SAFE_LINK);
        let problems = links.iter().map(|link| link["problem"].as_str());
        assert_eq!(problems.collect::<Vec<_>>(), [None, Some("opaque"), Some("damaged")]);
    }
    let output = unwrap_input(&["unwrap"], "\n");
    assert_eq!((output.status.code(), out(&output)), (Some(2), String::new()));
    assert_eq!(run(&["unwrap", "--fetch", MIMECAST]).status.code(), Some(2));
}
