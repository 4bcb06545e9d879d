//! Requests as lines of text: the cases that stay, and how a fault is told.

use crate::bend::Request;

/// Stands for the token.
const TOKEN: &str = "{token}";

impl Request {
    /// Reads `METHOD TARGET`, and for a body ` | TYPE | BODY`; what is not printable ASCII is escaped as in Rust.
    pub(crate) fn of_line(line: &str, token: &str) -> Self {
        let line = line.replace(TOKEN, token);
        let mut parts = line.splitn(3, " | ");
        let (method, target) = parts
            .next()
            .and_then(|start| start.split_once(' '))
            .expect("METHOD TARGET");
        Self {
            method: method.to_owned(),
            target: unescape(target),
            kind: parts.next().unwrap_or_default().to_owned(),
            body: unescape(parts.next().unwrap_or_default()),
        }
    }

    /// The line that reads as this request.
    pub(crate) fn line(&self, token: &str) -> String {
        let escape = |bytes: &[u8]| {
            bytes
                .escape_ascii()
                .to_string()
                .replace("\\\"", "\"")
                .replace("\\'", "'")
        };
        let mut line = format!("{} {}", self.method, escape(&self.target));
        if !self.body.is_empty() {
            line.push_str(&format!(" | {} | {}", self.kind, escape(&self.body)));
        }
        line.replace(token, TOKEN)
    }

    /// As bytes, with a field by which it is known again.
    pub(crate) fn bytes(&self, number: &str) -> Vec<u8> {
        let mut head = [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        head.extend(
            format!(
                "Host: auth.example\r\nUser-Agent: readers\r\n{}: {number}\r\n",
                crate::upstream::NUMBER
            )
            .bytes(),
        );
        if !self.kind.is_empty() {
            head.extend(format!("Content-Type: {}\r\n", self.kind).bytes());
        }
        if !self.body.is_empty() || !matches!(&*self.method, "GET" | "HEAD") {
            head.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        [&*head, b"\r\n", &self.body].concat()
    }
}

/// The other way of [`u8::escape_ascii`].
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escaped = if byte == b'\\' { rest.next() } else { None };
        bytes.push(match escaped {
            None => byte,
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b'x') => {
                let hex: Vec<_> = rest.by_ref().take(2).collect();
                u8::from_str_radix(&String::from_utf8_lossy(&hex), 16).expect("two hex digits")
            }
            Some(other) => other,
        });
    }
    bytes
}

#[test]
fn a_line_reads_as_the_request_that_it_tells() {
    for number in 0..1000 {
        let spelling = crate::bend::Spelling::new(1, number);
        let mut request = spelling.request();
        if request.body.is_empty() {
            request.kind.clear();
        }
        assert_eq!(
            Request::of_line(&request.line(&spelling.token), &spelling.token),
            request
        );
    }
}
