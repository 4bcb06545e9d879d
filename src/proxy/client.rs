//! Who the client is: the socket's other end, or what a trusted proxy says of it.
//!
//! A peer that is not trusted speaks for nobody. Of a trusted one either the `X-Forwarded-*` fields or `Forwarded`
//! are read, never both: the former where any of them stands, since nearly every proxy writes them and passes a
//! client's own `Forwarded` on as it came. A proxy that writes `Forwarded` alone must drop the client's others.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use ipnet::IpNet;

use super::Connection;
use super::headers::{is_host, is_token_byte};
use crate::gate::header_rules::is_from_proxy;
use crate::visit::{ClientAddress, Fact, Ja4};

/// `X-Forwarded-For`.
pub const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// `X-Forwarded-Proto`.
pub const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// `X-Forwarded-Host`.
pub const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What is known of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address that tells it from others, where one is known.
    pub address: ClientAddress,
    /// The farthest address on the way that is told by somebody who is believed: the client's, or that of the proxy
    /// behind which nobody is known. It is for the upstream's `X-Forwarded-For` and identifies nobody.
    pub farthest: IpAddr,
    /// Whether it came by https.
    pub https: bool,
    /// The host that people see, where a trusted proxy tells. Not for routing: some proxies pass on what a client
    /// writes here, and upstreams go by the request's own host.
    pub host: Option<String>,
    /// What its TLS looks like; `None` for cleartext. A proxy's own TLS says nothing of the client's.
    pub ja4: Fact<Option<Ja4>>,
    /// Who says so.
    pub source: Source,
    /// Whether a trusted proxy sends the request, whose fields about the client are believed.
    pub by_trusted_proxy: bool,
}

/// Where the knowledge of a client comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The client's own connection.
    Connection,
    /// A trusted proxy's `X-Forwarded-For`, `-Proto` and `-Host`.
    XForwarded,
    /// A trusted proxy's `Forwarded`.
    Forwarded,
    /// Nobody: the peer is a trusted proxy, or a balancer whose PROXY header names no address, and tells no client.
    Untold,
    /// Nobody: the peer is a proxy that nobody named as trusted, which this field shows.
    UntrustedProxy(HeaderName),
}

/// One proxy's word about who called it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    node: Node,
    https: Option<bool>,
    host: Option<String>,
}

/// Who called a proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Node {
    Address(IpAddr),
    /// `unknown`, an obfuscated name, or nothing: the walk ends here.
    #[default]
    Hidden,
    Malformed,
}

/// The client behind a connection. `fingerprint_header`: in which field trusted proxies tell the client's JA4.
///
/// An address identifies a client where the client itself has the connection, or where a trusted proxy tells it. It
/// identifies nobody where it is a proxy's own: that of a trusted proxy which tells no client (no fields, malformed
/// ones, `unknown`, or a list of trusted proxies alone), of a private peer that forwards for others and is not trusted,
/// or of a balancer whose PROXY header names no address. Behind such a balancer strangers write the fields, so none of
/// them is believed, though the balancer's own address is trusted.
#[must_use]
pub fn client(
    connection: &Connection,
    headers: &HeaderMap,
    trusted: &[IpNet],
    fingerprint_header: Option<&HeaderName>,
) -> Client {
    let peer = connection.peer.ip().to_canonical();
    let untold = Client {
        address: ClientAddress::UNKNOWN,
        farthest: peer,
        https: connection.tls,
        host: None,
        ja4: connection.ja4,
        source: Source::Untold,
        by_trusted_proxy: false,
    };
    if connection.unnamed {
        return untold;
    }
    if is_trusted(peer, trusted) {
        let by_proxy = Client {
            ja4: Fact::of(fingerprint_header.and_then(|name| ja4(headers, name))).map(Some),
            by_trusted_proxy: true,
            ..untold
        };
        return told(by_proxy, headers, trusted);
    }
    // Nobody on the internet has a private address: one that forwards for others is a proxy that nobody named.
    let mut names = headers.keys().filter(|_| is_private(peer));
    if let Some(field) = names.find(|name| is_from_proxy(name.as_str())).cloned() {
        return Client {
            ja4: Fact::Unrecorded,
            source: Source::UntrustedProxy(field),
            ..untold
        };
    }
    Client {
        address: ClientAddress::of(peer),
        source: Source::Connection,
        ..untold
    }
}

/// What a trusted proxy tells of its client; `untold` where it tells nothing that can be read.
fn told(untold: Client, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    let is_x = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST]
        .iter()
        .any(|name| headers.contains_key(name));
    let (source, hops) = match (is_x, headers.contains_key(FORWARDED)) {
        (true, _) => (Source::XForwarded, x_forwarded_hops(headers)),
        (false, true) => (
            Source::Forwarded,
            joined(headers, &FORWARDED).and_then(|text| forwarded_hops(&text)),
        ),
        (false, false) => return untold,
    };
    let Some(hops) = hops else { return untold };
    let Some((farthest, hop)) = walk(untold.farthest, &hops, trusted) else {
        return untold;
    };
    let (https, host) = if source == Source::XForwarded {
        (x_proto(headers, hop), x_host(headers, hop))
    } else {
        let told = hops.into_iter().rev().nth(hop).unwrap_or_default();
        (told.https, told.host)
    };
    let address = if is_trusted(farthest, trusted) {
        ClientAddress::UNKNOWN
    } else {
        ClientAddress::of(farthest)
    };
    Client {
        address,
        farthest,
        https: https.unwrap_or(untold.https),
        host,
        source,
        ..untold
    }
}

/// Whether an address is of a private network (RFC 1918, RFC 4193, RFC 6598), link-local, or this machine's own.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let is_shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

/// Whether an address is a trusted proxy's.
#[must_use]
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// Right to left to the first address that is not a proxy's; with it, how many hops from the right the walk ended.
fn walk(peer: IpAddr, hops: &[Hop], trusted: &[IpNet]) -> Option<(IpAddr, usize)> {
    let mut known = peer;
    for (place, hop) in hops.iter().rev().enumerate() {
        match hop.node {
            Node::Address(address) if is_trusted(address, trusted) => known = address,
            Node::Address(address) => return Some((address, place)),
            Node::Hidden => return Some((known, place)),
            Node::Malformed => return None,
        }
    }
    Some((known, hops.len().saturating_sub(1)))
}

/// What a proxy says of the client's TLS; nothing where two say it, or it is no JA4.
fn ja4(headers: &HeaderMap, name: &HeaderName) -> Option<Ja4> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().filter(|_| lines.next().is_none())?;
    line.to_str().ok()?.parse().ok()
}

/// All lines of a field as one list, in order; `None` if it is not ASCII.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut lines = Vec::new();
    for value in headers.get_all(name) {
        lines.push(value.to_str().ok()?);
    }
    Some(lines.join(","))
}

fn elements(list: &str) -> impl DoubleEndedIterator<Item = &str> {
    list.split(',')
        .map(|element| element.trim_matches([' ', '\t']))
        .filter(|element| !element.is_empty())
}

fn x_forwarded_hops(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let list = joined(headers, &X_FORWARDED_FOR)?;
    Some(
        elements(&list)
            .map(|element| Hop {
                node: node(element),
                ..Hop::default()
            })
            .collect(),
    )
}

/// The list's element as many hops from the right as the client is, or the left-most there is.
fn element_at(headers: &HeaderMap, name: &HeaderName, hop: usize) -> Option<String> {
    let list = joined(headers, name)?;
    elements(&list).rev().take(hop + 1).map(str::to_owned).last()
}

fn x_proto(headers: &HeaderMap, hop: usize) -> Option<bool> {
    element_at(headers, &X_FORWARDED_PROTO, hop).and_then(|scheme| is_https(&scheme))
}

fn x_host(headers: &HeaderMap, hop: usize) -> Option<String> {
    element_at(headers, &X_FORWARDED_HOST, hop).filter(|host| is_host(host))
}

fn is_https(scheme: &str) -> Option<bool> {
    if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") {
        return Some(true);
    }
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws")).then_some(false)
}

/// A node of RFC 7239 section 6, also without the brackets that older proxies leave out.
fn node(text: &str) -> Node {
    if text.eq_ignore_ascii_case("unknown") || is_obfuscated(text) {
        return Node::Hidden;
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Node::Address(address.to_canonical());
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        // A zone (`%1`) names an interface of another machine.
        return if text.contains('%') {
            Node::Malformed
        } else {
            Node::Address(socket.ip().to_canonical())
        };
    }
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => (address, ""),
        Some((address, port)) => (address, port.strip_prefix(':').unwrap_or("-")),
        None => text.rsplit_once(':').unwrap_or((text, "-")),
    };
    if !port.is_empty() && !is_obfuscated(port) {
        return Node::Malformed;
    }
    if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
        return Node::Hidden;
    }
    let address = if text.starts_with('[') {
        name.parse().map(IpAddr::V6)
    } else {
        name.parse().map(IpAddr::V4)
    };
    address.map_or(Node::Malformed, |address| Node::Address(address.to_canonical()))
}

fn is_obfuscated(text: &str) -> bool {
    text.len() > 1
        && text.starts_with('_')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// The elements of a `Forwarded` list (RFC 7239 section 4); `None` where its grammar is broken.
fn forwarded_hops(text: &str) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for element in split_quoted(text, ',')? {
        if element.is_empty() {
            continue;
        }
        let mut hop = Hop::default();
        let mut seen = Vec::new();
        for pair in split_quoted(element, ';')? {
            if pair.is_empty() {
                continue;
            }
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.to_ascii_lowercase(), unquote(value)?);
            if name.is_empty() || !name.bytes().all(is_token_byte) || seen.contains(&name) {
                return None;
            }
            match name.as_str() {
                "for" => hop.node = node(&value),
                "proto" => hop.https = is_https(&value),
                "host" => hop.host = Some(value.into_owned()).filter(|host| is_host(host)),
                _ => {}
            }
            seen.push(name);
        }
        hops.push(hop);
    }
    Some(hops)
}

/// The parts between separators that stand outside quotes, trimmed.
fn split_quoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                parts.push(text[start..at].trim_matches([' ', '\t']));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim_matches([' ', '\t']));
    (!quoted).then_some(parts)
}

/// A token as it stands, or what a quoted string means.
fn unquote(value: &str) -> Option<Cow<'_, str>> {
    let Some(inner) = value.strip_prefix('"') else {
        // Proxies often leave out the quotes that ':' and brackets need: harmless, since nothing else reads them so.
        let fine = !value.is_empty()
            && value
                .bytes()
                .all(|b| is_token_byte(b) || matches!(b, b':' | b'[' | b']'));
        return fine.then_some(Cow::Borrowed(value));
    };
    let inner = inner.strip_suffix('"')?;
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => plain.push(chars.next()?),
            _ => plain.push(c),
        }
    }
    Some(Cow::Owned(plain))
}

#[cfg(test)]
mod tests;
