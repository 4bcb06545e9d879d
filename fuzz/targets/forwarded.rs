//! Forwarding fields: what a client writes in front of a proxy's word never becomes the client's address.
//!
//! Each line is a header field.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use linklatch::proxy::Connection;
use linklatch::proxy::client::{Client, X_FORWARDED_FOR, client, is_trusted};
use linklatch::proxy::headers::is_host;
use linklatch::visit::Fact;

static TRUSTED: LazyLock<Vec<IpNet>> = LazyLock::new(|| vec!["10.0.0.0/8".parse().expect("a network")]);
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fuzz_target!(|text: &str| {
    let Some(headers) = fields(text) else { return };
    let told = seen_from(PROXY, &headers);
    assert_eq!(told, seen_from(PROXY, &headers));
    check(&told);
    if let Some(expected) = plain_list(&headers) {
        assert_eq!(told.farthest, expected, "{headers:?}");
    }
    // A peer that nobody trusts speaks for nobody.
    let stranger = seen_from(STRANGER, &headers);
    assert_eq!((stranger.address.known(), stranger.host), (Some(STRANGER), None));
    // The proxy adds its word to the client's: behind a lie the truth stays, or nothing is known.
    let nothing = seen_from(PROXY, &HeaderMap::new());
    for lie in [
        "203.0.113.9",
        "10.9.9.9",
        "for=203.0.113.9",
        "unknown",
        "x, \"",
        "for=\"",
        ";;",
    ] {
        for name in [X_FORWARDED_FOR, http::header::FORWARDED] {
            let Some(told) = told.address.known().filter(|_| headers.contains_key(&name)) else {
                continue;
            };
            let lied = seen_from(PROXY, &lies_before(&headers, &name, lie));
            let found = lied.address.known();
            assert!(
                found == Some(told) || found == nothing.address.known(),
                "{lie:?}: {told} → {found:?}"
            );
        }
    }
});

fn fields(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in text.lines() {
        let (name, value) = line.split_once(':')?;
        let name: HeaderName = name.parse().ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(headers)
}

fn lies_before(headers: &HeaderMap, name: &HeaderName, lie: &'static str) -> HeaderMap {
    let mut lied = HeaderMap::new();
    lied.append(name, HeaderValue::from_static(lie));
    for (name, value) in headers {
        lied.append(name, value.clone());
    }
    lied
}

fn seen_from(peer: IpAddr, headers: &HeaderMap) -> Client {
    let connection = Connection {
        peer: SocketAddr::new(peer, 40_000),
        unnamed: false,
        local: SocketAddr::from(([192, 0, 2, 100], 443)),
        tls: true,
        ja4: Fact::Known(None),
    };
    client(&connection, headers, &TRUSTED, Some(&HeaderName::from_static("x-ja4")))
}

fn check(told: &Client) {
    assert_eq!(told.farthest, told.farthest.to_canonical());
    if let Some(address) = told.address.known() {
        assert_eq!(address, told.farthest);
        assert!(!is_trusted(address, &TRUSTED) && !address.is_unspecified());
    }
    assert!(told.host.as_deref().is_none_or(is_host), "{:?} is no host", told.host);
}

/// Where `X-Forwarded-For` holds nothing but addresses: the right-most that is no proxy's, or the left-most.
fn plain_list(headers: &HeaderMap) -> Option<IpAddr> {
    let mut addresses = Vec::new();
    for line in headers.get_all(X_FORWARDED_FOR) {
        for element in line.to_str().ok()?.split(',') {
            addresses.push(element.trim_matches([' ', '\t']).parse::<IpAddr>().ok()?.to_canonical());
        }
    }
    let outside = addresses.iter().rev().find(|address| !is_trusted(**address, &TRUSTED));
    outside.or(addresses.first()).copied()
}
