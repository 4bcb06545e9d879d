//! What an HTTP/2 upstream says it has not processed is sent again, and nothing else is.

use crate::support::{Gate, LINK, Peer, RawUpstream};

/// A frame of HTTP/2 (RFC 9113 section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const PREFACE: &str = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The gate's connection, whose first settings were answered.
struct Settled(Peer);

async fn settled(upstream: &RawUpstream) -> Settled {
    let mut peer = upstream.accept().await;
    peer.until(PREFACE).await;
    peer.send(frame(4, 0, 0, &[])).await;
    Settled(peer)
}

impl Settled {
    /// The head of its first request.
    async fn request(&mut self, has_body: bool) {
        let flags = if has_body { 4 } else { 5 };
        let head = [1, flags, 0, 0, 0, 1];
        self.0.until(std::str::from_utf8(&head).unwrap()).await;
    }

    async fn until(&mut self, end: &str) {
        self.0.until(end).await;
    }

    async fn send(&mut self, bytes: Vec<u8>) {
        self.0.send(bytes).await;
    }
}

/// How an upstream leaves a request.
#[derive(Clone, Copy, Debug)]
enum Left {
    /// A reset of the stream with this code.
    Reset(u8),
    /// A GOAWAY that names this stream as the last one it worked on, and the connection's end.
    GoAway(u8, bool),
    /// The connection's end.
    End,
}

impl Left {
    /// RFC 9113 sections 6.8 and 8.7: what says that nothing was processed. The first request is stream 1.
    const fn is_unprocessed(self) -> bool {
        matches!(self, Self::Reset(7) | Self::GoAway(0, _))
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Reset(code) => frame(3, 0, 1, &[0, 0, 0, code]),
            Self::GoAway(last, _) => frame(7, 0, 0, &[0, 0, 0, last, 0, 0, 0, 0]),
            Self::End => Vec::new(),
        }
    }

    const fn ends_connection(self) -> bool {
        matches!(self, Self::End | Self::GoAway(_, true))
    }
}

#[tokio::test]
async fn only_what_was_not_processed_is_sent_again() {
    let left = (0..14).map(Left::Reset);
    let left = left.chain(
        [0, 1]
            .into_iter()
            .flat_map(|last| [true, false].map(|ends| Left::GoAway(last, ends))),
    );
    for left in left.chain([Left::End]) {
        for (method, has_body) in [("GET", false), ("POST", false), ("DELETE", false), ("POST", true)] {
            // It runs on: nothing would be seen.
            if matches!(left, Left::GoAway(1, false)) {
                continue;
            }
            let upstream = RawUpstream::start().await;
            let config = format!(
                "[[listener]]\naddress = \"127.0.0.1:0\"\n[[listener]]\naddress = \"127.0.0.1:0\"\nh2c = true\n\
                 [[upstream]]\nname = \"api\"\nurl = \"http://{}\"\nh2 = true\n{LINK}",
                upstream.address
            );
            let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
            let mut client = gate.dial().await;
            let body = if has_body { "the body" } else { "" };
            let length = body.len();
            client
                .send(format!(
                    "{method} /page HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n\r\n{body}"
                ))
                .await;
            let mut first = settled(&upstream).await;
            first.request(has_body).await;
            if has_body {
                first.until(body).await;
            }
            first.send(left.bytes()).await;
            let what = format!("{left:?} {method} {has_body}");
            if left.ends_connection() {
                drop(first);
            }
            // A body that streams is gone.
            if left.is_unprocessed() && !has_body {
                let mut second = settled(&upstream).await;
                second.request(false).await;
                second.send(frame(1, 5, 1, &[0x88])).await;
                let head = client.head().await;
                assert!(head.starts_with("HTTP/1.1 200 "), "{what}: {head}");
            } else {
                let head = client.head().await;
                assert!(head.starts_with("HTTP/1.1 502 "), "{what}: {head}");
                assert_eq!(upstream.accepted(), 1, "{what}");
            }
            drop(client);
            gate.finish(&upstream).await;
        }
    }
}

/// An upstream that refuses everything is not asked for ever.
#[tokio::test]
async fn what_is_refused_again_and_again_is_given_up() {
    let upstream = RawUpstream::start().await;
    let config = format!(
        "listen = \"127.0.0.1:0\"\n[[upstream]]\nname = \"api\"\nurl = \"http://{}\"\nh2 = true\n{LINK}",
        upstream.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let refusing = async {
        for _ in 0..3 {
            let mut peer = settled(&upstream).await;
            peer.request(false).await;
            peer.send(Left::Reset(7).bytes()).await;
        }
    };
    let person = gate.person();
    let (reply, ()) = tokio::join!(person.get("/page"), refusing);
    assert_eq!(reply.status, 502);
    assert_eq!(upstream.accepted(), 3);
    gate.finish(&upstream).await;
}

/// Neither HTTP/1.1 nor silence is taken for HTTP/2, and a press whose connection fails keeps its link whole.
#[tokio::test]
async fn a_peer_that_does_not_speak_http2_has_got_nothing() {
    for spoken in ["HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n", ""] {
        let upstream = RawUpstream::start().await;
        let config = format!(
            "listen = \"127.0.0.1:0\"\n[[upstream]]\nname = \"api\"\nurl = \"http://{}\"\nh2 = true\n{LINK}",
            upstream.address
        );
        let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
        let link = gate.link(&gate.token());
        let answering = async {
            let mut peer = upstream.accept().await;
            peer.until(PREFACE).await;
            peer.send(spoken).await;
        };
        let person = gate.person();
        let (reply, ()) = tokio::join!(person.sign_in(&link), answering);
        assert_eq!(reply.status, 502);
        assert!(reply.body.contains("has not been used"), "{}", reply.body);
        gate.finish(&upstream).await;
    }
}
