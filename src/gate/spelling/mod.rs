//! The ways in which a server might read a request's path.
//!
//! Readers differ in a few independent habits, and a path is read in the product of all of them:
//!
//! | module | habit |
//! |---|---|
//! | [`decode`] | what is decoded, and which bytes vanish or change |
//! | [`cut`] | where the path ends, what starts the query, what is taken for the host |
//! | [`climb`] | what an empty or blank segment is, when dot segments climb, whether `;parameters` count |
//! | [`mod@capture`] | which endings and which case a segment may have |
//!
//! A reading that a sane router may take counts as what it spells. One that only a careless or over-eager router takes
//! is *odd*: such a path must not reach anything that it might mean (CVE-2023-33189, CVE-2021-39206 and CVE-2026-42274
//! were all a gate that read a path in another way than the server behind it).

mod capture;
mod climb;
mod cut;
mod decode;
#[cfg(test)]
mod tests;

pub(super) use self::capture::capture;
use self::cut::Draft;
pub(super) use self::decode::{
    MAX_DECODINGS, careless, decode_field, decode_once, has_controls, is_invisible, loosened,
};

/// One way to read a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Decoded segments, without empty ones.
    pub(super) segments: Vec<String>,
    /// What stands behind the sign that ends the path, where that is not the request's own `?`.
    pub(super) query: Option<String>,
    /// Whether only a careless router reads it so.
    pub(super) odd: bool,
}

/// All that a path may be.
#[derive(Debug)]
pub(super) enum Readings {
    /// Every router reads it alike: splitting it at slashes is all there is to do.
    Plain,
    /// The product of the habits, sane readings and odd ones.
    Many(Vec<Reading>),
    /// More than are looked at.
    TooMany,
}

impl Readings {
    pub(super) fn of(path: &str) -> Self {
        if is_plain(path) {
            return Self::Plain;
        }
        product(path).map_or(Self::TooMany, Self::Many)
    }
}

fn is_plain(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'%' | b'\\' | b';');
    path.starts_with('/')
        && path.bytes().all(plain)
        && !path.contains("//")
        && !path.contains("/./")
        && !path.contains("/../")
        && !path.ends_with("/.")
        && !path.ends_with("/..")
}

/// The product of all habits; `None` if it is too large.
fn product(path: &str) -> Option<Vec<Reading>> {
    let mut work = Work(MAX_WORK);
    let mut readings = Vec::new();
    for start in cut::starts(path) {
        for (text, odd) in decode::texts(start.path.as_bytes(), &mut work)? {
            let draft = Draft {
                path: String::from_utf8_lossy(&text).into_owned(),
                query: start.query.clone(),
                odd: start.odd || odd,
            };
            for draft in cut::drafts(draft, &mut work)? {
                walk(&draft, &mut readings, &mut work)?;
            }
        }
    }
    Some(readings)
}

fn walk(draft: &Draft, readings: &mut Vec<Reading>, work: &mut Work) -> Option<()> {
    for walk in climb::walks(&draft.path) {
        work.take(draft.path.len())?;
        let climbed = walk.over(&draft.path);
        let segments = climbed.names();
        if segments.len() > MAX_SEGMENTS {
            continue;
        }
        let reading = Reading {
            segments: segments.into_iter().map(decode::with_slashes).collect(),
            query: draft.query.clone(),
            odd: draft.odd || climbed.above_root,
        };
        if !readings.contains(&reading) {
            readings.push(reading);
        }
        if readings.len() > MAX_READINGS {
            return None;
        }
    }
    Some(())
}

/// What may still be looked at, in bytes: a long path has fewer readings than a short one.
struct Work(usize);

impl Work {
    /// `None` when it is used up.
    fn take(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.checked_sub(bytes + 1)?;
        Some(())
    }
}

/// No template has more segments, so no reading with more fits one.
pub(super) const MAX_SEGMENTS: usize = 32;
const MAX_READINGS: usize = 512;
const MAX_WORK: usize = 1024 * 1024;
