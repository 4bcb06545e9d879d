//! Why a signature matches a visit, or does not: its conditions, each with what it asks and what the visit has.
//!
//! Every truth here is [`Condition::holds`]'s own, so that what is explained is what was decided.

use std::fmt::Display;

use http::Version;
use ipnet::IpNet;
use regex::bytes::Regex;

use super::condition::{Condition, HeaderTest, HistoryTest, Hits, Truth, lies_in};
use super::{Signature, Signatures, pattern};
use crate::visit::history::History;
use crate::visit::{Visit, version_name};

/// One condition, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Whether it holds.
    pub truth: Truth,
    /// Its name, as in signature files.
    pub name: String,
    /// What it asks; of alternatives the one that hit, else all of them.
    pub asks: Vec<String>,
    /// The part of the visit that hit, else all that the visit has there; absent where it has nothing.
    pub seen: Option<String>,
    /// The conditions in it.
    pub parts: Vec<Self>,
}

impl Reason {
    /// The conditions that made the whole come out as it did.
    #[must_use]
    pub fn decisive(&self) -> Vec<&Self> {
        if self.parts.is_empty() || self.name == NOT {
            return vec![self];
        }
        let parts = self.parts.iter().filter(|part| part.truth == self.truth);
        parts.flat_map(Self::decisive).collect()
    }

    /// The single conditions in it.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Self> {
        if self.parts.is_empty() {
            return vec![self];
        }
        self.parts.iter().flat_map(Self::leaves).collect()
    }

    /// What a condition needs that was not recorded, for people.
    #[must_use]
    pub fn missing(&self) -> String {
        let name = match self.name.as_str() {
            "user-agent" | "user-agent-absent" => "the user agent",
            "network" => "the client's address",
            "asn" => "the autonomous system of the client's address",
            "reverse-dns" => "the name of the client's address",
            "http-version" => "the HTTP version",
            "tls" => "the TLS fingerprint",
            "history" => "what came before it",
            other => {
                return match other.strip_prefix("header ") {
                    Some(field) => format!("the field {field}"),
                    None => other.to_owned(),
                };
            }
        };
        name.to_owned()
    }
}

impl Signatures {
    /// A signature's conditions, and what became of each for a visit.
    #[must_use]
    pub fn explain(&self, signature: &Signature, visit: &Visit<'_>) -> Reason {
        let agent = self.agent_hits(visit);
        self.reason(&signature.condition, visit, &self.hits(visit, &agent))
    }

    fn reason(&self, condition: &Condition, visit: &Visit<'_>, hits: &Hits<'_>) -> Reason {
        let several = |name: &str, parts: &[Condition]| Reason {
            truth: condition.holds(visit, hits),
            name: name.to_owned(),
            asks: Vec::new(),
            seen: None,
            parts: parts.iter().map(|part| self.reason(part, visit, hits)).collect(),
        };
        match condition {
            Condition::All(parts) => several("all", parts),
            Condition::Any(parts) => several("any", parts),
            Condition::Not(inner) => several(NOT, std::slice::from_ref(inner)),
            Condition::UserAgent(_)
            | Condition::UserAgentAbsent
            | Condition::Network(_)
            | Condition::Asn(_)
            | Condition::ReverseDns(_)
            | Condition::Method(_)
            | Condition::HttpVersion(_)
            | Condition::Tls(_)
            | Condition::Header(..)
            | Condition::History(_) => {
                let truth = condition.holds(visit, hits);
                let (name, asks, seen) = self.leaf(condition, visit, hits, truth == Truth::Yes);
                Reason {
                    truth,
                    name,
                    asks,
                    seen,
                    parts: Vec::new(),
                }
            }
        }
    }

    /// A single condition's name, what it asks, and what of the visit that is about.
    fn leaf(&self, condition: &Condition, visit: &Visit<'_>, hits: &Hits<'_>, hit: bool) -> Leaf {
        let agent = visit.header("user-agent");
        match condition {
            Condition::UserAgent(patterns) => self.agent_leaf(patterns, agent, hits, hit),
            Condition::UserAgentAbsent => leaf("user-agent-absent", Vec::new(), agent),
            Condition::Network(list) => {
                let list = self.written.lists.get(*list as usize).map_or(&[][..], Vec::as_slice);
                let client = visit.client.known().map(|client| client.to_canonical());
                let holds = |network: &IpNet| client.is_some_and(|client| network.contains(&client));
                leaf("network", alternatives(list, hit, holds, network_name), client)
            }
            Condition::Asn(systems) => {
                let asn = visit.asn.known();
                let asks = alternatives(systems, hit, |own| asn == Some(*own), ToString::to_string);
                leaf("asn", asks, asn)
            }
            Condition::ReverseDns(names) => {
                let name = visit.reverse_dns.known();
                let holds = |own: &String| name.is_some_and(|name| lies_in(name, own));
                leaf("reverse-dns", alternatives(names, hit, holds, Clone::clone), name)
            }
            Condition::Method(methods) => {
                let asks = alternatives(methods, hit, |own| own == visit.method, ToString::to_string);
                leaf("method", asks, Some(visit.method))
            }
            Condition::HttpVersion(versions) => {
                let version = visit.version.known();
                let shown = |version: &Version| version_name(*version).to_owned();
                let asks = alternatives(versions, hit, |own| version == Some(*own), shown);
                leaf("http-version", asks, version.map(version_name))
            }
            Condition::Tls(prints) => {
                let print = visit.tls.known().flatten();
                let asks = alternatives(prints, hit, |own| Some(own.as_str()) == print, ToString::to_string);
                leaf("tls", asks, print)
            }
            Condition::Header(name, test) => {
                let value = visit.headers.get(name).known().flatten();
                let (asks, regex) = match test {
                    HeaderTest::Present => ("is there", None),
                    HeaderTest::Absent => ("is not there", None),
                    HeaderTest::Matches(regex) => (regex.as_str(), Some(regex)),
                };
                (
                    format!("header {name}"),
                    vec![asks.to_owned()],
                    part(regex.filter(|_| hit), value),
                )
            }
            Condition::History(tests) => {
                let asks: Vec<_> = tests.iter().map(|test| asked(*test)).collect();
                let history = visit.history.known();
                let seen = history.map(|history| tests.iter().map(|test| had(*test, history)).collect::<Vec<_>>());
                leaf("history", vec![asks.join(", ")], seen.map(|seen| seen.join(", ")))
            }
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => leaf("", Vec::new(), None::<&str>),
        }
    }

    fn agent_leaf(&self, patterns: &[usize], agent: Option<&str>, hits: &Hits<'_>, hit: bool) -> Leaf {
        let hitting = hits.patterns.known().unwrap_or_default();
        let written = |place: &usize| self.written.patterns.get(*place).cloned().unwrap_or_default();
        let asks = alternatives(patterns, hit, |place| hitting.binary_search(place).is_ok(), written);
        let first = asks.first().filter(|_| hit);
        let regex = first.and_then(|written| pattern::alone(written));
        ("user-agent".to_owned(), asks, part(regex.as_ref(), agent))
    }
}

/// Name, what is asked, what is seen.
type Leaf = (String, Vec<String>, Option<String>);

fn leaf(name: &str, asks: Vec<String>, seen: Option<impl Display>) -> Leaf {
    (name.to_owned(), asks, seen.map(|seen| seen.to_string()))
}

/// What is asked: the alternative that hit, or all of them.
fn alternatives<T>(all: &[T], hit: bool, holds: impl Fn(&T) -> bool, written: impl Fn(&T) -> String) -> Vec<String> {
    let one = all.iter().find(|one| hit && holds(one));
    match one {
        Some(one) => vec![written(one)],
        None => all.iter().map(written).collect(),
    }
}

/// A test of what came before, as signature files write it.
fn asked(test: HistoryTest) -> String {
    match test {
        HistoryTest::AgeBelow(limit) => format!("age below {limit:?}"),
        HistoryTest::Visits(count, within) => format!("{count} visits within {within:?}"),
        HistoryTest::Networks(count, within) => format!("{count} networks within {within:?}"),
        HistoryTest::UserAgents(count, within) => format!("{count} user agents within {within:?}"),
        HistoryTest::Links(count, within) => format!("{count} links within {within:?}"),
        HistoryTest::HeadBefore(wanted) => format!("head-before = {wanted}"),
        HistoryTest::MachineBefore(wanted) => format!("machine-before = {wanted}"),
        HistoryTest::Pair(wanted) => format!("pair = {wanted}"),
    }
}

/// What a visit has of what a test asks.
fn had(test: HistoryTest, history: &History) -> String {
    match test {
        HistoryTest::AgeBelow(_) => match history.age() {
            Some(age) => format!("age {age:?}"),
            None => "age unknown".to_owned(),
        },
        HistoryTest::Visits(_, within) => format!("visits {}", history.visits(within)),
        HistoryTest::Networks(_, within) => format!("networks {}", history.networks(within)),
        HistoryTest::UserAgents(_, within) => format!("user agents {}", history.user_agents(within)),
        HistoryTest::Links(_, within) => format!("links {}", history.links(within)),
        HistoryTest::HeadBefore(_) => history.head_before().to_string(),
        HistoryTest::MachineBefore(_) => history.machine_before().to_string(),
        HistoryTest::Pair(_) => history.pair().to_string(),
    }
}

/// A single address without its length.
fn network_name(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

/// The part of a text that a pattern matches; all of it without a pattern.
fn part(regex: Option<&Regex>, text: Option<&str>) -> Option<String> {
    let found = |text: &str| regex.and_then(|regex| pattern::found(regex, text));
    text.map(|text| found(text).unwrap_or_else(|| text.to_owned()))
}

const NOT: &str = "not";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Diagnostics, SourceMap};
    use crate::signatures::{SourceFile, compile};
    use crate::visit::{Fact, VisitBuf};

    fn set(conditions: &str) -> Signatures {
        let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
        let text = format!(
            "[[signature]]\nid = \"one\"\ntitle = \"t\"\nconfidence = \"hint\"\nkind = \"library\"\nsource = [\"s\"]\n\
             seen = 2026-08-11\n{conditions}\n"
        );
        let file = sources.add("one.toml", text);
        let files = [SourceFile { file, layer: 0 }];
        let mut no_lists = |_, _: &str| Err(String::new());
        let today = jiff::civil::date(2026, 11, 26);
        let set = compile(&files, &sources, &mut no_lists, today, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{conditions}");
        set
    }

    fn visit(agent: &str) -> VisitBuf {
        let mut visit = VisitBuf::ordinary();
        visit.set("user-agent", agent);
        VisitBuf {
            asn: Fact::Unrecorded,
            ..visit
        }
    }

    #[test]
    fn the_alternative_that_hit_and_its_text_are_named() {
        let set = set("user-agent = ['wget', 'curl/\\d+']\nnetwork = [\"192.0.2.0/24\", \"198.51.100.0/24\"]");
        let reason = set.explain(&set.entries()[0], &visit("x curl/88 y").as_visit());
        let shown: Vec<_> = reason
            .decisive()
            .iter()
            .map(|leaf| (leaf.name.as_str(), leaf.asks.join(" "), leaf.seen.clone().unwrap()))
            .collect();
        let expected = [
            ("user-agent", "curl/\\d+".to_owned(), "curl/88".to_owned()),
            ("network", "198.51.100.0/24".to_owned(), "198.51.100.1".to_owned()),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_part_has_its_own_truth_and_the_whole_is_what_find_says() {
        let set = set(
            "user-agent = ['curl']\nany = [{ asn = [64496] }, { method = [\"HEAD\"] }]\nnot = [{ method = [\"POST\"] }]",
        );
        let entry = &set.entries()[0];
        for (agent, expected) in [("curl", Truth::Unknown), ("other", Truth::No)] {
            let visit = visit(agent);
            let reason = set.explain(entry, &visit.as_visit());
            assert_eq!(
                (reason.truth, set.holds(entry, &visit.as_visit())),
                (expected, expected)
            );
        }
        let reason = set.explain(entry, &visit("curl").as_visit());
        let decisive = reason.decisive();
        assert_eq!(decisive.len(), 1);
        assert_eq!(decisive[0].missing(), "the autonomous system of the client's address");
        let truths: Vec<_> = reason.parts.iter().map(|part| part.truth).collect();
        assert_eq!(truths, [Truth::Yes, Truth::Unknown, Truth::Yes]);
    }
}
