//! Strangers share nothing that one of them can exhaust: what attackers hold, and an honest neighbour who goes on.

mod connections;
mod pace;
mod places;
mod resends;
mod site;
mod upstreams;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use self::site::Site;
use crate::support::{Gate, LINK};

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    Http1,
    Http2,
}

const CLIENTS: [Client; 2] = [Client::Http1, Client::Http2];

/// A gate with a listener for each kind of client, before a site. `limits`: tables for the gate; `more`: keys of the
/// upstream.
async fn gate(site: &Site, limits: &str, more: &str) -> Gate {
    let config = format!(
        "{limits}\n[[listener]]\naddress = \"127.0.0.1:0\"\n\
         [[listener]]\naddress = \"127.0.0.1:0\"\nh2c = true\n{}{LINK}",
        site.entry(more)
    );
    Gate::of(&config, tempfile::tempdir().unwrap()).await
}

/// A body whose parts the test sends when it likes; it ends when the test drops its side.
struct Parts(mpsc::UnboundedReceiver<&'static [u8]>);

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = self.0.poll_recv(cx);
        part.map(|part| part.map(|part| Ok(Frame::data(Bytes::from_static(part)))))
    }
}

/// A client's connection; over HTTP/2 many requests may go at a time.
enum Sender {
    Http1(http1::SendRequest<Parts>),
    Http2(http2::SendRequest<Parts>),
}

impl Sender {
    async fn connect(client: Client, gate: &Gate, address: &str) -> Self {
        match client {
            Client::Http1 => {
                let io = TokioIo::new(gate.dial_from(address, 0).await);
                let (sender, connection) = http1::handshake(io).await.unwrap();
                tokio::spawn(connection);
                Self::Http1(sender)
            }
            Client::Http2 => {
                let io = TokioIo::new(gate.dial_from(address, 1).await);
                let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
                tokio::spawn(connection);
                Self::Http2(sender)
            }
        }
    }

    /// Sends a head; the body's parts go through what comes with the answer to come.
    fn begin(
        &mut self,
        method: Method,
        path: &str,
    ) -> (
        mpsc::UnboundedSender<&'static [u8]>,
        impl Future<Output = hyper::Result<Response<Incoming>>> + Send + use<>,
    ) {
        let (parts, body) = mpsc::unbounded_channel();
        let request = Request::builder().method(method).uri(format!("http://a.example{path}"));
        let request = request.header("host", "a.example").header("accept", "application/json");
        let request = request.body(Parts(body)).unwrap();
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = match self {
            Self::Http1(sender) => Box::pin(sender.send_request(request)),
            Self::Http2(sender) => Box::pin(sender.send_request(request)),
        };
        (parts, answer)
    }

    /// Gets a whole answer: its status and body.
    async fn get(&mut self, path: &str) -> (u16, Bytes) {
        let (parts, answer) = self.begin(Method::GET, path);
        drop(parts);
        let answer = within(answer).await.unwrap();
        let status = answer.status().as_u16();
        (status, within(answer.into_body().collect()).await.unwrap().to_bytes())
    }
}

/// An answer that is waited for; who drops it goes away.
struct Held(JoinHandle<hyper::Result<Response<Incoming>>>);

impl Held {
    fn new(answer: impl Future<Output = hyper::Result<Response<Incoming>>> + Send + 'static) -> Self {
        Self(tokio::spawn(answer))
    }

    /// Its status.
    async fn status(mut self) -> u16 {
        within(&mut self.0).await.unwrap().unwrap().status().as_u16()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One request on a connection of its own.
async fn get(client: Client, gate: &Gate, address: &str, path: &str) -> (u16, Bytes) {
    Sender::connect(client, gate, address).await.get(path).await
}

/// A test that waits this long waits in vain.
async fn within<F: Future>(waiting: F) -> F::Output {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), waiting).await;
    waited.expect("it comes in time")
}
