//! What came before a recorded visit: the fold of `visit::history` over a log, with its own clock.

use std::collections::HashMap;
use std::hash::Hash;

use crate::gate::Gate;
use crate::gate::keys::LinkId;
use crate::gate::verdict::Verdict;
use crate::signatures::{AgentHits, Found};
use crate::time::Timestamp;
use crate::visit::history::{Digest, History, Mark, Track, Trail};
use crate::visit::{Fact, Visit};

/// A gate and what it remembers: it judges the visits of a log, oldest first, as `serve` judged them.
#[derive(Debug)]
pub struct Past<'g> {
    /// The gate.
    pub gate: &'g Gate,
    tracks: Recent<LinkId, Kept<Track>>,
    trails: Recent<Digest, Kept<Trail>>,
}

/// Something, and when it was last written.
#[derive(Clone, Copy, Debug)]
struct Kept<T> {
    value: T,
    at: Timestamp,
}

/// One recorded visit in its place.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'v> {
    /// The visit, as far as it was recorded.
    pub visit: Visit<'v>,
    /// What is remembered of it.
    pub mark: Mark,
    /// Its link.
    pub link: LinkId,
    /// When its link was issued, where that is known.
    pub issued: Option<Timestamp>,
}

impl<'g> Past<'g> {
    /// A gate that remembers nothing yet, and at most so many links.
    #[must_use]
    pub fn new(gate: &'g Gate, entries: usize) -> Self {
        Self {
            gate,
            tracks: Recent::new(entries),
            trails: Recent::new(entries),
        }
    }

    /// Judges a visit with what came before it, and remembers it for those after it.
    pub fn judge(&mut self, moment: &Moment<'_>, agent: &AgentHits) -> (Found<'g>, Verdict) {
        let history = self.history(moment);
        let visit = Visit {
            history: Fact::Known(&history),
            ..moment.visit
        };
        let found = self.gate.find_with(&visit, agent);
        let verdict = self.gate.judge_found(&visit, &found);
        if visit.counts() {
            self.remember(moment, &history, verdict.is_machine());
        }
        (found, verdict)
    }

    /// What came before a visit.
    pub fn history(&mut self, moment: &Moment<'_>) -> History {
        let Moment { mark, link, issued, .. } = *moment;
        let track = self
            .tracks
            .get(&link)
            .filter(|kept| mark.at.since(kept.at) < Track::LIFE);
        let track = track.map(|kept| kept.value).unwrap_or_default();
        let address = mark.address.known();
        let trail = address.and_then(|address| self.trails.get(&address));
        let trail = trail.filter(|kept| mark.at.since(kept.at) < Trail::LIFE);
        History {
            mark,
            track,
            trail: trail.map(|kept| kept.value).unwrap_or_default(),
            link: link.digest(),
            issued,
        }
    }

    fn remember(&mut self, moment: &Moment<'_>, before: &History, machine: bool) {
        let Moment { mark, link, .. } = *moment;
        let mut track = before.track.after(mark);
        if machine {
            track = track.suspected(&mark);
        }
        self.tracks.insert(
            link,
            Kept {
                value: track,
                at: mark.at,
            },
        );
        if let Fact::Known(address) = mark.address {
            let trail = before.trail.after(link.digest(), mark);
            self.trails.insert(
                address,
                Kept {
                    value: trail,
                    at: mark.at,
                },
            );
        }
    }
}

/// A bounded map that forgets what was not looked at for longest, half of it at a time.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    pub(super) fn new(entries: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            half: (entries / 2).max(1),
        }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(super) fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let known = self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.entry(key).or_insert_with(|| known.unwrap_or_else(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_what_was_not_looked_at_for_longest() {
        let mut recent = Recent::new(4);
        for key in 0..100 {
            recent.insert(key, key);
            assert_eq!(recent.get(&0).copied(), Some(0), "it is looked at all the time");
            assert!(recent.young.len() + recent.old.len() <= 4);
        }
        assert_eq!((recent.get(&99).copied(), recent.get(&50)), (Some(99), None));
        assert_eq!(*recent.or_insert_with(0, || 7), 0);
        assert_eq!(*recent.or_insert_with(50, || 7), 7);
    }
}
