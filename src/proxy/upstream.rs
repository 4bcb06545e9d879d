//! Connections to an upstream: kept ones for what passes, a fresh one for every confirmation.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::{Request, Response, Uri, Version, header};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::body::{Body, BodyError, Ended, Guard};
use crate::config;
use crate::memory::Fault;
use crate::tasks::Tasks;

/// A server behind the gate.
#[derive(Debug)]
pub struct Upstream {
    settings: config::Upstream,
    authority: String,
    tls: Option<Tls>,
    pool: Arc<Pool>,
    tasks: Tasks,
}

#[derive(Clone)]
struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Connections that wait for their next request.
#[derive(Debug, Default)]
struct Pool {
    idle: Mutex<Vec<(http1::SendRequest<Body>, Instant)>>,
    shared: Mutex<Option<http2::SendRequest<Body>>>,
}

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Certainly not a byte of the request was sent.
    #[error("the request was not sent: {1}")]
    NotSent(Fault, #[source] BodyError),
    /// Some of it may have been.
    #[error("no answer came: {1}")]
    Lost(Fault, #[source] BodyError),
    /// Its body did not come whole.
    #[error("the request's body did not come whole")]
    Upload(Ended),
}

impl Upstream {
    /// An upstream of these settings; `roots` are trusted for TLS.
    #[must_use]
    pub fn new(settings: config::Upstream, tls: Option<Arc<rustls::ClientConfig>>, tasks: Tasks) -> Self {
        let host = if settings.host.contains(':') {
            format!("[{}]", settings.host)
        } else {
            settings.host.clone()
        };
        let default_port = if settings.tls { 443 } else { 80 };
        let authority = if settings.port == default_port {
            host
        } else {
            format!("{host}:{}", settings.port)
        };
        let tls = tls.and_then(|config| {
            let name = ServerName::try_from(settings.host.clone()).ok()?;
            Some(Tls {
                connector: TlsConnector::from(config),
                name,
            })
        });
        Self {
            settings,
            authority,
            tls,
            pool: Arc::default(),
            tasks,
        }
    }

    /// Its settings.
    #[must_use]
    pub const fn settings(&self) -> &config::Upstream {
        &self.settings
    }

    /// Sends a request that may pass, on a kept connection where one is alive.
    ///
    /// A kept connection that turns out dead before a byte was written is replaced; nothing is sent twice.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, SendError> {
        while let Some(sender) = self.pool.take() {
            match self.send_on(sender, request, true).await {
                Err((Some(unsent), _)) => request = unsent,
                Err((None, error)) => return Err(error),
                Ok(response) => return Ok(response),
            }
        }
        let sender = self.connect().await?;
        if let Sender::Http2(shared) = &sender {
            *lock(&self.pool.shared) = Some(shared.clone());
        }
        self.send_on(sender, request, true).await.map_err(|(_, error)| error)
    }

    /// Sends a confirmation, on a connection of its own, once.
    pub async fn send_once(&self, request: Request<Body>) -> Result<Response<Body>, SendError> {
        let sender = self.connect().await?;
        self.send_on(sender, request, false).await.map_err(|(_, error)| error)
    }

    async fn send_on(
        &self,
        sender: Sender,
        request: Request<Body>,
        keep: bool,
    ) -> Result<Response<Body>, (Option<Request<Body>>, SendError)> {
        let upload = Upload::default();
        let (parts, body) = request.into_parts();
        let body = body.guarded(Box::new(upload.clone()));
        match sender {
            Sender::Http1(mut sender) => {
                let request = as_http1(Request::from_parts(parts, body), &self.authority);
                let sent = self.answer_in_time(sender.try_send_request(request), &upload).await?;
                let response = sent.map_err(|error| upload.fault(error))?;
                Ok(response.map(|body| {
                    let body = Body::stream(body, STALL);
                    if keep {
                        body.guarded(Box::new(Return {
                            pool: Arc::clone(&self.pool),
                            sender: Some(sender),
                        }))
                    } else {
                        body
                    }
                }))
            }
            Sender::Http2(mut sender) => {
                let request = as_http2(Request::from_parts(parts, body), self.settings.tls, &self.authority);
                let sent = self.answer_in_time(sender.try_send_request(request), &upload).await?;
                sent.map_err(|error| upload.fault(error))
                    .map(|response| response.map(|body| Body::stream(body, STALL)))
            }
        }
    }

    /// The response's head must come within the response time-out, counted from the request's end.
    async fn answer_in_time<F: Future>(
        &self,
        answer: F,
        upload: &Upload,
    ) -> Result<F::Output, (Option<Request<Body>>, SendError)> {
        tokio::pin!(answer);
        loop {
            let ended = upload.0.get().is_some();
            match tokio::time::timeout(self.settings.response_timeout, &mut answer).await {
                Ok(answer) => return Ok(answer),
                Err(elapsed) if ended => return Err((None, SendError::Lost(Fault::TimedOut, elapsed.into()))),
                // The body was still on its way; its own pauses are bounded.
                Err(_) => {}
            }
        }
    }

    async fn connect(&self) -> Result<Sender, SendError> {
        let not_sent = |fault: Fault| move |error: BodyError| SendError::NotSent(fault, error);
        // Boxed: it is large, and most requests find a connection that is open.
        let handshake = Box::pin(self.handshake());
        let connected = tokio::time::timeout(self.settings.connect_timeout, handshake).await;
        match connected {
            Ok(sender) => sender.map_err(not_sent(Fault::Unreachable)),
            Err(elapsed) => Err(not_sent(Fault::TimedOut)(elapsed.into())),
        }
    }

    async fn handshake(&self) -> Result<Sender, BodyError> {
        let tcp = TcpStream::connect((self.settings.host.as_str(), self.settings.port)).await?;
        tcp.set_nodelay(true)?;
        let Some(tls) = &self.tls else {
            if self.settings.tls {
                return Err("the upstream's name can't be verified".into());
            }
            return if self.settings.h2c {
                self.http2(tcp).await
            } else {
                self.http1(tcp).await
            };
        };
        let stream = tls.connector.connect(tls.name.clone(), tcp).await?;
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.http2(stream).await
        } else {
            self.http1(stream).await
        }
    }

    async fn http1<S>(&self, stream: S) -> Result<Sender, BodyError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_BUFFER)
            .handshake(TokioIo::new(stream))
            .await?;
        self.tasks.spawn_untracked(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "an upstream connection ended");
            }
        });
        Ok(Sender::Http1(sender))
    }

    async fn http2<S>(&self, stream: S) -> Result<Sender, BodyError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(TokioIo::new(stream))
            .await?;
        self.tasks.spawn_untracked(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an upstream connection ended");
            }
        });
        Ok(Sender::Http2(sender))
    }
}

impl Pool {
    /// A kept connection that is alive and free as far as can be seen.
    ///
    /// One may still be taking the body of a request that was answered early: it is left to that.
    fn take(&self) -> Option<Sender> {
        if let Some(shared) = lock(&self.shared).as_ref().filter(|shared| !shared.is_closed()) {
            return Some(Sender::Http2(shared.clone()));
        }
        let now = Instant::now();
        let mut idle = lock(&self.idle);
        idle.retain(|(sender, since)| !sender.is_closed() && now - *since <= MAX_IDLE);
        let free = idle.iter().rposition(|(sender, _)| sender.is_ready())?;
        Some(Sender::Http1(idle.remove(free).0))
    }
}

/// Gives a connection back once its response was read whole.
#[derive(Debug)]
struct Return {
    pool: Arc<Pool>,
    sender: Option<http1::SendRequest<Body>>,
}

impl Guard for Return {
    fn ended(&mut self, how: Ended) {
        let whole = how == Ended::Whole;
        let Some(sender) = self.sender.take().filter(|sender| whole && !sender.is_closed()) else {
            return;
        };
        let mut idle = lock(&self.pool.idle);
        if idle.len() < MAX_KEPT {
            idle.push((sender, Instant::now()));
        }
    }
}

/// How the request's body ended, once it has.
#[derive(Clone, Debug, Default)]
struct Upload(Arc<OnceLock<Ended>>);

impl Guard for Upload {
    fn ended(&mut self, how: Ended) {
        let _ = self.0.set(how);
    }
}

impl Upload {
    /// Whose fault it is that no answer came; with the request where it was not sent.
    fn fault(&self, mut error: TrySendError<Request<Body>>) -> (Option<Request<Body>>, SendError) {
        let request = error.take_message();
        let cause = error.into_error();
        let fault = match (&request, self.0.get()) {
            (Some(_), _) => SendError::NotSent(Fault::Unreachable, cause.into()),
            (None, Some(how @ (Ended::Broken | Ended::Stalled))) => SendError::Upload(*how),
            (None, _) => SendError::Lost(Fault::Broken, cause.into()),
        };
        (request, fault)
    }
}

/// Origin form, with a Host.
fn as_http1(mut request: Request<Body>, authority: &str) -> Request<Body> {
    *request.version_mut() = Version::HTTP_11;
    if !request.headers().contains_key(header::HOST)
        && let Ok(host) = authority.parse()
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let path_and_query = request.uri().path_and_query().cloned();
    let mut parts = http::uri::Parts::default();
    parts.path_and_query = Some(path_and_query.unwrap_or_else(|| http::uri::PathAndQuery::from_static("/")));
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    request
}

/// Absolute form: the Host becomes `:authority` (RFC 9113 section 8.3.1).
fn as_http2(mut request: Request<Body>, tls: bool, authority: &str) -> Request<Body> {
    *request.version_mut() = Version::HTTP_2;
    let host = request.headers_mut().remove(header::HOST);
    let host = host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or(authority);
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(if tls {
        http::uri::Scheme::HTTPS
    } else {
        http::uri::Scheme::HTTP
    });
    parts.authority = host.parse().ok();
    parts.path_and_query = request.uri().path_and_query().cloned();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shorter than application servers keep an idle connection: many close it after five seconds.
const MAX_IDLE: Duration = Duration::from_secs(4);
const MAX_KEPT: usize = 64;
const MAX_BUFFER: usize = 64 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// A response may be silent for this long (server-sent events often are).
const STALL: Duration = Duration::from_secs(10 * 60);
