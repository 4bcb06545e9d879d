//! Which header fields of a client may go upstream.
//!
//! Proxies tell upstreams in header fields who a client is and what it asked for, and upstreams believe them. A client
//! can send the same fields. There are hundreds of names, and each vendor adds more, so a rule reads the words that a
//! name is made of; lists hold only what the words don't show. Where the rule is wrong for a site, its operator says
//! so.

/// What a field's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A standard's, a browser's or an application's: it passes.
    Ordinary,
    /// What only a proxy can know: the client's address, connection, identity or certificate, or the host and scheme
    /// that it used. It passes from a trusted proxy.
    Claim,
    /// It passes from nobody: it names another target or method than the request line, which some servers obey; it is
    /// linklatch's own; or it has other signs than letters, digits and hyphens, which CGI and PHP fold into each other.
    Never,
}

/// What the operator says of header fields, over the rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderRules {
    /// Claims that clients may send all the same.
    pub pass: Vec<NamePattern>,
    /// Fields that only a trusted proxy may send.
    pub drop: Vec<NamePattern>,
}

/// The name of a field in lower case, or with a `*` at the end all that begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    name: String,
    is_prefix: bool,
}

impl NamePattern {
    /// The pattern; `None` where it is neither a field's name nor the beginning of one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let (name, is_prefix) = text.strip_suffix('*').map_or((text, false), |name| (name, true));
        let name = http::HeaderName::from_bytes(name.as_bytes()).ok()?;
        (!name.as_str().contains('*')).then(|| Self {
            name: name.as_str().to_owned(),
            is_prefix,
        })
    }

    /// Whether no field that it names may ever pass.
    #[must_use]
    pub fn is_never(&self) -> bool {
        kind(&self.name) == Kind::Never
    }

    fn matches(&self, name: &str) -> bool {
        name == self.name || (self.is_prefix && name.starts_with(&self.name))
    }
}

impl HeaderRules {
    /// Whether a field may go upstream. `trusted`: whether a trusted proxy sends it. `name` is in lower case.
    #[must_use]
    pub fn may_pass(&self, name: &str, trusted: bool) -> bool {
        let is_named = |patterns: &[NamePattern]| patterns.iter().any(|pattern| pattern.matches(name));
        match kind(name) {
            Kind::Never => false,
            _ if is_named(&self.drop) => trusted,
            Kind::Claim => trusted || is_named(&self.pass),
            Kind::Ordinary => true,
        }
    }
}

/// The kind of a field. `name` is in lower case.
#[must_use]
pub fn kind(name: &str) -> Kind {
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') || name.starts_with(OWN) {
        return Kind::Never;
    }
    if ORDINARY.contains(&name) || ORDINARY_BEGINNINGS.iter().any(|start| name.starts_with(start)) {
        return Kind::Ordinary;
    }
    let words = Words(name);
    if words.vendor().is_some_and(|first| VENDORS.contains(&first)) {
        Kind::Claim
    } else if moves(words) {
        Kind::Never
    } else if claims(words) {
        Kind::Claim
    } else {
        Kind::Ordinary
    }
}

/// Whether a field tells an address, or anything else of the connection before a proxy: only proxies send it.
#[must_use]
pub fn is_from_proxy(name: &str) -> bool {
    Words(name).any(ADDRESSES)
}

/// The words of a name, which hyphens part.
#[derive(Clone, Copy)]
struct Words<'n>(&'n str);

impl<'n> Words<'n> {
    fn iter(self) -> impl Iterator<Item = &'n str> + Clone {
        self.0.split('-').filter(|word| !word.is_empty())
    }

    /// Without the `x` and `http` that say nothing.
    fn meaning(self) -> impl Iterator<Item = &'n str> + Clone {
        self.iter().skip_while(|word| matches!(*word, "x" | "http"))
    }

    /// The word that names whose field it is.
    fn vendor(self) -> Option<&'n str> {
        self.meaning().next()
    }

    /// The word that is all its meaning.
    fn alone(self) -> Option<&'n str> {
        let mut words = self.meaning();
        words.next().filter(|_| words.next().is_none())
    }

    fn any(self, words: &[&str]) -> bool {
        self.iter().any(|word| words.contains(&word))
    }

    /// Whether one of `first` stands before one of `then`, anywhere.
    fn any_before(self, first: &[&str], then: &[&str]) -> bool {
        let mut rest = self.iter().skip_while(|word| !first.contains(word));
        rest.next().is_some() && rest.any(|word| then.contains(&word))
    }

    /// Whether one of `first` stands directly before one of `then`.
    fn pair(self, first: &[&str], then: &[&str]) -> bool {
        let next = self.iter().skip(1);
        self.iter()
            .zip(next)
            .any(|(one, two)| first.contains(&one) && then.contains(&two))
    }
}

/// Whether a name is that of another target or method than the request line's.
fn moves(words: Words<'_>) -> bool {
    const WHOLE: &[&str] = &["url", "uri", "path", "method", "verb"];
    const PARTS: &[&str] = &[
        "url", "uri", "path", "method", "verb", "query", "args", "target", "request",
    ];
    const MOVED: &[&str] = &["original", "orig", "rewrite", "rewritten", "unencoded", "raw"];
    words.alone().is_some_and(|word| WHOLE.contains(&word))
        || words.any(&["override", "destinationurl"])
        || words.any_before(MOVED, PARTS)
        || words.vendor().is_some_and(|first| MOVERS.contains(&first))
        || words.pair(&["request"], &["uri", "url", "method"])
        || words.pair(&["script"], &["name"])
        || words.pair(&["path"], &["info", "translated"])
        || words.pair(&["matched"], &["path"])
        || words.pair(&["route"], &["matches"])
}

/// Whether a name speaks of who the client is, where it comes from, or by which certificate.
fn claims(words: Words<'_>) -> bool {
    const ABOUT: &[&str] = &[
        "user",
        "username",
        "userid",
        "role",
        "roles",
        "group",
        "groups",
        "email",
        "subject",
        "sub",
        "claim",
        "claims",
        "scope",
        "scopes",
        "name",
        "uid",
        "cn",
        "payload",
        "entitlements",
    ];
    const BY: &[&str] = &[
        "auth", "sso", "login", "verified", "jwt", "cas", "ldap", "kerberos", "idp",
    ];
    words.alone().is_some_and(|word| ALONE.contains(&word))
        || words.any(ADDRESSES)
        || words.any(CONNECTIONS)
        || words.any(IDENTITIES)
        || words.pair(BY, ABOUT)
        || words.pair(&["auth"], &["request", "type"])
        || words.pair(&["token"], &["user", "subject", "claims"])
        || words.pair(&["user"], &["principal", "info", "claims"])
        || words.pair(&["ms"], &["token"])
        || words.pair(&["credential"], &["identifier", "username"])
        || words.pair(
            &["client", "viewer", "external", "peer", "source", "user", "socket"],
            &["address", "port", "geo"],
        )
        || words.pair(&["real", "server"], &["port", "address", "name"])
        || words.pair(&["proxied"], &["for"])
        || words.pair(&["coming"], &["from"])
        || words.pair(&["amzn"], &["request", "lambda"])
        || words.pair(&["iv"], &["user", "groups", "creds"])
        || words.vendor().is_some_and(|first| matches!(first, "original" | "orig"))
}

/// What begins the names of linklatch's own fields.
pub const OWN: &str = "x-linklatch";

/// First words of names that a proxy, network or gateway gives to what it tells.
const VENDORS: &[&str] = &[
    "akamai",
    "apigateway",
    "appengine",
    "authentik",
    "azure",
    "cf",
    "cloudfront",
    "envoy",
    "fastly",
    "fly",
    "mellon",
    "oam",
    "osso",
    "pomerium",
    "siteminder",
    "sm",
    "sucuri",
    "tailscale",
    "vouch",
    "waws",
    "wl",
];

/// First words of names by which servers are told what to do with a request: Next.js, Rack, nginx.
const MOVERS: &[&str] = &["accel", "invoke", "middleware", "rewrite", "sendfile"];

/// Words for addresses, and for what a proxy forwards.
const ADDRESSES: &[&str] = &[
    "addr",
    "clientip",
    "forwarded",
    "forwarder",
    "geoip",
    "ip",
    "ipaddr",
    "ipaddress",
    "ipcountry",
    "ips",
    "ipv4",
    "ipv6",
    "originating",
    "proxyuser",
    "realip",
    "remote",
    "remoteaddr",
    "remoteip",
    "socketip",
    "sourceip",
    "srcip",
    "userip",
];

/// Words for a connection that ended at a proxy: how, to which host, with which certificate.
const CONNECTIONS: &[&str] = &[
    "cert",
    "certchain",
    "certificate",
    "certificates",
    "certs",
    "clientcert",
    "dn",
    "edgescape",
    "host",
    "hostname",
    "https",
    "ja3",
    "ja4",
    "ja4h",
    "mtls",
    "proto",
    "scheme",
    "ssl",
    "tls",
];

/// Words for somebody whom a proxy has identified.
const IDENTITIES: &[&str] = &[
    "assertion",
    "authenticated",
    "consumer",
    "iap",
    "identity",
    "oidc",
    "principal",
    "saml",
    "shib",
    "shibboleth",
    "userinfo",
    "webauth",
];

/// Names of one word that gateways give to a person's identity, or to the scheme.
const ALONE: &[&str] = &["groups", "protocol", "roles", "subject", "user", "userid", "username"];

/// Names whose words mislead.
const ORDINARY: [&str; 5] = [
    // RFC 9110, section 7.2; it is checked apart.
    "host",
    // An Android app's own signature, for Google's APIs.
    "x-android-cert",
    // Next.js asks for a page ahead.
    "x-middleware-prefetch",
    // Outlook's host application.
    "x-native-host",
    // The name of a file before its upload.
    "x-original-filename",
];

/// Beginnings of names that standards and widespread clients use for themselves.
const ORDINARY_BEGINNINGS: [&str; 6] = ["accept", "access-control-", "content-", "if-", "sec-", "x-amz-"];

#[cfg(test)]
mod tests;
