//! What commands print; colours only where they are seen. A reader that went away is no error.

use std::io::{self, ErrorKind, Write};

/// Prints to standard output.
pub(super) fn out(text: &str) -> io::Result<()> {
    finish(anstream::stdout().lock(), text)
}

/// Prints to standard error.
pub(super) fn err(text: &str) -> io::Result<()> {
    finish(anstream::stderr().lock(), text)
}

fn finish(mut to: impl Write, text: &str) -> io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
