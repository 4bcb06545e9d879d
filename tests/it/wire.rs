//! Raw bytes: what has two readings reaches nothing, and nothing spills into the next request.

use crate::support::{Gate, RawUpstream, Upstream};

const NEXT: &str = "GET /next HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

/// Bytes, and the statuses that fit.
const TWO_READINGS: &[(&str, &[&str])] = &[
    ("GET / HTTP/1.1\r\n\r\n", &["400"]),
    ("GET http://a.example/ HTTP/1.1\r\n\r\n", &["400"]),
    ("GET / HTTP/1.0\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost:\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example/x\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a@b.example\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", &["400"]),
    ("GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", &["400"]),
    ("GET a.example HTTP/1.1\r\nHost: a.example\r\n\r\n", &["400"]),
    ("GET * HTTP/1.1\r\nHost: a.example\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost : a.example\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example\r\nX: a\r\n b\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example\r\nX: a\0b\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost: a.example\r\nX: a\rb\r\n\r\n", &["400"]),
    ("GET / HTTP/9.9\r\nHost: a.example\r\n\r\n", &["400", "505"]),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1, 1\r\n\r\nx",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: +1\r\n\r\nx",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
];

#[tokio::test]
async fn a_request_without_one_reading_reaches_nothing() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let long_method = "M".repeat(60_000);
    let long_target = format!("GET /{} HTTP/1.1\r\nHost: a.example\r\n\r\n", "x".repeat(9_000));
    let long_head = format!("GET / HTTP/1.1\r\nHost: a.example\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let long: &[(&str, &[&str])] = &[
        (&long_target, &["414"]),
        (&long_head, &["431"]),
        (
            &format!("{long_method} / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
            &["400", "431", "501"],
        ),
        (
            &format!("{} / HTTP/1.1\r\nHost: a.example\r\n\r\n", &long_method[..30]),
            &["501"],
        ),
        (&format!("GET {link} HTTP/1.1\r\n\r\n"), &["400"]),
    ];
    for (bytes, statuses) in TWO_READINGS.iter().chain(long) {
        let answer = gate.actor().raw(&format!("{bytes}{NEXT}")).await;
        let status = answer.get(9..12).unwrap_or_default();
        assert!(statuses.contains(&status), "{bytes:.80}: {answer:.200}");
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{bytes:.80}: {answer}");
    }
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_length_beside_chunks_is_one_request_and_the_last() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let both =
        "POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = gate.actor().raw(&format!("{both}{NEXT}")).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    let received = upstream.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].header("content-length"), None);
    assert!(received[0].body.is_empty());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn old_and_bare_line_ends_are_written_anew() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    for sent in [
        "GET /page HTTP/1.0\r\nHost: a.example\r\n\r\n",
        "GET /page HTTP/1.1\nHost: a.example\nConnection: close\n\n",
    ] {
        let mut client = gate.dial().await;
        client.send(sent).await;
        let mut server = upstream.accept().await;
        let head = server.head().await;
        assert!(head.starts_with("GET /page HTTP/1.1\r\nhost: a.example\r\n"), "{head}");
        assert_eq!(head.matches('\n').count(), head.matches("\r\n").count());
        server
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n")
            .await;
        let answer = client.rest().await;
        if sent.contains("HTTP/1.0") {
            assert!(
                answer.starts_with("HTTP/1.0 200") && answer.ends_with("\r\n\r\nok"),
                "{answer}"
            );
            assert!(!answer.contains("transfer-encoding"), "{answer}");
        } else {
            assert!(
                answer.starts_with("HTTP/1.1 200") && answer.ends_with("0\r\n\r\n"),
                "{answer}"
            );
        }
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn requests_may_come_before_the_answers() {
    let upstream = Upstream::start(|received| crate::support::upstream::ok(&received.target).into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let one = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n");
    let sent = [&one("/first"), &one(&link), &one("/second"), NEXT].concat();
    let answer = gate.actor().raw(&sent).await;
    let places: Vec<_> = ["/first", "linklatch-ticket", "/second", "/next"]
        .iter()
        .map(|text| answer.find(text).unwrap_or_else(|| panic!("{text} in {answer}")))
        .collect();
    assert!(places.is_sorted(), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 4);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_is_never_the_next_request() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let inner = "GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n";
    let padded = format!("{}{inner}", " ".repeat(70_000));
    let heads = [
        format!("POST {link} HTTP/1.1\r\nContent-Type: application/json\r\n"),
        format!("POST {link} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"),
        format!("GET {link} HTTP/1.1\r\n"),
        format!("HEAD {link} HTTP/1.1\r\n"),
        format!("PUT {link} HTTP/1.1\r\n"),
        format!("OPTIONS {link} HTTP/1.1\r\n"),
        "POST //doubled/auth/verify HTTP/1.1\r\n".to_owned(),
    ];
    for head in &heads {
        for body in [inner, &padded] {
            let length = format!(
                "{head}Host: a.example\r\nContent-Length: {}\r\n\r\n{body}{NEXT}",
                body.len()
            );
            let chunks = format!(
                "{head}Host: a.example\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n{NEXT}",
                body.len()
            );
            for sent in [length, chunks] {
                let mut client = gate.dial().await;
                // The gate may close before it has read all.
                client.try_send(sent).await;
                client.rest().await;
            }
        }
    }
    for received in upstream.received() {
        assert_ne!(received.target, "/smuggled");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn silence_of_many_is_no_harm_to_others() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let mut silent = Vec::new();
    for sent in [
        "",
        "GET / HT",
        "POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nx",
    ] {
        for _ in 0..50 {
            let mut peer = gate.dial().await;
            peer.send(sent).await;
            silent.push(peer);
        }
    }
    assert_eq!(gate.person().get("/page").await.status, 200);
    assert!(gate.person().get(&gate.link(&gate.token())).await.is_held());
    drop(silent);
    gate.finish(&upstream).await;
}
