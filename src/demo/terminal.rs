//! Where the demo says what happens.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// A writer of lines. One that is closed or full stops nothing.
#[derive(Clone)]
pub struct Terminal(Arc<Mutex<dyn Write + Send>>);

impl Terminal {
    /// Writes to `out`.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }

    /// Writes to standard output, in colour where that is wanted.
    #[must_use]
    pub fn stdout() -> Self {
        Self::new(anstream::stdout())
    }

    /// Writes one line.
    pub fn line(&self, line: impl fmt::Display) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal(…)")
    }
}
