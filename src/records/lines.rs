//! A log as a stream: block by block, its visits in the order of their time.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;
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
        &mut self,
        file: &str,
        mut log: impl Read,
        counts: &mut Counts,
        mut each: impl FnMut(&Seen) -> ControlFlow<()>,
        mut progress: impl FnMut(&Counts),
    ) -> io::Result<()> {
        let (mut block, mut waiting) = (Block::default(), Waiting::default());
        loop {
            let ended = block.fill(&mut log)?;
            let flow = self.block(file, &mut block, ended, counts, |seen| {
                waiting.add(seen);
                waiting.give(OUT_OF_ORDER, WAITING, &mut each)
            });
            if ended && flow.is_continue() {
                let _ = waiting.give(Duration::ZERO, 0, &mut each);
            }
            progress(counts);
            if ended || flow.is_break() {
                return Ok(());
            }
        }
    }

    /// Reads the whole lines of a block.
    fn block(
        &mut self,
        file: &str,
        block: &mut Block,
        ended: bool,
        counts: &mut Counts,
        mut each: impl FnMut(Seen) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut start = 0;
        let whole = if ended { block.bytes.len() } else { block.whole() };
        // What is after the last line's end is a line too, where there is no more to come.
        let last = (!block.bytes[..whole].ends_with(b"\n")).then_some(whole);
        for end in memchr::memchr_iter(b'\n', &block.bytes[..whole]).chain(last) {
            let line = block.bytes[start..end].trim_ascii_end();
            start = end + 1;
            block.line += 1;
            if line.is_empty() {
                continue;
            }
            counts.lines += 1;
            match self.read(line) {
                Ok(Some(seen)) => {
                    counts.visits += 1;
                    each(seen)?;
                }
                Ok(None) => {}
                Err(what) => counts.is_bad(file, block.line, what.to_string()),
            }
        }
        counts.bytes += whole as u64;
        block.bytes.drain(..whole);
        ControlFlow::Continue(())
    }
}

/// Visits that wait for others that may come before them.
#[derive(Debug, Default)]
struct Waiting {
    /// By their times; those of one time as they came.
    visits: BTreeMap<(Timestamp, u64), Box<Seen>>,
    number: u64,
}

impl Waiting {
    fn add(&mut self, seen: Seen) {
        self.number += 1;
        self.visits.insert((seen.at, self.number), Box::new(seen));
    }

    /// Gives on what is older than the newest by more than `wait`, and more where more than `limit` wait.
    fn give(
        &mut self,
        wait: Duration,
        limit: usize,
        each: &mut impl FnMut(&Seen) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((&(newest, _), _)) = self.visits.last_key_value() else {
            return ControlFlow::Continue(());
        };
        let settled = newest.before(wait);
        let mut waiting = self.visits.len();
        while let Some(first) = self.visits.first_entry() {
            if first.key().0 >= settled && waiting <= limit {
                break;
            }
            waiting -= 1;
            each(&first.remove())?;
        }
        ControlFlow::Continue(())
    }
}

/// A part of a log; its last line may be cut.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    /// The number of lines so far, in the file.
    line: u64,
}

impl Block {
    /// Reads until the block is full, or the log ends.
    fn fill(&mut self, log: &mut impl Read) -> io::Result<bool> {
        let room = BLOCK - self.bytes.len();
        self.bytes.reserve(room);
        let read = log.take(room as u64).read_to_end(&mut self.bytes)?;
        Ok(read < room)
    }

    /// Up to where lines are whole. What is longer than half a block is no line of a log: it counts as one for each
    /// part of it.
    fn whole(&self) -> usize {
        match memchr::memrchr(b'\n', &self.bytes) {
            Some(end) => end + 1,
            None if self.bytes.len() > BLOCK / 2 => self.bytes.len(),
            None => 0,
        }
    }
}

const BLOCK: usize = 1024 * 1024;
const OUT_OF_ORDER: Duration = Duration::from_secs(30);
/// At most so many visits wait: half a minute of five hundred a second.
const WAITING: usize = 16_384;
/// So many bad lines are told.
const FIRST: usize = 5;

#[cfg(test)]
mod tests {

    use super::*;
    use crate::gate::Gate;

    fn line(seconds: i64) -> String {
        let at = Timestamp::from_millis(1_790_000_000_000 + seconds * 1000);
        format!(
            "{{\"timestamp\":\"{at}\",\"request_id\":\"{seconds}\",\"http.request.method\":\"GET\",\"linklatch.link.id\":\
             \"dfb751396b651f7386b46dd8bfadbe20\",\"linklatch.verdict.class\":\"unknown\",\"pad\":\"{}\"}}\n",
            "x".repeat(2000)
        )
    }

    fn read(log: &str) -> (Vec<String>, Counts) {
        let gate = Gate::of_nothing();
        let (mut ids, mut counts, mut blocks) = (Vec::new(), Counts::default(), 0);
        let each = |seen: &Seen| {
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
