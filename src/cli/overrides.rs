//! What the operator's files change of the signatures: as lines, and as JSON.

use serde_json::{Value, json};

use crate::diag::SourceMap;
use crate::signatures::{Effect, Override, Signatures};

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
