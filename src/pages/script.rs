//! The script of the page that holds a link: under a name of its content, so that it may be kept for good.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::HEXLOWER;

use super::template::trimmed;

/// A script, and the path that it is served at.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: Bytes,
}

impl Script {
    /// The script that tells what a press looked like, below the path prefix `assets`.
    #[must_use]
    pub fn of_press(assets: &str) -> Self {
        let text = trimmed(include_str!("press.js"), "\n");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let name = HEXLOWER.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..8]);
        Self {
            path: format!("{assets}press-{name}.js"),
            text: text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_and_needs_nothing_from_elsewhere() {
        let script = Script::of_press("/.linklatch/");
        assert!(script.text.len() < 4096, "{} bytes", script.text.len());
        let text = std::str::from_utf8(&script.text).unwrap();
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
        let text = Script::of_press("/").text;
        let text = std::str::from_utf8(&text).unwrap();
        for field in [
            crate::gate::evidence::EVIDENCE_FIELD,
            crate::gate::evidence::DECOY_FIELD,
        ] {
            assert!(text.contains(&format!("\"{field}\"")), "{field}");
        }
    }
}
