//! HTTP/1.1 connections that wait for their next request.

use std::sync::{Arc, Mutex};

use hyper::client::conn::http1;
use tokio::time::Instant;

use super::{MAX_IDLE, lock};
use crate::proxy::body::{Body, Ended, Guard};

/// How many connections wait at most.
const MAX_KEPT: usize = 64;

/// The connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<Idle>>>);

/// One connection, and since when it waits.
type Idle = (http1::SendRequest<Body>, Instant);

impl Kept {
    /// A kept connection that is alive and free as far as can be seen.
    ///
    /// One may still be taking the body of a request that was answered early: it is left to that.
    pub(super) fn take(&self) -> Option<http1::SendRequest<Body>> {
        let now = Instant::now();
        let mut idle = lock(&self.0);
        idle.retain(|(sender, since)| !sender.is_closed() && now - *since <= MAX_IDLE);
        let free = idle.iter().rposition(|(sender, _)| sender.is_ready())?;
        Some(idle.remove(free).0)
    }

    /// Keeps a connection that has nothing under way.
    pub(super) fn put(&self, sender: http1::SendRequest<Body>) {
        let mut idle = lock(&self.0);
        if idle.len() < MAX_KEPT && !sender.is_closed() {
            idle.push((sender, Instant::now()));
        }
    }

    /// What gives a connection back once its response was read whole.
    pub(super) fn give_back(&self, sender: http1::SendRequest<Body>) -> Box<dyn Guard> {
        Box::new(Return {
            kept: self.clone(),
            sender: Some(sender),
        })
    }
}

#[derive(Debug)]
struct Return {
    kept: Kept,
    sender: Option<http1::SendRequest<Body>>,
}

impl Guard for Return {
    fn ended(&mut self, how: Ended) {
        if let Some(sender) = self.sender.take().filter(|_| how == Ended::Whole) {
            self.kept.put(sender);
        }
    }
}
