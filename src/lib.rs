//! A reverse proxy that keeps one-time sign-in links shut until a person opens them.

pub mod cli;
pub mod config;
pub mod demo;
pub mod diag;
pub mod gate;
pub mod load;
pub mod memory;
pub mod pages;
pub mod proxy;
pub mod records;
pub mod secret;
pub mod server;
pub mod signatures;
pub mod tasks;
pub mod telemetry;
pub mod time;
pub mod visit;
