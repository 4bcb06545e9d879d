//! What is known of one request for a link: borrowed from it, or recorded earlier.

pub mod browser;
mod client_address;
pub mod client_hello;
pub mod history;
mod ja4;
mod people;
mod recorded;

use std::net::IpAddr;

use http::header::{AsHeaderName, HeaderName};
use http::{HeaderMap, Method, Version, header};

pub use self::client_address::ClientAddress;
use self::history::History;
pub use self::ja4::{Ja4, NoJa4};
pub use self::people::USER_AGENTS_OF_PEOPLE;
pub use self::recorded::VisitBuf;

/// Something about a request that may not have been recorded. What was not is not something that did not match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is known.
    Known(T),
    /// It was not recorded.
    #[default]
    Unrecorded,
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unrecorded => None,
        }
    }

    /// What may have been found out.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Unrecorded, Self::Known)
    }

    /// The same fact, borrowed.
    pub const fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Unrecorded => Fact::Unrecorded,
        }
    }

    /// The same fact about something made from it.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(map(value)),
            Self::Unrecorded => Fact::Unrecorded,
        }
    }
}

/// One request for a link, reduced to what classification may look at.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'r> {
    /// Its method.
    pub method: &'r Method,
    /// Its HTTP version; behind a proxy it is the proxy's, and not recorded.
    pub version: Fact<Version>,
    /// Its header fields.
    pub headers: Headers<'r>,
    /// The client's address.
    pub client: Fact<IpAddr>,
    /// The JA4 fingerprint of its TLS; `None` for cleartext.
    pub tls: Fact<Option<&'r str>>,
    /// The autonomous system of its address.
    pub asn: Fact<u32>,
    /// The forward-confirmed name of its address; empty where it has none.
    pub reverse_dns: Fact<&'r str>,
    /// Whether it came by https: only then do browsers send all that they send.
    pub secure: Fact<bool>,
    /// What came before it.
    pub history: Fact<&'r History>,
}

/// A request's header fields, whole or as far as they were recorded.
#[derive(Clone, Copy, Debug)]
pub enum Headers<'r> {
    /// All of them.
    Live(&'r HeaderMap),
    /// Names and some values.
    Recorded(&'r VisitBuf),
}

impl<'r> Headers<'r> {
    /// The names of all fields, in the order in which they came; empty where they were not recorded.
    pub fn names(&self) -> impl Iterator<Item = &'r str> {
        let (live, recorded) = match *self {
            Self::Live(headers) => (Some(headers.keys().map(HeaderName::as_str)), None),
            Self::Recorded(visit) => (
                None,
                visit
                    .names
                    .as_ref()
                    .known()
                    .map(|names| names.iter().map(String::as_str)),
            ),
        };
        live.into_iter().flatten().chain(recorded.into_iter().flatten())
    }

    /// Whether a field is there: the names of all may be known where its value is not.
    #[must_use]
    pub fn has(&self, name: impl AsHeaderName + AsRef<str>) -> Fact<bool> {
        match self {
            Self::Live(headers) => Fact::Known(headers.contains_key(name)),
            Self::Recorded(visit) => visit.has(name.as_ref()),
        }
    }

    /// A field's first value; `Known(None)` where it is absent.
    #[must_use]
    pub fn get(&self, name: impl AsHeaderName + AsRef<str>) -> Fact<Option<&'r str>> {
        match self {
            Self::Live(headers) => Fact::Known(headers.get(name).map(|value| text(value.as_bytes()))),
            Self::Recorded(visit) => visit.header(name.as_ref()),
        }
    }

    /// Whether they say that this fetches ahead; a field that would may not have been recorded.
    pub(crate) fn prefetch(&self) -> Fact<bool> {
        let mut said = Fact::Known(false);
        for name in &PREFETCH {
            match self.get(name) {
                Fact::Known(Some(value)) if value.starts_with("prefetch") || value == "preview" => {
                    return Fact::Known(true);
                }
                Fact::Known(_) => {}
                Fact::Unrecorded => said = Fact::Unrecorded,
            }
        }
        said
    }
}

impl<'r> Visit<'r> {
    /// A live request's visit, as far as the request itself tells.
    #[must_use]
    pub fn live(method: &'r Method, headers: &'r HeaderMap, client: ClientAddress) -> Self {
        Self {
            method,
            version: Fact::Unrecorded,
            headers: Headers::Live(headers),
            client: client.into(),
            tls: Fact::Unrecorded,
            asn: Fact::Unrecorded,
            reverse_dns: Fact::Unrecorded,
            secure: Fact::Unrecorded,
            history: Fact::Unrecorded,
        }
    }

    /// A header field's value, if it is known and there.
    #[must_use]
    pub fn header(&self, name: impl AsHeaderName + AsRef<str>) -> Option<&'r str> {
        self.headers.get(name).known().flatten()
    }

    /// Whether a program asks rather than a person's browser: it prefers JSON, or fetches from a script
    /// (Fetch Metadata: `Sec-Fetch-Dest: empty`).
    #[must_use]
    pub fn is_program(&self) -> bool {
        let is = |name: &str, value: &str| self.header(name).is_some_and(|given| given.eq_ignore_ascii_case(value));
        let (json, html) = self.wishes();
        // A service worker passes a navigation on with an empty destination; where it changes anything of it, the mode
        // is `same-origin` as well (Fetch standard, the `Request` constructor), and what stays is the wish for HTML.
        let fetches = is("sec-fetch-dest", "empty") && !is("sec-fetch-mode", "navigate");
        json > html || (fetches && html == 0)
    }

    /// Whether it says that nobody looks at its answer yet: `Sec-Purpose: prefetch;prerender`, in older browsers
    /// `Purpose` and `X-Moz`, in some apps `X-Purpose`. It never counts as a visit.
    #[must_use]
    pub fn is_prefetch(&self) -> bool {
        self.headers.prefetch() == Fact::Known(true)
    }

    /// Whether it is a visit that later ones have before them: it fetches, and not ahead of anybody.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(*self.method, Method::GET | Method::HEAD) && !self.is_prefetch()
    }

    fn accept(&self) -> impl Iterator<Item = &'r str> {
        let (lines, recorded) = match self.headers {
            Headers::Live(headers) => (Some(headers.get_all(header::ACCEPT)), None),
            Headers::Recorded(visit) => (None, visit.header("accept").known().flatten()),
        };
        lines
            .into_iter()
            .flatten()
            .filter_map(|value| value.to_str().ok())
            .chain(recorded)
    }

    /// How much it wishes for JSON and for HTML, in thousandths (RFC 9110 section 12.5.1). Wildcards name nothing.
    fn wishes(&self) -> (u16, u16) {
        let (mut json, mut html) = (0, 0);
        for value in self.accept() {
            for range in value.split(',') {
                let mut parts = range.split(';').map(str::trim);
                let media = parts.next().unwrap_or_default();
                let is = |name: &str| media.eq_ignore_ascii_case(name);
                let weight = parts
                    .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                    .map_or(Some(1.0), |q| q.parse::<f32>().ok())
                    .map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16);
                if is("application/json") || is_json_format(media) {
                    json = json.max(weight);
                } else if is("text/html") || is("application/xhtml+xml") {
                    html = html.max(weight);
                }
            }
        }
        (json, html)
    }
}

/// Whether a media type is a format of its own in JSON: `application/problem+json` (RFC 6839, section 3.1).
fn is_json_format(media: &str) -> bool {
    media.rsplit_once('+').is_some_and(|(name, suffix)| {
        let kind = name.split_once('/').map(|(kind, _)| kind);
        suffix.eq_ignore_ascii_case("json") && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application"))
    })
}

/// An HTTP version as signature files and logs write it.
#[must_use]
pub fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    }
}

/// The HTTP version of a name; access logs write `2.0`.
#[must_use]
pub fn version_named(name: &str) -> Option<Version> {
    match name {
        "1.0" => Some(Version::HTTP_10),
        "1.1" => Some(Version::HTTP_11),
        "2" | "2.0" => Some(Version::HTTP_2),
        _ => None,
    }
}

/// A field's text: people's clients write UTF-8 too. It ends where it is no text: a stray byte hides nothing before it.
#[must_use]
pub fn text(value: &[u8]) -> &str {
    // Nearly all are text as a whole, which is quickly seen.
    str::from_utf8(value).unwrap_or_else(|_| value.utf8_chunks().next().map_or("", |chunk| chunk.valid()))
}

/// Fields in which a fetch ahead says so.
const PREFETCH: [HeaderName; 4] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-moz"),
    HeaderName::from_static("x-purpose"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is_program(name: &'static str, value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Visit::live(&Method::GET, &headers, ClientAddress::UNKNOWN).is_program()
    }

    #[test]
    fn a_field_in_utf_8_is_known_as_it_is_recorded() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "user-agent",
            http::HeaderValue::from_bytes("Müller/1".as_bytes()).unwrap(),
        );
        assert_eq!(Headers::Live(&headers).get("user-agent"), Fact::Known(Some("Müller/1")));
        headers.insert("user-agent", http::HeaderValue::from_bytes(b"curl/8\xff x").unwrap());
        assert_eq!(Headers::Live(&headers).get("user-agent"), Fact::Known(Some("curl/8")));
    }

    #[test]
    fn programs_prefer_json_or_fetch_from_a_script() {
        assert!(is_program("accept", "application/json"));
        assert!(is_program("accept", "application/json, text/plain, */*"));
        assert!(is_program("accept", "text/html;q=0.5, application/problem+json"));
        assert!(is_program("sec-fetch-dest", "empty"));
        assert!(!is_program("accept", "*/*"));
        assert!(!is_program(
            "accept",
            "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"
        ));
        assert!(!is_program("accept", "application/json;q=0"));
        assert!(!is_program("sec-fetch-dest", "document"));
    }

    #[test]
    fn a_navigation_that_a_service_worker_passes_on_is_a_person_s() {
        let passed_on = |mode: &'static str, accept: &'static str| {
            let fields = [
                ("sec-fetch-dest", "empty"),
                ("sec-fetch-mode", mode),
                ("accept", accept),
            ];
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(name, value.parse().unwrap());
            }
            !Visit::live(&Method::GET, &headers, ClientAddress::UNKNOWN).is_program()
        };
        assert!(passed_on("navigate", "*/*"));
        assert!(passed_on("same-origin", "text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!passed_on("same-origin", "*/*"));
        assert!(!passed_on("cors", "application/json, text/html;q=0.9"));
    }
}
