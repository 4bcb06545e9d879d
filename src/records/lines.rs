//! A log as a stream: block by block, its visits in the order of their time.

use std::io::{self, Read};
use std::ops::{ControlFlow, Range};
use std::time::Duration;

use super::read::{Reader, Seen};
use crate::time::Timestamp;

/// What was read so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes.
    pub bytes: u64,
    /// Lines, empty ones left out.
    pub lines: u64,
    /// Visits to links.
    pub visits: u64,
    /// Lines that can't be read.
    pub bad: u64,
    /// The first of them: file, line, and what is wrong.
    pub first_bad: Vec<(String, u64, String)>,
}

impl Counts {
    /// Lines of requests that were not judged.
    #[must_use]
    pub const fn skipped(&self) -> u64 {
        self.lines - self.visits - self.bad
    }

    fn is_bad(&mut self, file: &str, line: u64, what: String) {
        self.bad += 1;
        if self.first_bad.len() < FIRST {
            self.first_bad.push((file.to_owned(), line, what));
        }
    }
}

impl Reader<'_> {
    /// Gives the visits of a log to `each`, oldest first, until it breaks off. A line may stand out of its order by
    /// half a minute: that of a press is written when its answer has ended. `progress` hears of every block.
    pub fn stream(
        &self,
        file: &str,
        mut log: impl Read,
        counts: &mut Counts,
        mut each: impl FnMut(&Seen<'_>) -> ControlFlow<()>,
        mut progress: impl FnMut(&Counts),
    ) -> io::Result<()> {
        let mut block = Block::default();
        loop {
            let ended = block.fill(&mut log)?;
            let (held, flow) = self.block(file, &mut block, ended, counts, &mut each);
            progress(counts);
            if ended || flow.is_break() {
                return Ok(());
            }
            block.keep(&held);
        }
    }

    /// Gives the visits of a block to `each`; the latest wait for the next block.
    fn block(
        &self,
        file: &str,
        block: &mut Block,
        ended: bool,
        counts: &mut Counts,
        each: &mut impl FnMut(&Seen<'_>) -> ControlFlow<()>,
    ) -> (Vec<Range<usize>>, ControlFlow<()>) {
        let mut visits = Vec::new();
        let mut start = 0;
        let whole = if ended { block.bytes.len() } else { block.whole() };
        // What is after the last line's end is a line too, where there is no more to come.
        let last = (!block.bytes[..whole].ends_with(b"\n")).then_some(whole);
        let ends = memchr::memchr_iter(b'\n', &block.bytes[..whole]).chain(last);
        for end in ends {
            let line = block.bytes[start..end].trim_ascii_end();
            let fresh = start >= block.held;
            block.line += u64::from(fresh);
            if !line.is_empty() {
                counts.lines += u64::from(fresh);
                match self.read(line) {
                    Ok(Some(seen)) => {
                        counts.visits += u64::from(fresh);
                        visits.push((seen, start..end + 1));
                    }
                    Ok(None) => {}
                    Err(what) => counts.is_bad(file, block.line, what.to_string()),
                }
            }
            start = end + 1;
        }
        counts.bytes += (whole - block.held.min(whole)) as u64;
        visits.sort_by_key(|(seen, _)| seen.at);
        let settled = if ended { visits.len() } else { settled(&visits) };
        for (seen, _) in &visits[..settled] {
            if each(seen).is_break() {
                return (Vec::new(), ControlFlow::Break(()));
            }
        }
        let held = visits.drain(settled..).map(|(_, place)| place).collect();
        (held, ControlFlow::Continue(()))
    }
}

/// How many of the visits no later line can come before.
fn settled(visits: &[(Seen<'_>, Range<usize>)]) -> usize {
    let Some((newest, _)) = visits.last() else { return 0 };
    let limit: Timestamp = newest.at.before(OUT_OF_ORDER);
    // Where half a minute is more than half a block, less must do.
    visits
        .partition_point(|(seen, _)| seen.at < limit)
        .max(visits.len() / 2)
}

/// A part of a log: visits that wait, then fresh lines, of which the last may be cut.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    /// Where the fresh lines start.
    held: usize,
    /// The fresh lines' number so far, in the file.
    line: u64,
}

impl Block {
    /// Reads until the block is full, or the log ends.
    fn fill(&mut self, log: &mut impl Read) -> io::Result<bool> {
        let room = (self.bytes.len() + LEAST).max(BLOCK) - self.bytes.len();
        let read = log.take(room as u64).read_to_end(&mut self.bytes)?;
        Ok(read < room)
    }

    /// Up to where lines are whole. What is longer than half a block is no line of a log: it counts as one for each
    /// part of it.
    fn whole(&self) -> usize {
        let fresh = &self.bytes[self.held..];
        match memchr::memrchr(b'\n', fresh) {
            Some(end) => self.held + end + 1,
            None if fresh.len() > BLOCK / 2 => self.bytes.len(),
            None => self.held,
        }
    }

    /// Keeps the lines that wait, and the beginning of the one that is cut.
    fn keep(&mut self, held: &[Range<usize>]) {
        let rest = self.whole();
        let mut kept = Vec::with_capacity(BLOCK);
        for place in held {
            kept.extend_from_slice(&self.bytes[place.start..place.end.min(rest)]);
        }
        self.held = kept.len();
        kept.extend_from_slice(&self.bytes[rest..]);
        self.bytes = kept;
    }
}

const BLOCK: usize = 8 * 1024 * 1024;
/// At least this much is read at a time.
const LEAST: usize = 1024 * 1024;
const OUT_OF_ORDER: Duration = Duration::from_secs(30);
/// So many bad lines are told.
const FIRST: usize = 5;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gate::Gate;
    use crate::gate::checks::Checks;
    use crate::gate::keys::KeyRing;
    use crate::secret::SecretKey;
    use crate::signatures::Signatures;

    fn line(seconds: i64) -> String {
        let at = Timestamp::from_millis(1_790_000_000_000 + seconds * 1000);
        format!(
            "{{\"timestamp\":\"{at}\",\"request_id\":\"{seconds}\",\"http.request.method\":\"GET\",\"linklatch.link.id\":\
             \"dfb751396b651f7386b46dd8bfadbe20\",\"linklatch.verdict.class\":\"unknown\",\"pad\":\"{}\"}}\n",
            "x".repeat(2000)
        )
    }

    fn read(log: &str) -> (Vec<String>, Counts) {
        let keys = Arc::new(KeyRing::new(&[SecretKey::new([1; 32])]).unwrap());
        let gate = Gate::new(
            Vec::new(),
            keys,
            &[],
            Arc::new(Signatures::none()),
            Checks::default(),
            Duration::ZERO,
        );
        let (mut ids, mut counts, mut blocks) = (Vec::new(), Counts::default(), 0);
        let each = |seen: &Seen<'_>| {
            ids.extend(seen.request_id.as_deref().map(str::to_owned));
            ControlFlow::Continue(())
        };
        let progress = |_: &Counts| blocks += 1;
        Reader::new(&gate, true)
            .stream("log", log.as_bytes(), &mut counts, each, progress)
            .unwrap();
        assert_eq!(blocks, log.len() / BLOCK + 1, "it is read in blocks");
        assert_eq!(counts.bytes, log.len() as u64);
        (ids, counts)
    }

    #[test]
    fn visits_come_in_the_order_of_their_time_over_all_blocks() {
        // A line of a press stands up to twenty seconds late.
        let mut seconds: Vec<i64> = (0..12_000).collect();
        for late in (0..11_970).step_by(7) {
            seconds.swap(late, late + 3);
        }
        let log: String = seconds.iter().map(|at| line(*at)).collect();
        let (ids, counts) = read(&log);
        assert!(log.len() > 2 * BLOCK);
        assert_eq!((counts.lines, counts.visits, counts.bad), (12_000, 12_000, 0));
        assert!(ids.iter().map(|id| id.parse::<i64>().unwrap()).eq(0..12_000));
    }

    #[test]
    fn bad_lines_are_counted_and_the_first_are_named() {
        let bad = "{\"linklatch.link.id\":1\n";
        let log = format!(
            "{}\n{{\"url.path\":\"/\"}}\r\n{}{}",
            line(1),
            bad.repeat(7),
            line(2).trim_end()
        );
        let (ids, counts) = read(&log);
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(
            (counts.lines, counts.visits, counts.bad, counts.skipped()),
            (10, 2, 7, 1)
        );
        let places: Vec<u64> = counts.first_bad.iter().map(|(_, line, _)| *line).collect();
        assert_eq!(places, [4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_is_no_log_takes_no_memory() {
        let (ids, counts) = read(&"x".repeat(3 * BLOCK + 5));
        assert!(ids.is_empty());
        assert_eq!((counts.bad, counts.visits), (counts.lines, 0));
    }
}
