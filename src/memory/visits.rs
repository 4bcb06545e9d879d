//! What is remembered of visits, in stores of its own: however many come, they push nothing else out.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use moka::sync::Cache;

use super::aging::Aging;
use super::{builder, lock};
use crate::gate::Asked;
use crate::gate::keys::LinkId;
use crate::time::Timestamp;
use crate::visit::history::{Digest, FirstSight, History, Mark, Track, Trail};
use crate::visit::{Fact, Visit};

/// The visits of this process.
#[derive(Clone, Debug)]
pub struct Visits {
    tracks: Updated<LinkId, Track>,
    trails: Updated<Digest, Trail>,
    /// Keyed by a secret of this process.
    digests: RandomState,
    asked: Arc<Mutex<HashMap<Arc<str>, Asking>>>,
    sights: Arc<Mutex<Sights>>,
}

/// When links were first seen, and which link the mark of a browser vouches for.
#[derive(Debug)]
struct Sights {
    since: Timestamp,
    firsts: Aging<Timestamp>,
    marks: Aging<LinkId>,
    most: usize,
}

/// The two latest requests for a mail.
#[derive(Clone, Copy, Debug)]
struct Asking {
    last: Timestamp,
    before: Option<Timestamp>,
}

impl Visits {
    pub(super) fn new(entries: u64, since: Timestamp) -> Self {
        Self {
            tracks: Updated::new(entries, Track::LIFE),
            trails: Updated::new(entries, Trail::LIFE),
            digests: RandomState::new(),
            asked: Arc::default(),
            sights: Arc::new(Mutex::new(Sights {
                since,
                firsts: Aging::new(Track::LIFE),
                marks: Aging::new(Track::LIFE),
                most: usize::try_from(entries).unwrap_or(usize::MAX).saturating_mul(SIGHTS),
            })),
        }
    }

    /// When one of these links was first seen before now; if `counts`, they are seen now.
    pub fn sight(&self, links: &[LinkId], now: Timestamp, counts: bool) -> FirstSight {
        let mut sights = lock(&self.sights);
        sights.firsts.expire(now);
        let first = |sights: &Sights| links.iter().filter_map(|link| sights.firsts.get(link)).min();
        let before = FirstSight {
            at: first(&sights),
            since: sights.since,
            forgotten: sights.firsts.forgotten(),
        };
        if counts {
            let most = sights.most;
            for link in links {
                // It becomes the youngest entry, and stays the first sight.
                let first = sights.firsts.take(link).map_or(now, |first| first.min(now));
                sights.firsts.put(link, first, now, most);
            }
        }
        before
    }

    /// Binds a browser's mark to the first link that it is seen with; whether that is one of these. A mark that may have
    /// been forgotten is bound to none.
    #[must_use]
    pub fn binds(&self, asked: &Asked, links: &[LinkId]) -> bool {
        let Some(link) = links.first() else { return false };
        let mut sights = lock(&self.sights);
        if let Some(bound) = sights.marks.get(asked.id) {
            return links.contains(&bound);
        }
        if sights.marks.forgotten().is_some_and(|forgotten| asked.at <= forgotten) {
            return false;
        }
        let most = sights.most;
        sights.marks.put(asked.id, *link, asked.at, most);
        true
    }

    /// What is remembered of a visit.
    #[must_use]
    pub fn mark(&self, visit: &Visit<'_>, now: Timestamp) -> Mark {
        Mark::of(visit, now, |bytes| self.digests.hash_one(bytes) as Digest)
    }

    /// What came before a visit, without counting it.
    #[must_use]
    pub fn history(&self, link: LinkId, mark: Mark, issued: Option<Timestamp>) -> History {
        History {
            track: self.tracks.get(link),
            trail: mark
                .address
                .known()
                .map(|address| self.trails.get(address))
                .unwrap_or_default(),
            link: link.digest(),
            issued,
            mark,
        }
    }

    /// What came before a visit; later ones have it before them. Of visits at the same time, one is the later.
    #[must_use]
    pub fn note(&self, link: LinkId, mark: Mark, issued: Option<Timestamp>) -> History {
        let mut before = History {
            link: link.digest(),
            issued,
            ..History::first(mark)
        };
        before.track = self.tracks.update(link, |track| track.after(mark));
        if let Fact::Known(address) = mark.address {
            before.trail = self.trails.update(address, |trail| trail.after(link.digest(), mark));
        }
        before
    }

    /// Notes that a visit looked like a machine.
    pub fn suspect(&self, link: LinkId, mark: &Mark) {
        self.tracks.update(link, |track| track.suspected(mark));
    }

    /// Notes that a mail with one of a link's kind was asked for.
    pub fn ask(&self, link: &Arc<str>, now: Timestamp) {
        let mut asked = lock(&self.asked);
        let before = asked.get(link).map(|asked| asked.last);
        asked.insert(Arc::clone(link), Asking { last: now, before });
    }

    /// When the mail of a link was asked for, if only one was in all the time that the link may have been under way.
    #[must_use]
    pub fn only_ask(&self, link: &Arc<str>, now: Timestamp) -> Option<Timestamp> {
        let asked = *lock(&self.asked).get(link)?;
        let alone = asked.before.is_none_or(|before| now.since(before) > UNDER_WAY);
        (alone && now.since(asked.last) <= UNDER_WAY).then_some(asked.last)
    }
}

/// A store whose entries change in their places: to put another there costs many times more.
#[derive(Clone, Debug)]
struct Updated<K, V>(Cache<K, Arc<Mutex<V>>>)
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + 'static;

impl<K, V> Updated<K, V>
where
    K: Copy + Hash + Eq + Send + Sync + 'static,
    V: Copy + Default + Send + 'static,
{
    /// Entries live for `life` after they were last looked at.
    fn new(entries: u64, life: Duration) -> Self {
        Self(builder(entries).time_to_idle(life).build())
    }

    fn get(&self, key: K) -> V {
        self.0.get(&key).map(|entry| *lock(&entry)).unwrap_or_default()
    }

    /// Puts what follows in the place of what was there, and tells that. Of changes at the same time, each sees the one
    /// before.
    fn update(&self, key: K, next: impl FnOnce(V) -> V) -> V {
        let entry = self.0.get_with(key, Arc::default);
        let mut value = lock(&entry);
        let before = *value;
        *value = next(before);
        before
    }
}

/// How long a link may be opened after its mail was asked for, as far as its age goes.
const UNDER_WAY: Duration = Duration::from_secs(60 * 60);

/// A first sight takes a small part of a track's room: so many are remembered for each.
const SIGHTS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::keys::KeyRing;
    use crate::secret::SecretKey;
    use crate::visit::VisitBuf;

    fn mark(millis: i64) -> Mark {
        Mark::of(
            &VisitBuf::ordinary().as_visit(),
            Timestamp::from_millis(millis),
            |bytes| bytes.len() as u32,
        )
    }

    fn link(token: &str) -> LinkId {
        KeyRing::new(&[SecretKey::new([1; 32])]).unwrap().test_link_id(token)
    }

    #[test]
    fn a_visit_finds_those_before_it_and_not_itself() {
        let visits = Visits::new(100, Timestamp::from_millis(0));
        let first = visits.note(link("a"), mark(0), None);
        assert_eq!((first.visits(Track::LIFE), first.links(Track::LIFE)), (1, 1));
        visits.suspect(link("a"), &mark(0));
        assert!(
            !visits.history(link("b"), mark(5), None).machine_before(),
            "of another link"
        );
        for _ in 0..2 {
            let looked = visits.history(link("a"), mark(5), None);
            assert_eq!((looked.visits(Track::LIFE), looked.machine_before()), (2, true));
        }
        assert_eq!(visits.note(link("b"), mark(6), None).links(Track::LIFE), 2);
    }

    #[test]
    fn of_visits_at_the_same_time_one_is_the_first() {
        let visits = Visits::new(100, Timestamp::from_millis(0));
        let alone = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let before = visits.note(link("a"), mark(0), None);
                    alone.fetch_add(usize::from(!before.pair()), std::sync::atomic::Ordering::SeqCst);
                });
            }
        });
        assert_eq!(alone.into_inner(), 1);
    }

    #[test]
    fn a_mail_tells_a_link_s_age_only_where_it_was_the_only_one() {
        let visits = Visits::new(100, Timestamp::from_millis(0));
        let (name, at) = (Arc::from("sign-in"), Timestamp::from_millis);
        assert_eq!(visits.only_ask(&name, at(0)), None);
        visits.ask(&name, at(1_000));
        assert_eq!(visits.only_ask(&name, at(2_000)), Some(at(1_000)));
        visits.ask(&name, at(5_000));
        assert_eq!(
            visits.only_ask(&name, at(6_000)),
            None,
            "whose link it is can't be told"
        );
        let hour = 3_600_000;
        assert_eq!(visits.only_ask(&name, at(1_001 + hour)), Some(at(5_000)));
        assert_eq!(visits.only_ask(&name, at(5_001 + hour)), None, "too long ago");
    }
}
