//! What an operator's `local` files change: switched off, weighed anew, excepted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Builder, Entry};
use crate::diag::Span;
use crate::diag::read::At;
use crate::diag::suggest::nearest;
use crate::signatures::condition::Condition;
use crate::signatures::lint::Meanings;
use crate::signatures::raw::{RawExcept, RawFile, RawSignature};

/// A change to the signatures that is in force today.
#[derive(Clone, Debug)]
pub struct Override {
    /// What it does.
    pub effect: Effect,
    /// The signatures that it changes; all where none is named.
    pub ids: Vec<Arc<str>>,
    /// Why.
    pub reason: String,
    /// Its last day.
    pub until: Option<Date>,
    /// Where it stands.
    pub span: Span,
}

/// What an override does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The signature is switched off.
    Disabled,
    /// It weighs otherwise.
    Reweighed {
        /// Its own weight.
        from: i32,
        /// Its weight now.
        to: i32,
    },
    /// Some visits are never found by it.
    Excepted,
}

/// The signatures while overrides are laid over them.
pub(super) struct Overridden {
    pub(super) entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
    pub(super) disabled: Vec<bool>,
    pub(super) overrides: Vec<Override>,
}

impl Overridden {
    pub(super) fn new(entries: Vec<Entry>, by_id: HashMap<String, usize>) -> Self {
        let disabled = vec![false; entries.len()];
        Self {
            entries,
            by_id,
            disabled,
            overrides: Vec::new(),
        }
    }

    /// Those that are not switched off.
    pub(super) fn in_force(&self) -> Vec<&Entry> {
        let entries = self.entries.iter().zip(&self.disabled);
        entries
            .filter(|(_, disabled)| !**disabled)
            .map(|(entry, _)| entry)
            .collect()
    }

    fn id(&self, place: usize) -> Arc<str> {
        Arc::clone(&self.entries[place].1.id)
    }
}

impl Builder<'_> {
    /// Switches off and weighs anew.
    pub(super) fn switch(&mut self, raw: &RawFile, set: &mut Overridden) {
        for at in &raw.disabled {
            let (reason, until) = (at.value.reason.as_ref(), at.value.until.as_ref());
            let applies = self.applies(reason, until, at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, &set.by_id) else {
                continue;
            };
            if applies {
                set.disabled[place] = true;
                let ids = vec![set.id(place)];
                set.overrides.push(made(Effect::Disabled, ids, reason, until, at.span));
            }
        }
        for at in &raw.reweighed {
            let (reason, until) = (at.value.reason.as_ref(), at.value.until.as_ref());
            let applies = self.applies(reason, until, at.span);
            let Some(place) = self.target(at.value.id.as_ref(), at.span, &set.by_id) else {
                continue;
            };
            let raw = RawSignature {
                weight: at.value.weight.clone(),
                confidence: at.value.confidence.clone(),
                ..RawSignature::default()
            };
            if let Some(weight) = self.weight(&raw, at.span).filter(|_| applies) {
                let entry = &mut set.entries[place].1;
                let from = entry.weight;
                entry.weight = if from < 0 { -weight } else { weight };
                let effect = Effect::Reweighed { from, to: entry.weight };
                let ids = vec![set.id(place)];
                set.overrides.push(made(effect, ids, reason, until, at.span));
            }
        }
    }

    /// Says which weights change nothing, because the signature is off or weighed again.
    pub(super) fn conflicts(&mut self, set: &Overridden) {
        let mut weighed = HashSet::new();
        for change in set.overrides.iter().rev() {
            let Effect::Reweighed { .. } = change.effect else {
                continue;
            };
            for id in &change.ids {
                let is_off = set.by_id.get(&**id).is_some_and(|place| set.disabled[*place]);
                let what = match (is_off, weighed.insert(id)) {
                    (true, _) => "is disabled too: its new weight does nothing",
                    (false, false) => "is weighed again after this: this weight does nothing",
                    (false, true) => continue,
                };
                let message = format!("`{id}` {what}");
                self.diagnostics
                    .warning("override-conflict", change.span, message, "keep one of the two");
            }
        }
    }

    /// Takes visits out.
    pub(super) fn except(&mut self, at: &At<RawExcept>, set: &mut Overridden) {
        let (reason, until) = (at.value.reason.as_ref(), at.value.until.as_ref());
        let applies = self.applies(reason, until, at.span);
        let before = self.diagnostics.iter().len();
        let condition = self.condition(&at.value.condition, 0);
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
        let is_sound = self.diagnostics.iter().len() == before;
        let mut places = Vec::new();
        for id in &at.value.id {
            places.extend(self.target(Some(id), at.span, &set.by_id));
        }
        let ids: Vec<_> = places.iter().map(|place| set.id(*place)).collect();
        if at.value.id.is_empty() {
            places = (0..set.entries.len()).collect();
        } else if places.is_empty() {
            return;
        }
        if !applies {
            return;
        }
        if is_sound {
            self.reach(&condition, at.span, &ids, set);
        }
        for place in places {
            let entry = &mut set.entries[place].1;
            let own = std::mem::replace(&mut entry.condition, Condition::All(Vec::new()));
            entry.condition = Condition::All(vec![own, Condition::Not(Box::new(condition.clone()))]);
        }
        set.overrides.push(made(Effect::Excepted, ids, reason, until, at.span));
    }

    /// Says where an exception takes out everything, or nothing.
    fn reach(&mut self, condition: &Condition, span: Span, ids: &[Arc<str>], set: &Overridden) {
        let meanings = Meanings::new(&self.patterns, &self.lists);
        let (message, help) = if meanings.is_impossible(&[(condition, true)]) {
            let help = "no visit can be all of this at once: take something out, or make it alternatives with `any`";
            (
                "this exception can never match: what it asks excludes itself".to_owned(),
                help,
            )
        } else if meanings.is_impossible(&[(condition, false)]) {
            ("this exception takes out every visit".to_owned(), DISABLE)
        } else {
            let emptied = ids.iter().find(|id| {
                let own = set.by_id.get(&***id).map(|place| &set.entries[*place].1.condition);
                own.is_some_and(|own| {
                    meanings.is_impossible(&[(own, true), (condition, false)])
                        && !meanings.is_impossible(&[(own, true)])
                })
            });
            let Some(id) = emptied else { return };
            (format!("this exception leaves nothing of `{id}`"), DISABLE)
        };
        let code = if help == DISABLE { "except-all" } else { "never-matches" };
        self.diagnostics.warning(code, span, message, help);
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
                None => "`linklatch signatures list` shows all ids; built-in checks are weighed in `[checks]` of the configuration".to_owned(),
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

fn made(
    effect: Effect,
    ids: Vec<Arc<str>>,
    reason: Option<&At<String>>,
    until: Option<&At<Date>>,
    span: Span,
) -> Override {
    Override {
        effect,
        ids,
        reason: reason.map_or_else(String::new, |reason| reason.value.clone()),
        until: until.map(|until| until.value),
        span,
    }
}

const DISABLE: &str = "to switch a signature off, use [[disable]]; else name fewer visits";
