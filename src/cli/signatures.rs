//! `linklatch signatures`: what is in force.

use std::fmt::Write;

use super::{Exit, SignaturesArgs, SignaturesCommand, render};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, SourceMap, render as diagnostics_text};
use crate::load;
use crate::signatures::{Action, Signature, Signatures};

pub(super) fn run(args: &SignaturesArgs) -> anyhow::Result<Exit> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let signatures = load::signatures(args.signatures.as_deref(), &mut sources, &mut diagnostics);
    diagnostics.sort();
    for diagnostic in diagnostics.iter() {
        render::err(&diagnostics_text::text(diagnostic, &sources, true))?;
    }
    if diagnostics.has_errors() {
        return Ok(Exit::Bad);
    }
    match &args.command {
        SignaturesCommand::List => render::out(&list(&signatures, &sources))?,
        SignaturesCommand::Show { id } => match signatures.entries().iter().find(|entry| *entry.id == **id) {
            Some(signature) => render::out(&show(signature, &sources))?,
            None => {
                let known = signatures.entries().iter().map(|entry| &*entry.id);
                let help = nearest(id, known).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
                render::err(&format!("error: no signature is called `{id}`{help}\n"))?;
                return Ok(Exit::Usage);
            }
        },
    }
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

fn show(entry: &Signature, sources: &SourceMap) -> String {
    let mut text = format!(
        "{}\n  {}\n  weight {}, seen {}",
        entry.id,
        note(entry, sources),
        entry.weight,
        entry.seen
    );
    if let Some(expires) = entry.expires {
        let _ = write!(text, ", expires {expires}");
    }
    for source in &entry.source {
        let _ = write!(text, "\n  {source}");
    }
    let _ = writeln!(text, "\n  {:#?}", entry.condition);
    text
}
