//! What operators see.

pub mod counters;
mod events;
pub mod log;
pub mod output;

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;

use self::events::Events;
use self::output::{Form, Output};
use crate::config::LogFormat;

/// Sends what happens beside requests (start, stop, reloads, faults) to `out`. `word` is the least important level that is
/// written: off, error, warn, info, debug or trace.
///
/// The level is that of this program's own events. Of what other crates report, from warnings on, only the place is
/// written: their words may quote a text that they were about, and with it a token. A second call changes nothing.
pub fn init(word: &str, is_coloured: bool, out: Output) {
    let level = events::level(word);
    let events = Events::new(level.unwrap_or(LevelFilter::INFO), is_coloured, out);
    let _ = tracing::subscriber::set_global_default(events);
    if level.is_none() {
        tracing::warn!(
            "LINKLATCH_LOG is not understood and counts as info; known: off, error, warn, info, debug, trace. It is the \
             level of linklatch's own events: what other crates say can quote requests, and is never written"
        );
    }
}

/// From here on a fault of the program is an event that tells its place alone: a panic's words may quote a token.
pub fn hide_words_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in this program");
    }));
}

/// How lines are written to standard error.
#[must_use]
pub fn form_of_stderr(format: LogFormat) -> Form {
    form(format, std::io::stderr().is_terminal())
}

/// How lines are written to standard output.
#[must_use]
pub fn form_of_stdout(format: LogFormat) -> Form {
    form(format, std::io::stdout().is_terminal())
}

const fn form(format: LogFormat, is_terminal: bool) -> Form {
    match format {
        LogFormat::Text => Form::Text,
        LogFormat::Auto if is_terminal => Form::Text,
        LogFormat::Auto | LogFormat::Json => Form::Json,
    }
}
