//! Events to lines.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use super::output::{Form, Output};
use crate::records::redact::{self, visible, visible_json};
use crate::time::Clock;

/// Writes this program's events, and of those of other crates only that there was one, and where.
///
/// What a library says may quote what it was about, and with it a token.
#[derive(Debug)]
pub(super) struct Events {
    level: LevelFilter,
    is_coloured: bool,
    out: Output,
}

#[derive(Debug, Serialize)]
struct Line {
    timestamp: String,
    level: &'static str,
    message: String,
    #[serde(flatten)]
    fields: BTreeMap<&'static str, Value>,
}

impl Events {
    pub(super) const fn new(level: LevelFilter, is_coloured: bool, out: Output) -> Self {
        Self {
            level,
            is_coloured,
            out,
        }
    }

    fn is_wanted(&self, metadata: &Metadata<'_>) -> bool {
        let most = if is_ours(metadata) {
            self.level
        } else {
            self.level.min(LevelFilter::WARN)
        };
        metadata.is_event() && *metadata.level() <= most
    }
}

impl Subscriber for Events {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.is_wanted(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.is_wanted(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line {
            timestamp: Clock::System.now().to_string(),
            level: metadata.level().as_str(),
            message: String::new(),
            fields: BTreeMap::new(),
        };
        if is_ours(metadata) {
            event.record(&mut line);
        } else {
            line.message = format!("a library reported a problem: {}", metadata.target());
            let place = metadata.line().unwrap_or_default();
            line.fields.insert("line", place.into());
        }
        self.out.say(match self.out.form() {
            Form::Json => visible_json(&serde_json::to_string(&line).unwrap_or_default()).into_owned() + "\n",
            Form::Text => line.text(self.is_coloured),
        });
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Line {
    /// ` INFO listening on http://127.0.0.1:8080`
    fn text(&self, is_coloured: bool) -> String {
        let mut rest = self.message.clone();
        for (name, value) in &self.fields {
            let _ = match value {
                Value::String(text) => write!(rest, " {name}={text}"),
                other => write!(rest, " {name}={other}"),
            };
        }
        let style = match self.level {
            _ if !is_coloured => Style::new(),
            "ERROR" => AnsiColor::Red.on_default(),
            "WARN" => AnsiColor::Yellow.on_default(),
            "INFO" => AnsiColor::Green.on_default(),
            _ => AnsiColor::Blue.on_default(),
        };
        format!("{style}{:>5}{style:#} {}\n", self.level, visible(&rest))
    }

    fn take(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            // Its text may be a library's, and that one's a peer's.
            (name @ ("error" | "reason"), Value::String(text)) => {
                self.fields.insert(name, redact::text(&text, &[]).into());
            }
            (name, value) => {
                self.fields.insert(name, value);
            }
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    let name = metadata.target().split("::").next();
    name == Some(env!("CARGO_CRATE_NAME"))
}

/// The level that a word names; nothing for any other text.
pub(super) fn level(word: &str) -> Option<LevelFilter> {
    let levels = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
    if word.eq_ignore_ascii_case("off") {
        return Some(LevelFilter::OFF);
    }
    let level = levels
        .into_iter()
        .find(|level| word.eq_ignore_ascii_case(level.as_str()));
    level.map(LevelFilter::from_level)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    const TOKEN: &str = "Zk3vQ9xLmT7wRb2N";

    fn said(form: Form, level: LevelFilter, says: impl FnOnce()) -> String {
        let (reader, writer) = io::pipe().unwrap();
        let out = Output::new("events", form, writer);
        tracing::subscriber::with_default(Events::new(level, false, out.clone()), says);
        assert!(out.flush(Duration::from_secs(60)));
        drop(out);
        io::read_to_string(reader).unwrap()
    }

    #[test]
    fn other_crates_never_speak_in_their_own_words() {
        for form in [Form::Json, Form::Text] {
            for target_level in [
                LevelFilter::TRACE,
                LevelFilter::INFO,
                LevelFilter::ERROR,
                LevelFilter::OFF,
            ] {
                let text = said(form, target_level, || {
                    tracing::trace!(target: "h2::frame", TOKEN, "{TOKEN}");
                    tracing::debug!(target: "h2::server", "malformed path ({TOKEN})");
                    tracing::info!(target: "hyper", token = TOKEN, "{TOKEN}");
                    tracing::warn!(target: "rustls", "{TOKEN}");
                    tracing::error!(target: "linklatch_other", "{TOKEN}");
                    let _span = tracing::error_span!(target: "h2", "span", TOKEN).entered();
                });
                assert!(!text.contains(TOKEN), "{text}");
                let count = [LevelFilter::WARN, LevelFilter::ERROR]
                    .into_iter()
                    .filter(|level| *level <= target_level)
                    .count();
                assert_eq!(text.lines().count(), count, "{text}");
            }
        }
    }

    #[test]
    fn an_error_of_a_library_loses_what_could_be_a_token() {
        let text = said(Form::Json, LevelFilter::INFO, || {
            tracing::warn!(error = %format!("bad path /v?token={TOKEN} \u{202e}"), upstream = "api", "no answer");
        });
        assert!(!text.contains(TOKEN) && text.contains("bad path"), "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&line["level"], &line["message"]),
            (&"WARN".into(), &"no answer".into())
        );
        assert_eq!(line["upstream"], "api");
        assert!(line["timestamp"].is_string());
    }

    #[test]
    fn a_text_line_forges_no_other() {
        let text = said(Form::Text, LevelFilter::INFO, || {
            tracing::info!(count = 3, name = "a\u{1b}[31m\nb\u{2028}c", "hello");
        });
        assert_eq!(text, " INFO hello count=3 name=a\\u{1b}[31m\\nb\\u{2028}c\n");
    }

    #[test]
    fn only_levels_are_understood() {
        for word in ["off", "error", "warn", "INFO", "debug", "trace"] {
            assert!(level(word).is_some(), "{word}");
        }
        for other in [
            "",
            "h2=trace",
            "linklatch=debug",
            "debug,h2=trace",
            "[span]=trace",
            "hyper",
            "debugg",
        ] {
            assert_eq!(level(other), None, "{other}");
        }
    }
}
