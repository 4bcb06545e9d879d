//! What is remembered between requests: visits, claims, spent tickets, wrong tries, openings, uses. Only keyed digests and sealed bytes.
//!
//! All digests are by the key of this process ([`KeyRing::rotated`](crate::gate::keys::KeyRing::rotated)): a rotation of
//! the sealing keys forgets nothing.

mod aging;
mod claims;
mod tries;
mod uses;
mod visits;

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::{Cache, CacheBuilder};
use tokio::sync::watch;

pub use self::claims::Room;
use self::claims::{Claims, Turned};
pub use self::tries::Tries;
pub use self::uses::{UsedBy, Uses};
pub use self::visits::Visits;
use crate::gate::keys::{LinkId, Owner, Random, TargetId};
use crate::gate::{FirstSpend, OpenTarget, Opening};
use crate::time::Timestamp;

/// The memory of this process. Each kind has a store of its own, so that none can push another out. What was really
/// spent is kept apart from what the upstream refused: made-up tokens fill only stores of their own.
#[derive(Clone, Debug)]
pub struct Memory {
    visits: Visits,
    tries: Tries,
    uses: Uses,
    claims: Arc<Mutex<Claims>>,
    answered: Kept,
    refused: Kept,
    openings: Cache<LinkId, Opening>,
    open_targets: Cache<TargetId, Timestamp>,
}

/// Presses that ended, as long as their answer is kept.
#[derive(Clone, Debug)]
struct Kept {
    ended: Cache<TargetId, Ended>,
    /// Bounded by bytes: how large an answer is, is the upstream's word.
    answers: Cache<TargetId, Arc<[u8]>>,
}

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
    /// A ticket's life.
    pub ticket: Duration,
    /// When this memory began: what was before, it does not know.
    pub since: Timestamp,
}

/// A press that wants to be sent upstream. Its digests are the memory's.
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
    /// When the ticket was issued.
    pub issued: Timestamp,
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
    /// The target may be sent only once, and there is no room to remember that it was.
    Full,
}

/// How a sent confirmation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The upstream answered, and may have spent the token; [`Memory::answer`] may still have what it said.
    Answered,
    /// The same, but the upstream turned the token away.
    Refused,
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
    room: Room,
    end: watch::Sender<Option<Settled>>,
    lost_until: Option<Timestamp>,
}

impl Memory {
    /// An empty memory.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let refusals = bounds.answers / REFUSALS;
        Self {
            visits: Visits::new(bounds.entries, bounds.since),
            tries: Tries::new(bounds.entries),
            uses: Uses::new(bounds.entries),
            claims: Arc::new(Mutex::new(Claims::new(bounds.ticket))),
            answered: Kept::new(bounds, bounds.answers - refusals),
            refused: Kept::new(bounds, refusals),
            openings: store(bounds.entries, bounds.opening),
            open_targets: store(bounds.entries, bounds.opening),
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

    /// Claims a target for a press, atomically: of all presses for it, one is the first. `answer` is how long an end
    /// that nobody tells is kept.
    #[must_use]
    pub fn claim(&self, press: Press, answer: Duration, room: Room) -> Claimed {
        let mut claims = lock(&self.claims);
        match self.before(&claims, &press) {
            Some((first, waiting)) if first.owner == press.owner => return Claimed::Shared(waiting),
            Some(_) => return Claimed::Elsewhere,
            None => {}
        }
        let (end, waiting) = watch::channel(None);
        match claims.begin(&press, room, waiting.clone()) {
            Err(Turned::TicketSpent) => return Claimed::TicketSpent,
            Err(Turned::LinkSpent) => return Claimed::LinkSpent,
            Err(Turned::Full) => return Claimed::Full,
            Ok(()) => {}
        }
        let lease = Lease {
            memory: self.clone(),
            press,
            room,
            end,
            lost_until: Some(press.now.after(answer)),
        };
        Claimed::First(FirstSpend::claimed(), Box::new(lease), Waiting(waiting))
    }

    /// The end of the press that this one repeats: of the same ticket, by the same browser.
    #[must_use]
    pub fn repeated(&self, press: &Press) -> Option<Waiting> {
        let (first, waiting) = self.before(&lock(&self.claims), press)?;
        (first.owner == press.owner && first.ticket == press.ticket).then_some(waiting)
    }

    /// The press of the same target that is under way or was just answered.
    fn before(&self, claims: &Claims, press: &Press) -> Option<(Press, Waiting)> {
        if let Some(flight) = claims.flights.get(&press.target) {
            return Some((flight.press, Waiting(flight.end.clone())));
        }
        let kept = [&self.answered, &self.refused];
        let mut ended = kept.iter().filter_map(|kept| kept.ended.get(&press.target));
        let ended = ended.find(|ended| press.now < ended.kept_until)?;
        Some((ended.press, Waiting::ended(ended.settled)))
    }

    /// Keeps a confirmation's answer, sealed for its browser, if there is room.
    pub fn keep(&self, press: &Press, settled: Settled, sealed: Arc<[u8]>) {
        self.kept(settled).answers.insert(press.target, sealed);
    }

    /// The sealed answer of a confirmation, while it is kept.
    #[must_use]
    pub fn answer(&self, press: &Press, settled: Settled) -> Option<Arc<[u8]>> {
        self.kept(settled).answers.get(&press.target)
    }

    const fn kept(&self, settled: Settled) -> &Kept {
        match settled {
            Settled::Refused => &self.refused,
            Settled::Answered | Settled::NotSent(_) | Settled::Lost(_) => &self.answered,
        }
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

    fn end(&self, press: &Press, settled: Settled, room: Room, kept_until: Timestamp) {
        let mut claims = lock(&self.claims);
        if !matches!(settled, Settled::NotSent(_)) {
            let ended = Ended {
                press: *press,
                settled,
                kept_until,
            };
            self.kept(settled).ended.insert(press.target, ended);
        }
        claims.end(press, settled, room);
    }
}

impl Kept {
    fn new(bounds: Bounds, bytes: u64) -> Self {
        Self {
            ended: store(bounds.entries, bounds.answer),
            answers: Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, sealed: &Arc<[u8]>| u32::try_from(sealed.len()).unwrap_or(u32::MAX))
                .time_to_live(bounds.answer)
                .build(),
        }
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
        self.end(settled, until);
    }

    /// Certainly nothing was sent: the claim and the ticket are given back.
    pub fn give_back(mut self, fault: Fault) {
        let now = self.press.now;
        self.end(Settled::NotSent(fault), now);
    }

    fn end(&mut self, settled: Settled, until: Timestamp) {
        self.lost_until = None;
        self.memory.end(&self.press, settled, self.room, until);
        self.end.send_replace(Some(settled));
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(until) = self.lost_until {
            self.end(Settled::Lost(Fault::Broken), until);
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
/// Of the bytes of kept answers, one in so many is for refusals.
const REFUSALS: u64 = 4;

#[cfg(test)]
mod tests;
