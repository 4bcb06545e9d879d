//! A verdict with all that it hangs on.

use super::Gate;
use super::checks::CheckReason;
use super::verdict::{Name, Verdict};
use crate::signatures::{Reason, Signature};
use crate::visit::Visit;

/// What a visit looks like, and what became of every signature and check.
#[derive(Clone, Debug)]
pub struct Explanation<'g> {
    /// The verdict: the same that [`Gate::judge`] gives.
    pub verdict: Verdict,
    /// All signatures, in the order of the files.
    pub signatures: Vec<SignatureReason<'g>>,
    /// All built-in checks.
    pub checks: Vec<CheckReason>,
}

/// What became of a signature.
#[derive(Clone, Debug)]
pub struct SignatureReason<'g> {
    /// The signature.
    pub signature: &'g Signature,
    /// What it adds to this visit's score.
    pub weight: i32,
    /// Its conditions, and what became of each.
    pub reason: Reason,
}

impl Gate {
    /// What a visit looks like, and why.
    #[must_use]
    pub fn explain(&self, visit: &Visit<'_>) -> Explanation<'_> {
        let verdict = self.judge(visit);
        let weight = |signature: &Signature| {
            let own = |name: &Name| matches!(name, Name::Signature(id) if *id == signature.id);
            let finding = verdict.findings.iter().find(|finding| own(&finding.name));
            finding.map_or(0, |finding| finding.weight)
        };
        let signatures = self.signatures.entries().iter().map(|signature| SignatureReason {
            signature,
            weight: weight(signature),
            reason: self.signatures.explain(signature, visit),
        });
        Explanation {
            signatures: signatures.collect(),
            checks: self.checks.explain(visit),
            verdict,
        }
    }
}
