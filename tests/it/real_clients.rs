//! Clients that others wrote: curl, Python's httpx, and Lynx for those who read the web as text.

use std::path::{Path, PathBuf};

use http::Method;
use tokio::process::Command;

use crate::support::client::{code_in, ticket_in};
use crate::support::upstream::{ok, signed_in};
use crate::support::{Gate, Upstream};

/// A gate on TLS, then on cleartext, and an upstream that greets whoever comes back with its session.
async fn site() -> (Gate, Upstream) {
    let upstream = Upstream::start(|request| match request.target.split('?').next() {
        Some("/auth/verify") => signed_in("/home").into(),
        _ => ok(&format!("cookies: {}", request.header("cookie").unwrap_or_default())).into(),
    })
    .await;
    (Gate::on_tls(&upstream, &["localhost"], "").await, upstream)
}

/// The ways to reach it: what a client is told, and a base address.
fn ways(gate: &Gate) -> [(&'static str, String); 3] {
    let (tls, clear) = (gate.addresses[0].port(), gate.addresses[1].port());
    [
        ("--http1.1", format!("http://localhost:{clear}")),
        ("--http1.1", format!("https://localhost:{tls}")),
        ("--http2", format!("https://localhost:{tls}")),
    ]
}

/// Runs a program to its end and gives back its standard output.
async fn run(program: &Path, arguments: &[&str], missing: &str) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .await
        .unwrap_or_else(|error| panic!("{} does not start ({error}): {missing}", program.display()));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} {arguments:?}: {error}\n{missing}",
        program.display()
    );
    String::from_utf8(output.stdout).unwrap()
}

async fn curl(way: &str, jar: &Path, more: &[&str]) -> String {
    let jar = jar.to_str().unwrap();
    let mut arguments = vec![way, "--noproxy", "*", "-4", "-sS", "-k", "-b", jar, "-c", jar];
    arguments.extend(more);
    run(Path::new("curl"), &arguments, "install curl").await
}

fn length(head: &str) -> &str {
    let line = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
    head.lines().find(line).expect("a length")
}

#[tokio::test]
async fn curl_signs_in() {
    let (gate, upstream) = site().await;
    for (way, base) in ways(&gate) {
        let token = gate.token();
        let link = format!("{base}{}", gate.link(&token));
        let jar = gate.folder.path().join(format!("jar-{}", upstream.received().len()));
        let before = upstream.received().len();

        let page = curl(way, &jar, &["-i", &link]).await;
        let version = if way == "--http2" {
            "HTTP/2 200"
        } else {
            "HTTP/1.1 200 OK"
        };
        assert!(page.starts_with(version), "{page}");
        let head = curl(way, &jar, &["-I", &link]).await;
        assert!(head.starts_with(version), "{head}");
        assert_eq!(length(&head), length(&page));
        let program = curl(
            way,
            &jar,
            &["-w", "%{http_code}", "-H", "Accept: application/json", &link],
        )
        .await;
        assert!(
            program.contains("\"confirmation_required\"") && program.ends_with("403"),
            "{program}"
        );
        assert_eq!(upstream.received().len(), before, "opening spends nothing");

        gate.allow(&token);
        let ticket = format!("linklatch-ticket={}", ticket_in(&page));
        let asked = curl(way, &jar, &["-L", "--data-urlencode", &ticket, &link]).await;
        assert!(
            code_in(&asked).is_some(),
            "a program's press alone is not enough: {asked}"
        );
        assert_eq!(upstream.received().len(), before);
        let code = format!("linklatch-code={}", code_in(&page).expect("curl is asked for the code"));
        let form = ["-L", "--data-urlencode", &ticket, "--data-urlencode", &code, &link];
        let home = curl(way, &jar, &form).await;
        assert_eq!(home, "cookies: session=abc; hint=1");
        let again = curl(way, &jar, &form).await;
        assert_eq!(again, home, "the same browser sees the same answer");
        let spent = upstream
            .received()
            .into_iter()
            .filter(|request| request.target.contains(&token));
        assert_eq!(spent.map(|request| request.method).collect::<Vec<_>>(), [Method::GET]);
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn httpx_signs_in() {
    let (gate, upstream) = site().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/httpx_person.py");
    let missing = "install python3-httpx and python3-h2, or name an interpreter that has them in LINKLATCH_TEST_PYTHON";
    for (way, base) in ways(&gate) {
        let token = gate.token_to_confirm();
        let link = format!("{base}{}", gate.link(&token));
        let way = if way == "--http2" { "h2" } else { "h1" };
        let said = run(&python(), &[script.to_str().unwrap(), &link, way], missing).await;
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let version = if way == "h2" { "HTTP/2" } else { "HTTP/1.1" };
        let id = said["request_id"].clone();
        let expected = serde_json::json!({
            "program": [403, "confirmation_required", id],
            "request_id": id,
            "held": 200,
            "pressed": [200, "Please type the digits first."],
            "head": [200, true, ""],
            "version": version,
            "answer": [200, "cookies: session=abc; hint=1"],
            "path": "/home",
            "session": "abc",
        });
        assert_eq!(said, expected);
        let record = gate
            .records()
            .into_iter()
            .find(|record| record.to_string().contains(id.as_str().unwrap()));
        assert!(record.is_some(), "the request's id is in the log too");
        let spent = upstream
            .received()
            .into_iter()
            .filter(|request| request.target.contains(&token));
        assert_eq!(spent.map(|request| request.method).collect::<Vec<_>>(), [Method::GET]);
    }
    gate.finish(&upstream).await;
}

/// A person at a text browser, which speaks HTTP/1.0 and runs no script: the press needs the code.
#[tokio::test]
async fn lynx_signs_in() {
    lynx(&[], &["visit", "code_needed", "code", "no_link"]).await;
}

/// The same person, where their Lynx calls itself something that machines are called too.
#[tokio::test]
async fn lynx_types_the_code() {
    lynx(&["-useragent=Lynx/2.9 HeadlessChrome"], &["visit", "code", "no_link"]).await;
}

/// Lynx with these arguments gets in, over these steps.
async fn lynx(arguments: &[&str], steps: &[&str]) {
    let (gate, upstream) = site().await;
    let token = gate.token_to_confirm();
    let link = format!("http://localhost:{}{}", gate.addresses[1].port(), gate.link(&token));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/lynx_person.py");
    let arguments = [&[script.to_str().unwrap()], arguments, &[&link]].concat();
    let screen = run(&python(), &arguments, "install lynx and python3").await;
    assert!(screen.contains("session=abc"), "{screen}");
    let reasons: Vec<_> = gate
        .records()
        .iter()
        .map(|record| record["linklatch.reason"].clone())
        .collect();
    assert_eq!(reasons, steps);
    gate.finish(&upstream).await;
}

/// An interpreter that has httpx: Debian's own, unless another is named.
fn python() -> PathBuf {
    std::env::var_os("LINKLATCH_TEST_PYTHON").map_or_else(|| "/usr/bin/python3".into(), PathBuf::from)
}
