//! Keys as text: one a line, base64url, '#' for comments.

use std::ops::Range;

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::secret::SecretKey;

/// Reads all keys of a text; the byte ranges of the lines that are none.
pub(crate) fn parse(text: &str) -> Result<Vec<SecretKey>, Vec<Range<usize>>> {
    let mut keys = Vec::new();
    let mut wrong = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = line.trim();
        if !word.is_empty() && !word.starts_with('#') {
            match decode(word) {
                Some(key) => keys.push(key),
                None => wrong.push(start..start + line.trim_end().len()),
            }
        }
        start += line.len();
    }
    if wrong.is_empty() { Ok(keys) } else { Err(wrong) }
}

fn decode(word: &str) -> Option<SecretKey> {
    let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(word.as_bytes()).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(SecretKey::new)
}

/// A key as it stands in a file: 43 characters.
#[must_use]
pub(crate) fn show(key: &SecretKey) -> Zeroizing<String> {
    Zeroizing::new(BASE64URL_NOPAD.encode(key.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        let text = format!(
            "# newest\n{}\n\n  {}\r\n",
            *show(&SecretKey::new([1; 32])),
            *show(&SecretKey::new([2; 32]))
        );
        let keys = parse(&text).unwrap();
        assert_eq!(keys.iter().map(|key| key.expose()[0]).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn wrong_lines_are_named_by_their_place() {
        let text = format!("# a\nshort\n{}\n", "A".repeat(44));
        assert_eq!(parse(&text).unwrap_err(), [4..9, 10..54]);
    }
}
