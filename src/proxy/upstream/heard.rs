//! When a connection's other end was last heard.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::lock;

/// Says when something last came from the other end.
#[derive(Clone, Debug)]
pub(super) struct Heard(Arc<State>);

#[derive(Debug)]
struct State {
    last: Mutex<Instant>,
    /// All that came was read, and whoever reads it waits for more.
    read: Notify,
}

impl Heard {
    /// Listens to `io`.
    pub(super) fn on<IO>(io: IO) -> (Self, Listening<IO>) {
        let heard = Self(Arc::new(State {
            last: Mutex::new(Instant::now()),
            read: Notify::new(),
        }));
        let listening = Listening {
            io,
            heard: heard.clone(),
        };
        (heard, listening)
    }

    /// When something last came.
    pub(super) fn last(&self) -> Instant {
        *lock(&self.0.last)
    }

    /// Resolves once the reader has worked through what came. Only one may wait.
    pub(super) async fn read(&self) {
        self.0.read.notified().await;
    }
}

/// A connection that is listened to.
#[derive(Debug)]
pub(super) struct Listening<IO> {
    io: IO,
    heard: Heard,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Listening<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        match polled {
            Poll::Ready(_) => *lock(&self.heard.0.last) = Instant::now(),
            Poll::Pending => self.heard.0.read.notify_one(),
        }
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Listening<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
