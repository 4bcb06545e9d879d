//! A reverse proxy that keeps one-time sign-in links shut until a person opens them.

pub mod config;
pub mod gate;
pub mod proxy;
pub mod secret;
pub mod server;
pub mod tasks;
pub mod time;
