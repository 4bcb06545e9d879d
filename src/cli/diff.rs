//! `linklatch signatures diff`: what differs between two sets.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::{Exit, Format, render};
use crate::diag::{Diagnostics, Severity, SourceMap, render as problems};
use crate::load;
use crate::signatures::{Change, Diff, Side, Signature, Signatures, diff};

pub(super) fn run(old: &Path, new: &Path, format: Format) -> anyhow::Result<Exit> {
    let (Some((old, old_sources)), Some((new, new_sources))) = (read(old)?, read(new)?) else {
        return Ok(Exit::Usage);
    };
    let side = |signatures, sources| Side { signatures, sources };
    let diff = diff(side(&old, &old_sources), side(&new, &new_sources));
    let answer = match format {
        Format::Text => text(&diff),
        Format::Json => render::json(&json(&diff)),
    };
    render::out(&answer)?;
    Ok(if diff.is_empty() { Exit::Fine } else { Exit::Bad })
}

/// A set without errors; its warnings are `check`'s to tell.
fn read(folder: &Path) -> anyhow::Result<Option<(Signatures, SourceMap)>> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let folder = Some(folder).filter(|folder| *folder != Path::new("shipped"));
    let signatures = load::signatures(folder, &mut sources, &mut diagnostics);
    diagnostics.retain(|problem| problem.severity == Severity::Error);
    diagnostics.sort();
    render::err(&problems::all(&diagnostics, &sources, true))?;
    Ok(diagnostics.is_empty().then_some((signatures, sources)))
}

fn text(diff: &Diff<'_>) -> String {
    let mut text = String::new();
    for signature in &diff.added {
        let _ = writeln!(text, "+ {}", named(signature));
    }
    for (signature, reason) in &diff.removed {
        let reason = reason.map_or_else(String::new, |reason| format!("; disabled: {reason}"));
        let _ = writeln!(text, "- {}{reason}", named(signature));
    }
    for (signature, changes) in &diff.changed {
        let _ = writeln!(text, "~ {}", signature.id);
        for change in changes {
            let _ = writeln!(text, "    {}", line(change));
        }
    }
    let _ = writeln!(
        text,
        "{} added, {} removed, {} changed",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len()
    );
    text
}

fn named(signature: &Signature) -> String {
    format!("{}, weight {}: {}", signature.id, signature.weight, signature.title)
}

/// `weight 50 -> 20`, or `network +3 -1: + 192.0.2.0/24, …`.
fn line(Change { key, removed, added }: &Change) -> String {
    if key == "conditions" {
        return "conditions lie in each other otherwise".to_owned();
    }
    if let ([old], [new]) = (removed.as_slice(), added.as_slice()) {
        return format!("{key} {old} -> {new}");
    }
    let mut line = key.clone();
    for (sign, values) in [("+", added), ("-", removed)] {
        if !values.is_empty() {
            let _ = write!(line, " {sign}{}", values.len());
        }
    }
    line.push(':');
    for (sign, values) in [("+", added), ("-", removed)] {
        for value in values.iter().take(SHOWN) {
            let _ = write!(line, " {sign} {value}");
        }
        if values.len() > SHOWN {
            let _ = write!(line, " {sign} …");
        }
    }
    line
}

fn json(diff: &Diff<'_>) -> Value {
    let named =
        |signature: &Signature| json!({ "id": &*signature.id, "title": signature.title, "weight": signature.weight });
    let change = |change: &Change| json!({ "key": change.key, "removed": change.removed, "added": change.added });
    let removed = diff.removed.iter().map(|(signature, reason)| {
        let mut value = named(signature);
        value["disabled"] = json!(reason);
        value
    });
    let changed = diff.changed.iter().map(|(signature, changes)| {
        json!({ "id": &*signature.id, "changes": changes.iter().map(change).collect::<Vec<_>>() })
    });
    json!({
        "same": diff.is_empty(),
        "added": diff.added.iter().map(|signature| named(signature)).collect::<Vec<_>>(),
        "removed": removed.collect::<Vec<_>>(),
        "changed": changed.collect::<Vec<_>>(),
    })
}

/// Values of a key that are shown.
const SHOWN: usize = 3;
