//! Header fields between two connections: what goes, what stays, what is ours. Pure functions.
//!
//! `Via` is not added: RFC 9110 asks gateways for it, but upstreams take it as a reason not to compress (nginx) or to
//! speak HTTP/1.0, and an upstream is to be as untouched as it can be.

use std::net::{IpAddr, Ipv6Addr};

use http::header::{
    CONNECTION, CONTENT_LENGTH, FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Request, StatusCode, Version};

use super::client::{Client, Source, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO};
use crate::gate::header_rules::{self, HeaderRules, Kind, OWN};

/// Bytes of the longest method: IANA's longest has 17.
const MAX_METHOD: usize = 24;

/// Fields of one connection (RFC 9110, section 7.6.1, and old habits); `Trailer` is not one of them.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    // Read as HTTP_PROXY by CGI programs.
    HeaderName::from_static("proxy"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Why a request has no one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No host anywhere.
    #[error("the request names no host")]
    NoHost,
    /// Several `Host` fields.
    #[error("the request names its host more than once")]
    ManyHosts,
    /// A host that is none.
    #[error("the request's host is not valid")]
    InvalidHost,
    /// `Host` says other than the target.
    #[error("the request names two different hosts")]
    HostMismatch,
    /// Neither a path nor `*`.
    #[error("the request's target is not a path")]
    InvalidTarget,
    /// Longer than the limit.
    #[error("the request's target is too long")]
    TargetTooLong,
    /// A method longer than any.
    #[error("the request's method is too long")]
    MethodTooLong,
    /// A tunnel was asked for.
    #[error("this server opens no tunnels")]
    Connect,
    /// Both lengths at once.
    #[error("the request has both a content-length and a transfer-encoding")]
    TwoLengths,
    /// A length that is not one number.
    #[error("the request's content-length is not valid")]
    InvalidLength,
    /// Another encoding than a single `chunked`, or one where there is none (HTTP/1.0, HTTP/2).
    #[error("the request's transfer-encoding is not supported")]
    InvalidEncoding,
}

impl Malformed {
    /// The status that says so.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::MethodTooLong => StatusCode::NOT_IMPLEMENTED,
            Self::Connect => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoHost
            | Self::ManyHosts
            | Self::InvalidHost
            | Self::HostMismatch
            | Self::InvalidTarget
            | Self::TwoLengths
            | Self::InvalidLength
            | Self::InvalidEncoding => StatusCode::BAD_REQUEST,
        }
    }
}

/// Refuses a request that two parsers could read differently. `target_limit`: bytes of path and query.
///
/// hyper itself drops a `Content-Length` beside a `Transfer-Encoding` and closes after the answer: such a request
/// has one reading when it gets here.
pub fn check_framing<B>(request: &Request<B>, target_limit: usize) -> Result<(), Malformed> {
    if request.method() == Method::CONNECT {
        return Err(Malformed::Connect);
    }
    if request.method().as_str().len() > MAX_METHOD {
        return Err(Malformed::MethodTooLong);
    }
    let uri = request.uri();
    if uri.path_and_query().map_or(0, |target| target.as_str().len()) > target_limit {
        return Err(Malformed::TargetTooLong);
    }
    if !(uri.path().starts_with('/') || uri.path() == "*" && request.method() == Method::OPTIONS) {
        return Err(Malformed::InvalidTarget);
    }
    check_host(request)?;
    check_length(request.version(), request.headers())
}

fn check_host<B>(request: &Request<B>) -> Result<(), Malformed> {
    let mut lines = request.headers().get_all(HOST).iter();
    let line = lines.next();
    if lines.next().is_some() {
        return Err(Malformed::ManyHosts);
    }
    let line = line
        .map(|value| value.to_str().map_err(|_| Malformed::InvalidHost))
        .transpose()?;
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    // RFC 9112, section 3.2: an absolute-form target does not excuse HTTP/1.1 from `Host`.
    if line.is_none() && (authority.is_none() || request.version() < Version::HTTP_2) {
        return Err(Malformed::NoHost);
    }
    if [line, authority].into_iter().flatten().any(|host| !is_host(host)) {
        return Err(Malformed::InvalidHost);
    }
    match (line, authority) {
        (Some(line), Some(authority)) if !same_host(line, authority) => Err(Malformed::HostMismatch),
        _ => Ok(()),
    }
}

fn check_length(version: Version, headers: &HeaderMap) -> Result<(), Malformed> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next();
    let digits = length.is_none_or(|value| !value.is_empty() && value.as_bytes().iter().all(u8::is_ascii_digit));
    if lengths.next().is_some() || !digits {
        return Err(Malformed::InvalidLength);
    }
    let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
    let Some(encoding) = encodings.next() else {
        return Ok(());
    };
    if length.is_some() {
        return Err(Malformed::TwoLengths);
    }
    let chunked = encoding.as_bytes().eq_ignore_ascii_case(b"chunked") && encodings.next().is_none();
    if chunked && version == Version::HTTP_11 {
        Ok(())
    } else {
        Err(Malformed::InvalidEncoding)
    }
}

/// Whether a text is a host with or without a port, and nothing else: no userinfo, no path, no space.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let port_fits = port
        .is_none_or(|port| port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
    if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return port_fits && address.parse::<Ipv6Addr>().is_ok();
    }
    port_fits
        && !name.is_empty()
        && name.len() <= 255
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn same_host(one: &str, other: &str) -> bool {
    let plain = |host: &str| -> String {
        let host = host
            .strip_suffix(":80")
            .or_else(|| host.strip_suffix(":443"))
            .unwrap_or(host);
        host.to_ascii_lowercase()
    };
    plain(one) == plain(other)
}

/// Removes what belongs to one connection, and what only linklatch itself may say (`x-linklatch-*`). To be called before
/// any field of our own is set.
///
/// Fields that `Connection` names go as well (RFC 9110, section 7.6.1), unless they are meant for everyone on the way:
/// else a client could take `Cookie`, `Host` or a proxy's word from under the upstream's eyes. `TE: trailers` stays. A
/// length beside a `Transfer-Encoding` is not the body's (RFC 9112 section 6.3).
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named = tokens(headers, &CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .filter(|name| !is_end_to_end(name.as_str()));
    let own = headers.keys().filter(|name| name.as_str().starts_with(OWN)).cloned();
    let removed: Vec<HeaderName> = named.chain(own).collect();
    let trailers = tokens(headers, &TE).any(|token| token.eq_ignore_ascii_case("trailers"));
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    for name in removed.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    headers.remove(TE);
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Whether a field is for all recipients: `Connection` may name none of these.
fn is_end_to_end(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "date",
        "etag",
        "last-modified",
        "server",
        "strict-transport-security",
        "trailer",
        "via",
        "warning",
    ];
    NAMES.contains(&name) || is_of_the_head(name) || header_rules::kind(name) != Kind::Ordinary
}

/// Whether a standard gives a field its meaning before the body: routing, framing, authentication, conditions, the
/// content's form, or how the answer is to be used.
fn is_of_the_head(name: &str) -> bool {
    const BEGINNINGS: [&str; 6] = ["accept", "access-control-", "content-", "if-", "sec-", "set-cookie"];
    const NAMES: [&str; 20] = [
        "age",
        "authorization",
        "cache-control",
        "cookie",
        "expect",
        "expires",
        "from",
        "host",
        "location",
        "max-forwards",
        "origin",
        "pragma",
        "range",
        "referer",
        "retry-after",
        "te",
        "user-agent",
        "vary",
        "www-authenticate",
        "x-request-id",
    ];
    NAMES.contains(&name) || BEGINNINGS.iter().any(|start| name.starts_with(start))
}

/// Removes from trailers what has no place there (RFC 9110, section 6.5.1): what has its meaning in the head, what
/// belongs to one connection, and what proxies tell, whoever sends it. A content's digest may follow it (RFC 9530).
pub fn clean_trailers(trailers: &mut HeaderMap, rules: &HeaderRules) {
    let is_digest = |name: &str| matches!(name, "content-digest" | "content-md5");
    let misplaced = |name: &&HeaderName| {
        let text = name.as_str();
        HOP_BY_HOP.contains(name)
            || text == "trailer"
            || (is_of_the_head(text) && !is_digest(text))
            || !rules.may_pass(text, false)
    };
    let removed: Vec<HeaderName> = trailers.keys().filter(misplaced).cloned().collect();
    for name in removed {
        trailers.remove(name);
    }
}

/// Whether a field stands there once, with a token of at most 128 bytes (RFC 9110, section 5.6.2).
#[must_use]
pub fn is_one_short_token(headers: &HeaderMap, name: &HeaderName) -> bool {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().filter(|_| lines.next().is_none());
    line.is_some_and(|value| (1..=128).contains(&value.len()) && value.as_bytes().iter().all(|b| is_token_byte(*b)))
}

/// Whether a byte may stand in a token (RFC 9110, section 5.6.2).
pub(super) fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

/// Whether a request asks for WebSocket over HTTP/1.1 (RFC 6455, section 4.1). Other upgrades are dropped, which
/// HTTP allows: behind h2c or an unknown protocol requests would pass unseen (RFC 9931). To be asked before
/// [`remove_hop_by_hop`].
#[must_use]
pub fn is_websocket<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let bodiless = !headers.contains_key(TRANSFER_ENCODING)
        && headers
            .get(CONTENT_LENGTH)
            .is_none_or(|length| length.as_bytes() == b"0");
    let mut protocols = tokens(headers, &UPGRADE);
    request.version() == Version::HTTP_11
        && request.method() == Method::GET
        && bodiless
        && tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"))
        && protocols
            .next()
            .is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
        && protocols.next().is_none()
}

/// Asks for WebSocket, or grants it (with 101), on the next connection. To be called after [`remove_hop_by_hop`].
pub fn set_websocket(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// Removes what nobody may say of a client but a trusted proxy, and what moves a request. `trusted`: whether such a proxy
/// sends these fields.
pub fn remove_claims(headers: &mut HeaderMap, trusted: bool, rules: &HeaderRules) {
    let claims = headers.keys().filter(|name| !rules.may_pass(name.as_str(), trusted));
    let removed: Vec<HeaderName> = claims.cloned().collect();
    for name in removed {
        headers.remove(name);
    }
}

/// Tells the upstream who the client is, in `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` alike.
///
/// The field that a trusted proxy's word was read from is continued; the other one, perhaps the client's own, is
/// written anew from it. `host`: what the request was for.
pub fn set_forwarded(headers: &mut HeaderMap, peer: IpAddr, client: &Client, host: &str) {
    let host = client.host.as_deref().unwrap_or(host);
    let scheme = if client.https { "https" } else { "http" };
    let by_proxy = client.farthest != peer;
    let mut x_for = if by_proxy {
        format!("{}, {peer}", client.farthest)
    } else {
        peer.to_string()
    };
    let mut forwarded = format!("for={};host={};proto={scheme}", node(client.farthest), quoted(host));
    if by_proxy {
        forwarded = format!("{forwarded}, for={}", node(peer));
    }
    match client.source {
        Source::Connection | Source::Untold | Source::UntrustedProxy(_) => {}
        Source::XForwarded => x_for = continued(headers, &X_FORWARDED_FOR, &peer.to_string()),
        Source::Forwarded => forwarded = continued(headers, &FORWARDED, &format!("for={}", node(peer))),
    }
    for (name, value) in [
        (X_FORWARDED_FOR, x_for.as_str()),
        (X_FORWARDED_PROTO, scheme),
        (X_FORWARDED_HOST, host),
        (FORWARDED, forwarded.as_str()),
    ] {
        headers.remove(&name);
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

fn continued(headers: &HeaderMap, name: &HeaderName, last: &str) -> String {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines
        .filter(|line| !line.is_empty())
        .chain([last])
        .collect::<Vec<_>>()
        .join(", ")
}

/// A node of RFC 7239: IPv6 stands in brackets, and brackets stand in quotes.
fn node(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("\"[{address}]\""),
    }
}

fn quoted(host: &str) -> String {
    let token = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if token { host.to_owned() } else { format!("\"{host}\"") }
}

#[cfg(test)]
mod tests;
