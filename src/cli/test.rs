//! `linklatch test`: the examples in the signature files, run through the very engine that serves.

use std::fmt::Write;

use super::{Exit, TestArgs, render};
use crate::diag::{Diagnostics, SourceMap, render as problems};
use crate::load;
use crate::signatures::{Example, Expectation, Signatures, Truth};

pub(super) fn run(args: &TestArgs) -> anyhow::Result<Exit> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let folder = args.folder.as_deref().or(args.signatures.as_deref());
    let signatures = load::signatures(folder, &mut sources, &mut diagnostics);
    diagnostics.sort();
    render::err(&problems::all(&diagnostics, &sources, true))?;
    if diagnostics.has_errors() {
        return Ok(Exit::Bad);
    }
    let (text, failed) = examples(&signatures, &sources);
    render::out(&text)?;
    Ok(if failed == 0 { Exit::Fine } else { Exit::Bad })
}

/// What was found for each example, and how many were wrong.
fn examples(signatures: &Signatures, sources: &SourceMap) -> (String, usize) {
    let (mut text, mut failed, mut gaps, mut closed) = (String::new(), 0, 0, 0);
    for example in signatures.examples() {
        let signature = &signatures.entries()[example.signature];
        let holds = signatures.holds(signature, &example.visit.as_visit());
        let what = match (example.expectation, holds) {
            (Expectation::Match, Truth::Yes) | (Expectation::NotMatch, Truth::No) => continue,
            (Expectation::KnownGap, Truth::No | Truth::Unknown) => {
                gaps += 1;
                continue;
            }
            (Expectation::KnownGap, Truth::Yes) => {
                closed += 1;
                "matches now: move it from `known-gap` to `match`"
            }
            (Expectation::Match, Truth::No | Truth::Unknown) => {
                failed += 1;
                "must match, and does not"
            }
            (Expectation::NotMatch, Truth::Yes | Truth::Unknown) => {
                failed += 1;
                "must not match, and does"
            }
        };
        let _ = writeln!(text, "{}", line(&signature.id, what, example, signatures, sources));
    }
    let total = signatures.examples().len();
    let _ = writeln!(
        text,
        "{total} examples of {} signatures: {failed} failed, {gaps} known gaps{}",
        signatures.entries().len(),
        if closed == 0 {
            String::new()
        } else {
            format!(", {closed} gaps that are closed")
        }
    );
    (text, failed)
}

/// `file:line: id must match, and does not; found instead: other, another`
fn line(id: &str, what: &str, example: &Example, signatures: &Signatures, sources: &SourceMap) -> String {
    let (line, column) = sources.position(example.span);
    let others = signatures.find(&example.visit.as_visit()).signatures;
    let others: Vec<&str> = others
        .iter()
        .map(|other| &*other.id)
        .filter(|other| *other != id)
        .collect();
    let others = if others.is_empty() {
        "nothing".to_owned()
    } else {
        others.join(", ")
    };
    let name = sources.name(example.span.file);
    format!("{name}:{line}:{column}: `{id}` {what}; found besides: {others}")
}
