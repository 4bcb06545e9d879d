//! What is remembered of earlier visits, and what of it concerns a visit.
//!
//! It speaks of visitors, not of the link: an earlier visit concerns a later one if both look like the same visitor,
//! or if they are at most a second apart. Whoever comes later from elsewhere starts clean.

use std::net::IpAddr;
use std::time::Duration;

use super::{Fact, Visit};
use crate::time::Timestamp;

/// Equal for equal things and says nothing else of them.
pub type Digest = u32;

/// One visit as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// The client's network: 24 bits of an IPv4 address, 48 of an IPv6 one.
    pub network: Fact<Digest>,
    /// The client's address; of an IPv6 one the first 64 bits, which are one household's.
    pub address: Fact<Digest>,
    /// The user agent; one for all visits without.
    pub agent: Digest,
    /// The TLS fingerprint.
    pub tls: Fact<Digest>,
    /// Whether it was a HEAD.
    pub head: bool,
    /// Whether it looked like a machine by itself.
    pub machine: bool,
    /// Its score, as far as it speaks for a machine; 0 where it is not kept.
    pub score: u8,
}

impl Mark {
    /// The mark of a visit. `digest` tells things apart without saying what they are.
    #[must_use]
    pub fn of(visit: &Visit<'_>, at: Timestamp, digest: impl Fn(&[u8]) -> Digest) -> Self {
        let agent = visit.header("user-agent").unwrap_or_default();
        Self {
            at,
            network: visit.client.map(|client| prefix(client, 3, 6, &digest)),
            address: visit.client.map(|client| prefix(client, 4, 8, &digest)),
            agent: digest(agent.as_bytes()),
            tls: match visit.tls {
                Fact::Known(Some(print)) => Fact::Known(digest(print.as_bytes())),
                Fact::Known(None) | Fact::Unrecorded => Fact::Unrecorded,
            },
            head: *visit.method == http::Method::HEAD,
            machine: false,
            score: 0,
        }
    }

    /// The same network and user agent, and no TLS fingerprint that says otherwise. An equal fingerprint alone joins
    /// nobody: everybody with the same browser has it.
    fn same_visitor(&self, other: &Self) -> bool {
        let tls_differs = matches!((self.tls, other.tls), (Fact::Known(one), Fact::Known(two)) if one != two);
        same(self.network, other.network) && self.agent == other.agent && !tls_differs
    }

    /// Whether an earlier visit of these concerns this one, looking back by `window`.
    fn concerns(&self, earlier: &Self, window: Duration) -> bool {
        let reach = if self.same_visitor(earlier) {
            window
        } else {
            window.min(MOMENT)
        };
        // A clock that was set back puts earlier visits ahead; they are as far away.
        self.at.since(earlier.at).max(earlier.at.since(self.at)) <= reach
    }
}

fn same(one: Fact<Digest>, two: Fact<Digest>) -> bool {
    matches!((one, two), (Fact::Known(one), Fact::Known(two)) if one == two)
}

fn prefix(address: IpAddr, v4: usize, v6: usize, digest: impl Fn(&[u8]) -> Digest) -> Digest {
    match address.to_canonical() {
        IpAddr::V4(address) => digest(&address.octets()[..v4]),
        IpAddr::V6(address) => digest(&address.octets()[..v6]),
    }
}

/// The latest of something, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Latest<T>([Option<T>; KEPT]);

impl<T: Copy> Default for Latest<T> {
    fn default() -> Self {
        Self([None; KEPT])
    }
}

impl<T: Copy> Latest<T> {
    /// These and one more; the oldest makes room.
    fn after(mut self, one: T) -> Self {
        match self.0.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(one),
            None => {
                self.0.rotate_left(1);
                self.0[KEPT - 1] = Some(one);
            }
        }
        self
    }

    fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.0.iter().flatten()
    }
}

/// The latest visits to one link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Track(Latest<Mark>);

impl Track {
    /// This track and one visit more; the oldest makes room.
    #[must_use]
    pub fn after(self, mark: Mark) -> Self {
        Self(self.0.after(mark))
    }

    /// This track, where the visit of `mark` is known to have looked like a machine.
    #[must_use]
    pub fn suspected(mut self, mark: &Mark) -> Self {
        for known in self.0.0.iter_mut().flatten().filter(|known| *known == mark) {
            known.machine = true;
        }
        self
    }
}

/// The latest links that one address opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trail(Latest<(Digest, Mark)>);

impl Trail {
    /// This trail and a visit to `link` more; the oldest makes room.
    #[must_use]
    pub fn after(self, link: Digest, mark: Mark) -> Self {
        Self(self.0.after((link, mark)))
    }
}

/// When a link was first seen, by whomever, and how far that can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstSight {
    /// The first visit that is remembered.
    pub at: Option<Timestamp>,
    /// When remembering began.
    pub since: Timestamp,
    /// The latest of the first visits that were forgotten, of whatever links.
    pub forgotten: Option<Timestamp>,
}

impl FirstSight {
    /// Whether nobody saw the link before `at`, for certain. `oldest` is the time before which no link was made that still
    /// works.
    #[must_use]
    pub fn is_not_before(&self, at: Timestamp, oldest: Timestamp) -> bool {
        self.since < at && self.at.is_none_or(|first| first >= at) && self.forgotten.is_none_or(|first| first < oldest)
    }
}

/// What is known of a visit from before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The visit itself.
    pub mark: Mark,
    /// Earlier visits to its link.
    pub track: Track,
    /// Links that its address opened earlier.
    pub trail: Trail,
    /// The digest of its link.
    pub link: Digest,
    /// When its link was issued, if that is known.
    pub issued: Option<Timestamp>,
}

impl History {
    /// The history of a first visit.
    #[must_use]
    pub fn first(mark: Mark) -> Self {
        Self {
            mark,
            track: Track::default(),
            trail: Trail::default(),
            link: 0,
            issued: None,
        }
    }

    /// The link's age; `None` where it is not known, or where the issuer's clock and ours disagree.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        let issued = self.issued?;
        (issued.since(self.mark.at) <= SKEW).then(|| self.mark.at.since(issued))
    }

    /// The earlier visits that concern this one.
    fn earlier(&self, window: Duration) -> impl Iterator<Item = &Mark> + Clone {
        let marks = self.track.0.iter();
        marks.filter(move |earlier| self.mark.concerns(earlier, window))
    }

    /// How many visits there were within `window`, this one with them.
    #[must_use]
    pub fn visits(&self, window: Duration) -> usize {
        self.earlier(window).count() + 1
    }

    /// From how many networks visits came within `window`, this one's with them.
    #[must_use]
    pub fn networks(&self, window: Duration) -> usize {
        distinct(&self.earlier(window).map(|mark| mark.network), self.mark.network)
    }

    /// How many user agents this visit's address had within `window`, its own with them.
    #[must_use]
    pub fn user_agents(&self, window: Duration) -> usize {
        let here = self
            .earlier(window)
            .filter(|mark| same(mark.address, self.mark.address));
        distinct(&here.map(|mark| Fact::Known(mark.agent)), Fact::Known(self.mark.agent))
    }

    /// Whether a HEAD came before.
    #[must_use]
    pub fn head_before(&self) -> bool {
        self.earlier(Duration::MAX).any(|mark| mark.head)
    }

    /// Whether another visit came at the same time, within 300 ms: a scanner's probe and its fetch are 47 to 267 ms
    /// apart (published reports, 2026).
    #[must_use]
    pub fn pair(&self) -> bool {
        self.visits(PAIR) > 1
    }

    /// Whether one that concerns this visit looked like a machine.
    #[must_use]
    pub fn machine_before(&self) -> bool {
        self.earlier(Duration::MAX).any(|mark| mark.machine && !mark.head)
    }

    /// The score of the page that this visitor has, where scores are kept: that of their latest visit before.
    #[must_use]
    pub fn page_score(&self) -> i32 {
        let pages = self
            .track
            .0
            .iter()
            .filter(|mark| !mark.head && self.mark.same_visitor(mark));
        pages.last().map_or(0, |mark| mark.score.into())
    }

    /// How many links this visit's address opened within `window`, this one with them.
    #[must_use]
    pub fn links(&self, window: Duration) -> usize {
        let steps = self.trail.0.iter();
        let recent = steps.filter(|(_, mark)| self.mark.concerns(mark, window));
        distinct(&recent.map(|(link, _)| Fact::Known(*link)), Fact::Known(self.link))
    }
}

/// How many different values there are, `own` with them; what is not known is none.
fn distinct(others: &(impl Iterator<Item = Fact<Digest>> + Clone), own: Fact<Digest>) -> usize {
    let fresh = |(place, value): &(usize, Fact<Digest>)| {
        matches!(value, Fact::Known(_))
            && !same(*value, own)
            && !others.clone().take(*place).any(|known| same(known, *value))
    };
    let own_count = usize::from(matches!(own, Fact::Known(_)));
    others.clone().enumerate().filter(fresh).count() + own_count
}

impl Track {
    /// How long a track is remembered after its latest visit: longer than most links live.
    pub const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
}

impl Trail {
    /// How long a trail is remembered after its latest visit: longer than the window in which links are counted.
    pub const LIFE: Duration = Duration::from_secs(60);
}

/// Visits that are remembered of a link, and links of an address.
const KEPT: usize = 8;
/// How long strangers' visits concern each other.
const MOMENT: Duration = Duration::from_secs(1);
/// Two visits this close came at the same time.
const PAIR: Duration = Duration::from_millis(300);
/// How far a link's time of issue may lie ahead of our clock and still be believed.
const SKEW: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn mark(millis: i64, network: u32, agent: u32) -> Mark {
        Mark {
            at: Timestamp::from_millis(millis),
            network: Fact::Known(network),
            address: Fact::Known(network),
            agent,
            tls: Fact::Unrecorded,
            head: false,
            machine: false,
            score: 0,
        }
    }

    fn history(earlier: &[Mark], mark: Mark) -> History {
        History {
            track: earlier.iter().fold(Track::default(), |track, mark| track.after(*mark)),
            ..History::first(mark)
        }
    }

    #[test]
    fn a_visit_from_elsewhere_starts_clean() {
        let head = Mark {
            head: true,
            machine: true,
            ..mark(0, 1, 1)
        };
        let person = history(&[head, mark(900, 1, 2)], mark(60_000, 2, 3));
        assert!(!person.head_before() && !person.machine_before() && !person.pair());
        assert_eq!((person.visits(HOUR), person.networks(HOUR)), (1, 1));
        let colleague = history(&[head], mark(60_000, 1, 3));
        assert!(!colleague.head_before(), "an address is not tainted for its people");
        assert!(history(&[head], mark(60_000, 1, 1)).head_before(), "the same visitor");
        assert!(history(&[head], mark(1_000, 2, 3)).head_before(), "within a second");
        assert!(!history(&[head], mark(1_001, 2, 3)).head_before());
    }

    #[test]
    fn a_clock_that_is_set_back_brings_nobody_nearer() {
        let visit = history(&[mark(60_000, 1, 1), mark(60_000, 2, 2)], mark(0, 3, 3));
        assert!(!visit.pair());
        assert_eq!((visit.visits(HOUR), visit.networks(HOUR)), (1, 1));
        assert!(
            history(&[mark(200, 1, 1)], mark(0, 2, 2)).pair(),
            "by a few milliseconds"
        );
    }

    #[test]
    fn a_fingerprint_tells_visitors_apart_and_joins_nobody() {
        let with = |tls, agent| Mark {
            tls: Fact::Known(tls),
            head: true,
            ..mark(0, 1, agent)
        };
        let later = Mark {
            at: Timestamp::from_millis(5_000),
            ..with(7, 1)
        };
        assert!(history(&[with(7, 1)], later).head_before());
        assert!(!history(&[with(8, 1)], later).head_before());
        assert!(!history(&[with(7, 2)], later).head_before());
    }

    #[test]
    fn what_is_not_known_makes_nobody_the_same() {
        let nowhere = |millis| Mark {
            network: Fact::Unrecorded,
            address: Fact::Unrecorded,
            ..mark(millis, 0, 1)
        };
        let later = history(&[nowhere(0)], nowhere(2_000));
        assert_eq!(
            (later.visits(HOUR), later.networks(HOUR), later.user_agents(HOUR)),
            (1, 0, 1)
        );
        assert!(history(&[nowhere(0)], nowhere(200)).pair());
    }

    #[test]
    fn counts_look_at_their_window() {
        let crowd = [
            mark(0, 1, 1),
            mark(100, 2, 2),
            mark(150, 2, 3),
            mark(200, 3, 4),
            mark(250, 3, 4),
        ];
        let visit = history(&crowd, mark(900, 3, 4));
        assert_eq!(
            (visit.visits(HOUR), visit.networks(HOUR), visit.user_agents(HOUR)),
            (6, 3, 1)
        );
        assert_eq!(visit.visits(Duration::from_millis(700)), 3);
        assert!(!visit.pair());
        assert!(history(&crowd, mark(550, 9, 9)).pair());
    }

    #[test]
    fn links_of_an_address_are_counted_once_each() {
        let trail = (0u32..20).fold(Trail::default(), |trail, step| {
            trail.after(step / 2, mark(i64::from(step) * 100, 1, 1))
        });
        let visit = History {
            trail,
            link: 9,
            ..History::first(mark(2_000, 1, 1))
        };
        assert_eq!(visit.links(HOUR), 4, "of the eight latest visits");
        assert_eq!(visit.links(Duration::from_millis(500)), 3);
        let stranger = History {
            mark: mark(4_000, 1, 2),
            ..visit
        };
        assert_eq!(stranger.links(HOUR), 1, "another person behind the same address");
    }

    #[test]
    fn an_age_is_believed_unless_the_clocks_disagree() {
        let at = |issued| History {
            issued: Some(Timestamp::from_millis(issued)),
            ..History::first(mark(10_000, 1, 1))
        };
        assert_eq!(at(7_000).age(), Some(Duration::from_secs(3)));
        assert_eq!(at(11_000).age(), Some(Duration::ZERO));
        assert_eq!(at(60_000).age(), None);
    }
}
