//! What works, and likely not as meant: warnings about the operator's signatures. The shipped ones are judged by tests.

mod alone;
mod bare;
mod never;
mod overlap;
pub(super) mod ranges;
mod same;
#[cfg(test)]
mod tests;
mod wide;

use std::collections::HashSet;

pub(super) use self::never::Meanings;
use super::compile::Entry;
use super::{Signature, Signatures};
use crate::diag::{Diagnostics, FileId, SourceMap};
use crate::visit::{USER_AGENTS_OF_PEOPLE, VisitBuf};

/// All that the lints look at.
pub(super) struct Lint<'l> {
    /// The signatures in force, before exceptions are laid over them.
    pub(super) entries: Vec<&'l Entry>,
    /// What the numbers in their conditions stand for.
    pub(super) meanings: Meanings<'l>,
    /// The operator's files.
    pub(super) own: &'l HashSet<FileId>,
    /// The texts, to name places.
    pub(super) sources: &'l SourceMap,
}

impl<'l> Lint<'l> {
    /// All lints of a set as it is written.
    pub(super) fn run(&self, diagnostics: &mut Diagnostics) {
        for (_, signature, raw) in self.entries.iter().filter(|entry| self.is_own(&entry.1)) {
            if self.meanings.is_impossible(&[(&signature.condition, true)]) {
                let message = format!("`{}` can never match: what it asks excludes itself", signature.id);
                let help =
                    "no visit can be all of this at once: take something out, or make it alternatives with `any`";
                diagnostics.warning("never-matches", signature.span, message, help);
            }
            wide::look(signature, &raw.value, diagnostics);
            bare::look(signature, &raw.value, diagnostics);
        }
        let told = self.same(diagnostics);
        self.overlaps(&told, diagnostics);
    }

    fn is_own(&self, signature: &Signature) -> bool {
        self.own.contains(&signature.span.file)
    }

    /// `file:line` of a signature.
    fn place(&self, signature: &Signature) -> String {
        let (line, _) = self.sources.position(signature.span);
        format!("{}:{line}", self.sources.name(signature.span.file))
    }
}

/// Whether two signatures do the same to a visit, apart from how much.
fn act_alike(one: &Signature, other: &Signature) -> bool {
    one.action == other.action && (one.weight < 0) == (other.weight < 0)
}

/// The operator's signatures that find people's browsers without raising them by much: noise, if it is not on purpose.
pub(super) fn browsers(set: &Signatures, own: &HashSet<FileId>, diagnostics: &mut Diagnostics) {
    let mut told = HashSet::new();
    for agent in USER_AGENTS_OF_PEOPLE {
        let mut visit = VisitBuf::ordinary();
        visit.set("user-agent", agent);
        for signature in set.find(&visit.as_visit()).signatures {
            if signature.weight > 0 && own.contains(&signature.span.file) && told.insert(&signature.id) {
                let message = format!("`{}` matches an ordinary browser", signature.id);
                let help = format!("make it narrower: a sign that everybody shows tells nothing; it matches {agent}");
                diagnostics.warning("browser-matched", signature.span, message, help);
            }
        }
    }
}
