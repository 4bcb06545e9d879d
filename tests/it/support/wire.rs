//! Both ends of a connection in a test's own hand: bytes sent when it says so, bytes waited for.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::upstream::Behind;

/// A test that waits this long waits in vain.
const IN_VAIN: Duration = Duration::from_secs(30);

/// One end of a connection.
pub(crate) struct Peer<S = TcpStream> {
    stream: S,
    read: Vec<u8>,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            read: Vec::new(),
            heard: Arc::default(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends as much as the other side takes before it closes.
    pub(crate) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Reads up to `end` and gives all that came, with it.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut looked = 0;
        loop {
            let fresh = &self.read[looked..];
            if let Some(at) = fresh.windows(end.len()).position(|part| part == end.as_bytes()) {
                let rest = self.read.split_off(looked + at + end.len());
                return text(&std::mem::replace(&mut self.read, rest));
            }
            looked = (self.read.len() + 1).saturating_sub(end.len());
            assert!(
                self.more().await,
                "it ended before {end:?} came: {}",
                self.read.escape_ascii()
            );
        }
    }

    /// Reads a head.
    pub(crate) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads to the end, which may be a reset.
    pub(crate) async fn rest(&mut self) -> String {
        while self.more().await {}
        text(&std::mem::take(&mut self.read))
    }

    async fn more(&mut self) -> bool {
        let mut piece = vec![0; 16 * 1024];
        let read = tokio::time::timeout(IN_VAIN, self.stream.read(&mut piece)).await;
        let read = read.unwrap_or_else(|_| panic!("nothing came after {:?}", text(&self.read)));
        let piece = &piece[..read.unwrap_or(0)];
        self.read.extend_from_slice(piece);
        self.heard.lock().unwrap().extend_from_slice(piece);
        !piece.is_empty()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An upstream whose every byte the test writes.
pub(crate) struct RawUpstream {
    pub(crate) address: SocketAddr,
    listener: TcpListener,
    accepted: AtomicUsize,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl RawUpstream {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            listener,
            accepted: AtomicUsize::new(0),
            heard: Arc::default(),
        }
    }

    /// The gate's next connection.
    pub(crate) async fn accept(&self) -> Peer {
        let accepted = tokio::time::timeout(IN_VAIN, self.listener.accept()).await;
        self.accepted.fetch_add(1, Ordering::SeqCst);
        let mut peer = Peer::new(accepted.expect("the gate connects").unwrap().0);
        peer.heard = Arc::clone(&self.heard);
        peer
    }

    /// How many connections were accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Behind for RawUpstream {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heard(&self) -> Vec<String> {
        vec![text(&self.heard.lock().unwrap())]
    }
}
