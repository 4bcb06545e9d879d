//! What is counted while the gate runs, for whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests refused because `[limits] in-flight` was reached.
    pub refused_in_flight: Counter,
    /// Requests refused because their address had its share of `in-flight`.
    pub refused_in_flight_of_address: Counter,
    /// Requests refused because all HTTP/2 connections to their upstream were full.
    pub refused_upstream_full: Counter,
    /// Request bodies that paused for too long or came too slowly.
    pub uploads_too_slow: Counter,
    /// Response bodies that their client took too slowly.
    pub downloads_too_slow: Counter,
    /// Connections refused because all were in use and none could be closed for them.
    pub connections_refused: Counter,
    /// Connections refused because their address had as many as one may have.
    pub connections_refused_of_address: Counter,
    /// Connections without a request that were closed to make room for new ones.
    pub connections_given_up: Counter,
}

/// One count.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts so many more.
    pub fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
