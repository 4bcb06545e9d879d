//! Records to lines. Writing happens on a thread of its own: a closed pipe or a full disk never stops the gate.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::records::Record;

/// Where the records' lines go.
#[derive(Clone, Debug)]
pub struct Log {
    lines: Option<SyncSender<Message>>,
    form: Form,
    lost: Arc<AtomicU64>,
}

/// How a record becomes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object.
    Json,
    /// For eyes.
    Text,
}

#[derive(Debug)]
enum Message {
    Line(String),
    Flush(SyncSender<()>),
}

impl Log {
    /// A log that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self {
            lines: None,
            form: Form::Json,
            lost: Arc::default(),
        }
    }

    /// A log to `out`, written by a thread that ends with the last clone.
    #[must_use]
    pub fn new(form: Form, out: impl Write + Send + 'static) -> Self {
        let (lines, queue) = sync_channel(QUEUE);
        let spawned = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write_lines(&queue, out));
        Self {
            lines: spawned.is_ok().then_some(lines),
            form,
            lost: Arc::default(),
        }
    }

    /// Whether anybody reads it.
    #[must_use]
    pub const fn is_heard(&self) -> bool {
        self.lines.is_some()
    }

    /// Writes a record, unless the writer can't keep up: then it is counted as lost.
    pub fn write(&self, record: &Record) {
        let Some(lines) = &self.lines else { return };
        let line = match self.form {
            Form::Json => serde_json::to_string(record).unwrap_or_default(),
            Form::Text => text(record),
        };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = lines.try_send(Message::Line(line)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many lines were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything written so far is out.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if let Some(lines) = &self.lines
            && lines.send(Message::Flush(done)).is_ok()
        {
            let _ = wait.recv();
        }
    }
}

fn write_lines(queue: &Receiver<Message>, mut out: impl Write) {
    while let Ok(mut message) = queue.recv() {
        let mut batch = String::new();
        let mut flushed = Vec::new();
        loop {
            match message {
                Message::Line(line) => {
                    batch.push_str(&line);
                    batch.push('\n');
                }
                Message::Flush(done) => flushed.push(done),
            }
            match queue.try_recv() {
                Ok(next) if batch.len() < BATCH => message = next,
                Ok(Message::Line(line)) => {
                    batch.push_str(&line);
                    batch.push('\n');
                    break;
                }
                Ok(Message::Flush(done)) => {
                    flushed.push(done);
                    break;
                }
                Err(_) => break,
            }
        }
        // Nothing better is left to do with an error here, and the gate must go on.
        let _ = out.write_all(batch.as_bytes()).and_then(|()| out.flush());
        for done in flushed {
            let _ = done.send(());
        }
    }
}

/// `12:00:00.123 GET /auth/verify?token={token} 200 held (head) suspect → press 0.4 ms 192.0.2.1 req_…`
fn text(record: &Record) -> String {
    let mut line = String::with_capacity(160);
    let time = record.timestamp.get(11..23).unwrap_or(&record.timestamp);
    let place = record.route.as_deref().or(record.path.as_deref()).unwrap_or("…");
    let _ = write!(
        line,
        "{time} {:<4} {place} {} {}",
        record.method,
        record.status,
        record.outcome.as_str()
    );
    if let Some(reason) = record.error.or(record.reason) {
        let _ = write!(line, " ({reason})");
    }
    if let Some(class) = record.class {
        let _ = write!(line, " {class}");
    }
    if !record.findings.is_empty() {
        let _ = write!(line, " [{}]", record.findings.join(", "));
    }
    if let Some(step) = record.step {
        let _ = write!(line, " → {step}");
    }
    let _ = write!(line, " {:.1} ms", record.duration * 1000.0);
    for part in [record.client.as_deref(), Some(record.request_id.as_str())]
        .into_iter()
        .flatten()
    {
        let _ = write!(line, " {part}");
    }
    line
}

const QUEUE: usize = 8192;
const BATCH: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_broken_pipe_stops_nothing() {
        let log = Log::new(Form::Json, Broken);
        for _ in 0..3 {
            log.write(&Record::default());
            log.flush();
        }
        assert_eq!(log.lost(), 0);
    }

    #[test]
    fn a_record_is_one_json_line() {
        let (reader, writer) = io::pipe().unwrap();
        let log = Log::new(Form::Json, writer);
        log.write(&Record {
            method: "GET".into(),
            status: 200,
            path: Some("/a\nb".into()),
            ..Record::default()
        });
        log.flush();
        drop(log);
        let text = io::read_to_string(reader).unwrap();
        assert_eq!(text.lines().count(), 1);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["http.response.status_code"], 200);
        assert_eq!(line["linklatch.outcome"], "passed");
        assert!(line.get("linklatch.link.id").is_none());
    }

    #[test]
    fn the_text_form_reads_at_a_glance() {
        let record = Record {
            timestamp: "2026-11-25T12:00:00.123Z".into(),
            method: "HEAD".into(),
            route: Some("/v?token={token}".into()),
            status: 200,
            outcome: crate::records::Outcome::Held,
            class: Some("suspect"),
            findings: vec!["head".into()],
            step: Some("press"),
            request_id: "req_1".into(),
            ..Record::default()
        };
        let line = "12:00:00.123 HEAD /v?token={token} 200 held suspect [head] → press 0.0 ms req_1";
        assert_eq!(text(&record), line);
    }
}
