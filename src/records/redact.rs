//! Texts of clients, without anything that could be a token.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// A path with every segment left out that could be a token: six characters or more, unless it is a few plain words.
#[must_use]
pub fn path(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| if could_be_token(segment) { LEFT_OUT } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// A user-agent or like text. `known` are tokens that this very request carries.
#[must_use]
pub fn text(text: &str, known: &[&str]) -> String {
    let mut text = Cow::Borrowed(start(text));
    // First of all: without the controls inside it a token is whole again.
    if text.contains(char::is_control) {
        text = Cow::Owned(text.replace(char::is_control, ""));
    }
    let text = without_tokens(&text, known);
    let mut out = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !is_token_char(c)) {
        let (word, end) = match run.char_indices().next_back() {
            Some((at, last)) if !is_token_char(last) => run.split_at(at),
            _ => (run, ""),
        };
        let plain = !mixed(word) || word.len() < SUSPECT_LEN;
        out.push_str(if plain { word } else { LEFT_OUT });
        out.push_str(end);
    }
    out.truncate(out.floor_char_boundary(MAX_LEN));
    out
}

/// A text that no client writes, such as the name of its address, without the tokens of this very request.
#[must_use]
pub fn without_tokens<'t>(text: &'t str, known: &[&str]) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    for token in known.iter().filter(|token| token.len() >= 4) {
        if text.contains(token) {
            text = Cow::Owned(text.replace(token, LEFT_OUT));
        }
    }
    text
}

/// A field's name, which is in lower case whatever the client wrote.
#[must_use]
pub fn name(name: &str, known: &[&str]) -> String {
    let lower: Vec<String> = known.iter().map(|token| token.to_ascii_lowercase()).collect();
    text(name, &lower.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A text for eyes, with everything that can't be seen, or that steers what is seen around it, escaped: `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |out, hidden| out.extend(hidden.escape_default()))
}

/// The same of a JSON text: inside its strings the characters are escaped as JSON does it, and it means what it meant.
/// Line breaks and indents between its parts stay: inside strings a writer of JSON has escaped them.
#[must_use]
pub fn visible_json(text: &str) -> Cow<'_, str> {
    escaped(text, |out, hidden| {
        if hidden < ' ' {
            return out.push(hidden);
        }
        for unit in hidden.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character has no look of its own: controls, formats, separators other than the space, what is unassigned
/// or private, by the standard library's tables; and what is ignored where a font does not know it.
fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    // Behind another character a combining mark is seen.
    let shown = String::from_iter(['x', c]);
    shown.escape_debug().nth(1) == Some('\\') || IGNORED.iter().any(|range| range.contains(&c))
}

/// The part of a long text that is looked at; it ends between words.
fn start(text: &str) -> &str {
    let end = text.floor_char_boundary(8 * MAX_LEN);
    if end == text.len() {
        text
    } else {
        text[..end].trim_end_matches(is_token_char)
    }
}

fn could_be_token(segment: &str) -> bool {
    let short = segment.len() < MIN_TOKEN_LEN && segment.is_ascii() && !segment.contains('%');
    let parts = || segment.split(['-', '_', '.']);
    // Four words and more could be a passphrase.
    let phrase = segment.len() > MAX_PHRASE_LEN && parts().count() >= 4;
    !short && (phrase || !parts().all(is_plain_word))
}

/// `verify`, `Account`; `woff2`.
fn is_plain_word(part: &str) -> bool {
    let tail = part.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(part);
    let letters = part.len() < SUSPECT_LEN && tail.bytes().all(|b| b.is_ascii_lowercase());
    letters || WORDS_WITH_DIGITS.contains(&part)
}

fn mixed(word: &str) -> bool {
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    let letters = word.bytes().any(|b| b.is_ascii_alphabetic());
    (digits && letters) || word.len() >= 2 * SUSPECT_LEN
}

const fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=' | '+' | '%' | '~')
}

/// `Default_Ignorable_Code_Point` of Unicode 16 (`DerivedCoreProperties.txt`), without what the standard library escapes.
const IGNORED: [RangeInclusive<char>; 8] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0000}'..='\u{e0fff}',
];
const WORDS_WITH_DIGITS: [&str; 2] = ["oauth2", "woff2"];
/// Shorter ones are words, numbers and versions: `v1`.
const MIN_TOKEN_LEN: usize = 6;
const MAX_PHRASE_LEN: usize = 24;
const SUSPECT_LEN: usize = 16;
const MAX_LEN: usize = 512;
/// Stands where something was left out.
pub const LEFT_OUT: &str = "…";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_their_words_and_lose_what_could_be_a_token() {
        assert_eq!(
            path("/auth/check-your-mail-again/style.css"),
            "/auth/check-your-mail-again/style.css"
        );
        assert_eq!(path("/r/3f7Kq9_ZtYwLmN0pQrSt"), "/r/…");
        assert_eq!(path("/r/0190a6c0-7b1e-7cc0-8a5e-0242ac120002/x"), "/r/…/x");
        assert_eq!(path("/r/%33%66"), "/r/…");
        for kept in [
            "/v1/users/1234/check-your-mail",
            "/.well-known/openid-configuration",
            "/oauth2/authorize",
            "/Account/Login",
            "/static/app.css",
            "/fonts/plain-sans.woff2",
        ] {
            assert_eq!(path(kept), kept);
        }
        assert_eq!(path("/auth/verify/Ab3dEf9hK2mR"), "/auth/verify/…");
        assert_eq!(path("/r/Ab3dEf9hK2mQ/x"), "/r/…/x");
        for token in [
            "ab3d9f",
            "482913",
            "abCdef",
            "ABCDEF",
            "app.3f2c.js",
            "ab-3d-9f",
            "correct-horse-battery-staple",
        ] {
            assert_eq!(path(&format!("/r/{token}")), "/r/…", "{token}");
        }
        assert_eq!(path("/r/abcdefghijklmnopqrstuvwxyz"), "/r/…");
    }

    #[test]
    fn user_agents_stay_and_tokens_in_them_go() {
        let chrome =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0";
        assert_eq!(text(chrome, &[]), chrome);
        assert_eq!(
            text("facebookexternalhit/1.1 GoogleImageProxy", &[]),
            "facebookexternalhit/1.1 GoogleImageProxy"
        );
        assert_eq!(text("bot 3f7Kq9ZtYwLmN0pQrSt end", &[]), "bot … end");
        assert_eq!(text("bot short-tok end", &["short-tok"]), "bot … end");
        assert_eq!(text("a\r\nforged", &[]), "aforged");
        assert_eq!(name("x-short-tok", &["Short-Tok"]), "x-…");
        let long = text(
            &format!("bot {}x!short-tok", " ".repeat(8 * MAX_LEN - 10)),
            &["short-tok"],
        );
        assert_eq!(long.len(), MAX_LEN);
        assert_eq!(
            start(&format!("{}x short-tok", " ".repeat(8 * MAX_LEN - 5))).trim(),
            "x"
        );
    }

    #[test]
    fn what_hides_or_steers_is_shown_and_means_the_same_in_json() {
        let ranges = [
            0x00..=0x1f,
            0x7f..=0x9f,
            0xad..=0xad,
            0x34f..=0x34f,
            0x600..=0x605,
            0x61c..=0x61c,
            0x6dd..=0x6dd,
            0x70f..=0x70f,
            0x890..=0x891,
            0x8e2..=0x8e2,
            0x115f..=0x1160,
            0x17b4..=0x17b5,
            0x180b..=0x180f,
            0x200b..=0x200f,
            0x2028..=0x202e,
            0x2060..=0x206f,
            0x3164..=0x3164,
            0xfe00..=0xfe0f,
            0xfeff..=0xfeff,
            0xffa0..=0xffa0,
            0xfff9..=0xfffb,
            0x1_10bd..=0x1_10bd,
            0x1_10cd..=0x1_10cd,
            0x1_3430..=0x1_343f,
            0x1_bca0..=0x1_bca3,
            0x1_d173..=0x1_d17a,
            0xe_0000..=0xe_0fff,
        ];
        for c in ranges.into_iter().flatten().filter_map(char::from_u32) {
            let text = format!("a{c}b");
            assert!(!visible(&text).contains(c), "{c:?}");
            let json = serde_json::to_string(&text).unwrap();
            let shown = visible_json(&json);
            assert!(!shown.contains(c) && shown.is_ascii(), "{c:?}");
            assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
        for seen in ["Mozilla/5.0 (X11) \"a\" \\", "Prüfung 検証 अनुमति", "e\u{301}"] {
            assert_eq!(visible(seen), seen);
            assert_eq!(visible_json(seen), seen);
        }
        assert_eq!(visible("a\u{202e}b\u{1b}\n"), "a\\u{202e}b\\u{1b}\\n");
    }

    #[test]
    fn controls_inside_a_token_do_not_hide_it() {
        let controls = (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32);
        for control in controls {
            for (token, known) in [("short-tok", &["short-tok"][..]), ("3f7Kq9ZtYwLmN0pQrSt", &[])] {
                for at in 0..=token.len() {
                    let (start, end) = token.split_at(at);
                    let agent = format!("bot {start}{control}{end} end");
                    assert_eq!(text(&agent, known), "bot … end", "{agent:?}");
                }
            }
        }
    }
}
