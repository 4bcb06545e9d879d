//! Signatures that find nothing which another does not find.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Lint, act_alike};
use crate::diag::Diagnostics;
use crate::signatures::Signature;
use crate::signatures::condition::Condition;

/// Pairs of which something was said, by their places.
pub(super) type Told = HashSet<(usize, usize)>;

impl Lint<'_> {
    /// Says which of the operator's signatures ask the same as another one, or for a part of another one's network.
    pub(super) fn same(&self, diagnostics: &mut Diagnostics) -> Told {
        let mut told = Told::new();
        let mut by_text: HashMap<String, usize> = HashMap::new();
        for (place, (_, signature, _)) in self.entries.iter().enumerate() {
            let first = *by_text.entry(self.text(&signature.condition)).or_insert(place);
            let other = &self.entries[first].1;
            if first == place || !act_alike(signature, other) {
                continue;
            }
            // The shipped ones come first, so that the later one is the operator's, if one is.
            if self.is_own(signature) {
                told.insert((first, place));
                let message = format!("`{}` asks the same as `{}`", signature.id, other.id);
                self.shadowed(signature, other, message, diagnostics);
            }
        }
        self.inside(&mut told, diagnostics);
        told
    }

    /// Networks that lie within another signature's of the same kind, which weighs as much.
    fn inside(&self, told: &mut Told, diagnostics: &mut Diagnostics) {
        let plain = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(place, (_, signature, _))| {
                let Condition::Network(list) = signature.condition else {
                    return None;
                };
                Some((place, signature, self.meanings.addresses(list)?))
            });
        let plain: Vec<_> = plain.take(MANY).collect();
        for (place, signature, addresses) in plain.iter().filter(|(_, signature, _)| self.is_own(signature)) {
            let within = plain.iter().find(|(other_place, other, others)| {
                other_place != place
                    && other.kind == signature.kind
                    && act_alike(signature, other)
                    && other.weight.abs() >= signature.weight.abs()
                    && (signature.observed || !other.observed)
                    && !told.contains(&ordered(*place, *other_place))
                    && addresses.without(others).is_empty()
            });
            if let Some((other_place, other, _)) = within {
                told.insert(ordered(*place, *other_place));
                let message = format!("the networks of `{}` lie all in those of `{}`", signature.id, other.id);
                self.shadowed(signature, other, message, diagnostics);
            }
        }
    }

    fn shadowed(&self, signature: &Signature, other: &Signature, message: String, diagnostics: &mut Diagnostics) {
        let help = format!(
            "`{}` finds these visits anyway ({}): remove one of the two, or change that one with [[reweigh]]",
            other.id,
            self.place(other)
        );
        diagnostics.warning("shadowed", signature.span, message, help);
    }

    /// A text that is equal for conditions that ask the same.
    fn text(&self, condition: &Condition) -> String {
        let sorted = |mut texts: Vec<String>| {
            texts.sort_unstable();
            texts.dedup();
            texts.join("|")
        };
        let texts = |conditions: &[Condition]| sorted(conditions.iter().map(|one| self.text(one)).collect());
        match condition {
            Condition::UserAgent(numbers) => {
                let patterns = self.meanings.texts(numbers);
                format!(
                    "agent {}",
                    sorted(patterns.iter().map(|text| format!("{text:?}")).collect())
                )
            }
            Condition::Network(list) => match self.meanings.addresses(*list) {
                Some(addresses) => {
                    let mut hasher = DefaultHasher::new();
                    addresses.hash(&mut hasher);
                    format!("network {:x}", hasher.finish())
                }
                None => format!("list {list}"),
            },
            Condition::Method(methods) => {
                format!("method {}", sorted(methods.iter().map(ToString::to_string).collect()))
            }
            Condition::Asn(systems) => format!("asn {}", sorted(systems.iter().map(ToString::to_string).collect())),
            Condition::All(all) => format!("all({})", texts(all)),
            Condition::Any(any) => format!("any({})", texts(any)),
            Condition::Not(inner) => format!("not({})", self.text(inner)),
            other => format!("{other:?}"),
        }
    }
}

pub(super) const fn ordered(one: usize, other: usize) -> (usize, usize) {
    if one < other { (one, other) } else { (other, one) }
}

/// Signatures with nothing but networks that are compared with each other.
const MANY: usize = 1000;
