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
use super::headers::is_host;

/// `X-Forwarded-For`.
pub const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// `X-Forwarded-Proto`.
pub const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// `X-Forwarded-Host`.
pub const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What is known of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; an IPv4-mapped one is IPv4.
    pub address: IpAddr,
    /// Whether it came by https.
    pub https: bool,
    /// The host that people see, where a trusted proxy tells. Not for routing: some proxies pass on what a client
    /// writes here, and upstreams go by the request's own host.
    pub host: Option<String>,
    /// Who says so.
    pub source: Source,
}

/// Where the knowledge of a client comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The connection alone.
    Connection,
    /// A trusted proxy's `X-Forwarded-For`, `-Proto` and `-Host`.
    XForwarded,
    /// A trusted proxy's `Forwarded`.
    Forwarded,
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

/// The client behind a connection. Malformed fields leave the peer's own address.
#[must_use]
pub fn client(connection: &Connection, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    let peer = connection.peer.ip().to_canonical();
    let direct = Client {
        address: peer,
        https: connection.tls,
        host: None,
        source: Source::Connection,
    };
    if !is_trusted(peer, trusted) {
        return direct;
    }
    let is_x = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST]
        .iter()
        .any(|name| headers.contains_key(name));
    let (source, hops) = match (is_x, headers.contains_key(FORWARDED)) {
        (true, _) => (Source::XForwarded, x_forwarded_hops(headers)),
        (false, true) => (
            Source::Forwarded,
            joined(headers, &FORWARDED).and_then(|text| forwarded_hops(&text)),
        ),
        (false, false) => return direct,
    };
    let Some((address, hop)) = hops.as_deref().and_then(|hops| walk(peer, hops, trusted)) else {
        return direct;
    };
    let (https, host) = match source {
        Source::XForwarded => (x_proto(headers, hop), x_host(headers, hop)),
        Source::Forwarded | Source::Connection => {
            let hops = hops.unwrap_or_default();
            let told = hops
                .len()
                .checked_sub(hop + 1)
                .map(|at| hops[at].clone())
                .unwrap_or_default();
            (told.https, told.host)
        }
    };
    Client {
        address,
        https: https.unwrap_or(connection.tls),
        host,
        source,
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

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trusted() -> Vec<IpNet> {
        ["10.0.0.0/8", "2001:db8:aa::/48"]
            .map(|network| network.parse().unwrap())
            .to_vec()
    }

    fn from(peer: &str, fields: &[(&str, &str)]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        client(
            &Connection {
                peer,
                local: "127.0.0.1:80".parse().unwrap(),
                tls: false,
            },
            &headers,
            &trusted(),
        )
    }

    fn address(peer: &str, fields: &[(&str, &str)]) -> String {
        from(peer, fields).address.to_string()
    }

    #[test]
    fn a_stranger_speaks_for_itself_only() {
        let fields = [
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=192.0.2.2;proto=https;host=evil.example"),
        ];
        let client = from("198.51.100.7", &fields);
        assert_eq!(client.address.to_string(), "198.51.100.7");
        assert_eq!(
            (client.https, client.host, client.source),
            (false, None, Source::Connection)
        );
    }

    #[test]
    fn the_right_most_untrusted_address_wins() {
        let cases: &[(&[&str], &str)] = &[
            (&["192.0.2.1"], "192.0.2.1"),
            (&["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
            (&["1.1.1.1, 192.0.2.1, 10.2.3.4"], "192.0.2.1"),
            (&["1.1.1.1", "192.0.2.1", "10.2.3.4"], "192.0.2.1"),
            (&["10.9.9.9, 10.2.3.4"], "10.9.9.9"),
            (&["192.0.2.1:4711"], "192.0.2.1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["192.0.2.1, 2001:db8:aa::5"], "192.0.2.1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, ::ffff:10.0.0.9"], "192.0.2.1"),
            (&["192.0.2.1,, ,"], "192.0.2.1"),
            (&["192.0.2.1, unknown, 10.2.3.4"], "10.2.3.4"),
            (&["192.0.2.1, _hidden"], "10.0.0.1"),
            (&["garbage, 192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, garbage"], "10.0.0.1"),
            (&["192.0.2.1, fe80::1%1"], "10.0.0.1"),
            (&["192.0.2.1, [fe80::1%1]:80"], "10.0.0.1"),
            (&["192.0.2.1, 1.2.3.4:99999"], "10.0.0.1"),
            (&["192.0.2.1, [1.2.3.4]"], "10.0.0.1"),
            (&["192.0.2.1, 01.2.3.4"], "10.0.0.1"),
            (&[""], "10.0.0.1"),
        ];
        for (lines, expected) in cases {
            let fields: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            assert_eq!(&address("10.0.0.1", &fields), expected, "{lines:?}");
            assert_eq!(&address("::ffff:10.0.0.1", &fields), expected, "{lines:?}, mapped peer");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let cases: &[(&[&str], &str)] = &[
            (&["for=192.0.2.1"], "192.0.2.1"),
            (&["For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
            (&["for=1.1.1.1, for=198.51.100.17"], "198.51.100.17"),
            (
                &["for=1.1.1.1", "for=198.51.100.17;proto=https", "for=10.0.0.7"],
                "198.51.100.17",
            ),
            (&["for=\"192.0.2.1:_port\""], "192.0.2.1"),
            (&["for=\"192\\.0.2.1\""], "192.0.2.1"),
            (&["for=\"_a\";by=\"x,y;for=1.1.1.1\", for=192.0.2.9"], "192.0.2.9"),
            (&["for=192.0.2.1, for=_gazonk, for=10.0.0.4"], "10.0.0.4"),
            (&["for=192.0.2.1, for=unknown"], "10.0.0.1"),
            (&["for=192.0.2.1, proto=https"], "10.0.0.1"),
            (&["for=192.0.2.1;for=192.0.2.2"], "10.0.0.1"),
            (&["for=\"192.0.2.1"], "10.0.0.1"),
            (&["for=\"192.0.2.1\"x"], "10.0.0.1"),
            (&["for = 192.0.2.1"], "10.0.0.1"),
            (&["192.0.2.1"], "10.0.0.1"),
        ];
        for (lines, expected) in cases {
            let fields: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
            assert_eq!(&address("10.0.0.1", &fields), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_two_ways_are_never_mixed() {
        let client = from(
            "10.0.0.1",
            &[
                ("x-forwarded-for", "192.0.2.1"),
                ("forwarded", "for=192.0.2.2;proto=https;host=b"),
            ],
        );
        assert_eq!(client.address.to_string(), "192.0.2.1");
        assert_eq!(
            (client.https, client.host, client.source),
            (false, None, Source::XForwarded)
        );
    }

    #[test]
    fn scheme_and_host_belong_to_the_clients_hop() {
        type Case<'a> = (&'a [(&'a str, &'a str)], bool, Option<&'a str>);
        let cases: &[Case<'_>] = &[
            (
                &[("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example:8443")],
                true,
                Some("a.example:8443"),
            ),
            (
                &[
                    ("x-forwarded-for", "192.0.2.1, 10.0.0.2"),
                    ("x-forwarded-proto", "https, http"),
                ],
                true,
                None,
            ),
            (
                &[("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https, http")],
                false,
                None,
            ),
            (
                &[
                    ("x-forwarded-for", "192.0.2.1, 10.0.0.2"),
                    ("x-forwarded-proto", "https"),
                ],
                true,
                None,
            ),
            (&[("x-forwarded-host", "a.example/path")], false, None),
            (&[("x-forwarded-proto", "gopher")], false, None),
            (
                &[(
                    "forwarded",
                    "for=1.1.1.1;host=x, for=192.0.2.1;proto=https;host=\"a.example:1\", for=10.0.0.2",
                )],
                true,
                Some("a.example:1"),
            ),
            (&[("forwarded", "for=192.0.2.1;host=\"a@b\"")], false, None),
        ];
        for (fields, https, host) in cases {
            let client = from("10.0.0.1", fields);
            assert_eq!((client.https, client.host.as_deref()), (*https, *host), "{fields:?}");
        }
    }

    /// What a proxy appends, however a client prepared the list.
    fn appended(client: IpAddr, quoted: bool) -> String {
        match client {
            IpAddr::V6(v6) if quoted => format!("\"[{v6}]\""),
            IpAddr::V4(_) | IpAddr::V6(_) => client.to_string(),
        }
    }

    proptest! {
        #[test]
        fn what_a_client_writes_into_x_forwarded_for_counts_for_nothing(forged in "[ -~]{0,60}", real in any::<IpAddr>()) {
            prop_assume!(!is_trusted(real, &trusted()));
            let value = format!("{forged}, {}, 10.3.2.1", appended(real, false));
            prop_assert_eq!(from("10.0.0.1", &[("x-forwarded-for", &value)]).address, real.to_canonical());
        }

        #[test]
        fn what_a_client_writes_into_forwarded_never_names_another(forged in "[ -~]{0,60}", real in any::<IpAddr>()) {
            prop_assume!(!is_trusted(real, &trusted()));
            let last = format!("for={}", appended(real, true));
            let address = from("10.0.0.1", &[("forwarded", &forged), ("forwarded", &last)]).address;
            let peer: IpAddr = "10.0.0.1".parse().unwrap();
            prop_assert!(address == real.to_canonical() || address == peer);
        }

        #[test]
        fn a_list_is_walked_as_a_naive_reader_would(list in prop::collection::vec(any::<[u8; 4]>(), 0..6)) {
            let list: Vec<IpAddr> = list.into_iter().map(IpAddr::from).collect();
            let expected = list.iter().rev().find(|a| !is_trusted(**a, &trusted())).or_else(|| list.first()).copied();
            let peer: IpAddr = "10.0.0.1".parse().unwrap();
            let text = list.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
            prop_assert_eq!(from("10.0.0.1", &[("x-forwarded-for", &text)]).address, expected.unwrap_or(peer));
        }
    }
}
