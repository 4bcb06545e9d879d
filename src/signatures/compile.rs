//! Signature files to a compiled set, collecting every problem.

mod budget;
mod conditions;
mod dates;
mod overrides;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use http::{Method, Version};
use ipnet::IpNet;
use jiff::civil::Date;

use self::budget::Budget;
use self::overrides::Overridden;
pub use self::overrides::{Effect, Override};
use super::condition::Condition;
use super::lint::{self, Lint, Meanings};
use super::network::Networks;
use super::raw::{self, RawSignature};
use super::user_agent::UserAgents;
use super::{Action, Example, Expectation, Kind, Signature, Signatures, Written, example};
use crate::diag::read::At;
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, FileId, Severity, SourceMap, Span};
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
    let own = files
        .iter()
        .filter(|(file, _)| file.layer > 0)
        .map(|(file, _)| file.file)
        .collect();
    let mut builder = Builder {
        patterns: Vec::new(),
        lists: Vec::new(),
        budget: Budget::default(),
        own,
        read_list,
        today,
        diagnostics,
    };
    let mut set = builder.entries(&files, sources);
    for (_, raw) in &files {
        builder.switch(raw, &mut set);
    }
    builder.conflicts(&set);
    builder.lint(&set, sources);
    for at in files.iter().flat_map(|(_, raw)| &raw.excepted) {
        builder.except(at, &mut set);
    }
    let mut examples = Vec::new();
    let mut kept = Vec::new();
    let entries = set.entries.into_iter().zip(set.disabled);
    for ((_, signature, at), _) in entries.filter(|(_, disabled)| !disabled) {
        builder.examples(kept.len(), &at, &mut examples);
        kept.push(signature);
    }
    builder.finish(kept, examples, set.overrides)
}

/// A signature with its layer, and as it was written.
pub(super) type Entry = (u8, Signature, At<RawSignature>);

struct Builder<'b> {
    patterns: Vec<String>,
    lists: Vec<Vec<IpNet>>,
    budget: Budget,
    /// The operator's files.
    own: HashSet<FileId>,
    read_list: ReadList<'b>,
    today: Date,
    diagnostics: &'b mut Diagnostics,
}

impl Builder<'_> {
    /// All entries, those of higher layers in the places of those that they replace.
    fn entries(&mut self, files: &[(&SourceFile, raw::RawFile)], sources: &SourceMap) -> Overridden {
        let mut entries: Vec<Entry> = Vec::new();
        let mut by_id: HashMap<String, usize> = HashMap::new();
        for (file, raw) in files {
            for at in &raw.signatures {
                let Some(signature) = self.signature(at) else {
                    continue;
                };
                match by_id.get(&*signature.id) {
                    Some(&known) if entries[known].0 == file.layer => {
                        self.duplicate(&signature, &entries[known].1, sources);
                    }
                    Some(&known) => entries[known] = (file.layer, signature, at.clone()),
                    None => {
                        by_id.insert(signature.id.to_string(), entries.len());
                        entries.push((file.layer, signature, at.clone()));
                    }
                }
            }
        }
        Overridden::new(entries, by_id)
    }

    /// What works, and likely not as meant; where something is wrong, that comes first.
    fn lint(&mut self, set: &Overridden, sources: &SourceMap) {
        if self.diagnostics.has_errors() {
            return;
        }
        let lint = Lint {
            entries: set.in_force(),
            meanings: Meanings::new(&self.patterns, &self.lists),
            own: &self.own,
            sources,
        };
        lint.run(self.diagnostics);
    }

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
        let action = raw
            .action
            .as_ref()
            .map_or(Some(Action::Weigh), |action| self.word(action, &ACTIONS));
        let observed = raw.mode.as_ref().map_or(Some(false), |mode| self.word(mode, &MODES));
        let people = raw.people.as_ref().is_some_and(|people| people.value);
        let trusts = match action {
            Some(Action::Allow) => Some("lets visits pass"),
            _ if people => Some("lowers the score"),
            _ => None,
        };
        let condition = self.asked(raw, &id, trusts, at.span);
        self.dates(raw, &id);
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

    /// What a signature asks. One that trusts must ask where a visit comes from.
    fn asked(&mut self, raw: &RawSignature, id: &At<String>, trusts: Option<&str>, span: Span) -> Condition {
        let before = self.diagnostics.count(Severity::Error);
        let condition = self.condition(&raw.condition, 0);
        let is_sound = self.diagnostics.count(Severity::Error) == before;
        if matches!(&condition, Condition::All(all) if all.is_empty()) && is_sound {
            let help = "add one, such as user-agent = ['…'] or network = [\"…\"]";
            let message = format!("`{}` asks nothing of a visit", id.value);
            self.diagnostics.error("missing-condition", span, message, help);
        }
        if let Some(what) = trusts.filter(|_| !condition.asks_network()) {
            let help = "add a network, an asn or a reverse-dns: a header anybody can send is no reason to trust";
            let message = format!("`{}` {what} without asking where the visit comes from", id.value);
            self.diagnostics.error("network-needed", span, message, help);
        }
        if self.diagnostics.count(Severity::Error) == before {
            condition
        } else {
            // What is left of it would find too much, and be blamed for that too.
            Condition::Any(Vec::new())
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
                self.budget.example(one.span);
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

    fn finish(mut self, entries: Vec<Signature>, examples: Vec<Example>, overrides: Vec<Override>) -> Signatures {
        if self.budget.is_exceeded(self.diagnostics) {
            return Signatures::none();
        }
        let networks = Networks::new(self.lists.iter().map(Vec::as_slice));
        match UserAgents::new(&self.patterns) {
            Ok(user_agents) => {
                let written = Written {
                    patterns: self.patterns,
                    lists: self.lists,
                };
                let mut set = Signatures::new(entries, examples, user_agents, networks, written);
                set.overrides = overrides;
                let raising = set.raising_people(PROBABLE);
                if raising.is_empty() {
                    lint::browsers(&set, &self.own, self.diagnostics);
                }
                for (entry, agent) in raising {
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
    let method = METHODS.iter().find(|method| method.as_str() == at.value).cloned();
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
    let version = VERSIONS
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
pub(super) static METHODS: [Method; 4] = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
pub(super) const VERSIONS: [(&str, Version); 3] = [
    ("1.0", Version::HTTP_10),
    ("1.1", Version::HTTP_11),
    ("2", Version::HTTP_2),
];
pub(super) const CONFIDENCES: [(&str, i32); 3] = [("certain", 100), ("probable", PROBABLE), ("hint", 20)];
pub(super) const ACTIONS: [(&str, Action); 3] = [
    ("weigh", Action::Weigh),
    ("refuse", Action::Refuse),
    ("allow", Action::Allow),
];
pub(super) const MODES: [(&str, bool); 2] = [("enforce", false), ("observe", true)];
