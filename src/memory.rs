//! What is remembered between requests: claims, spent tickets, openings. Only keyed digests and sealed bytes.

use std::sync::Arc;
use std::time::Duration;

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;
use tokio::sync::watch;

use crate::gate::keys::{LinkId, Owner, Random, TargetId};
use crate::gate::{FirstSpend, Opening};
use crate::time::Timestamp;

/// The memory of this process. Each kind has a store of its own, so that none can push another out.
#[derive(Debug)]
pub struct Memory {
    claims: Cache<(LinkId, TargetId), Arc<Claim>>,
    tickets: Cache<Random, ()>,
    openings: Cache<LinkId, Timestamp>,
    used: Cache<TargetId, ()>,
    /// Bounded by bytes: how large an answer is, is the upstream's word.
    answers: Cache<(LinkId, TargetId), Arc<[u8]>>,
}

/// How much and how long the memory keeps.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Entries of each store.
    pub entries: u64,
    /// Bytes of all kept answers.
    pub answers: u64,
    /// A ticket's life.
    pub ticket: Duration,
    /// An opening's life.
    pub opening: Duration,
    /// A claim's life: the upstream's time-out and the answer's time.
    pub claim: Duration,
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
    /// Whether the target may be sent only once.
    pub once: bool,
    /// When.
    pub now: Timestamp,
    /// How long the claim holds if it is never settled.
    pub lease: Duration,
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
struct Claim {
    owner: Owner,
    until: Timestamp,
    state: watch::Receiver<Option<(Settled, Timestamp)>>,
}

/// Waits for a confirmation's end.
#[derive(Debug)]
pub struct Waiting(watch::Receiver<Option<(Settled, Timestamp)>>);

/// The right and duty to send a confirmation and to say how it ended.
#[derive(Debug)]
pub struct Lease {
    claims: Cache<(LinkId, TargetId), Arc<Claim>>,
    tickets: Cache<Random, ()>,
    used: Cache<TargetId, ()>,
    press: Press,
    state: watch::Sender<Option<(Settled, Timestamp)>>,
}

impl Memory {
    /// An empty memory.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let store = |life: Duration| Cache::builder().max_capacity(bounds.entries).time_to_live(life);
        Self {
            claims: store(bounds.claim).build(),
            tickets: Cache::builder()
                .max_capacity(bounds.entries)
                .time_to_live(bounds.ticket * 2)
                .build(),
            openings: Cache::builder()
                .max_capacity(bounds.entries)
                .time_to_live(bounds.opening)
                .build(),
            used: Cache::builder()
                .max_capacity(bounds.entries)
                .time_to_live(USED_LIFE)
                .build(),
            answers: Cache::builder()
                .max_capacity(bounds.answers)
                .weigher(|_, sealed: &Arc<[u8]>| u32::try_from(sealed.len()).unwrap_or(u32::MAX))
                .time_to_live(bounds.claim)
                .build(),
        }
    }

    /// Claims a target for a press, atomically: of all presses for it, one is the first.
    #[must_use]
    pub fn claim(&self, press: Press) -> Claimed {
        let (state, waiting) = watch::channel(None);
        let mut refused = None;
        let claimed = self.claims.entry((press.link, press.target)).and_compute_with(|entry| {
            let existing = entry.map(moka::Entry::into_value);
            if let Some(claim) = existing.filter(|claim| claim.holds(press.now)) {
                refused = Some(if claim.owner == press.owner {
                    Claimed::Shared(Waiting(claim.state.clone()))
                } else {
                    Claimed::Elsewhere
                });
                return Op::Nop;
            }
            if self.tickets.contains_key(&press.ticket) {
                refused = Some(Claimed::TicketSpent);
                return Op::Nop;
            }
            if press.once && self.used.contains_key(&press.target) {
                refused = Some(Claimed::LinkSpent);
                return Op::Nop;
            }
            self.tickets.insert(press.ticket, ());
            if press.once {
                self.used.insert(press.target, ());
            }
            let claim = Claim {
                owner: press.owner,
                until: press.now.after(press.lease),
                state: waiting.clone(),
            };
            Op::Put(Arc::new(claim))
        });
        match (claimed, refused) {
            (_, Some(refused)) => refused,
            (
                CompResult::Inserted(_)
                | CompResult::ReplacedWith(_)
                | CompResult::Unchanged(_)
                | CompResult::StillNone(_)
                | CompResult::Removed(_),
                None,
            ) => {
                let lease = Lease {
                    claims: self.claims.clone(),
                    tickets: self.tickets.clone(),
                    used: self.used.clone(),
                    press,
                    state,
                };
                Claimed::First(FirstSpend::claimed(), Box::new(lease), Waiting(waiting))
            }
        }
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

    /// Opens a link's calls until `until`.
    pub fn open(&self, opening: Opening) {
        self.openings.insert(opening.link, opening.until);
    }

    /// The link's opening, if it holds.
    #[must_use]
    pub fn opening(&self, link: LinkId, now: Timestamp) -> Option<Opening> {
        self.openings
            .get(&link)
            .filter(|until| now < *until)
            .map(|until| Opening { link, until })
    }
}

impl Claim {
    /// A claim holds while it is under way, and while its answer is kept.
    fn holds(&self, now: Timestamp) -> bool {
        match &*self.state.borrow() {
            Some((_, kept_until)) => now < *kept_until,
            None => now < self.until,
        }
    }
}

impl Waiting {
    /// How the confirmation ended.
    pub async fn settled(mut self) -> Settled {
        match self.0.wait_for(Option::is_some).await {
            Ok(state) => state
                .as_ref()
                .map_or(Settled::Lost(Fault::Broken), |(settled, _)| *settled),
            Err(_) => Settled::Lost(Fault::Broken),
        }
    }
}

impl Lease {
    /// The confirmation may have reached the upstream: its end is kept until `until`.
    pub fn settle(self, settled: Settled, until: Timestamp) {
        self.state.send_replace(Some((settled, until)));
    }

    /// Certainly nothing was sent: the claim and the ticket are given back.
    pub fn give_back(self, fault: Fault) {
        self.claims.invalidate(&(self.press.link, self.press.target));
        self.tickets.invalidate(&self.press.ticket);
        if self.press.once {
            self.used.invalidate(&self.press.target);
        }
        self.state.send_replace(Some((Settled::NotSent(fault), self.press.now)));
    }
}

/// Long enough that no link outlives it.
const USED_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::keys::{BrowserSecret, KeyRing};
    use crate::secret::SecretKey;

    fn memory() -> Memory {
        let hour = Duration::from_secs(3600);
        Memory::new(Bounds {
            entries: 1000,
            answers: 100,
            ticket: hour,
            opening: hour,
            claim: hour,
        })
    }

    fn press(browser: u8, ticket: u8) -> Press {
        let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
        Press {
            link: keys.test_link_id("token"),
            target: keys.test_target_id("/verify?token=token"),
            owner: keys.owner(BrowserSecret([browser; 16])),
            ticket: [ticket; 16],
            once: false,
            now: Timestamp::from_millis(0),
            lease: Duration::from_secs(90),
        }
    }

    fn later(press: Press, seconds: u64) -> Press {
        Press {
            now: press.now.after(Duration::from_secs(seconds)),
            ..press
        }
    }

    #[tokio::test]
    async fn overlapping_presses_share_one_call() {
        let memory = memory();
        let Claimed::First(_, lease, first) = memory.claim(press(1, 1)) else {
            panic!("not the first")
        };
        let Claimed::Shared(second) = memory.claim(press(1, 1)) else {
            panic!("not shared")
        };
        let Claimed::Shared(third) = memory.claim(press(1, 2)) else {
            panic!("another tab is not shared")
        };
        assert!(matches!(memory.claim(press(2, 3)), Claimed::Elsewhere));
        lease.settle(Settled::Answered, press(1, 1).now.after(Duration::from_secs(60)));
        for waiting in [first, second, third] {
            assert_eq!(waiting.settled().await, Settled::Answered);
        }
        assert!(matches!(memory.claim(later(press(1, 1), 59)), Claimed::Shared(_)));
        assert!(matches!(memory.claim(later(press(1, 1), 60)), Claimed::TicketSpent));
        assert!(matches!(memory.claim(later(press(1, 4), 60)), Claimed::First(..)));
    }

    #[tokio::test]
    async fn a_claim_is_given_back_when_nothing_was_sent() {
        let memory = memory();
        let Claimed::First(_, lease, waiting) = memory.claim(press(1, 1)) else {
            panic!("not the first")
        };
        lease.give_back(Fault::Unreachable);
        assert_eq!(waiting.settled().await, Settled::NotSent(Fault::Unreachable));
        assert!(
            matches!(memory.claim(press(1, 1)), Claimed::First(..)),
            "the same page works again"
        );
    }

    #[tokio::test]
    async fn a_lease_that_vanishes_is_lost_and_holds_its_time() {
        let memory = memory();
        let Claimed::First(_, lease, waiting) = memory.claim(press(1, 1)) else {
            panic!("not the first")
        };
        drop(lease);
        assert_eq!(waiting.settled().await, Settled::Lost(Fault::Broken));
        assert!(matches!(memory.claim(later(press(1, 2), 89)), Claimed::Shared(_)));
        assert!(matches!(memory.claim(later(press(1, 2), 90)), Claimed::First(..)));
    }

    #[tokio::test]
    async fn a_link_that_may_be_sent_once_is_sent_once() {
        let memory = memory();
        let once = |browser, ticket| Press {
            once: true,
            ..press(browser, ticket)
        };
        let Claimed::First(_, lease, _) = memory.claim(once(1, 1)) else {
            panic!("not the first")
        };
        lease.settle(Settled::Lost(Fault::TimedOut), once(1, 1).now);
        assert!(matches!(memory.claim(later(once(2, 2), 600)), Claimed::LinkSpent));
    }

    #[test]
    fn of_many_racing_presses_one_is_the_first() {
        let memory = memory();
        let firsts = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for ticket in 0..16 {
                let (memory, firsts) = (&memory, &firsts);
                scope.spawn(move || {
                    if let Claimed::First(_, lease, _) = memory.claim(press(1, ticket)) {
                        firsts.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        lease.settle(Settled::Lost(Fault::Broken), Timestamp::from_millis(1));
                    }
                });
            }
        });
        assert_eq!(firsts.into_inner(), 1);
    }

    #[test]
    fn kept_answers_are_bounded_by_their_bytes() {
        let memory = memory();
        memory.keep(&press(1, 1), Arc::from([0; 60]));
        assert_eq!(memory.answer(&press(1, 1)).map(|sealed| sealed.len()), Some(60));
        memory.keep(&press(1, 1), Arc::from([0; 101]));
        memory.answers.run_pending_tasks();
        assert_eq!(
            memory.answer(&press(1, 1)),
            None,
            "an answer over the whole bound is not kept"
        );
    }

    #[test]
    fn an_opening_holds_for_its_time() {
        let memory = memory();
        let (link, until) = (press(1, 1).link, Timestamp::from_millis(10));
        memory.open(Opening { link, until });
        assert_eq!(
            memory.opening(link, Timestamp::from_millis(9)),
            Some(Opening { link, until })
        );
        assert_eq!(memory.opening(link, until), None);
    }
}
