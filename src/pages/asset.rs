//! The pages' own files, each under a name of its content, so that it may be kept for good.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use super::headers::own;
use super::template::trimmed;
use crate::brand::Logo;

/// A file, and the path that it is served at.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its path.
    pub path: String,
    /// What is in it.
    pub content: Bytes,
    /// What the log calls it.
    pub name: &'static str,
    content_type: &'static str,
}

impl Asset {
    /// The script that tells what a press looked like, below the path prefix `assets`.
    #[must_use]
    pub fn script(assets: &str) -> Self {
        let text = trimmed(include_str!("press.js"), "\n");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let name = HEXLOWER.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..8]);
        Self {
            path: format!("{assets}press-{name}.js"),
            content: text.into(),
            name: "script",
            content_type: "text/javascript; charset=utf-8",
        }
    }

    /// A logo, below the path prefix `assets`.
    #[must_use]
    pub fn logo(assets: &str, logo: &Logo) -> Self {
        Self {
            path: format!("{assets}{}", logo.file_name()),
            content: logo.content.clone(),
            name: "logo",
            content_type: logo.kind.content_type(),
        }
    }

    /// Sets what it carries. Its name tells its content, so it never changes. Opened by itself, a picture is a page that
    /// could run what is in it: its policy lets it draw, and nothing else.
    pub fn set_headers(&self, headers: &mut HeaderMap) {
        own(headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_small_and_needs_nothing_from_elsewhere() {
        let script = Asset::script("/.linklatch/");
        assert!(script.content.len() < 4096, "{} bytes", script.content.len());
        let text = std::str::from_utf8(&script.content).unwrap();
        for word in [
            "http:",
            "https:",
            "fetch(",
            "XMLHttpRequest",
            "sendBeacon",
            "cookie",
            "Storage",
            "eval",
        ] {
            assert!(!text.contains(word), "{word}");
        }
    }

    #[test]
    fn its_fields_are_the_gate_s() {
        let text = Asset::script("/").content;
        let text = std::str::from_utf8(&text).unwrap();
        for field in [
            crate::gate::evidence::EVIDENCE_FIELD,
            crate::gate::evidence::DECOY_FIELD,
        ] {
            assert!(text.contains(&format!("\"{field}\"")), "{field}");
        }
    }
}
