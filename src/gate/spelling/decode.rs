//! What is decoded, and which bytes vanish or change.

use super::Work;

/// The path decoded once (sane), and what careless decoders make of it (odd), in any order of their habits. An encoded
/// slash stays `%2F`: whether it splits a segment is another habit. `None` if there are too many.
pub(super) fn texts(path: &[u8], work: &mut Work) -> Option<Vec<(Vec<u8>, bool)>> {
    let whole = decode_once(path);
    let strange = whole.iter().any(|b| b.is_ascii_control() || *b == b'\\') || decode_once(&whole) != whole;
    let mut texts = vec![(decode_path(path), strange)];
    let mut next = 0;
    while let Some((text, _)) = texts.get(next).cloned() {
        work.take(text.len())?;
        for habit in HABITS {
            let changed = habit(&text);
            if !texts.iter().any(|(known, _)| *known == changed) {
                texts.push((changed, true));
            }
        }
        next += 1;
        if texts.len() > MAX_TEXTS {
            return None;
        }
    }
    Some(texts)
}

type Habit = fn(&[u8]) -> Vec<u8>;

/// What careless readers do, each on its own.
const HABITS: [Habit; 6] = [decode_path, decode_wide, shorten, end_at_nul, narrow, without_unseen];

/// A string of C ends at a NUL.
fn end_at_nul(text: &[u8]) -> Vec<u8> {
    text.iter().copied().take_while(|b| *b != 0).collect()
}

/// Percent-decoding, once. A `%` that starts no escape stays.
pub(in crate::gate) fn decode_once(text: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(text).collect()
}

/// The same, but for slashes.
fn decode_path(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(3).position(|escape| escape.eq_ignore_ascii_case(b"%2f")) {
        out.extend(percent_encoding::percent_decode(&rest[..at]));
        out.extend_from_slice(SLASH.as_bytes());
        rest = &rest[at + SLASH.len()..];
    }
    out.extend(percent_encoding::percent_decode(rest));
    out
}

/// A text whose encoded slashes are decoded.
pub(super) fn with_slashes(text: &str) -> String {
    text.replace(SLASH, "/").replace("%2f", "/")
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

/// Fullwidth forms as what they look like: Unicode's compatibility mapping, and the "best fit" of Windows code pages.
fn narrow(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let plain = match c {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
                '\u{3000}' => ' ',
                _ => c,
            };
            out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
    out
}

/// A text without what some readers drop: bytes that are no UTF-8 (Bottle), controls and characters that nobody sees,
/// and then a `%` that starts no escape (classic ASP). One habit for all of these: no plain text of a template holds
/// any, so whoever drops less reads no more links.
fn without_unseen(text: &[u8]) -> Vec<u8> {
    let mut seen = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            if !(c.is_control() || is_invisible(c) || c == char::REPLACEMENT_CHARACTER) {
                seen.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    let is_escape = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let is_stray = |at: usize| seen[at] == b'%' && !seen.get(at + 1..at + 3).is_some_and(is_escape);
    (0..seen.len()).filter(|at| !is_stray(*at)).map(|at| seen[at]).collect()
}

/// Unicode's default ignorable characters, as far as they are in use: soft hyphen, joiners, directions, selectors.
pub(in crate::gate) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A text as the most careless reader sees it: narrow, without what nobody sees.
pub(in crate::gate) fn loosened(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_graphic() && b != b'%') {
        return text.to_owned();
    }
    String::from_utf8_lossy(&without_unseen(&narrow(text.as_bytes()))).into_owned()
}

/// What careless servers may make of a name or value: decoded again and again, in strange ways too, cut at a NUL, and
/// each of these loosened.
pub(in crate::gate) fn careless(text: &str) -> impl Iterator<Item = String> {
    let decoded = std::iter::successors(Some(text.as_bytes().to_vec()), |text| {
        let again = shorten(&decode_wide(&decode_once(text)));
        (again != *text).then_some(again)
    });
    decoded.take(MAX_DECODINGS + 1).flat_map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let cut = text.split_once('\0').map(|(before, _)| before.to_owned());
        let loose = loosened(&text);
        let loose_cut = cut.as_deref().map(loosened);
        [Some(text), Some(loose), cut, loose_cut].into_iter().flatten()
    })
}

/// A query or form text, decoded once: `+` is a space there.
pub(in crate::gate) fn decode_field(raw: &str) -> String {
    if !raw.bytes().any(|b| matches!(b, b'+' | b'%')) {
        return raw.to_owned();
    }
    let spaced = raw.replace('+', " ");
    String::from_utf8_lossy(&decode_once(spaced.as_bytes())).into_owned()
}

/// Whether a target holds controls. Tabs and line breaks are not meant: mail programs put them in, and taking them out
/// is a repair.
pub(in crate::gate) fn has_controls(target: &str) -> bool {
    if !target.bytes().any(|b| b == b'%' || !b.is_ascii_graphic()) {
        return false;
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let text = decode_once(target.as_bytes());
    text.utf8_chunks().any(|chunk| chunk.valid().contains(is_control))
}

const SLASH: &str = "%2F";
const MAX_TEXTS: usize = 48;
pub(in crate::gate) const MAX_DECODINGS: usize = 4;
