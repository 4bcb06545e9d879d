//! The gate before a real browser: Chromium, driven over WebDriver.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, read files and spawn, in its helpers too"
)]

mod apps;
mod axe;
mod browser;
mod code;
mod demo;
mod drive;
mod machines;
mod people;
mod press;
#[expect(dead_code, unused_imports, reason = "the other tests use more of it")]
#[path = "../it/support/mod.rs"]
mod support;
mod table;
mod trial;
