//! Signature files to a compiled set, collecting every problem.

mod conditions;
mod overrides;

use std::collections::HashMap;
use std::sync::Arc;

use http::{Method, Version};
use ipnet::IpNet;
use jiff::civil::Date;

use super::condition::Condition;
use super::network::Networks;
use super::raw::{self, RawSignature};
use super::user_agent::UserAgents;
use super::{Action, Example, Expectation, Kind, Signature, Signatures, Written, example};
use crate::diag::read::At;
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, FileId, SourceMap, Span};
use crate::visit::Ja4;

/// One signature file. Files of a higher layer win over those of a lower one.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile {
    /// Its text.
    pub file: FileId,
    /// 0: shipped; 1: the operator's folder; 2: `local` in it.
    pub layer: u8,
}

/// Reads an address list that stands beside a signature file.
pub type ReadList<'r> = &'r mut dyn FnMut(FileId, &str) -> Result<String, String>;

/// Compiles files. What is wrong is in `diagnostics`; with an error among it the set must not be used.
pub fn compile(
    files: &[SourceFile],
    sources: &SourceMap,
    read_list: ReadList<'_>,
    today: Date,
    diagnostics: &mut Diagnostics,
) -> Signatures {
    let mut files: Vec<_> = files
        .iter()
        .map(|file| (file, raw::parse(file.file, sources, diagnostics)))
        .collect();
    files.sort_by_key(|(file, _)| file.layer);
    let mut builder = Builder {
        patterns: Vec::new(),
        lists: Vec::new(),
        read_list,
        today,
        diagnostics,
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for (file, raw) in &files {
        for at in &raw.signatures {
            let Some(signature) = builder.signature(at) else {
                continue;
            };
            match by_id.get(&*signature.id) {
                Some(&known) if entries[known].0 == file.layer => {
                    builder.duplicate(&signature, &entries[known].1, sources);
                }
                Some(&known) => entries[known] = (file.layer, signature, at.clone()),
                None => {
                    by_id.insert(signature.id.to_string(), entries.len());
                    entries.push((file.layer, signature, at.clone()));
                }
            }
        }
    }
    let mut disabled = vec![false; entries.len()];
    for (_, raw) in &files {
        builder.overrides(raw, &by_id, &mut entries, &mut disabled);
    }
    let mut examples = Vec::new();
    let mut kept = Vec::new();
    for ((_, signature, at), _) in entries.into_iter().zip(disabled).filter(|(_, disabled)| !disabled) {
        builder.examples(kept.len(), &at, &mut examples);
        kept.push(signature);
    }
    builder.finish(kept, examples)
}

/// A signature with its layer, and as it was written.
type Entry = (u8, Signature, At<RawSignature>);

struct Builder<'b> {
    patterns: Vec<String>,
    lists: Vec<Vec<IpNet>>,
    read_list: ReadList<'b>,
    today: Date,
    diagnostics: &'b mut Diagnostics,
}

impl Builder<'_> {
    fn signature(&mut self, at: &At<RawSignature>) -> Option<Signature> {
        let raw = &at.value;
        let id = self.required("id", raw.id.as_ref(), at.span)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.value.is_empty() || !id.value.chars().all(plain) {
            let message = format!("`{}` is no id", id.value);
            self.diagnostics
                .error("id-invalid", id.span, message, "use small letters, digits and '-'");
        }
        let title = self.required("title", raw.title.as_ref(), at.span);
        let kind = self
            .required("kind", raw.kind.as_ref(), at.span)
            .and_then(|kind| self.word(&kind, &Kind::NAMES));
        let weight = self.weight(raw, at.span);
        let seen = self.required("seen", raw.seen.as_ref(), at.span);
        if raw.source.is_empty() {
            let help = "say where this is known from: source = [\"https://…\"]; what nobody can check, nobody can mend";
            self.diagnostics.error(
                "missing-source",
                at.span,
                format!("`{}` names no source", id.value),
                help,
            );
        }
        let before = self.diagnostics.iter().len();
        let condition = self.condition(&raw.condition);
        if matches!(&condition, Condition::All(all) if all.is_empty()) && self.diagnostics.iter().len() == before {
            let help = "add one, such as user-agent = ['…'] or network = [\"…\"]";
            self.diagnostics.error(
                "missing-condition",
                at.span,
                format!("`{}` asks nothing of a visit", id.value),
                help,
            );
        }
        let action = raw
            .action
            .as_ref()
            .map_or(Some(Action::Weigh), |action| self.word(action, &ACTIONS));
        let observed = raw.mode.as_ref().map_or(Some(false), |mode| self.word(mode, &MODES));
        let people = raw.people.as_ref().is_some_and(|people| people.value);
        if people || action == Some(Action::Allow) {
            self.asks_network(&condition, people, &id, at.span);
        }
        self.staleness(raw, &id);
        let (title, kind, weight, seen) = (title?, kind?, weight?, seen?);
        Some(Signature {
            id: Arc::from(id.value.as_str()),
            title: title.value,
            kind,
            weight: if people { -weight } else { weight },
            action: action?,
            observed: observed?,
            condition,
            source: raw.source.iter().map(|source| source.value.clone()).collect(),
            seen: seen.value,
            expires: raw.expires.as_ref().map(|expires| expires.value),
            span: id.span,
        })
    }

    /// What lowers the score or lets visits pass must ask where they come from.
    fn asks_network(&mut self, condition: &Condition, people: bool, id: &At<String>, span: Span) {
        if !condition.asks_network() {
            let help = "add a network, an asn or a reverse-dns: a header anybody can send is no reason to trust";
            let what = if people { "lowers the score" } else { "lets visits pass" };
            let message = format!("`{}` {what} without asking where the visit comes from", id.value);
            self.diagnostics.error("network-needed", span, message, help);
        }
    }

    fn weight(&mut self, raw: &RawSignature, span: Span) -> Option<i32> {
        let named = raw
            .confidence
            .as_ref()
            .and_then(|confidence| self.word(confidence, &CONFIDENCES));
        match (&raw.weight, &raw.confidence) {
            (Some(weight), _) => i32::try_from(weight.value)
                .ok()
                .filter(|weight| *weight <= 1000)
                .or_else(|| {
                    self.diagnostics.error(
                        "weight-invalid",
                        weight.span,
                        "a weight is at most 1000",
                        "100 is certain",
                    );
                    None
                }),
            (None, Some(_)) => named,
            (None, None) => self.required("confidence", None::<&At<i32>>, span).map(|at| at.value),
        }
    }

    fn staleness(&mut self, raw: &RawSignature, id: &At<String>) {
        if let Some(expires) = raw.expires.as_ref().filter(|expires| expires.value < self.today) {
            let message = format!("`{}` expired on {}", id.value, expires.value);
            self.diagnostics.warning(
                "signature-expired",
                expires.span,
                message,
                "look whether it still holds, and renew the date",
            );
        }
        if let Some(seen) = &raw.seen {
            let months = (self.today.year() - seen.value.year()) as i32 * 12 + i32::from(self.today.month())
                - i32::from(seen.value.month());
            if !raw.condition.network_file.is_empty() && months > 12 {
                let message = format!("the list of `{}` is {months} months old", id.value);
                self.diagnostics
                    .warning("list-stale", seen.span, message, "fetch it anew from its source");
            }
        }
    }

    fn examples(&mut self, signature: usize, at: &At<RawSignature>, examples: &mut Vec<Example>) {
        let raw = &at.value;
        if raw.matching.is_empty() {
            let id = raw.id.as_ref().map_or("", |id| id.value.as_str());
            let help = "add match = [{ user-agent = \"…\" }]: a visit that it must find";
            self.diagnostics
                .warning("missing-example", at.span, format!("`{id}` has no example"), help);
        }
        let kinds = [
            (Expectation::Match, &raw.matching),
            (Expectation::NotMatch, &raw.not_matching),
            (Expectation::KnownGap, &raw.known_gaps),
        ];
        for (expectation, list) in kinds {
            for one in list {
                if let Some(visit) = example::visit(one, self.diagnostics) {
                    examples.push(Example {
                        signature,
                        expectation,
                        visit,
                        span: one.span,
                    });
                }
            }
        }
    }

    fn duplicate(&mut self, signature: &Signature, first: &Signature, sources: &SourceMap) {
        let (line, _) = sources.position(first.span);
        let message = format!("`{}` stands twice", signature.id);
        let help = format!(
            "the first is in {}:{line}; ids are unique",
            sources.name(first.span.file)
        );
        self.diagnostics.error("duplicate-id", signature.span, message, help);
    }

    fn required<T: Clone>(&mut self, key: &str, value: Option<&At<T>>, span: Span) -> Option<At<T>> {
        if value.is_none() {
            let help = format!("add `{key}`; scanner-signatures/README.md shows a whole entry");
            self.diagnostics
                .error("missing-key", span, format!("`{key}` is missing"), help);
        }
        value.cloned()
    }

    fn word<T: Copy>(&mut self, at: &At<String>, words: &[(&'static str, T)]) -> Option<T> {
        let found = words
            .iter()
            .find(|(word, _)| *word == at.value)
            .map(|(_, value)| *value);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word);
            let help = match nearest(&at.value, known.clone()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
            };
            self.diagnostics.error(
                "unknown-value",
                at.span,
                format!("`{}` is not known here", at.value),
                help,
            );
        }
        found
    }

    fn finish(self, entries: Vec<Signature>, examples: Vec<Example>) -> Signatures {
        let networks = Networks::new(self.lists.iter().map(Vec::as_slice));
        match UserAgents::new(&self.patterns) {
            Ok(user_agents) => {
                let written = Written {
                    patterns: self.patterns,
                    lists: self.lists,
                };
                let set = Signatures::new(entries, examples, user_agents, networks, written);
                for (entry, agent) in set.raising_people(PROBABLE) {
                    let message = format!("`{}` takes an ordinary browser for a machine", entry.id);
                    let help = format!("make it narrower, or lower its weight; it matches {agent}");
                    self.diagnostics.error("people-matched", entry.span, message, help);
                }
                set
            }
            Err(problem) => {
                let message = format!("the user-agent patterns can't be used together: {problem}");
                self.diagnostics
                    .error("patterns-too-large", None, message, "shorten the largest ones");
                Signatures::none()
            }
        }
    }
}

pub(super) fn method(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Method> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    let method = known.into_iter().find(|method| method.as_str() == at.value);
    if method.is_none() {
        let message = format!("`{}` is no method of a link", at.value);
        diagnostics.error("method-invalid", at.span, message, "write GET, HEAD, POST or OPTIONS");
    }
    method
}

/// The number of an autonomous system; 0 is nobody's (RFC 7607).
pub(super) fn system(at: &At<u64>, diagnostics: &mut Diagnostics) -> Option<u32> {
    let number = u32::try_from(at.value).ok().filter(|number| *number > 0);
    if number.is_none() {
        let help = format!("write a number from 1 to {}", u32::MAX);
        let message = format!("`{}` is no autonomous system", at.value);
        diagnostics.error("out-of-range", at.span, message, help);
    }
    number
}

pub(super) fn version(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Version> {
    let known = [
        ("1.0", Version::HTTP_10),
        ("1.1", Version::HTTP_11),
        ("2", Version::HTTP_2),
    ];
    let version = known
        .iter()
        .find(|(name, _)| *name == at.value)
        .map(|(_, version)| *version);
    if version.is_none() {
        let message = format!("`{}` is no HTTP version", at.value);
        diagnostics.error("version-invalid", at.span, message, "write \"1.0\", \"1.1\" or \"2\"");
    }
    version
}

pub(super) fn ja4(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Ja4> {
    let ja4 = at.value.parse().ok();
    if ja4.is_none() {
        let message = format!("`{}` is no JA4 fingerprint", at.value);
        let help = "write all three parts as the log has them: \"t13d1516h2_8daaf6152771_02713d6af862\"";
        diagnostics.error("fingerprint-invalid", at.span, message, help);
    }
    ja4
}

const PROBABLE: i32 = 50;
const CONFIDENCES: [(&str, i32); 3] = [("certain", 100), ("probable", PROBABLE), ("hint", 20)];
const ACTIONS: [(&str, Action); 3] = [
    ("weigh", Action::Weigh),
    ("refuse", Action::Refuse),
    ("allow", Action::Allow),
];
const MODES: [(&str, bool); 2] = [("enforce", false), ("observe", true)];
