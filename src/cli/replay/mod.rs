//! `linklatch replay`: what another configuration or other signatures would have changed.

mod json;
mod text;

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::explain::{NO_VISITS, lines_of, open, unreadable_lines};
use super::set::{Set, Stop};
use super::{Exit, Format, render};
use crate::load::Environment;
use crate::records::lines::Counts;
use crate::records::read::{Reader, Seen};
use crate::records::replay::{Effect, Replay, Report};
use crate::signatures::{Side, diff};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  linklatch replay linklatch.log.1 linklatch.log --config linklatch.toml --signatures new-signatures
  linklatch replay linklatch.log --config linklatch.toml --new-config changed.toml

Logs are ours (JSON), or nginx's and Apache's \"combined\"; for the latter --config must tell which paths are links.

Exit codes:
  0  nobody who opened a link would be asked for more, and nothing would pass without a page that did not
  1  somebody or something would, or files have errors
  2  the question was bad
  3  nothing is known about people: the log can't tell who pressed, or nobody did")]
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
    let config = args.new_config.as_ref().or(args.config.as_ref());
    let new = Set::load(config.map(PathBuf::as_path), args.signatures.as_deref(), environment)?;
    let mut reader = Reader::new(&old.gate, old.behind_proxy);
    let changed = changed_signatures(&old, &new);
    let is_changed = |id: &str| changed.contains(id);
    let mut replay = Replay::new(&old.gate, &new.gate, args.examples, is_changed);
    let mut counts = Counts::default();
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
        Format::Text => text::all(report, &counts),
        Format::Json => render::json(&json::all(report, &counts)),
    })?;
    Ok(exit(report))
}

/// How it ends: whether nobody would be asked for more and nothing would pass that did not, as far as that is known.
fn exit(report: &Report) -> Exit {
    let passes = report.visits.of(Effect::Passes) + report.people.of(Effect::Passes);
    if report.at_risk + report.codes_more + passes > 0 {
        Exit::Bad
    } else if report.confirmed > 0 {
        Exit::Fine
    } else {
        Exit::Unknown
    }
}

/// The ids of the new set's signatures that the old one lacks or has otherwise.
fn changed_signatures(old: &Set, new: &Set) -> HashSet<Arc<str>> {
    fn side(set: &Set) -> Side<'_> {
        Side {
            signatures: set.gate.signatures(),
            sources: &set.sources,
        }
    }
    let diff = diff(side(old), side(new));
    let changed = diff.changed.iter().map(|(signature, _)| signature);
    let ids = diff
        .added
        .iter()
        .chain(changed)
        .map(|signature| Arc::clone(&signature.id));
    ids.collect()
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

/// Bytes in which a log's first visit is looked for.
const HEAD: u64 = 16 * 1024 * 1024;
/// A log of more bytes than this takes a while.
const LONG: u64 = 64 * 1024 * 1024;
