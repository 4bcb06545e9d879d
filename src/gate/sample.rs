//! Samples: the request that each link and call of a configuration must recognise, run through the gate's own routing.
//!
//! A template that does not recognise its own sample protects nothing, however well it reads.

use http::{HeaderMap, HeaderValue, Request, header};
use serde_json::Value;

use super::link::{Call, Link};
use super::template::TOKEN;
use super::{CallToken, Gate, Routed};

/// What the gate takes a sample for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// What it is a sample of.
    Itself,
    /// A sample of this other link.
    Another(String),
    /// It has no one reading, so it is refused.
    Ambiguous,
    /// It passes as no link.
    Open,
}

impl Gate {
    /// What a GET of a link's sample is taken for. `link` is its place in the configuration.
    #[must_use]
    pub fn sample_of_link(&self, link: usize) -> Taken {
        let wanted = &self.links[link];
        let token = token(wanted);
        let Some(request) = request(&wanted.url.fill(|hole| Some(value(hole, &token)))) else {
            return Taken::Open;
        };
        match self.route(request, &self.host_of(wanted)) {
            Routed::Protected(protected) if protected.link == link && protected.mended.is_none() => Taken::Itself,
            Routed::Protected(protected) => Taken::Another(self.link(&protected).name.to_string()),
            Routed::Call(call) => Taken::Another(self.call_route(&call)),
            Routed::Ambiguous(_) => Taken::Ambiguous,
            Routed::Open(_) => Taken::Open,
        }
    }

    /// What the sample of a link's call is taken for, its fields in a JSON body. `call` is its place among the link's.
    #[must_use]
    pub fn sample_of_call(&self, link: usize, call: usize) -> Taken {
        let wanted = &self.links[link];
        let call = &wanted.calls[call];
        let token = token(wanted);
        let Some(mut request) = request(&call.url.fill(|hole| Some(value(hole, &token)))) else {
            return Taken::Open;
        };
        *request.method_mut() = call.method.clone();
        for (name, hole) in &call.headers {
            if let Ok(value) = HeaderValue::from_str(value(hole, &token)) {
                request.headers_mut().insert(name.clone(), value);
            }
        }
        let body = body(call, &token, request.headers_mut());
        let mut found = match self.route(request, &self.host_of(wanted)) {
            Routed::Call(found) => found,
            Routed::Protected(protected) => return Taken::Another(self.link(&protected).name.to_string()),
            Routed::Ambiguous(_) => return Taken::Ambiguous,
            Routed::Open(_) => return Taken::Open,
        };
        match self.call_token(&mut found, &body) {
            CallToken::Links { .. } if found.candidates.iter().any(|candidate| candidate.link == link) => Taken::Itself,
            CallToken::Links { .. } => Taken::Another(self.call_route(&found)),
            CallToken::Unclear => Taken::Ambiguous,
            CallToken::None => Taken::Open,
        }
    }

    fn host_of(&self, link: &Link) -> String {
        let known = link.host.as_ref().or_else(|| self.known_hosts.first());
        known.map_or_else(|| "localhost".to_owned(), Clone::clone)
    }
}

fn request(target: &str) -> Option<Request<()>> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request::new(());
    *request.uri_mut() = format!("{}?{query}", as_sent(path)).parse().ok()?;
    Some(request)
}

/// A path as browsers send it: they resolve dot segments, escaped ones too (WHATWG URL standard, path state).
fn as_sent(path: &str) -> String {
    let mut sent: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match &*segment.to_ascii_lowercase().replace("%2e", ".") {
            "." => {}
            ".." => {
                sent.pop();
            }
            _ => sent.push(segment),
        }
    }
    format!("/{}", sent.join("/"))
}

/// As long as the link's calls ask for, and as tokens usually are.
fn token(link: &Link) -> String {
    "Sample7Token".chars().cycle().take(link.min_length.max(43)).collect()
}

fn value<'t>(hole: &str, token: &'t str) -> &'t str {
    if hole == TOKEN { token } else { "sample" }
}

fn body(call: &Call, token: &str, headers: &mut HeaderMap) -> Vec<u8> {
    if call.fields.is_empty() {
        return Vec::new();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let fields = call
        .fields
        .iter()
        .map(|(name, hole)| (name.clone(), Value::from(value(hole, token))));
    Value::Object(fields.collect()).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::keys::KeyRing;
    use super::super::template::Template;
    use super::*;
    use crate::secret::SecretKey;
    use crate::signatures::Signatures;

    fn gate(urls: &[&str]) -> Gate {
        let link = |url: &&str| Link::new(url, Template::parse(url).unwrap());
        Gate::new(
            urls.iter().map(link).collect(),
            Arc::new(KeyRing::new(&[SecretKey::new([1; 32])]).unwrap()),
            &[],
            Arc::new(Signatures::none()),
            Default::default(),
            Duration::ZERO,
        )
    }

    fn taken(urls: &[&str], place: usize) -> Taken {
        gate(urls).sample_of_link(place)
    }

    #[test]
    fn an_ordinary_template_takes_its_own_sample() {
        for url in [
            "/auth/verify?token={token}",
            "/r/{token}.html",
            "/v/{user}/{token}/",
            "/v?type=magic&user%5Btoken%5D={token}",
            "/index.php/auth/verify?token={token}",
            "/{token}",
        ] {
            assert_eq!(taken(&[url], 0), Taken::Itself, "{url}");
        }
    }

    #[test]
    fn what_no_request_can_be_is_found() {
        for (url, expected) in [
            ("/a/../verify?token={token}", Taken::Open),
            ("/a/./verify?token={token}", Taken::Open),
            ("/a%252fb?token={token}", Taken::Open),
        ] {
            assert_eq!(taken(&[url], 0), expected, "{url}");
        }
        let two = ["/v/{token}", "/v/{other}?x={token}", "/w?token={token}"];
        assert_eq!(taken(&two, 1), Taken::Another("/v/{token}".to_owned()));
        assert_eq!(taken(&two, 2), Taken::Itself);
    }
}
