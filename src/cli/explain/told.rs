//! All that there is to tell of a request, as both the table and JSON ask for it.

use super::request::{Asked, Place};
use super::summary::check_says;
use crate::cli::set::Set;
use crate::gate::link::{Link, Mode};
use crate::gate::{Case, Explanation, PassReason, Refusal, SignatureReason, Step, Treatment};
use crate::records::kind::Then;
use crate::records::{Outcome, of_record, redact};
use crate::signatures::{Action, Reason, Truth};
use crate::visit::{Fact, Visit};

/// All that there is to tell.
pub(super) struct Told<'t> {
    pub(super) asked: &'t Asked,
    pub(super) set: &'t Set,
    pub(super) explanation: &'t Explanation<'t>,
    pub(super) all: bool,
    pub(super) signature: Option<&'t str>,
}

impl Asked {
    /// A text of the client's, without anything that could be a token.
    pub(super) fn shown(&self, text: &str) -> String {
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        redact::text(text, &secrets)
    }

    /// The same of a field's name.
    pub(super) fn shown_name(&self, name: &str) -> String {
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        redact::name(name, &secrets)
    }

    /// What a condition saw. A fingerprint and an address are nobody's secret.
    pub(super) fn seen(&self, reason: &Reason, seen: &str) -> String {
        match reason.name.as_str() {
            "header referer" => self.shown(of_record("referer", seen)),
            "tls" | "network" | "asn" | "http-version" | "method" | "reverse-dns" | "history" => seen.to_owned(),
            _ => self.shown(seen),
        }
    }

    /// Whether only a part of a field's value is known.
    pub(super) fn is_cut(&self, name: &str) -> bool {
        self.cut.iter().any(|(known, _)| known == name)
    }

    /// What is not known of the visit.
    pub(super) fn unrecorded(&self) -> Vec<&'static str> {
        let visit = self.visit.as_visit();
        let all = [
            (visit.client == Fact::Unrecorded, "the client's address"),
            (
                visit.headers.get("user-agent") == Fact::Unrecorded && !self.is_cut("user-agent"),
                "the user agent",
            ),
            (!self.cut.is_empty(), "parts of header fields"),
            (self.visit.names == Fact::Unrecorded, "other header fields"),
            (visit.secure == Fact::Unrecorded, "the scheme"),
            (visit.version == Fact::Unrecorded, "the HTTP version"),
            (visit.tls == Fact::Unrecorded, "the TLS fingerprint"),
            (visit.asn == Fact::Unrecorded, "the address's autonomous system"),
            (visit.reverse_dns == Fact::Unrecorded, "the address's name"),
            (
                self.visit.history == Fact::Unrecorded,
                "the link's age and what came before",
            ),
        ];
        all.into_iter()
            .filter(|(unknown, _)| *unknown)
            .map(|(_, what)| what)
            .collect()
    }
}

impl Told<'_> {
    pub(super) fn entry(&self, id: &str) -> Option<&SignatureReason<'_>> {
        self.explanation
            .signatures
            .iter()
            .find(|entry| *entry.signature.id == *id)
    }

    pub(super) fn signatures(&self, truth: Truth) -> impl Iterator<Item = &SignatureReason<'_>> {
        self.explanation
            .signatures
            .iter()
            .filter(move |entry| entry.truth() == truth)
    }

    /// What a signature adds, or does instead.
    pub(super) fn weight(&self, entry: &SignatureReason<'_>) -> String {
        match (entry.signature.observed, entry.signature.action) {
            (true, _) => "seen".to_owned(),
            (false, Action::Weigh) => entry.weight.to_string(),
            (false, Action::Refuse) => "refuse".to_owned(),
            (false, Action::Allow) => "allow".to_owned(),
        }
    }

    /// File and line of a signature.
    pub(super) fn place(&self, entry: &SignatureReason<'_>) -> String {
        let span = entry.signature.span;
        format!(
            "{}:{}",
            self.set.sources.name(span.file),
            self.set.sources.position(span).0
        )
    }

    /// What a signature would have to know.
    pub(super) fn missing(&self, entry: &SignatureReason<'_>) -> Vec<String> {
        let mut facts: Vec<String> = Vec::new();
        let leaves = entry.reason.decisive();
        for leaf in leaves
            .into_iter()
            .flat_map(Reason::leaves)
            .filter(|leaf| leaf.truth == Truth::Unknown)
        {
            let fact = leaf.missing();
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        facts
    }

    /// What was found then and is not now (`-`), and what is found now (`+`).
    pub(super) fn differences(&self, then: &Then) -> Vec<String> {
        let now: Vec<&str> = self
            .explanation
            .verdict
            .findings
            .iter()
            .map(|finding| finding.name.as_str())
            .collect();
        let fresh = now
            .iter()
            .filter(|name| !then.findings.iter().any(|known| known == *name));
        let gone = then.findings.iter().filter(|name| !now.contains(&name.as_str()));
        let visit = fresh
            .map(|name| format!("+{name}"))
            .chain(gone.map(|name| format!("-{name}")));
        visit.chain(self.press_differences(then)).collect()
    }

    /// What the gate does with it, if it is for a link.
    pub(super) fn treatment(&self) -> Option<Treatment> {
        let is_link = matches!(
            self.asked.place,
            Place::Unknown(_) | Place::Link(..) | Place::CutLink(_)
        );
        let case = self.case(self.asked.visit.as_visit());
        is_link.then(|| self.set.gate.treatment(&case, &self.explanation.verdict))
    }

    /// What its treatment hangs on besides its verdict.
    pub(super) fn case<'c>(&'c self, visit: Visit<'c>) -> Case<'c> {
        Case {
            visit,
            link: self.link(),
            whole: !matches!(self.asked.place, Place::CutLink(_)),
            repaired: self.asked.repaired.is_some(),
            vouched: self.vouched(),
            press: self.asked.evidence.as_ref(),
            let_through: self.then().and_then(Then::let_through),
            recalled: self.asked.recalled(),
        }
    }

    /// The step that its page or press asks of a person, or would ask where it passes by its link's mode.
    pub(super) fn step(&self) -> Option<Step> {
        let visit = self.asked.visit.as_visit();
        match self.treatment()? {
            Treatment::Page(step) | Treatment::Press(step) => Some(step),
            Treatment::Passes(PassReason::Observe | PassReason::Adaptive)
                if matches!(visit.method.as_str(), "GET" | "HEAD" | "POST") && !visit.is_program() =>
            {
                let score = self.explanation.verdict.score;
                Some(Step::called_for(self.mode(), score, self.vouched()))
            }
            _ => None,
        }
    }

    fn link(&self) -> Option<&Link> {
        let (name, route) = match &self.asked.place {
            Place::Link(name, route) => (name.as_deref(), route.as_deref()),
            Place::CutLink(name) => (Some(name.as_str()), None),
            _ => (None, None),
        };
        let named = name.and_then(|name| self.set.gate.link_named(name));
        named.or_else(|| self.set.gate.link_written(route?))
    }

    /// The mode of its link.
    pub(super) fn mode(&self) -> Mode {
        self.link().map(|link| link.mode).unwrap_or_default()
    }

    /// Whether its browser had asked for the mail.
    pub(super) fn vouched(&self) -> bool {
        self.then().is_some_and(|then| then.asked)
    }

    /// What was found then, or is now where no line tells: weights, and a few words for each.
    pub(super) fn weighing(&self) -> Vec<(i32, String)> {
        let now = &self.explanation.verdict.findings;
        let names: Vec<&str> = match self.then() {
            Some(then) => then.findings.iter().map(String::as_str).collect(),
            None => now.iter().map(|finding| finding.name.as_str()).collect(),
        };
        let says = |name: &&str| match self.entry(name) {
            Some(entry) if entry.signature.observed || entry.signature.action != Action::Weigh => None,
            Some(entry) => Some((entry.signature.weight, self.phrase(entry))),
            None => {
                let check = self
                    .explanation
                    .checks
                    .iter()
                    .find(|check| check.check.name() == *name)?;
                Some((check.weight, check_says(check.check)))
            }
        };
        names.iter().filter_map(says).collect()
    }

    /// What a signature found, as a part of a sentence.
    fn phrase(&self, entry: &SignatureReason<'_>) -> String {
        let title = &entry.signature.title;
        let leaves = entry.reason.decisive();
        let asks = |name: &str| leaves.iter().any(|leaf| leaf.name == name);
        let visit = self.asked.visit.as_visit();
        match visit.client.known() {
            Some(client) if asks("network") => format!("the address {client} is in *{title}*"),
            Some(client) if asks("asn") => format!("the address {client} belongs to *{title}*"),
            Some(client) if asks("reverse-dns") => format!("the name of the address {client} belongs to *{title}*"),
            _ if asks("user-agent") => format!("its user agent is that of *{title}*"),
            _ => format!("it matches *{title}*"),
        }
    }

    /// The score of that time, or of now where no line tells.
    pub(super) fn scored(&self) -> i32 {
        let then = self.then().and_then(|then| then.score);
        then.unwrap_or(self.explanation.verdict.score)
    }

    /// The title of the signature that refuses it or lets it pass.
    pub(super) fn acting(&self, action: Action) -> Option<&str> {
        let acts = |entry: &&SignatureReason<'_>| entry.signature.action == action && !entry.signature.observed;
        self.signatures(Truth::Yes)
            .find(acts)
            .map(|entry| entry.signature.title.as_str())
    }

    /// What its line says of that time.
    pub(super) fn then(&self) -> Option<&Then> {
        self.asked.line.as_ref()?.then.as_deref()
    }

    /// What such a request is answered.
    pub(super) fn answer(&self) -> &'static str {
        let method = &self.asked.visit.method;
        match (&self.asked.place, self.treatment()) {
            (Place::Open(_), _) => "it passes: it is no link of this configuration",
            (Place::Call(_), _) => "it passes only where a person opened its link before",
            (Place::Ambiguous, _) | (_, None) => "refused (400): it has more than one reading",
            (_, Some(Treatment::Refused(Refusal::Incomplete))) => "refused (400): the page for an incomplete link",
            (_, Some(Treatment::Refused(Refusal::Signature))) => "refused (403), by a signature",
            (_, Some(Treatment::Refused(Refusal::Method))) => "refused (405): links do not know the method",
            (_, Some(Treatment::Passes(PassReason::AllowedBySignature))) => "it passes, by a signature",
            (_, Some(Treatment::Passes(PassReason::Observe))) => OBSERVED,
            (_, Some(Treatment::Passes(PassReason::Adaptive))) => "it passes at once: nothing speaks for a machine",
            (_, Some(Treatment::Passes(_))) => "it passes, for what its body holds or a person pressed before",
            (_, Some(Treatment::Opens)) => "the link is opened, once: its browser had asked for the mail",
            (_, Some(Treatment::Json)) => "the envelope for a program (403), which opens nothing",
            (_, Some(Treatment::Page(_))) if method == http::Method::POST => {
                "with the page's ticket the link is opened once; without it, the page"
            }
            (_, Some(Treatment::Page(_))) => "the page, which opens nothing until a person has done the step",
            (_, Some(Treatment::Press(Step::Press))) => "the link is opened, once",
            (_, Some(Treatment::Press(Step::PressAndCode))) => {
                "with the right code the link is opened, once; without, a page that asks for it"
            }
            (_, Some(Treatment::Methods)) => "which methods there are",
        }
    }

    /// What was done with it, where the gate would do something else today: what, and what now.
    pub(super) fn treatment_differs(&self) -> Option<(&'static str, &'static str)> {
        let was = self.asked.line.as_ref()?.outcome?;
        let now = self.treatment()?;
        let same = match now {
            Treatment::Passes(_) => was == Outcome::Passed,
            Treatment::Page(_) | Treatment::Json => was == Outcome::Held,
            Treatment::Refused(_) | Treatment::Methods => was == Outcome::Refused,
            // Whether a press does is told by its step; a link may be spent besides.
            Treatment::Press(_) | Treatment::Opens => !matches!(was, Outcome::Passed | Outcome::Served),
        };
        (!same).then_some((was.as_str(), now.as_str()))
    }
}

/// What `mode = "observe"` does.
const OBSERVED: &str = "it passes: its link's mode is `observe`, and the log has the step that would have been asked";
