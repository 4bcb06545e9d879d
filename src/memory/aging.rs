//! A small bounded store that knows what it has forgotten.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::time::Duration;

use crate::time::Timestamp;

/// Entries with a date, in generations; the oldest generation is dropped whole. An entry takes 9 bytes and its value's
/// size, times 2.3 at most for free room in its table.
///
/// Keys are kept as 64-bit hashes under a secret of this process: nobody can make two that are taken for one.
#[derive(Debug)]
pub(super) struct Aging<V> {
    life: Duration,
    hasher: RandomState,
    /// The youngest is the last.
    generations: VecDeque<Generation<V>>,
    forgotten: Option<Timestamp>,
}

#[derive(Debug)]
struct Generation<V> {
    began: Timestamp,
    latest: Timestamp,
    entries: HashMap<u64, V>,
}

impl<V: Copy> Aging<V> {
    /// An empty store. Entries live for `life` after their date, and up to an eighth longer.
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life,
            hasher: RandomState::new(),
            generations: VecDeque::new(),
            forgotten: None,
        }
    }

    pub(super) fn get(&self, key: impl Hash) -> Option<V> {
        let key = self.hasher.hash_one(key);
        let mut generations = self.generations.iter().rev();
        generations.find_map(|generation| generation.entries.get(&key)).copied()
    }

    /// Takes an entry out.
    pub(super) fn take(&mut self, key: impl Hash) -> Option<V> {
        let key = self.hasher.hash_one(key);
        let mut generations = self.generations.iter_mut().rev();
        generations.find_map(|generation| generation.entries.remove(&key))
    }

    /// Puts an entry in. The oldest entries make room where there would be more than `most`.
    pub(super) fn put(&mut self, key: impl Hash, value: V, date: Timestamp, most: usize) {
        let key = self.hasher.hash_one(key);
        while self.len() >= most.max(1) && self.drop_oldest() {}
        let youngest = self.generations.back();
        let full = most.div_ceil(GENERATIONS).max(1);
        let period = self.life / GENERATIONS as u32;
        if youngest.is_none_or(|youngest| youngest.entries.len() >= full || date.since(youngest.began) > period) {
            self.generations.push_back(Generation {
                began: date,
                latest: date,
                entries: HashMap::new(),
            });
        }
        if let Some(youngest) = self.generations.back_mut() {
            youngest.latest = youngest.latest.max(date);
            youngest.entries.insert(key, value);
        }
    }

    /// Forgets what is past its life.
    pub(super) fn expire(&mut self, now: Timestamp) {
        let life = self.life;
        let is_past = |oldest: &Generation<V>| now.since(oldest.latest) > life;
        while self.generations.front().is_some_and(is_past) && self.drop_oldest() {}
    }

    pub(super) fn len(&self) -> usize {
        self.generations.iter().map(|generation| generation.entries.len()).sum()
    }

    /// The latest date of anything that was forgotten: what is older and is not here may have been.
    pub(super) const fn forgotten(&self) -> Option<Timestamp> {
        self.forgotten
    }

    fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.generations.pop_front() else {
            return false;
        };
        if !oldest.entries.is_empty() {
            self.forgotten = self.forgotten.max(Some(oldest.latest));
        }
        true
    }
}

/// Into how many generations a life and a full store are divided.
const GENERATIONS: usize = 8;
