//! What an operator's `local` files change: switched off, weighed anew, excepted.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Builder, Entry};
use crate::diag::Span;
use crate::diag::read::At;
use crate::diag::suggest::nearest;
use crate::signatures::condition::Condition;
use crate::signatures::raw::{RawExcept, RawFile, RawSignature};

impl Builder<'_> {
    pub(super) fn overrides(
        &mut self,
        raw: &RawFile,
        by_id: &HashMap<String, usize>,
        entries: &mut [Entry],
        disabled: &mut [bool],
    ) {
        for at in &raw.disabled {
            let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, by_id) else {
                continue;
            };
            disabled[place] |= applies;
        }
        for at in &raw.reweighed {
            let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, by_id) else {
                continue;
            };
            let raw = RawSignature {
                weight: at.value.weight.clone(),
                confidence: at.value.confidence.clone(),
                ..RawSignature::default()
            };
            if let Some(weight) = self.weight(&raw, at.span).filter(|_| applies) {
                let entry = &mut entries[place].1;
                entry.weight = if entry.weight < 0 { -weight } else { weight };
            }
        }
        for at in &raw.excepted {
            self.except(at, by_id, entries);
        }
    }

    fn except(&mut self, at: &At<RawExcept>, by_id: &HashMap<String, usize>, entries: &mut [Entry]) {
        let applies = self.applies(at.value.reason.as_ref(), at.value.until.as_ref(), at.span);
        let condition = self.condition(&at.value.condition);
        if matches!(&condition, Condition::All(all) if all.is_empty()) {
            let help = "add one, such as network = [\"192.0.2.7\"]; to switch a signature off, use [[disable]]";
            self.diagnostics.error(
                "missing-condition",
                at.span,
                "the exception asks nothing of a visit",
                help,
            );
            return;
        }
        let mut places = Vec::new();
        for id in &at.value.id {
            places.extend(self.target(Some(id), at.span, by_id));
        }
        if at.value.id.is_empty() {
            places = (0..entries.len()).collect();
        }
        for place in places.into_iter().filter(|_| applies) {
            let entry = &mut entries[place].1;
            let own = std::mem::replace(&mut entry.condition, Condition::All(Vec::new()));
            entry.condition = Condition::All(vec![own, Condition::Not(Box::new(condition.clone()))]);
        }
    }

    /// Whether an override holds today. One without a reason is a problem; one past its end is told.
    fn applies(&mut self, reason: Option<&At<String>>, until: Option<&At<Date>>, span: Span) -> bool {
        if reason.is_none_or(|reason| reason.value.trim().is_empty()) {
            let help = "write reason = \"…\": whoever reads this next year must know why";
            self.diagnostics
                .error("missing-reason", span, "an override without a reason", help);
        }
        let Some(until) = until.filter(|until| until.value < self.today) else {
            return true;
        };
        let message = format!("this override ended on {}", until.value);
        self.diagnostics
            .warning("override-ended", until.span, message, "remove it, or give it a new end");
        false
    }

    fn target(&mut self, id: Option<&At<String>>, span: Span, by_id: &HashMap<String, usize>) -> Option<usize> {
        let id = self.required("id", id, span)?;
        let place = by_id.get(&id.value).copied();
        if place.is_none() {
            let help = match nearest(&id.value, by_id.keys().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`linklatch signatures list` shows all ids".to_owned(),
            };
            self.diagnostics.warning(
                "unknown-id",
                id.span,
                format!("no signature is called `{}`", id.value),
                help,
            );
        }
        place
    }
}
