//! The gate as a whole.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may panic, read files and spawn, in its helpers too"
)]

mod addresses;
mod allocations;
mod bad_files;
mod branding;
mod calls;
mod checking;
mod cli;
mod code;
mod confirming;
mod conventions;
mod docs;
mod everyday;
mod explain;
mod faults;
mod fingerprints;
mod forwarded;
mod half_files;
mod hardening;
mod hidden;
mod http2;
mod judging;
mod ladder;
mod languages;
mod layers;
mod leaving_open;
mod marks;
mod matching;
mod outputs;
mod own_answers;
mod process;
mod promises;
mod proxying;
mod real_clients;
mod refused;
mod reload;
mod replay;
mod rotation;
mod scenarios;
mod shipped;
mod signature_tools;
mod signatures;
mod spellings;
mod spent;
mod strangers;
mod support;
mod tickets;
mod tls;
mod tools;
mod topology;
mod upgrades;
mod wire;
