//! In which browsers a link did its work.

use std::time::Duration;

use moka::sync::Cache;

use super::{Press, USED_LIFE, store};
use crate::gate::keys::{Owner, TargetId};
use crate::time::Timestamp;

/// The successful confirmations of this process.
#[derive(Clone, Debug)]
pub struct Uses(Cache<TargetId, Use>);

#[derive(Clone, Copy, Debug)]
struct Use {
    /// The first browsers; few links have more.
    by: [Option<Owner>; BROWSERS],
    until: Timestamp,
}

/// Whose confirmation of a target succeeded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedBy {
    /// Nobody's, as far as it is remembered.
    Nobody,
    /// This browser's.
    ThisBrowser,
    /// Another browser's.
    Another,
}

impl Uses {
    pub(super) fn new(entries: u64) -> Self {
        Self(store(entries, USED_LIFE))
    }

    /// Notes that a confirmation succeeded; it is remembered for `life`, a day at least.
    pub fn note(&self, press: &Press, life: Option<Duration>) {
        let until = press.now.after(life.unwrap_or_default().max(DAY));
        self.0.entry(press.target).and_upsert_with(|known| {
            let mut used = known.map_or(
                Use {
                    by: [None; BROWSERS],
                    until,
                },
                moka::Entry::into_value,
            );
            used.until = until;
            let mut places = used.by.iter_mut();
            if let Some(place) = places.find(|place| place.is_none_or(|owner| owner == press.owner)) {
                *place = Some(press.owner);
            }
            used
        });
    }

    /// Whose confirmation of a press's target succeeded before it.
    #[must_use]
    pub fn before(&self, press: &Press) -> UsedBy {
        let used = self.0.get(&press.target);
        match used.filter(|used| press.now < used.until) {
            None => UsedBy::Nobody,
            Some(used) if used.by.contains(&Some(press.owner)) => UsedBy::ThisBrowser,
            Some(_) => UsedBy::Another,
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const BROWSERS: usize = 4;
