//! Texts of clients, without anything that could be a token.

use std::borrow::Cow;

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
    for token in known.iter().filter(|token| token.len() >= 4) {
        if text.contains(token) {
            text = Cow::Owned(text.replace(token, LEFT_OUT));
        }
    }
    let mut out = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !is_token_char(c)) {
        let (word, end) = match run.char_indices().next_back() {
            Some((at, last)) if !is_token_char(last) => run.split_at(at),
            _ => (run, ""),
        };
        let plain = !mixed(word) || word.len() < SUSPECT_LEN;
        out.push_str(if plain { word } else { LEFT_OUT });
        out.extend(end.chars().filter(|c| !c.is_control()));
    }
    out.truncate(out.floor_char_boundary(MAX_LEN));
    out
}

/// A field's name, which is in lower case whatever the client wrote.
#[must_use]
pub fn name(name: &str, known: &[&str]) -> String {
    let lower: Vec<String> = known.iter().map(|token| token.to_ascii_lowercase()).collect();
    text(name, &lower.iter().map(String::as_str).collect::<Vec<_>>())
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

const WORDS_WITH_DIGITS: [&str; 2] = ["oauth2", "woff2"];
/// Shorter ones are words, numbers and versions: `v1`.
const MIN_TOKEN_LEN: usize = 6;
const MAX_PHRASE_LEN: usize = 24;
const SUSPECT_LEN: usize = 16;
const MAX_LEN: usize = 512;
const LEFT_OUT: &str = "…";

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
}
