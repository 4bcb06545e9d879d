//! What the operator's files change of the signatures: as lines, and as JSON.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::diag::{Diagnostics, SourceMap};
use crate::load;
use crate::signatures::{Effect, Override, Signatures};

/// How many signatures are the operator's own, and which of them stand in a shipped one's place.
pub(super) fn own_line(signatures: &Signatures, folder: Option<&Path>, sources: &SourceMap) -> String {
    let Some(folder) = folder.map(Path::display) else {
        return "none of them yours: `[signatures] folder` names no folder".to_owned();
    };
    let all = signatures.entries().iter();
    let own = all.filter(|entry| !load::is_shipped(sources.name(entry.span.file)));
    let own: Vec<&str> = own.map(|entry| &*entry.id).collect();
    if own.is_empty() && signatures.overrides().is_empty() {
        return format!("none of them yours: no .toml file in {folder} or {folder}/local says anything");
    }
    let shipped = if own.is_empty() { Vec::new() } else { shipped() };
    let replaced: Vec<&str> = own
        .iter()
        .copied()
        .filter(|id| shipped.iter().any(|known| known.as_ref() == *id))
        .collect();
    let instead = if replaced.is_empty() {
        String::new()
    } else {
        format!(", in a shipped one's place: {}", replaced.join(", "))
    };
    match own.len() {
        0 => format!("none of them yours; {folder} changes shipped ones"),
        1 => format!("1 of them yours, from {folder}{instead}"),
        count => format!("{count} of them yours, from {folder}{instead}"),
    }
}

/// The ids of the shipped signatures.
fn shipped() -> Vec<Arc<str>> {
    let signatures = load::signatures(None, &mut SourceMap::default(), &mut Diagnostics::default());
    signatures.entries().iter().map(|entry| entry.id.clone()).collect()
}

/// A line for each change.
pub(super) fn lines(signatures: &Signatures, sources: &SourceMap) -> Vec<String> {
    let changes = signatures.overrides().iter();
    changes.map(|change| line(change, sources)).collect()
}

fn line(change: &Override, sources: &SourceMap) -> String {
    let ids = if change.ids.is_empty() {
        "all".to_owned()
    } else {
        change.ids.join(", ")
    };
    let what = match change.effect {
        Effect::Disabled => format!("disabled: {ids}"),
        Effect::Reweighed { from, to } => format!("weighs {to} in place of {from}: {ids}"),
        Effect::Excepted => format!("except some visits: {ids}"),
    };
    let until = change.until.map_or_else(String::new, |until| format!(" until {until}"));
    let (line, _) = sources.position(change.span);
    let name = sources.name(change.span.file);
    format!("{what}{until}; {}, {name}:{line}", change.reason.trim())
}

/// An object for each change.
pub(super) fn json(signatures: &Signatures, sources: &SourceMap) -> Vec<Value> {
    let one = |change: &Override| {
        let (effect, weights) = match change.effect {
            Effect::Disabled => ("disabled", None),
            Effect::Reweighed { from, to } => ("reweighed", Some((from, to))),
            Effect::Excepted => ("excepted", None),
        };
        json!({
            "effect": effect,
            "ids": change.ids.iter().map(|id| &**id).collect::<Vec<_>>(),
            "from": weights.map(|(from, _)| from),
            "to": weights.map(|(_, to)| to),
            "reason": change.reason,
            "until": change.until.map(|until| until.to_string()),
            "file": sources.name(change.span.file),
            "line": sources.position(change.span).0,
        })
    };
    signatures.overrides().iter().map(one).collect()
}
