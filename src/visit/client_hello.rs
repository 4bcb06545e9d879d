//! JA4 from a TLS ClientHello (RFC 8446 section 4.1.2), as FoxIO has published it. Pure; reads no more than it is given.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

use super::Ja4;

/// The content type of a record that carries a handshake.
const HANDSHAKE: u8 = 22;
/// The handshake message's type.
const CLIENT_HELLO: u8 = 1;

const SERVER_NAME: u16 = 0;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;

/// The fingerprint of the ClientHello that a TCP connection's first TLS records hold; what follows it is not looked at.
/// `None` where it is not whole, or something else.
#[must_use]
pub fn ja4(records: &[u8]) -> Option<Ja4> {
    let message = message(records)?;
    ClientHello::parse(&message)?.ja4()
}

/// What JA4 is made from, without GREASE (RFC 8701), in the order of the message.
#[derive(Debug, Default)]
struct ClientHello<'b> {
    version: u16,
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    signature_algorithms: Vec<u16>,
    /// The first one that is offered.
    alpn: &'b [u8],
}

impl<'b> ClientHello<'b> {
    fn parse(message: &'b [u8]) -> Option<Self> {
        let mut message = Reader(message);
        let mut hello = Self {
            version: message.u16()?,
            ..Self::default()
        };
        message.take(32)?;
        let _session = message.short()?;
        hello.ciphers = numbers(message.long()?);
        let _compression = message.short()?;
        // TLS 1.2 may end here.
        let mut extensions = Reader(message.long().unwrap_or_default());
        while let Some(kind) = extensions.u16() {
            let body = extensions.long()?;
            if is_grease(kind) {
                continue;
            }
            hello.extensions.push(kind);
            let mut body = Reader(body);
            match kind {
                ALPN => hello.alpn = body.long().and_then(|names| Reader(names).short()).unwrap_or_default(),
                SIGNATURE_ALGORITHMS => hello.signature_algorithms = numbers(body.long().unwrap_or_default()),
                SUPPORTED_VERSIONS => {
                    let highest = numbers(body.short().unwrap_or_default()).into_iter().max();
                    hello.version = highest.unwrap_or(hello.version);
                }
                _ => {}
            }
        }
        Some(hello)
    }

    fn ja4(mut self) -> Option<Ja4> {
        let name = if self.extensions.contains(&SERVER_NAME) {
            'd'
        } else {
            'i'
        };
        let (ciphers, extensions) = (self.ciphers.len().min(99), self.extensions.len().min(99));
        self.ciphers.sort_unstable();
        self.extensions.retain(|kind| ![SERVER_NAME, ALPN].contains(kind));
        self.extensions.sort_unstable();
        let mut kinds = list(&self.extensions);
        if !(kinds.is_empty() || self.signature_algorithms.is_empty()) {
            kinds = format!("{kinds}_{}", list(&self.signature_algorithms));
        }
        let text = format!(
            "t{}{name}{ciphers:02}{extensions:02}{}_{}_{}",
            version_name(self.version),
            alpn_name(self.alpn),
            hash(&list(&self.ciphers)),
            hash(&kinds)
        );
        text.parse().ok()
    }
}

/// The body of the ClientHello, which may be spread over several records.
fn message(records: &[u8]) -> Option<Vec<u8>> {
    let mut records = Reader(records);
    let mut payload = Vec::new();
    loop {
        let [HANDSHAKE, 3, _] = *records.take(3)? else {
            return None;
        };
        payload.extend_from_slice(records.long()?);
        match *payload {
            [kind, ..] if kind != CLIENT_HELLO => return None,
            [_, a, b, c, ref body @ ..] => {
                let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
                if let Some(body) = body.get(..length) {
                    return Some(body.to_vec());
                }
            }
            _ => {}
        }
    }
}

fn version_name(version: u16) -> &'static str {
    match version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    }
}

/// The first and the last character; of hex, where one of the two is neither letter nor digit.
fn alpn_name(alpn: &[u8]) -> String {
    let (Some(&first), Some(&last)) = (alpn.first(), alpn.last()) else {
        return "00".to_owned();
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(first), char::from(last)].iter().collect();
    }
    format!("{:x}{:x}", first >> 4, last & 15)
}

/// Comma-separated, four hex digits each.
fn list(numbers: &[u16]) -> String {
    let mut text = String::with_capacity(5 * numbers.len());
    for number in numbers {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma}{number:04x}");
    }
    text
}

/// Twelve hex digits of a list's SHA-256; zeros for an empty one.
fn hash(list: &str) -> String {
    if list.is_empty() {
        return "0".repeat(12);
    }
    HEXLOWER.encode(&digest(&SHA256, list.as_bytes()).as_ref()[..6])
}

/// Two bytes each, without GREASE.
fn numbers(bytes: &[u8]) -> Vec<u16> {
    let pairs = bytes.as_chunks::<2>().0.iter();
    pairs
        .map(|pair| u16::from_be_bytes(*pair))
        .filter(|number| !is_grease(*number))
        .collect()
}

/// RFC 8701: 0x0a0a, 0x1a1a, … 0xfafa.
const fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 15 == 10
}

/// Bytes that are still to be read.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    /// What a length of one byte stands before.
    fn short(&mut self) -> Option<&'b [u8]> {
        let length = *self.take(1)?.first()?;
        self.take(length.into())
    }

    /// What a length of two bytes stands before.
    fn long(&mut self) -> Option<&'b [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }
}

#[cfg(test)]
mod tests;
