//! What came before a recorded visit: the fold of `visit::history` over a log, with its own clock.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use super::likeness::Seed;
use crate::gate::Gate;
use crate::gate::checks::Check;
use crate::gate::keys::LinkId;
use crate::gate::verdict::{Recalled, Verdict};
use crate::signatures::{AgentHits, Found};
use crate::time::Timestamp;
use crate::visit::history::{Digest, History, Mark, Track, Trail};
use crate::visit::{Fact, Visit};

/// Gates and what they remember: they judge the visits of a log, oldest first, as `serve` judged them. They differ in
/// what looked like a machine to them, and in nothing else.
#[derive(Debug)]
pub struct Past<'g, const GATES: usize = 1> {
    /// The gates.
    pub gates: [&'g Gate; GATES],
    tracks: Recent<LinkId, Kept<[Track; GATES]>>,
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
    /// What was found then, as far as it is known.
    pub recalled: Recalled<'v>,
}

impl<'g, const GATES: usize> Past<'g, GATES> {
    /// Gates that remember nothing yet, and at most so many links.
    #[must_use]
    pub fn new(gates: [&'g Gate; GATES], entries: usize) -> Self {
        Self {
            gates,
            tracks: Recent::new(entries),
            trails: Recent::new(entries),
        }
    }

    /// Judges a visit with what came before it, and remembers it for those after it.
    pub fn judge(&mut self, moment: &Moment<'_>, agents: [&AgentHits; GATES]) -> [(Found<'g>, Verdict); GATES] {
        let Moment { mark, link, .. } = *moment;
        let before = self.history(moment);
        let judged = std::array::from_fn(|number| {
            let visit = Visit {
                history: Fact::Known(&before[number]),
                ..moment.visit
            };
            let found = self.gates[number].find_with(&visit, agents[number], moment.recalled);
            let verdict = self.gates[number].judge_found(&visit, &found, moment.recalled);
            (found, verdict)
        });
        // What fetches ahead is found as such, even where the log has its field only in part.
        let ahead = |(_, verdict): &(Found<'_>, Verdict)| verdict.has(Check::Prefetch);
        if moment.visit.counts() && !judged.first().is_some_and(ahead) {
            let tracks = std::array::from_fn(|number| {
                let (_, verdict): &(Found<'_>, Verdict) = &judged[number];
                let mark = Mark {
                    score: verdict.machine_score(),
                    ..mark
                };
                let track = before[number].track.after(mark);
                if verdict.is_machine() {
                    track.suspected(&mark)
                } else {
                    track
                }
            });
            let at = mark.at;
            self.tracks.insert(link, Kept { value: tracks, at });
            if let (Fact::Known(address), Some(before)) = (mark.address, before.first()) {
                let value = before.trail.after(link.digest(), mark);
                self.trails.insert(address, Kept { value, at });
            }
        }
        judged
    }

    /// What came before a visit, to each gate.
    pub fn history(&mut self, moment: &Moment<'_>) -> [History; GATES] {
        let Moment { mark, link, issued, .. } = *moment;
        let tracks = self.tracks.get(&link);
        let tracks = tracks.filter(|kept| mark.at.since(kept.at) < Track::LIFE);
        let address = mark.address.known();
        let trail = address.and_then(|address| self.trails.get(&address));
        let trail = trail.filter(|kept| mark.at.since(kept.at) < Trail::LIFE);
        let trail = trail.map(|kept| kept.value).unwrap_or_default();
        std::array::from_fn(|number| History {
            mark,
            track: tracks.as_ref().map(|kept| kept.value[number]).unwrap_or_default(),
            trail,
            link: link.digest(),
            issued,
        })
    }
}

/// A bounded map that forgets what was not looked at for longest, half of it at a time.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, V, Seed>,
    old: HashMap<K, V, Seed>,
    half: usize,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
    pub(super) fn new(entries: usize) -> Self {
        Self {
            young: HashMap::default(),
            old: HashMap::default(),
            half: (entries / 2).max(1),
        }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<&mut V> {
        match self.entry(*key) {
            (Entry::Occupied(place), _) => Some(place.into_mut()),
            (Entry::Vacant(place), known) => known.map(|known| place.insert(known)),
        }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.entry(key).0.insert_entry(value);
    }

    pub(super) fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let (place, known) = self.entry(key);
        place.or_insert_with(|| known.unwrap_or_else(make))
    }

    /// The place of a key, and what is known of it where that has to move there.
    fn entry(&mut self, key: K) -> (Entry<'_, K, V>, Option<V>) {
        if self.young.len() >= self.half {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        let place = self.young.entry(key);
        let known = match place {
            Entry::Vacant(_) if !self.old.is_empty() => self.old.remove(&key),
            Entry::Vacant(_) | Entry::Occupied(_) => None,
        };
        (place, known)
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers a value, and gives it back.
    pub(super) fn keep(&mut self, key: K, value: V) -> V {
        self.insert(key, value.clone());
        value
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
