//! What a log has only in part.

use std::fs;
use std::time::Duration;

use http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::{LINK, explained, gate, logged, path, replayed, signature};
use crate::support::{Actor, Gate, Upstream};

const PROBABLE: &str = "confidence = \"probable\"";

/// Signatures that look at what a log may leave out.
fn nosy() -> String {
    let long = "0123456789abcdef";
    [
        ("own-hex", "user-agent = ['[0-9a-f]{16}']\nmatch = [{ user-agent = \"x 0123456789abcdef\" }]"),
        ("own-end", "user-agent = ['scan$']\nmatch = [{ user-agent = \"a scan\" }]"),
        (
            "own-not",
            "user-agent = ['scan']\nnot = [{ user-agent = ['[g-z]{4}[0-9]'] }]\nmatch = [{ user-agent = \"scan\" }]",
        ),
        (
            "own-language",
            "header = { accept-language = '[a-z0-9]{16}' }\nmatch = [{ header = { accept-language = \"0123456789abcdef\" } }]",
        ),
        (
            "own-via",
            "header = { via = 'end$', x-none = false }\nmatch = [{ header = { via = \"1.1 end\", x-none = false } }]",
        ),
        (
            "own-referer",
            "header = { referer = 'a.example/mail' }\nmatch = [{ header = { referer = \"https://a.example/mail\" } }]",
        ),
        (
            "own-name",
            &format!("header = {{ x-{long} = true }}\nmatch = [{{ header = {{ x-{long} = \"1\" }} }}]"),
        ),
        (
            "own-no-name",
            &format!(
                "user-agent = ['probe']\nheader = {{ x-{long} = false }}\n\
                 match = [{{ user-agent = \"probe\", header = {{ x-{long} = false }} }}]"
            ),
        ),
    ]
    .map(|(id, condition)| signature(id, PROBABLE, condition))
    .concat()
}

/// A text as clients write it, with pieces that could be tokens.
fn client_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{3,8}/[0-9]\\.[0-9]",
        "[0-9a-f]{14,24}",
        "[A-Za-z0-9_-]{14,40}",
        "(scan|probe|end)",
        "\\((iPhone|Android|X11); [a-z]{4}\\)",
        "Mozilla/5\\.0 \\(X11\\) Chrome/(79|142)\\.0 Safari/537\\.36",
        "[ü…é]{1,4}\t[a-z]",
        "[a-z ]{500,530}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.join(" "))
}

/// The fields of a client: most are there now and then.
fn client() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let text = || prop::option::of(client_text());
    let referer = prop::option::of("https://a\\.example(/|/mail|/mail/[0-9a-f]{20})?");
    let via = prop::option::of(prop_oneof![client_text(), client_text().prop_map(|text| text + " end")]);
    let purpose = prop::option::of("prefetch(;[0-9a-f]{20})?");
    (text(), text(), via, referer, purpose, any::<bool>()).prop_map(
        |(agent, language, via, referer, purpose, named)| {
            let fields = [
                ("user-agent", agent),
                ("accept-language", language),
                ("via", via),
                ("referer", referer),
                ("sec-purpose", purpose),
                ("x-0123456789abcdef", named.then(|| "1".to_owned())),
            ];
            fields
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect()
        },
    )
}

/// The fields of a client that every signature finds; of two, the ones that ask for a name or for none.
fn found_by_all(named: bool) -> Vec<(&'static str, String)> {
    let fields = [
        ("user-agent", "0123456789abcdef probe scan"),
        ("accept-language", "0123456789abcdef"),
        ("via", "1.1 end"),
        ("referer", "https://a.example/mail"),
    ];
    let name = named.then_some(("x-0123456789abcdef", "1"));
    let all = fields.into_iter().chain(name);
    all.map(|(name, value)| (name, value.to_owned())).collect()
}

#[tokio::test]
async fn whatever_clients_send_a_replay_over_the_same_set_changes_nothing() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream, &nosy(), LINK).await;
    let mut runner = TestRunner::default();
    let mut draw = || client().new_tree(&mut runner).unwrap().current();
    let actors: Vec<Actor> = (0..4).map(|_| gate.actor()).collect();
    for round in 0..60 {
        let links: Vec<String> = (0..2).map(|_| gate.link(&gate.token())).collect();
        // Few clients open few links, some of them again: then what came before counts.
        let clients = if round == 0 {
            [true, false].map(found_by_all)
        } else {
            [draw(), draw()]
        };
        for turn in 0..6usize {
            gate.clock.advance(Duration::from_millis(1 + 170 * turn as u64));
            let fields: Vec<(&str, &str)> = clients[turn % 2]
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let method = if turn == 2 { Method::HEAD } else { Method::GET };
            actors[turn % 3].send(method, &links[turn / 4], &fields, "").await;
        }
    }
    let (log, config) = logged(&gate);
    let (told, _) = replayed(&[&log, "--config", &config, "--signatures", &path(&gate, "own")]);
    assert_eq!(told["read"]["visits"], 360, "{told}");
    for nothing in ["changed", "reclassified", "judged-anew", "not-decided"] {
        assert_eq!(told[nothing], 0, "{nothing}: {told}");
    }
    assert!(told["in-part"].as_u64().unwrap() > 60, "{told}");
    let hits = told["signatures"].as_array().unwrap();
    for id in [
        "own-hex",
        "own-end",
        "own-language",
        "own-via",
        "own-referer",
        "own-name",
        "own-no-name",
    ] {
        assert!(hits.iter().any(|hit| hit["id"] == id), "{id}: {told}");
    }

    // Of a changed signature nothing is known where its log has only a part.
    fs::create_dir(path(&gate, "new")).unwrap();
    fs::write(
        path(&gate, "new/own.toml"),
        nosy().replace("[0-9a-f]{16}", "[0-9a-f]{15}"),
    )
    .unwrap();
    let (told, _) = replayed(&[&log, "--config", &config, "--signatures", &path(&gate, "new")]);
    assert!(told["not-decided"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(
        told["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["changed"] == true)
            .count(),
        1
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_press_is_weighed_by_the_whole_user_agent_then_and_later() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    let phone = "Mozilla/5.0 (Linux; Android 10; 0123456789abcdef0) Chrome/142.0.0.0 Mobile Safari/537.36";
    let person = gate.person().with("user-agent", phone);
    let target = gate.link(&gate.token_to_confirm());
    let page = person.get(&target).await;
    let report = "1 trusted active mouse focus hover brands moves=22 seen=2100";
    person.press_reporting(&target, &page, report).await;
    let record = gate.last_record();
    let doubts = &record["linklatch.press.doubts"];
    assert_eq!(doubts[0], "phone-without-touch", "{record}");
    let (log, config) = logged(&gate);
    let id = record["request_id"].as_str().unwrap();
    let told = explained(id, &log, &config);
    assert_eq!(told["press"]["doubts"][0]["name"], doubts[0], "{told}");
    assert_eq!(told["then"]["differences"], Value::Array(Vec::new()), "{told}");
    assert!(told["request"]["in-part"]["user-agent"].is_string(), "{told}");
    gate.finish(&upstream).await;
}
