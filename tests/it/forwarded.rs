//! Who the client is, end to end: what the upstream is told and what the log says.

use std::net::SocketAddr;

use crate::support::wire::Peer;
use crate::support::{Actor, Gate, LINK, Upstream};

/// (fields sent, client or nobody, what stands in X-Forwarded-For, -Proto and -Host, and in Forwarded)
type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, [&'a str; 4]);

const TOLD: &[Case<'_>] = &[
    (
        &[
            ("x-forwarded-for", "203.0.113.7, 198.51.100.1, 192.0.2.1"),
            ("x-forwarded-proto", "https"),
        ],
        Some("198.51.100.1"),
        [
            "203.0.113.7, 198.51.100.1, 192.0.2.1, 127.0.1.1",
            "https",
            "a.example",
            "for=198.51.100.1;host=a.example;proto=https, for=127.0.1.1",
        ],
    ),
    (
        &[("forwarded", "for=\"[2001:db8::7]:4711\";proto=https;host=seen.example")],
        Some("2001:db8::7"),
        [
            "2001:db8::7, 127.0.1.1",
            "https",
            "seen.example",
            "for=\"[2001:db8::7]:4711\";proto=https;host=seen.example, for=127.0.1.1",
        ],
    ),
    (
        &[
            ("x-forwarded-for", "::ffff:198.51.100.9"),
            ("x-forwarded-host", "seen.example"),
        ],
        Some("198.51.100.9"),
        [
            "::ffff:198.51.100.9, 127.0.1.1",
            "http",
            "seen.example",
            "for=198.51.100.9;host=seen.example;proto=http, for=127.0.1.1",
        ],
    ),
    (
        &[
            ("x-forwarded-for", "198.51.100.9, <script>"),
            ("x-forwarded-proto", "https"),
        ],
        None,
        [
            "127.0.1.1",
            "http",
            "a.example",
            "for=127.0.1.1;host=a.example;proto=http",
        ],
    ),
    (
        &[("forwarded", "for=\"198.51.100.9")],
        None,
        [
            "127.0.1.1",
            "http",
            "a.example",
            "for=127.0.1.1;host=a.example;proto=http",
        ],
    ),
];

#[tokio::test]
async fn a_trusted_proxys_word_is_passed_on() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(
        &upstream,
        &format!("trusted-proxies = [\"127.0.0.0/16\", \"192.0.2.0/24\"]\n{LINK}"),
    )
    .await;
    let mut proxy = gate.actor();
    proxy.host = "a.example".into();
    proxy.address = "127.0.1.1";
    for (fields, client, told) in TOLD {
        proxy.send(http::Method::GET, "/page", fields, "").await;
        let received = upstream.received().pop().unwrap();
        let names = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"];
        assert_eq!(
            names.map(|name| received.header(name).unwrap_or_default()),
            *told,
            "{fields:?}"
        );
        let record = gate.last_record();
        assert_eq!(record["client.address"].as_str(), *client, "{fields:?}");
        let peer = client.is_none().then_some("127.0.1.1");
        assert_eq!(record["network.peer.address"].as_str(), peer, "{fields:?}");
        assert_eq!(received.header("host"), Some("a.example"));
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_proxy_protocol_names_the_client_end_to_end() {
    let upstream = Upstream::plain().await;
    let config = format!(
        "trusted-proxies = [\"127.0.0.0/8\"]\nupstream = \"http://{}\"\n\
         [[listener]]\naddress = \"127.0.0.1:0\"\nproxy-protocol = true\n{LINK}",
        upstream.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let v2 = |family: u8, addresses: &[u8]| {
        let length = u8::try_from(addresses.len()).unwrap();
        [&b"\r\n\r\n\0\r\nQUIT\n\x21"[..], &[family, 0, length], addresses].concat()
    };
    let v6 = |text: &str| text.parse::<std::net::Ipv6Addr>().unwrap().octets();
    let cases = [
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n".to_vec(), "203.0.113.7"),
        (
            b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n".to_vec(),
            "2001:db8::7",
        ),
        (v2(0x11, &[203, 0, 113, 9, 10, 0, 0, 1, 1, 1, 1, 1]), "203.0.113.9"),
        (
            v2(
                0x21,
                &[&v6("2001:db8::9")[..], &v6("2001:db8::1"), &[1, 1, 1, 1]].concat(),
            ),
            "2001:db8::9",
        ),
    ];
    for (header, client) in cases {
        let mut peer = gate.dial().await;
        peer.send([&header[..], b"GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n"].concat())
            .await;
        peer.until("from the upstream").await;
        let received = upstream.received().pop().unwrap();
        assert_eq!(received.header("x-forwarded-for"), Some(client));
        assert!(received.header("forwarded").unwrap().contains(client));
        assert_eq!(gate.last_record()["client.address"], client);
    }
    let reached = upstream.received().len();
    let mut without = gate.dial().await;
    without.send("GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n").await;
    assert_eq!(without.rest().await, "");
    let mut forged = gate.dial().await;
    forged
        .send("PROXY TCP4 203.0.113.7 10.0.0.1 99999 443\r\nGET /page HTTP/1.1\r\nHost: a.example\r\n\r\n")
        .await;
    assert_eq!(forged.rest().await, "");
    assert_eq!(upstream.received().len(), reached);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_claim_of_https_alone_does_not_make_cookies_secure() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let liar = gate
        .person()
        .with("x-forwarded-proto", "https")
        .with("forwarded", "proto=https");
    let page = liar.get(&link).await;
    assert!(!page.header("set-cookie").unwrap().contains("Secure"));
    assert_eq!(page.header("strict-transport-security"), None);
    let address: SocketAddr = gate.address;
    assert_eq!(gate.last_record()["url.scheme"], "http", "{address}");
    gate.finish(&upstream).await;
}

/// Behind a proxy that tells no client everybody has its address: a network that it is in names nobody.
#[tokio::test]
async fn nobody_is_a_named_client_by_the_address_of_a_proxy() {
    let upstream = Upstream::plain().await;
    let app = "[[link]]\nurl = \"/auth/verify?token={token}\"\n\
               [[link.call]]\nrequest = \"POST /v1/auth/verify\"\njson = { token = \"{token}\" }\n\
               [[client]]\nname = \"house\"\nnetworks = [\"127.0.0.0/8\", \"192.0.2.0/24\"]\n";
    let shows = ["x-forwarded-for", "forwarded", "x-real-ip"];
    let says = [
        "198.51.100.7",
        "for=198.51.100.7",
        "127.0.0.1",
        "for=127.0.0.1",
        "unknown",
        "for=_hidden",
        "",
        "<>",
    ];
    for trusted in ["", "trusted-proxies = [\"127.0.0.0/8\"]\n"] {
        let gate = Gate::with(&upstream, &format!("{trusted}{app}")).await;
        let call = async |fields: &[(&str, &str)], token: &str| {
            let json = [fields, &[("content-type", "application/json")]].concat();
            let body = format!("{{\"token\": \"{token}\"}}");
            gate.actor()
                .send(http::Method::POST, "/v1/auth/verify", &json, &body)
                .await
        };
        for (name, value) in shows.iter().flat_map(|name| says.map(|value| (*name, value))) {
            let reply = call(&[(name, value)], &gate.token()).await;
            assert_eq!(reply.status, 403, "{trusted}{name}: {value}");
            assert_eq!(gate.last_record()["linklatch.reason"], "call_not_opened");
        }
        // Whoever is told, or has the connection, is somebody.
        let told: &[(&str, &str)] = if trusted.is_empty() {
            &[]
        } else {
            &[("x-forwarded-for", "192.0.2.7")]
        };
        let token = gate.token();
        gate.allow(&token);
        assert!(call(told, &token).await.is_from_upstream(), "{trusted}");
        gate.finish(&upstream).await;
    }
}

/// What the header says of the client's end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    /// An address: of a stranger, or of a trusted proxy.
    Names(&'static str),
    /// That it has none.
    Nobody,
    /// What no stream has.
    Nonsense,
}

impl Says {
    /// Who the client is if the request claims an address, what the upstream is told, and whether the claim is believed.
    fn expected<'a>(self, claimed: &'a str, balancer: &str) -> (Option<&'a str>, String, bool) {
        match self {
            Self::Names(proxy @ ("192.0.2.7" | "2001:db8:aa::7")) if claimed.is_empty() => {
                (None, proxy.to_owned(), false)
            }
            Self::Names(proxy @ ("192.0.2.7" | "2001:db8:aa::7")) => {
                (Some(claimed), format!("{claimed}, {proxy}"), true)
            }
            Self::Names(client) => (Some(client), client.to_owned(), false),
            Self::Nobody | Self::Nonsense => (None, balancer.to_owned(), false),
        }
    }
}

/// Every kind of header in both versions, with what it says. Of version 1 `LOCAL`, `UNIX` and `UDP` are no words.
fn proxy_headers() -> Vec<(String, Vec<u8>, Says)> {
    const STRANGERS: [&str; 2] = ["203.0.113.7", "2001:db8:7::7"];
    const PROXIES: [&str; 2] = ["192.0.2.7", "2001:db8:aa::7"];
    let mut headers = Vec::new();
    for (source, is_v6) in [STRANGERS, PROXIES]
        .iter()
        .flat_map(|[v4, v6]| [(*v4, false), (*v6, true)])
    {
        let octets: Vec<u8> = match source.parse().unwrap() {
            std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
            std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let block = [&octets[..], &octets, &[0x12, 0x67, 1, 187]].concat();
        let v2 = |command: u8, family: u8, block: &[u8]| {
            let length = u16::try_from(block.len()).unwrap().to_be_bytes();
            [&b"\r\n\r\n\0\r\nQUIT\n"[..], &[command, family], &length, block].concat()
        };
        let [tcp, udp] = if is_v6 { [0x21, 0x22] } else { [0x11, 0x12] };
        let named = Says::Names(source);
        let word = if is_v6 { "TCP6" } else { "TCP4" };
        for (word, says) in [
            (word, named),
            ("UNKNOWN", Says::Nobody),
            ("LOCAL", Says::Nonsense),
            ("UNIX", Says::Nonsense),
            ("UDP4", Says::Nonsense),
            ("UDP6", Says::Nonsense),
        ] {
            let line = format!("PROXY {word} {source} {source} 4711 443\r\n").into_bytes();
            headers.push((format!("v1 {word} {source}"), line, says));
        }
        headers.push(("v1 UNKNOWN".to_owned(), b"PROXY UNKNOWN\r\n".to_vec(), Says::Nobody));
        let unix = [0; 216];
        for (kind, command, family, block, says) in [
            ("TCP", 0x21, tcp, &block[..], named),
            ("UNSPEC", 0x21, 0x00, &[][..], Says::Nobody),
            ("UNSPEC with a block", 0x21, 0x00, &block[..], Says::Nobody),
            ("LOCAL", 0x20, 0x00, &[][..], Says::Nobody),
            ("LOCAL TCP", 0x20, tcp, &block[..], Says::Nobody),
            ("LOCAL UDP", 0x20, udp, &block[..], Says::Nobody),
            ("LOCAL UNIX", 0x20, 0x31, &unix[..], Says::Nobody),
            ("UNIX", 0x21, 0x31, &unix[..], Says::Nobody),
            ("UDP", 0x21, udp, &block[..], Says::Nonsense),
            ("UNIX datagrams", 0x21, 0x32, &unix[..], Says::Nonsense),
        ] {
            headers.push((format!("v2 {kind} {source}"), v2(command, family, block), says));
        }
    }
    headers
}

/// A balancer that names nobody passes a stranger's bytes on: what stands in them is the stranger's word.
#[tokio::test]
async fn behind_a_balancer_that_names_nobody_no_field_is_believed() {
    let upstream = Upstream::plain().await;
    let config = format!(
        "trusted-proxies = [\"127.0.1.0/24\", \"192.0.2.0/24\", \"2001:db8:aa::/48\"]\n\
         upstream = \"http://{}\"\n[[listener]]\naddress = \"127.0.0.1:0\"\nproxy-protocol = true\n{LINK}",
        upstream.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let balancer = gate.actor();
    let stranger = Actor {
        address: "127.0.2.1",
        ..balancer.clone()
    };
    let claims = [
        ("", ""),
        (
            "198.51.100.9",
            "X-Forwarded-For: 198.51.100.9\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 198.51.100.9\r\n",
        ),
        (
            "198.51.100.9",
            "Forwarded: for=198.51.100.9;proto=https\r\nX-Real-IP: 198.51.100.9\r\n",
        ),
    ];
    for (name, header, says) in proxy_headers() {
        for (claimed, fields) in claims {
            let request = format!("GET /page HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n{fields}\r\n");
            let bytes = [&header[..], request.as_bytes()].concat();
            let reached = upstream.received().len();
            let mut peer = Peer::new(stranger.connect().await);
            peer.try_send(&bytes).await;
            assert_eq!(peer.rest().await, "", "{name}: only from a trusted balancer");
            let mut peer = Peer::new(balancer.connect().await);
            peer.try_send(&bytes).await;
            let answer = peer.rest().await;
            if says == Says::Nonsense {
                assert_eq!((answer.as_str(), upstream.received().len()), ("", reached), "{name}");
                continue;
            }
            assert!(answer.contains("from the upstream"), "{name}: {answer}");
            let received = upstream.received().pop().unwrap();
            let (client, told, believed) = says.expected(claimed, balancer.address);
            let record = gate.last_record();
            assert_eq!(record["client.address"].as_str(), client, "{name} {fields}");
            let peer = &record["network.peer.address"];
            assert_eq!(peer.is_null(), client.is_some(), "{name} {fields}");
            let scheme = if believed { "https" } else { "http" };
            assert_eq!(record["url.scheme"], scheme, "{name} {fields}");
            assert_eq!(received.header("x-forwarded-for"), Some(&*told), "{name} {fields}");
            assert_eq!(received.header("x-real-ip").is_some(), believed, "{name} {fields}");
        }
    }
    gate.finish(&upstream).await;
}
