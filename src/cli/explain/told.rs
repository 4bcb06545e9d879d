//! All that there is to tell of a request, as both the table and JSON ask for it.

use super::request::{Asked, Place};
use crate::cli::set::Set;
use crate::gate::link::Mode;
use crate::gate::{Explanation, SignatureReason, Step};
use crate::records::kind::Then;
use crate::records::{of_record, redact};
use crate::signatures::{Action, Reason, Truth};
use crate::visit::Fact;

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

    /// What is not known of the visit.
    pub(super) fn unrecorded(&self) -> Vec<&'static str> {
        let visit = self.visit.as_visit();
        let all = [
            (visit.client == Fact::Unrecorded, "the client's address"),
            (visit.headers.get("user-agent") == Fact::Unrecorded, "the user agent"),
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
            .filter(move |entry| entry.reason.truth == truth)
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

    /// Whether the answer is a page that asks a step of a person.
    pub(super) fn asks(&self) -> bool {
        let link = matches!(self.asked.place, Place::Unknown(_) | Place::Link(..));
        let holds = matches!(self.asked.visit.method.as_str(), "GET" | "HEAD" | "POST");
        link && holds && self.explanation.verdict.action() == Action::Weigh && !self.asked.visit.as_visit().is_program()
    }

    /// The step that its page asks for, or its press.
    pub(super) fn step(&self) -> Step {
        match self.press().filter(|_| self.is_press()) {
            Some(press) => press.step,
            None => Step::called_for(self.mode(), self.explanation.verdict.score, self.vouched()),
        }
    }

    /// The mode of its link.
    pub(super) fn mode(&self) -> Mode {
        let link = match &self.asked.place {
            Place::Link(Some(name), _) => self.set.gate.link_named(name),
            _ => None,
        };
        link.map(|link| link.mode).unwrap_or_default()
    }

    /// Whether its browser had asked for the mail.
    pub(super) fn vouched(&self) -> bool {
        self.then().is_some_and(|then| then.asked)
    }

    /// What its line says of that time.
    pub(super) fn then(&self) -> Option<&Then> {
        self.asked.line.as_ref()?.then.as_deref()
    }

    /// What such a request is answered.
    pub(super) fn answer(&self) -> String {
        let visit = self.asked.visit.as_visit();
        let answer = match (&self.asked.place, self.explanation.verdict.action()) {
            (Place::Open(_), _) => "it passes: it is no link of this configuration",
            (Place::Call(_), _) => "it passes only where a person opened its link before",
            (Place::Ambiguous, _) => "refused (400): it has more than one reading",
            (Place::CutLink(_), _) => "refused (400): the page for an incomplete link",
            (Place::Unknown(_) | Place::Link(..), Action::Refuse) => "refused (403), by a signature",
            (Place::Unknown(_) | Place::Link(..), Action::Allow) => "it passes, by a signature",
            (Place::Unknown(_) | Place::Link(..), Action::Weigh) => match visit.method.as_str() {
                "GET" | "HEAD" | "POST" if self.mode() == Mode::Observe && !self.is_press() => OBSERVED,
                "GET" | "HEAD" | "POST" if self.passes_by_mode() => "it passes at once: nothing speaks for a machine",
                "GET" | "HEAD" if visit.is_program() => "the envelope for a program (403), which opens nothing",
                "GET" | "HEAD" => "the page, which opens nothing until a person has done the step",
                "POST" if self.is_press() => match self.step() {
                    Step::Press => "the link is opened, once",
                    Step::PressAndCode => {
                        "with the right code the link is opened, once; without, a page that asks for it"
                    }
                },
                "POST" => "with the page's ticket the link is opened once; without it, the page",
                "OPTIONS" => "which methods there are",
                _ => "refused (405): links do not know the method",
            },
        };
        answer.to_owned()
    }
}

/// What `mode = "observe"` does.
const OBSERVED: &str = "it passes: its link's mode is `observe`, and the log has the step that would have been asked";
