//! The server over real sockets: what closes, who is believed, what a shutdown waits for.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::testing::{Answer, Pair, Running, Setup, client_settings, names_in, plain, read_to_close};
use super::{BindError, Handler, Redirect, Server, Shared, Unfinished};
use crate::config::{Limits, Listener, Times};
use crate::proxy::body::Body;
use crate::tasks::Tasks;

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
    assert!(server.exchange(GET).await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn an_idle_kept_connection_is_closed() {
    let times = short(|times| times.header = MOMENT);
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
async fn http2_is_spoken_in_the_clear_only_where_asked_for() {
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let server = Setup::default().start();
    assert!(!server.exchange(preface).await.contains("200"));
    assert_eq!(server.stop().await, CLEAN);

    let times = short(|times| times.header = MOMENT);
    let server = Setup {
        listener: Listener { h2c: true, ..plain() },
        times,
        ..Setup::default()
    }
    .start();
    assert_eq!(get_h2(server.connect().await).await, "127.0.0.1 HTTP/2.0");
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
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let times = short(|times| times.handshake = MOMENT);
    let server = Setup {
        listener: listener.clone(),
        trusted,
        times,
        ..Setup::default()
    }
    .start();
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
    assert_eq!(
        server.exchange(b"PROXY TC").await,
        "",
        "half a header is closed in time"
    );
    assert_eq!(server.stop().await, CLEAN);

    let server = Setup {
        listener,
        ..Setup::default()
    }
    .start();
    assert_eq!(
        server.exchange([cases[0].0, GET.as_bytes()].concat()).await,
        "",
        "a stranger"
    );
    assert_eq!(server.stop().await, CLEAN);
}

struct Tls {
    server: Running,
    _folder: tempfile::TempDir,
}

fn tls(names: &[&str], times: Times) -> Tls {
    let folder = tempfile::tempdir().unwrap();
    let certificates = names
        .iter()
        .enumerate()
        .map(|(at, name)| Pair::new(folder.path(), &at.to_string(), &[name]).files);
    let listener = Listener {
        certificates: certificates.collect(),
        ..plain()
    };
    Tls {
        server: Setup {
            listener,
            times,
            ..Setup::default()
        }
        .start(),
        _folder: folder,
    }
}

async fn handshake(server: &Running, connector: &TlsConnector, name: &str) -> TlsStream<TcpStream> {
    connector
        .connect(ServerName::try_from(name.to_owned()).unwrap(), server.connect().await)
        .await
        .unwrap()
}

fn connector(alpn: &[&[u8]], version: &'static SupportedProtocolVersion) -> TlsConnector {
    TlsConnector::from(Arc::new(client_settings(alpn, &[version])))
}

#[tokio::test]
async fn tls_chooses_certificate_and_protocol() {
    let Tls { server, _folder } = tls(&["first.example", "*.a.example"], Times::default());
    for version in [&TLS12, &TLS13] {
        let stream = handshake(&server, &connector(&[b"h2", b"http/1.1"], version), "auth.a.example").await;
        assert_eq!(
            names_in(&stream.get_ref().1.peer_certificates().unwrap()[0]),
            ["*.a.example"]
        );
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        assert_eq!(get_h2(stream).await, "127.0.0.1 HTTP/2.0");

        for alpn in [&[&b"http/1.1"[..]][..], &[]] {
            let mut stream = handshake(&server, &connector(alpn, version), "other.example").await;
            assert_eq!(
                names_in(&stream.get_ref().1.peer_certificates().unwrap()[0]),
                ["first.example"]
            );
            stream.write_all(GET.as_bytes()).await.unwrap();
            assert!(read_to_close(&mut stream).await.contains("127.0.0.1 HTTP/1.1"));
        }
    }
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn tls_sessions_resume() {
    let Tls { server, _folder } = tls(&["first.example"], Times::default());
    for version in [&TLS12, &TLS13] {
        let connector = connector(&[], version);
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut stream = handshake(&server, &connector, "first.example").await;
            stream.write_all(GET.as_bytes()).await.unwrap();
            read_to_close(&mut stream).await;
            assert_eq!(stream.get_ref().1.handshake_kind(), Some(expected), "{version:?}");
        }
    }
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_closed() {
    let Tls { server, _folder } = tls(&["first.example"], short(|times| times.handshake = MOMENT));
    assert_eq!(server.exchange("").await, "");
    assert_eq!(server.exchange([0x16, 3, 1, 2, 0, 1]).await, "");
    assert!(!server.exchange(GET).await.contains("HTTP"));
    assert_eq!(server.stop().await, CLEAN);
}

/// Answers once it is let to, and says when it has begun.
fn gated() -> (Answer, mpsc::UnboundedReceiver<()>, Arc<Notify>) {
    let (begun, begins) = mpsc::unbounded_channel();
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let answer: Answer = Arc::new(move |_, _| {
        let (begun, opened) = (begun.clone(), Arc::clone(&opened));
        Box::pin(async move {
            begun.send(()).unwrap();
            opened.notified().await;
            Response::new(bytes::Bytes::from_static(b"finished").into())
        })
    });
    (answer, begins, gate)
}

#[tokio::test]
async fn a_shutdown_waits_for_what_runs_and_takes_nothing_new() {
    let (answer, mut begins, gate) = gated();
    let server = Setup {
        answer,
        ..Setup::default()
    }
    .start();
    let address = server.address;
    let mut running = server.connect().await;
    running
        .write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        .await
        .unwrap();
    begins.recv().await.unwrap();
    let _silent = server.connect().await;

    let tasks = server.tasks.clone();
    tasks.stop();
    while TcpStream::connect(address).await.is_ok() {}
    gate.notify_one();
    let answer = read_to_close(&mut running).await;
    assert!(
        answer.contains("connection: close") && answer.ends_with("finished"),
        "{answer}"
    );
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_shutdown_lets_http2_finish_too() {
    let (answer, mut begins, gate) = gated();
    let server = Setup {
        answer,
        listener: Listener { h2c: true, ..plain() },
        ..Setup::default()
    }
    .start();
    let io = TokioIo::new(server.connect().await);
    let (mut send, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    let request = Request::get("http://a.example/")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let exchange = async move {
        let response = send.send_request(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    };
    let stop = async {
        begins.recv().await.unwrap();
        server.tasks.stop();
        gate.notify_one();
    };
    let (bytes, (), ended) = tokio::join!(exchange, stop, connection);
    assert_eq!(bytes, "finished");
    ended.unwrap();
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_shutdown_cuts_off_what_takes_too_long() {
    let (answer, mut begins, _gate) = gated();
    let times = short(|times| times.shutdown = MOMENT);
    let server = Setup {
        answer,
        times,
        ..Setup::default()
    }
    .start();
    let mut running = server.connect().await;
    running.write_all(GET.as_bytes()).await.unwrap();
    begins.recv().await.unwrap();
    assert_eq!(server.stop().await, Unfinished { connections: 1 });
    assert_eq!(read_to_close(&mut running).await, "");
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
