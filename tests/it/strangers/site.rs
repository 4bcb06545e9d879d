//! An upstream that counts what goes on in each of its connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;

use crate::support::tls::Certificate;
use crate::support::upstream::Behind;

/// How a site speaks, and how the gate is told to speak to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Http1,
    H2c,
    TlsHttp1,
    TlsH2,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Http1, Self::H2c, Self::TlsHttp1, Self::TlsH2];
    pub(crate) const H2: [Self; 2] = [Self::H2c, Self::TlsH2];

    const fn is_h2(self) -> bool {
        matches!(self, Self::H2c | Self::TlsH2)
    }

    const fn is_tls(self) -> bool {
        matches!(self, Self::TlsHttp1 | Self::TlsH2)
    }
}

/// What happens in one connection.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
    aborted: AtomicUsize,
    pub(crate) is_h2: AtomicUsize,
}

impl Seen {
    /// The most requests that it had at a time.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// How many requests were given up before their answer.
    pub(crate) fn aborted(&self) -> usize {
        self.aborted.load(Ordering::SeqCst)
    }
}

/// The site. `/big` never ends, `/medium` is of two megabytes, `/up` takes a body and then answers, `/deaf` takes none
/// until it is told to, `/wait` answers and `/events` says something when told to; all else is answered at once.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    way: Way,
    folder: tempfile::TempDir,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connections: Mutex<Vec<Arc<Seen>>>,
    begun: watch::Sender<usize>,
    told: Notify,
}

impl Site {
    /// `streams`: how many it takes at a time in one connection.
    pub(crate) async fn start(way: Way, streams: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificate = Certificate::write(folder.path(), "site", &["127.0.0.1"]);
        let protocol = if way.is_h2() { "h2" } else { "http/1.1" };
        let tls = way.is_tls().then(|| TlsAcceptor::from(certificate.server(&[protocol])));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            connections: Mutex::default(),
            begun: watch::Sender::new(0),
            told: Notify::new(),
        });
        let site = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, site, tls) = (Arc::new(Seen::default()), Arc::clone(&site), tls.clone());
                site.connections.lock().unwrap().push(Arc::clone(&seen));
                let service = service_fn(move |request| answer(request, Open::new(&seen), Arc::clone(&site)));
                tokio::spawn(async move {
                    let http1 = hyper::server::conn::http1::Builder::new();
                    let mut http2 = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    http2.max_concurrent_streams(streams);
                    match (tls, way.is_h2()) {
                        (None, false) => drop(http1.serve_connection(TokioIo::new(stream), service).await),
                        (None, true) => drop(http2.serve_connection(TokioIo::new(stream), service).await),
                        (Some(tls), is_h2) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            let stream = TokioIo::new(stream);
                            if is_h2 {
                                drop(http2.serve_connection(stream, service).await);
                            } else {
                                drop(http1.serve_connection(stream, service).await);
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            way,
            folder,
            shared,
        }
    }

    /// Its entry in the gate's configuration; `more` are further keys of it.
    pub(crate) fn entry(&self, more: &str) -> String {
        let (scheme, trust) = if self.way.is_tls() {
            let file = self.folder.path().join("site.crt");
            ("https", format!("ca-file = {file:?}\n"))
        } else {
            ("http", String::new())
        };
        let h2 = self.way.is_h2();
        format!(
            "[[upstream]]\nname = \"site\"\nurl = \"{scheme}://{}\"\nh2 = {h2}\n{trust}{more}\n",
            self.address
        )
    }

    /// Waits until so many requests have begun.
    pub(crate) async fn has_begun(&self, number: usize) {
        let mut begun = self.shared.begun.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(30), begun.wait_for(|begun| *begun >= number)).await;
        assert!(
            waited.is_ok(),
            "{} requests begun in place of {number}",
            *self.shared.begun.borrow()
        );
    }

    pub(crate) fn begun(&self) -> usize {
        *self.shared.begun.borrow()
    }

    /// Lets all that wait go on.
    pub(crate) fn tell(&self) {
        self.shared.told.notify_waiters();
    }

    pub(crate) fn connections(&self) -> Vec<Arc<Seen>> {
        self.shared.connections.lock().unwrap().clone()
    }
}

impl Behind for Site {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heard(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A request under way.
struct Open {
    seen: Arc<Seen>,
    is_answered: bool,
}

impl Open {
    fn new(seen: &Arc<Seen>) -> Self {
        let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(now, Ordering::SeqCst);
        Self {
            seen: Arc::clone(seen),
            is_answered: false,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.seen.now.fetch_sub(1, Ordering::SeqCst);
        if !self.is_answered {
            self.seen.aborted.fetch_add(1, Ordering::SeqCst);
        }
    }
}

type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

async fn answer(request: Request<Incoming>, mut open: Open, site: Arc<Shared>) -> hyper::Result<Answer> {
    if request.version() == Version::HTTP_2 {
        open.seen.is_h2.store(1, Ordering::SeqCst);
    }
    let told = site.told.notified();
    tokio::pin!(told);
    told.as_mut().enable();
    site.begun.send_modify(|begun| *begun += 1);
    let body = match request.uri().path() {
        "/big" => Endless.boxed_unsync(),
        "/medium" => whole(vec![b'm'; 2 << 20]),
        "/up" => whole(request.into_body().collect().await?.to_bytes()),
        "/deaf" => {
            told.await;
            whole(request.into_body().collect().await?.to_bytes())
        }
        "/wait" => {
            told.await;
            whole("waited")
        }
        "/events" => Event::of(Arc::clone(&site)).boxed_unsync(),
        _ => whole("small"),
    };
    open.is_answered = true;
    Ok(Response::builder().header("x-upstream", "1").body(body).unwrap())
}

fn whole(bytes: impl Into<Bytes>) -> UnsyncBoxBody<Bytes, Infallible> {
    Full::new(bytes.into()).boxed_unsync()
}

/// A body without an end.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16 * 1024])))))
    }
}

/// A body that says one word once it is told to.
struct Event(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Event {
    fn of(site: Arc<Shared>) -> Self {
        Self(Some(Box::pin(async move { site.told.notified().await })))
    }
}

impl http_body::Body for Event {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(told) = &mut self.0 else {
            return Poll::Ready(None);
        };
        ready!(told.as_mut().poll(cx));
        self.0 = None;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"event")))))
    }
}
