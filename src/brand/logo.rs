//! An operator's logo: what kind of picture it is, and the name of its content.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::HEXLOWER;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// What kind of picture.
    pub kind: LogoKind,
    /// The file.
    pub content: Bytes,
}

/// The kinds of pictures that every browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoKind {
    /// SVG.
    Svg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// JPEG.
    Jpeg,
}

impl LogoKind {
    /// Content-Type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
        }
    }

    /// By the content: a name says little.
    fn of(content: &[u8]) -> Option<Self> {
        if content.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if content.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
            return Some(Self::WebP);
        }
        let text = std::str::from_utf8(content).ok()?;
        root(text)?.strip_prefix("<svg").filter(|rest| {
            let ends = rest.starts_with(|c: char| c.is_ascii_whitespace() || c == '>');
            // As a picture a browser shows it only in its namespace.
            ends && rest
                .split_once('>')
                .is_some_and(|(tag, _)| tag.contains("http://www.w3.org/2000/svg"))
        })?;
        Some(Self::Svg)
    }
}

impl Logo {
    /// Most bytes of a file.
    pub const LIMIT: usize = 64 * 1024;

    /// The picture, if it is one.
    #[must_use]
    pub fn new(content: Vec<u8>) -> Option<Self> {
        Some(Self {
            kind: LogoKind::of(&content)?,
            content: content.into(),
        })
    }

    /// A file name that changes with the content.
    #[must_use]
    pub fn file_name(&self) -> String {
        let hash = HEXLOWER.encode(&digest(&SHA256, &self.content).as_ref()[..8]);
        format!("logo-{hash}.{}", self.kind.ending())
    }
}

/// A document from its root element on.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE") => ">",
            _ => return Some(rest),
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_content() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;
        let kind = |content: &[u8]| Logo::new(content.to_vec()).map(|logo| logo.kind);
        assert_eq!(kind(svg.as_bytes()), Some(LogoKind::Svg));
        let prolog = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- by hand -->\n<!DOCTYPE svg>\n{svg}");
        assert_eq!(kind(prolog.as_bytes()), Some(LogoKind::Svg));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\nrest"), Some(LogoKind::Png));
        assert_eq!(kind(b"\xff\xd8\xff\xe0rest"), Some(LogoKind::Jpeg));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some(LogoKind::WebP));
        for other in [
            &b""[..],
            b"GIF89a",
            b"RIFF\0\0\0\0WAVE",
            b"<html><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<svg/>",
            b"<svgx xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<!-- never ends",
        ] {
            assert_eq!(kind(other), None, "{other:?}");
        }
    }

    #[test]
    fn its_name_tells_its_content() {
        let name = |content: &[u8]| Logo::new(content.to_vec()).unwrap().file_name();
        let one = name(b"\xff\xd8\xffone");
        assert!(
            one.starts_with("logo-") && one.ends_with(".jpg") && one.len() == 25,
            "{one}"
        );
        assert_ne!(one, name(b"\xff\xd8\xfftwo"));
    }
}
