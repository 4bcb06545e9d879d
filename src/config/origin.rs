//! Origins and hosts as people write them.

use std::net::{IpAddr, Ipv6Addr};

use super::canonical_host;

/// Scheme, host and port of a URL that has nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether the scheme is https.
    pub(crate) https: bool,
    /// The host in lower case; an IPv6 address in brackets.
    pub(crate) host: String,
    /// The port, where one was given that is not the scheme's own.
    pub(crate) port: Option<u16>,
}

impl Origin {
    /// Reads an origin; the remedy where it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (https, rest) = match text.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            Some(_) => return Err("start it with http:// or https://".to_owned()),
            None => return Err(format!("write the scheme too: \"http://{text}\" or \"https://{text}\"")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if let Some(end) = authority.find(['/', '?', '#']) {
            return Err(format!(
                "leave the path out: \"{}\"",
                &text[..text.len() - rest.len() + end]
            ));
        }
        if authority.contains('@') {
            return Err("leave user name and password out".to_owned());
        }
        let (name, port) = split_port(authority);
        let port = match port.map(str::parse::<u16>) {
            None => None,
            Some(Ok(port)) if port != 0 => Some(port).filter(|port| *port != default_port(https)),
            Some(_) => return Err("a port is a number from 1 to 65535".to_owned()),
        };
        let host = host(name)?;
        Ok(Self { https, host, port })
    }

    /// The port to connect to.
    #[must_use]
    pub(crate) fn effective_port(&self) -> u16 {
        self.port.unwrap_or_else(|| default_port(self.https))
    }

    /// Host, and port unless it is the scheme's own.
    #[must_use]
    pub(crate) fn authority(&self) -> String {
        self.port
            .map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// Whether it leads to this very machine.
    #[must_use]
    pub(crate) fn is_local(&self) -> bool {
        let bare = self.host.trim_matches(['[', ']']);
        bare == "localhost" || bare.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// As in a browser's Origin header.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http{}://{}", if self.https { "s" } else { "" }, self.authority())
    }
}

const fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (authority, None),
    }
}

/// A host without port, as hosts are compared; the remedy where it is none.
pub(crate) fn host(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return Err(Origin::parse(text).map_or_else(
            |_| "write the name alone, as in \"auth.example.com\"".to_owned(),
            |origin| format!("leave the scheme out: \"{}\"", origin.host),
        ));
    }
    if let (name, Some(_)) = split_port(text) {
        return Err(format!("leave the port out: \"{}\"", canonical_host(name)));
    }
    if text.contains('*') {
        return Err("name each host, wildcards are not understood".to_owned());
    }
    if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = address
            .parse()
            .map_err(|_| "an IPv6 address looks like [2001:db8::1]".to_owned())?;
        return Ok(format!("[{address}]"));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Err(format!("put an IPv6 address into brackets: [{text}]"));
    }
    if !text.is_ascii() {
        return Err("write it as browsers send it, in its ASCII form: xn--…".to_owned());
    }
    let name = canonical_host(text);
    let valid = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if name.len() > 253 || !name.split('.').all(valid) {
        return Err("write a name or an address, as in \"auth.example.com\"".to_owned());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_and_written() {
        for (text, shown) in [
            ("https://Auth.Example.com/", "https://auth.example.com"),
            ("https://a.example:443", "https://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_origin_gets_a_remedy() {
        for (text, help) in [
            (
                "a.example:3000",
                "write the scheme too: \"http://a.example:3000\" or \"https://a.example:3000\"",
            ),
            ("http://a.example/x", "leave the path out: \"http://a.example\""),
            ("http://u:p@a.example", "leave user name and password out"),
            ("http://a.example:0", "a port is a number from 1 to 65535"),
            ("ftp://a.example", "start it with http:// or https://"),
            ("http://", "write a name or an address, as in \"auth.example.com\""),
        ] {
            assert_eq!(Origin::parse(text).unwrap_err(), help, "{text}");
        }
    }

    #[test]
    fn hosts_are_names_alone() {
        assert_eq!(host("Auth.Example.com.").unwrap(), "auth.example.com");
        for (text, help) in [
            ("https://a.example", "leave the scheme out: \"a.example\""),
            ("a.example:80", "leave the port out: \"a.example\""),
            ("::1", "put an IPv6 address into brackets: [::1]"),
            ("*.example", "name each host, wildcards are not understood"),
        ] {
            assert_eq!(host(text).unwrap_err(), help, "{text}");
        }
    }
}
