//! Places for connections: when they run short, those without a request make room for new ones.

use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::site::{Site, Way};
use super::{Client, Held, Sender, gate, within};
use crate::support::tls::{Certificate, VERSIONS, client, connect};
use crate::support::{Gate, LINK, Peer, RawUpstream};

const GET: &str = "GET /small HTTP/1.1\r\nHost: a.example\r\n\r\n";
const H2_PREFACE: &str = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";

/// A listener, what is sent there, and what comes back before the client goes silent.
const SILENT: [(usize, &str, &str); 8] = [
    (0, "", ""),
    (0, "GET /small HT", ""),
    (0, "GET /small HTTP/1.1\r\nHost: a.ex", ""),
    (0, GET, "small"),
    (0, "GET /small HTTP/1.1\r\nHost: a.example\r\n\r\nGET /small", "small"),
    (1, "", ""),
    (1, "PRI * HTTP", ""),
    (1, H2_PREFACE, "\0\0"),
];

/// All that somebody holds who says no more.
async fn silent(gate: &Gate, address: &str, (listener, sent, comes): (usize, &str, &str)) -> TcpStream {
    let mut stream = gate.dial_from(address, listener).await;
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut peer = Peer::new(&mut stream);
    if !comes.is_empty() {
        peer.until(comes).await;
    }
    stream
}

/// Somebody new asks, and stays.
async fn asks(gate: &Gate, address: &str) -> TcpStream {
    silent(gate, address, (0, GET, "small")).await
}

#[tokio::test]
async fn ten_addresses_that_hold_all_places_keep_nobody_out() {
    for held in SILENT {
        let site = Site::start(Way::Http1, 200).await;
        let gate = gate(&site, "[limits]\nconnections = 20\nconnections-per-address = 2\n", "").await;
        let mut attackers = Vec::new();
        for address in 1..=10 {
            for _ in 0..2 {
                attackers.push(silent(&gate, &format!("127.0.10.{address}"), held).await);
            }
        }
        let mut stays = Vec::new();
        for address in 1..=9 {
            stays.push(asks(&gate, &format!("127.0.11.{address}")).await);
        }
        // Nobody who came honestly had to go.
        for stream in &mut stays {
            stream.write_all(GET.as_bytes()).await.unwrap();
            Peer::new(stream).until("small").await;
        }
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn handshakes_that_never_end_keep_nobody_out() {
    let site = Site::start(Way::Http1, 200).await;
    let folder = tempfile::tempdir().unwrap();
    let own = Certificate::write(folder.path(), "own", &["localhost"]);
    let config = format!(
        "limits = {{ connections = 10, connections-per-address = 5 }}\n\
         [[listener]]\naddress = \"127.0.0.1:0\"\n{}{}{LINK}",
        own.entry(),
        site.entry("")
    );
    let gate = Gate::of(&config, folder).await;
    for sent in [
        &b""[..],
        b"\x16\x03\x01",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let mut attackers = Vec::new();
        for address in 1..=10 {
            let mut stream = gate.dial_from(&format!("127.0.10.{address}"), 0).await;
            stream.write_all(sent).await.unwrap();
            attackers.push(stream);
        }
        for address in 1..=5 {
            let stream = gate.dial_from(&format!("127.0.11.{address}"), 0).await;
            let connector = client(&[&own], &["http/1.1"], &VERSIONS);
            let mut peer = Peer::new(connect(&connector, stream, "localhost").await.unwrap());
            peer.send(GET.replace("a.example", "localhost")).await;
            peer.until("small").await;
        }
    }
    gate.finish(&site).await;
}

/// All that is under way stays, whoever knocks; when all of it is, those who knock are sent away.
#[tokio::test]
async fn a_request_under_way_is_never_cut() {
    for client in super::CLIENTS {
        let site = Site::start(Way::Http1, 200).await;
        let gate = gate(&site, "[limits]\nconnections = 4\n", "").await;
        let mut held = Vec::new();
        for (method, path) in [(Method::GET, "/wait"), (Method::POST, "/up"), (Method::GET, "/events")] {
            let mut sender = Sender::connect(client, &gate, "127.0.10.1").await;
            let (parts, answer) = sender.begin(method.clone(), path);
            held.push((sender, (method == Method::POST).then_some(parts), Held::new(answer)));
        }
        site.has_begun(3).await;
        for address in 1..=9 {
            asks(&gate, &format!("127.0.11.{address}")).await;
        }
        let mut last = Sender::connect(Client::Http1, &gate, "127.0.10.1").await;
        let (_parts, answer) = last.begin(Method::POST, "/up");
        let last = Held::new(answer);
        site.has_begun(3 + 9 + 1).await;
        let mut refused = gate.dial_from("127.0.11.1", 0).await;
        let mut nothing = Vec::new();
        let _ = refused.read_to_end(&mut nothing).await;
        assert!(nothing.is_empty());
        drop(last);
        site.tell();
        for (_sender, parts, answer) in held {
            drop(parts);
            assert_eq!(answer.status().await, 200, "{client:?}");
        }
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn a_websocket_is_not_taken_for_idle() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::with(&upstream, &format!("limits = {{ connections = 1 }}\n{LINK}")).await;
    let mut client = Peer::new(gate.dial_from("127.0.10.1", 0).await);
    client
        .send("GET /s HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    let mut server = upstream.accept().await;
    server.head().await;
    server
        .send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    client.head().await;
    for _ in 0..5 {
        let mut refused = Peer::new(gate.dial_from("127.0.11.1", 0).await);
        assert_eq!(refused.rest().await, "");
        client.send("to the server").await;
        server.until("to the server").await;
        server.send("to the client").await;
        client.until("to the client").await;
    }
    drop((client, server));
    let link = gate.link(&gate.token());
    let comes = async {
        loop {
            let mut peer = Peer::new(gate.dial_from("127.0.11.1", 0).await);
            peer.try_send(format!(
                "GET {link} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
            ))
            .await;
            if peer.rest().await.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    };
    within(comes).await;
    gate.finish(&upstream).await;
}
