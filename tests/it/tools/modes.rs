//! What another mode would do, by the tools and by the server.

use std::fs;
use std::ops::ControlFlow;

use linklatch::gate::link::Mode;
use linklatch::gate::{Case, Treatment};
use linklatch::records::lines::Counts;
use linklatch::records::past::Past;
use linklatch::records::read::{Reader, Seen};
use linklatch::records::replay::moment;
use linklatch::visit::{Fact, Visit};
use serde_json::Value;

use super::{LINK, core, explained, gate, linklatch, logged, path, people_and_scanners, replayed, signature, text};
use crate::support::{Gate, Upstream};

/// Four links that differ in their mode.
fn links_of_every_mode() -> String {
    let link = |(name, _): &(&str, Mode)| {
        format!("[[link]]\nname = \"{name}\"\nurl = \"/{name}?token={{token}}\"\nmode = \"{name}\"\n")
    };
    Mode::ALL.iter().map(link).collect()
}

/// What a line says was done: its outcome and the step of its page.
fn done(record: &Value) -> (String, Option<String>) {
    let word = |name: &str| record[name].as_str().map(str::to_owned);
    let held = record["linklatch.outcome"] == "held";
    (
        word("linklatch.outcome").unwrap(),
        word("linklatch.step").filter(|_| held),
    )
}

/// The same of a treatment.
fn expected(treatment: Treatment) -> (String, Option<String>) {
    let step = match treatment {
        Treatment::Page(step) => Some(step.as_str().to_owned()),
        _ => None,
    };
    let outcome = match treatment {
        Treatment::Passes(_) => "passed",
        Treatment::Page(_) | Treatment::Json => "held",
        Treatment::Opens | Treatment::Press(_) => "confirmed",
        Treatment::Methods | Treatment::Refused(_) => "refused",
    };
    (outcome.to_owned(), step)
}

/// Signatures that refuse, and that let pass.
fn acting() -> String {
    [
        signature(
            "own-refuse",
            "confidence = \"certain\"\naction = \"refuse\"",
            "user-agent = ['RefuseMe']\nmatch = [{ user-agent = \"RefuseMe/1\" }]",
        ),
        signature(
            "own-allow",
            "confidence = \"certain\"\naction = \"allow\"",
            "user-agent = ['AllowMe']\nnetwork = [\"127.0.0.0/8\"]\nmatch = [{ user-agent = \"AllowMe/1\", client = \"127.0.0.1\" }]",
        ),
    ]
    .concat()
}

/// Every method, program, signature, damage and fetch ahead, at a link of every mode.
async fn ask_everything(gate: &Gate) {
    let extras: [&[(&str, &str)]; 3] = [&[], &[("accept", "application/json")], &[("sec-purpose", "prefetch")]];
    for (name, _) in Mode::ALL {
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS"] {
            for agent in ["", "curl/8.5.0", "RefuseMe/1 Mozilla", "AllowMe/1"] {
                for damage in ["", "%29"] {
                    for extra in extras {
                        let mut person = gate.person();
                        if !agent.is_empty() {
                            person = person.with("user-agent", agent);
                        }
                        if extra.first().is_some_and(|(name, _)| *name == "accept") {
                            person.headers.remove("accept");
                        }
                        let target = format!("/{name}?token={}{damage}", gate.token_to_confirm());
                        person.send(method.parse().unwrap(), &target, extra, "").await;
                    }
                }
            }
        }
    }
}

/// 480 requests: what the tools say of each in each mode is what the server did.
#[tokio::test]
async fn the_tools_know_what_the_server_does_in_every_mode() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream, &acting(), &links_of_every_mode()).await;
    ask_everything(&gate).await;
    let (core, log, records) = (core(&gate), gate.log_text(), gate.records());
    assert_eq!(records.len(), 480);
    let (mut past, mut counts, digests) = (Past::new([&core], 1000), Counts::default(), Default::default());
    let mut number = 0;
    let each = |seen: &Seen| {
        let moment = moment(seen, &digests);
        let [history] = past.history(&moment);
        let [(_, verdict)] = past.judge(&moment, [&core.agent_hits(&moment.visit)]);
        let visit = Visit {
            history: Fact::Known(&history),
            ..moment.visit
        };
        let own = core.treatment(&seen.case(visit, None, &core), &verdict);
        assert_eq!(expected(own), done(&records[number]), "{}", records[number]);
        for (place, (name, _)) in Mode::ALL.iter().enumerate() {
            let case = Case {
                link: core.link_named(name),
                ..seen.case(visit, None, &core)
            };
            let twin = &records[number % 120 + place * 120];
            assert_eq!(expected(core.treatment(&case, &verdict)), done(twin), "{twin}");
        }
        number += 1;
        ControlFlow::Continue(())
    };
    Reader::new(&core, false)
        .stream("log", log.as_bytes(), &mut counts, each, |_| {})
        .unwrap();
    assert_eq!(number, 480);

    // And `explain` of each line of today's set finds nothing that differs.
    let (log, config) = logged(&gate);
    for record in records.iter().step_by(17) {
        let id = record["request_id"].as_str().unwrap();
        let told = explained(id, &log, &config);
        assert_eq!(told["then"]["treatment-differs"], false, "{record}\n{told}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_replay_says_in_words_what_another_mode_would_do() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    people_and_scanners(&gate).await;
    let (log, config) = logged(&gate);
    let new = path(&gate, "new.toml");
    let of_mode = |mode: &str| {
        fs::write(
            &new,
            format!("{}mode = \"{mode}\"\n", fs::read_to_string(&config).unwrap()),
        )
        .unwrap();
        let arguments = [log.as_str(), "--config", &config, "--new-config", &new];
        let output = linklatch(&[&["replay"], &arguments[..]].concat());
        (replayed(&arguments), text(&output.stdout))
    };
    let would = |told: &Value, who: &str, what: &str| told.pointer(&format!("{who}/would/{what}")).unwrap().as_u64();

    let ((told, code), _) = of_mode("enforce");
    assert_eq!((&told["changed"], code), (&0.into(), Some(0)), "{told}");

    let ((told, code), said) = of_mode("adaptive");
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(would(&told, "/people", "passed-without-page"), Some(3), "{told}");
    let unknown = gate
        .records()
        .iter()
        .filter(|record| record["linklatch.verdict.class"] == "unknown")
        .count();
    assert_eq!(would(&told, "", "passed-without-page"), Some(unknown as u64), "{told}");
    assert!(unknown >= 6, "three pages and their presses: {told}");
    assert!(said.starts_with("conclusion\n"), "{said}");
    assert!(said.contains("3 people would pass without a page"), "{said}");

    let ((told, code), _) = of_mode("observe");
    assert_eq!(
        (would(&told, "/people", "passed-without-page"), code),
        (Some(4), Some(1)),
        "{told}"
    );
    assert_eq!(told["changed"], told["read"]["visits"], "{told}");

    let ((told, code), said) = of_mode("strict");
    assert_eq!((&told["people"]["at-risk"], code), (&3.into(), Some(1)), "{told}");
    assert_eq!(would(&told, "/people", "asked-for-code"), Some(3), "{told}");
    assert_eq!(told["people"]["codes-more"], 3, "{told}");
    for words in [
        "3 of 4 people who opened a link would be asked for more",
        "3 people would be asked for the code",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn after_a_change_of_mode_explain_says_what_differs() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    gate.person().get(&gate.link(&gate.token())).await;
    let (log, config) = logged(&gate);
    let new = path(&gate, "new.toml");
    fs::write(
        &new,
        format!("{}mode = \"adaptive\"\n", fs::read_to_string(&config).unwrap()),
    )
    .unwrap();
    let id = gate.last_record()["request_id"].as_str().unwrap().to_owned();
    let then = |config: &str| {
        let output = linklatch(&["explain", "--request-id", &id, "--log", &log, "--config", config]);
        let said = text(&output.stdout);
        said.lines()
            .find(|line| line.starts_with("  then"))
            .unwrap()
            .trim()
            .to_owned()
    };
    assert!(then(&config).ends_with("the same"));
    assert!(then(&new).contains("held, now passes"), "{}", then(&new));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_link_that_the_new_configuration_lacks_is_none() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    people_and_scanners(&gate).await;
    let (log, config) = logged(&gate);
    let new = path(&gate, "new.toml");
    fs::write(
        &new,
        fs::read_to_string(&config).unwrap().replace("/auth/verify", "/else"),
    )
    .unwrap();
    let (told, code) = replayed(&[&log, "--config", &config, "--new-config", &new]);
    assert_eq!((&told["changed"], code), (&told["read"]["visits"], Some(1)), "{told}");
    gate.finish(&upstream).await;
}
