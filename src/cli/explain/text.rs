//! The explanation as a table for a help desk.

use std::fmt::Write as _;

use super::request::{Asked, FromLine, Place};
use super::told::Told;
use super::{answered, press, summary};
use crate::cli::render::{heading, row, wrapped};
use crate::gate::SignatureReason;
use crate::gate::verdict::Class;
use crate::records::{is_recorded, of_record};
use crate::signatures::{Reason, Truth};
use crate::visit::{Fact, version_name};

pub(super) fn all(told: &Told<'_>) -> String {
    let mut text = String::new();
    wrapped(&mut text, "", &summary::judged(told));
    request(&mut text, told.asked);
    if let Some(entry) = told.signature.and_then(|id| told.entry(id)) {
        tree(&mut text, told, entry);
    }
    found(&mut text, told);
    undecided(&mut text, told);
    if told.all {
        misses(&mut text, told);
    }
    verdict(&mut text, told);
    press::text(&mut text, told);
    outcome(&mut text, told);
    text
}

fn request(text: &mut String, asked: &Asked) {
    let visit = asked.visit.as_visit();
    heading(text, "request");
    wrapped(text, "  ", &format!("{} {}", visit.method, place(&asked.place)));
    let repaired = asked.repaired.iter().filter(|by| !by.is_empty());
    repaired.for_each(|by| row(text, "repaired", by));
    origin(text, asked);
    if asked.visit.names != Fact::Unrecorded {
        let names: Vec<_> = visit.headers.names().map(|name| asked.shown_name(name)).collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        row(text, "fields", &names);
    }
    for (name, value) in asked.visit.values.iter().filter(|(name, _)| is_recorded(name)) {
        row(text, &format!("  {name}"), &asked.shown(of_record(name, value)));
    }
    for (name, part) in asked.cut.iter().filter(|(name, _)| is_recorded(name)) {
        row(text, &format!("  {name}"), &in_part(part));
    }
    past(text, asked);
    let unknown = asked.unrecorded();
    if !unknown.is_empty() {
        row(text, "not recorded", &unknown.join(", "));
    }
}

/// A value of which the log has only a part.
fn in_part(part: &str) -> String {
    format!("{part} (in part)")
}

fn place(place: &Place) -> String {
    match place {
        Place::Unknown(None) => "a visit to a link".to_owned(),
        Place::Unknown(Some(path)) => format!("{path} (no configuration is named: taken for a link)"),
        Place::Link(name, route) => {
            let route = route.as_deref().unwrap_or("…");
            name.as_ref()
                .map_or_else(|| route.to_owned(), |name| format!("{route} (link {name})"))
        }
        Place::CutLink(name) => format!("link {name}, whose token is cut or changed"),
        Place::Open(path) => format!("{path} (no link)"),
        Place::Call(route) => format!("{route} (a call)"),
        Place::Ambiguous => "it may mean a link, or may not".to_owned(),
    }
}

/// When, from where and how it came.
fn origin(text: &mut String, asked: &Asked) {
    let visit = asked.visit.as_visit();
    if let Some(FromLine { at, request_id, .. }) = &asked.line {
        row(text, "at", &at.to_string());
        request_id.iter().for_each(|id| row(text, "reference", id));
    }
    if let Fact::Known(client) = visit.client {
        let mut line = client.to_string();
        let _ = visit
            .asn
            .known()
            .filter(|asn| *asn > 0)
            .map(|asn| write!(line, ", AS {asn}"));
        let _ = visit
            .reverse_dns
            .known()
            .filter(|name| !name.is_empty())
            .map(|name| write!(line, ", {name}"));
        row(text, "client", &line);
    }
    match visit.headers.get("user-agent") {
        Fact::Known(Some(agent)) if !agent.is_empty() => row(text, "user agent", &asked.shown(agent)),
        Fact::Known(_) => row(text, "user agent", "none"),
        Fact::Unrecorded => {
            let part = asked.cut.iter().find(|(name, _)| name == "user-agent");
            part.iter()
                .for_each(|(_, part)| row(text, "user agent", &in_part(part)));
        }
    }
    let scheme = visit
        .secure
        .known()
        .map(|secure| if secure { "https" } else { "http" }.to_owned());
    let version = visit
        .version
        .known()
        .map(|version| format!("HTTP/{}", version_name(version)));
    let by: Vec<String> = scheme.into_iter().chain(version).collect();
    if !by.is_empty() {
        row(text, "came by", &by.join(", "));
    }
    if let Fact::Known(Some(print)) = visit.tls {
        row(text, "TLS", print);
    }
}

fn past(text: &mut String, asked: &Asked) {
    let Fact::Known(history) = &asked.visit.history else {
        return;
    };
    if let Some(age) = history.age() {
        row(text, "link's age", &format!("{:.1} s", age.as_secs_f64()));
    }
    if asked.whole_past {
        let hour = std::time::Duration::from_secs(3600);
        let visits = history.visits(hour) - 1;
        let of = "of the same visitor, or within a second";
        let line = match visits {
            0 => format!("nothing {of}"),
            1 => format!("a visit to the link {of}"),
            more => format!("{more} visits to the link {of}"),
        };
        row(text, "before it", &line);
    } else {
        row(
            text,
            "before it",
            "taken to be nothing; --request-id with --log looks at what came before",
        );
    }
}

fn found(text: &mut String, told: &Told<'_>) {
    heading(text, "found");
    let mut none = true;
    for entry in told.signatures(Truth::Yes) {
        none = false;
        finding(
            text,
            told.weight(entry).as_str(),
            &entry.signature.id,
            &entry.signature.title,
        );
        if entry.recalled {
            wrapped(text, INNER, "by its line: not all that it asks for was recorded");
            wrapped(text, INNER, &told.place(entry));
            continue;
        }
        let reasons = entry.reason.decisive();
        // What it is not says little where something else says what it is.
        let only_not = reasons.iter().all(|reason| reason.name == NOT);
        for reason in reasons.iter().filter(|reason| only_not || reason.name != NOT) {
            wrapped(text, INNER, &shown(reason, told.asked));
        }
        wrapped(text, INNER, &told.place(entry));
    }
    for check in told.explanation.checks.iter().filter(|check| check.truth == Truth::Yes) {
        none = false;
        let seen = check.seen.as_ref().map_or_else(String::new, |seen| format!(": {seen}"));
        let what = format!("{}{seen}", check.check.explanation());
        finding(text, &check.weight.to_string(), check.check.name(), &what);
    }
    if none {
        wrapped(text, "  ", "nothing");
    }
}

fn finding(text: &mut String, weight: &str, name: &str, what: &str) {
    let bold = anstyle::Style::new().bold();
    let _ = writeln!(text, "  {weight:>5}  {bold}{name}{bold:#}");
    wrapped(text, INNER, what);
}

/// What could not be judged, by what is missing.
fn undecided(text: &mut String, told: &Told<'_>) {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let mut add = |what: String, name| match groups.iter_mut().find(|(known, _)| *known == what) {
        Some((_, names)) => names.push(name),
        None => groups.push((what, vec![name])),
    };
    for entry in told.signatures(Truth::Unknown) {
        add(told.missing(entry).join(" and "), &*entry.signature.id);
    }
    for check in told
        .explanation
        .checks
        .iter()
        .filter(|check| check.truth == Truth::Unknown)
    {
        add(check.check.needs().to_owned(), check.check.name());
    }
    if groups.is_empty() {
        return;
    }
    heading(text, "not decided, for want of");
    for (what, names) in groups {
        wrapped(text, "  ", &what);
        let shown = if told.all { names.len() } else { UNDECIDED };
        let more = match names.len().saturating_sub(shown) {
            0 => String::new(),
            more => format!(" … and {more} more (--all)"),
        };
        let names: Vec<&str> = names.into_iter().take(shown).collect();
        wrapped(text, INNER, &format!("{}{more}", names.join(", ")));
    }
}

fn misses(text: &mut String, told: &Told<'_>) {
    heading(text, "did not match");
    let mut line = |weight: i32, name: &str, by: &str| {
        wrapped(text, &format!("  {weight:>5}  {name:<40} "), by);
    };
    for entry in told.signatures(Truth::No) {
        let mut names: Vec<&str> = entry
            .reason
            .decisive()
            .iter()
            .map(|reason| reason.name.as_str())
            .collect();
        names.dedup();
        line(entry.signature.weight, &entry.signature.id, &names.join(", "));
    }
    for check in told.explanation.checks.iter().filter(|check| check.truth == Truth::No) {
        line(check.weight, check.check.name(), "built in");
    }
}

fn verdict(text: &mut String, told: &Told<'_>) {
    let verdict = &told.explanation.verdict;
    let (machine, people) = verdict.sums();
    heading(text, "verdict");
    let mut score = verdict.score.to_string();
    if people < 0 {
        let _ = write!(score, ": {machine} for a machine, {people} for a network of people");
        if verdict.score > machine + people {
            score.push_str("; never below what the visitor did");
        }
    }
    row(text, "score", &score);
    let from = match verdict.class {
        Class::Unknown => "below 50",
        Class::Suspect => "from 50",
        Class::Scanner => "from 100",
    };
    row(text, "class", &format!("{} ({from})", verdict.class.as_str()));
    if let Some(step) = told.step() {
        row(text, "step", step.as_str());
    }
    row(text, "answer", told.answer());
}

/// What was done with a logged request, and whether it would be today.
fn outcome(text: &mut String, told: &Told<'_>) {
    let Some(line) = &told.asked.line else { return };
    let (Some(answered), Some(then)) = (&line.answered, told.then()) else {
        return;
    };
    answered::outcome(text, answered);
    let mut differs = Vec::new();
    let verdict = &told.explanation.verdict;
    if then.class != verdict.class || then.score.is_some_and(|score| score != verdict.score) {
        let score = then.score.map_or_else(String::new, |score| format!(" {score}"));
        let (was, now) = (then.class.as_str(), verdict.class.as_str());
        differs.push(format!("{was}{score}, now {now} {}", verdict.score));
    }
    if let (Some(was), Some(press)) = (then.press_score, told.press())
        && was != press.weighed.score
    {
        differs.push(format!("press {was}, now {}", press.weighed.score));
    }
    if let Some((was, now)) = told.step_differs(then) {
        differs.push(format!("{}, now {}", was.as_str(), now.as_str()));
    }
    if let Some((was, now)) = told.treatment_differs() {
        differs.push(format!("{was}, now {now}"));
    }
    let names = told.differences(then);
    if !names.is_empty() {
        differs.push(names.join(", "));
    }
    let then = if differs.is_empty() {
        "the same".to_owned()
    } else {
        differs.join("; ")
    };
    row(text, "then", &then);
}

/// A signature's conditions, each with what became of it.
fn tree(text: &mut String, told: &Told<'_>, entry: &SignatureReason<'_>) {
    let signature = entry.signature;
    heading(text, &format!("{}: {}", signature.id, truth(entry.reason.truth)));
    wrapped(text, "  ", &signature.title);
    wrapped(text, "  ", &told.place(entry));
    branch(text, &entry.reason, told.asked, 1);
}

fn branch(text: &mut String, reason: &Reason, asked: &Asked, depth: usize) {
    let name = match (reason.parts.is_empty(), reason.name.as_str()) {
        (true, _) => shown(reason, asked),
        (false, "all") => "all of".to_owned(),
        (false, "any") => "any of".to_owned(),
        (false, other) => other.to_owned(),
    };
    let indent = format!("{}{:<12}  ", "  ".repeat(depth), truth(reason.truth));
    wrapped(text, &indent, &name);
    for part in &reason.parts {
        branch(text, part, asked, depth + 1);
    }
}

/// One condition: its name, what it asks, and what the visit has.
fn shown(reason: &Reason, asked: &Asked) -> String {
    if reason.name == NOT {
        let inner = reason.parts.first().map_or_else(String::new, |inner| {
            let leaves = inner.decisive();
            leaves
                .iter()
                .map(|leaf| shown(leaf, asked))
                .collect::<Vec<_>>()
                .join(" and ")
        });
        return format!("not: {inner}");
    }
    let mut line = reason.name.clone();
    if !reason.asks.is_empty() {
        let more = reason.asks.len().saturating_sub(SHOWN);
        let more = if more > 0 {
            format!(" … and {more} more")
        } else {
            String::new()
        };
        let asks: Vec<_> = reason.asks.iter().take(SHOWN).map(|ask| short(ask)).collect();
        let _ = write!(line, " {}{more}", asks.join(" | "));
    }
    match (reason.truth, &reason.seen) {
        (Truth::Yes, Some(seen)) => {
            let _ = write!(line, " on \"{}\"", asked.seen(reason, seen));
        }
        (Truth::No, Some(seen)) => {
            let _ = write!(line, ", and it has \"{}\"", short(&asked.seen(reason, seen)));
        }
        (Truth::No, None) => line.push_str(", and it has none"),
        (Truth::Unknown, _) => {
            let _ = write!(line, ", and {} is not recorded", reason.missing());
        }
        (Truth::Yes, None) => {}
    }
    line
}

/// The beginning of a long text.
fn short(text: &str) -> String {
    let start: String = text.chars().take(SHORT).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{start}{more}")
}

pub(super) const fn truth(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "hit",
        Truth::No => "miss",
        Truth::Unknown => "not recorded",
    }
}

/// So many alternatives are shown.
const SHOWN: usize = 4;
/// So many signatures that could not be judged are named, of those that want the same.
const UNDECIDED: usize = 8;
/// Characters of a pattern or text that are shown.
const SHORT: usize = 60;
const NOT: &str = "not";
const INNER: &str = "         ";
