//! Signature files to a compiled set, collecting every problem.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderName, Method, Version};
use ipnet::IpNet;
use jiff::civil::Date;
use serde_json::Value;

use super::condition::{Condition, HeaderTest};
use super::lists::Form;
use super::network::Networks;
use super::raw::{self, RawCondition, RawExcept, RawFile, RawSignature};
use super::user_agent::UserAgents;
use super::{Action, Example, Expectation, Kind, Signature, Signatures, example};
use crate::diag::read::{At, Fields};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, FileId, SourceMap, Span, values};

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
    let mut entries: Vec<(u8, Signature, At<RawSignature>)> = Vec::new();
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

    /// All conditions of one table.
    fn condition(&mut self, raw: &RawCondition) -> Condition {
        let mut all = Vec::new();
        if !raw.user_agent.is_empty() {
            all.push(Condition::UserAgent(
                raw.user_agent.iter().filter_map(|at| self.pattern(at)).collect(),
            ));
        }
        if raw.user_agent_absent.as_ref().is_some_and(|absent| absent.value) {
            all.push(Condition::UserAgentAbsent);
        }
        if !raw.network.is_empty() || !raw.network_file.is_empty() {
            let networks = self.networks(raw);
            all.push(Condition::Network(u32::try_from(self.lists.len()).unwrap_or(u32::MAX)));
            self.lists.push(networks);
        }
        if !raw.asn.is_empty() {
            all.push(Condition::Asn(
                raw.asn.iter().filter_map(|asn| u32::try_from(asn.value).ok()).collect(),
            ));
        }
        if !raw.reverse_dns.is_empty() {
            all.push(Condition::ReverseDns(
                raw.reverse_dns.iter().map(|name| name.value.clone()).collect(),
            ));
        }
        if !raw.method.is_empty() {
            all.push(Condition::Method(
                raw.method
                    .iter()
                    .filter_map(|at| method(at, self.diagnostics))
                    .collect(),
            ));
        }
        if !raw.http_version.is_empty() {
            let versions = raw.http_version.iter().filter_map(|at| version(at, self.diagnostics));
            all.push(Condition::HttpVersion(versions.collect()));
        }
        if !raw.tls.is_empty() {
            all.push(Condition::Tls(
                raw.tls.iter().map(|print| print.value.clone()).collect(),
            ));
        }
        if let Some(header) = &raw.header {
            all.extend(self.headers(&header.value));
        }
        all.extend(raw.all.iter().map(|one| self.condition(&one.value)));
        if !raw.any.is_empty() {
            all.push(Condition::Any(
                raw.any.iter().map(|one| self.condition(&one.value)).collect(),
            ));
        }
        all.extend(
            raw.not
                .iter()
                .map(|one| Condition::Not(Box::new(self.condition(&one.value)))),
        );
        if all.len() == 1 {
            all.remove(0)
        } else {
            Condition::All(all)
        }
    }

    fn headers(&mut self, fields: &Fields) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (name, value) in &fields.0 {
            let Ok(field) = HeaderName::from_bytes(name.value.as_bytes()) else {
                let message = format!("`{}` is no header field", name.value);
                self.diagnostics.error(
                    "header-invalid",
                    name.span,
                    message,
                    "write its name, such as \"accept-language\"",
                );
                continue;
            };
            if ["sec-gpc", "dnt"].contains(&field.as_str()) {
                let help = "people send it to ask for privacy; it says nothing about scanners";
                self.diagnostics
                    .error("header-of-people", name.span, format!("`{field}` is no signal"), help);
                continue;
            }
            let test = match &value.value {
                Value::Bool(true) => HeaderTest::Present,
                Value::Bool(false) => HeaderTest::Absent,
                Value::String(text) => {
                    let folded = At::new(format!("(?i){text}"), value.span);
                    let Some(regex) = values::pattern(&folded, self.diagnostics) else {
                        continue;
                    };
                    HeaderTest::Matches(regex)
                }
                _ => {
                    let help = "write a pattern, true for \"is there\", or false for \"is not there\"";
                    self.diagnostics.error(
                        "wrong-type",
                        value.span,
                        format!("`{field}` is text, true or false"),
                        help,
                    );
                    continue;
                }
            };
            conditions.push(Condition::Header(field.as_str().to_owned(), test));
        }
        conditions
    }

    fn pattern(&mut self, at: &At<String>) -> Option<usize> {
        if at.value.is_empty() {
            let help = "for a missing user agent write user-agent-absent = true";
            self.diagnostics
                .error("pattern-empty", at.span, "an empty pattern matches every browser", help);
            return None;
        }
        values::pattern(at, self.diagnostics)?;
        self.patterns.push(at.value.clone());
        Some(self.patterns.len() - 1)
    }

    fn networks(&mut self, raw: &RawCondition) -> Vec<IpNet> {
        let mut networks = values::networks(&raw.network, self.diagnostics);
        for list in &raw.network_file {
            let Some(file) = self.required("file", list.value.file.as_ref(), list.span) else {
                continue;
            };
            let form = self.required("format", list.value.format.as_ref(), list.span);
            let Some(form) = form.and_then(|form| self.word(&form, &Form::NAMES)) else {
                continue;
            };
            match (self.read_list)(file.span.file, &file.value).and_then(|text| form.read(&text)) {
                Ok(read) => networks.extend(read),
                Err(problem) => {
                    let message = format!("the list `{}` can't be used: {problem}", file.value);
                    self.diagnostics.error(
                        "list-invalid",
                        file.span,
                        message,
                        "paths are seen from the signature file; formats as the vendor publishes them",
                    );
                }
            }
        }
        networks
    }

    fn overrides(
        &mut self,
        raw: &RawFile,
        by_id: &HashMap<String, usize>,
        entries: &mut [(u8, Signature, At<RawSignature>)],
        disabled: &mut [bool],
    ) {
        for at in &raw.disabled {
            let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, by_id) else {
                continue;
            };
            disabled[place] |= applies;
        }
        for at in &raw.reweighed {
            let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, by_id) else {
                continue;
            };
            let raw = RawSignature {
                weight: at.value.weight.clone(),
                confidence: at.value.confidence.clone(),
                ..RawSignature::default()
            };
            if let Some(weight) = self.weight(&raw, at.span).filter(|_| applies) {
                let entry = &mut entries[place].1;
                entry.weight = if entry.weight < 0 { -weight } else { weight };
            }
        }
        for at in &raw.excepted {
            self.except(at, by_id, entries);
        }
    }

    fn except(
        &mut self,
        at: &At<RawExcept>,
        by_id: &HashMap<String, usize>,
        entries: &mut [(u8, Signature, At<RawSignature>)],
    ) {
        let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
        let condition = self.condition(&at.value.condition);
        if matches!(&condition, Condition::All(all) if all.is_empty()) {
            let help = "add one, such as network = [\"192.0.2.7\"]; to switch a signature off, use [[disable]]";
            self.diagnostics.error(
                "missing-condition",
                at.span,
                "the exception asks nothing of a visit",
                help,
            );
            return;
        }
        let mut places = Vec::new();
        for id in &at.value.id {
            places.extend(self.target(Some(id), at.span, by_id));
        }
        if at.value.id.is_empty() {
            places = (0..entries.len()).collect();
        }
        for place in places.into_iter().filter(|_| applies) {
            let entry = &mut entries[place].1;
            let own = std::mem::replace(&mut entry.condition, Condition::All(Vec::new()));
            entry.condition = Condition::All(vec![own, Condition::Not(Box::new(condition.clone()))]);
        }
    }

    /// Whether an override holds today. One without a reason is a problem; one past its end is told.
    fn applies(&mut self, reason: Option<&At<String>>, until: Option<&At<Date>>, span: Span) -> bool {
        if reason.is_none_or(|reason| reason.value.trim().is_empty()) {
            let help = "write reason = \"…\": whoever reads this next year must know why";
            self.diagnostics
                .error("missing-reason", span, "an override without a reason", help);
        }
        let Some(until) = until.filter(|until| until.value < self.today) else {
            return true;
        };
        let message = format!("this override ended on {}", until.value);
        self.diagnostics
            .warning("override-ended", until.span, message, "remove it, or give it a new end");
        false
    }

    fn target(&mut self, id: Option<&At<String>>, span: Span, by_id: &HashMap<String, usize>) -> Option<usize> {
        let id = self.required("id", id, span)?;
        let place = by_id.get(&id.value).copied();
        if place.is_none() {
            let help = match nearest(&id.value, by_id.keys().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`linklatch signatures list` shows all ids".to_owned(),
            };
            self.diagnostics.warning(
                "unknown-id",
                id.span,
                format!("no signature is called `{}`", id.value),
                help,
            );
        }
        place
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
        let sizes = (self.patterns.len(), self.lists.len());
        match UserAgents::new(&self.patterns) {
            Ok(user_agents) => {
                let set = Signatures::new(entries, examples, user_agents, networks, sizes);
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

const PROBABLE: i32 = 50;
const CONFIDENCES: [(&str, i32); 3] = [("certain", 100), ("probable", PROBABLE), ("hint", 20)];
const ACTIONS: [(&str, Action); 3] = [
    ("weigh", Action::Weigh),
    ("refuse", Action::Refuse),
    ("allow", Action::Allow),
];
const MODES: [(&str, bool); 2] = [("enforce", false), ("observe", true)];
