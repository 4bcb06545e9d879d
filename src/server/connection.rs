//! One connection: PROXY header, TLS, then HTTP/1 or HTTP/2, each within its time.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::activity::{Activity, Tracked, Turn, Waiting};
use super::guard::Guarded;
use super::listener::Entry;
use super::proxy_protocol::{self, HeaderError, canonical};
use super::seats::{Seat, Standing};
use super::{Handler, Shared, tls};
use crate::config::Times;
use crate::proxy::Connection;
use crate::proxy::client::is_trusted;
use crate::proxy::patience::Pace;
use crate::tasks::Tasks;
use crate::visit::Fact;

/// The longest life of a connection that still gets requests: balancers and DNS want to move clients.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// At shutdown, for a connection without a request: it may be sending one, or its client be gone.
const LINGER: Duration = Duration::from_secs(2);

/// Header fields of one request.
const MAX_HEADERS: usize = 64;
/// Bytes that HTTP/1 reads or writes ahead.
const HTTP1_BUFFER: usize = 32 * 1024;
/// Requests at a time on one HTTP/2 connection.
const MAX_STREAMS: u32 = 64;
/// Streams that a client has reset before they were looked at (CVE-2023-44487).
const MAX_CLIENT_RESETS: usize = 20;
/// Streams that a client has made us reset (CVE-2025-8671).
const MAX_OWN_RESETS: usize = 128;
/// Bytes of the HPACK table.
const HEADER_TABLE: u32 = 4096;
/// Bytes of a frame.
const MAX_FRAME: u32 = 16 * 1024;
/// Bytes that a client may send ahead on one stream.
const STREAM_WINDOW: u32 = 64 * 1024;
/// Bytes that a client may send ahead on all streams.
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// Bytes kept for a client that is slow to read, a stream.
const SEND_BUFFER: usize = 64 * 1024;
/// Between two signs of life asked for.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// For a sign of life to come.
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a connection ended other than by its peers' will.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// Not from a trusted proxy, where only those may connect.
    #[error("only trusted proxies may connect to a listener with the PROXY protocol")]
    Stranger,
    /// Too many from one address.
    #[error("too many connections from one address")]
    Crowd,
    /// The handshake took too long.
    #[error("no handshake in time")]
    NoHandshake(#[from] tokio::time::error::Elapsed),
    /// No PROXY header.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The socket or TLS failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// HTTP failed.
    #[error(transparent)]
    Http(#[from] hyper::Error),
    /// Nothing was asked.
    #[error("no request in time")]
    Silent,
    /// Answers were not taken.
    #[error("the client did not read on")]
    Stalled,
    /// Another connection needed its place.
    #[error("without a request it made room for another connection")]
    GivenUp,
    /// The server ends.
    #[error("the server is shutting down")]
    Shutdown,
}

/// Serves one connection to its end.
pub(crate) async fn serve(socket: TcpStream, peer: SocketAddr, seat: Seat, entry: Arc<Entry>) {
    let peer = canonical(peer);
    let note = PanicNote;
    let ended = tokio::select! {
        () = entry.shared.cut.cancelled() => Err(Ended::Shutdown),
        ended = greet(socket, peer, seat, &entry) => ended,
    };
    drop(note);
    if let Err(reason) = ended {
        tracing::debug!(%peer, %reason, "connection ended");
    }
}

/// The PROXY header, and whose connection it is then.
async fn greet(mut socket: TcpStream, mut peer: SocketAddr, seat: Seat, entry: &Entry) -> Result<(), Ended> {
    let shared = &entry.shared;
    let local = canonical(socket.local_addr()?);
    let deadline = Instant::now() + shared.times.handshake;
    let standing = seat.standing();
    let mut unnamed = false;
    if entry.proxy_protocol {
        if !is_trusted(peer.ip(), &shared.trusted) {
            return Err(Ended::Stranger);
        }
        let named = before_end(
            shared,
            &standing,
            timeout_at(deadline, proxy_protocol::read(&mut socket)),
        )
        .await???;
        unnamed = named.is_none();
        peer = named.unwrap_or(peer);
    }
    if entry.proxy_protocol
        && let Some(address) = shared.strangers(peer)
        && !shared.seats.assign(&seat, address)
    {
        shared.counters.connections_refused_of_address.add(1);
        return Err(Ended::Crowd);
    }
    let io = Guarded::new(socket, shared.times.stall, seat);
    let connection = Connection {
        peer,
        unnamed,
        local,
        tls: entry.tls.is_some(),
        // A balancer that names the client may have ended the client's TLS.
        ja4: if entry.proxy_protocol {
            Fact::Unrecorded
        } else {
            Fact::Known(None)
        },
    };
    let Some(settings) = entry.tls.clone() else {
        return http(io, entry.h2c, connection, (entry, standing)).await;
    };
    let (stream, ja4) = before_end(shared, &standing, timeout_at(deadline, tls::accept(io, settings))).await???;
    let connection = Connection {
        ja4: Fact::of(ja4).map(Some),
        ..connection
    };
    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(tls::H2);
    http(stream, is_h2, connection, (entry, standing)).await
}

/// What no request can be lost by: it ends with the server or for another connection at once.
async fn before_end<F: Future>(shared: &Shared, standing: &Standing, greeting: F) -> Result<F::Output, Ended> {
    tokio::select! {
        () = shared.tasks.stopped() => Err(Ended::Shutdown),
        () = standing.given_up() => Err(Ended::GivenUp),
        output = greeting => Ok(output),
    }
}

async fn http<IO>(
    io: IO,
    is_h2: bool,
    connection: Connection,
    (entry, standing): (&Entry, Standing),
) -> Result<(), Ended>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shared = &entry.shared;
    let pace = Pace {
        pause: shared.times.stall,
        least_rate: shared.limits.least_rate,
    };
    let activity = Activity::new(standing.clone(), pace);
    let (handler, turns) = (entry.handler.clone(), activity.clone());
    let service = service_fn(move |request| answer(handler.clone(), request, connection, turns.begin()));
    let io = TokioIo::new(io);
    if is_h2 {
        let connection = http2_settings(shared).serve_connection(io, service);
        drive(
            connection,
            |connection| connection.graceful_shutdown(),
            (&activity, &standing),
            shared,
        )
        .await
    } else {
        let connection = http1_settings(shared).serve_connection(io, service).with_upgrades();
        drive(
            connection,
            |connection| connection.graceful_shutdown(),
            (&activity, &standing),
            shared,
        )
        .await
    }
}

async fn answer(
    handler: Handler,
    request: Request<Incoming>,
    connection: Connection,
    turn: Turn,
) -> Result<Response<Tracked>, Infallible> {
    Ok(turn.track(handler.answer(request, connection).await))
}

fn http1_settings(shared: &Shared) -> http1::Builder {
    let head = shared.limits.head;
    let mut settings = http1::Builder::new();
    settings
        .timer(TokioTimer::new())
        .header_read_timeout(shared.times.header)
        .max_headers(MAX_HEADERS)
        .max_header_size(head)
        .max_buf_size(HTTP1_BUFFER.max(head));
    settings
}

fn http2_settings(shared: &Shared) -> http2::Builder<Spawner> {
    let mut settings = http2::Builder::new(Spawner(shared.tasks.clone()));
    settings
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_pending_accept_reset_streams(MAX_CLIENT_RESETS)
        .max_local_error_reset_streams(MAX_OWN_RESETS)
        .max_header_list_size(u32::try_from(shared.limits.head).unwrap_or(u32::MAX))
        .header_table_size(HEADER_TABLE)
        .max_frame_size(MAX_FRAME)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    settings
}

/// Runs HTTP until it ends, is too old, waits too long for its client, or the server stops.
async fn drive<C>(
    connection: C,
    shut_down: fn(Pin<&mut C>),
    (activity, standing): (&Activity, &Standing),
    shared: &Shared,
) -> Result<(), Ended>
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    let mut old = pin!(sleep_until(Instant::now() + MAX_AGE));
    let mut stopped = pin!(shared.tasks.stopped());
    let mut given_up = pin!(standing.given_up());
    let (mut stopping, mut going) = (false, false);
    let mut closing = None;
    loop {
        let slow = activity.end_slow(Instant::now());
        shared.counters.downloads_too_slow.add(slow.ended);
        if slow.is_all {
            return Err(Ended::Stalled);
        }
        let (_, until) = patience(activity.waiting(), closing, &shared.times);
        // What is waited for may change meanwhile: to be looked at again.
        let until = until.min(Instant::now() + shared.times.header.min(shared.times.stall));
        let until = slow.next.into_iter().chain([until]).min().unwrap_or(until);
        tokio::select! {
            biased;
            result = connection.as_mut() => return Ok(result?),
            () = stopped.as_mut(), if !stopping => {
                stopping = true;
                shut_down(connection.as_mut());
                closing = Some(Closing { told: Instant::now(), linger: LINGER });
            }
            () = given_up.as_mut(), if !going => match activity.waiting() {
                (Waiting::First | Waiting::Next, _) => return Err(Ended::GivenUp),
                // A request came at the same time: it is the last one.
                (Waiting::Us | Waiting::Client, _) => {
                    going = true;
                    shut_down(connection.as_mut());
                    let told = Instant::now();
                    closing.get_or_insert(Closing { told, linger: shared.times.stall });
                }
            },
            () = old.as_mut(), if closing.is_none() => {
                shut_down(connection.as_mut());
                closing = Some(Closing { told: Instant::now(), linger: shared.times.stall });
            }
            () = sleep_until(until) => match patience(activity.waiting(), closing, &shared.times) {
                (_, later) if later > Instant::now() => {}
                (Waiting::Us, _) => {}
                (Waiting::Client, _) => return Err(Ended::Stalled),
                (Waiting::Next, _) if closing.is_none() => {
                    shut_down(connection.as_mut());
                    closing = Some(Closing { told: Instant::now(), linger: shared.times.stall });
                }
                (Waiting::First | Waiting::Next, _) => return Err(Ended::Silent),
            },
        }
    }
}

/// A connection that was told to end.
#[derive(Clone, Copy)]
struct Closing {
    told: Instant,
    /// How long it may stay without a request.
    linger: Duration,
}

/// Until when a connection may go on as it is.
fn patience(waiting: (Waiting, Instant), closing: Option<Closing>, times: &Times) -> (Waiting, Instant) {
    let (waiting, since) = waiting;
    let until = match (waiting, closing) {
        // Others watch over the upstream.
        (Waiting::Us, None) => Instant::now() + times.stall,
        (Waiting::Us, Some(Closing { linger, .. })) => Instant::now() + linger,
        (Waiting::First, None) => since + times.header,
        (Waiting::Next, None) | (Waiting::Client, _) => since + times.stall,
        (Waiting::First | Waiting::Next, Some(Closing { told, linger })) => told.max(since) + linger,
    };
    (waiting, until)
}

/// Runs HTTP/2's streams.
#[derive(Clone, Debug)]
struct Spawner(Tasks);

impl<F> Executor<F> for Spawner
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.spawn(async move {
            let _note = PanicNote;
            stream.await;
        });
    }
}

/// Says that a task has panicked, and nothing of what it was about.
struct PanicNote;

impl Drop for PanicNote {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("a request was dropped by a fault in this program; please report it");
        }
    }
}
