//! Names of addresses: those that are known, and those that are being looked up.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use super::dns::{self, Failure};
use crate::gate::Network;
use crate::tasks::Tasks;
use crate::time::Timestamp;
use crate::visit::Fact;

/// The names that are known. A visit never waits for one.
#[derive(Clone, Debug)]
pub struct Names(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    named: Cache<IpAddr, Entry>,
    /// Addresses without a name, and failures: a flood of them pushes no name out.
    nameless: Cache<IpAddr, Entry>,
    under_way: Mutex<HashSet<IpAddr>>,
    /// Look-ups in a row that nobody answered.
    silent: AtomicU32,
    tasks: Tasks,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Empty where there is none; not recorded where the look-up failed.
    name: Fact<Arc<str>>,
    since: Timestamp,
    /// When a look-up failed that was to confirm it again.
    failed: Option<Timestamp>,
}

impl Entry {
    /// Whether it still counts. A name that can't be confirmed again counts for longer: that nobody answers says nothing
    /// against it (RFC 8767).
    fn counts(&self, now: Timestamp) -> bool {
        let life = match (self.is_name(), self.failed) {
            (false, _) => NAMELESS,
            (true, None) => NAMED,
            (true, Some(_)) => STALE,
        };
        now.since(self.since) < life
    }

    /// Whether it is time to look it up again. In the second half of its life it still counts: who comes often stays
    /// known.
    fn is_due(&self, now: Timestamp) -> bool {
        let (last, pause) = match (self.is_name(), self.failed) {
            (false, _) => (self.since, NAMELESS / 2),
            (true, None) => (self.since, NAMED / 2),
            (true, Some(failed)) => (failed, NAMELESS / 2),
        };
        now.since(last) > pause
    }

    fn is_name(&self) -> bool {
        matches!(&self.name, Fact::Known(name) if !name.is_empty())
    }
}

impl Names {
    /// No name is known yet.
    #[must_use]
    pub fn new(tasks: Tasks) -> Self {
        let store = |life| Cache::builder().max_capacity(ENTRIES).time_to_live(life).build();
        Self(Arc::new(Inner {
            named: store(STALE),
            nameless: store(NAMELESS),
            under_way: Mutex::default(),
            silent: AtomicU32::new(0),
            tasks,
        }))
    }

    /// A confirmed name, empty where there is none; or nothing yet, and a look-up for the next visit.
    pub(super) fn of(&self, address: IpAddr, servers: &Arc<[SocketAddr]>, now: Timestamp) -> Fact<Arc<str>> {
        let entry = self.0.known(address);
        if entry.as_ref().is_none_or(|entry| entry.is_due(now)) {
            self.look_up(address, servers, now);
        }
        entry
            .filter(|entry| entry.counts(now))
            .map_or(Fact::Unrecorded, |entry| entry.name)
    }

    fn look_up(&self, address: IpAddr, servers: &Arc<[SocketAddr]>, now: Timestamp) {
        if !self.0.begin(address) {
            return;
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
    fn known(&self, address: IpAddr) -> Option<Entry> {
        self.named.get(&address).or_else(|| self.nameless.get(&address))
    }

    fn under_way(&self) -> MutexGuard<'_, HashSet<IpAddr>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a look-up, if there is one: in all, and for the address's network, whose names may be in the
    /// hands of one nameserver that never answers.
    fn begin(&self, address: IpAddr) -> bool {
        let mut under_way = self.under_way();
        let network = Network::of_address(address);
        let beside = under_way.iter().filter(|other| Network::of_address(**other) == network);
        under_way.len() < AT_A_TIME && beside.count() < OF_A_NETWORK && under_way.insert(address)
    }

    /// Keeps what was found; a failure takes no name away that still counts.
    fn keep(&self, address: IpAddr, found: Option<String>, now: Timestamp) {
        let entry = |name| Entry {
            name,
            since: now,
            failed: None,
        };
        let known = self.named.get(&address).filter(|entry| entry.counts(now));
        match (found, known) {
            (Some(name), _) if !name.is_empty() => {
                self.nameless.invalidate(&address);
                self.named.insert(address, entry(Fact::Known(name.into())));
            }
            (Some(none), _) => {
                self.named.invalidate(&address);
                self.nameless.insert(address, entry(Fact::Known(none.into())));
            }
            (None, Some(known)) => {
                let failed = Some(now);
                self.named.insert(address, Entry { failed, ..known });
            }
            (None, None) => {
                self.named.invalidate(&address);
                self.nameless.insert(address, entry(Fact::Unrecorded));
            }
        }
    }

    /// Says once that nobody answers, after a few look-ups in a row: a single zone may be at fault.
    fn note<T>(&self, answer: &Result<T, Failure>) {
        if matches!(answer, Err(Failure::Silence)) {
            if self.silent.fetch_add(1, Ordering::Relaxed) + 1 == IN_A_ROW {
                tracing::warn!(
                    "no nameserver answers: signatures that ask for reverse-dns find nothing until one does"
                );
            }
        } else if self.silent.swap(0, Ordering::Relaxed) >= IN_A_ROW {
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

/// Addresses that are remembered with a name, and as many without.
const ENTRIES: u64 = 10_000;
/// Look-ups under way; what comes beyond them waits for its next visit.
const AT_A_TIME: usize = 64;
/// Those of one network.
const OF_A_NETWORK: usize = 8;
/// For a look-up, its confirmation included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a name counts.
const NAMED: Duration = Duration::from_secs(60 * 60);
/// How long a name counts that could not be confirmed again.
const STALE: Duration = Duration::from_secs(6 * 60 * 60);
/// How long it counts that there is none, or that nobody answered.
const NAMELESS: Duration = Duration::from_secs(5 * 60);
/// Silent look-ups in a row after which it is said that nobody answers.
const IN_A_ROW: u32 = 3;

#[cfg(test)]
mod tests;
