//! TLS on either side, through the whole server.

use std::time::Duration;

use rustls::HandshakeKind;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::tls::{Certificate, VERSIONS, client, connect};
use crate::support::upstream::{Speaks, ok};
use crate::support::{Gate, Http2, LINK, Peer, Upstream};

struct Secure {
    gate: Gate,
    one: Certificate,
    two: Certificate,
}

/// A gate with two certificates, and a cleartext listener that redirects.
async fn secure(upstream: &Upstream) -> Secure {
    let folder = tempfile::tempdir().unwrap();
    let one = Certificate::write(folder.path(), "one", &["one.example", "localhost"]);
    let two = Certificate::write(folder.path(), "two", &["two.example"]);
    let config = format!(
        "upstream = \"http://{}\"\nhosts = [\"one.example\", \"two.example\", \"localhost\"]\n\
         [[listener]]\naddress = \"127.0.0.1:0\"\n{}{}\
         [[listener]]\naddress = \"127.0.0.1:0\"\nredirect-to-https = true\n{LINK}",
        upstream.address,
        one.entry(),
        two.entry()
    );
    let gate = Gate::of(&config, folder).await;
    Secure { gate, one, two }
}

async fn get(stream: TlsStream<TcpStream>, host: &str, target: &str) -> String {
    let mut peer = Peer::new(stream);
    let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    peer.send(head).await;
    peer.rest().await
}

#[tokio::test]
async fn the_name_chooses_the_certificate_and_alpn_the_protocol() {
    let upstream = Upstream::plain().await;
    let Secure { gate, one, two } = secure(&upstream).await;
    for version in VERSIONS {
        for (name, own, other) in [("one.example", &one, &two), ("two.example", &two, &one)] {
            let wrong = client(&[other], &[], &[version]);
            assert!(connect(&wrong, gate.actor().connect().await, name).await.is_err());
            let right = client(&[own], &["h2", "http/1.1"], &[version]);
            let stream = connect(&right, gate.actor().connect().await, name).await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            let request = http::Request::get(format!("https://{name}/page")).body("").unwrap();
            let (reply, _) = Http2::on(stream).await.send(request).await.unwrap();
            assert_eq!(reply.body, "from the upstream");
            assert_eq!(
                upstream.received().pop().unwrap().header("x-forwarded-proto"),
                Some("https")
            );

            let right = client(&[own], &["http/1.1"], &[version]);
            for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
                let stream = connect(&right, gate.actor().connect().await, name).await.unwrap();
                assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
                assert_eq!(stream.get_ref().1.handshake_kind(), Some(expected));
                assert!(get(stream, name, "/page").await.ends_with("from the upstream"));
            }
        }
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_page_over_tls_has_hsts_for_a_name_and_cookies_of_this_host_alone() {
    let upstream = Upstream::plain().await;
    let Secure { gate, one, .. } = secure(&upstream).await;
    let link = gate.link(&gate.token());
    let connector = client(&[&one], &["http/1.1"], &VERSIONS);
    for (name, is_name) in [("one.example", true), ("localhost", false)] {
        let stream = connect(&connector, gate.actor().connect().await, name).await.unwrap();
        let page = get(stream, name, &link).await;
        assert!(page.contains("linklatch-ticket"), "{page}");
        assert_eq!(
            page.contains("\r\nstrict-transport-security: max-age="),
            is_name,
            "{page}"
        );
        let cookie = page.lines().find(|line| line.starts_with("set-cookie:")).unwrap();
        assert!(cookie.starts_with("set-cookie: __Host-linklatch="), "{cookie}");
        for part in ["; Secure", "; Path=/", "; HttpOnly"] {
            assert!(cookie.contains(part) && !cookie.contains("Domain"), "{cookie}");
        }
    }
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_cleartext_listener_leads_to_https_and_nowhere_else() {
    let upstream = Upstream::plain().await;
    let Secure { gate, .. } = secure(&upstream).await;
    let link = gate.link(&gate.token());
    let mut plain = gate.actor();
    plain.gate = gate.addresses[1];
    for (host, status, location) in [
        ("one.example", "308", Some(format!("https://one.example{link}"))),
        ("evil.example", "421", None),
    ] {
        let answer = plain
            .raw(&format!(
                "GET {link} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        let given = answer.lines().find_map(|line| line.strip_prefix("location: "));
        assert_eq!(given.map(str::to_owned), location);
        assert!(answer.contains("cache-control: no-store\r\n") && answer.contains("referrer-policy: no-referrer\r\n"));
        assert!(
            !answer.contains("set-cookie") && !answer.contains("strict-transport-security"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\n"), "it has a body: {answer}");
    }
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn cleartext_on_a_tls_port_gets_nothing() {
    let upstream = Upstream::plain().await;
    let Secure { gate, .. } = secure(&upstream).await;
    let answer = gate
        .actor()
        .raw("GET /page HTTP/1.1\r\nHost: one.example\r\n\r\n")
        .await;
    assert!(!answer.contains("HTTP/"), "{answer}");
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn new_certificates_are_taken_and_broken_ones_are_not() {
    let upstream = Upstream::plain().await;
    let Secure { gate, one, .. } = secure(&upstream).await;
    let later = async || {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(11)).await;
        tokio::time::resume();
    };
    tokio::fs::write(&one.certificate, "-----BEGIN CERTIFICATE-----\nbroken")
        .await
        .unwrap();
    later().await;
    let old = client(&[&one], &["http/1.1"], &VERSIONS);
    let stream = connect(&old, gate.actor().connect().await, "one.example")
        .await
        .unwrap();
    assert!(get(stream, "one.example", "/page").await.ends_with("from the upstream"));

    let fresh = Certificate::write(gate.folder.path(), "one", &["one.example"]);
    let new = client(&[&fresh], &["http/1.1"], &VERSIONS);
    let stream = loop {
        later().await;
        if let Ok(stream) = connect(&new, gate.actor().connect().await, "one.example").await {
            break stream;
        }
    };
    assert!(get(stream, "one.example", "/page").await.ends_with("from the upstream"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_upstream_over_tls_is_verified_before_a_byte_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let own = Certificate::write(folder.path(), "own", &["127.0.0.1"]);
    let stranger = Certificate::write(folder.path(), "stranger", &["127.0.0.1"]);
    let misnamed = Certificate::write(folder.path(), "misnamed", &["other.example"]);
    for (shown, believed, alpn, works) in [
        (&own, &own, &["h2", "http/1.1"][..], true),
        (&own, &own, &["http/1.1"], true),
        (&own, &own, &[], true),
        (&own, &stranger, &["h2"], false),
        (&misnamed, &misnamed, &["http/1.1"], false),
    ] {
        let upstream = Upstream::speaking(Speaks::Tls(shown.server(alpn)), |_| ok("in").into()).await;
        let config = format!(
            "listen = \"127.0.0.1:0\"\n[[upstream]]\nname = \"api\"\nurl = \"https://{}\"\nca-file = {:?}\n{LINK}",
            upstream.address, believed.certificate
        );
        let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
        let target = "/a%2Fb/?x=%20+y";
        let mut person = gate.person();
        person.host = "a.example".into();
        let answer = person.get(target).await;
        let link = gate.link(&gate.token_to_confirm());
        let confirmed = person.sign_in(&link).await;
        if works {
            assert_eq!((answer.body.as_str(), confirmed.body.as_str()), ("in", "in"));
            let received = upstream.received();
            assert_eq!(
                (received[0].target.as_str(), received[1].target.as_str()),
                (target, link.as_str())
            );
            assert!(
                received
                    .iter()
                    .all(|request| request.header("host") == Some("a.example"))
            );
        } else {
            assert_eq!((answer.status.as_u16(), confirmed.status.as_u16()), (502, 502));
            assert!(confirmed.body.contains("has not been used"), "{}", confirmed.body);
            assert_eq!(upstream.received().len(), 0);
        }
        gate.finish(&upstream).await;
    }
}
