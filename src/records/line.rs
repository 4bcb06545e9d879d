//! One of our own lines: its members as they stand in its text, and what they mean.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hasher as _};

use super::VALUE;
use super::likeness::Seed;

/// What of a line is needed to judge its visit again, as it stands there; empty where it is not there. What many lines
/// have alike is only told by a hash, and read with [`members`] where it is new.
#[derive(Debug, Default)]
pub(super) struct Line<'l> {
    pub(super) timestamp: &'l str,
    pub(super) request_id: &'l str,
    pub(super) method: &'l str,
    pub(super) client: &'l str,
    pub(super) asn: &'l str,
    pub(super) domain: &'l str,
    pub(super) outcome: &'l str,
    pub(super) link_id: &'l str,
    pub(super) age: &'l str,
    pub(super) repaired: &'l str,
    pub(super) agent: &'l str,
    pub(super) class: &'l str,
    pub(super) report: &'l str,
    /// Equal for equal requests, but for their method and where they come from.
    pub(super) kind: u64,
    /// Equal for equal verdicts.
    pub(super) verdict: u64,
}

impl<'l> Line<'l> {
    /// `None` for what is no whole object.
    pub(super) fn of(text: &'l str, seed: &Seed) -> Option<Self> {
        let mut line = Self::default();
        let (mut kind, mut verdict) = (seed.build_hasher(), seed.build_hasher());
        members(text, |key, value| match key {
            "timestamp" => line.timestamp = value,
            "request_id" => line.request_id = value,
            "http.request.method" => line.method = value,
            "client.address" => line.client = value,
            "client.as.number" => line.asn = value,
            "client.domain" => line.domain = value,
            "linklatch.outcome" => line.outcome = value,
            "linklatch.link.id" => line.link_id = value,
            "linklatch.link.age" => line.age = value,
            "linklatch.link.repaired" => line.repaired = value,
            "linklatch.visit.agent" => line.agent = value,
            "linklatch.press.report" => line.report = value,
            "linklatch.verdict.class"
            | "linklatch.verdict.score"
            | "linklatch.verdict.findings"
            | "linklatch.step"
            | "linklatch.reason"
            | "linklatch.visit.asked"
            | "linklatch.press.doubts"
            | "linklatch.press.score" => {
                if key.ends_with("class") {
                    line.class = value;
                }
                verdict.write(key.as_bytes());
                verdict.write(value.as_bytes());
            }
            "url.scheme"
            | "http.route"
            | "network.protocol.version"
            | "user_agent.original"
            | "tls.client.ja4"
            | "linklatch.visit.fields"
            | "linklatch.visit.cut"
            | "linklatch.link.name" => {
                kind.write(key.as_bytes());
                kind.write(value.as_bytes());
            }
            _ if key.starts_with(VALUE) => {
                kind.write(key.as_bytes());
                kind.write(value.as_bytes());
            }
            _ => {}
        })?;
        line.kind = kind.finish();
        line.verdict = verdict.finish();
        Some(line)
    }
}

/// Gives the members of a JSON object to `each`: their keys and values as they stand there. `None` if it is no whole
/// object.
pub(super) fn members<'l>(text: &'l str, mut each: impl FnMut(&'l str, &'l str)) -> Option<()> {
    let mut scan = Scan { text, at: 0 };
    scan.take(b'{')?;
    if scan.take(b'}').is_none() {
        loop {
            let key = scan.string()?;
            scan.take(b':')?;
            let value = scan.value()?;
            each(&key[1..key.len() - 1], value);
            if scan.take(b',').is_none() {
                break;
            }
        }
        scan.take(b'}')?;
    }
    scan.next().is_none().then_some(())
}

/// The text that a value is.
pub(super) fn text(value: &str) -> Option<Cow<'_, str>> {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
        _ => serde_json::from_str(value).ok().map(Cow::Owned),
    }
}

/// The texts that a value is a list of.
pub(super) fn texts(value: &str) -> Option<Vec<String>> {
    serde_json::from_str(value).ok()
}

struct Scan<'l> {
    text: &'l str,
    at: usize,
}

impl<'l> Scan<'l> {
    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// A text with its quotes.
    fn string(&mut self) -> Option<&'l str> {
        self.take(b'"')?;
        let start = self.at - 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let found = memchr::memchr2(b'"', b'\\', rest)?;
            self.at += found + 1;
            if rest[found] == b'"' {
                return self.text.get(start..self.at);
            }
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<&'l str> {
        match self.next()? {
            b'"' => self.string(),
            b'[' | b'{' => self.nested(),
            _ => self.word(),
        }
    }

    /// A list or an object.
    fn nested(&mut self) -> Option<&'l str> {
        let (start, mut depth) = (self.at, 0);
        loop {
            match self.next()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return self.text.get(start..self.at);
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<&'l str> {
        let rest = self.text.get(self.at..)?;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.bytes().position(|byte| !is_part(byte))?;
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Option<Vec<(&str, &str)>> {
        let mut all = Vec::new();
        members(text, |key, value| all.push((key, value)))?;
        Some(all)
    }

    #[test]
    fn members_stand_as_they_are() {
        let line = r#"{"a":"x\"\\","b":[["]\""],{"c":"}"}], "d" : -1.5e3 ,"e":null,"f":{}}"#;
        let values = [r#""x\"\\""#, r#"[["]\""],{"c":"}"}]"#, "-1.5e3", "null", "{}"];
        assert_eq!(
            all(line),
            Some(["a", "b", "d", "e", "f"].into_iter().zip(values).collect())
        );
        assert_eq!(all(" {} "), Some(Vec::new()));
        for cut in 1..line.len() {
            assert_eq!(all(&line[..cut]), None, "{cut}");
        }
        for other in [
            r#"{"a":1}x"#,
            r#"{"a":"b{"a":1}"#,
            r#"{"a":}"#,
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            "[]",
        ] {
            assert_eq!(all(other), None, "{other}");
        }
    }

    #[test]
    fn texts_are_read_without_their_escapes() {
        assert_eq!(text(r#""a b""#).as_deref(), Some("a b"));
        assert_eq!(text(r#""\u00e4\"""#).as_deref(), Some("ä\""));
        for other in ["1", "null", r#""\x""#, ""] {
            assert_eq!(text(other), None, "{other}");
        }
        assert_eq!(texts(r#"["a","b"]"#), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(texts("[1]"), None);
    }
}
