//! `linklatch replay`: what other signatures would have changed.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::explain::{NO_VISITS, lines_of, open, unreadable_lines};
use super::render::{heading, row, wrapped};
use super::set::{Set, Stop};
use super::{Exit, Format, render};
use crate::gate::verdict::Class;
use crate::load::Environment;
use crate::records::lines::Counts;
use crate::records::read::{Reader, Seen};
use crate::records::replay::{Change, GAPS, Replay, Report, Tally};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  linklatch replay linklatch.log.1 linklatch.log --config linklatch.toml --signatures new-signatures
  linklatch replay linklatch.log --config linklatch.toml --new-config changed.toml

Logs are ours (JSON), or nginx's and Apache's \"combined\"; for the latter --config must tell which paths are links.

Exit codes:
  0  nobody who opened a link would be asked for more
  1  somebody would, or files have errors
  2  the question was bad")]
pub(super) struct ReplayArgs {
    /// Logs; the one that begins earliest is read first.
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<PathBuf>,
    /// The new folder of signature files, laid over the shipped ones.
    #[arg(long, value_name = "FOLDER", required_unless_present = "new_config")]
    signatures: Option<PathBuf>,
    /// The new configuration file: weights of checks and of doubts about presses, modes, signatures.
    #[arg(long, value_name = "FILE", requires = "config")]
    new_config: Option<PathBuf>,
    /// Configuration file: links, weights of checks, and the signatures of now; the shipped ones without.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many examples are shown of each kind.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    examples: usize,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &ReplayArgs, environment: &Environment) -> anyhow::Result<Exit> {
    replay(args, environment).or_else(Stop::exit)
}

fn replay(args: &ReplayArgs, environment: &Environment) -> Result<Exit, Stop> {
    let old = Set::load(args.config.as_deref(), None, environment)?;
    let changed = args.new_config.as_ref().or(args.config.as_ref());
    let new = Set::load(changed.map(PathBuf::as_path), args.signatures.as_deref(), environment)?;
    let mut reader = Reader::new(&old.gate, old.behind_proxy);
    let (mut replay, mut counts) = (Replay::new(&old.gate, &new.gate, args.examples), Counts::default());
    let logs = in_order(&args.logs, &mut reader)?;
    let mut sizes = logs
        .iter()
        .map(|path| path.metadata().map_or(0, |metadata| metadata.len()));
    let mut progress = Progress::new(sizes.by_ref().sum());
    for path in &logs {
        let each = |seen: &Seen| {
            replay.visit(seen);
            ControlFlow::Continue(())
        };
        let read = reader.stream(&path.display().to_string(), open(path)?, &mut counts, each, |counts| {
            progress.show(counts)
        });
        read.map_err(|error| Stop::Usage(format!("can't read `{}`: {error}", path.display())))?;
    }
    progress.clear();
    if counts.visits == 0 && counts.lines > 0 {
        let bad = unreadable_lines(&counts);
        let lines = lines_of(counts.lines);
        return Err(Stop::Usage(format!(
            "no visit to a link is in {lines}{bad}\n  help: {NO_VISITS}"
        )));
    }
    let report = replay.report();
    render::out(&match args.format {
        Format::Text => text(report, &counts),
        Format::Json => render::json(&as_json(report, &counts)),
    })?;
    Ok(if report.at_risk == 0 && report.codes_more == 0 {
        Exit::Fine
    } else {
        Exit::Bad
    })
}

/// The logs by the time of their first visit; those without any come first.
fn in_order(logs: &[PathBuf], reader: &mut Reader<'_>) -> Result<Vec<PathBuf>, Stop> {
    let mut dated = Vec::new();
    for path in logs {
        let (mut first, mut counts) = (None, Counts::default());
        let each = |seen: &Seen| {
            first = Some(seen.at);
            ControlFlow::Break(())
        };
        reader.stream("", open(path)?.take(HEAD), &mut counts, each, |_| {})?;
        dated.push((first, path.clone()));
    }
    dated.sort_by_key(|(first, _)| *first);
    Ok(dated.into_iter().map(|(_, path)| path).collect())
}

/// A line on the terminal that says how far it is, for logs that take a while.
struct Progress {
    total: u64,
    shown: u64,
    is_seen: bool,
}

impl Progress {
    fn new(total: u64) -> Self {
        Self {
            total,
            shown: 0,
            is_seen: io::stderr().is_terminal() && total > LONG,
        }
    }

    fn show(&mut self, counts: &Counts) {
        let percent = (counts.bytes * 100).checked_div(self.total).unwrap_or(0).min(100);
        if self.is_seen && percent > self.shown {
            self.shown = percent;
            let bar = "#".repeat(percent as usize / 4);
            let _ = write!(io::stderr(), "\r[{bar:<25}] {percent:>3} %  {} lines", counts.lines);
        }
    }

    fn clear(&self) {
        if self.is_seen {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}

fn text(report: &Report, counts: &Counts) -> String {
    let mut text = String::new();
    read(&mut text, report, counts);
    heading(
        &mut text,
        "visits by class, from the old set (rows) to the new (columns)",
    );
    let _ = writeln!(
        text,
        "  {:<10}{:>12}{:>12}{:>12}",
        "", CLASSES[0], CLASSES[1], CLASSES[2]
    );
    for (class, line) in CLASSES.iter().zip(report.matrix) {
        let _ = writeln!(text, "  {class:<10}{:>12}{:>12}{:>12}", line[0], line[1], line[2]);
    }
    for (count, what) in [
        (report.refused, "would be refused"),
        (report.allowed, "would pass without a person"),
    ] {
        if count > 0 {
            wrapped(&mut text, "  ", &format!("{count} visits {what}"));
        }
    }
    heading(&mut text, "people at risk");
    let what = format!(
        "{} of {} links that were opened: the person who opened it would be asked for more",
        report.at_risk, report.confirmed
    );
    wrapped(&mut text, "  ", &what);
    changes(&mut text, &report.risks);
    codes(&mut text, report);
    heading(&mut text, &format!("visits that change: {}", report.changed));
    changes(&mut text, &report.examples);
    tallies(&mut text, report);
    text
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
        let _ = writeln!(
            text,
            "  {}  {} → {}{id}",
            change.at,
            change.from.as_str(),
            change.to.as_str()
        );
        wrapped(text, "      ", &format!("{short}{more}"));
        wrapped(text, "      ", &change.by.join(" "));
    }
}

/// Whose press would be asked for the code, and whose no longer.
fn codes(text: &mut String, report: &Report) {
    for (count, what) in [
        (report.codes_more, "would have typed a code, and did not"),
        (report.codes_fewer, "would no longer have typed a code"),
    ] {
        if count > 0 {
            wrapped(text, "  ", &format!("{count} of those who pressed {what}"));
        }
    }
}

/// What each signature found; those that found nothing are left out.
fn tallies(text: &mut String, report: &Report) {
    let mut hit: Vec<&Tally> = report.signatures.iter().filter(|tally| tally.hits > 0).collect();
    hit.sort_by_key(|tally| std::cmp::Reverse(tally.hits));
    heading(text, "what the new signatures found, in visits");
    let _ = writeln!(text, "  {:>9} {:>9} {:>9} {:>9}", "all", "opened", "person's", "alone");
    for tally in hit {
        let Tally {
            id,
            hits,
            confirmed,
            by_person,
            alone,
        } = tally;
        let _ = writeln!(text, "  {hits:>9} {confirmed:>9} {by_person:>9} {alone:>9}  {id}");
    }
    let legend = "opened: of links that a person opened; person's: by the visitor who opened it; alone: the class \
                  hangs on this signature";
    wrapped(text, "  ", legend);
}

fn as_json(report: &Report, counts: &Counts) -> Value {
    let change = |change: &Change| {
        json!({
            "timestamp": change.at.to_string(),
            "request-id": change.request_id,
            "link": change.link,
            "user-agent": change.user_agent,
            "from": change.from.as_str(),
            "to": change.to.as_str(),
            "by": change.by,
        })
    };
    let matrix: Vec<Value> = CLASSES
        .iter()
        .zip(report.matrix)
        .map(|(from, line)| json!({ "from": from, "unknown": line[0], "suspect": line[1], "scanner": line[2] }))
        .collect();
    json!({
        "read": {
            "lines": counts.lines,
            "visits": counts.visits,
            "others": counts.skipped(),
            "unreadable": counts.bad,
            "first-unreadable": counts.first_bad.iter()
                .map(|(file, line, what)| json!({ "file": file, "line": line, "problem": what })).collect::<Vec<_>>(),
        },
        "judged-anew": report.otherwise,
        "not-decided": report.undecided,
        "not-recorded": GAPS.iter().zip(report.gaps).collect::<std::collections::BTreeMap<_, _>>(),
        "classes": matrix,
        "changed": report.changed,
        "refused": report.refused,
        "passed": report.allowed,
        "examples": report.examples.iter().map(change).collect::<Vec<_>>(),
        "people": {
            "opened": report.confirmed,
            "at-risk": report.at_risk,
            "codes-more": report.codes_more,
            "codes-fewer": report.codes_fewer,
            "examples": report.risks.iter().map(change).collect::<Vec<_>>(),
        },
        "signatures": report.signatures.iter().filter(|tally| tally.hits > 0).map(|tally| json!({
            "id": &*tally.id,
            "hits": tally.hits,
            "on-opened-links": tally.confirmed,
            "by-the-person": tally.by_person,
            "alone": tally.alone,
        })).collect::<Vec<_>>(),
    })
}

const CLASSES: [&str; 3] = [
    Class::Unknown.as_str(),
    Class::Suspect.as_str(),
    Class::Scanner.as_str(),
];
/// Bytes in which a log's first visit is looked for.
const HEAD: u64 = 16 * 1024 * 1024;
/// A log of more bytes than this takes a while.
const LONG: u64 = 64 * 1024 * 1024;
/// So much of a user agent is shown.
const AGENT: usize = 88;
