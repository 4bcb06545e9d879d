//! The scenarios as a page of the documentation.

use std::fmt::Write as _;
use std::time::Duration;

use super::file::{Event, Outcome, Scenario};

/// The page.
pub(super) fn of(scenarios: &[(String, Scenario)]) -> String {
    let mut page = HEAD.to_owned();
    for (name, scenario) in scenarios {
        let visits: Vec<String> = scenario.event.iter().map(row).collect();
        let sent = match (scenario.expect.upstream, scenario.expect.by.join(", ")) {
            (0, _) => "none".to_owned(),
            (sent, by) => format!("{sent}, by {by}"),
        };
        let notes = [
            ("The code is fair: ", &scenario.code_is_fair),
            ("Known gap: ", &scenario.known_gap),
        ];
        let notes = notes
            .iter()
            .filter_map(|(what, note)| Some(format!("<br>{what}{}", note.as_ref()?)));
        let _ = writeln!(
            page,
            "| [{name}](../{}/{name}.toml) | {} ({}){} | {} | {sent} |",
            super::FOLDER,
            scenario.about,
            scenario.seen,
            notes.collect::<String>(),
            visits.join("<br>"),
        );
    }
    page
}

fn row(event: &Event) -> String {
    let mut row = format!("{}: {} {}", time(event.at), event.who, event.does.words());
    if let Some(crowd) = event.crowd {
        let _ = write!(row, ", {crowd} of them, one every {}", time(event.every));
    }
    if let Some(class) = event.class {
        let _ = write!(row, ": {}", class.as_str());
    }
    if !event.findings.is_empty() {
        let _ = write!(row, " ({})", event.findings.join(", "));
    }
    let plain = if event.does.presses() {
        Outcome::Confirmed
    } else {
        Outcome::Held
    };
    if let Some(outcome) = event.outcome.filter(|outcome| *outcome != plain) {
        let _ = write!(row, "; {}", outcome.as_str());
    }
    row
}

fn time(time: Duration) -> String {
    let millis = time.as_millis();
    let units = [(3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")];
    let (mut rest, mut parts) = (millis, Vec::new());
    for (size, unit) in units {
        if rest / size > 0 {
            parts.push(format!("{} {unit}", rest / size));
        }
        rest %= size;
    }
    if parts.is_empty() {
        "0 s".into()
    } else {
        parts.join(" ")
    }
}

const HEAD: &str = "\
# Scenarios

What was reported of scanners, and of the people behind them, as the tests play it through the server: real connections,
virtual time from the moment when the mail was sent. A new report is a new file in [tests/scenarios](../tests/scenarios),
no code. What a report leaves open (an address, a browser's version, the time between two visits) is filled in with an
example. The verdicts' words are those of [the log](log.md). `UPDATE_SCENARIOS=1 cargo test --test it scenarios` writes this
page.

| scenario | what happened | visits and verdicts | tokens sent upstream |
|---|---|---|---|
";
