//! An HTTP/2 client.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Reply;

type Body = BoxBody<Bytes, Infallible>;

/// One connection; clones share it.
#[derive(Clone)]
pub(crate) struct Http2 {
    sender: SendRequest<Body>,
}

impl Http2 {
    pub(crate) async fn on(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender }
    }

    /// Sends a request whose URI is absolute.
    pub(crate) async fn send(&self, request: Request<impl Into<Bytes>>) -> hyper::Result<(Reply, HeaderMap)> {
        self.stream(request.map(|body| Full::new(body.into()).boxed())).await
    }

    /// Sends a request with trailers behind its body.
    pub(crate) async fn send_with_trailers(
        &self,
        request: Request<&'static str>,
        trailers: HeaderMap,
    ) -> hyper::Result<(Reply, HeaderMap)> {
        self.stream(request.map(|body| Trailing::new(body, trailers).boxed()))
            .await
    }

    /// Gives the answer and its trailers.
    async fn stream(&self, request: Request<Body>) -> hyper::Result<(Reply, HeaderMap)> {
        let (parts, body) = self.sender.clone().send_request(request).await?.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        };
        Ok((reply, trailers))
    }
}

/// A body of a length that is not told, and its trailers.
pub(crate) struct Trailing(VecDeque<Frame<Bytes>>);

impl Trailing {
    pub(crate) fn new(body: &'static str, trailers: HeaderMap) -> Self {
        Self(VecDeque::from([
            Frame::data(Bytes::from_static(body.as_bytes())),
            Frame::trailers(trailers),
        ]))
    }
}

impl http_body::Body for Trailing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}
