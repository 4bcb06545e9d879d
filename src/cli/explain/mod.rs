//! `linklatch explain`: what a request looks like, and why.

mod answered;
mod curl;
mod json;
mod press;
mod reasons;
mod request;
mod summary;
mod text;
mod told;

use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;

use self::request::Asked;
use self::told::Told;
use super::set::{Set, Stop};
use super::{Exit, Format, render};
use crate::load::Environment;
use crate::records::answered::{Answered, Reference};
use crate::records::likeness::Seed;
use crate::records::lines::Counts;
use crate::records::past::Past;
use crate::records::read::{Reader, Seen};
use crate::records::replay::moment;
use crate::visit::history::History;

#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  Why was this person asked for a code? Their page shows a reference:
    linklatch explain --config linklatch.toml --request-id req_01a21576… --log linklatch.log

  What would this look like?
    linklatch explain --curl \"curl -I https://auth.example.com/auth/verify?token=x\"
    linklatch explain --browser --client 192.0.2.7 --age 2s
    linklatch explain --browser --press 'trusted active mouse focus hover moves=22 seen=2100'
    linklatch explain --config linklatch.toml --raw request.txt --signature own-gateway

What is not named is not recorded: nothing is taken to be missing. No token is shown.

Exit codes:
  0  explained
  1  the request stands in none of the logs, or signature files have errors
  2  the question was bad, or the part of a reference names several requests")]
pub(super) struct ExplainArgs {
    /// A curl command, as people write it and browsers copy it.
    #[arg(long, value_name = "COMMAND", group = "input", help_heading = "The request")]
    curl: Option<String>,
    /// A file with a raw request head; - reads it from standard input.
    #[arg(long, value_name = "FILE", group = "input", help_heading = "The request")]
    raw: Option<PathBuf>,
    /// A log line, ours or nginx's and Apache's "combined"; - reads it from standard input.
    #[arg(long, value_name = "LINE", group = "input", help_heading = "The request")]
    line: Option<String>,
    /// The reference of a request in --log, or a part of it: it is explained with what came before it.
    #[arg(
        long,
        value_name = "ID",
        group = "input",
        requires = "log",
        help_heading = "The request"
    )]
    request_id: Option<String>,
    /// Logs to look in, the oldest first.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "request_id", help_heading = "The request")]
    log: Vec<PathBuf>,
    /// Start from an ordinary browser's request.
    #[arg(long, conflicts_with = "input", help_heading = "The request")]
    browser: bool,
    /// User agent; '' for none.
    #[arg(long, value_name = "TEXT", help_heading = "Facts, laid over the request")]
    user_agent: Option<String>,
    /// Client's address.
    #[arg(long, value_name = "ADDRESS", help_heading = "Facts, laid over the request")]
    client: Option<IpAddr>,
    /// Method [default: GET].
    #[arg(long, value_name = "METHOD", help_heading = "Facts, laid over the request")]
    method: Option<String>,
    /// Header field, 'name: value'; 'name:' takes it out. May be given several times.
    #[arg(long, value_name = "FIELD", help_heading = "Facts, laid over the request")]
    header: Vec<String>,
    /// HTTP version: 1.0, 1.1 or 2.
    #[arg(long, value_name = "VERSION", help_heading = "Facts, laid over the request")]
    http_version: Option<String>,
    /// TLS fingerprint (JA4).
    #[arg(long, value_name = "JA4", help_heading = "Facts, laid over the request")]
    tls: Option<String>,
    /// Autonomous system of the client's address.
    #[arg(long, value_name = "NUMBER", help_heading = "Facts, laid over the request")]
    asn: Option<u32>,
    /// Confirmed name of the client's address.
    #[arg(long, value_name = "NAME", help_heading = "Facts, laid over the request")]
    reverse_dns: Option<String>,
    /// Age of the link when it is opened, such as 5s; nothing came before.
    #[arg(long, value_name = "DURATION", help_heading = "Facts, laid over the request")]
    age: Option<String>,
    /// A press, by the words of the page's script, as in linklatch.press.report; '' for a page without script.
    #[arg(long, value_name = "WORDS", help_heading = "Facts, laid over the request")]
    press: Option<String>,
    /// How it comes: http or https.
    #[arg(long, value_name = "SCHEME", help_heading = "Facts, laid over the request")]
    scheme: Option<String>,
    /// Configuration file: links, weights of checks, signatures.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of signature files, laid over the shipped ones, in place of the configuration's.
    #[arg(long, value_name = "FOLDER")]
    signatures: Option<PathBuf>,
    /// One signature's conditions, each with what became of it.
    #[arg(long, value_name = "ID")]
    signature: Option<String>,
    /// What did not match, too.
    #[arg(long)]
    all: bool,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &ExplainArgs, environment: &Environment) -> anyhow::Result<Exit> {
    explain(args, environment).or_else(Stop::exit)
}

fn explain(args: &ExplainArgs, environment: &Environment) -> Result<Exit, Stop> {
    let set = Set::load(args.config.as_deref(), args.signatures.as_deref(), environment)?;
    let mut asked = match asked(args, &set)? {
        Subject::Visit(asked) => *asked,
        Subject::Unjudged(answered) => {
            render::out(&match args.format {
                Format::Text => answered::text(&answered),
                Format::Json => render::json(&answered::json(&answered)),
            })?;
            return Ok(Exit::Fine);
        }
    };
    asked.overlay(args)?;
    if asked.is_blank() && args.signature.is_none() {
        let help = "name one: --request-id with --log, --curl, --raw, --line or --browser, or a fact such as --client";
        return Err(Stop::Usage(format!("no request is asked about; {help}")));
    }
    let explanation = set.gate.explain(&asked.visit.as_visit(), asked.recalled());
    if let Some(id) = &args.signature
        && !explanation.signatures.iter().any(|entry| *entry.signature.id == **id)
    {
        let known = explanation.signatures.iter().map(|entry| &*entry.signature.id);
        let meant = crate::diag::suggest::nearest(id, known);
        let help = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        return Err(Stop::Usage(format!("no signature is called `{id}`{help}")));
    }
    let told = Told {
        asked: &asked,
        set: &set,
        explanation: &explanation,
        all: args.all,
        signature: args.signature.as_deref(),
    };
    render::out(&match args.format {
        Format::Text => text::all(&told),
        Format::Json => render::json(&json::all(&told)),
    })?;
    Ok(Exit::Fine)
}

/// What is explained.
enum Subject {
    /// A visit to a link.
    Visit(Box<Asked>),
    /// A request that was not judged.
    Unjudged(Answered),
}

impl From<Asked> for Subject {
    fn from(asked: Asked) -> Self {
        Self::Visit(Box::new(asked))
    }
}

fn asked(args: &ExplainArgs, set: &Set) -> Result<Subject, Stop> {
    if let Some(command) = &args.curl {
        return Ok(Asked::of_request(&curl::parse(command).map_err(Stop::Usage)?, set)?.into());
    }
    if let Some(path) = &args.raw {
        let text = if path == Path::new("-") {
            standard_input()?
        } else {
            read(path)?
        };
        return Ok(Asked::of_request(&request::raw(&text).map_err(Stop::Usage)?, set)?.into());
    }
    if let Some(line) = &args.line {
        let text = if line == "-" { standard_input()? } else { line.clone() };
        return of_line(text.trim(), set);
    }
    match &args.request_id {
        Some(id) => {
            let reference = Reference::read(id).ok_or_else(|| {
                let help = "it is `req_` and 32 letters and digits; a part of it will do";
                Stop::Usage(format!("`{id}` is no part of a reference\n  help: {help}"))
            })?;
            in_logs(&reference, &args.log, set)
        }
        None => Ok(Asked::of_flags(args).into()),
    }
}

fn of_line(line: &str, set: &Set) -> Result<Subject, Stop> {
    let mut reader = Reader::new(&set.gate, set.behind_proxy);
    let read = reader.read(line.as_bytes());
    let seen = read.map_err(|what| Stop::Usage(format!("the line can't be read: {what}")))?;
    let answered = Reader::request(line.as_bytes());
    let seen = match (seen, answered) {
        (Some(seen), Some(answered)) => return Ok(first(&seen).answered(answered).into()),
        (Some(seen), None) => seen,
        (None, Some(answered)) => return Ok(Subject::Unjudged(answered)),
        (None, None) => {
            let help = if set.knows_links || line.contains('{') {
                "it is of no request, or of one that is for no link"
            } else {
                "only a configuration tells which requests are for links: add --config"
            };
            return Err(Stop::Usage(help.to_owned()));
        }
    };
    Ok(first(&seen).into())
}

/// A visit of which nothing that came before it is known.
fn first(seen: &Seen) -> Asked {
    let mark = moment(seen, &Seed::default()).mark;
    let history = History {
        issued: seen.issued,
        ..History::first(mark)
    };
    Asked::of_line(seen, history, false)
}

/// The request of that reference; a visit with all that the logs have before it.
fn in_logs(reference: &Reference, logs: &[PathBuf], set: &Set) -> Result<Subject, Stop> {
    let mut reader = Reader::new(&set.gate, set.behind_proxy).seeking(reference.clone());
    let mut past = Past::new([&set.gate], LINKS);
    let (digests, mut counts, mut visits) = (Seed::default(), Counts::default(), Vec::new());
    let mut is_found = false;
    for path in logs {
        let each = |seen: &Seen| {
            let moment = moment(seen, &digests);
            if let Some(id) = seen.request_id.as_deref().filter(|id| reference.fits(id)) {
                let [history] = past.history(&moment);
                is_found = reference.is(id);
                if is_found || visits.len() < VISITS {
                    visits.push((id.to_owned(), Asked::of_line(seen, history, true)));
                }
                if is_found {
                    return ControlFlow::Break(());
                }
            }
            past.judge(&moment, [&set.gate.agent_hits(&moment.visit)]);
            ControlFlow::Continue(())
        };
        reader.stream(&path.display().to_string(), open(path)?, &mut counts, each, |_| {})?;
        if is_found {
            break;
        }
    }
    let matches = reader.matches();
    let whole = matches.first.iter().find(|answered| reference.is(&answered.request_id));
    let answered = match (whole, matches.first.as_slice()) {
        (Some(whole), _) => whole,
        (None, []) => return Err(not_found(reference, &counts, matches.requests)?),
        (None, [only]) => only,
        (None, [..]) => {
            let all: Vec<&Answered> = matches.first.iter().collect();
            let choices = answered::choices(&all, matches.more);
            return Err(Stop::Usage(format!(
                "several requests have a reference with `{}` in it: name more of it\n{}",
                reference.part(),
                choices.trim_end()
            )));
        }
    };
    let visit = visits.into_iter().find(|(id, _)| *id == answered.request_id);
    Ok(match visit {
        Some((_, asked)) => asked.answered(answered.clone()).into(),
        None => Subject::Unjudged(answered.clone()),
    })
}

fn not_found(reference: &Reference, counts: &Counts, requests: u64) -> Result<Stop, Stop> {
    let help = if requests == 0 {
        NO_VISITS
    } else if reference.is_whole() {
        "are all logs named, the one of that day too?"
    } else {
        "is it written right, and are all logs named, the one of that day too?"
    };
    let bad = unreadable_lines(counts);
    render::err(&format!(
        "error: no request has the reference req_{} in {}{bad}\n  help: {help}\n",
        reference.part(),
        lines_of(counts.lines)
    ))?;
    Ok(Stop::Told(Exit::Bad))
}

/// So many visits are kept that a part of a reference names.
const VISITS: usize = 20;
/// What to do where a log has no visits.
pub(super) const NO_VISITS: &str = "logs are the JSON lines that `serve` writes to standard output ([log] format = \"json\"), \
                                    or nginx's and Apache's \"combined\" with --config";

pub(super) fn lines_of(count: u64) -> String {
    match count {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// How many lines can't be read, and the first of them.
pub(super) fn unreadable_lines(counts: &Counts) -> String {
    match counts.first_bad.first() {
        Some((file, line, what)) => format!("; {} can't be read, first {file}:{line}: {what}", counts.bad),
        None => String::new(),
    }
}

fn standard_input() -> Result<String, Stop> {
    Ok(io::read_to_string(io::stdin().lock())?)
}

fn read(path: &Path) -> Result<String, Stop> {
    let mut text = String::new();
    open(path)?
        .read_to_string(&mut text)
        .map_err(|error| unreadable(path, &error))?;
    Ok(text)
}

/// Opens a file that the command line names; a packed one is told, for its lines are none.
pub(super) fn open(path: &Path) -> Result<impl io::Read + use<>, Stop> {
    let failed = |error| unreadable(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(failed)?;
    let name = path.display();
    for (magic, unpack) in PACKED {
        if start.starts_with(magic) {
            let help = format!("{unpack} {name} > unpacked.log");
            return Err(Stop::Usage(format!("`{name}` is compressed; unpack it first: {help}")));
        }
    }
    Ok(Cursor::new(start).chain(file))
}

/// How packed logs begin, and what unpacks them.
const PACKED: [(&[u8], &str); 4] = [
    (b"\x1f\x8b", "zcat"),
    (b"\x28\xb5\x2f\xfd", "zstdcat"),
    (b"\xfd7zX", "xzcat"),
    (b"BZh", "bzcat"),
];

fn unreadable(path: &Path, error: &io::Error) -> Stop {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or_default();
    Stop::Usage(format!("can't read `{}`: {reason}", path.display()))
}

/// As many links are remembered as `serve` does.
const LINKS: usize = 100_000;
