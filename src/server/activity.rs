//! What goes on in one connection: nothing, a request we work on, or an answer that its client does not take.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use crate::proxy::body::{Body, BodyError};

/// One connection's requests.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Whether there was a request at all.
    used: bool,
    /// Requests without a whole answer.
    open: usize,
    /// Those of them that wait for us or the upstream, not for the client.
    ours: usize,
    /// When anything last moved.
    moved: Instant,
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// For its first request.
    First,
    /// For another request.
    Next,
    /// For us or the upstream.
    Us,
    /// For its client to take the answers.
    Client,
}

/// One request, from its head to its answer's last byte.
#[derive(Debug)]
pub(crate) struct Turn {
    activity: Activity,
    ours: bool,
}

/// An answer's body that says whom it waits for.
#[derive(Debug)]
pub(crate) struct Tracked {
    body: Body,
    turn: Turn,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            used: false,
            open: 0,
            ours: 0,
            moved: Instant::now(),
        })))
    }

    /// A request has come.
    pub(crate) fn begin(&self) -> Turn {
        let mut state = self.lock();
        *state = State {
            used: true,
            open: state.open + 1,
            ours: state.ours + 1,
            moved: Instant::now(),
        };
        Turn {
            activity: self.clone(),
            ours: true,
        }
    }

    /// What is waited for, and since when.
    pub(crate) fn waiting(&self) -> (Waiting, Instant) {
        let state = self.lock();
        let waiting = match *state {
            State { used: false, .. } => Waiting::First,
            State { open: 0, .. } => Waiting::Next,
            State { ours: 0, .. } => Waiting::Client,
            State { .. } => Waiting::Us,
        };
        (waiting, state.moved)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The answer's head is there. Its body is asked for once the client has room for it.
    pub(crate) fn track(mut self, body: Body) -> Tracked {
        self.waits_for_us(false);
        Tracked { body, turn: self }
    }

    fn waits_for_us(&mut self, ours: bool) {
        let mut state = self.activity.lock();
        match (self.ours, ours) {
            (false, true) => state.ours += 1,
            (true, false) => state.ours -= 1,
            (true, true) | (false, false) => {}
        }
        state.moved = Instant::now();
        self.ours = ours;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.waits_for_us(false);
        self.activity.lock().open -= 1;
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.turn.waits_for_us(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn it_is_known_who_is_waited_for() {
        let activity = Activity::new();
        assert_eq!(activity.waiting().0, Waiting::First);
        let (one, two) = (activity.begin(), activity.begin());
        assert_eq!(activity.waiting().0, Waiting::Us);
        drop(two);
        let mut body = one.track(Bytes::from_static(b"x").into());
        assert_eq!(activity.waiting().0, Waiting::Client);
        assert!(body.frame().await.is_some());
        assert_eq!(activity.waiting().0, Waiting::Client);
        let three = activity.begin();
        assert_eq!(activity.waiting().0, Waiting::Us);
        drop((body, three));
        assert_eq!(activity.waiting().0, Waiting::Next);
    }
}
