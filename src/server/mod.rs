//! Sockets and their life: bind, serve, drain.

mod activity;
mod certs;
mod connection;
mod guard;
mod listener;
pub(crate) mod proxy_protocol;
mod recorder;
mod redirect;
mod seats;
mod start;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use ipnet::IpNet;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use self::certs::{CertificateError, Certificates};
use self::listener::{Entry, Listener};
use self::redirect::Redirect;
use self::seats::Seats;
pub use self::start::{Reloader, StartError};
use crate::config::{self, Config, Limits, Times};
use crate::proxy::body::Body;
use crate::proxy::client::is_trusted;
use crate::proxy::{Connection, Proxy};
use crate::tasks::Tasks;
use crate::telemetry::counters::Counters;
use crate::time::Clock;

/// All listeners, bound and not yet accepting.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<Listener>,
    addresses: Vec<Bound>,
    certificates: Vec<Arc<Certificates>>,
    shared: Arc<Shared>,
}

/// Where a listener really is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its address, with the port that the system chose where 0 was asked for.
    pub address: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: bool,
}

/// What a shutdown could not wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Unfinished {
    /// Connections that were cut off.
    pub connections: usize,
}

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// An address can't be had.
    #[error("cannot listen on {address}: {reason}; {}", remedy(reason))]
    Address {
        /// The address.
        address: SocketAddr,
        /// The system's reason; the message holds it, so it is no `source`.
        reason: io::Error,
    },
    /// A listener's certificates can't be used.
    #[error("cannot listen on {address} with TLS: {reason}")]
    Certificate {
        /// The listener.
        address: SocketAddr,
        /// What is wrong with them; the message holds it.
        reason: CertificateError,
    },
    /// TLS itself can't be set up.
    #[error("cannot set up TLS; the cryptography library is not usable on this machine")]
    Tls(#[from] rustls::Error),
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    tasks: Tasks,
    /// Cuts off what a shutdown no longer waits for.
    cut: CancellationToken,
    seats: Seats,
    times: Times,
    limits: Limits,
    trusted: Vec<IpNet>,
    counters: Arc<Counters>,
}

/// What answers requests in place of the proxy.
pub type Answer =
    Arc<dyn Fn(Request<Incoming>, Connection) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> + Send + Sync>;

/// Who answers a listener's requests.
#[derive(Clone)]
enum Handler {
    Proxy(Arc<Proxy>),
    Redirect(Arc<Redirect>),
    Answer(Answer),
}

impl Server {
    /// Binds all listeners. Needs a runtime.
    pub fn bind(config: &Config, proxy: Arc<Proxy>, tasks: Tasks) -> Result<Self, BindError> {
        let shared = Shared {
            counters: Arc::clone(proxy.counters()),
            ..Shared::new(tasks, &config.times, &config.limits, &config.trusted_proxies)
        };
        let redirect = Handler::Redirect(Arc::new(Redirect::new(config)));
        Self::bind_all(&config.listeners, shared, &Handler::Proxy(proxy), &redirect)
    }

    /// Binds one cleartext listener whose requests `answer` answers, with the usual times and limits.
    pub fn answering(address: SocketAddr, answer: Answer, tasks: Tasks) -> Result<Self, BindError> {
        let shared = Shared::new(tasks, &Times::default(), &Limits::default(), &[]);
        let listener = config::Listener {
            address,
            certificates: Vec::new(),
            proxy_protocol: false,
            redirect_to_https: false,
            h2c: false,
        };
        let redirect = Handler::Redirect(Arc::default());
        Self::bind_all(&[listener], shared, &Handler::Answer(answer), &redirect)
    }

    /// Where the listeners are, in the configuration's order.
    #[must_use]
    pub fn addresses(&self) -> &[Bound] {
        &self.addresses
    }

    /// Serves until the tasks are stopped, then lets requests finish within the configured time.
    pub async fn run(self) -> Unfinished {
        let Self {
            listeners,
            certificates,
            shared,
            ..
        } = self;
        let (running, mut all_ended) = mpsc::channel(1);
        for listener in listeners {
            shared.tasks.spawn(listener.run(running.clone()));
        }
        drop(running);
        for certificates in certificates {
            shared
                .tasks
                .spawn(certificates.watch(certs::POLL, shared.tasks.clone()));
        }
        shared.tasks.stopped().await;
        // Nothing is sent: it ends when every listener has let go.
        let _: Option<()> = all_ended.recv().await;
        let connections = shared.seats.all_free(shared.times.shutdown).await;
        shared.cut.cancel();
        Unfinished { connections }
    }

    fn bind_all(
        listeners: &[config::Listener],
        shared: Shared,
        handler: &Handler,
        redirect: &Handler,
    ) -> Result<Self, BindError> {
        let shared = Arc::new(shared);
        let ticketer = tls::ticketer()?;
        let mut server = Self {
            listeners: Vec::new(),
            addresses: Vec::new(),
            certificates: Vec::new(),
            shared: Arc::clone(&shared),
        };
        for wanted in listeners {
            let address = wanted.address;
            let tls = if wanted.certificates.is_empty() {
                None
            } else {
                let certificates = Certificates::load(&wanted.certificates, tls::provider(), Clock::System)
                    .map_err(|reason| BindError::Certificate { address, reason })?;
                let certificates = Arc::new(certificates);
                server.certificates.push(Arc::clone(&certificates));
                Some(tls::settings(certificates, Arc::clone(&ticketer))?)
            };
            let shares_port =
                |other: &config::Listener| other.address.is_ipv4() && other.address.port() == address.port();
            let only_v6 = address.port() != 0 && listeners.iter().any(shares_port);
            let failed = |reason| BindError::Address { address, reason };
            let socket = listener::bind(address, only_v6).map_err(failed)?;
            let bound = socket.local_addr().map_err(failed)?;
            server.addresses.push(Bound {
                address: bound,
                tls: tls.is_some(),
            });
            let entry = Entry {
                shared: Arc::clone(&shared),
                handler: if wanted.redirect_to_https && tls.is_none() {
                    redirect
                } else {
                    handler
                }
                .clone(),
                tls,
                proxy_protocol: wanted.proxy_protocol,
                h2c: wanted.h2c,
            };
            server.listeners.push(Listener {
                socket,
                entry: Arc::new(entry),
            });
        }
        Ok(server)
    }
}

impl Shared {
    fn new(tasks: Tasks, times: &Times, limits: &Limits, trusted: &[IpNet]) -> Self {
        Self {
            tasks,
            cut: CancellationToken::new(),
            seats: Seats::new(limits),
            times: times.clone(),
            limits: limits.clone(),
            trusted: trusted.to_vec(),
            counters: Arc::default(),
        }
    }
}

impl Shared {
    /// The address that a connection counts for. A trusted proxy's counts for none: it carries many people.
    fn strangers(&self, peer: SocketAddr) -> Option<IpAddr> {
        Some(peer.ip()).filter(|address| !is_trusted(*address, &self.trusted))
    }
}

impl Handler {
    async fn answer(&self, request: Request<Incoming>, connection: Connection) -> Response<Body> {
        match self {
            Self::Proxy(proxy) => proxy.handle(request, &connection).await,
            Self::Redirect(redirect) => redirect.answer(&request),
            Self::Answer(answer) => answer(request, connection).await,
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proxy(_) => "Proxy",
            Self::Redirect(_) => "Redirect",
            Self::Answer(_) => "Answer",
        })
    }
}

/// As a URL: `https://192.0.2.1:443`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http{}://{}", if self.tls { "s" } else { "" }, self.address)
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there: stop it, or choose another port with the flag --listen, or `listen` or a \
             listener's `address` in the file"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: give --listen, `listen` or `address` one of its own, 0.0.0.0 or [::]"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need a right of their own: grant CAP_NET_BIND_SERVICE, or choose a port from 1024 on"
        }
        _ => "check the address",
    }
}
