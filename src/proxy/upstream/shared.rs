//! HTTP/2 connections that strangers share: none of them can exhaust what the others need.
//!
//! A connection carries a budget of streams, and its window holds the windows of all of them, so whoever stops reading
//! holds up nobody else. When all connections are full, another one is opened, up to a bound. A connection on which
//! many streams were aborted takes no new ones: peers close a connection that resets streams too often (CVE-2023-44487),
//! and everybody's requests with it.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::client::conn::http2;
use tokio::sync::{OnceCell, watch};
use tokio::time::Instant;

use super::heard::Heard;
use super::{MAX_IDLE, SendError, lock};
use crate::memory::Fault;
use crate::proxy::body::{Body, Ended, Guard};

/// Streams at a time on one connection; fewer where the peer says so.
pub(super) const MAX_STREAMS: usize = 32;
/// Aborted streams after which a connection takes no new ones. The strictest protection known, that of the `h2` library,
/// closes a connection that has more than 20 resets waiting.
const MAX_ABORTED: usize = 16;
/// After this long without a byte, ping included, a connection is not trusted with new requests.
pub(super) const QUIET: Duration = Duration::from_secs(11);

/// All connections to one upstream.
#[derive(Debug)]
pub(super) struct Shared {
    connections: Mutex<Vec<Arc<Connection>>>,
    /// How many there may be.
    most: usize,
}

/// One connection, open or being opened.
#[derive(Debug)]
struct Connection {
    opened: OnceCell<Result<Option<Opened>, Failed>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Streams that are open or wait for the connection.
    streams: usize,
    /// Streams that one side aborted.
    aborted: usize,
    /// Whether it takes no new streams.
    is_retired: bool,
    /// When its last stream ended.
    since: Instant,
}

/// A connection that is open.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) sender: http2::SendRequest<Body>,
    pub(super) heard: Heard,
    /// How many streams the peer takes at a time.
    pub(super) peers_streams: watch::Receiver<usize>,
}

/// Why a connection could not be opened, for all who waited for it.
#[derive(Clone, Debug)]
struct Failed(Fault, Arc<dyn Error + Send + Sync>);

/// One stream's place on a connection, given back on drop.
#[derive(Debug)]
pub(super) struct Place {
    connection: Arc<Connection>,
    /// Whether nothing of the response and of the request is missing.
    whole: [AtomicBool; 2],
}

impl Shared {
    pub(super) fn new(most: usize) -> Self {
        Self {
            connections: Mutex::default(),
            most,
        }
    }

    /// A place on a connection that has room: the fullest one, so that idle ones can end. Where none has, on a new one;
    /// `None` if there may be no more.
    pub(super) fn place(&self) -> Option<Arc<Place>> {
        let now = Instant::now();
        let mut connections = lock(&self.connections);
        connections.retain(|connection| connection.is_of_use(now));
        let fullest = |also_quiet: bool| {
            let free = connections.iter().filter(|connection| connection.has_room());
            free.filter(|connection| also_quiet || !connection.is_quiet(now))
                .max_by_key(|connection| lock(&connection.state).streams)
                .cloned()
        };
        let connection = match fullest(false) {
            Some(connection) => connection,
            None if connections.len() < self.most => {
                let connection = Arc::new(Connection::new(now));
                connections.push(Arc::clone(&connection));
                connection
            }
            None => fullest(true)?,
        };
        lock(&connection.state).streams += 1;
        Some(Arc::new(Place {
            connection,
            whole: [true, true].map(AtomicBool::new),
        }))
    }
}

impl Connection {
    fn new(now: Instant) -> Self {
        Self {
            opened: OnceCell::new(),
            state: Mutex::new(State {
                streams: 0,
                aborted: 0,
                is_retired: false,
                since: now,
            }),
        }
    }

    fn open(&self) -> Option<&Opened> {
        self.opened.get().and_then(|opened| opened.as_ref().ok()?.as_ref())
    }

    fn is_of_use(&self, now: Instant) -> bool {
        let is_closed = self.open().is_some_and(|opened| opened.sender.is_closed());
        let state = lock(&self.state);
        !state.is_retired && !is_closed && (state.streams > 0 || now - state.since <= MAX_IDLE)
    }

    fn has_room(&self) -> bool {
        lock(&self.state).streams < self.budget()
    }

    fn budget(&self) -> usize {
        let peers = self.open().map(|opened| *opened.peers_streams.borrow());
        peers.map_or(MAX_STREAMS, |peers| peers.min(MAX_STREAMS))
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.open()
            .is_some_and(|opened| now.saturating_duration_since(opened.heard.last()) > QUIET)
    }
}

impl Place {
    /// The connection, opened by the first who asks. `None` if the peer speaks HTTP/1.1 alone.
    pub(super) async fn opened<F>(&self, open: F) -> Result<Option<&Opened>, SendError>
    where
        F: Future<Output = Result<Option<Opened>, SendError>>,
    {
        let opened = self.connection.opened.get_or_init(async || {
            open.await.map_err(|error| match error {
                SendError::NotSent(fault, error) => Failed(fault, error.into()),
                other => Failed(Fault::Unreachable, Arc::new(other)),
            })
        });
        match opened.await {
            Ok(Some(opened)) => Ok(Some(opened)),
            Ok(None) => {
                self.retire();
                Ok(None)
            }
            Err(Failed(fault, error)) => {
                self.retire();
                Err(SendError::NotSent(*fault, Box::new(Arc::clone(error))))
            }
        }
    }

    /// Whether the peer takes as many streams as have places here. One that does not have to look elsewhere.
    pub(super) fn fits(&self) -> bool {
        lock(&self.connection.state).streams <= self.connection.budget()
    }

    /// Lets nobody else on this connection.
    pub(super) fn retire(&self) {
        lock(&self.connection.state).is_retired = true;
    }

    /// From now on a stream is open: what notes the end of the response, and of the request.
    pub(super) fn begin(self: &Arc<Self>) -> [Box<dyn Guard>; 2] {
        [0, 1].map(|half| {
            self.whole[half].store(false, Ordering::Relaxed);
            Box::new(Half(Some(Arc::clone(self)), half)) as Box<dyn Guard>
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let is_whole = self.whole.iter().all(|whole| whole.load(Ordering::Relaxed));
        let mut state = lock(&self.connection.state);
        state.streams -= 1;
        state.since = Instant::now();
        if !is_whole {
            state.aborted += 1;
            state.is_retired |= state.aborted >= MAX_ABORTED;
        }
    }
}

/// One half of a stream.
#[derive(Debug)]
struct Half(Option<Arc<Place>>, usize);

impl Guard for Half {
    fn ended(&mut self, how: Ended) {
        if let Some(place) = self.0.take() {
            place.whole[self.1].store(how == Ended::Whole, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::DuplexStream;

    use super::*;

    /// A connection whose peer takes so many streams and never says a word; the peer's end keeps it open.
    async fn opened(streams: usize) -> (Opened, watch::Sender<usize>, DuplexStream) {
        let (near, far) = tokio::io::duplex(1024);
        let (heard, near) = Heard::on(near);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(near))
            .await
            .unwrap();
        crate::tasks::Tasks::default().spawn(async move { drop(connection.await) });
        let (say, peers_streams) = watch::channel(streams);
        let opened = Opened {
            sender,
            heard,
            peers_streams,
        };
        (opened, say, far)
    }

    fn is_same(one: &Place, two: &Place) -> bool {
        Arc::ptr_eq(&one.connection, &two.connection)
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_connection_gets_no_new_requests_while_another_can_be_had() {
        let shared = Shared::new(2);
        let (opened, _say, _far) = opened(100).await;
        let first = shared.place().unwrap();
        assert!(first.opened(async { Ok(Some(opened)) }).await.unwrap().is_some());
        assert!(is_same(&first, &shared.place().unwrap()));
        tokio::time::advance(QUIET + Duration::from_secs(1)).await;
        let second = shared.place().unwrap();
        assert!(!is_same(&first, &second));
        let rest: Vec<_> = (0..MAX_STREAMS - 1).map(|_| shared.place().unwrap()).collect();
        assert!(rest.iter().all(|place| is_same(place, &second)));
        assert!(
            is_same(&first, &shared.place().unwrap()),
            "at the bound it is better than nothing"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_not_used_after_a_pause() {
        let shared = Shared::new(1);
        let (opened, _say, _far) = opened(100).await;
        let first = shared.place().unwrap();
        assert!(first.opened(async { Ok(Some(opened)) }).await.unwrap().is_some());
        let connection = Arc::clone(&first.connection);
        drop(first);
        assert!(Arc::ptr_eq(&connection, &shared.place().unwrap().connection));
        tokio::time::advance(MAX_IDLE + Duration::from_secs(1)).await;
        assert!(!Arc::ptr_eq(&connection, &shared.place().unwrap().connection));
    }

    /// For each limit of the peer: so many places have room, the next is refused, and all who came while the connection
    /// was being opened and are too many look elsewhere.
    #[tokio::test(start_paused = true)]
    async fn the_smaller_budget_counts() {
        for limit in [1, 2, MAX_STREAMS - 1, MAX_STREAMS, MAX_STREAMS + 1, usize::MAX] {
            let shared = Shared::new(1);
            let (opened, say, _far) = opened(limit).await;
            let mut places: Vec<_> = (0..MAX_STREAMS).map(|_| shared.place().unwrap()).collect();
            assert!(shared.place().is_none(), "while it is being opened");
            assert!(places[0].opened(async { Ok(Some(opened)) }).await.unwrap().is_some());
            while !places.last().unwrap().fits() {
                places.pop();
            }
            assert_eq!(places.len(), limit.min(MAX_STREAMS));
            assert!(shared.place().is_none());
            say.send_replace(1);
            places.truncate(1);
            assert!(shared.place().is_none(), "the peer lowered its limit");
            places.clear();
            assert!(shared.place().is_some());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_retires_after_too_many_aborted_streams_whichever_half_was_cut() {
        for cut in [[true, false], [false, true], [true, true]] {
            let shared = Shared::new(1);
            let (opened, _say, _far) = opened(100).await;
            let runs_on = shared.place().unwrap();
            assert!(runs_on.opened(async { Ok(Some(opened)) }).await.unwrap().is_some());
            let place = |aborted: bool| {
                let place = shared.place().unwrap();
                let is_first = is_same(&place, &runs_on);
                for (mut half, cut) in place.begin().into_iter().zip(cut) {
                    half.ended(if cut && aborted { Ended::Dropped } else { Ended::Whole });
                }
                is_first
            };
            for _ in 0..MAX_ABORTED {
                assert!((0..10).all(|_| place(false)), "whole streams do not count");
                assert!(place(true));
            }
            assert!(!place(false), "it takes nothing new");
            assert!(
                runs_on.opened(async { unreachable!() }).await.unwrap().is_some(),
                "what runs stays"
            );
        }
    }

    #[tokio::test]
    async fn all_who_wait_for_one_connection_hear_that_it_failed_and_the_next_tries_again() {
        let shared = Shared::new(1);
        let places = [(); 5].map(|()| shared.place().unwrap());
        for (at, place) in places.iter().enumerate() {
            let fails = async {
                assert_eq!(at, 0, "it is tried once");
                Err(SendError::NotSent(Fault::TimedOut, "no answer".into()))
            };
            let failed = place.opened(fails).await;
            assert!(
                matches!(failed, Err(SendError::NotSent(Fault::TimedOut, _))),
                "{failed:?}"
            );
        }
        let (opened, _say, _far) = opened(1).await;
        let next = shared.place().unwrap();
        assert!(next.opened(async { Ok(Some(opened)) }).await.unwrap().is_some());
    }
}
