//! `linklatch signatures`: what is in force.

use std::fmt::Write;
use std::path::Path;

use super::{Exit, SignaturesArgs, SignaturesCommand, diff, overrides, render};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, SourceMap, render as problems};
use crate::load;
use crate::signatures::{self, Action, Expectation, Signature, Signatures};

pub(super) fn run(args: &SignaturesArgs) -> anyhow::Result<Exit> {
    let folder = args.signatures.as_deref();
    match &args.command {
        SignaturesCommand::List => shown(folder, None),
        SignaturesCommand::Show { id } => shown(folder, Some(id)),
        SignaturesCommand::Diff { old, new, format } => diff::run(old, new, *format),
        SignaturesCommand::Schema => {
            render::out(&format!("{:#}\n", signatures::schema()))?;
            Ok(Exit::Fine)
        }
    }
}

/// Shows one signature, or the list of all.
fn shown(folder: Option<&Path>, id: Option<&str>) -> anyhow::Result<Exit> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let signatures = load::signatures(folder, &mut sources, &mut diagnostics);
    diagnostics.sort();
    render::err(&problems::all(&diagnostics, &sources, true))?;
    if diagnostics.has_errors() {
        return Ok(Exit::Bad);
    }
    let Some(id) = id else {
        render::out(&list(&signatures, &sources))?;
        return Ok(Exit::Fine);
    };
    let Some(signature) = signatures.entries().iter().find(|entry| *entry.id == *id) else {
        let known = signatures.entries().iter().map(|entry| &*entry.id);
        let help = nearest(id, known).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        render::err(&format!("error: no signature is called `{id}`{help}\n"))?;
        return Ok(Exit::Usage);
    };
    render::out(&show(signature, &signatures, &sources))?;
    Ok(Exit::Fine)
}

fn list(signatures: &Signatures, sources: &SourceMap) -> String {
    let entries = signatures.entries();
    let width = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let _ = writeln!(
            text,
            "{:>5}  {:width$}  {}",
            entry.weight,
            entry.id,
            note(entry, sources)
        );
    }
    let changed = overrides::lines(signatures, sources);
    if !changed.is_empty() {
        text.push_str("\nchanged by your files\n");
    }
    for line in changed {
        let _ = writeln!(text, "  {line}");
    }
    text
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
