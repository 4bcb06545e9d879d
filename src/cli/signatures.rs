//! `linklatch signatures`: what is in force.

use std::fmt::Write;
use std::path::Path;

use super::render::{heading, wrapped};
use super::{Exit, SignaturesArgs, SignaturesCommand, diff, overrides, render};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, SourceMap, render as problems};
use crate::load;
use crate::signatures::{self, Action, Expectation, Signature, Signatures};

pub(super) fn run(args: &SignaturesArgs) -> anyhow::Result<Exit> {
    let folder = args.signatures.as_deref();
    match &args.command {
        SignaturesCommand::List { word } => with_set(folder, |set, sources| list(word.as_deref(), set, sources)),
        SignaturesCommand::Show { id } => with_set(folder, |set, sources| shown(id, set, sources)),
        SignaturesCommand::Diff { old, new, format } => diff::run(old, new, *format),
        SignaturesCommand::Schema => {
            render::out(&format!("{:#}\n", signatures::schema()))?;
            Ok(Exit::Fine)
        }
    }
}

/// Loads the set and does something with it, unless its files have errors.
fn with_set(
    folder: Option<&Path>,
    act: impl FnOnce(&Signatures, &SourceMap) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let signatures = load::signatures(folder, &mut sources, &mut diagnostics);
    diagnostics.sort();
    render::err(&problems::all(&diagnostics, &sources, true))?;
    if diagnostics.has_errors() {
        return Ok(Exit::Bad);
    }
    act(&signatures, &sources)
}

fn shown(id: &str, signatures: &Signatures, sources: &SourceMap) -> anyhow::Result<Exit> {
    let Some(signature) = signatures.entries().iter().find(|entry| *entry.id == *id) else {
        let known = signatures.entries().iter().map(|entry| &*entry.id);
        let help = match nearest(id, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("`linklatch signatures list {id}` looks for the word in all of them"),
        };
        render::err(&format!("error: no signature is called `{id}`; {help}\n"))?;
        return Ok(Exit::Usage);
    };
    render::out(&show(signature, signatures, sources))?;
    Ok(Exit::Fine)
}

/// All signatures, or those in which a word stands, with what their files say of the vendor.
fn list(word: Option<&str>, signatures: &Signatures, sources: &SourceMap) -> anyhow::Result<Exit> {
    let wanted = word.map(str::to_lowercase);
    let has = |texts: &[&str]| match &wanted {
        Some(wanted) => texts.iter().any(|text| text.to_lowercase().contains(wanted)),
        None => true,
    };
    let stands = |entry: &&Signature| {
        let file = sources.name(entry.span.file);
        has(&[&entry.id, &entry.title, file.rsplit('/').next().unwrap_or(file)])
    };
    let entries: Vec<_> = signatures.entries().iter().filter(stands).collect();
    let mut text = listed(&entries, sources);
    if wanted.is_none() {
        let changed = overrides::lines(signatures, sources);
        if !changed.is_empty() {
            text.push_str("\nchanged by your files\n");
        }
        for line in changed {
            let _ = writeln!(text, "  {line}");
        }
    } else {
        for (name, about) in sources.iter().filter_map(|(name, text)| Some((name, About::of(text)?))) {
            if has(&[&about.vendor, &about.about]) {
                heading(&mut text, &format!("{}, {name}", about.vendor));
                wrapped(&mut text, "  ", &about.about);
            }
        }
    }
    if text.is_empty() {
        let word = word.unwrap_or_default();
        render::err(&format!(
            "error: nothing is known of `{word}`; `linklatch signatures list` shows all\n"
        ))?;
        return Ok(Exit::Bad);
    }
    render::out(&text)?;
    Ok(Exit::Fine)
}

fn listed(entries: &[&Signature], sources: &SourceMap) -> String {
    let width = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let note = note(entry, sources);
        let _ = writeln!(text, "{:>5}  {:width$}  {note}", entry.weight, entry.id);
    }
    text
}

/// What a file says of itself.
#[derive(Default)]
struct About {
    vendor: String,
    /// In one line.
    about: String,
}

impl About {
    fn of(text: &str) -> Option<Self> {
        let document: toml::Table = text.parse().ok()?;
        let file = document.get("file")?;
        let words = |key: &str| {
            let text = file.get(key).and_then(toml::Value::as_str).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Some(Self {
            vendor: words("vendor"),
            about: words("about"),
        })
    }
}

fn note(entry: &Signature, sources: &SourceMap) -> String {
    let (line, _) = sources.position(entry.span);
    let mode = match (entry.observed, entry.action) {
        (true, _) => " (observed)",
        (false, Action::Weigh) => "",
        (false, Action::Refuse) => " (refuses)",
        (false, Action::Allow) => " (lets pass)",
    };
    format!("{}{mode}, {}:{line}", entry.title, sources.name(entry.span.file))
}

/// What it weighs, where it stands and how it is tested, then the entry as it is written.
fn show(entry: &Signature, signatures: &Signatures, sources: &SourceMap) -> String {
    let weighs = if entry.observed {
        ", observed: weighs nothing"
    } else {
        ""
    };
    let mut text = format!(
        "{}\n  {}\n  weight {}{weighs}; seen {}",
        entry.id,
        note(entry, sources),
        entry.weight,
        entry.seen
    );
    if let Some(expires) = entry.expires {
        let _ = write!(text, ", expires {expires}");
    }
    let own = |expected| {
        let examples = signatures.examples().iter();
        examples
            .filter(|example| signatures.entries()[example.signature].id == entry.id && example.expectation == expected)
            .count()
    };
    let _ = write!(
        text,
        "\n  examples: match {}, not-match {}, known-gap {}\n\n",
        own(Expectation::Match),
        own(Expectation::NotMatch),
        own(Expectation::KnownGap)
    );
    text.push_str(&written(sources.text(entry.span.file), entry.span.start));
    if let Some(About { vendor, about }) =
        About::of(sources.text(entry.span.file)).filter(|file| !file.about.is_empty())
    {
        heading(&mut text, &vendor);
        wrapped(&mut text, "  ", &about);
    }
    text
}

/// The entry around a place of a file, up to the next one's header; of long lists of addresses the first lines.
fn written(file: &str, place: usize) -> String {
    let header = file.get(..place).and_then(|before| before.rfind("[[signature]]"));
    let entry = header.and_then(|start| file.get(start..)).unwrap_or_default();
    let starts_another = |line: &&str| {
        let name = line.trim_start_matches('[');
        line.starts_with('[') && !name.starts_with("signature.")
    };
    let mut lines: Vec<&str> = entry.lines().take(1).collect();
    lines.extend(entry.lines().skip(1).take_while(|line| !starts_another(line)));
    // A comment above the next entry is the next one's.
    while lines
        .last()
        .is_some_and(|line| line.is_empty() || line.starts_with('#'))
    {
        lines.pop();
    }
    let mut text = String::new();
    for list in lines.chunk_by(|one, next| of_addresses(one) == of_addresses(next)) {
        let shown = if list.iter().all(|line| of_addresses(line)) {
            LIST_LINES
        } else {
            list.len()
        };
        for line in list.iter().take(shown) {
            let _ = writeln!(text, "  {line}");
        }
        let left: usize = list.iter().skip(shown).map(|line| line.matches('"').count() / 2).sum();
        if left > 0 {
            let _ = writeln!(text, "      # and {left} more");
        }
    }
    text
}

/// How many lines of a list are shown.
const LIST_LINES: usize = 3;

/// Whether a line holds nothing but items of a list in double quotes, as addresses are written.
fn of_addresses(line: &str) -> bool {
    line.starts_with(' ') && line.trim_start().starts_with('"')
}
