//! What is remembered between requests: visits, claims, spent tickets, wrong tries, openings, uses. Only keyed digests and sealed bytes.

mod tries;
mod uses;
mod visits;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::{Cache, CacheBuilder};
use tokio::sync::watch;

pub use self::tries::Tries;
pub use self::uses::{UsedBy, Uses};
pub use self::visits::Visits;
use crate::gate::keys::{LinkId, Owner, Random, TargetId};
use crate::gate::{FirstSpend, OpenTarget, Opening};
use crate::time::Timestamp;

/// The memory of this process. Each kind has a store of its own, so that none can push another out.
#[derive(Clone, Debug)]
pub struct Memory {
    visits: Visits,
    tries: Tries,
    uses: Uses,
    /// Presses under way. Never evicted: their number is bounded by whoever sends them.
    flights: Arc<Mutex<HashMap<Target, Flight>>>,
    /// Presses that ended, as long as their answer is kept.
    ended: Cache<Target, Ended>,
    tickets: Cache<Random, ()>,
    openings: Cache<LinkId, Opening>,
    open_targets: Cache<TargetId, Timestamp>,
    used: Cache<Name, ()>,
    /// Keyed by a secret of this process: a rotation of keys forgets no name.
    names: RandomState,
    /// Which link the mark of a browser vouches for.
    marks: Cache<Random, LinkId>,
    /// Bounded by bytes: how large an answer is, is the upstream's word.
    answers: Cache<Target, Arc<[u8]>>,
}

type Target = (LinkId, TargetId);

/// What a target is known by for as long as the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name(u64);

/// How much and how long the memory keeps.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Entries of each store; the oldest make room.
    pub entries: u64,
    /// Bytes of all kept answers.
    pub answers: u64,
    /// An opening's life.
    pub opening: Duration,
    /// The life of an ended press: its answer's.
    pub answer: Duration,
}

/// A press that wants to be sent upstream.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    /// The link.
    pub link: LinkId,
    /// The target.
    pub target: TargetId,
    /// Whose press it is.
    pub owner: Owner,
    /// The ticket's nonce.
    pub ticket: Random,
    /// The target's name.
    pub name: Name,
    /// Whether the target may be sent only once.
    pub once: bool,
    /// When.
    pub now: Timestamp,
}

/// What became of a press.
#[derive(Debug)]
pub enum Claimed {
    /// It is the first: send it.
    First(FirstSpend, Box<Lease>, Waiting),
    /// The same browser's press is under way or was just answered: share its answer.
    Shared(Waiting),
    /// Another browser's is.
    Elsewhere,
    /// The ticket was spent, and its answer is no longer kept.
    TicketSpent,
    /// The target may be sent only once, and was.
    LinkSpent,
}

/// How a sent confirmation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The upstream answered; [`Memory::answer`] may still have what it said.
    Answered,
    /// Certainly no byte was sent; the claim was given back.
    NotSent(Fault),
    /// Something may have been sent, and no answer came.
    Lost(Fault),
}

/// What went wrong with the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It could not be reached.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// It broke the connection or the protocol.
    Broken,
}

#[derive(Debug)]
struct Flight {
    press: Press,
    end: watch::Receiver<Option<Settled>>,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    press: Press,
    settled: Settled,
    kept_until: Timestamp,
}

/// Waits for a confirmation's end.
#[derive(Debug)]
pub struct Waiting(watch::Receiver<Option<Settled>>);

/// The right and duty to send a confirmation and to say how it ended. Dropped, it is lost.
#[derive(Debug)]
pub struct Lease {
    memory: Memory,
    press: Press,
    end: watch::Sender<Option<Settled>>,
    lost_until: Option<Timestamp>,
}

impl Memory {
    /// An empty memory.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            visits: Visits::new(bounds.entries),
            tries: Tries::new(bounds.entries),
            uses: Uses::new(bounds.entries),
            flights: Arc::default(),
            ended: store(bounds.entries, bounds.answer),
            // A mark is a ticket as well, and lives as long as its link.
            tickets: store(bounds.entries, USED_LIFE),
            openings: store(bounds.entries, bounds.opening),
            open_targets: store(bounds.entries, bounds.opening),
            used: store(bounds.entries, USED_LIFE),
            names: RandomState::new(),
            marks: store(bounds.entries, USED_LIFE),
            answers: Cache::builder()
                .max_capacity(bounds.answers)
                .weigher(|_, sealed: &Arc<[u8]>| u32::try_from(sealed.len()).unwrap_or(u32::MAX))
                .time_to_live(bounds.answer)
                .build(),
        }
    }

    /// The visits to links.
    #[must_use]
    pub const fn visits(&self) -> &Visits {
        &self.visits
    }

    /// The wrong tries at codes.
    #[must_use]
    pub const fn tries(&self) -> &Tries {
        &self.tries
    }

    /// The confirmations that succeeded.
    #[must_use]
    pub const fn uses(&self) -> &Uses {
        &self.uses
    }

    /// The name of a target: its host, its path and query.
    #[must_use]
    pub fn name(&self, (host, target): (&str, &str)) -> Name {
        Name(self.names.hash_one((host, target)))
    }

    /// Claims a target for a press, atomically: of all presses for it, one is the first. `answer` is how long an end
    /// that nobody tells is kept.
    #[must_use]
    pub fn claim(&self, press: Press, answer: Duration) -> Claimed {
        let mut flights = lock(&self.flights);
        match self.before(&flights, &press) {
            Some((first, waiting)) if first.owner == press.owner => return Claimed::Shared(waiting),
            Some(_) => return Claimed::Elsewhere,
            None => {}
        }
        if self.tickets.contains_key(&press.ticket) {
            return Claimed::TicketSpent;
        }
        if press.once && self.used.contains_key(&press.name) {
            return Claimed::LinkSpent;
        }
        self.tickets.insert(press.ticket, ());
        if press.once {
            self.used.insert(press.name, ());
        }
        let (end, waiting) = watch::channel(None);
        let flight = Flight {
            press,
            end: waiting.clone(),
        };
        flights.insert((press.link, press.target), flight);
        let lease = Lease {
            memory: self.clone(),
            press,
            end,
            lost_until: Some(press.now.after(answer)),
        };
        Claimed::First(FirstSpend::claimed(), Box::new(lease), Waiting(waiting))
    }

    /// The end of the press that this one repeats: of the same ticket, by the same browser.
    #[must_use]
    pub fn repeated(&self, press: &Press) -> Option<Waiting> {
        let (first, waiting) = self.before(&lock(&self.flights), press)?;
        (first.owner == press.owner && first.ticket == press.ticket).then_some(waiting)
    }

    /// The press of the same target that is under way or was just answered.
    fn before(&self, flights: &HashMap<Target, Flight>, press: &Press) -> Option<(Press, Waiting)> {
        let target = (press.link, press.target);
        if let Some(flight) = flights.get(&target) {
            return Some((flight.press, Waiting(flight.end.clone())));
        }
        let ended = self.ended.get(&target).filter(|ended| press.now < ended.kept_until)?;
        Some((ended.press, Waiting::ended(ended.settled)))
    }

    /// Keeps a confirmation's answer, sealed for its browser, if there is room.
    pub fn keep(&self, press: &Press, sealed: Arc<[u8]>) {
        self.answers.insert((press.link, press.target), sealed);
    }

    /// The sealed answer of a confirmation, while it is kept.
    #[must_use]
    pub fn answer(&self, press: &Press) -> Option<Arc<[u8]>> {
        self.answers.get(&(press.link, press.target))
    }

    /// Binds a browser's mark to the first link that it is seen with; whether that is one of these.
    #[must_use]
    pub fn binds(&self, mark: Random, links: &[LinkId]) -> bool {
        let Some(link) = links.first() else { return false };
        let bound = self.marks.entry(mark).or_insert(*link).into_value();
        links.contains(&bound)
    }

    /// Opens a link's calls, and the target itself for a POST. What a person opened stays as open as it was.
    pub fn open(&self, opening: Opening, target: OpenTarget, now: Timestamp) {
        let kept = |known: Opening| known.of.is_none() && opening.of.is_some() && now < known.until;
        self.openings.entry(opening.link).and_upsert_with(|known| {
            let known = known.map(moka::Entry::into_value);
            known.filter(|known| kept(*known)).unwrap_or(opening)
        });
        self.open_targets.insert(target.target, target.until);
    }

    /// The link's opening, if it holds.
    #[must_use]
    pub fn opening(&self, link: LinkId, now: Timestamp) -> Option<Opening> {
        self.openings.get(&link).filter(|opening| now < opening.until)
    }

    /// The target's opening, if it holds.
    #[must_use]
    pub fn open_target(&self, target: TargetId, now: Timestamp) -> Option<OpenTarget> {
        self.open_targets
            .get(&target)
            .filter(|until| now < *until)
            .map(|until| OpenTarget { target, until })
    }

    fn end(&self, press: &Press, settled: Settled, kept_until: Timestamp) {
        let target = (press.link, press.target);
        let mut flights = lock(&self.flights);
        self.ended.insert(
            target,
            Ended {
                press: *press,
                settled,
                kept_until,
            },
        );
        flights.remove(&target);
    }
}

impl Waiting {
    fn ended(settled: Settled) -> Self {
        Self(watch::channel(Some(settled)).1)
    }

    /// How the confirmation ended.
    pub async fn settled(mut self) -> Settled {
        match self.0.wait_for(Option::is_some).await {
            Ok(settled) => settled.unwrap_or(Settled::Lost(Fault::Broken)),
            Err(_) => Settled::Lost(Fault::Broken),
        }
    }
}

impl Lease {
    /// The confirmation may have reached the upstream: its end is kept until `until`.
    pub fn settle(mut self, settled: Settled, until: Timestamp) {
        self.lost_until = None;
        self.memory.end(&self.press, settled, until);
        self.end.send_replace(Some(settled));
    }

    /// Certainly nothing was sent: the claim and the ticket are given back.
    pub fn give_back(mut self, fault: Fault) {
        self.lost_until = None;
        let mut flights = lock(&self.memory.flights);
        self.memory.tickets.invalidate(&self.press.ticket);
        if self.press.once {
            self.memory.used.invalidate(&self.press.name);
        }
        flights.remove(&(self.press.link, self.press.target));
        drop(flights);
        self.end.send_replace(Some(Settled::NotSent(fault)));
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(until) = self.lost_until {
            self.memory.end(&self.press, Settled::Lost(Fault::Broken), until);
        }
    }
}

fn store<K, V>(entries: u64, life: Duration) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    builder(entries).time_to_live(life).build()
}

/// The oldest entries make room: a flood of new ones must not be turned away, nor live longer than old ones.
fn builder<K, V>(entries: u64) -> CacheBuilder<K, V, Cache<K, V>>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(entries)
        .eviction_policy(EvictionPolicy::lru())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Long enough that no link outlives it.
const USED_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
