//! Conditions that no visit fulfils: said only where it is certain.

use std::cell::OnceCell;

use ipnet::IpNet;

use super::ranges::Ranges;
use crate::signatures::condition::{Condition, HeaderTest, HistoryTest};
use crate::signatures::pattern;

/// What the numbers in conditions stand for.
pub(in crate::signatures) struct Meanings<'m> {
    patterns: &'m [String],
    lists: Vec<(&'m [IpNet], OnceCell<Ranges>)>,
}

/// A condition, and whether it is wanted or excluded.
type Wanted<'c> = (&'c Condition, bool);

impl<'m> Meanings<'m> {
    /// Those of a set.
    pub(in crate::signatures) fn new(patterns: &'m [String], lists: &'m [Vec<IpNet>]) -> Self {
        let lists = lists.iter().map(|list| (list.as_slice(), OnceCell::new())).collect();
        Self { patterns, lists }
    }

    /// The addresses of a list; `None` for very long ones.
    pub(super) fn addresses(&self, list: u32) -> Option<&Ranges> {
        let (list, ranges) = self.lists.get(list as usize)?;
        (list.len() <= LONG).then(|| ranges.get_or_init(|| Ranges::of(list)))
    }

    /// The texts of some patterns.
    pub(super) fn texts(&self, numbers: &[usize]) -> Vec<&'m str> {
        let texts = numbers.iter().filter_map(|number| self.patterns.get(*number));
        texts.map(String::as_str).collect()
    }

    /// Whether it is certain that no visit fulfils all that is wanted and nothing that is excluded.
    pub(in crate::signatures) fn is_impossible(&self, wanted: &[Wanted<'_>]) -> bool {
        self.closes(wanted.to_vec(), Vec::new(), Vec::new(), &mut { STEPS })
    }

    /// A tableau: what must hold together is collected, and of each choice every branch must fail.
    fn closes<'c>(
        &self,
        mut open: Vec<Wanted<'c>>,
        mut plain: Vec<Wanted<'c>>,
        mut choices: Vec<(&'c [Condition], bool)>,
        steps: &mut usize,
    ) -> bool {
        while let Some((condition, wanted)) = open.pop() {
            let Some(left) = steps.checked_sub(1) else { return false };
            *steps = left;
            match (condition, wanted) {
                (Condition::Not(inner), _) => open.push((inner, !wanted)),
                (Condition::All(all), true) | (Condition::Any(all), false) => {
                    open.extend(all.iter().map(|one| (one, wanted)));
                }
                (Condition::All(some), false) | (Condition::Any(some), true) => choices.push((some, wanted)),
                (_, _) => plain.push((condition, wanted)),
            }
        }
        if self.contradict(&plain) {
            return true;
        }
        let Some((some, wanted)) = choices.pop() else {
            return false;
        };
        some.iter()
            .all(|one| self.closes(vec![(one, wanted)], plain.clone(), choices.clone(), steps))
    }

    fn contradict(&self, plain: &[Wanted<'_>]) -> bool {
        empty(plain, |one| match one {
            Condition::Method(methods) => Some(methods),
            _ => None,
        }) || empty(plain, |one| match one {
            Condition::HttpVersion(versions) => Some(versions),
            _ => None,
        }) || empty(plain, |one| match one {
            Condition::Asn(systems) => Some(systems),
            _ => None,
        }) || empty(plain, |one| match one {
            Condition::Tls(prints) => Some(prints),
            _ => None,
        }) || self.nowhere(plain)
            || plain.iter().any(|one| self.is_void(*one))
            || pairs(plain).any(|(one, other)| self.exclude(one, other))
    }

    /// Whether no address is left.
    fn nowhere(&self, plain: &[Wanted<'_>]) -> bool {
        let mut left = Ranges::all();
        for (condition, wanted) in plain {
            if let Condition::Network(list) = condition
                && let Some(addresses) = self.addresses(*list)
            {
                left = if *wanted {
                    left.within(addresses)
                } else {
                    left.without(addresses)
                };
            }
        }
        left.is_empty()
    }

    /// Whether a condition is excluded that always holds.
    fn is_void(&self, (condition, wanted): Wanted<'_>) -> bool {
        match condition {
            Condition::UserAgent(numbers) if !wanted => self.texts(numbers).into_iter().any(pattern::is_always),
            _ => false,
        }
    }

    /// Whether one excludes the other, in this order.
    fn exclude(&self, (one, is_wanted): Wanted<'_>, (other, other_wanted): Wanted<'_>) -> bool {
        match (one, other) {
            (Condition::UserAgentAbsent, Condition::UserAgentAbsent) => is_wanted != other_wanted,
            (Condition::UserAgentAbsent, Condition::UserAgent(numbers)) => {
                let blank = self.texts(numbers).into_iter().any(pattern::may_be_blank);
                is_wanted && other_wanted && !blank
            }
            (Condition::UserAgent(ours), Condition::UserAgent(theirs)) => {
                is_wanted && !other_wanted && among(&self.texts(ours), &self.texts(theirs))
            }
            (Condition::Header(name, test), Condition::Header(other_name, other_test)) if name == other_name => {
                headers_exclude((test, is_wanted), (other_test, other_wanted))
            }
            (Condition::Header(name, test), Condition::UserAgentAbsent) if name == "user-agent" => match test {
                HeaderTest::Absent => is_wanted && !other_wanted,
                HeaderTest::Present => false,
                HeaderTest::Matches(regex) => is_wanted && other_wanted && !pattern::may_be_blank(regex.as_str()),
            },
            (Condition::Header(name, test), Condition::UserAgent(numbers)) if name == "user-agent" => {
                let blank = self.texts(numbers).into_iter().any(pattern::may_be_blank);
                matches!(test, HeaderTest::Absent) && is_wanted && other_wanted && !blank
            }
            (Condition::ReverseDns(ours), Condition::ReverseDns(theirs)) => match (is_wanted, other_wanted) {
                (true, true) => !ours.iter().any(|name| theirs.iter().any(|other| may_meet(name, other))),
                (true, false) => among(ours, theirs),
                (false, _) => false,
            },
            (Condition::History(ours), Condition::History(theirs)) => match (is_wanted, other_wanted) {
                (true, true) => ours
                    .iter()
                    .any(|test| opposite(*test).is_some_and(|opposite| theirs.contains(&opposite))),
                (true, false) => among(theirs, ours),
                (false, _) => false,
            },
            _ => false,
        }
    }
}

/// Whether of the values that are wanted none is left.
fn empty<'c, T: PartialEq + 'c>(plain: &[Wanted<'c>], values: impl Fn(&'c Condition) -> Option<&'c Vec<T>>) -> bool {
    let mut wanted = plain.iter().filter(|(_, wanted)| *wanted);
    let Some(first) = wanted.find_map(|(condition, _)| values(condition)) else {
        return false;
    };
    !first.iter().any(|value| {
        plain
            .iter()
            .all(|(condition, wanted)| values(condition).is_none_or(|values| values.contains(value) == *wanted))
    })
}

/// All pairs, each in both orders.
fn pairs<'p, 'c>(plain: &'p [Wanted<'c>]) -> impl Iterator<Item = (Wanted<'c>, Wanted<'c>)> + use<'p, 'c> {
    plain.iter().enumerate().flat_map(move |(at, one)| {
        let others = plain.iter().enumerate().filter(move |(other, _)| *other != at);
        others.map(move |(_, other)| (*one, *other))
    })
}

fn among<T: PartialEq>(ours: &[T], theirs: &[T]) -> bool {
    ours.iter().all(|one| theirs.contains(one))
}

fn headers_exclude(one: (&HeaderTest, bool), other: (&HeaderTest, bool)) -> bool {
    let is_absent = |(test, wanted): (&HeaderTest, bool)| {
        matches!(
            (test, wanted),
            (HeaderTest::Absent, true) | (HeaderTest::Present, false)
        )
    };
    let is_there = |(test, wanted): (&HeaderTest, bool)| {
        matches!(
            (test, wanted),
            (HeaderTest::Present | HeaderTest::Matches(_), true) | (HeaderTest::Absent, false)
        )
    };
    let same_pattern = match (one.0, other.0) {
        (HeaderTest::Matches(ours), HeaderTest::Matches(theirs)) => ours.as_str() == theirs.as_str(),
        _ => false,
    };
    (is_absent(one) && is_there(other)) || (same_pattern && one.1 != other.1)
}

/// Whether some name may be both.
fn may_meet(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim_start_matches("*.").trim_end_matches('.').to_ascii_lowercase();
    let (one, other) = (bare(one), bare(other));
    one.ends_with(&other) || other.ends_with(&one)
}

const fn opposite(test: HistoryTest) -> Option<HistoryTest> {
    match test {
        HistoryTest::HeadBefore(wanted) => Some(HistoryTest::HeadBefore(!wanted)),
        HistoryTest::MachineBefore(wanted) => Some(HistoryTest::MachineBefore(!wanted)),
        HistoryTest::Pair(wanted) => Some(HistoryTest::Pair(!wanted)),
        HistoryTest::AgeBelow(_)
        | HistoryTest::Visits(..)
        | HistoryTest::Networks(..)
        | HistoryTest::UserAgents(..)
        | HistoryTest::Links(..) => None,
    }
}

/// Conditions looked at before it is left open.
const STEPS: usize = 2000;
/// Networks of a list that is compared with others.
const LONG: usize = 20_000;
