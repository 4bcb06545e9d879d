//! The gate as a whole.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod bad_files;
mod cli;
mod matching;
mod shipped;
