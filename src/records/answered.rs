//! A request of any kind as its line tells it, and the references by which people name one.

use super::line::{members, text};
use crate::time::Timestamp;

/// A request as its line tells it, whether it was judged or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its reference.
    pub request_id: String,
    /// When its head was read.
    pub at: Timestamp,
    /// The line's other members: texts without their quotes, other values as they stand there.
    members: Vec<(String, String)>,
}

impl Answered {
    /// The request of a line; `None` if it is no request's line.
    pub(super) fn of(line: &str) -> Option<Self> {
        let mut all = Vec::new();
        members(line, |key, value| {
            let value = text(value).map_or_else(|| value.to_owned(), |text| text.into_owned());
            all.push((key.to_owned(), value));
        })?;
        let get = |name: &str| all.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Some(Self {
            request_id: get("request_id")?.to_owned(),
            at: Timestamp::parse(get("timestamp")?)?,
            members: all,
        })
    }

    /// A member of the line.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let member = self.members.iter().find(|(key, _)| key == name);
        member.map(|(_, value)| value.as_str())
    }

    /// The response's status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.get("http.response.status_code")?.parse().ok()
    }

    /// The path, or a link's template in its place; empty where the line has none.
    #[must_use]
    pub fn target(&self) -> &str {
        self.get("http.route")
            .or_else(|| self.get("url.path"))
            .unwrap_or_default()
    }
}

/// A reference as people copy it or read it out: the whole of it or a part, with the words around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    part: String,
    /// Whether it was given with its beginning.
    from_start: bool,
}

impl Reference {
    /// `None` where nothing in the text can be a part of a reference.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (rest, from_start) = match text.rsplit_once(PREFIX) {
            Some((_, rest)) => (rest, true),
            None => (text.as_str(), false),
        };
        // Digits are read out in groups; other words are not part of it.
        let words = rest.split_whitespace();
        let words = words.map(|word| word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric()));
        let groups: Vec<&str> = words
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .collect();
        let whole = groups.iter().find(|group| group.len() == WHOLE);
        let part = whole.map_or_else(|| groups.concat(), ToString::to_string);
        (!part.is_empty()).then_some(Self { part, from_start })
    }

    /// Whether it names this request, perhaps among others.
    #[must_use]
    pub fn fits(&self, request_id: &str) -> bool {
        let bare = request_id.strip_prefix(PREFIX).unwrap_or(request_id);
        if self.from_start {
            bare.starts_with(&self.part)
        } else {
            bare.contains(&self.part)
        }
    }

    /// Whether it names this request and no other.
    #[must_use]
    pub fn is(&self, request_id: &str) -> bool {
        request_id.strip_prefix(PREFIX) == Some(&self.part)
    }

    /// Whether it is a whole reference: an identifier of 128 bits.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.part.len() == WHOLE
    }

    /// The part of it that was given.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }
}

/// How every reference begins.
const PREFIX: &str = "req_";
/// Hexadecimal digits of a whole one.
const WHOLE: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_however_it_was_copied() {
        let id = "req_01a2161269e17eff8742e54bd702e0dc";
        for text in [
            id,
            &id[4..],
            "Reference: req_01a2161269e17eff8742e54bd702e0dc.",
            "REQ_01A2161269E17EFF8742E54BD702E0DC",
            "01a21612 69e17eff 8742e54b d702e0dc",
            "a page said req_01a2161269e17eff8742e54bd702e0dc, to be read out",
            "\"req_01a21612\u{a0}69e17eff 8742e54bd702e0dc\"",
        ] {
            let reference = Reference::read(text).unwrap();
            assert!(reference.is_whole() && reference.is(id) && reference.fits(id), "{text}");
        }
        for at in 0..28 {
            let part = Reference::read(&id[4 + at..8 + at]).unwrap();
            assert!(part.fits(id) && !part.is(id), "{at}");
            let start = Reference::read(&format!("req_{}…", &id[4..8 + at])).unwrap();
            assert!(start.fits(id), "{at}");
        }
        assert!(
            !Reference::read("req_1612").unwrap().fits(id),
            "it was given with its beginning"
        );
        for none in ["", "Reference:", "req_", "…", "xyz"] {
            assert_eq!(Reference::read(none), None, "{none}");
        }
    }
}
