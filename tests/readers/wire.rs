//! HTTP/1.1 as bytes: what a client library would put right goes over the wire as it is.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a server may take for an answer. One that takes longer has not answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request or an answer as it stood on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The first line and the fields, with the empty line.
    head: Vec<u8>,
    /// What followed, with the marks between chunks.
    body: Vec<u8>,
    /// Whether the connection can be used again.
    stays: bool,
}

impl Message {
    /// All of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_slice(), &self.body].concat()
    }

    /// The words of the first line.
    pub(crate) fn words(&self) -> impl Iterator<Item = &[u8]> {
        let line = self.head.split(|&b| b == b'\r').next().unwrap_or_default();
        line.split(|&b| b == b' ')
    }

    /// A field's value, in small letters.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.head).to_ascii_lowercase();
        head.lines().find_map(|line| {
            let value = line.strip_prefix(name)?.strip_prefix(':')?;
            Some(value.trim().to_owned())
        })
    }
}

/// What a message is, as far as its length depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Answer,
    AnswerToHead,
}

/// One end of a connection.
pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// The next message.
    pub(crate) async fn message(&mut self, kind: Kind) -> io::Result<Message> {
        loop {
            let head = self.until(b"\r\n\r\n").await?;
            let mut message = Message {
                head,
                body: Vec::new(),
                stays: true,
            };
            let status = message.words().nth(1).unwrap_or_default().to_vec();
            if kind != Kind::Request && status.starts_with(b"1") {
                continue;
            }
            let old = message.words().next() == Some(b"HTTP/1.0");
            let connection = message.field("connection").unwrap_or_default();
            message.stays = !connection.contains("close") && (!old || connection.contains("keep-alive"));
            let empty = kind == Kind::AnswerToHead || (kind == Kind::Answer && matches!(&*status, b"204" | b"304"));
            if !empty {
                self.body(kind, &mut message).await?;
            }
            message.stays &= self.read.is_empty();
            return Ok(message);
        }
    }

    async fn body(&mut self, kind: Kind, message: &mut Message) -> io::Result<()> {
        let chunked = message
            .field("transfer-encoding")
            .is_some_and(|value| value.contains("chunked"));
        let length = message.field("content-length").and_then(|value| value.parse().ok());
        if chunked {
            loop {
                let line = self.until(b"\r\n").await?;
                let size = String::from_utf8_lossy(&line);
                let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16);
                let size = size.map_err(|_| io::ErrorKind::InvalidData)?;
                message.body.extend(line);
                message.body.extend(self.exactly(size + 2).await?);
                if size == 0 {
                    return Ok(());
                }
            }
        }
        match length {
            Some(length) => message.body = self.exactly(length).await?,
            None if kind == Kind::Request => {}
            // It ends with the connection. What counts stands in the head.
            None => message.stays = false,
        }
        Ok(())
    }

    async fn until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|part| part == end) {
                return self.exactly(at + end.len()).await;
            }
            self.some_more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.read.len() < length {
            self.some_more().await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn some_more(&mut self) -> io::Result<()> {
        let more = self.more().await?;
        if more {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    async fn more(&mut self) -> io::Result<bool> {
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }
}

/// A client that keeps its connection while the server does.
pub(crate) struct Client {
    server: SocketAddr,
    kept: Option<Wire>,
}

impl Client {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, kept: None }
    }

    /// The answer to a request; `None` where the server closes the connection or says nothing.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Option<Message> {
        let kind = if request.starts_with(b"HEAD ") {
            Kind::AnswerToHead
        } else {
            Kind::Answer
        };
        let asking = async {
            // A server may close a kept connection at any time, so a request is tried on a fresh one too.
            if let Some(wire) = self.kept.take()
                && let Some(answer) = self.ask_on(wire, request, kind).await
            {
                return Some(answer);
            }
            let wire = Wire::new(TcpStream::connect(self.server).await.ok()?);
            self.ask_on(wire, request, kind).await
        };
        timeout(PATIENCE, asking).await.ok().flatten()
    }

    async fn ask_on(&mut self, mut wire: Wire, request: &[u8], kind: Kind) -> Option<Message> {
        // Who refuses a request may do so before its end, and close.
        let _ = wire.send(request).await;
        let answer = wire.message(kind).await.ok()?;
        self.kept = answer.stays.then_some(wire);
        Some(answer)
    }
}
