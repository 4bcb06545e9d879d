//! Records to lines.

use std::fmt::Write as _;
use std::time::Duration;

use super::output::{Form, Output};
use crate::records::Record;
use crate::records::redact::{visible, visible_json};

/// Where the records' lines go.
#[derive(Clone, Debug)]
pub struct Log(Option<Output>);

impl Log {
    /// A log that keeps nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// A log to `out`.
    #[must_use]
    pub const fn new(out: Output) -> Self {
        Self(Some(out))
    }

    /// Whether anybody reads it.
    #[must_use]
    pub const fn is_heard(&self) -> bool {
        self.0.is_some()
    }

    /// Writes a record, unless the writer can't keep up: then it is counted as lost.
    pub fn write(&self, record: &Record) {
        let Some(out) = &self.0 else { return };
        let mut line = match out.form() {
            Form::Json => visible_json(&serde_json::to_string(record).unwrap_or_default()).into_owned(),
            Form::Text => visible(&text(record)).into_owned(),
        };
        line.push('\n');
        out.say(line);
    }

    /// How many lines were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.0.as_ref().map_or(0, Output::lost)
    }

    /// Waits until everything written so far is out, but no longer than `within`. False when the time was over first.
    pub fn flush(&self, within: Duration) -> bool {
        self.0.as_ref().is_none_or(|out| out.flush(within))
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

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

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
        let log = Log::new(Output::new("log", Form::Json, Broken));
        for _ in 0..3 {
            log.write(&Record::default());
            assert!(log.flush(LONG));
        }
        assert_eq!(log.lost(), 0);
    }

    #[test]
    fn a_record_is_one_json_line() {
        let (reader, writer) = io::pipe().unwrap();
        let log = Log::new(Output::new("log", Form::Json, writer));
        log.write(&Record {
            method: "GET".into(),
            status: 200,
            path: Some("/a\nb".into()),
            ..Record::default()
        });
        assert!(log.flush(LONG));
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
