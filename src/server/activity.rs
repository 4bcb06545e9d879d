//! What goes on in one connection: nothing, a request we work on, or an answer that its client does not take.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use super::seats::Standing;
use crate::proxy::body::{Body, BodyError};
use crate::proxy::patience::{Pace, Patience};

/// Bytes of an upstream's answer that a client gets at a time, and that it has to take at the least rate.
const PIECE: usize = 16 * 1024;

/// One connection's requests.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    state: Arc<Mutex<State>>,
    standing: Standing,
    pace: Pace,
}

#[derive(Debug)]
struct State {
    /// Whether there was a request at all.
    used: bool,
    /// Whether another protocol took the connection over.
    upgraded: bool,
    /// Requests without a whole answer.
    open: usize,
    /// Those of them that wait for us or the upstream, not for the client.
    ours: usize,
    /// When anything last moved.
    moved: Instant,
    /// Answers of upstreams that are on their way.
    downloads: Vec<Arc<Mutex<Download>>>,
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

/// The answers that their client takes too slowly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slow {
    /// How many were ended just now.
    pub(crate) ended: usize,
    /// Whether they are all that the connection still has.
    pub(crate) is_all: bool,
    /// When the next one is due.
    pub(crate) next: Option<Instant>,
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
    body: Answer,
    turn: Turn,
}

#[derive(Debug)]
enum Answer {
    /// It holds nothing that others need.
    Own(Body),
    /// It holds a place at the upstream.
    Upstreams(Arc<Mutex<Download>>),
}

/// An upstream's answer, whose client has to take it at the least rate.
#[derive(Debug)]
struct Download {
    /// Gone once its client was too slow.
    body: Option<Body>,
    /// What came and was not given yet.
    rest: Bytes,
    /// Bytes that the client has to take before it is asked for more.
    given: usize,
    patience: Patience,
    /// Until when it has to have taken them.
    until: Option<Instant>,
}

/// The client took the answer too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the client took the answer at less than {} bytes a second", .0.least_rate)]
struct TooSlow(Pace);

impl Activity {
    pub(crate) fn new(standing: Standing, pace: Pace) -> Self {
        let state = State {
            used: false,
            upgraded: false,
            open: 0,
            ours: 0,
            moved: Instant::now(),
            downloads: Vec::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            standing,
            pace,
        }
    }

    /// A request has come.
    pub(crate) fn begin(&self) -> Turn {
        let mut state = lock(&self.state);
        state.used = true;
        state.open += 1;
        state.ours += 1;
        state.moved = Instant::now();
        if state.open == 1 {
            self.standing.is_busy();
        }
        Turn {
            activity: self.clone(),
            ours: true,
        }
    }

    /// What is waited for, and since when.
    pub(crate) fn waiting(&self) -> (Waiting, Instant) {
        let state = lock(&self.state);
        let waiting = match *state {
            State { used: false, .. } => Waiting::First,
            State { open: 0, .. } => Waiting::Next,
            State { ours: 0, .. } => Waiting::Client,
            State { .. } => Waiting::Us,
        };
        (waiting, state.moved)
    }

    /// Ends the answers that their client takes too slowly, and what they hold with them.
    pub(crate) fn end_slow(&self, now: Instant) -> Slow {
        let state = lock(&self.state);
        let (open, downloads) = (state.open, state.downloads.clone());
        drop(state);
        let mut slow = Slow {
            ended: 0,
            is_all: false,
            next: None,
        };
        let mut gone = 0;
        for download in downloads {
            let mut download = lock(&download);
            let due = download.until.filter(|_| download.body.is_some());
            if due.is_some_and(|due| due <= now) {
                download.body = None;
                slow.ended += 1;
            } else {
                slow.next = due.into_iter().chain(slow.next).min();
            }
            gone += usize::from(download.body.is_none());
        }
        slow.is_all = gone > 0 && gone >= open;
        slow
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn {
    /// The answer's head is there. Its body is asked for once the client has room for it.
    pub(crate) fn track(mut self, response: Response<Body>) -> Response<Tracked> {
        self.waits_for_us(false);
        lock(&self.activity.state).upgraded |= response.status() == StatusCode::SWITCHING_PROTOCOLS;
        response.map(|body| {
            let pace = self.activity.pace;
            let body = if matches!(body, Body::Stream(_)) && pace.least_rate > 0 {
                let download = Arc::new(Mutex::new(Download::new(body, pace)));
                lock(&self.activity.state).downloads.push(Arc::clone(&download));
                Answer::Upstreams(download)
            } else {
                Answer::Own(body)
            };
            Tracked { body, turn: self }
        })
    }

    fn waits_for_us(&mut self, ours: bool) {
        let mut state = lock(&self.activity.state);
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
        let mut state = lock(&self.activity.state);
        state.open -= 1;
        // Whatever took the connection over has no requests that would show that it is in use.
        if state.open == 0 && !state.upgraded {
            self.activity.standing.is_idle();
        }
    }
}

impl Download {
    fn new(body: Body, pace: Pace) -> Self {
        Self {
            body: Some(body),
            rest: Bytes::new(),
            given: 0,
            patience: Patience::new(pace),
            until: None,
        }
    }

    /// Whoever asks has taken all that was given before.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let now = Instant::now();
        self.patience.moved(std::mem::take(&mut self.given), now);
        self.until = None;
        let Some(body) = &mut self.body else {
            return Poll::Ready(Some(Err(TooSlow(self.patience.pace()).into())));
        };
        let frame = if self.rest.is_empty() {
            ready!(Pin::new(body).poll_frame(cx))
        } else {
            Some(Ok(Frame::data(std::mem::take(&mut self.rest))))
        };
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame);
        };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(mut data) => {
                self.rest = data.split_off(data.len().min(PIECE));
                self.given = data.len();
                self.until = Some(self.patience.wait(data.len(), now));
                Frame::data(data)
            }
            Err(trailers) => trailers,
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.as_ref().is_some_and(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let hint = self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default();
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = match &mut self.body {
            Answer::Own(body) => Pin::new(body).poll_frame(cx),
            Answer::Upstreams(download) => lock(download).poll_frame(cx),
        };
        self.turn.waits_for_us(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Answer::Own(body) => body.is_end_stream(),
            Answer::Upstreams(download) => lock(download).is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Answer::Own(body) => body.size_hint(),
            Answer::Upstreams(download) => lock(download).size_hint(),
        }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Answer::Upstreams(own) = &self.body {
            let mut state = lock(&self.turn.activity.state);
            state.downloads.retain(|download| !Arc::ptr_eq(download, own));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn it_is_known_who_is_waited_for() {
        let activity = Activity::new(Standing::default(), Pace::pausing(Duration::ZERO));
        assert_eq!(activity.waiting().0, Waiting::First);
        let (one, two) = (activity.begin(), activity.begin());
        assert_eq!(activity.waiting().0, Waiting::Us);
        drop(two);
        let mut body = one.track(Response::new(Bytes::from_static(b"x").into())).into_body();
        assert_eq!(activity.waiting().0, Waiting::Client);
        assert!(body.frame().await.is_some());
        assert_eq!(activity.waiting().0, Waiting::Client);
        let three = activity.begin();
        assert_eq!(activity.waiting().0, Waiting::Us);
        drop((body, three));
        assert_eq!(activity.waiting().0, Waiting::Next);
    }
}
