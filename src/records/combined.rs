//! The "combined" line of nginx's and Apache's access logs:
//! `192.0.2.7 - - [26/Nov/2026:01:27:01 +0000] "GET /path HTTP/1.1" 200 512 "referer" "user agent"`.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::fmt::strtime;

use crate::time::Timestamp;

/// What of a line is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Combined<'l> {
    pub(super) client: Option<IpAddr>,
    pub(super) at: Timestamp,
    pub(super) method: &'l str,
    /// With its token: it must go nowhere.
    pub(super) target: Cow<'l, str>,
    pub(super) version: &'l str,
    /// Empty where there was none.
    pub(super) user_agent: Cow<'l, str>,
}

impl<'l> Combined<'l> {
    /// `None` for what has another form.
    pub(super) fn parse(line: &'l str) -> Option<Self> {
        let (client, rest) = line.split_once(' ')?;
        let (_, rest) = rest.split_once('[')?;
        let (time, rest) = rest.split_once(']')?;
        let (request, rest) = quoted(rest.trim_start())?;
        let rest = rest.trim_start_matches(|c: char| c == ' ' || c == '-' || c.is_ascii_digit());
        let (_referer, rest) = quoted(rest)?;
        let (user_agent, _) = quoted(rest.trim_start())?;
        let mut parts = request.split(' ');
        let (method, target, protocol) = (parts.next()?, parts.next()?, parts.next()?);
        let time = strtime::parse("%d/%b/%Y:%H:%M:%S %z", time).ok()?;
        Some(Self {
            client: client.parse().ok(),
            at: Timestamp::from_millis(time.to_timestamp().ok()?.as_millisecond()),
            method,
            target: plain(target),
            version: protocol.strip_prefix("HTTP/")?,
            user_agent: if user_agent == "-" {
                Cow::Borrowed("")
            } else {
                plain(user_agent)
            },
        })
    }
}

/// A text between quotes, and what follows it. A quote in it is escaped.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}

/// A text without its escapes: `\x22` of nginx, `\"` of Apache.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let code = after.strip_prefix('x').and_then(|code| code.get(..2));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                let next = after.chars().next().map_or(0, char::len_utf8);
                bytes.extend_from_slice(&after.as_bytes()[..next]);
                rest = &after[next..];
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_nginx_and_one_of_apache() {
        let nginx = r#"192.0.2.7 - - [26/Nov/2026:02:27:01 +0100] "GET /v?token=abc HTTP/2.0" 200 512 "-" "Mozilla/5.0 \x22x\x22 (a)""#;
        let line = Combined::parse(nginx).unwrap();
        assert_eq!(line.client, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(line.at.to_string(), "2026-11-26T01:27:01.000Z");
        assert_eq!(
            (line.method, &*line.target, line.version),
            ("GET", "/v?token=abc", "2.0")
        );
        assert_eq!(line.user_agent, "Mozilla/5.0 \"x\" (a)");
        let apache = r#"host.example - bob [26/Nov/2026:01:27:01 +0000] "HEAD /v HTTP/1.1" 304 - "https://a.example/" "a \"b\" \\ c" 17"#;
        let line = Combined::parse(apache).unwrap();
        assert_eq!((line.client, line.user_agent.as_ref()), (None, "a \"b\" \\ c"));
        let nameless = nginx.replace("Mozilla/5.0 \\x22x\\x22 (a)", "-");
        assert_eq!(Combined::parse(&nameless).unwrap().user_agent, "");
    }

    #[test]
    fn other_forms_are_told() {
        for other in [
            "",
            "nonsense",
            r#"1.2.3.4 - - [x] "GET / HTTP/1.1" 200 1 "-" "-""#,
            r#"1.2.3.4 - - [26/Nov/2026:01:27:01 +0000] "\x16\x03" 400 1 "-" "-""#,
        ] {
            assert_eq!(Combined::parse(other), None, "{other}");
        }
    }
}
