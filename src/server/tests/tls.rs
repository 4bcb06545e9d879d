//! TLS: certificate, protocol, resumption, time.

use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::server::testing::{Pair, Running, client_settings, names_in};

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
