//! Names: given once, known, or missing.

use super::client;
use crate::diag::read::At;
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, Span};

/// Each name is given once, and holds what logs and variables can.
pub(super) fn unique_names<'n>(names: impl Iterator<Item = &'n At<String>>, kind: &str, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.value.is_empty() || !name.value.chars().all(valid) {
            let help = "use letters, digits, '-', '_' and '.'";
            diagnostics.error("name-invalid", name.span, format!("`{}` is no name", name.value), help);
        }
        let key = if kind == "client" {
            client::variable(&name.value)
        } else {
            name.value.clone()
        };
        if seen.contains(&key) {
            let message = if kind == "client" {
                format!("another client has the variable {key}")
            } else {
                format!("another {kind} is named `{}`", name.value)
            };
            let help = format!("give each {kind} a name of its own");
            diagnostics.error("duplicate-name", name.span, message, help);
        }
        seen.push(key);
    }
}

/// Says that `key` is missing in the table at `span`.
pub(super) fn missing(span: Span, key: &str, example: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error(
        "missing-key",
        span,
        format!("`{key}` is missing"),
        format!("add it: {example}"),
    );
}

/// The value that a word names; the first where there is none.
pub(super) fn named<T: Copy + Default>(
    key: &str,
    at: Option<&At<String>>,
    all: &[(&'static str, T)],
    diagnostics: &mut Diagnostics,
) -> T {
    let Some(at) = at else { return T::default() };
    let found = all.iter().find(|(name, _)| *name == at.value);
    if found.is_none() {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let help = none_of(&at.value, &names);
        diagnostics.error(
            "unknown-value",
            at.span,
            format!("`{key}` can't be `{}`", at.value),
            help,
        );
    }
    found.map_or_else(T::default, |(_, value)| *value)
}

/// The remedy for a `word` that is none of `known`.
pub(super) fn none_of(word: &str, known: &[&str]) -> String {
    if let Some(meant) = nearest(word, known.iter().copied()) {
        return format!("did you mean \"{meant}\"?");
    }
    let names = known
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| format!("\"{name}\""));
    format!("there is {}", names.collect::<Vec<_>>().join(", "))
}
