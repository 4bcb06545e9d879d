//! A verdict with all that it hangs on, and what follows from it.

use http::Method;

use super::Gate;
use super::checks::{Check, CheckReason};
use super::evidence::{Evidence, Weighed};
use super::link::{Link, Mode, SameBrowser};
use super::passage::PassReason;
use super::ticket::Step;
use super::verdict::{Class, Name, Recalled, Verdict};
use crate::signatures::{Action, Reason, Signature, Truth};
use crate::visit::{Visit, history::History};

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
    /// Whether its conditions can't be judged, and a log says that they held.
    pub recalled: bool,
}

impl SignatureReason<'_> {
    /// Whether it matches: by its conditions, or by what a log says.
    #[must_use]
    pub fn truth(&self) -> Truth {
        if self.recalled { Truth::Yes } else { self.reason.truth }
    }
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

/// What the gate does with a request for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It goes upstream, and no page is shown.
    Passes(PassReason),
    /// It opens its link by itself: its browser asked for the mail.
    Opens,
    /// The page, which asks for this step.
    Page(Step),
    /// An error in JSON, as a program asks.
    Json,
    /// It is a press of the page, and opens its link with this step.
    Press(Step),
    /// The methods that links know.
    Methods,
    /// It is refused.
    Refused(Refusal),
}

/// Why a request for a link is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A signature says so (403).
    Signature,
    /// Its token was cut or changed (400).
    Incomplete,
    /// Links do not know its method (405).
    Method,
}

impl Treatment {
    /// How much it asks of a person: nothing, a press, a code as well, or more than a person can do.
    #[must_use]
    pub const fn effort(self) -> u8 {
        match self {
            Self::Passes(_) | Self::Opens | Self::Methods => 0,
            Self::Json | Self::Page(Step::Press) | Self::Press(Step::Press) => 1,
            Self::Page(Step::PressAndCode) | Self::Press(Step::PressAndCode) => 2,
            Self::Refused(_) => 3,
        }
    }

    /// Its name in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passes(_) => "passes",
            Self::Opens => "opens by itself",
            Self::Page(Step::Press) => "page with a button",
            Self::Page(Step::PressAndCode) => "page with the code",
            Self::Json => "JSON for a program",
            Self::Press(Step::Press) => "pressed",
            Self::Press(Step::PressAndCode) => "pressed, with the code",
            Self::Methods => "methods",
            Self::Refused(_) => "refused",
        }
    }
}

/// What the treatment of a request hangs on besides its verdict.
#[derive(Clone, Copy, Debug)]
pub struct Case<'c> {
    /// The request, with what came before it.
    pub visit: Visit<'c>,
    /// Its link; `None` stands for one of which nothing is configured.
    pub link: Option<&'c Link>,
    /// Whether its token looks as its link's tokens do.
    pub whole: bool,
    /// Whether its link arrived damaged, and was repaired.
    pub repaired: bool,
    /// Whether its browser had asked for the mail.
    pub vouched: bool,
    /// What it shows of a press, if it is one.
    pub press: Option<&'c Evidence>,
    /// Why it passes without a page, where a log says that its body or an earlier press of its link lets it.
    pub let_through: Option<PassReason>,
    /// What a log says was found.
    pub recalled: Recalled<'c>,
}

impl Case<'_> {
    fn mode(&self) -> Mode {
        self.link.map(|link| link.mode).unwrap_or_default()
    }

    /// Whether it is a browser's own navigation, in the browser that asked for the mail, to a link that needs no more.
    fn opens_by_mark(&self) -> bool {
        let says = |name: &str, value: &str| self.visit.header(name) == Some(value);
        let passes = self.link.is_some_and(|link| link.same_browser == SameBrowser::Pass);
        passes && self.vouched && says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document")
    }
}

impl Gate {
    /// What the gate does with a request for a link that has this verdict. A POST is a press if it shows one; what
    /// else its body may hold is not looked at.
    #[must_use]
    pub fn treatment(&self, case: &Case<'_>, verdict: &Verdict) -> Treatment {
        let (mode, method, visit) = (case.mode(), case.visit.method, &case.visit);
        let watches = mode == Mode::Observe;
        if !watches && !case.whole {
            return Treatment::Refused(Refusal::Incomplete);
        }
        match verdict.action() {
            Action::Refuse if !watches => return Treatment::Refused(Refusal::Signature),
            Action::Allow if !case.repaired => return Treatment::Passes(PassReason::AllowedBySignature),
            _ => {}
        }
        if let Some(reason) = case.let_through {
            return Treatment::Passes(reason);
        }
        if let (Some(evidence), &Method::POST) = (case.press, method) {
            return Treatment::Press(self.explain_press(case, evidence, verdict.score).step);
        }
        let ahead = verdict.has(Check::Prefetch);
        let waits = case.repaired || ahead || verdict.class != Class::Unknown;
        match (mode, method.as_str()) {
            (Mode::Observe, _) => Treatment::Passes(PassReason::Observe),
            (Mode::Adaptive, _) if !waits => Treatment::Passes(PassReason::Adaptive),
            (_, "GET") if case.opens_by_mark() && !ahead => Treatment::Opens,
            (_, "GET" | "HEAD" | "POST") if visit.is_program() => Treatment::Json,
            (_, "GET" | "HEAD" | "POST") => Treatment::Page(Step::called_for(mode, verdict.score, case.vouched)),
            (_, "OPTIONS") => Treatment::Methods,
            _ => Treatment::Refused(Refusal::Method),
        }
    }

    /// What a press calls for. `own` is the score of its own visit.
    #[must_use]
    pub fn explain_press(&self, case: &Case<'_>, evidence: &Evidence, own: i32) -> PressExplanation {
        let weighed = self.doubts.weigh(&case.visit, evidence, case.recalled);
        let page = case.visit.history.known().map_or(0, History::page_score);
        let score = weighed.with(own, page);
        PressExplanation {
            step: Step::called_for(case.mode(), score, case.vouched),
            weighed,
            score,
        }
    }

    /// What a visit looks like, and why.
    #[must_use]
    pub fn explain(&self, visit: &Visit<'_>, recalled: Recalled<'_>) -> Explanation<'_> {
        let found = self.find_with(visit, &self.agent_hits(visit), recalled);
        let verdict = self.judge_found(visit, &found, recalled);
        let weight = |signature: &Signature| {
            let own = |name: &Name| matches!(name, Name::Signature(id) if *id == signature.id);
            let finding = verdict.findings.iter().find(|finding| own(&finding.name));
            finding.map_or(0, |finding| finding.weight)
        };
        let signatures = self.signatures.entries().iter().map(|signature| {
            let reason = self.signatures.explain(signature, visit);
            SignatureReason {
                signature,
                weight: weight(signature),
                recalled: reason.truth == Truth::Unknown && recalled.has(&signature.id),
                reason,
            }
        });
        Explanation {
            signatures: signatures.collect(),
            checks: self.checks.explain(visit, recalled),
            verdict,
        }
    }
}
