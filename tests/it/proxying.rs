//! The reverse proxy for everything that is no link: what passes, both ways, as it comes.

use crate::support::{Gate, LINK, RawUpstream};

const GET: &str = "GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nx-upstream: 1\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_response_streams_while_the_upstream_still_writes() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(GET).await;
    let mut server = upstream.accept().await;
    server.head().await;
    server
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        .await;
    client.until("first").await;
    server.send("6\r\nsecond\r\n").await;
    client.until("second").await;
    server.send("0\r\n\r\n").await;
    client.until("\r\n0\r\n\r\n").await;
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_request_streams_while_the_client_still_writes() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send("POST /up HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        .await;
    let mut server = upstream.accept().await;
    server.until("first").await;
    client.send("6\r\nsecond\r\n").await;
    server.until("second").await;
    client.send("0\r\n\r\n").await;
    server.until("\r\n0\r\n\r\n").await;
    server.send(OK).await;
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_answer_may_come_before_the_request_has_ended_and_nobody_waits_for_it() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let (mut slow, mut other) = (gate.dial().await, gate.dial().await);
    slow.send("POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nhalf")
        .await;
    let mut server = upstream.accept().await;
    server.until("half").await;
    server.send(OK).await;
    assert!(slow.until("ok").await.starts_with("HTTP/1.1 200"));
    other.send(GET).await;
    let mut second = upstream.accept().await;
    second.head().await;
    second.send(OK).await;
    assert!(other.until("ok").await.starts_with("HTTP/1.1 200"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send(
            "POST /up HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nConnection: TE\r\nTrailer: X-Sum\r\n\
             Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n",
        )
        .await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    assert!(
        head.contains("te: trailers") && head.contains("trailer: X-Sum"),
        "{head}"
    );
    let body = server.until("\r\n\r\n").await.to_lowercase();
    assert_eq!(body, "2\r\nab\r\n0\r\nx-sum: 7\r\n\r\n");
    server
        .send("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ncd\r\n0\r\nX-Sum: 9\r\n\r\n")
        .await;
    client.head().await;
    let body = client.until("\r\n\r\n").await.to_lowercase();
    assert_eq!(body, "2\r\ncd\r\n0\r\nx-sum: 9\r\n\r\n");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn fields_of_one_connection_stay_on_it() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send(
            "GET /page HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, Private, X-Request-Id, X-Forwarded-For, \
             Cookie, Host\r\nPrivate: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n\
             Proxy-Authorization: Basic eA==\r\nTE: gzip\r\nUpgrade: h2c\r\nCookie: a=1\r\nVia: 1.0 before\r\n\r\n",
        )
        .await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    for gone in ["connection:", "private:", "keep-alive", "proxy-", "te:", "upgrade:"] {
        assert!(!head.contains(&format!("\r\n{gone}")), "{gone} in {head}");
    }
    for kept in [
        "host: a.example",
        "cookie: a=1",
        "via: 1.0 before",
        "x-forwarded-for: 127.0.",
        "x-request-id: req_",
    ] {
        assert!(head.contains(&format!("\r\n{kept}")), "{kept} in {head}");
    }
    server
        .send(
            "HTTP/1.1 200 OK\r\nConnection: Private, Set-Cookie\r\nPrivate: 1\r\nKeep-Alive: timeout=5\r\n\
             Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n\
             Content-Length: 0\r\n\r\n",
        )
        .await;
    let head = client.head().await;
    for gone in ["connection:", "private:", "keep-alive", "proxy-", "upgrade:"] {
        assert!(!head.contains(&format!("\r\n{gone}")), "{gone} in {head}");
    }
    for kept in [
        "set-cookie: a=1; Path=/\r\n",
        "set-cookie: b=2\r\n",
        "x-request-id: req_",
    ] {
        assert!(head.contains(kept), "{kept} in {head}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_client_that_waits_is_told_to_go_on_only_where_its_body_is_wanted() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send("POST /up HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        .await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    assert!(!head.contains("expect"), "{head}");
    assert_eq!(client.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body").await;
    server.until("body").await;
    server.send(OK).await;
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));

    let link = gate.link(&gate.token());
    for (method, status) in [("PUT", "405"), ("POST", "200")] {
        let mut refused = gate.dial().await;
        refused
            .send(format!(
                "{method} {link} HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
            ))
            .await;
        let head = refused.head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn answers_without_a_body_keep_their_fields_and_the_connection() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(GET.replace("GET", "HEAD")).await;
    let mut server = upstream.accept().await;
    assert!(server.head().await.starts_with("HEAD /page HTTP/1.1\r\n"));
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n").await;
    assert!(client.head().await.contains("content-length: 1234\r\n"));
    client.send(GET.replace("GET", "HEAD")).await;
    server.head().await;
    server
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    let head = client.head().await;
    assert!(!head.contains("content-length"), "a length that nobody told: {head}");
    for answer in ["204 No Content", "304 Not Modified"] {
        client.send(GET).await;
        server.head().await;
        server.send(format!("HTTP/1.1 {answer}\r\nETag: \"x\"\r\n\r\n")).await;
        let head = client.head().await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {answer}")) && head.contains("etag: \"x\""),
            "{head}"
        );
        assert!(!head.contains("content-length"), "{head}");
    }
    client.send(GET).await;
    server.head().await;
    server.send(OK).await;
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));
    assert_eq!(upstream.accepted(), 1, "the connection is kept");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn hints_before_the_answer_do_not_disturb_it() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(GET).await;
    let mut server = upstream.accept().await;
    server.head().await;
    server
        .send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
        .await;
    server.send(OK).await;
    // A hint is swallowed: the HTTP library sends none but 100.
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn large_bodies_pass_both_ways() {
    const SIZE: usize = 4 << 20;
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let (mut client, body) = (gate.dial().await, "x".repeat(SIZE));
    let head = format!(
        "POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: {}\r\n\r\n",
        SIZE + 3
    );
    let ask = async {
        client.send(head).await;
        client.send(&body).await;
        client.send("end").await;
        client.head().await;
        client.until("end").await.len()
    };
    let answer = async {
        let mut server = upstream.accept().await;
        server.head().await;
        let received = server.until("end").await.len();
        server
            .send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", SIZE + 3))
            .await;
        server.send(&body).await;
        server.send("end").await;
        received
    };
    assert_eq!(tokio::join!(ask, answer), (SIZE + 3, SIZE + 3));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn connections_are_kept_and_a_stale_one_is_replaced_without_an_error() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(GET).await;
    let mut server = upstream.accept().await;
    for _ in 0..3 {
        server.head().await;
        server.send(OK).await;
        client.until("ok").await;
        client.send(GET).await;
    }
    server.head().await;
    server.send(OK).await;
    client.until("ok").await;
    assert_eq!(upstream.accepted(), 1);
    drop(server);
    client.send(GET).await;
    let mut fresh = upstream.accept().await;
    fresh.head().await;
    fresh
        .send(OK.replace("x-upstream", "connection: close\r\nx-upstream"))
        .await;
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));
    client.send(GET).await;
    let mut third = upstream.accept().await;
    third.head().await;
    third.send(OK).await;
    assert!(client.until("ok").await.starts_with("HTTP/1.1 200"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn targets_arrive_as_they_were_written() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    let cases = [
        ("GET http://a.example/p?q=1", "GET /p?q=1 HTTP/1.1"),
        ("GET http://a.example", "GET / HTTP/1.1"),
        ("OPTIONS *", "OPTIONS * HTTP/1.1"),
        (
            "GET /a%2Fb/./c;d?x=%20+y&&z=[1]",
            "GET /a%2Fb/./c;d?x=%20+y&&z=[1] HTTP/1.1",
        ),
        ("PROPFIND /dav/", "PROPFIND /dav/ HTTP/1.1"),
    ];
    let mut server = None;
    for (sent, arrives) in cases {
        client.send(format!("{sent} HTTP/1.1\r\nHost: a.example\r\n\r\n")).await;
        let server = match &mut server {
            Some(server) => server,
            none => none.insert(upstream.accept().await),
        };
        let head = server.head().await;
        assert_eq!(head.lines().next(), Some(arrives));
        assert!(head.contains("\r\nhost: a.example\r\n"), "{head}");
        server.send(OK).await;
        client.until("ok").await;
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_tunnel_is_refused() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let answer = gate
        .actor()
        .raw("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert!(answer.contains("allow: GET"), "{answer}");
    assert_eq!(upstream.accepted(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_gates_cookies_never_reach_the_upstream() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send(
            "GET /page HTTP/1.1\r\nHost: a.example\r\nCookie: a=1; linklatch=x; b=2\r\n\
             Cookie: __Host-linklatch=x; linklatch-opening=y; linklatch2=mine\r\n\r\n",
        )
        .await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    assert!(head.contains("\r\ncookie: a=1; b=2; linklatch2=mine\r\n"), "{head}");
    server.send(OK).await;
    client.until("ok").await;
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_length_beside_chunks_is_dropped_from_an_answer() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client.send(GET).await;
    let mut server = upstream.accept().await;
    server.head().await;
    server
        .send(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n\
             8\r\nchunked!\r\n0\r\n\r\n",
        )
        .await;
    let head = client.head().await;
    assert!(!head.contains("content-length"), "{head}");
    client.until("chunked!").await;
    client.until("0\r\n\r\n").await;
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_client_does_not_say_what_only_a_proxy_can_know() {
    let upstream = RawUpstream::start().await;
    let claims = "X-Real-IP: 1.1.1.1\r\nCF-Connecting-IP: 1.1.1.1\r\nX-Remote-User: root\r\nX-SSL-Client-Cert: x\r\n\
                  X-Shop-Host: b.example\r\nX-User-Id: 7\r\n";
    let moves = "X-Original-URL: /auth/verify\r\nX-HTTP-Method-Override: PUT\r\nX_Real_IP: 1.1.1.1\r\n\
                 X-Linklatch-Client: x\r\nX-Linklatch-Step: none\r\n";
    let plain = "X-Api-Key: k\r\nX-Csrf-Token: c\r\nTraceparent: t\r\n";
    let request = format!(
        "GET /page HTTP/1.1\r\nHost: a.example\r\nConnection: X-Foo\r\nX-Foo: 1\r\nX-Request-Id: mine-1\r\n\
         {claims}{moves}{plain}\r\n"
    );
    let identity = "x-real-ip x-remote-user x-ssl-client-cert";
    let all = format!("{identity} cf-connecting-ip x-shop-host x-user-id");
    let own = "headers = { pass = [\"x-shop-host\", \"cf-*\"], drop = [\"x-user-*\"] }\n";
    let trusted = "trusted-proxies = [\"127.0.0.0/8\"]\nheaders = { drop = [\"x-user-*\"] }\n";
    for (top, goes, stays) in [
        ("", &*format!("{identity} cf-connecting-ip x-shop-host"), "x-user-id"),
        (own, &*format!("{identity} x-user-id"), "x-shop-host cf-connecting-ip"),
        (trusted, "", &*all),
    ] {
        let gate = Gate::with(&upstream, &format!("{top}{LINK}")).await;
        let mut client = gate.dial().await;
        client.send(&request).await;
        let mut server = upstream.accept().await;
        let head = server.head().await;
        let never = "x-original-url x-http-method-override x_real_ip x-linklatch- x-foo";
        for gone in goes.split_whitespace().chain(never.split(' ')) {
            assert!(!head.contains(&format!("\r\n{gone}")), "{gone} in {head}");
        }
        for kept in stays.split(' ').chain(["x-api-key", "x-csrf-token", "traceparent"]) {
            assert!(head.contains(&format!("\r\n{kept}: ")), "{kept} in {head}");
        }
        server
            .send("HTTP/1.1 200 OK\r\nX-Linklatch-Step: none\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok")
            .await;
        let answer = client.until("ok").await;
        assert!(
            !answer.contains("x-linklatch-") && answer.contains("x-kept: 1"),
            "{answer}"
        );
        // The upstream has the request's id as the answer and the log have it, unless a trusted proxy gave it one.
        let id = gate.last_record()["request_id"].as_str().unwrap().to_owned();
        assert!(answer.contains(&format!("\r\nx-request-id: {id}\r\n")), "{answer}");
        let told = if top.starts_with("trusted") { "mine-1" } else { &id };
        assert!(head.contains(&format!("\r\nx-request-id: {told}\r\n")), "{head}");
        assert_eq!(head.matches("x-request-id").count(), 1, "{head}");
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_trusted_proxys_request_id_is_kept_where_it_is_sane() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::with(&upstream, &format!("trusted-proxies = [\"127.0.0.0/8\"]\n{LINK}")).await;
    let mut client = gate.dial().await;
    let long = "x".repeat(129);
    let mut server = None;
    for (lines, kept) in [
        ("X-Request-Id: 7f0c.A-1\r\n", Some("7f0c.A-1")),
        ("X-Request-Id: a b\r\n", None),
        ("X-Request-Id: \r\n", None),
        ("X-Request-Id: one\r\nX-Request-Id: two\r\n", None),
        (&*format!("X-Request-Id: {long}\r\n"), None),
        ("", None),
    ] {
        client
            .send(format!("GET /page HTTP/1.1\r\nHost: a.example\r\n{lines}\r\n"))
            .await;
        let server = match &mut server {
            Some(server) => server,
            none => none.insert(upstream.accept().await),
        };
        let head = server.head().await;
        let told = kept.map_or_else(|| "req_".to_owned(), |id| format!("{id}\r\n"));
        let told = format!("\r\nx-request-id: {told}");
        assert!(
            head.contains(&told) && head.matches("x-request-id").count() == 1,
            "{lines}: {head}"
        );
        server.send(OK).await;
        client.until("ok").await;
    }
    gate.finish(&upstream).await;
}

/// What stands behind a body is declared in the head, and some servers merge it into the head.
#[tokio::test]
async fn trailers_bring_nothing_that_the_head_may_not() {
    const NAMES: [&str; 9] = [
        "X-Forwarded-For",
        "Forwarded",
        "X-Original-URL",
        "X-Remote-User",
        "Cookie",
        "X_Real_IP",
        "X-Linklatch-Client",
        "Proxy-Authorization",
        "Location",
    ];
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    let trailers: String = NAMES.iter().map(|name| format!("{name}: 1\r\n")).collect();
    let declared = format!("Trailer: X-Sum, {}\r\nTransfer-Encoding: chunked", NAMES.join(", "));
    client
        .send(format!(
            "POST /up HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\n{declared}\r\n\r\n\
             2\r\nab\r\n0\r\n{trailers}X-Sum: 7\r\n\r\n"
        ))
        .await;
    let mut server = upstream.accept().await;
    server.head().await;
    let body = server.until("\r\n\r\n").await.to_lowercase();
    assert_eq!(body, "2\r\nab\r\n0\r\nx-sum: 7\r\n\r\n");
    server
        .send(format!(
            "HTTP/1.1 200 OK\r\n{declared}\r\n\r\n2\r\ncd\r\n0\r\n{trailers}X-Sum: 9\r\n\r\n"
        ))
        .await;
    client.head().await;
    let body = client.until("\r\n\r\n").await.to_lowercase();
    assert_eq!(body, "2\r\ncd\r\n0\r\nx-sum: 9\r\n\r\n");
    gate.finish(&upstream).await;
}
