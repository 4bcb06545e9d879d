//! All that there is to tell of a request, as both the table and JSON ask for it.

use super::request::{Asked, Place};
use crate::cli::set::Set;
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
        fresh
            .map(|name| format!("+{name}"))
            .chain(gone.map(|name| format!("-{name}")))
            .collect()
    }

    /// Whether the answer is a page that asks a step of a person.
    pub(super) fn asks(&self) -> bool {
        let link = matches!(self.asked.place, Place::Unknown(_) | Place::Link(..));
        let holds = matches!(self.asked.visit.method.as_str(), "GET" | "HEAD" | "POST");
        link && holds && self.explanation.verdict.action() == Action::Weigh && !self.asked.visit.as_visit().is_program()
    }

    /// The step that its page asks for.
    pub(super) fn step(&self) -> Step {
        let mode = match &self.asked.place {
            Place::Link(Some(name), _) => self.set.gate.link_named(name).map(|link| link.mode),
            _ => None,
        };
        Step::called_for(mode.unwrap_or_default(), self.explanation.verdict.score, false)
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
                "GET" | "HEAD" if visit.is_program() => "the envelope for a program (403), which opens nothing",
                "GET" | "HEAD" => "the page, which opens nothing until a person has done the step",
                "POST" => "with the page's ticket the link is opened once; without it, the page",
                "OPTIONS" => "which methods there are",
                _ => "refused (405): links do not know the method",
            },
        };
        answer.to_owned()
    }
}
