//! Fields by name, in queries, forms and JSON objects: as careful servers read them, and as careless ones do.

mod body;
mod name;
#[cfg(test)]
mod tests;

pub(super) use self::body::Fields;
pub use self::body::Unclear;
use self::name::{Name, Naming};
use super::spelling::{MAX_DECODINGS, decode_field, decode_once};

/// What a field holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether any of the values stands under a name, or behind a separator, that only careless parsers take.
    pub(super) odd: bool,
    /// The decoded values.
    pub(super) values: Vec<String>,
}

impl Found {
    fn holds_text(&self) -> bool {
        self.values.iter().any(|value| !value.trim().is_empty())
    }
}

/// All values of a field in a query or form.
pub(super) fn find(query: &str, name: &str) -> Found {
    let name = Name::new(name);
    let found = split(query, &name);
    if found.holds_text() {
        return found;
    }
    // A careless server decodes the query before it splits it. Values that hold an encoded query of their own are
    // common and honest, so this counts only where the field holds nothing otherwise.
    let mut text = query.to_owned();
    for _ in 0..MAX_DECODINGS {
        let decoded = String::from_utf8_lossy(&decode_once(text.as_bytes())).into_owned();
        if decoded == text {
            break;
        }
        let hidden = split(&decoded, &name);
        if hidden.holds_text() {
            return Found { odd: true, ..hidden };
        }
        text = decoded;
    }
    found
}

/// The fields of a query that have none of these names, as they are written.
pub(super) fn others<'q>(query: &'q str, names: impl Iterator<Item = &'q str>) -> impl Iterator<Item = &'q str> {
    let names: Vec<Name<'_>> = names.map(Name::new).collect();
    query.split('&').filter(move |pair| {
        let raw = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && names.iter().all(|name| name.compare(raw) == Naming::Other)
    })
}

fn split(query: &str, name: &Name<'_>) -> Found {
    let mut found = Found::default();
    for pair in query.split('&') {
        let mut add = |part: &str, careful: bool| {
            let (raw, value) = part.split_once('=').unwrap_or((part, ""));
            let naming = name.compare(raw);
            if naming != Naming::Other {
                found.odd |= !careful || naming == Naming::Odd;
                found.values.push(decode_field(value));
            }
        };
        add(pair, true);
        // Some servers also split at semicolons.
        pair.split(';').skip(1).for_each(|part| add(part, false));
    }
    found
}
