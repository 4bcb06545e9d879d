//! Names of addresses: those that are known, and those that are being looked up.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use super::dns::{self, Failure};
use crate::tasks::Tasks;
use crate::time::Timestamp;
use crate::visit::Fact;

/// The names that are known. A visit never waits for one.
#[derive(Clone, Debug)]
pub struct Names(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    known: Cache<IpAddr, Entry>,
    under_way: Mutex<HashSet<IpAddr>>,
    /// Whether the last look-up was told, in vain: it is said once, not for each address.
    silent: AtomicBool,
    tasks: Tasks,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Not recorded where the look-up failed.
    name: Fact<Arc<str>>,
    since: Timestamp,
}

impl Entry {
    /// Whether it says something, and still does.
    fn counts(&self, now: Timestamp) -> bool {
        self.name != Fact::Unrecorded && now.since(self.since) < self.life()
    }

    fn life(&self) -> Duration {
        match &self.name {
            Fact::Known(name) if !name.is_empty() => NAMED,
            Fact::Known(_) | Fact::Unrecorded => NAMELESS,
        }
    }
}

impl Names {
    /// No name is known yet.
    #[must_use]
    pub fn new(tasks: Tasks) -> Self {
        let known = Cache::builder().max_capacity(ENTRIES).time_to_live(NAMED).build();
        Self(Arc::new(Inner {
            known,
            under_way: Mutex::default(),
            silent: AtomicBool::new(false),
            tasks,
        }))
    }

    /// A confirmed name, empty where there is none; or nothing yet, and a look-up for the next visit.
    pub(super) fn of(&self, address: IpAddr, servers: &Arc<[SocketAddr]>, now: Timestamp) -> Fact<Arc<str>> {
        let entry = self.0.known.get(&address);
        let age = entry.as_ref().map(|entry| (now.since(entry.since), entry.life()));
        // In the second half of its life it still counts, and is looked up again: who comes often stays known.
        if age.is_none_or(|(age, life)| age > life / 2) {
            self.look_up(address, servers, now);
        }
        entry
            .filter(|_| age.is_some_and(|(age, life)| age < life))
            .map_or(Fact::Unrecorded, |entry| entry.name)
    }

    fn look_up(&self, address: IpAddr, servers: &Arc<[SocketAddr]>, now: Timestamp) {
        {
            let mut under_way = self.0.under_way();
            if under_way.len() >= AT_A_TIME || !under_way.insert(address) {
                return;
            }
        }
        let (done, servers) = (Done(Arc::clone(&self.0), address), Arc::clone(servers));
        self.0.tasks.spawn_untracked(async move {
            let answer = tokio::time::timeout(PATIENCE, dns::confirmed_name(address, &servers)).await;
            let answer = answer.unwrap_or(Err(Failure::Silence));
            done.0.note(&answer);
            done.0.keep(address, answer.ok().map(Option::unwrap_or_default), now);
        });
    }
}

impl Inner {
    fn under_way(&self) -> MutexGuard<'_, HashSet<IpAddr>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was found; a failure takes no name away that still counts.
    fn keep(&self, address: IpAddr, found: Option<String>, now: Timestamp) {
        let name = match found {
            Some(name) => Fact::Known(name.into()),
            None if self.known.get(&address).is_some_and(|entry| entry.counts(now)) => return,
            None => Fact::Unrecorded,
        };
        self.known.insert(address, Entry { name, since: now });
    }

    fn note<T>(&self, answer: &Result<T, Failure>) {
        let silent = matches!(answer, Err(Failure::Silence));
        if silent && !self.silent.swap(silent, Ordering::Relaxed) {
            tracing::warn!("no nameserver answers: signatures that ask for reverse-dns find nothing until one does");
        } else if !silent && self.silent.swap(silent, Ordering::Relaxed) {
            tracing::info!("a nameserver answers again");
        }
    }
}

/// Makes room for another look-up, however this one ended.
struct Done(Arc<Inner>, IpAddr);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.under_way().remove(&self.1);
    }
}

/// Addresses that are remembered.
const ENTRIES: u64 = 10_000;
/// Look-ups under way; what comes beyond them waits for its next visit.
const AT_A_TIME: usize = 64;
/// For a look-up, its confirmation included.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a name counts.
const NAMED: Duration = Duration::from_secs(60 * 60);
/// How long it counts that there is none, or that nobody answered.
const NAMELESS: Duration = Duration::from_secs(5 * 60);
