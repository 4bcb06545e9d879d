//! The mail scanners of the demo: each opens a mailed link before its person does, in a way real ones have.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use http::{Method, header};
use regex::Regex;
use serde::Serialize;

use super::client::{BaseUrl, Call, ClientError, Got};
use super::climb::Rung;
use super::pressers::{self, Form};
use super::store::TokenState;

/// Requests of the crawler for one mail.
const CRAWLED: usize = 12;
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
const LIKE_A_BROWSER: [(&str, &str); 2] = [
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ),
    ("accept-language", "en-US,en;q=0.9"),
];
const OUTLOOK: &str = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)";

/// One request of a scanner, and what became of the token.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Scan {
    /// Who asked.
    pub(super) scanner: &'static str,
    /// Its address.
    pub(super) address: IpAddr,
    pub(super) method: &'static str,
    /// The path alone: a query may hold the token.
    pub(super) path: String,
    /// The status; absent where no answer came.
    pub(super) answer: Option<u16>,
    /// What it climbed of the way to the link.
    pub(super) rung: Option<Rung>,
    /// How the token stood afterwards.
    pub(super) state: TokenState,
}

/// A mailed link, as its scanners need it.
#[derive(Debug)]
pub(super) struct Prey<'m> {
    /// The site's address as it stands in the link.
    pub(super) site: &'m BaseUrl,
    /// Where connections to the site go.
    pub(super) reach: &'m BaseUrl,
    /// Path and query of the link.
    pub(super) target: &'m str,
}

/// Who watches the scanners of one mail.
pub(super) trait Witness: Sync {
    /// How the token stands now.
    fn truth(&self) -> impl Future<Output = TokenState> + Send;
    /// Takes what one request did.
    fn report(&self, scan: Scan);
}

/// Who scans, and where it sits: in a network of its own, or its like would count as the person at 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner {
    name: &'static str,
    address: IpAddr,
}

const MAIL_FILTER: Scanner = Scanner::new("mail filter", 11);
const LINK_CHECKER: Scanner = Scanner::new("link checker", 12);
const TWINS: Scanner = Scanner::new("two at once", 13);
const CRAWLER: Scanner = Scanner::new("crawler", 14);

/// Lets every scanner at the link, one after the other.
pub(super) async fn scan(prey: &Prey<'_>, witness: &impl Witness) {
    let head = MAIL_FILTER
        .open(prey, Method::HEAD, prey.target, "MailFilter/2.1")
        .await;
    witness.report(MAIL_FILTER.scan("HEAD", prey.target, &head, (None, witness.truth().await)));

    let get = LINK_CHECKER.open(prey, Method::GET, prey.target, CHROME).await;
    witness.report(LINK_CHECKER.opened(prey.target, &get, witness.truth().await));

    let (one, two) = tokio::join!(
        TWINS.open(prey, Method::GET, prey.target, CHROME),
        TWINS.open(prey, Method::GET, prey.target, OUTLOOK)
    );
    let state = witness.truth().await;
    witness.report(TWINS.opened(prey.target, &one, state));
    witness.report(TWINS.opened(prey.target, &two, state));

    crawl(prey, witness).await;
    pressers::press(prey, witness).await;
}

/// Opens the link, then whatever its page and the pages behind it name.
async fn crawl(prey: &Prey<'_>, witness: &impl Witness) {
    let mut seen = HashSet::from([prey.target.to_owned()]);
    let mut waiting = VecDeque::from([prey.target.to_owned()]);
    for _ in 0..CRAWLED {
        let Some(target) = waiting.pop_front() else { return };
        let got = CRAWLER.open(prey, Method::GET, &target, CHROME).await;
        witness.report(CRAWLER.opened(&target, &got, witness.truth().await));
        let Ok(got) = got else { continue };
        for found in named_by(&got) {
            if let Some(found) = resolve(prey.site, &target, &found)
                && seen.insert(found.clone())
            {
                waiting.push_back(found);
            }
        }
    }
}

impl Scanner {
    pub(super) const fn new(name: &'static str, net: u8) -> Self {
        Self {
            name,
            address: IpAddr::V4(Ipv4Addr::new(127, 0, net, 1)),
        }
    }

    async fn open(self, prey: &Prey<'_>, method: Method, target: &str, agent: &str) -> Result<Got, ClientError> {
        self.call(
            prey,
            (method, target, None),
            &[&[("user-agent", agent)], &LIKE_A_BROWSER],
        )
        .await
    }

    /// A request of a browser, with more header fields and a form's body.
    pub(super) async fn send(
        self,
        prey: &Prey<'_>,
        method: Method,
        target: &str,
        more: &[(&'static str, &str)],
        form: Option<&str>,
    ) -> Result<Got, ClientError> {
        let own = [("user-agent", CHROME)];
        self.call(prey, (method, target, form), &[&own, &LIKE_A_BROWSER, more])
            .await
    }

    async fn call(
        self,
        prey: &Prey<'_>,
        (method, target, form): (Method, &str, Option<&str>),
        headers: &[&[(&'static str, &str)]],
    ) -> Result<Got, ClientError> {
        let headers = headers.concat();
        let call = Call {
            from: Some(self.address),
            method,
            headers: &headers,
            form,
            ..Call::get(prey.reach, target)
        };
        Call {
            host: Some(prey.site),
            ..call
        }
        .send()
        .await
    }

    fn opened(self, target: &str, got: &Result<Got, ClientError>, state: TokenState) -> Scan {
        let page = got.as_ref().ok().and_then(Form::of);
        self.scan("GET", target, got, (page.map(|_| Rung::Page), state))
    }

    pub(super) fn scan(
        self,
        method: &'static str,
        target: &str,
        got: &Result<Got, ClientError>,
        (rung, state): (Option<Rung>, TokenState),
    ) -> Scan {
        let path = target
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .chars()
            .take(80)
            .collect();
        let answer = got.as_ref().ok().map(|got| got.status.as_u16());
        Scan {
            scanner: self.name,
            address: self.address,
            method,
            path,
            answer,
            rung,
            state,
        }
    }
}

/// Everything that an answer names to be fetched: redirect, links, sources, forms that send by GET.
fn named_by(got: &Got) -> Vec<String> {
    static NAMED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)\s(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<form\b[^>]*>").ok());
    static ACTION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)\saction\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());
    let (Some(named), Some(form), Some(action)) = (&*NAMED, &*FORM, &*ACTION) else {
        return Vec::new();
    };

    let mut found = Vec::new();
    found.extend(
        got.headers
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok())
            .map(str::to_owned),
    );
    if !is_html(got) {
        return found;
    }
    let page = String::from_utf8_lossy(&got.body);
    let value = |captures: regex::Captures<'_>| {
        captures
            .get(1)
            .or_else(|| captures.get(2))
            .map(|value| unescape(value.as_str()))
    };
    found.extend(named.captures_iter(&page).filter_map(value));
    let by_get = form
        .find_iter(&page)
        .map(|tag| tag.as_str())
        .filter(|tag| !tag.to_ascii_lowercase().contains("post"));
    found.extend(by_get.map(|tag| action.captures(tag).and_then(value).unwrap_or_default()));
    found
}

/// Whether an answer is a page.
pub(super) fn is_html(got: &Got) -> bool {
    let kind = got.headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

pub(super) fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}

/// Path and query of a reference on the page at `base`, if it leads to the same site.
pub(super) fn resolve(site: &BaseUrl, base: &str, reference: &str) -> Option<String> {
    let reference = reference.split('#').next().unwrap_or_default().trim();
    let path = base.split('?').next().unwrap_or_default();
    let target = if reference.is_empty() {
        base.to_owned()
    } else if let Some(target) = site.target_of(reference) {
        target.to_owned()
    } else if reference.starts_with("//") || has_scheme(reference) {
        return None;
    } else if reference.starts_with('/') {
        reference.to_owned()
    } else if reference.starts_with('?') {
        format!("{path}{reference}")
    } else {
        format!("{}{reference}", &path[..=path.rfind('/')?])
    };
    (target.len() <= 2048).then_some(target)
}

fn has_scheme(reference: &str) -> bool {
    let name = reference.split(['/', '?']).next().unwrap_or_default();
    name.split_once(':')
        .is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn references_are_resolved_within_the_site() {
        let site: BaseUrl = "http://site.example".parse().unwrap();
        let resolve = |reference| resolve(&site, "/auth/verify?token=t", reference);
        assert_eq!(resolve("/welcome#top").as_deref(), Some("/welcome"));
        assert_eq!(resolve("http://site.example/a?b=c").as_deref(), Some("/a?b=c"));
        assert_eq!(resolve("next?x=y").as_deref(), Some("/auth/next?x=y"));
        assert_eq!(resolve("?token=t&go=1").as_deref(), Some("/auth/verify?token=t&go=1"));
        assert_eq!(resolve("").as_deref(), Some("/auth/verify?token=t"));
        for elsewhere in [
            "//other.example/",
            "https://other.example/",
            "mailto:ann@example.com",
            "data:,",
            "javascript:x",
        ] {
            assert_eq!(resolve(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_page_names_links_sources_and_forms_that_get() {
        let page = "<a href=\"/one?a=1&amp;b=2\">x</a><img SRC='/two'><form action=/none method=\"POST\">\
                    <form method=\"get\" action=\"/three\"><form method=\"post\" action=\"/four\">";
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, "text/html".parse().unwrap())]);
        let got = Got {
            status: StatusCode::OK,
            headers,
            body: Bytes::from_static(page.as_bytes()),
        };
        assert_eq!(named_by(&got), ["/one?a=1&b=2", "/two", "/three"]);
    }

    #[test]
    fn a_scan_shows_no_query() {
        let failed = Err(ClientError::TimedOut);
        let scan = CRAWLER.opened("/auth/verify?token=t0ken", &failed, TokenState::Whole);
        assert_eq!(scan.path, "/auth/verify");
        assert_eq!(scan.answer, None);
    }
}
