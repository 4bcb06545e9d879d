//! Wrong tries at codes, counted for each code's family and for each link.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use moka::sync::Cache;

use super::{lock, store};
use crate::gate::keys::{LinkId, Random};
use crate::gate::{Again, Attempt, Family, Tally, Unsealed};
use crate::time::Timestamp;

/// The tries of this process.
#[derive(Clone, Debug)]
pub struct Tries {
    /// Held while a try is judged: guesses that come at once are counted one by one.
    judging: Arc<Mutex<()>>,
    families: Cache<Family, (u32, Option<Timestamp>)>,
    links: Cache<LinkId, u32>,
}

impl Tries {
    pub(super) fn new(entries: u64) -> Self {
        Self {
            judging: Arc::default(),
            families: store(entries, LIFE),
            links: store(entries, LIFE),
        }
    }

    /// The wrong tries that a link has seen.
    #[must_use]
    pub fn of_link(&self, link: LinkId) -> u32 {
        self.links.get(&link).unwrap_or_default()
    }

    /// Judges a try, and counts it if it is wrong. `random` draws the code that may take its place.
    pub fn judge(&self, attempt: Attempt, random: &Random) -> Result<Unsealed, Again> {
        let _judging = lock(&self.judging);
        let (family, link) = (attempt.family(), attempt.link());
        let (of_family, last) = self.families.get(&family).unwrap_or_default();
        let mut tally = Tally {
            of_family,
            last,
            of_link: self.of_link(link),
        };
        let before = tally;
        let judged = attempt.judge(&mut tally, random);
        if tally != before {
            self.families.insert(family, (tally.of_family, tally.last));
        }
        if tally.of_link != before.of_link {
            self.links.insert(link, tally.of_link);
        }
        judged
    }
}

/// Longer than most links live.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
