//! A visit that owns what it knows: from a log line, a command line, or an example in a signature file.

use std::net::IpAddr;

use http::{Method, Version};

use super::history::History;
use super::{Fact, Headers, Visit};

/// An owned [`Visit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitBuf {
    /// Its method.
    pub method: Method,
    /// Its HTTP version.
    pub version: Fact<Version>,
    /// The names of all its header fields, in lower case.
    pub names: Fact<Vec<String>>,
    /// The values that are known, by lower-case name.
    pub values: Vec<(String, String)>,
    /// The client's address.
    pub client: Fact<IpAddr>,
    /// The JA4 fingerprint; `None` for cleartext.
    pub tls: Fact<Option<String>>,
    /// The autonomous system.
    pub asn: Fact<u32>,
    /// The forward-confirmed name; empty where there is none.
    pub reverse_dns: Fact<String>,
    /// Whether it came by https.
    pub secure: Fact<bool>,
    /// What came before it.
    pub history: Fact<History>,
}

impl VisitBuf {
    /// An ordinary browser's GET, where nothing else is said.
    #[must_use]
    pub fn ordinary() -> Self {
        let mut visit = Self {
            method: Method::GET,
            version: Fact::Known(Version::HTTP_2),
            names: Fact::Known(Vec::new()),
            values: Vec::new(),
            // Documentation addresses (RFC 5737) are nobody's.
            client: Fact::Known(IpAddr::from([198, 51, 100, 1])),
            tls: Fact::Known(None),
            asn: Fact::Known(0),
            reverse_dns: Fact::Known(String::new()),
            secure: Fact::Known(true),
            history: Fact::Unrecorded,
        };
        for (name, value) in ORDINARY {
            visit.set(name, value);
        }
        visit
    }

    /// A visit of which nothing but the method is known.
    #[must_use]
    pub const fn unrecorded(method: Method) -> Self {
        Self {
            method,
            version: Fact::Unrecorded,
            names: Fact::Unrecorded,
            values: Vec::new(),
            client: Fact::Unrecorded,
            tls: Fact::Unrecorded,
            asn: Fact::Unrecorded,
            reverse_dns: Fact::Unrecorded,
            secure: Fact::Unrecorded,
            history: Fact::Unrecorded,
        }
    }

    /// Sets a header field.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        let name = name.to_ascii_lowercase();
        if let Fact::Known(names) = &mut self.names {
            names.push(name.clone());
        }
        self.values.push((name, value.to_owned()));
    }

    /// Takes a header field out.
    pub fn remove(&mut self, name: &str) {
        if let Fact::Known(names) = &mut self.names {
            names.retain(|known| !known.eq_ignore_ascii_case(name));
        }
        self.values.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    pub(super) fn has(&self, name: &str) -> Fact<bool> {
        match &self.names {
            _ if self.values.iter().any(|(known, _)| known == name) => Fact::Known(true),
            Fact::Known(names) if names.iter().any(|known| known == name) => Fact::Known(true),
            Fact::Known(names) if names.iter().any(|known| may_be(known, name)) => Fact::Unrecorded,
            Fact::Known(_) => Fact::Known(false),
            Fact::Unrecorded => Fact::Unrecorded,
        }
    }

    pub(super) fn header(&self, name: &str) -> Fact<Option<&str>> {
        let value = self
            .values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str());
        match value {
            Some(value) => Fact::Known(Some(value)),
            None if self.has(name) == Fact::Known(false) => Fact::Known(None),
            None => Fact::Unrecorded,
        }
    }

    /// The visit, borrowed.
    #[must_use]
    pub fn as_visit(&self) -> Visit<'_> {
        Visit {
            method: &self.method,
            version: self.version,
            headers: Headers::Recorded(self),
            client: self.client,
            tls: self.tls.as_ref().map(Option::as_deref),
            asn: self.asn,
            reverse_dns: self.reverse_dns.as_ref().map(String::as_str),
            secure: self.secure,
            history: self.history.as_ref(),
        }
    }
}

/// Whether a recorded name, of which a part may have been left out, can stand for a field's. Only long ones are cut.
fn may_be(recorded: &str, name: &str) -> bool {
    let (Some((start, _)), Some((_, end))) = (recorded.split_once(CUT), recorded.rsplit_once(CUT)) else {
        return false;
    };
    name.len() >= CUT_FROM && name.starts_with(start) && name.ends_with(end)
}

/// What stands in a log where something was left out.
const CUT: char = '…';
/// Shorter names are never cut.
const CUT_FROM: usize = 16;

/// What an ordinary browser sends with a navigation on a secure page.
const ORDINARY: [(&str, &str); 8] = [
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ),
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ),
    ("accept-language", "en"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
    ("upgrade-insecure-requests", "1"),
];
