//! What is known of one request for a link, borrowed from it.

use std::net::IpAddr;

use http::{HeaderMap, Method, header};

/// One request for a link, reduced to what classification may look at.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'r> {
    /// Its method.
    pub method: &'r Method,
    /// Its header fields.
    pub headers: &'r HeaderMap,
    /// The client's address.
    pub client: IpAddr,
}

impl Visit<'_> {
    /// A header field's value, if it is there once and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether a program asks rather than a person's browser: it prefers JSON, or fetches from a script
    /// (Fetch Metadata: `Sec-Fetch-Dest: empty`).
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.header("sec-fetch-dest")
            .is_some_and(|dest| dest.eq_ignore_ascii_case("empty"))
            || self.prefers_json()
    }

    /// RFC 9110 section 12.5.1: JSON is named, with a higher weight than HTML. Wildcards name nothing.
    fn prefers_json(&self) -> bool {
        let (mut json, mut html) = (0, 0);
        for value in self.headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                let mut parts = range.split(';').map(str::trim);
                let media = parts.next().unwrap_or_default().to_ascii_lowercase();
                let weight = parts
                    .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                    .map_or(Some(1.0), |q| q.parse::<f32>().ok())
                    .map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16);
                if media == "application/json" || (media.starts_with("application/") && media.ends_with("+json")) {
                    json = json.max(weight);
                } else if media == "text/html" || media == "application/xhtml+xml" {
                    html = html.max(weight);
                }
            }
        }
        json > html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_program(name: &'static str, value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Visit {
            method: &Method::GET,
            headers: &headers,
            client: IpAddr::from([192, 0, 2, 1]),
        }
        .is_program()
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
}
