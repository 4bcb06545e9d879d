//! Problems that are only another one's echo.

use std::collections::HashSet;

use crate::diag::{Diagnostic, Diagnostics, SourceMap, Span};

/// What is wrong at the root loses values: that these are then missing, or odd on the same line as a slip of the
/// syntax, is no problem of its own.
pub(super) fn drop(diagnostics: &mut Diagnostics, sources: &SourceMap) {
    let of = |codes: &'static [&'static str]| {
        diagnostics
            .iter()
            .filter(move |diagnostic| codes.contains(&diagnostic.code))
    };
    let slips: HashSet<Span> = of(&["syntax"])
        .filter_map(|slip| Some(sources.line(slip.span?)))
        .collect();
    let lost: Vec<(Option<Span>, String)> = of(&["wrong-type", "unknown-key"])
        .filter_map(|wrong| Some((wrong.span, subject(&wrong.message)?)))
        .collect();
    let is_lost = |missing: &Diagnostic| match missing.code {
        // The message names the entry, not its key.
        "missing-source" => lost
            .iter()
            .any(|(span, key)| key == "source" && in_entry(missing.span, *span, sources)),
        "missing-condition" => lost.iter().any(|(span, _)| in_entry(missing.span, *span, sources)),
        _ => subject(&missing.message).is_some_and(|key| lost.iter().any(|(_, lost)| *lost == key)),
    };
    let echoes: Vec<bool> = diagnostics
        .iter()
        .map(|diagnostic| {
            let missing = diagnostic.code.starts_with("missing-") && (!slips.is_empty() || is_lost(diagnostic));
            let beside_slip = diagnostic.span.is_some_and(|span| slips.contains(&sources.line(span)));
            diagnostic.code != "syntax" && (missing || beside_slip)
        })
        .collect();
    let mut echoes = echoes.into_iter();
    diagnostics.retain(|_| !echoes.next().unwrap_or_default());
}

/// Whether a place lies in the entry that starts at `entry`: no header of another one stands between.
fn in_entry(entry: Option<Span>, place: Option<Span>, sources: &SourceMap) -> bool {
    let (Some(entry), Some(place)) = (entry, place) else {
        return false;
    };
    let between = sources.text(entry.file).get(entry.start..place.start);
    entry.file == place.file && between.is_some_and(|text| !text.contains("\n["))
}

/// The key that a message is about.
fn subject(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}
