//! What a signature asks of a visit.

use std::time::Duration;

use http::{HeaderName, Method, Version, header};
use regex::bytes::Regex;

use super::pattern;
use crate::visit::history::History;
use crate::visit::{Fact, Ja4, Visit};

/// Three-valued truth (Kleene): what was not recorded makes neither a match nor a miss. Ordered, so that "all" is the
/// least and "any" the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    No,
    /// It can't be told.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }

    /// The truth of something that may not have been recorded.
    #[must_use]
    pub const fn of(fact: Fact<bool>) -> Self {
        match fact {
            Fact::Known(true) => Self::Yes,
            Fact::Known(false) => Self::No,
            Fact::Unrecorded => Self::Unknown,
        }
    }
}

/// A condition, compiled. Numbers refer to the set's patterns and lists.
#[derive(Clone, Debug)]
pub enum Condition {
    /// One of the patterns matches the user agent; the numbers of the set's patterns.
    UserAgent(Vec<usize>),
    /// There is no user agent, or an empty one.
    UserAgentAbsent,
    /// The client's address stands in the list; the number of the set's list.
    Network(u32),
    /// The client's address belongs to one of these autonomous systems.
    Asn(Vec<u32>),
    /// The client's confirmed name is one of these, or lies below `*.name`.
    ReverseDns(Vec<String>),
    /// The method is one of these.
    Method(Vec<Method>),
    /// The HTTP version is one of these.
    HttpVersion(Vec<Version>),
    /// The TLS fingerprint (JA4) is one of these.
    Tls(Vec<Ja4>),
    /// A header field, and what is asked of it.
    Header(HeaderName, HeaderTest),
    /// What came before: all of these.
    History(Box<[HistoryTest]>),
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// What is asked of a header field.
#[derive(Clone, Debug)]
pub enum HeaderTest {
    /// It is there.
    Present,
    /// It is not.
    Absent,
    /// It is there, and its value matches.
    Matches(Regex),
}

/// What is asked of the visits before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryTest {
    /// The link is younger. Where its age is not known, it is not.
    AgeBelow(Duration),
    /// At least so many visits within the window, this one with them.
    Visits(usize, Duration),
    /// From at least so many networks.
    Networks(usize, Duration),
    /// At least so many user agents of its address.
    UserAgents(usize, Duration),
    /// Its address opened at least so many links.
    Links(usize, Duration),
    /// Whether a HEAD came before.
    HeadBefore(bool),
    /// Whether one that looked like a machine came before.
    MachineBefore(bool),
    /// Whether another came at the same time.
    Pair(bool),
}

impl HistoryTest {
    fn holds(self, history: &History) -> bool {
        match self {
            Self::AgeBelow(limit) => history.age().is_some_and(|age| age < limit),
            Self::Visits(count, within) => history.visits(within) >= count,
            Self::Networks(count, within) => history.networks(within) >= count,
            Self::UserAgents(count, within) => history.user_agents(within) >= count,
            Self::Links(count, within) => history.links(within) >= count,
            Self::HeadBefore(wanted) => history.head_before() == wanted,
            Self::MachineBefore(wanted) => history.machine_before() == wanted,
            Self::Pair(wanted) => history.pair() == wanted,
        }
    }
}

/// What the automaton and the ranges found for a visit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hits<'s> {
    pub(super) patterns: Fact<&'s [usize]>,
    pub(super) lists: Fact<&'s [u32]>,
}

impl Condition {
    /// Whether it holds for a visit.
    pub(super) fn holds(&self, visit: &Visit<'_>, hits: &Hits<'_>) -> Truth {
        match self {
            Self::UserAgent(patterns) => Truth::of(
                hits.patterns
                    .map(|hit| patterns.iter().any(|pattern| hit.binary_search(pattern).is_ok())),
            ),
            Self::UserAgentAbsent => Truth::of(
                visit
                    .headers
                    .get(header::USER_AGENT)
                    .map(|agent| agent.is_none_or(|agent| agent.trim().is_empty())),
            ),
            Self::Network(list) => Truth::of(hits.lists.map(|lists| lists.binary_search(list).is_ok())),
            Self::Asn(systems) => Truth::of(visit.asn.map(|asn| systems.contains(&asn))),
            Self::ReverseDns(names) => {
                Truth::of(visit.reverse_dns.map(|name| names.iter().any(|own| lies_in(name, own))))
            }
            Self::Method(methods) => Truth::of(Fact::Known(methods.contains(visit.method))),
            Self::HttpVersion(versions) => Truth::of(visit.version.map(|version| versions.contains(&version))),
            Self::Tls(prints) => Truth::of(
                visit
                    .tls
                    .map(|print| print.is_some_and(|print| prints.iter().any(|own| own.as_str() == print))),
            ),
            Self::Header(name, test) => Truth::of(match test {
                HeaderTest::Present => visit.headers.has(name),
                HeaderTest::Absent => visit.headers.has(name).map(|present| !present),
                HeaderTest::Matches(regex) => {
                    let value = visit.headers.get(name);
                    value.map(|value| value.is_some_and(|value| pattern::matches(regex, value)))
                }
            }),
            Self::History(tests) => Truth::of(
                visit
                    .history
                    .map(|history| tests.iter().all(|test| test.holds(history))),
            ),
            Self::All(all) => all.iter().map(|one| one.holds(visit, hits)).min().unwrap_or(Truth::Yes),
            Self::Any(any) => any.iter().map(|one| one.holds(visit, hits)).max().unwrap_or(Truth::No),
            Self::Not(inner) => inner.holds(visit, hits).not(),
        }
    }

    /// Patterns, lists and fields of which at least one must be there for this to hold; `None` where it may hold without.
    pub(super) fn keys(&self) -> Option<Vec<Key>> {
        match self {
            Self::UserAgent(patterns) => Some(patterns.iter().map(|pattern| Key::Pattern(*pattern)).collect()),
            Self::Network(list) => Some(vec![Key::List(*list)]),
            Self::Header(name, HeaderTest::Present | HeaderTest::Matches(_)) => Some(vec![Key::Field(name.clone())]),
            // Many requests have the field; few have the name or the address.
            Self::All(all) => all
                .iter()
                .filter_map(Self::keys)
                .min_by_key(|keys| (keys.iter().any(Key::is_field), keys.len())),
            Self::Any(any) => any
                .iter()
                .map(Self::keys)
                .collect::<Option<Vec<_>>>()
                .map(|keys| keys.concat()),
            Self::UserAgentAbsent
            | Self::Asn(_)
            | Self::ReverseDns(_)
            | Self::Method(_)
            | Self::HttpVersion(_)
            | Self::Tls(_)
            | Self::Header(_, HeaderTest::Absent)
            | Self::History(_)
            | Self::Not(_) => None,
        }
    }

    /// Whether it asks, anywhere in it, something that `is_asked` knows.
    pub(super) fn asks(&self, is_asked: fn(&Self) -> bool) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|one| one.asks(is_asked)),
            Self::Not(inner) => inner.asks(is_asked),
            other => is_asked(other),
        }
    }

    /// Whether it asks where the client is.
    pub(super) fn asks_network(&self) -> bool {
        match self {
            Self::Network(_) | Self::Asn(_) | Self::ReverseDns(_) => true,
            Self::All(all) => all.iter().any(Self::asks_network),
            Self::Any(any) => !any.is_empty() && any.iter().all(Self::asks_network),
            Self::UserAgent(_)
            | Self::UserAgentAbsent
            | Self::Method(_)
            | Self::HttpVersion(_)
            | Self::Tls(_)
            | Self::Header(..)
            | Self::History(_)
            | Self::Not(_) => false,
        }
    }
}

/// Something whose hit makes a signature worth looking at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Pattern(usize),
    List(u32),
    Field(HeaderName),
}

impl Key {
    const fn is_field(&self) -> bool {
        matches!(self, Self::Field(_))
    }
}

/// Compared label by label, without case: `*.example.com` does not hold `badexample.com`.
pub(super) fn lies_in(name: &str, own: &str) -> bool {
    let name = name.trim_end_matches('.');
    match own.strip_prefix("*.") {
        Some(zone) => {
            let tail = name.len().checked_sub(zone.len()).and_then(|at| name.get(at..));
            let dot = name.len().checked_sub(zone.len() + 1).and_then(|at| name.get(at..=at));
            dot == Some(".") && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(zone))
        }
        None => !name.is_empty() && name.eq_ignore_ascii_case(own),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::visit::VisitBuf;

    #[test]
    fn names_are_compared_by_labels() {
        assert!(lies_in("a.search.msn.com.", "*.search.msn.com"));
        assert!(lies_in("SEARCH.msn.com", "search.msn.com"));
        for other in ["search.msn.com", "xsearch.msn.com", "search.msn.com.evil.example", ""] {
            assert!(!lies_in(other, "*.search.msn.com"), "{other}");
        }
    }

    #[test]
    fn a_field_whose_value_is_not_recorded_is_there() {
        let mut visit = VisitBuf::ordinary();
        visit.set("x-scan", "1");
        visit.values.retain(|(name, _)| name != "x-scan");
        let hits = Hits {
            patterns: Fact::Known(&[]),
            lists: Fact::Known(&[]),
        };
        let holds = |name: &str, test| {
            Condition::Header(HeaderName::from_bytes(name.as_bytes()).unwrap(), test).holds(&visit.as_visit(), &hits)
        };
        let pattern = || HeaderTest::Matches(Regex::new("1").unwrap());
        assert_eq!(holds("x-scan", HeaderTest::Present), Truth::Yes);
        assert_eq!(holds("x-scan", HeaderTest::Absent), Truth::No);
        assert_eq!(holds("x-scan", pattern()), Truth::Unknown);
        assert_eq!(holds("x-other", pattern()), Truth::No);
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let visit = VisitBuf {
            asn: Fact::Unrecorded,
            ..VisitBuf::ordinary()
        };
        let visit = visit.as_visit();
        let hits = Hits {
            patterns: Fact::Known(&[]),
            lists: Fact::Known(&[]),
        };
        let (unknown, yes, no) = (
            Condition::Asn(vec![1]),
            Condition::Method(vec![Method::GET]),
            Condition::Method(vec![Method::HEAD]),
        );
        let holds = |condition: Condition| condition.holds(&visit, &hits);
        assert_eq!(holds(unknown.clone()), Truth::Unknown);
        assert_eq!(holds(Condition::Not(Box::new(unknown.clone()))), Truth::Unknown);
        assert_eq!(holds(Condition::All(vec![unknown.clone(), no.clone()])), Truth::No);
        assert_eq!(
            holds(Condition::All(vec![unknown.clone(), yes.clone()])),
            Truth::Unknown
        );
        assert_eq!(holds(Condition::Any(vec![unknown.clone(), yes])), Truth::Yes);
        assert_eq!(holds(Condition::Any(vec![unknown, no])), Truth::Unknown);
    }

    const PRINT: &str = "t13d1516h2_8daaf6152771_02713d6af862";

    /// A visit of which the first three facts may not be recorded.
    fn visit(facts: [Option<bool>; 3], head: bool) -> VisitBuf {
        let fact = |value: Option<bool>| value.map_or(Fact::Unrecorded, Fact::Known);
        VisitBuf {
            method: if head { Method::HEAD } else { Method::GET },
            asn: fact(facts[0]).map(u32::from),
            reverse_dns: fact(facts[1]).map(|is| if is { "a.example" } else { "" }.to_owned()),
            tls: fact(facts[2]).map(|is| is.then(|| PRINT.parse().unwrap())),
            ..VisitBuf::ordinary()
        }
    }

    fn condition() -> impl Strategy<Value = Condition> {
        let plain = prop_oneof![
            Just(Condition::Asn(vec![1])),
            Just(Condition::ReverseDns(vec!["a.example".to_owned()])),
            Just(Condition::Tls(vec![PRINT.parse().unwrap()])),
            Just(Condition::Method(vec![Method::HEAD])),
        ];
        plain.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
                inner.prop_map(|inner| Condition::Not(Box::new(inner))),
            ]
        })
    }

    /// Two-valued logic, where everything is known.
    fn plainly(condition: &Condition, facts: [bool; 3], head: bool) -> bool {
        match condition {
            Condition::Asn(_) => facts[0],
            Condition::ReverseDns(_) => facts[1],
            Condition::Tls(_) => facts[2],
            Condition::All(all) => all.iter().all(|one| plainly(one, facts, head)),
            Condition::Any(any) => any.iter().any(|one| plainly(one, facts, head)),
            Condition::Not(inner) => !plainly(inner, facts, head),
            _ => head,
        }
    }

    proptest! {
        #[test]
        fn what_is_told_holds_whatever_the_unknown_turns_out_to_be(
            condition in condition(),
            facts in any::<[Option<bool>; 3]>(),
            head in any::<bool>(),
        ) {
            let hits = Hits { patterns: Fact::Known(&[]), lists: Fact::Known(&[]) };
            let told = condition.holds(&visit(facts, head).as_visit(), &hits);
            let possible = (0..8).map(|bits| [0, 1, 2].map(|at| bits >> at & 1 == 1)).filter(|whole| {
                facts.iter().zip(whole).all(|(fact, value)| fact.is_none_or(|fact| fact == *value))
            });
            let answers: Vec<bool> = possible.map(|whole| plainly(&condition, whole, head)).collect();
            match told {
                Truth::Yes => prop_assert!(answers.iter().all(|answer| *answer)),
                Truth::No => prop_assert!(!answers.iter().any(|answer| *answer)),
                Truth::Unknown => prop_assert!(facts.contains(&None)),
            }
        }
    }
}
