//! A set that raises an ordinary person's browser by itself is refused: it would ask everybody for more.

use std::collections::HashSet;

use super::{Action, Signature, Signatures};
use crate::visit::{USER_AGENTS_OF_PEOPLE, VisitBuf};

impl Signatures {
    /// The signatures that raise an ordinary browser to `limit` or more, or refuse it, each with the first one.
    pub(super) fn raising_people(&self, limit: i32) -> Vec<(&Signature, &'static str)> {
        let (mut raising, mut known) = (Vec::new(), HashSet::new());
        for agent in USER_AGENTS_OF_PEOPLE {
            let mut visit = VisitBuf::ordinary();
            visit.set("user-agent", agent);
            let found = self.find(&visit.as_visit()).signatures;
            let weighs = |entry: &&&Signature| !entry.observed && entry.action == Action::Weigh;
            let sum: i32 = found.iter().filter(weighs).map(|entry| entry.weight).sum();
            let guilty = |entry: &&&Signature| {
                !entry.observed && (entry.action == Action::Refuse || (sum >= limit && entry.weight > 0))
            };
            let new = found.iter().filter(guilty).filter(|entry| known.insert(&entry.id));
            raising.extend(new.map(|entry| (*entry, agent)));
        }
        raising
    }
}
