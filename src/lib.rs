//! A reverse proxy that keeps one-time sign-in links shut until a person opens them.
//!
//! # The request's way
//!
//! ```text
//! server   socket → seat → PROXY header → TLS → HTTP/1 or HTTP/2
//! proxy    handler: one snapshot → framing, client address, host
//! gate     route ─┬─ Passage (no link) ────────────────────────→ forward::pass ──→ upstream
//!                 ├─ CallRequest ─ its token's opening? ─ yes → Passage → forward::pass
//!                 │                                       no  → envelope
//!                 ├─ Ambiguous → 400
//!                 └─ Protected → judge → Verdict
//!                     ├─ GET, HEAD       hold: the page, with a sealed ticket
//!                     ├─ POST, ticket    unseal → memory::claim → confirm → Confirmed → send_once ──→ upstream
//!                     ├─ POST, without   an opening or one-click unsubscribe → Passage, else the page
//!                     └─ others          refused
//! records  one Record, written when the answer's body has ended
//! ```
//!
//! It is a straight line: no module calls back up it. [`proxy`]'s `handler.rs` is the place to start reading.
//!
//! Two types can go upstream: a [`gate::Passage`], made for one of a closed set of [`gate::PassReason`]s, and a
//! [`gate::Confirmed`], made of a ticket that a person's press brought back and of a target that was just claimed.
//! [`gate`] alone makes them, so "a token goes upstream without a person" does not compile elsewhere.
//!
//! # The modules, from the ground up
//!
//! | module | what it is for |
//! |---|---|
//! | [`diag`] | problems of the user's files: where, what, remedy |
//! | [`secret`] | tokens and keys, which can't be printed |
//! | [`tasks`] | background tasks: the only spawn, the signal that ends them |
//! | [`time`] | instants; the only reader of the clock |
//! | [`certificates`] | certificates and keys for TLS, from their text |
//! | [`visit`] | what is known of one request for a link |
//! | [`signatures`] | what scanners look like: signature files, compiled |
//! | [`asn`] | the operator's database of autonomous systems |
//! | [`brand`] | an operator's colours, logo and page, checked |
//! | [`locales`] | the languages of the pages: their texts, and which one a browser gets |
//! | [`gate`] | decides: links, spellings, tickets, keys, verdicts, what may go upstream |
//! | [`config`] | the configuration, from text to ready values, with all its problems |
//! | [`pages`] | pages for people, envelopes for programs, their headers |
//! | [`records`] | the canonical log line, and what it leaves out |
//! | [`addresses`] | what is known of a client's address: its system, its name; asks nameservers |
//! | [`load`] | files and environment into a configuration |
//! | [`memory`] | claims, spent tickets, openings, kept answers |
//! | [`telemetry`] | lines and events to where operators see them |
//! | [`proxy`] | one request, from its head to its answer; connections to upstreams |
//! | [`server`] | sockets, TLS, the PROXY protocol, shutdown |
//! | [`demo`] | a site, its auth API, a mailbox and scanners, to try the gate with |
//! | [`preview`] | every page with sample values, for designers |
//! | [`cli`] | the commands |
//! | `fuzzing` | inner functions for the fuzz targets; builds for fuzzing alone have it |
//!
//! # Who may import whom
//!
//! A module imports from the layers below its own, never from its neighbours:
//!
//! | layer | modules | besides |
//! |---|---|---|
//! | 0 | `diag`, `secret`, `tasks`, `time` | `tasks` alone knows the runtime |
//! | 1 | `certificates`, `visit` | no I/O, clock or randomness: facts, time and nonces come in as arguments |
//! | 2 | `asn`, `brand`, `locales`, `signatures` | the same |
//! | 3 | `gate` | the same |
//! | 4 | `config`, `pages`, `records` | no runtime, network or disk |
//! | 5 | `addresses`, `load`, `memory`, `telemetry` | no HTTP |
//! | 6 | `proxy` | |
//! | 7 | `server` | |
//! | 8 | `demo` | of the modules below only `secret`, `tasks`, `time`: it is a stranger to the gate |
//! | 8 | `preview` | |
//! | 9 | `cli`, `fuzzing`, then `main` | |
//!
//! `tests/it/layers.rs` holds this table as data and reads the sources.

pub mod addresses;
pub mod asn;
pub mod brand;
pub mod certificates;
pub mod cli;
pub mod config;
pub mod demo;
pub mod diag;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod gate;
pub mod load;
pub mod locales;
pub mod memory;
pub mod pages;
pub mod preview;
pub mod proxy;
pub mod records;
pub mod secret;
pub mod server;
pub mod signatures;
pub mod tasks;
pub mod telemetry;
pub mod time;
pub mod visit;
