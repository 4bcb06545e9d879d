use std::sync::mpsc::{Receiver, Sender, channel};

use proptest::prelude::*;

use super::*;

/// How one write ends.
#[derive(Clone, Copy, Debug)]
enum End {
    All,
    One,
    Nothing,
    Full,
    Interrupted,
    Broken,
    Panic,
}

/// A writer that does as it is told, write by write; then all is well.
struct Told {
    ends: std::vec::IntoIter<End>,
    written: Sender<Vec<u8>>,
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match self.ends.next().unwrap_or(End::All) {
            End::All => bytes.len(),
            End::One => 1,
            End::Nothing => 0,
            End::Full => return Err(ErrorKind::WouldBlock.into()),
            End::Interrupted => return Err(ErrorKind::Interrupted.into()),
            End::Broken => return Err(ErrorKind::BrokenPipe.into()),
            End::Panic => panic!("a writer's fault"),
        };
        let _ = self.written.send(bytes[..taken].to_vec());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that waits until it is let go.
struct Held {
    go: Receiver<()>,
    inner: Told,
}

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An error says that everything may go on.
        let _ = self.go.recv();
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn told(ends: Vec<End>) -> (Told, Receiver<Vec<u8>>) {
    let (written, read) = channel();
    let ends = ends.into_iter();
    (Told { ends, written }, read)
}

/// All that was written, once the thread has ended.
fn all(read: &Receiver<Vec<u8>>) -> String {
    String::from_utf8(read.iter().flatten().collect()).unwrap()
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn lines_without_a_reader_are_dropped_and_counted_where_writing_goes_on() {
    for (form, gap) in [(Form::Text, " WARN 3 log"), (Form::Json, "\"message\":\"3 log")] {
        let (inner, read) = told(Vec::new());
        let (release, go) = channel();
        let output = Output::new("test", form, Held { go, inner });
        output.say("0\n".into());
        // The thread holds the first line; from here on the queue alone has room.
        while !output.0.0.lock().lines.is_empty() {
            std::thread::yield_now();
        }
        for line in 1..=LINES + 3 {
            output.say(format!("{line}\n"));
        }
        assert_eq!(output.lost(), 3);
        assert!(!output.flush(Duration::ZERO), "a flush waits no longer than it may");
        drop(release);
        assert!(output.flush(LONG));
        drop(output);
        let text = all(&read);
        let mut lines = text.lines();
        for line in 0..=LINES {
            assert_eq!(lines.next(), Some(line.to_string().as_str()));
        }
        let last = lines.next().unwrap();
        assert!(
            last.contains(gap) && last.contains("dropped because nobody read them"),
            "{last}"
        );
        assert_eq!(lines.next(), None);
    }
}

#[test]
fn a_few_huge_lines_find_no_room_either() {
    let (inner, _read) = told(Vec::new());
    let (release, go) = channel();
    let output = Output::new("test", Form::Json, Held { go, inner });
    for _ in 0..20 {
        output.say("x".repeat(1024 * 1024));
    }
    assert!(output.lost() >= 3, "{}", output.lost());
    drop(release);
    assert!(output.flush(LONG));
}

#[test]
fn a_last_clone_ends_the_thread() {
    let (inner, read) = told(Vec::new());
    let output = Output::new("test", Form::Json, inner);
    let other = output.clone();
    drop(output);
    other.say("one\n".into());
    drop(other);
    assert_eq!(all(&read), "one\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However writes end, no wait is endless, no line runs into another, and what is missing is counted.
    #[test]
    fn no_end_of_a_write_stops_the_lines_behind_it(ends in prop::collection::vec(0..7_u8, 0..12)) {
        let kinds = [
            End::All, End::One, End::Nothing, End::Full, End::Interrupted, End::Broken, End::Panic,
        ];
        let ends: Vec<End> = ends.into_iter().map(|end| kinds[usize::from(end)]).collect();
        let (inner, read) = told(ends);
        let output = Output::new("test", Form::Text, inner);
        // More lines than faults: the last ones are written.
        for number in 0..30 {
            output.say(format!("line-{number}-and-so-on-until-its-end\n"));
            prop_assert!(output.flush(LONG));
        }
        drop(output);
        let text = all(&read);
        let whole = |line: &str| line.starts_with("line-") && line.ends_with("-end");
        let written = text.lines().filter(|line| whole(line)).count();
        let dropped: usize = text
            .lines()
            .filter_map(|line| line.strip_prefix(" WARN ")?.split(' ').next()?.parse::<usize>().ok())
            .sum();
        prop_assert_eq!(written + dropped, 30, "{}", text);
        for line in text.lines().filter(|line| line.contains("line-")) {
            prop_assert!(line.matches("line-").count() == 1, "{}", text);
        }
    }
}
