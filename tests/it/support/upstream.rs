//! A scripted auth API that records everything that reaches it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// A request as the upstream got it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) version: Version,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Everything of it as one text, to search in.
    pub(crate) fn text(&self) -> String {
        format!(
            "{} {} {:?} {}",
            self.method,
            self.target,
            self.headers,
            String::from_utf8_lossy(&self.body)
        )
    }
}

/// What the script answers.
pub(crate) enum Reply {
    Answer(Response<Bytes>),
    /// Answers once told to.
    When(Arc<Notify>, Response<Bytes>),
    /// Closes the connection without an answer.
    Close,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self::Answer(response)
    }
}

type Script = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

/// How the upstream speaks.
#[derive(Clone)]
pub(crate) enum Speaks {
    Http1,
    /// HTTP/2 with prior knowledge.
    H2c,
    /// TLS; ALPN chooses.
    Tls(Arc<rustls::ServerConfig>),
}

/// Whatever stands behind a gate.
pub(crate) trait Behind {
    fn address(&self) -> SocketAddr;

    /// All that reached it, as texts to search in.
    fn heard(&self) -> Vec<String>;
}

impl Behind for Upstream {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heard(&self) -> Vec<String> {
        self.received().iter().map(Received::text).collect()
    }
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    count: watch::Receiver<usize>,
}

impl Upstream {
    pub(crate) async fn start(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::speaking(Speaks::Http1, script).await
    }

    /// An upstream that signs everybody in, each when it is told to.
    pub(crate) async fn when_told(location: &'static str) -> (Self, Arc<Notify>) {
        let told = Arc::new(Notify::new());
        let wait = Arc::clone(&told);
        let upstream = Self::start(move |_| Reply::When(Arc::clone(&wait), signed_in(location))).await;
        (upstream, told)
    }

    pub(crate) async fn speaking(speaks: Speaks, script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let script: Script = Arc::new(script);
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            let counted = Arc::new(counted);
            while let Ok((stream, _)) = listener.accept().await {
                let answer = Answering {
                    script: Arc::clone(&script),
                    log: Arc::clone(&log),
                    counted: Arc::clone(&counted),
                };
                tokio::spawn(answer.connection(speaks.clone(), stream));
            }
        });
        Self {
            address,
            received,
            count,
        }
    }

    /// An upstream that answers everything with 200 and its own mark.
    pub(crate) async fn plain() -> Self {
        Self::start(|_| ok("from the upstream").into()).await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until it has got `number` requests.
    pub(crate) async fn has_received(&self, number: usize) {
        self.count.clone().wait_for(|count| *count >= number).await.unwrap();
    }
}

#[derive(Clone)]
struct Answering {
    script: Script,
    log: Arc<Mutex<Vec<Received>>>,
    counted: Arc<watch::Sender<usize>>,
}

impl Answering {
    async fn connection(self, speaks: Speaks, stream: tokio::net::TcpStream) {
        let service = service_fn(move |request| self.clone().answer(request));
        let http1 = hyper::server::conn::http1::Builder::new();
        let http2 = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        match speaks {
            Speaks::Http1 => drop(http1.serve_connection(TokioIo::new(stream), service).await),
            Speaks::H2c => drop(http2.serve_connection(TokioIo::new(stream), service).await),
            Speaks::Tls(config) => {
                let Ok(stream) = tokio_rustls::TlsAcceptor::from(config).accept(stream).await else {
                    return;
                };
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    drop(http2.serve_connection(TokioIo::new(stream), service).await);
                } else {
                    drop(http1.serve_connection(TokioIo::new(stream), service).await);
                }
            }
        }
    }

    async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let mut headers = parts.headers;
        if let Some(authority) = parts.uri.authority() {
            headers.insert("host", authority.as_str().parse()?);
        }
        let received = Received {
            version: parts.version,
            method: parts.method,
            target,
            headers,
            body,
        };
        let reply = (self.script)(&received);
        self.log.lock().unwrap().push(received);
        self.counted.send_modify(|count| *count += 1);
        let response = match reply {
            Reply::Answer(response) => response,
            Reply::When(told, response) => {
                told.notified().await;
                response
            }
            Reply::Close => return Err("closed by the script".into()),
        };
        Ok(response.map(Full::new))
    }
}

/// 200 with a text.
pub(crate) fn ok(text: &str) -> Response<Bytes> {
    answer(200, "text/plain", text)
}

/// An answer of the upstream's own, marked as such.
pub(crate) fn answer(status: u16, content_type: &str, text: &str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("x-upstream", "1")
        .body(Bytes::copy_from_slice(text.as_bytes()))
        .unwrap()
}

/// 302 with cookies.
pub(crate) fn signed_in(location: &str) -> Response<Bytes> {
    Response::builder()
        .status(302)
        .header("location", location)
        .header("set-cookie", "session=abc; Path=/; HttpOnly")
        .header("set-cookie", "hint=1; Path=/")
        .header("x-upstream", "1")
        .body(Bytes::new())
        .unwrap()
}
