//! A cleartext listener's only answer: the same place by https.
//!
//! The target may hold a token: it is neither logged nor kept, and the answer says so to caches and browsers.

use http::header::{CACHE_CONTROL, HOST, HeaderValue, LOCATION, REFERRER_POLICY};
use http::{Request, Response, StatusCode};

use crate::config::{Config, PublicUrl, canonical_host};
use crate::proxy::body::Body;
use crate::proxy::headers::check_framing;

/// What is needed to name the other place.
#[derive(Debug, Default)]
pub(crate) struct Redirect {
    hosts: Vec<String>,
    public: Option<PublicUrl>,
    target_limit: usize,
}

impl Redirect {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            hosts: config.hosts.clone(),
            public: config.public_url.clone().filter(|public| public.https),
            target_limit: config.limits.target,
        }
    }

    /// 308, so that a POST stays one; no host, or one that is not served, leads nowhere.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let (status, location) = match check_framing(request, self.target_limit) {
            Err(malformed) => (malformed.status(), None),
            Ok(()) => match self.location(request) {
                Some(location) => (StatusCode::PERMANENT_REDIRECT, Some(location)),
                None => (StatusCode::MISDIRECTED_REQUEST, None),
            },
        };
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.extend(location.map(|location| (LOCATION, location)));
        response
    }

    fn location<B>(&self, request: &Request<B>) -> Option<HeaderValue> {
        let line = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = canonical_host(line.or_else(|| request.uri().host())?);
        if !self.hosts.is_empty() && !self.hosts.contains(&host) {
            return None;
        }
        let public = self.public.as_ref().map(|public| public.authority.as_str());
        // A port that people see stands in the public URL; the one of this listener is not it.
        let authority = public.filter(|public| canonical_host(public) == host).unwrap_or(&host);
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        let target = if target == "*" { "/" } else { target };
        HeaderValue::from_str(&format!("https://{authority}{target}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_by_https() {
        let public = Some(PublicUrl {
            https: true,
            authority: "auth.example:8443".into(),
        });
        let hosts = vec!["auth.example".into(), "b.example".into(), "[2001:db8::1]".into()];
        let redirect = Redirect {
            hosts,
            public,
            target_limit: 64,
        };
        let long = format!("/{}", "x".repeat(100));
        type Case<'a> = (&'a str, &'a str, &'a [&'a str], u16, Option<&'a str>);
        let cases: &[Case<'_>] = &[
            (
                "GET",
                "/v?token=a%2Fb",
                &["b.example"],
                308,
                Some("https://b.example/v?token=a%2Fb"),
            ),
            ("HEAD", "/", &["b.example:8080"], 308, Some("https://b.example/")),
            ("POST", "/v", &["B.Example."], 308, Some("https://b.example/v")),
            (
                "GET",
                "//evil.example/x",
                &["b.example"],
                308,
                Some("https://b.example//evil.example/x"),
            ),
            ("GET", "/", &["auth.example"], 308, Some("https://auth.example:8443/")),
            ("GET", "/", &["[2001:db8::1]:80"], 308, Some("https://[2001:db8::1]/")),
            ("GET", "/", &["evil.example"], 421, None),
            ("GET", "/", &[], 400, None),
            ("GET", "/", &["b.example", "b.example"], 400, None),
            ("GET", "/", &["b.example@evil.example"], 400, None),
            ("GET", "/", &["b.example/x"], 400, None),
            ("GET", &long, &["b.example"], 414, None),
        ];
        for (method, target, hosts, status, location) in cases {
            let mut request = Request::builder().method(*method).uri(*target);
            for host in *hosts {
                request = request.header(HOST, *host);
            }
            let response = redirect.answer(&request.body(()).unwrap());
            let headers = response.headers();
            assert_eq!(response.status(), *status, "{method} {target} {hosts:?}");
            assert_eq!(headers.get(LOCATION).map(|value| value.to_str().unwrap()), *location);
            assert_eq!(headers[CACHE_CONTROL], "no-store");
            assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        }
    }
}
