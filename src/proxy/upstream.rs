//! Connections to an upstream: kept ones for what passes, a fresh one for every confirmation.

mod forms;
mod heard;
mod kept;
mod shared;

use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use self::forms::{as_http1, as_http2, copy};
use self::heard::Heard;
use self::kept::Kept;
use self::shared::{MAX_STREAMS, Opened, Place, Shared};
use super::body::{Body, BodyError, Ended, Guard};
use super::patience::Pace;
use crate::config;
use crate::memory::Fault;
use crate::tasks::Tasks;

/// A server behind the gate.
#[derive(Debug)]
pub struct Upstream {
    settings: config::Upstream,
    authority: String,
    tls: Option<Tls>,
    kept: Kept,
    shared: Shared,
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

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(Opened),
}

/// A request that was not answered.
#[derive(Debug)]
struct Unanswered {
    /// The request, where nothing of it was sent.
    unsent: Option<Request<Body>>,
    /// Whether the upstream says that it has not processed it.
    is_refused: bool,
    error: SendError,
}

impl From<SendError> for Unanswered {
    fn from(error: SendError) -> Self {
        Self {
            unsent: None,
            is_refused: false,
            error,
        }
    }
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
    /// All connections to the upstream are full.
    #[error("all connections to the upstream are full")]
    Full,
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
            shared: Shared::new(settings.connections),
            settings,
            authority,
            tls,
            kept: Kept::default(),
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
    /// A kept connection that turns out dead before a byte was written is replaced. Nothing is sent twice but what the
    /// upstream says it has not processed.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, SendError> {
        while let Some(sender) = self.kept.take() {
            match self.send_http1(sender, request, true).await {
                Err(Unanswered {
                    unsent: Some(unsent), ..
                }) => request = unsent,
                sent => return sent.map_err(|unanswered| unanswered.error),
            }
        }
        if self.settings.h2 {
            match self.send_shared(request).await {
                // The upstream chose HTTP/1.1.
                Err(Unanswered {
                    unsent: Some(unsent), ..
                }) => request = unsent,
                sent => return sent.map_err(|unanswered| unanswered.error),
            }
        }
        self.send_fresh(request, true).await
    }

    /// Sends a confirmation, on a connection of its own, once.
    pub async fn send_once(&self, request: Request<Body>) -> Result<Response<Body>, SendError> {
        self.send_fresh(request, false).await
    }

    async fn send_fresh(&self, request: Request<Body>, keep: bool) -> Result<Response<Body>, SendError> {
        let sent = match self.connect().await? {
            Sender::Http1(sender) => self.send_http1(sender, request, keep).await,
            Sender::Http2(opened) => self.send_http2(opened.sender, request, None).await,
        };
        sent.map_err(|unanswered| unanswered.error)
    }

    /// Sends on an HTTP/2 connection that others use too; gives the request back if the upstream speaks HTTP/1.1.
    async fn send_shared(&self, mut request: Request<Body>) -> Result<Response<Body>, Unanswered> {
        let mut sends_left = MAX_SENDS;
        loop {
            let place = self.shared.place().ok_or(SendError::Full)?;
            let Some(opened) = place.opened(self.open_shared()).await? else {
                return Err(Unanswered {
                    unsent: Some(request),
                    ..SendError::Full.into()
                });
            };
            let sender = opened.sender.clone();
            if !place.fits() {
                continue;
            }
            let again = copy(&request).filter(|_| sends_left > 1);
            match self.send_http2(sender, request, Some(&place)).await {
                Err(Unanswered {
                    unsent: Some(unsent), ..
                }) => request = unsent,
                Err(Unanswered {
                    is_refused: true,
                    error,
                    ..
                }) => {
                    place.retire();
                    sends_left -= 1;
                    request = again.ok_or(error)?;
                }
                sent => return sent,
            }
        }
    }

    async fn open_shared(&self) -> Result<Option<Opened>, SendError> {
        match self.connect().await? {
            Sender::Http2(opened) => Ok(Some(opened)),
            Sender::Http1(sender) => {
                self.kept.put(sender);
                Ok(None)
            }
        }
    }

    async fn send_http1(
        &self,
        mut sender: http1::SendRequest<Body>,
        request: Request<Body>,
        keep: bool,
    ) -> Result<Response<Body>, Unanswered> {
        let upload = Upload::default();
        let request = request.map(|body| body.guarded(Box::new(upload.clone())));
        let request = as_http1(request, &self.authority);
        let sent = self.answer_in_time(sender.try_send_request(request), &upload).await?;
        let response = sent.map_err(|error| upload.fault(error))?;
        Ok(response.map(|body| {
            let body = Body::stream(body, Pace::pausing(STALL));
            if keep {
                body.guarded(self.kept.give_back(sender))
            } else {
                body
            }
        }))
    }

    async fn send_http2(
        &self,
        mut sender: http2::SendRequest<Body>,
        request: Request<Body>,
        place: Option<&Arc<Place>>,
    ) -> Result<Response<Body>, Unanswered> {
        let upload = Upload::default();
        let mut request = request.map(|body| body.guarded(Box::new(upload.clone())));
        let mut response_ends = None;
        if let Some([response, upload]) = place.map(Place::begin) {
            request = request.map(|body| body.guarded(upload));
            response_ends = Some(response);
        }
        let request = as_http2(request, self.settings.tls, &self.authority);
        let sent = self.answer_in_time(sender.try_send_request(request), &upload).await?;
        let response = sent.map_err(|error| upload.fault(error))?;
        Ok(response.map(|body| {
            let body = Body::stream(body, Pace::pausing(STALL));
            match response_ends {
                Some(ends) => body.guarded(ends),
                None => body,
            }
        }))
    }

    /// The response's head must come within the response time-out, counted from the request's end.
    async fn answer_in_time<F: Future>(&self, answer: F, upload: &Upload) -> Result<F::Output, Unanswered> {
        tokio::pin!(answer);
        loop {
            let ended = upload.0.get().is_some();
            match tokio::time::timeout(self.settings.response_timeout, &mut answer).await {
                Ok(answer) => return Ok(answer),
                Err(elapsed) if ended => return Err(SendError::Lost(Fault::TimedOut, elapsed.into()).into()),
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
            return if self.settings.h2 {
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
        let (heard, stream) = Heard::on(stream);
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT)
            .initial_max_send_streams(0)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(TokioIo::new(stream))
            .await?;
        let (say, mut peers_streams) = watch::channel(0);
        let listener = heard.clone();
        self.tasks.spawn_untracked(async move {
            let mut connection = pin!(connection);
            loop {
                tokio::select! {
                    ended = connection.as_mut() => {
                        if let Err(error) = ended {
                            tracing::debug!(%error, "an upstream connection ended");
                        }
                        return;
                    }
                    () = listener.read() => {
                        let streams = connection.current_max_send_streams();
                        say.send_if_modified(|said| std::mem::replace(said, streams) != streams);
                    }
                }
            }
        });
        // The peer's settings come first and say how many streams it takes (RFC 9113 section 3.4).
        if peers_streams.wait_for(|streams| *streams > 0).await.is_err() {
            return Err("the upstream does not speak HTTP/2".into());
        }
        Ok(Sender::Http2(Opened {
            sender,
            heard,
            peers_streams,
        }))
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
    fn fault(&self, mut error: TrySendError<Request<Body>>) -> Unanswered {
        let unsent = error.take_message();
        let cause = error.into_error();
        let is_refused = is_refused(&cause);
        let error = match (&unsent, self.0.get()) {
            (Some(_), _) => SendError::NotSent(Fault::Unreachable, cause.into()),
            (None, Some(how @ (Ended::Broken | Ended::Stalled))) => SendError::Upload(*how),
            (None, _) => SendError::Lost(Fault::Broken, cause.into()),
        };
        Unanswered {
            unsent,
            is_refused,
            error,
        }
    }
}

/// Whether the peer says that it has not processed the request: REFUSED_STREAM, or a GOAWAY that names an earlier stream
/// as the last one. h2 gives the GOAWAY as the error of later streams alone.
fn is_refused(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<h2::Error>());
    cause.is_some_and(|cause| {
        cause.is_remote() && (cause.is_go_away() || cause.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shorter than application servers keep an idle connection: many close it after five seconds.
const MAX_IDLE: Duration = Duration::from_secs(4);
const MAX_BUFFER: usize = 64 * 1024;
/// Silence on an HTTP/2 connection with open streams after which its peer is pinged, and how long the answer may take.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes that an upstream may send ahead on one stream.
const STREAM_WINDOW: u32 = 128 * 1024;
/// Holds the windows of all streams, so that no few of them can fill it.
const CONNECTION_WINDOW: u32 = STREAM_WINDOW * MAX_STREAMS as u32;
/// How often a request is sent that the upstream says it has not processed.
const MAX_SENDS: usize = 3;
/// A response may be silent for this long (server-sent events often are).
const STALL: Duration = Duration::from_secs(10 * 60);
