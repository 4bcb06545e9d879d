//! The ways in which a server might read a request's path.
//!
//! Routers differ in what they decode, merge, cut and fold. Every reading that a sane router may take counts as what
//! it spells; one that only a careless or over-eager router takes is *odd*: it must not reach anything that it might
//! mean (CVE-2023-33189, CVE-2021-39206, CVE-2026-42274 were all a gate that read a path in another way than the
//! server behind it).

use super::template::Pattern;

/// One way to read a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Decoded segments; no empty ones, no dot segments.
    pub(super) segments: Vec<String>,
    /// What a router that decodes before it looks for `?` takes for the query.
    pub(super) query: Option<String>,
    /// Whether only a careless router reads it so.
    pub(super) odd: bool,
}

/// Whether every router reads `path` alike, so that splitting it at slashes is all there is to do.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'%' | b'\\' | b';');
    path.starts_with('/')
        && path.bytes().all(plain)
        && !path.contains("//")
        && !path.contains("/./")
        && !path.contains("/../")
        && !path.ends_with("/.")
        && !path.ends_with("/..")
}

/// All readings of a path that is not plain; `None` if there are too many to look at.
pub(super) fn readings(path: &str) -> Option<Vec<Reading>> {
    let leading = path.starts_with("//") || !path.starts_with('/');
    let mut readings = Vec::new();
    split_then_decode(path, leading, &mut readings);
    for (text, odd) in texts(path.as_bytes())? {
        let text = String::from_utf8_lossy(&text);
        normalise(&text.split('/'), None, odd || leading, &mut readings);
        // WHATWG's URL parser, given a path that begins so, takes its first segment for the host.
        if (leading || text.starts_with("//"))
            && let Some((_, rest)) = text.trim_start_matches('/').split_once('/')
        {
            normalise(&rest.split('/'), None, true, &mut readings);
        }
        for cut in ['?', '#'] {
            if let Some((before, after)) = text.split_once(cut) {
                // Whoever cuts here may take what follows for the query, or the query that came.
                normalise(&before.split('/'), None, true, &mut readings);
                if cut == '?' {
                    normalise(&before.split('/'), Some(after), true, &mut readings);
                }
            }
        }
    }
    Some(readings)
}

/// A router that splits first keeps an encoded slash inside its segment.
fn split_then_decode(path: &str, leading: bool, readings: &mut Vec<Reading>) {
    let mut odd = leading;
    let mut segments: Vec<String> = Vec::new();
    for raw in path.split('/') {
        let bytes = decode_once(raw.as_bytes());
        odd |= bytes.iter().any(|b| b.is_ascii_control() || *b == b'\\') || decode_once(&bytes) != bytes;
        segments.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    normalise(&segments.iter().map(String::as_str), None, odd, readings);
}

/// The path decoded once (sane), and what careless decoders make of it (odd), in any order of their habits.
fn texts(path: &[u8]) -> Option<Vec<(Vec<u8>, bool)>> {
    let once = decode_once(path);
    let strange = once.iter().any(|b| b.is_ascii_control() || *b == b'\\') || decode_once(&once) != once;
    let mut texts = vec![(once, strange)];
    let mut next = 0;
    while let Some((text, _)) = texts.get(next).cloned() {
        let careless = [
            decode_once(&text),
            decode_wide(&text),
            shorten(&text),
            text.iter().map(|&b| if b == b'\\' { b'/' } else { b }).collect(),
            text.iter().copied().filter(|b| !b.is_ascii_control()).collect(),
            text.iter().copied().take_while(|b| *b != 0).collect(),
        ];
        for candidate in careless {
            if !texts.iter().any(|(known, _)| *known == candidate) {
                texts.push((candidate, true));
            }
        }
        next += 1;
        if texts.len() > MAX_TEXTS {
            return None;
        }
    }
    Some(texts)
}

/// Merges slashes, resolves dot segments and drops `;parameters`; also keeps a reading with the parameters.
fn normalise<'s>(
    raw: &(impl Iterator<Item = &'s str> + Clone),
    query: Option<&str>,
    odd: bool,
    readings: &mut Vec<Reading>,
) {
    for strip in [true, false] {
        let mut odd = odd;
        let mut segments: Vec<&str> = Vec::new();
        for segment in raw.clone() {
            let segment = if strip {
                segment.split(';').next().unwrap_or_default()
            } else {
                segment
            };
            match segment.trim() {
                "" | "." => {}
                ".." => odd |= segments.pop().is_none(),
                _ => segments.push(segment),
            }
        }
        let known =
            |reading: &Reading| reading.odd == odd && reading.query.as_deref() == query && reading.segments == segments;
        if segments.len() <= MAX_SEGMENTS && !readings.iter().any(known) {
            let segments = segments.into_iter().map(str::to_owned).collect();
            readings.push(Reading {
                segments,
                query: query.map(str::to_owned),
                odd,
            });
        }
    }
}

/// Percent-decoding, once. A `%` that starts no escape stays.
pub(super) fn decode_once(text: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(text).collect()
}

/// `%u` and four hex digits, which some old servers decode.
fn decode_wide(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let wide = text
            .get(at..at + 6)
            .filter(|escape| escape[0] == b'%' && matches!(escape[1], b'u' | b'U'))
            .and_then(|escape| std::str::from_utf8(&escape[2..]).ok())
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        if let Some(c) = wide {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            at += 6;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// Overlong UTF-8 as a lenient decoder reads it: `C0 AF` is a slash (RFC 3629 section 10 warns of it).
fn shorten(text: &[u8]) -> Vec<u8> {
    let low = |b: u8| u32::from(b & 0x3f);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (code, len) = match rest {
            [a @ 0xc0..=0xc1, b @ 0x80..=0xbf, ..] => ((u32::from(a & 0x1f) << 6) | low(*b), 2),
            [0xe0, b @ 0x80..=0x9f, c @ 0x80..=0xbf, ..] => ((low(*b) << 6) | low(*c), 3),
            [0xf0, 0x80, c @ 0x80..=0x8f, d @ 0x80..=0xbf, ..] => ((low(*c) << 6) | low(*d), 4),
            _ => (u32::from(rest[0]), 1),
        };
        match char::from_u32(code).filter(|_| len > 1) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.push(rest[0]),
        }
        at += len;
    }
    out
}

/// What `patterns` capture from `segments`, hole by hole; `None` if they don't fit.
///
/// A segment that ends in plain text also fits with dots or spaces behind it, and the last one with a format suffix
/// (`verify.json`): routers cut these off.
pub(super) fn capture<'t>(
    patterns: &[Pattern],
    segments: impl Iterator<Item = &'t str>,
    fold: bool,
) -> Option<Vec<&'t str>> {
    let mut captured = Vec::new();
    let mut segments = segments.peekable();
    for pattern in patterns {
        let segment = segments.next()?;
        let last = segments.peek().is_none();
        let text = if pattern.ends_in_hole() {
            pattern.capture(segment, fold)?
        } else {
            endings(segment, last).find_map(|ending| pattern.capture(ending, fold))?
        };
        if pattern.hole().is_some() {
            captured.push(text);
        }
    }
    segments.next().is_none().then_some(captured)
}

/// A segment as it stands, and without what routers cut off its end.
fn endings(segment: &str, last: bool) -> impl Iterator<Item = &str> {
    let trim = |text: &'_ str| text.trim_end_matches(['.', ' ']).len();
    let trimmed = segment.trim();
    let trimmed = &trimmed[..trim(trimmed)];
    let shorter = std::iter::successors(last.then_some(trimmed), move |text| {
        let (stem, _) = text.rsplit_once('.')?;
        (!stem.is_empty()).then(|| &stem[..trim(stem)])
    });
    [segment, trimmed].into_iter().chain(shorter)
}

/// What careless servers may make of a name or value: decoded again and again, in strange ways too, and cut at a NUL.
pub(super) fn careless(text: &str) -> impl Iterator<Item = String> {
    let decoded = std::iter::successors(Some(text.as_bytes().to_vec()), |text| {
        let again = shorten(&decode_wide(&decode_once(text)));
        (again != *text).then_some(again)
    });
    decoded.take(MAX_DECODINGS + 1).flat_map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let cut = text.split_once('\0').map(|(before, _)| before.to_owned());
        [Some(text), cut].into_iter().flatten()
    })
}

/// A text without what some decoders drop: controls, a byte order mark, bytes that are no UTF-8, a `%` of no escape.
pub(super) fn visible(text: &str) -> String {
    let dropped = |c: char| c.is_control() || matches!(c, '\u{feff}' | char::REPLACEMENT_CHARACTER | '%');
    text.chars().filter(|&c| !dropped(c)).collect()
}

/// A query or form text, decoded once: `+` is a space there.
pub(super) fn decode_field(raw: &str) -> String {
    if !raw.bytes().any(|b| matches!(b, b'+' | b'%')) {
        return raw.to_owned();
    }
    let spaced = raw.replace('+', " ");
    String::from_utf8_lossy(&decode_once(spaced.as_bytes())).into_owned()
}

/// No template has more segments, so no reading with more fits one.
pub(super) const MAX_SEGMENTS: usize = 32;
const MAX_TEXTS: usize = 48;
pub(super) const MAX_DECODINGS: usize = 4;

#[cfg(test)]
mod tests {
    use super::super::template::Template;
    use super::*;

    #[test]
    fn a_hostile_path_has_few_readings() {
        for unit in ["/..;x", "%25", "%2f%5c;", "/%252e%u002e%c0%ae", "//%00", "/a"] {
            let Some(readings) = readings(&format!("/x;{}", unit.repeat(8192 / unit.len()))) else {
                continue;
            };
            assert!(readings.len() <= 4 * MAX_TEXTS, "{unit}: {}", readings.len());
            assert!(readings.iter().all(|reading| reading.segments.len() <= MAX_SEGMENTS));
        }
    }

    fn verdict(path: &str) -> Option<bool> {
        let template = Template::parse("/auth/verify").unwrap();
        let fits = |reading: &Reading| {
            capture(template.segments(), reading.segments.iter().map(String::as_str), true).is_some()
        };
        let readings = readings(path)?;
        let sane = readings.iter().any(|reading| !reading.odd && fits(reading));
        let odd = readings.iter().any(|reading| reading.odd && fits(reading));
        if sane { Some(true) } else { odd.then_some(false) }
    }

    #[test]
    fn what_can_be_read_in_too_many_ways_is_not_read_at_all() {
        assert!(readings(&format!("/auth/%{}76erify", "25".repeat(MAX_TEXTS))).is_none());
        assert!(readings("/auth/%252576erify%00%5c%c0%af").is_some());
    }

    #[test]
    fn spellings_of_a_protected_path() {
        let link = [
            "/auth/verify",
            "/auth/verify/",
            "/AUTH/Verify",
            "//auth/verify".trim_start_matches('/'),
            "/auth//verify",
            "/auth/./verify",
            "/x/../auth/verify",
            "/auth/x/../verify",
            "/auth/%76erify",
            "/%61uth/verify",
            "/auth%2Fverify",
            "/auth%2fverify",
            "/auth/verify;v=1",
            "/auth;a=b/verify",
            "/auth/verify.json",
            "/auth/verify.",
            "/auth/verify%20",
            "/auth/verify%2E",
            "/auth/..;/auth/verify",
            "/auth/%2e/verify",
            "/x/%2e%2e/auth/verify",
            "/auth/verify.json/",
            "/auth/veri\u{17f}y".trim_end_matches('y'),
        ];
        for path in link.into_iter().filter(|path| path.starts_with('/') && path.is_ascii()) {
            assert_eq!(verdict(path), Some(true), "{path}");
        }
    }

    #[test]
    fn spellings_that_two_parsers_read_differently() {
        let odd = [
            "//auth/verify",
            "//evil.example/auth/verify",
            "/\\evil.example/auth/verify",
            "/\\/evil.example\\auth/verify",
            "/%5Cevil.example/auth/verify",
            "/%2Fevil.example/auth/verify",
            "/auth/%2576erify",
            "/auth/verify%00",
            "/auth/verify%00.png",
            "/auth%5cverify",
            "/auth\\verify",
            "/auth/%c0%afverify",
            "/auth%c0%afverify",
            "/../auth/verify",
            "/%2e%2e/auth/verify",
            "/auth/verify%3Ftoken=x",
            "/auth/verify%23",
            "/auth/ver%0aify",
            "/auth/%u0076erify",
            "/auth%252fverify",
            "/auth/verify%09",
        ];
        for path in odd {
            assert_eq!(verdict(path), Some(false), "{path}");
        }
    }

    #[test]
    fn other_paths_stay_other_paths() {
        for path in [
            "/auth",
            "/auth/verify/extra",
            "/auth/verif",
            "/verify",
            "/auth/verify-not",
            "/a%2525b",
            "/auth%00",
        ] {
            assert_eq!(verdict(path), None, "{path}");
        }
    }

    #[test]
    fn what_stands_behind_a_hole_may_have_an_ending_too() {
        let template = Template::parse("/r/{token}.html").unwrap();
        for (segment, token) in [
            ("T.html", Some("T")),
            ("T.html.", Some("T")),
            ("T.html ", Some("T")),
            ("T.HTML.json", Some("T")),
            ("T.html.html", Some("T.html")),
            ("T.json", None),
            (".html", None),
        ] {
            let captured = capture(template.segments(), ["r", segment].into_iter(), true);
            assert_eq!(captured, token.map(|token| vec![token]), "{segment}");
        }
    }
}
