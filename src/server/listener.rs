//! One listening socket: it accepts whatever happens.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::{Domain, Protocol, SockAddr, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::connection::{Ended, serve};
use super::seats::Seating;
use super::{Handler, Shared};

/// Connections that the system keeps until they are accepted.
const BACKLOG: i32 = 1024;
/// Silence after which the system asks whether the peer is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// Waits after a failed accept: doubled while it fails.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Between two lines about the same trouble.
const QUIET: Duration = Duration::from_secs(10);

/// What all connections of a listener share.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) shared: Arc<Shared>,
    pub(crate) handler: Handler,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) proxy_protocol: bool,
    pub(crate) h2c: bool,
}

/// A bound socket and what it is for.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) entry: Arc<Entry>,
}

/// Binds one address. `only_v6`: an unspecified IPv6 address does not take IPv4 as well.
pub(crate) fn bind(address: SocketAddr, only_v6: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(only_v6)?;
    }
    // A restart must not wait for the old connections' ends. On Windows the option means something else.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    // Accepted sockets inherit these.
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

impl Listener {
    /// Accepts until the server stops. `_running` is dropped then.
    pub(crate) async fn run(self, _running: mpsc::Sender<()>) {
        let tasks = &self.entry.shared.tasks;
        let mut pause = Duration::ZERO;
        let mut full_said = None;
        loop {
            let accepted = tokio::select! {
                biased;
                () = tasks.stopped() => return,
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((socket, peer)) => {
                    pause = Duration::ZERO;
                    self.admit(socket, peer, &mut full_said);
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    if pause.is_zero() {
                        tracing::error!(%error, "no connection can be accepted for now; trying on");
                    }
                    pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                    sleep(pause).await;
                }
            }
        }
    }

    fn admit(&self, socket: TcpStream, peer: SocketAddr, full_said: &mut Option<Instant>) {
        let shared = &self.entry.shared;
        // Behind the PROXY protocol the address is not known yet.
        let address = shared.strangers(peer).filter(|_| !self.entry.proxy_protocol);
        let (seat, message) = match shared.seats.take(address) {
            Seating::Free(seat) => (Some(seat), ""),
            Seating::Freed(seat) => {
                shared.counters.connections_given_up.add(1);
                (
                    Some(seat),
                    "all connections are in use; idle ones are closed for new ones",
                )
            }
            Seating::Full => {
                shared.counters.connections_refused.add(1);
                (None, "all connections are in use, and new ones are closed")
            }
            Seating::Crowd => {
                shared.counters.connections_refused_of_address.add(1);
                tracing::debug!(%peer, reason = %Ended::Crowd, "connection ended");
                (None, "")
            }
        };
        if !message.is_empty() && full_said.is_none_or(|said| said.elapsed() > QUIET) {
            *full_said = Some(Instant::now());
            tracing::warn!("{message}; raise `[limits] connections` if this goes on");
        }
        let Some(seat) = seat else { return };
        shared.tasks.spawn(serve(socket, peer, seat, Arc::clone(&self.entry)));
    }
}

/// Whether the connection failed, not the accepting.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
