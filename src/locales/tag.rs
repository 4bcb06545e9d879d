//! Language tags (BCP 47), as files are named and browsers ask.

/// A tag in the one spelling that is compared and shown; `None` if it is none.
pub(crate) fn canonical(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut parts = text.split('-');
    let language = parts.next()?;
    let is_language = matches!(language.len(), 2 | 3 | 5..=8) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let mut tag = if is_language {
        current(&language.to_ascii_lowercase()).to_owned()
    } else {
        return None;
    };
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let is_word = part.bytes().all(|b| b.is_ascii_alphabetic());
        tag.push('-');
        match part.len() {
            2 if is_word => tag.push_str(&part.to_ascii_uppercase()),
            4 if is_word => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    // One file for all that reads simplified characters.
    if matches!(tag.as_str(), "zh" | "zh-Hans" | "zh-Hans-CN") {
        tag = "zh-CN".to_owned();
    }
    Some(tag)
}

/// Whether a language is written from right to left: by its script, where the tag names one.
pub(super) fn is_rtl(tag: &str) -> bool {
    match tag.split('-').find(|part| part.len() == 4) {
        Some(script) => ["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"].contains(&script),
        None => {
            let rtl = [
                "ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr", "arc",
            ];
            rtl.contains(&language(tag))
        }
    }
}

/// A tag's first part.
pub(super) fn language(tag: &str) -> &str {
    let end = tag.bytes().position(|b| b == b'-').unwrap_or(tag.len());
    &tag[..end]
}

/// Whether two tags are the same, whatever their capitals and the name that their language once had.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (a, b) = (language(one), language(other));
    speaks(a, b) && one[a.len()..].eq_ignore_ascii_case(&other[b.len()..])
}

/// Whether two first parts name one language.
pub(super) fn speaks(one: &str, other: &str) -> bool {
    current(one).eq_ignore_ascii_case(current(other))
}

/// What a language is called now.
pub(super) fn current(language: &str) -> &str {
    RENAMED
        .iter()
        .find(|(old, _)| old.eq_ignore_ascii_case(language))
        .map_or(language, |(_, now)| now)
}

/// Whether a Chinese tag means traditional characters.
pub(super) fn is_traditional(tag: &str) -> bool {
    let mut parts = tag.split('-').skip(1);
    let script = parts.clone().find(|part| part.len() == 4);
    match script {
        Some(script) => script.eq_ignore_ascii_case("hant"),
        None => parts.any(|part| ["tw", "hk", "mo"].iter().any(|place| place.eq_ignore_ascii_case(part))),
    }
}

/// Languages that browsers still ask for by an old or a narrower name.
const RENAMED: [(&str, &str); 4] = [("iw", "he"), ("in", "id"), ("ji", "yi"), ("cmn", "zh")];
/// Characters of a tag: what RFC 5646 asks implementations to take.
const LONGEST: usize = 35;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_spelling() {
        for (text, tag) in [
            ("de", Some("de")),
            ("DE-ch", Some("de-CH")),
            ("SR-latn-rs", Some("sr-Latn-RS")),
            ("iw", Some("he")),
            ("zh-hans", Some("zh-CN")),
            ("zh-tw", Some("zh-TW")),
            ("es-419", Some("es-419")),
            ("ckb", Some("ckb")),
            ("", None),
            ("d", None),
            ("german language", None),
            ("de_CH", None),
            ("de-", None),
            ("de-toolongpart", None),
            ("äö", None),
        ] {
            assert_eq!(canonical(text).as_deref(), tag, "{text}");
        }
    }

    #[test]
    fn scripts_have_their_direction() {
        for (tag, rtl) in [
            ("ar", true),
            ("he", true),
            ("fa-IR", true),
            ("az-Arab", true),
            ("uz-Latn", false),
            ("en", false),
            ("zh-CN", false),
        ] {
            assert_eq!(is_rtl(tag), rtl, "{tag}");
        }
    }
}
