//! What operators see.

pub mod log;

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Sends what happens beside requests (start, stop, reloads, faults) to stderr. `filter` as `RUST_LOG` is written.
///
/// Faults of the program go there too, by their place alone: the library's own words may quote a text that they were
/// about, and with it a token. A second call changes nothing.
pub fn init(format: LogFormat, filter: &str) {
    let text = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Json => false,
        LogFormat::Text => true,
    };
    let known = ["off", "error", "warn", "info", "debug", "trace"];
    // A single word that is no level would name a module, and silence everything else.
    let unknown = !filter.contains(['=', ',']) && !known.contains(&filter);
    let filter = if unknown { None } else { EnvFilter::try_new(filter).ok() };
    let wrong = filter.is_none();
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info"));
    // An error while writing a line must not be written to the same broken place: that would panic.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(text && std::io::stderr().is_terminal())
        .with_target(false)
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter);
    let _ = if text {
        registry.with(layer.compact().without_time()).try_init()
    } else {
        registry.with(layer.json().flatten_event(true)).try_init()
    };
    if wrong {
        tracing::warn!(
            "LINKLATCH_LOG is not understood and counts as info; known: {}",
            known.join(", ")
        );
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in this program");
    }));
}
