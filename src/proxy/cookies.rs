//! The gate's own cookies: what lets two tabs share an answer, an opening for replicas that share nothing, and the mark
//! of the browser that asked for a mail.
//!
//! All last for the browser's session at most, and none is needed for a confirmation.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderValue, header};

use crate::gate::keys::{BrowserSecret, Random};

/// One of the gate's cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    Browser,
    Opening,
    Asked,
}

impl Cookie {
    /// `__Host-` keeps sibling hosts from setting it; it needs TLS (RFC 6265bis section 4.1.3.2).
    const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Browser, true) => "__Host-linklatch",
            (Self::Browser, false) => "linklatch",
            (Self::Opening, true) => "__Host-linklatch-opening",
            (Self::Opening, false) => "linklatch-opening",
            (Self::Asked, true) => "__Host-linklatch-asked",
            (Self::Asked, false) => "linklatch-asked",
        }
    }

    /// Its value in a request.
    pub(crate) fn value(self, headers: &HeaderMap, https: bool) -> Option<&str> {
        let name = self.name(https);
        let mut texts = pairs(headers).filter_map(|pair| std::str::from_utf8(pair).ok());
        texts.find_map(|pair| {
            pair.split_once('=')
                .filter(|(given, _)| *given == name)
                .map(|(_, value)| value)
        })
    }

    /// The field that sets it.
    pub(super) fn set(self, value: &str, https: bool, life: Option<Duration>) -> Option<HeaderValue> {
        let life = life.map_or_else(String::new, |life| format!("; Max-Age={}", life.as_secs()));
        let secure = if https { "; Secure" } else { "" };
        let name = self.name(https);
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{life}{secure}")).ok()
    }
}

/// Adds a cookie of the gate's own to an answer of the upstream's. It is one browser's, so no shared cache may keep them
/// (RFC 9111 section 5.2.2.7; of directives at odds the strictest holds, section 4.2.1).
pub(super) fn add(headers: &mut HeaderMap, cookie: HeaderValue) {
    headers.append(header::SET_COOKIE, cookie);
    let mut lines = headers.get_all(header::CACHE_CONTROL).iter();
    let forbids = |line: &HeaderValue| {
        let directives = line.to_str().unwrap_or_default().split(',').map(str::trim);
        directives
            .into_iter()
            .any(|one| one.eq_ignore_ascii_case("no-store") || one.eq_ignore_ascii_case("private"))
    };
    if !lines.any(forbids) {
        headers.append(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    }
}

/// The secret of the browser that sent these fields, if it has one.
pub(crate) fn browser(headers: &HeaderMap, https: bool) -> Option<BrowserSecret> {
    let value = Cookie::Browser.value(headers, https)?;
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    Random::try_from(bytes).ok().map(BrowserSecret)
}

/// The cookie's text of a browser's secret.
pub(crate) fn browser_text(browser: BrowserSecret) -> String {
    BASE64URL_NOPAD.encode(&browser.0)
}

/// Takes the gate's own cookies out of a request; several lines become one (RFC 9113 section 8.2.3).
pub(crate) fn strip(headers: &mut HeaderMap) {
    let lines = || headers.get_all(header::COOKIE).iter();
    let untouched = lines().count() <= 1
        && lines().all(|line| !line.as_bytes().windows(OWN.len()).any(|part| part == OWN.as_bytes()));
    if untouched {
        return;
    }
    let own = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        [Cookie::Browser, Cookie::Opening, Cookie::Asked]
            .iter()
            .any(|cookie| [true, false].iter().any(|https| cookie.name(*https) == name))
    };
    let kept: Vec<u8> = pairs(headers)
        .filter(|pair| !pair.is_empty() && std::str::from_utf8(pair).map_or(true, |pair| !own(pair)))
        .collect::<Vec<_>>()
        .join(&b"; "[..]);
    match HeaderValue::from_bytes(&kept) {
        Ok(value) if !kept.is_empty() => {
            headers.insert(header::COOKIE, value);
        }
        _ => {
            headers.remove(header::COOKIE);
        }
    }
}

/// Cookies as bytes: an app's own may hold any.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    lines
        .flat_map(|line| line.as_bytes().split(|b| *b == b';'))
        .map(<[u8]>::trim_ascii)
}

const OWN: &str = "linklatch";

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        strip(&mut headers);
        assert!(headers.get_all(header::COOKIE).iter().count() <= 1);
        headers
            .get(header::COOKIE)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn own_cookies_go_and_others_stay() {
        assert_eq!(stripped(&["a=1; linklatch=x; b=2"]).as_deref(), Some("a=1; b=2"));
        assert_eq!(
            stripped(&["a=1", "__Host-linklatch-opening=y", "b=2"]).as_deref(),
            Some("a=1; b=2")
        );
        assert_eq!(stripped(&["linklatch=x"]), None);
        assert_eq!(stripped(&["my-linklatch=x;b"]).as_deref(), Some("my-linklatch=x; b"));
        assert_eq!(stripped(&["a=1;b=2"]).as_deref(), Some("a=1;b=2"));
    }

    #[test]
    fn a_browser_s_secret_comes_back_in_one_spelling() {
        let secret = BrowserSecret([7; 16]);
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            format!("x=y; linklatch={}", browser_text(secret)).parse().unwrap(),
        );
        assert_eq!(browser(&headers, false), Some(secret));
        assert_eq!(browser(&headers, true), None);
        let beside_any = format!("name=Zoë; linklatch={}", browser_text(secret));
        headers.insert(header::COOKIE, HeaderValue::from_bytes(beside_any.as_bytes()).unwrap());
        assert_eq!(browser(&headers, false), Some(secret));
        headers.insert(header::COOKIE, "linklatch=AAAA".parse().unwrap());
        assert_eq!(browser(&headers, false), None);
    }

    #[test]
    fn over_tls_it_is_bound_to_the_host() {
        let set = Cookie::Opening.set("v", true, Some(Duration::from_secs(900))).unwrap();
        assert_eq!(
            set,
            "__Host-linklatch-opening=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=900; Secure"
        );
        assert_eq!(
            Cookie::Browser.set("v", false, None).unwrap(),
            "linklatch=v; Path=/; HttpOnly; SameSite=Lax"
        );
    }
}
