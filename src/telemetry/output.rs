//! One output of the program: a bounded queue, and a thread that writes. Nobody who says something waits for a reader.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::time::Clock;

/// Where lines go. Clones share one queue and one thread, which ends with the last clone.
#[derive(Clone, Debug)]
pub struct Output(Arc<Handle>);

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object.
    Json,
    /// For eyes.
    Text,
}

/// Ends the thread when it is dropped.
#[derive(Debug)]
struct Handle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    is_text: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<String>,
    bytes: usize,
    /// Lines that were taken in so far.
    accepted: u64,
    /// Those of them that were written or given up.
    handled: u64,
    /// Lines that found no room.
    lost: u64,
    /// Lost lines, and lines that could not be written, that were not reported yet.
    unreported: u64,
    is_closed: bool,
}

impl Output {
    /// Writes to `out` on a thread of its own, called `name`.
    #[must_use]
    pub fn new(name: &str, form: Form, out: impl Write + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        shared.is_text.store(form == Form::Text, Ordering::Relaxed);
        let writer = Arc::clone(&shared);
        let spawned = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || writer.write_lines(out));
        if spawned.is_err() {
            shared.lock().is_closed = true;
        }
        Self(Arc::new(Handle(shared)))
    }

    /// Standard output.
    #[must_use]
    pub fn stdout(form: Form) -> Self {
        match unlocked(&io::stdout()) {
            Ok(file) => Self::new("stdout", form, file),
            Err(_) => Self::new("stdout", form, io::stdout()),
        }
    }

    /// Standard error.
    #[must_use]
    pub fn stderr(form: Form) -> Self {
        match unlocked(&io::stderr()) {
            Ok(file) => Self::new("stderr", form, file),
            Err(_) => Self::new("stderr", form, io::stderr()),
        }
    }

    /// How lines are written here.
    #[must_use]
    pub fn form(&self) -> Form {
        self.0.0.form()
    }

    /// Changes how lines are written here.
    pub fn set_form(&self, form: Form) {
        self.0.0.is_text.store(form == Form::Text, Ordering::Relaxed);
    }

    /// Takes in a text of one or more whole lines. It never waits: without room the text is dropped and counted.
    pub fn say(&self, text: String) {
        let mut queue = self.0.0.lock();
        if queue.is_closed || queue.lines.len() >= LINES || queue.bytes + text.len() > BYTES {
            queue.lost += 1;
            queue.unreported += 1;
            return;
        }
        queue.bytes += text.len();
        queue.accepted += 1;
        queue.lines.push_back(text);
        self.0.0.changed.notify_all();
    }

    /// How many texts found no room.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.0.0.lock().lost
    }

    /// Waits until everything that was taken in so far is written or given up, but no longer than `within`. False when
    /// the time was over first.
    pub fn flush(&self, within: Duration) -> bool {
        let queue = self.0.0.lock();
        let target = queue.accepted;
        let waits = |queue: &mut Queue| queue.handled < target;
        let waited = self.0.0.changed.wait_timeout_while(queue, within, waits);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn form(&self) -> Form {
        if self.is_text.load(Ordering::Relaxed) {
            Form::Text
        } else {
            Form::Json
        }
    }

    fn write_lines(&self, mut out: impl Write) {
        let mut torn = false;
        while let Some((batch, count)) = self.next_batch() {
            let mut text = if torn { String::from("\n") } else { String::new() };
            text.extend(batch);
            let unwritten = write(&mut out, text.as_bytes());
            let (written, rest) = text.as_bytes().split_at(text.len() - unwritten);
            let newlines = memchr::memchr_iter(b'\n', rest).count();
            let failed = newlines - usize::from(torn && written.is_empty());
            // A line that was cut must not run into the next one.
            torn = written.last().map_or(torn, |last| *last != b'\n');
            let mut queue = self.lock();
            queue.handled += count;
            queue.unreported += failed as u64;
            let dropped = queue.unreported;
            let reports = unwritten == 0 && dropped > 0 && queue.lines.is_empty();
            drop(queue);
            if reports {
                torn = write(&mut out, gap(self.form(), dropped).as_bytes()) > 0;
                self.lock().unreported -= if torn { 0 } else { dropped };
            }
            self.changed.notify_all();
        }
    }

    /// Waits for lines and takes as many as one write should have; nothing once there will be no more.
    fn next_batch(&self) -> Option<(Vec<String>, u64)> {
        let waits = |queue: &mut Queue| queue.lines.is_empty() && !queue.is_closed;
        let queue = self.changed.wait_while(self.lock(), waits);
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH
            && let Some(line) = queue.lines.pop_front()
        {
            bytes += line.len();
            batch.push(line);
        }
        queue.bytes -= bytes;
        let count = batch.len() as u64;
        (count > 0).then_some((batch, count))
    }
}

/// Writes all of `bytes`; how many could not be written. Nothing better is left to do with an error here, and the
/// program must go on, also where the writer panics.
fn write(out: &mut impl Write, bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while !rest.is_empty() {
        let written = catch_unwind(AssertUnwindSafe(|| out.write(rest)));
        match written {
            Ok(Ok(written @ 1..)) => rest = rest.get(written..).unwrap_or_default(),
            Ok(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
            // The other end of the pipe was made so that nobody waits for it, and it is full.
            Ok(Err(error)) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(FULL),
            _ => break,
        }
    }
    if rest.is_empty() {
        let _ = catch_unwind(AssertUnwindSafe(|| out.flush()));
    }
    rest.len()
}

/// What stands where lines are missing.
fn gap(form: Form, dropped: u64) -> String {
    let message = match dropped {
        1 => "1 log line was dropped because nobody read it".to_owned(),
        _ => format!("{dropped} log lines were dropped because nobody read them"),
    };
    match form {
        Form::Json => {
            let now = Clock::System.now();
            format!("{{\"timestamp\":\"{now}\",\"level\":\"WARN\",\"message\":\"{message}\"}}\n")
        }
        Form::Text => format!(" WARN {message}\n"),
    }
}

/// The file behind a standard stream, without that stream's buffer and lock: a writer that hangs holds up nobody else.
fn unlocked(stream: &impl AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

/// Texts that may wait.
const LINES: usize = 8192;
/// Bytes that may wait.
const BYTES: usize = 16 * 1024 * 1024;
/// Bytes of one write.
const BATCH: usize = 64 * 1024;
/// Between two tries to write into a full pipe that does not wait.
const FULL: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests;
