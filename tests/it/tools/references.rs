//! References that people read from pages.

use http::Method;

use super::{linklatch, logged, path, text};
use crate::support::upstream::{answer, ok};
use crate::support::{Gate, Reply, Upstream};

const CONFIG: &str = "hosts = [\"auth.example.com\"]\n[[link]]\nurl = \"/auth/verify?token={token}\"\n\
                  token = '[A-Za-z0-9_-]{32}'\n[[link.call]]\nrequest = \"POST /api/verify\"\njson = { token = \"{token}\" }\n";

/// How `explain` of a part of a reference ends, what it says, and what is wrong; the log was written before.
fn explain(gate: &Gate, part: &str) -> (Option<i32>, String, String) {
    let (log, config) = (path(gate, "gate.log"), path(gate, "linklatch.toml"));
    let output = linklatch(&["explain", "--request-id", part, "--log", &log, "--config", &config]);
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The heading of a page of the gate's own.
fn heading(reply: &Reply) -> &str {
    let (_, rest) = reply.body.split_once("<h1>").unwrap_or_else(|| panic!("{reply:?}"));
    rest.split("</h1>").next().unwrap()
}

/// The first sentence of the explanation of an answer.
fn summary(gate: &Gate, reply: &Reply) -> String {
    let reference = reply.header("x-request-id").unwrap();
    // A unique part will do: the last twelve of 32 are random.
    let (code, said, error) = explain(gate, &reference[reference.len() - 12..]);
    assert_eq!(code, Some(0), "{error}");
    let lines: Vec<&str> = said.lines().take_while(|line| !line.starts_with("request")).collect();
    lines.join(" ")
}

#[tokio::test]
async fn every_reference_that_a_person_reads_is_explained() {
    let upstream = Upstream::start(|received| {
        let used = received.target.starts_with("/auth/verify");
        if used {
            answer(400, "text/plain", "used")
        } else {
            ok("ok")
        }
        .into()
    })
    .await;
    let gate = Gate::with(&upstream, CONFIG).await;
    let person = || {
        let mut person = gate.person();
        "auth.example.com".clone_into(&mut person.host);
        person
    };
    let mut stranger = person();
    "other.example".clone_into(&mut stranger.host);
    let mut pages = vec![
        stranger.get("/").await,
        person().get("/auth/verify?token=short").await,
        person().sign_in(&gate.link(&gate.token_to_confirm())).await,
        person().send(Method::PUT, &gate.link(&gate.token()), &[], "").await,
        person().get(&format!("/{}", "a/".repeat(5_000))).await,
    ];
    let held = person().get(&gate.link(&gate.token())).await;
    let asked = person()
        .with("user-agent", "curl/8.5.0")
        .get(&gate.link(&gate.token()))
        .await;
    let passed = person().get("/else").await;
    let call = format!("{{\"token\":\"{}\"}}", gate.token());
    let refused = person().post_json("/api/verify", &call).await;
    logged(&gate);
    pages.retain(|page| !page.is_held());
    assert_eq!(pages.len(), 5);
    for page in &pages {
        let said = summary(&gate, page);
        let expected = format!("the person read “{}” ({})", heading(page), page.status.as_u16());
        assert!(said.contains(&expected), "{expected}: {said}");
    }
    assert!(summary(&gate, &pages[2]).contains("the API refused the link"));
    for (reply, expected) in [
        (&held, "Shown the page with a button: nothing speaks for a machine."),
        (
            &asked,
            "Asked for the code because its user agent is that of *curl* (100).",
        ),
        (
            &passed,
            "Passed to the API, because it is no link, or a call without a token; the API answered 200.",
        ),
        (&refused, "the program got the error `confirmation_required` (403)"),
    ] {
        let said = summary(&gate, reply);
        assert!(said.contains(expected), "{expected}: {said}");
    }

    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_part_that_several_references_have_lists_them() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, super::LINK).await;
    for target in [gate.link(&gate.token()), "/else".to_owned()] {
        gate.person().get(&target).await;
    }
    logged(&gate);
    let (code, _, error) = explain(&gate, "req_0");
    assert_eq!(code, Some(2), "{error}");
    for record in gate.records() {
        for part in ["request_id", "timestamp"] {
            assert!(error.contains(record[part].as_str().unwrap()), "{error}");
        }
    }
    assert!(error.contains("/auth/verify?token={token}"), "{error}");
    assert_eq!(explain(&gate, "ffffffffffffffff").0, Some(1));
    assert_eq!(explain(&gate, "Reference:").0, Some(2));
    gate.finish(&upstream).await;
}
