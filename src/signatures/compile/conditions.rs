//! A table's conditions, compiled.

use std::time::Duration;

use http::HeaderName;
use ipnet::IpNet;
use serde_json::Value;

use super::{Builder, ja4, method, system, version};
use crate::diag::read::{At, Fields};
use crate::diag::values;
use crate::signatures::condition::{Condition, HeaderTest, HistoryTest};
use crate::signatures::lists::Form;
use crate::signatures::pattern;
use crate::signatures::raw::{RawCondition, RawHistory};

impl Builder<'_> {
    /// All conditions of one table, which lies in so many others.
    pub(super) fn condition(&mut self, raw: &RawCondition, depth: usize) -> Condition {
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
                raw.asn.iter().filter_map(|at| system(at, self.diagnostics)).collect(),
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
                raw.tls.iter().filter_map(|at| ja4(at, self.diagnostics)).collect(),
            ));
        }
        if let Some(header) = &raw.header {
            all.extend(self.headers(&header.value));
        }
        if let Some(history) = &raw.history {
            all.extend(self.history(history));
        }
        self.nested(raw, depth + 1, &mut all);
        if all.len() == 1 {
            all.remove(0)
        } else {
            Condition::All(all)
        }
    }

    /// The tables of `all`, `any` and `not`.
    fn nested(&mut self, raw: &RawCondition, depth: usize, all: &mut Vec<Condition>) {
        let first = [&raw.all, &raw.any, &raw.not].into_iter().flatten().next();
        if let Some(first) = first.filter(|_| depth > DEPTH) {
            let message = format!("`any`, `all` and `not` stand in each other more than {DEPTH} times");
            let help = "write it flatter: conditions of one table all hold, and lists are alternatives";
            self.diagnostics.error("too-deep", first.span, message, help);
            return;
        }
        all.extend(raw.all.iter().map(|one| self.condition(&one.value, depth)));
        if !raw.any.is_empty() {
            all.push(Condition::Any(
                raw.any.iter().map(|one| self.condition(&one.value, depth)).collect(),
            ));
        }
        all.extend(
            raw.not
                .iter()
                .map(|one| Condition::Not(Box::new(self.condition(&one.value, depth)))),
        );
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
                    let text = At::new(text.clone(), value.span);
                    match pattern::compile(&text, self.diagnostics) {
                        Some((regex, _)) => HeaderTest::Matches(regex),
                        None => continue,
                    }
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
            conditions.push(Condition::Header(field, test));
        }
        conditions
    }

    fn history(&mut self, at: &At<RawHistory>) -> Option<Condition> {
        let raw = &at.value;
        let mut tests = Vec::new();
        let age = raw.age_below.as_ref();
        tests.extend(
            age.and_then(|at| values::duration("age-below", at, self.diagnostics))
                .map(HistoryTest::AgeBelow),
        );
        let within = raw.within.as_ref();
        let within = within.map_or(Some(WINDOW), |at| values::duration("within", at, self.diagnostics))?;
        let mut count = |key, at: &Option<At<u64>>, test: fn(usize, Duration) -> HistoryTest| {
            let at = at.as_ref()?;
            let count = usize::try_from(at.value).ok().filter(|count| (2..=8).contains(count));
            if count.is_none() {
                let help = "it may be from 2 to 8: this visit is one of them, and seven before it are remembered";
                self.diagnostics
                    .error("out-of-range", at.span, format!("`{key}` is out of range"), help);
            }
            count.map(|count| test(count, within))
        };
        tests.extend(count("visits", &raw.visits, HistoryTest::Visits));
        tests.extend(count("networks", &raw.networks, HistoryTest::Networks));
        tests.extend(count("user-agents", &raw.user_agents, HistoryTest::UserAgents));
        tests.extend(count("links", &raw.links, HistoryTest::Links));
        tests.extend(raw.head_before.as_ref().map(|at| HistoryTest::HeadBefore(at.value)));
        tests.extend(
            raw.machine_before
                .as_ref()
                .map(|at| HistoryTest::MachineBefore(at.value)),
        );
        tests.extend(raw.pair.as_ref().map(|at| HistoryTest::Pair(at.value)));
        if tests.is_empty() && !self.diagnostics.has_errors() {
            let help = "add one, such as visits = 3, age-below = \"5s\" or head-before = true";
            self.diagnostics
                .error("missing-condition", at.span, "`history` asks nothing", help);
        }
        Some(Condition::History(tests.into()))
    }

    fn pattern(&mut self, at: &At<String>) -> Option<usize> {
        if at.value.is_empty() {
            let help = "for a missing user agent write user-agent-absent = true";
            self.diagnostics
                .error("pattern-empty", at.span, "an empty pattern matches every browser", help);
            return None;
        }
        let states = pattern::states(at, self.diagnostics)?;
        self.budget.pattern(states, at.span);
        if pattern::is_never(&at.value) {
            let help = "look at its character classes: one of them is empty";
            self.diagnostics
                .warning("never-matches", at.span, "no text matches this pattern", help);
        }
        self.patterns.push(at.value.clone());
        Some(self.patterns.len() - 1)
    }

    fn networks(&mut self, raw: &RawCondition) -> Vec<IpNet> {
        let mut networks = values::networks(&raw.network, self.diagnostics);
        if let Some(at) = raw.network.first() {
            self.budget.networks(networks.len(), at.span);
        }
        for list in &raw.network_file {
            let Some(file) = self.required("file", list.value.file.as_ref(), list.span) else {
                continue;
            };
            let form = self.required("format", list.value.format.as_ref(), list.span);
            let Some(form) = form.and_then(|form| self.word(&form, &Form::NAMES)) else {
                continue;
            };
            match (self.read_list)(file.span.file, &file.value).and_then(|text| form.read(&text)) {
                Ok(read) => {
                    self.budget.networks(read.len(), file.span);
                    networks.extend(read);
                }
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
}

/// How far counts look back where nothing else is said.
const WINDOW: Duration = Duration::from_secs(10);
/// How often `any`, `all` and `not` may stand in each other.
const DEPTH: usize = 8;
