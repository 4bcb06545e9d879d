//! A replay as a table for people: the conclusion first.

use std::fmt::Write as _;

use crate::cli::render::{heading, row, wrapped};
use crate::gate::verdict::Class;
use crate::records::lines::Counts;
use crate::records::replay::{Change, Effect, Effects, GAPS, Report, Tally};

pub(super) fn all(report: &Report, counts: &Counts) -> String {
    let mut text = String::new();
    conclusion(&mut text, report);
    if !report.risks.is_empty() {
        heading(&mut text, "people who would be asked for more");
        changes(&mut text, &report.risks);
    }
    let changed = report.visits.sum();
    heading(&mut text, &format!("visits that would be treated otherwise: {changed}"));
    changes(&mut text, &report.examples);
    tallies(&mut text, report);
    classes(&mut text, report);
    read(&mut text, report, counts);
    text
}

/// What the operator has to know, before all that it hangs on.
fn conclusion(text: &mut String, report: &Report) {
    heading(text, "conclusion");
    let (opened, at_risk) = (report.confirmed, report.at_risk);
    let people = if opened > 0 {
        let number = if at_risk == 0 {
            "none".to_owned()
        } else {
            at_risk.to_string()
        };
        format!("{number} of {opened} people who opened a link would be asked for more")
    } else if report.untold > 0 {
        "this log can't tell who pressed: nothing is known about people".to_owned()
    } else {
        "nobody pressed in this log: nothing is known about people".to_owned()
    };
    wrapped(text, "  ", &people);
    let mut lines = |effects: &Effects, one: &str, more: &str| {
        for effect in Effect::ALL.into_iter().filter(|effect| effects.of(*effect) > 0) {
            let who = some(effects.of(effect), one, more);
            wrapped(text, "  ", &format!("{who} {}", effect.explanation()));
        }
    };
    lines(&report.people, "person", "people");
    lines(&report.visits, "visit", "visits");
    if report.visits.sum() == 0 {
        wrapped(text, "  ", "no visit would be treated otherwise");
    }
    if report.undecided > 0 {
        let what = "can't be judged whole: a signature asks for what was not recorded";
        wrapped(
            text,
            "  ",
            &format!("{} {what}", some(report.undecided, "visit", "visits")),
        );
    }
}

fn some(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn classes(text: &mut String, report: &Report) {
    heading(text, "visits by class, from the old set (rows) to the new (columns)");
    let _ = writeln!(
        text,
        "  {:<10}{:>12}{:>12}{:>12}",
        "", CLASSES[0], CLASSES[1], CLASSES[2]
    );
    for (class, line) in CLASSES.iter().zip(report.matrix) {
        let _ = writeln!(text, "  {class:<10}{:>12}{:>12}{:>12}", line[0], line[1], line[2]);
    }
    if report.reclassified > 0 {
        let what = "of another class would be treated the same";
        wrapped(
            text,
            "  ",
            &format!("{} {what}", some(report.reclassified, "visit", "visits")),
        );
    }
}

fn read(text: &mut String, report: &Report, counts: &Counts) {
    heading(text, "read");
    row(text, "lines", &counts.lines.to_string());
    row(text, "visits", &counts.visits.to_string());
    let others = format!("{}, of requests that were not judged", counts.skipped());
    row(text, "others", &others);
    if counts.bad > 0 {
        row(text, "unreadable", &counts.bad.to_string());
        for (file, line, what) in &counts.first_bad {
            wrapped(text, "    ", &format!("{file}:{line}: {what}"));
        }
    }
    if report.untold > 0 {
        let what = "of access logs, which do not say who pressed";
        row(
            text,
            "can't tell",
            &format!("{} {what}", some(report.untold, "visit", "visits")),
        );
    }
    if report.in_part > 0 {
        let what = "of whose fields a part was left out of the log, as it could be a token: what matched these is taken \
                    from their lines";
        row(
            text,
            "in part",
            &format!("{} {what}", some(report.in_part, "visit", "visits")),
        );
    }
    if report.otherwise > 0 {
        let why = "the signatures or settings of that time were others, or their past is not in these logs";
        let anew = format!("{} visits stand in the log with another class: {why}", report.otherwise);
        row(text, "judged anew", &anew);
    }
    if report.undecided > 0 {
        let gaps = GAPS.iter().zip(report.gaps).filter(|(_, count)| *count > 0);
        let gaps: Vec<_> = gaps.map(|(what, count)| format!("{what} ({count})")).collect();
        let what = "for which a signature asks what was not recorded; not recorded are";
        let undecided = format!("{} visits {what} {}", report.undecided, gaps.join(", "));
        row(text, "not decided", &undecided);
    }
}

fn changes(text: &mut String, changes: &[Change]) {
    for change in changes {
        let agent = if change.user_agent.is_empty() {
            "no user agent"
        } else {
            &change.user_agent
        };
        let short: String = agent.chars().take(AGENT).collect();
        let more = if short.len() < agent.len() { "…" } else { "" };
        let id = change
            .request_id
            .as_ref()
            .map_or_else(String::new, |id| format!("  {id}"));
        let [from, to] = change.treatment.map(|treatment| treatment.as_str());
        let class = match change.class.map(Class::as_str) {
            [old, new] if old != new => format!(" ({old} → {new})"),
            [_, _] => String::new(),
        };
        let _ = writeln!(text, "  {}{id}", change.at);
        wrapped(text, "      ", &format!("{from} → {to}{class}"));
        wrapped(text, "      ", &format!("{short}{more}"));
        if !change.by.is_empty() {
            wrapped(text, "      ", &change.by.join(" "));
        }
    }
}

/// What each signature found, those that changed first; unchanged ones that found nothing are left out.
fn tallies(text: &mut String, report: &Report) {
    let (mut changed, mut same): (Vec<&Tally>, Vec<&Tally>) =
        report.signatures.iter().partition(|tally| tally.is_changed);
    same.retain(|tally| tally.hits > 0);
    for (what, tallies) in [("changed or new", &mut changed), ("other", &mut same)] {
        if tallies.is_empty() {
            continue;
        }
        tallies.sort_by_key(|tally| std::cmp::Reverse(tally.hits));
        heading(text, &format!("what {what} signatures found, in visits"));
        let _ = writeln!(text, "  {:>9} {:>9} {:>9} {:>9}", "all", "opened", "person's", "alone");
        for tally in tallies {
            let Tally {
                id,
                hits,
                confirmed,
                by_person,
                alone,
                ..
            } = tally;
            let _ = writeln!(text, "  {hits:>9} {confirmed:>9} {by_person:>9} {alone:>9}  {id}");
        }
    }
    let legend = "opened: of links that a person opened; person's: by the visitor who opened it; alone: the class \
                  hangs on this signature";
    wrapped(text, "  ", legend);
}

pub(super) const CLASSES: [&str; 3] = [
    Class::Unknown.as_str(),
    Class::Suspect.as_str(),
    Class::Scanner.as_str(),
];
/// So much of a user agent is shown.
const AGENT: usize = 88;
