//! A verdict with all that it hangs on.

use super::Gate;
use super::checks::CheckReason;
use super::evidence::{Evidence, Weighed};
use super::link::Mode;
use super::ticket::Step;
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

/// What a press calls for, and what that hangs on.
#[derive(Clone, Debug)]
pub struct PressExplanation {
    /// The doubts.
    pub weighed: Weighed,
    /// With the score of its visit, or of its page's.
    pub score: i32,
    /// The step that this calls for.
    pub step: Step,
}

impl Gate {
    /// What a press calls for. `scores` are those of its own visit and of its page's.
    #[must_use]
    pub fn explain_press(
        &self,
        visit: &Visit<'_>,
        evidence: &Evidence,
        (mode, vouched): (Mode, bool),
        (own, page): (i32, i32),
    ) -> PressExplanation {
        let weighed = self.weigh(visit, evidence);
        let score = weighed.with(own, page);
        PressExplanation {
            step: Step::called_for(mode, score, vouched),
            weighed,
            score,
        }
    }

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
