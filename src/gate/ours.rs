//! Which requests come from pages of our own.

use http::{HeaderMap, HeaderValue, header};

/// Our own hosts, with their ports, as a browser may know them.
#[derive(Clone, Copy, Debug)]
pub struct Ours<'r> {
    /// The hosts: what this request names, with and without a proxy's word, and what the configuration does.
    pub authorities: [&'r str; 3],
    /// Whether the ports are certain. A proxy in front may hide them.
    pub ports: bool,
}

impl Ours<'_> {
    /// Whether a page of ours sent these fields: same-origin or typed in by Fetch Metadata, else by Origin's host, else
    /// from a client that sends neither. The scheme is not compared: a TLS terminator in front may hide it.
    #[must_use]
    pub fn sent(&self, headers: &HeaderMap) -> bool {
        if let Some(site) = headers.get("sec-fetch-site") {
            return site == "same-origin" || site == "none";
        }
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        self.is_ours(origin)
    }

    /// Whether a script of this site made a call: same-origin or same-site by Fetch Metadata; where that is absent, by
    /// Origin's host, which is ours or one of `hosts`; else it is a client that sends neither.
    #[must_use]
    pub fn called(&self, headers: &HeaderMap, hosts: &[String]) -> bool {
        if let Some(site) = headers.get("sec-fetch-site") {
            return site == "same-origin" || site == "same-site";
        }
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        let host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        let is_known =
            |(_, host): (&str, &str)| hosts.iter().any(|own| host[..name_len(host)].eq_ignore_ascii_case(own));
        self.is_ours(origin) || host.is_some_and(is_known)
    }

    fn is_ours(&self, origin: &HeaderValue) -> bool {
        let Some((scheme, host)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
            return false;
        };
        let default = if scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        let bare = |authority: &str| {
            let authority = authority.strip_suffix(default).unwrap_or(authority);
            let end = if self.ports {
                authority.len()
            } else {
                name_len(authority)
            };
            authority[..end].to_ascii_lowercase()
        };
        self.authorities.iter().any(|own| bare(own) == bare(host))
    }

    /// Whether a page of this site sent them, its other hosts included, or something that is no browser.
    #[must_use]
    pub fn sent_by_site(&self, headers: &HeaderMap) -> bool {
        headers.get("sec-fetch-site").is_some_and(|site| site == "same-site") || self.sent(headers)
    }
}

/// The length of an authority without its port.
fn name_len(authority: &str) -> usize {
    match authority.rfind(':') {
        Some(at) if authority[at + 1..].bytes().all(|b| b.is_ascii_digit()) => at,
        _ => authority.len(),
    }
}
