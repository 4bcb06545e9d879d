//! Upgraded connections: WebSocket passes, nothing else does.

use crate::support::{Gate, RawUpstream};

const ASK: &str = "GET /socket HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const GRANT: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nx-upstream: 1\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_websocket_carries_bytes_both_ways_and_ends_with_the_server() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(ASK).await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    for field in [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-key: dGhl",
        "x-forwarded-for: ",
    ] {
        assert!(head.contains(&format!("\r\n{field}")), "{field} in {head}");
    }
    server.send(GRANT).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    for field in [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-accept: s3pP",
    ] {
        assert!(head.contains(&format!("\r\n{field}")), "{field} in {head}");
    }
    client.send("\u{1}to the server").await;
    server.until("to the server").await;
    server.send("to the client").await;
    client.until("to the client").await;

    gate.stop().await;
    assert_eq!(gate.unfinished(), 0, "a shutdown does not wait for open sockets");
    assert_eq!(client.rest().await, "");
    assert_eq!(server.rest().await, "");
    let record = gate.last_record();
    assert_eq!(record["http.response.status_code"], 101);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_end_of_a_websocket_reaches_the_other_side() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    for client_ends in [true, false] {
        let mut client = gate.dial().await;
        client.send(ASK).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send(GRANT).await;
        client.head().await;
        let mut other = if client_ends {
            drop(client);
            server
        } else {
            drop(server);
            client
        };
        assert_eq!(other.rest().await, "");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_follows_a_refused_upgrade_is_another_request() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let mut client = gate.dial().await;
    client
        .send(format!(
            "{ASK}GET {} HTTP/1.1\r\nHost: a.example\r\n\r\n",
            gate.link(&token)
        ))
        .await;
    let mut server = upstream.accept().await;
    server.head().await;
    server.send(OK).await;
    client.until("ok").await;
    assert!(client.until("</html>").await.contains("linklatch-ticket"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn other_upgrades_are_dropped() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    let mut server = None;
    for asked in ["h2c", "tls/1.0", "websocket, h2c", "h2c, websocket"] {
        client
            .send(format!(
                "GET /page HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                 Upgrade: {asked}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
            ))
            .await;
        let server = match &mut server {
            Some(server) => server,
            none => none.insert(upstream.accept().await),
        };
        let head = server.head().await;
        assert!(!head.contains("upgrade") && !head.contains("http2-settings"), "{head}");
        server.send(OK).await;
        client.until("ok").await;
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_tunnel_that_nobody_asked_for_is_not_opened() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send("GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n").await;
    let mut server = upstream.accept().await;
    server.head().await;
    server.send(GRANT).await;
    let answer = client.until("</html>").await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(!answer.contains("upgrade"), "{answer}");
    assert_eq!(server.rest().await, "");

    let person = gate.person();
    let link = gate.link(&gate.token_to_confirm());
    let page = person.get(&link).await;
    let press = person.press(&link, &page);
    let grant = async {
        let mut server = upstream.accept().await;
        server.head().await;
        server.send(GRANT).await;
    };
    let (answer, ()) = tokio::join!(press, grant);
    assert_eq!(answer.status, 502, "{answer:?}");
    gate.finish(&upstream).await;
}
