//! A set that raises an ordinary person's browser by itself is refused: it would ask everybody for more.

use super::{Action, Signature, Signatures};
use crate::visit::{USER_AGENTS_OF_PEOPLE, VisitBuf};

impl Signatures {
    /// The signatures that raise an ordinary browser to `limit` or more, or refuse it, each with what the first of them says.
    pub(super) fn raising_people(&self, limit: i32) -> Vec<(&Signature, &'static str)> {
        let mut raising: Vec<(&Signature, &'static str)> = Vec::new();
        for agent in USER_AGENTS_OF_PEOPLE {
            let mut visit = VisitBuf::ordinary();
            visit.set("user-agent", agent);
            let found = self.find(&visit.as_visit()).signatures;
            let weighs = |entry: &&&Signature| !entry.observed && entry.action == Action::Weigh;
            let sum: i32 = found.iter().filter(weighs).map(|entry| entry.weight).sum();
            let guilty = |entry: &&&Signature| {
                !entry.observed && (entry.action == Action::Refuse || (sum >= limit && entry.weight > 0))
            };
            for entry in found.iter().filter(guilty) {
                if !raising.iter().any(|(known, _)| known.id == entry.id) {
                    raising.push((entry, agent));
                }
            }
        }
        raising
    }
}
