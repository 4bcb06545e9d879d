//! One core: what `serve` judged, `explain` and `replay` judge again from its log, finding by finding.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use linklatch::gate::Gate as Core;
use linklatch::gate::keys::KeyRing;
use linklatch::gate::verdict::Class;
use linklatch::gate::{Step, Treatment};
use linklatch::load::{self, Environment};
use linklatch::records::lines::Counts;
use linklatch::records::past::Past;
use linklatch::records::read::Reader;
use linklatch::records::replay::{Effect, Replay, moment};
use linklatch::secret::SecretKey;
use serde_json::Value;

use crate::support::{Gate, Upstream};

const CONFIG: &str =
    "signatures.folder = \"own\"\n[[link]]\nurl = \"/auth/verify?token={token}&at={at}\"\nissued = \"at\"\n";

/// A condition that holds for all visits of these tests.
const EVERYBODY: &str = "network = [\"127.0.0.0/8\"]\nmatch = [{ client = \"127.0.0.1\" }]";

fn signature(id: &str, condition: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"t\"\nconfidence = \"probable\"\nkind = \"gateway\"\nsource = [\"s\"]\n\
         seen = 2026-08-11\n{condition}\n"
    )
}

/// A gate with signatures of its own that look at fields, addresses, versions and methods.
async fn gate(upstream: &Upstream) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    let own = [
        signature(
            "own-network",
            "network = [\"127.0.2.0/24\"]\nmatch = [{ client = \"127.0.2.1\" }]",
        ),
        signature(
            "own-version",
            "http-version = [\"1.1\"]\nuser-agent = ['checker']\nmatch = [{ user-agent = \"checker\", http-version = \"1.1\" }]",
        ),
        signature(
            "own-field",
            "header = { x-scan = true, accept-language = false, via = \"gateway\" }\nmatch = [{ header = { x-scan = true, accept-language = false, via = \"1.1 gateway\" } }]",
        ),
    ];
    fs::write(folder.path().join("own/own.toml"), own.concat()).unwrap();
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    Gate::of(&format!("{top}{CONFIG}"), folder).await
}

fn link(gate: &Gate, token: &str) -> String {
    format!("{}&at={}", gate.link(token), gate.clock.now().as_millis())
}

fn later(gate: &Gate, millis: u64) {
    gate.clock.advance(Duration::from_millis(millis));
}

/// Scanners of all kinds, then a person, over one link; and a crowd over others.
async fn a_day(gate: &Gate) {
    let (scanner, checker, field) = (gate.scanner(), gate.actor(), gate.actor());
    let token = gate.token_to_confirm();
    let target = link(gate, &token);
    later(gate, 1_200);
    scanner.head(&target).await;
    later(gate, 150);
    scanner.get(&target).await;
    checker.with("user-agent", "a checker").get(&target).await;
    later(gate, 40_000);
    let field = field
        .with("x-scan", "1")
        .with("via", "1.1 gateway")
        .with("user-agent", "Müller/1");
    field.get(&target).await;
    field.with("purpose", "prefetch").get(&target).await;
    for _ in 0..10 {
        gate.scanner().get(&target).await;
        later(gate, 90);
    }
    let (opener, crowd) = (gate.person(), gate.scanner());
    assert!(opener.sign_in(&target).await.is_from_upstream());
    for _ in 0..7 {
        let target = link(gate, &gate.token());
        later(gate, 100);
        crowd.get(&target).await;
    }
    assert!(opener.get("/else").await.is_from_upstream());
}

/// The gate's own configuration, read again.
fn core(folder: &Path) -> Core {
    let loaded = load::config(&folder.join("linklatch.toml"), &Environment::default());
    let config = loaded.unwrap_or_else(|report| panic!("{}", report.text(false))).config;
    config.gate(Arc::new(KeyRing::new(&[SecretKey::new([7; 32])]).unwrap()))
}

fn names(record: &Value) -> Vec<&str> {
    let findings = record["linklatch.verdict.findings"].as_array();
    findings.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn every_line_is_judged_again_as_it_was() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream).await;
    a_day(&gate).await;
    let (core, log) = (core(gate.folder.path()), gate.log_text());
    let mut reader = Reader::new(&core, false);
    let (mut past, mut counts, digests) = (Past::new([&core], 100), Counts::default(), Default::default());
    let (mut seen_findings, mut judged) = (Vec::new(), 0);
    let records = gate.records();
    let each = |seen: &linklatch::records::read::Seen| {
        let moment = moment(seen, &digests);
        let [(_, verdict)] = past.judge(&moment, [&core.agent_hits(&moment.visit)]);
        let record = records
            .iter()
            .find(|record| record["request_id"].as_str() == seen.request_id.as_deref());
        let record = record.unwrap();
        let found: Vec<&str> = verdict.findings.iter().map(|finding| finding.name.as_str()).collect();
        assert_eq!(found, names(record), "{record}");
        assert_eq!(record["linklatch.verdict.score"], verdict.score, "{record}");
        assert_eq!(record["linklatch.verdict.class"], verdict.class.as_str(), "{record}");
        judged += 1;
        seen_findings.extend(found.iter().map(ToString::to_string));
        ControlFlow::Continue(())
    };
    reader.stream("log", log.as_bytes(), &mut counts, each, |_| {}).unwrap();
    assert_eq!(
        (counts.lines, counts.bad, counts.skipped()),
        (records.len() as u64, 0, 1)
    );
    assert_eq!(judged, records.len() - 1);
    // The day shows what it is meant to.
    for expected in [
        "head",
        "head-before",
        "machine-before",
        "early-get",
        "pair",
        "networks",
        "many-links",
        "prefetch",
        "own-network",
        "own-version",
        "own-field",
        "no-accept-language",
    ] {
        assert!(
            seen_findings.iter().any(|name| name == expected),
            "{expected}: {seen_findings:?}"
        );
    }
    gate.finish(&upstream).await;
}

fn linklatch(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.args(arguments).env_clear().output().unwrap()
}

/// What a command says as JSON, and how it ends.
fn asked(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = linklatch(&[arguments, &["--format", "json"]].concat());
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (answer, output.status.code())
}

/// A day's visits; where the configuration and the log of them are.
async fn a_logged_day(gate: &Gate) -> (String, String) {
    a_day(gate).await;
    let log = gate.folder.path().join("gate.log");
    fs::write(&log, gate.log_text()).unwrap();
    let config = gate.folder.path().join("linklatch.toml");
    (config.display().to_string(), log.display().to_string())
}

#[tokio::test]
async fn explain_says_what_serve_said() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream).await;
    let (config, log) = a_logged_day(&gate).await;
    let records = gate.records();
    for name in ["head-before", "many-links", "early-get"] {
        let record = records.iter().rfind(|record| names(record).contains(&name)).unwrap();
        let id = record["request_id"].as_str().unwrap();
        let (told, code) = asked(&["explain", "--request-id", id, "--log", &log, "--config", &config]);
        assert_eq!(code, Some(0));
        assert_eq!(told["verdict"]["score"], record["linklatch.verdict.score"], "{told}");
        assert_eq!(told["verdict"]["class"], record["linklatch.verdict.class"]);
        assert_eq!(told["step"], record["linklatch.step"]);
        let found = told["found"].as_array().unwrap().iter();
        assert_eq!(
            found.map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(),
            names(record)
        );
        assert_eq!(told["then"]["differences"], Value::Array(Vec::new()));
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn replay_says_who_would_be_asked_for_more() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream).await;
    let (config, log) = a_logged_day(&gate).await;
    let path = |name: &str| gate.folder.path().join(name).display().to_string();
    let (told, code) = asked(&["replay", &log, "--config", &config, "--signatures", &path("own")]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!((&told["changed"], &told["judged-anew"]), (&0.into(), &0.into()));
    let people = &told["people"];
    assert_eq!((&people["opened"], &people["at-risk"]), (&1.into(), &0.into()));

    fs::create_dir(path("new")).unwrap();
    fs::write(path("new/new.toml"), signature("own-everybody", EVERYBODY)).unwrap();
    let other = linklatch(&["replay", &log, "--config", &config, "--signatures", &path("new")]);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    let text = String::from_utf8(other.stdout).unwrap();
    for said in [
        "1 of 1 people who opened a link would be asked for more",
        "1 person would be asked for the code",
        "+own-everybody",
        "page with a button → page with the code (unknown → suspect)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn people_at_risk_are_those_who_opened_their_link() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream).await;
    a_day(&gate).await;
    let folder = gate.folder.path();
    let (old, log) = (core(folder), gate.log_text());
    fs::write(folder.join("own/own.toml"), signature("own-person", EVERYBODY)).unwrap();
    let new = core(folder);
    let (mut reader, mut counts) = (Reader::new(&old, false), Counts::default());
    let mut replay = Replay::new(&old, &new, 3, |id| id == "own-person");
    let each = |seen: &linklatch::records::read::Seen| {
        replay.visit(seen);
        ControlFlow::Continue(())
    };
    reader.stream("log", log.as_bytes(), &mut counts, each, |_| {}).unwrap();
    let report = replay.report();
    assert_eq!((report.confirmed, report.at_risk, report.otherwise), (1, 1, 0));
    assert_eq!(report.matrix.iter().flatten().sum::<u64>(), counts.visits);
    let risk = &report.risks[0];
    assert!(risk.user_agent.contains("Firefox/140"), "{risk:?}");
    assert_eq!(risk.class, [Class::Unknown, Class::Suspect]);
    assert_eq!(
        risk.treatment,
        [Treatment::Page(Step::Press), Treatment::Page(Step::PressAndCode)]
    );
    assert_eq!((report.people.of(Effect::Code), report.people.sum()), (1, 1));
    assert_eq!(risk.by, ["+own-person"]);
    let otherwise = report.visits.sum() + report.reclassified;
    assert_eq!(report.visits.of(Effect::Code), report.examples.len() as u64);
    assert!(report.examples.len() > 1 && otherwise > 2, "{report:?}");
    let tally = report
        .signatures
        .iter()
        .find(|tally| &*tally.id == "own-person")
        .unwrap();
    assert_eq!(tally.hits, counts.visits);
    assert_eq!(tally.by_person, 2, "the page and the press");
    assert!(
        tally.confirmed > 2 && tally.alone > 2 && tally.alone < tally.hits,
        "{tally:?}"
    );
    gate.finish(&upstream).await;
}

/// Presses of all kinds: convincing, doubtful, without script, of a page that had a hint, and of the browser that asked.
async fn presses(gate: &Gate) {
    let link = |token: &str| link(gate, token);
    for report in [
        CONVINCING,
        "1 untrusted inactive",
        JUMPS,
        "1 trusted active mouse webdriver hover moves=20",
        "",
    ] {
        let target = link(&gate.token_to_confirm());
        later(gate, 60_000);
        let person = gate.person();
        let page = person.get(&target).await;
        let answer = person.press_reporting(&target, &page, report).await;
        if answer.is_held() {
            assert_eq!(person.press(&target, &answer).await.status, 200);
        }
    }
    let mut mute = gate.person();
    mute.headers.remove("accept-language");
    let target = link(&gate.token());
    later(gate, 60_000);
    let page = mute.get(&target).await;
    assert_eq!(page.code(), None);
    let decoy = format!("linklatch-note=x&{}", mute.form(&page));
    mute.post_form(&target, &decoy).await;
    // The page had a hint against it, the press has another: together they ask for the code.
    let person = mute.with("accept-language", "en");
    assert!(person.press_reporting(&target, &page, JUMPS).await.code().is_some());

    let asker = gate.person().with("user-agent", "curl/8.5.0");
    asker.post_form("/auth/send-link", "a=b").await;
    later(gate, 20_000);
    let target = link(&gate.token_to_confirm());
    let page = asker.get(&target).await;
    assert_eq!(asker.only_press(&target, &page).await.status, 200);
}

const CONVINCING: &str = "1 trusted active mouse focus hover touchscreen moves=22 seen=2100";
const JUMPS: &str = "1 trusted active mouse focus hover moves=0";

/// What the log says of a press in a list of words.
fn words<'r>(record: &'r Value, field: &str) -> Vec<&'r str> {
    let list = record[field].as_array();
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn presses_are_judged_again_as_they_were() {
    let upstream = Upstream::plain().await;
    let config = format!("{CONFIG}ask = \"POST /auth/send-link\"\n").replace("signatures.folder = \"own\"\n", "");
    let gate = Gate::with(&upstream, &config).await;
    presses(&gate).await;
    let log = gate.folder.path().join("gate.log");
    fs::write(&log, gate.log_text()).unwrap();
    let path = |name: &str| gate.folder.path().join(name).display().to_string();
    let (log, config) = (path("gate.log"), path("linklatch.toml"));
    let mut seen = Vec::new();
    for record in gate
        .records()
        .iter()
        .filter(|record| record.get("linklatch.link.id").is_some())
    {
        let id = record["request_id"].as_str().unwrap();
        let (told, _) = asked(&["explain", "--request-id", id, "--log", &log, "--config", &config]);
        assert_eq!(told["verdict"]["score"], record["linklatch.verdict.score"], "{record}");
        assert_eq!(told["then"]["differences"], Value::Array(Vec::new()), "{told}");
        assert_eq!(told["then"]["step-differs"], false, "{record}\n{told}");
        assert_eq!(told["press"].is_null(), record["linklatch.press.score"].is_null());
        let doubts = told["press"]["doubts"].as_array().into_iter().flatten();
        let doubts: Vec<_> = doubts.map(|doubt| doubt["name"].as_str().unwrap()).collect();
        assert_eq!(doubts, words(record, "linklatch.press.doubts"));
        if !told["press"].is_null() {
            assert_eq!(told["press"]["score"], record["linklatch.press.score"]);
            assert_eq!(told["press"]["report"], record["linklatch.press.report"]);
            seen.push(record["linklatch.reason"].as_str().unwrap().to_owned());
        }
    }
    for reason in ["press", "code_needed", "code", "mark_and_press"] {
        assert!(seen.iter().any(|known| known == reason), "{reason}: {seen:?}");
    }

    let (told, code) = asked(&["replay", &log, "--config", &config, "--new-config", &config]);
    let people = &told["people"];
    assert_eq!(
        (&people["codes-more"], &people["codes-fewer"], code),
        (&0.into(), &0.into(), Some(0))
    );
    let same = fs::read_to_string(&config).unwrap();
    for (weights, more, fewer) in [
        ("no-path = 50\n", 1, 0),
        ("no-report = 49\n", 0, 3),
        ("no-report = 49\nno-path = 50\n", 1, 3),
    ] {
        let new = path("new.toml");
        fs::write(&new, format!("{same}[evidence]\n{weights}")).unwrap();
        let (told, code) = asked(&["replay", &log, "--config", &config, "--new-config", &new]);
        let people = &told["people"];
        assert_eq!(
            (&people["codes-more"], &people["codes-fewer"]),
            (&more.into(), &fewer.into()),
            "{told}"
        );
        assert_eq!(code, Some(i32::from(more > 0)));
    }
    gate.finish(&upstream).await;
}
