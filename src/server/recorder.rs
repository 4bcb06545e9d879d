//! A socket whose first bytes are kept beside: the ClientHello, until it has been looked at.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are kept. A ClientHello with post-quantum keys has two thousand.
const LIMIT: usize = 32 * 1024;

/// Keeps what is read.
#[derive(Debug)]
pub(crate) struct Recorder<IO> {
    pub(crate) io: IO,
    /// What was read so far, up to a limit.
    pub(crate) read: Vec<u8>,
}

impl<IO> Recorder<IO> {
    pub(crate) const fn new(io: IO) -> Self {
        Self { io, read: Vec::new() }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Recorder<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        let fresh = buf.filled().get(before..).unwrap_or_default();
        let room = LIMIT.saturating_sub(self.read.len());
        self.read.extend_from_slice(&fresh[..fresh.len().min(room)]);
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Recorder<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn it_keeps_what_is_read_up_to_its_limit() {
        let (mut far, near) = tokio::io::duplex(1000);
        let mut recorder = Recorder::new(near);
        let sent: Vec<u8> = (0..=u8::MAX).cycle().take(LIMIT + 3000).collect();
        let mut read = vec![0; sent.len()];
        let (written, taken) = tokio::join!(far.write_all(&sent), recorder.read_exact(&mut read));
        written.unwrap();
        taken.unwrap();
        assert_eq!(read, sent);
        assert_eq!(recorder.read, sent[..LIMIT]);
    }
}
