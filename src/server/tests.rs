//! The server over real sockets: what closes, who is believed, what a shutdown waits for.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Answer;
use super::testing::{Setup, plain, read_to_close};
use super::{BindError, Handler, Redirect, Server, Shared, Unfinished};
use crate::config::{Limits, Listener, Times};
use crate::proxy::body::Body;
use crate::tasks::Tasks;

mod shutdown;
mod tls;

const GET: &str = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
const CLEAN: Unfinished = Unfinished { connections: 0 };

fn short(change: impl FnOnce(&mut Times)) -> Times {
    let mut times = Times::default();
    change(&mut times);
    times
}

/// An HTTP/2 frame without settings.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const MOMENT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn silence_and_half_a_head_are_closed() {
    let times = short(|times| times.header = MOMENT);
    let server = Setup {
        times,
        ..Setup::default()
    }
    .start();
    for sent in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a.ex"] {
        let answer = server.exchange(sent).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn an_idle_kept_connection_is_closed() {
    // Long enough for a first request on a busy machine.
    let times = short(|times| times.header = 20 * MOMENT);
    let server = Setup {
        times,
        ..Setup::default()
    }
    .start();
    let answer = server.exchange("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn heads_are_bounded() {
    let server = Setup::default().start();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a.example\r\nX: {}\r\n\r\n",
        "x".repeat(17 * 1024)
    );
    assert!(server.exchange(long).await.starts_with("HTTP/1.1 431"));
    let many = format!("GET / HTTP/1.1\r\nHost: a.example\r\n{}\r\n", "X: 1\r\n".repeat(64));
    assert!(server.exchange(many).await.starts_with("HTTP/1.1 431"));
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn what_has_two_readings_is_refused_or_ends_the_connection() {
    let server = Setup::default().start();
    let refused = [
        "GET / HTTP/1.1\r\nHost : a.example\r\n\r\n",
        "GET / HTTP/1.1\r\n: a.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nX: a\rb\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a.example\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: +1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];
    for head in refused {
        let answer = server.exchange([head, GET].concat()).await;
        assert!(!answer.contains("HTTP/1.1 200"), "{head:?}: {answer}");
    }
    let both = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = server.exchange([both, GET].concat()).await;
    assert_eq!(
        answer.matches("HTTP/1.1 200").count(),
        1,
        "a request was read after an ambiguous one: {answer}"
    );
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn http2_is_spoken_in_the_clear_only_where_asked_for() {
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let server = Setup::default().start();
    assert!(!server.exchange(preface).await.contains("200"));
    assert_eq!(server.stop().await, CLEAN);

    let listener = Listener { h2c: true, ..plain() };
    let server = Setup {
        listener: listener.clone(),
        ..Setup::default()
    }
    .start();
    assert_eq!(get_h2(server.connect().await).await, "127.0.0.1 HTTP/2.0");
    assert_eq!(server.stop().await, CLEAN);

    let times = short(|times| times.header = MOMENT);
    let server = Setup {
        listener,
        times,
        ..Setup::default()
    }
    .start();
    // Silence, also after the preface; what comes is HTTP/2's own settings.
    for sent in [&b""[..], &[preface.as_bytes(), &SETTINGS].concat()] {
        assert!(!server.exchange(sent).await.contains("127.0.0.1"));
    }
    assert_eq!(server.stop().await, CLEAN);
}

async fn get_h2(io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static) -> String {
    let (mut send, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(io))
        .await
        .unwrap();
    let request = Request::get("http://a.example/")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let exchange = async move {
        let response = send.send_request(request).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        response.into_body().collect().await.unwrap().to_bytes()
    };
    tokio::select! {
        bytes = exchange => String::from_utf8(bytes.to_vec()).unwrap(),
        ended = connection => panic!("ended early: {ended:?}"),
    }
}

#[tokio::test]
async fn an_answer_that_is_not_read_ends_the_connection() {
    let times = short(|times| times.stall = MOMENT);
    let answer: Answer =
        Arc::new(|_, _| Box::pin(async { Response::new(Body::Full(bytes::Bytes::from(vec![b'x'; 64 << 20]))) }));
    let server = Setup {
        times,
        answer,
        ..Setup::default()
    }
    .start();
    let mut socket = server.connect().await;
    socket.write_all(GET.as_bytes()).await.unwrap();
    // Its seat comes back although it never reads.
    assert_eq!(server.stop().await, CLEAN);
    assert!(read_to_close(&mut socket).await.len() < 64 << 20);
}

#[tokio::test]
async fn an_http2_client_without_room_for_the_answer_is_left() {
    let times = short(|times| times.stall = MOMENT);
    let server = Setup {
        listener: Listener { h2c: true, ..plain() },
        times,
        ..Setup::default()
    }
    .start();
    let no_room = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    // GET, http, /, and a literal authority, as HPACK writes them.
    let get = [
        &[0, 0, 14, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 9][..],
        b"a.example",
    ]
    .concat();
    let sent = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &no_room, &get].concat();
    let mut socket = server.connect().await;
    socket.write_all(&sent).await.unwrap();
    assert!(!read_to_close(&mut socket).await.contains("127.0.0.1"));
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn an_address_has_its_share_and_proxies_have_no_limit() {
    let limits = Limits {
        connections_per_address: 1,
        ..Limits::default()
    };
    for (trusted, expected) in [(vec![], ""), (vec!["127.0.0.0/8".parse().unwrap()], "HTTP/1.1 200")] {
        let server = Setup {
            limits: limits.clone(),
            trusted,
            ..Setup::default()
        }
        .start();
        let mut first = server.connect().await;
        first
            .write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(first.read_u8().await.unwrap(), b'H');
        assert!(server.exchange(GET).await.starts_with(expected));
        if expected.is_empty() {
            assert_eq!(server.exchange(GET).await, "");
        }
        drop(first);
        while !server.exchange(GET).await.starts_with("HTTP/1.1 200") {}
        assert_eq!(server.stop().await, CLEAN);
    }
}

#[tokio::test]
async fn the_proxy_header_names_the_client() {
    let listener = Listener {
        proxy_protocol: true,
        ..plain()
    };
    let trusted: Vec<ipnet::IpNet> = vec!["127.0.0.0/8".parse().unwrap()];
    let setup = |times| Setup {
        listener: listener.clone(),
        trusted: trusted.clone(),
        times,
        ..Setup::default()
    };
    let server = setup(Times::default()).start();
    let v2 = [
        &b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"[..],
        &[192, 0, 2, 9, 10, 0, 0, 1, 1, 1, 1, 1],
    ]
    .concat();
    let cases: [(&[u8], &str); 6] = [
        (b"PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\n", "192.0.2.7 "),
        (b"PROXY UNKNOWN\r\n", "127.0.0.1 "),
        (&v2, "192.0.2.9 "),
        (b"", ""),
        (b"PROXY TCP4 192.0.2.7\r\n", ""),
        (b"\r\n\r\n\0\r\nQUIT\n\x21", ""),
    ];
    for (header, expected) in cases {
        let answer = server.exchange([header, GET.as_bytes()].concat()).await;
        match expected {
            "" => assert_eq!(answer, "", "{}", header.escape_ascii()),
            _ => assert!(answer.contains(expected), "{}: {answer}", header.escape_ascii()),
        }
    }
    assert_eq!(server.stop().await, CLEAN);

    let server = setup(short(|times| times.handshake = MOMENT)).start();
    assert_eq!(
        server.exchange(b"PROXY TC").await,
        "",
        "half a header is closed in time"
    );
    assert_eq!(server.stop().await, CLEAN);

    let server = Setup {
        trusted: Vec::new(),
        ..setup(Times::default())
    }
    .start();
    assert_eq!(
        server.exchange([cases[0].0, GET.as_bytes()].concat()).await,
        "",
        "a stranger"
    );
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_panic_ends_one_connection_alone() {
    let answer: Answer = Arc::new(|request, _| {
        let path = request.uri().path().to_owned();
        Box::pin(async move {
            assert_ne!(path, "/fault", "a fault that this test wants");
            Response::new(Body::Empty)
        })
    });
    let server = Setup {
        answer,
        ..Setup::default()
    }
    .start();
    assert_eq!(server.exchange(GET.replace("/ ", "/fault ")).await, "");
    assert!(server.exchange(GET).await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_redirecting_listener_answers_by_itself() {
    let server = Setup {
        listener: Listener {
            redirect_to_https: true,
            ..plain()
        },
        ..Setup::default()
    }
    .start();
    let answer = server.exchange(GET).await;
    // The tests' redirect takes no target at all.
    assert!(
        answer.starts_with("HTTP/1.1 414") && answer.contains("cache-control: no-store"),
        "{answer}"
    );
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn an_address_in_use_is_named_with_a_remedy() {
    let server = Setup::default().start();
    let listener = Listener {
        address: server.address,
        ..plain()
    };
    let shared = || Shared::new(Tasks::default(), &Times::default(), &Limits::default(), &[]);
    let redirect = Handler::Redirect(Arc::new(Redirect::default()));
    let error = Server::bind_all(&[listener], shared(), &redirect, &redirect).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, BindError::Address { .. }));
    assert!(
        text.contains(&server.address.to_string()) && text.contains("stop it, or choose"),
        "{text}"
    );
    assert_eq!(server.stop().await, CLEAN);

    let both = ["0.0.0.0:0", "[::]:0"].map(|address| Listener {
        address: address.parse().unwrap(),
        ..plain()
    });
    let server = Server::bind_all(&both, shared(), &redirect, &redirect).unwrap();
    assert_eq!(server.addresses().len(), 2);
    assert!(server.addresses().iter().all(|bound| bound.address.port() != 0));
    assert!(server.addresses()[0].to_string().starts_with("http://0.0.0.0:"));
}
