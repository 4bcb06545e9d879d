//! How long one side of a body is waited for: a pause, and a least rate.

use std::time::Duration;

use tokio::time::Instant;

/// What is asked of whoever sends or takes a body.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long it may keep us waiting, before its bytes count.
    pub pause: Duration,
    /// How many bytes earn a second of waiting. 0: any byte earns the whole pause.
    pub least_rate: usize,
}

/// The waiting that is left to one side of one body.
///
/// Time in which that side is waited for is used up, bytes earn it back, and it never grows beyond the pause. So a side
/// that moves less than the least rate ends, whatever its pauses are, and a faster one may pause for the whole time.
/// Other time does not count.
#[derive(Debug)]
pub struct Patience {
    pace: Pace,
    left: Duration,
    since: Option<Instant>,
}

impl Pace {
    /// A pause alone: any byte earns all of it.
    #[must_use]
    pub const fn pausing(pause: Duration) -> Self {
        Self { pause, least_rate: 0 }
    }

    /// The waiting that bytes earn.
    fn earned(self, bytes: usize) -> Duration {
        match (bytes, self.least_rate) {
            (0, _) => Duration::ZERO,
            (_, 0) => self.pause,
            (bytes, rate) => Duration::from_secs(bytes as u64) / u32::try_from(rate).unwrap_or(u32::MAX),
        }
    }
}

impl Patience {
    /// All of it is left.
    #[must_use]
    pub const fn new(pace: Pace) -> Self {
        Self {
            pace,
            left: pace.pause,
            since: None,
        }
    }

    /// What it is measured by.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// The side is waited for, from now on unless it was before; says until when. `bytes` are those that it has in hand
    /// and has to take meanwhile.
    pub fn wait(&mut self, bytes: usize, now: Instant) -> Instant {
        *self.since.get_or_insert(now) + self.left + self.pace.earned(bytes)
    }

    /// The side moved `bytes` and is not waited for any more.
    pub fn moved(&mut self, bytes: usize, now: Instant) {
        let waited = self.since.take().map(|since| now.saturating_duration_since(since));
        let left = (self.left + self.pace.earned(bytes)).saturating_sub(waited.unwrap_or_default());
        self.left = left.min(self.pace.pause);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    const PAUSE: Duration = Duration::from_secs(60);

    /// How long a side holds out that moves so many bytes after each wait of so many milliseconds.
    fn held(least_rate: usize, moves: impl IntoIterator<Item = (u64, usize)>) -> (Duration, bool) {
        let mut patience = Patience::new(Pace {
            pause: PAUSE,
            least_rate,
        });
        let start = Instant::now();
        let mut now = start;
        for (wait, bytes) in moves {
            let until = patience.wait(0, now);
            now += Duration::from_millis(wait);
            if now > until {
                return (until - start, false);
            }
            patience.moved(bytes, now);
        }
        (now - start, true)
    }

    proptest! {
        /// However a side cuts its bytes, below the rate it ends in time, and above it goes on.
        #[test]
        fn a_rate_is_kept_whatever_the_pauses(rate in 1_usize..2000, wait in 1_u64..59_000, part in 1_u64..200) {
            let bytes = (rate as u64 * wait * part / 100_000) as usize;
            let moves = std::iter::repeat_n((wait, bytes), 3000);
            let (lasted, whole) = held(rate, moves);
            // A pause that earns less than it costs.
            let is_slow = (bytes as u64) * 1000 < rate as u64 * wait;
            if is_slow {
                let lost = Duration::from_millis(wait).saturating_sub(Duration::from_secs(bytes as u64) / rate as u32);
                let steps = PAUSE.as_nanos() / lost.as_nanos().max(1) + 2;
                prop_assert!(whole || lasted <= Duration::from_millis(wait) * u32::try_from(steps).unwrap());
                prop_assert!(!whole || steps > 2990);
            } else {
                prop_assert!(whole);
            }
        }

        /// Without a rate every byte buys the whole pause, and nothing else does.
        #[test]
        fn without_a_rate_the_pause_alone_counts(waits in proptest::collection::vec((1_u64..120_000, 0_usize..3), 1..50)) {
            let (_, whole) = held(0, waits.iter().copied());
            let mut silent = 0;
            let ends = waits.iter().any(|(wait, bytes)| {
                silent += wait;
                let ends = silent > 60_000;
                if *bytes > 0 {
                    silent = 0;
                }
                ends
            });
            prop_assert_eq!(whole, !ends);
        }
    }

    #[test]
    fn time_in_which_nobody_waits_is_free() {
        let mut patience = Patience::new(Pace {
            pause: PAUSE,
            least_rate: 100,
        });
        let start = Instant::now();
        patience.moved(0, start + PAUSE * 10);
        assert_eq!(patience.wait(0, start + PAUSE * 20), start + PAUSE * 21);
    }
}
