//! What a field's name may be to a parser.

use std::borrow::Cow;

use crate::gate::spelling::{careless, decode_field, loosened};
use crate::gate::template::fold_eq;

/// How a field's name relates to the one that a template names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Another field.
    Other,
    /// The field, but for case.
    Same,
    /// Another field to careful parsers, the field to careless ones: `token[]`, `%2574oken`, ` token`.
    Odd,
}

/// A template's name of a field.
#[derive(Debug)]
pub(super) struct Name<'t> {
    name: &'t str,
    flat: Cow<'t, str>,
    brackets: usize,
}

impl<'t> Name<'t> {
    pub(super) fn new(name: &'t str) -> Self {
        Self {
            name,
            flat: if is_plain(name) {
                Cow::Borrowed(name)
            } else {
                flatten(&loosened(name)).into()
            },
            brackets: name.matches(BRACKETS).count(),
        }
    }

    /// Compares a raw name with this one.
    pub(super) fn compare(&self, raw: &str) -> Naming {
        if is_plain(raw) {
            return match fold_eq(raw, self.name) {
                true => Naming::Same,
                false if fold_eq(raw, &self.flat) => Naming::Odd,
                false => Naming::Other,
            };
        }
        if fold_eq(&decode_field(raw), self.name) {
            Naming::Same
        } else if careless(raw).any(|text| self.may_be(&text)) {
            Naming::Odd
        } else {
            Naming::Other
        }
    }

    /// Whether `text` is the name, or an array or object of that name: `token[]`, `token[a]b`, `token[`. Brackets in
    /// front are nothing: qs takes `[token]` for `token`, and Rack 2.2 any number of them.
    fn may_be(&self, text: &str) -> bool {
        let text = text.trim_start_matches(|c| is_dropped(c) || BRACKETS.contains(&c));
        // The name's own brackets bound how often this cuts.
        let cuts = text.match_indices(BRACKETS).map(|(at, _)| at).take(self.brackets + 1);
        std::iter::once(text.len())
            .chain(cuts)
            .any(|end| fold_eq(&flatten(&text[..end]), &self.flat))
    }
}

/// Whether all servers read a name alike.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A field name as PHP rewrites it: dots, spaces and brackets become underscores. A `?` before it is dropped, as
/// `URLSearchParams` does.
fn flatten(name: &str) -> String {
    let name = name.replace(']', "");
    name.trim_matches(is_dropped).replace(['.', ' ', '+', '['], "_")
}

fn is_dropped(c: char) -> bool {
    c.is_whitespace() || matches!(c, '?' | '+')
}

const BRACKETS: [char; 2] = ['[', ']'];
