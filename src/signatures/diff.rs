//! What differs between two sets, key by key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use toml::de::{DeTable, DeValue};

use super::condition::Condition;
use super::lint::ranges::Ranges;
use super::{Action, Effect, Override, Signature, Signatures};
use crate::diag::{FileId, SourceMap, Span};

/// One of the two sets, with the texts that it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// The set.
    pub signatures: &'s Signatures,
    /// Its texts.
    pub sources: &'s SourceMap,
}

/// What differs.
#[derive(Debug, Default)]
pub struct Diff<'s> {
    /// Signatures that only the new set has.
    pub added: Vec<&'s Signature>,
    /// Signatures that only the old set has; with the new set's reason where it switches them off.
    pub removed: Vec<(&'s Signature, Option<&'s str>)>,
    /// Signatures of both, with what is not the same.
    pub changed: Vec<(&'s Signature, Vec<Change>)>,
}

/// What differs in one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key, with those of the tables around it.
    pub key: String,
    /// Values that are gone.
    pub removed: Vec<String>,
    /// Values that are new.
    pub added: Vec<String>,
}

impl Diff<'_> {
    /// Whether the sets are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares two sets: what the signatures in force ask and do, overrides included.
#[must_use]
pub fn diff<'s>(old: Side<'s>, new: Side<'s>) -> Diff<'s> {
    let (old_tables, new_tables) = (Written::of(old), Written::of(new));
    let by_id = |side: Side<'s>| -> BTreeMap<&'s str, &'s Signature> {
        let entries = side.signatures.entries().iter();
        entries.map(|entry| (&*entry.id, entry)).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let mut diff = Diff::default();
    for (id, signature) in &before {
        match after.get(id) {
            None => diff.removed.push((signature, switched_off(new.signatures, id))),
            Some(other) => {
                let changes = changes(&old_tables.facts(signature), &new_tables.facts(other));
                if !changes.is_empty() {
                    diff.changed.push((other, changes));
                }
            }
        }
    }
    let is_new = |(id, _): &(&&str, &&'s Signature)| !before.contains_key(**id);
    diff.added
        .extend(after.iter().filter(is_new).map(|(_, signature)| *signature));
    diff
}

fn switched_off<'s>(signatures: &'s Signatures, id: &str) -> Option<&'s str> {
    let off = |change: &&Override| change.effect == Effect::Disabled && change.ids.iter().any(|own| **own == *id);
    signatures.overrides().iter().find(off).map(|change| &*change.reason)
}

/// What is known of a signature: values by key.
type Facts = BTreeMap<String, BTreeSet<String>>;

fn changes(old: &Facts, new: &Facts) -> Vec<Change> {
    let none = BTreeSet::new();
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let change = |key: &String| {
        let (before, after) = (old.get(key).unwrap_or(&none), new.get(key).unwrap_or(&none));
        (before != after).then(|| Change {
            key: key.clone(),
            removed: before.difference(after).cloned().collect(),
            added: after.difference(before).cloned().collect(),
        })
    };
    keys.into_iter().filter_map(change).collect()
}

/// The files of a side, read again.
struct Written<'s> {
    side: Side<'s>,
    files: HashMap<FileId, DeTable<'s>>,
}

impl<'s> Written<'s> {
    fn of(side: Side<'s>) -> Self {
        let entries = side.signatures.entries().iter().map(|entry| entry.span.file);
        let overrides = side.signatures.overrides().iter().map(|change| change.span.file);
        let files: BTreeSet<FileId> = entries.chain(overrides).collect();
        let read = |file: FileId| {
            let (document, _) = DeTable::parse_recoverable(side.sources.text(file));
            (file, document.into_inner())
        };
        Self {
            side,
            files: files.into_iter().map(read).collect(),
        }
    }

    /// The entry of a list of tables around or at a place.
    fn table(&self, list: &str, place: Span) -> Option<&DeTable<'s>> {
        let (_, entries) = self
            .files
            .get(&place.file)?
            .iter()
            .find(|(name, _)| name.get_ref() == list)?;
        let tables = entries.get_ref().as_array()?.iter();
        tables
            .filter(|table| {
                let id = table.get_ref().as_table().and_then(|table| table.get("id"));
                table.span().start == place.start || id.is_some_and(|id| id.span().start == place.start)
            })
            .find_map(|table| table.get_ref().as_table())
    }

    fn facts(&self, signature: &Signature) -> Facts {
        let mut facts = Facts::new();
        let mut note = |key: &str, value: String| facts.entry(key.to_owned()).or_default().insert(value);
        note("weight", signature.weight.to_string());
        note(
            "mode",
            if signature.observed { "observe" } else { "enforce" }.to_owned(),
        );
        let action = match signature.action {
            Action::Weigh => "weigh",
            Action::Refuse => "refuse",
            Action::Allow => "allow",
        };
        note("action", action.to_owned());
        let excepted = |change: &&Override| {
            change.effect == Effect::Excepted && (change.ids.is_empty() || change.ids.contains(&signature.id))
        };
        for change in self.side.signatures.overrides().iter().filter(excepted) {
            note("except", self.exception(change));
        }
        if let Some(table) = self.table("signature", signature.span) {
            // How conditions lie in each other counts too.
            note("conditions", shape(table));
            for (name, value) in table
                .iter()
                .filter(|(name, _)| !SHOWN_ABOVE.contains(&name.get_ref().as_ref()))
            {
                self.flatten(name.get_ref(), value.get_ref(), &mut facts);
            }
        }
        if facts.keys().any(|key| key.contains("network-file")) {
            let addresses = self.side.signatures.addresses(signature).networks();
            facts.insert(
                "addresses".to_owned(),
                addresses.iter().map(ToString::to_string).collect(),
            );
        }
        facts
    }

    /// An exception in one line: its reason and what it asks.
    fn exception(&self, change: &Override) -> String {
        let mut asked = Facts::new();
        for (name, value) in self.table("except", change.span).into_iter().flatten() {
            if !["id", "reason", "until"].contains(&name.get_ref().as_ref()) {
                self.flatten(name.get_ref(), value.get_ref(), &mut asked);
            }
        }
        let asked: Vec<_> = asked
            .iter()
            .map(|(key, values)| {
                format!(
                    "{key} {}",
                    values.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
                )
            })
            .collect();
        format!("{}: {}", change.reason.trim(), asked.join(", "))
    }

    fn flatten(&self, key: &str, value: &DeValue<'_>, facts: &mut Facts) {
        match value {
            DeValue::Table(table) if !EXAMPLES.contains(&key) => {
                for (name, value) in table {
                    self.flatten(&format!("{key}.{}", name.get_ref()), value.get_ref(), facts);
                }
            }
            DeValue::Array(items) => {
                for item in items.iter() {
                    self.flatten(key, item.get_ref(), facts);
                }
            }
            plain => {
                facts.entry(key.to_owned()).or_default().insert(text(plain));
            }
        }
    }
}

impl Signatures {
    /// All addresses that a signature asks for.
    fn addresses(&self, signature: &Signature) -> Ranges {
        let mut networks = Vec::new();
        let mut open = vec![&signature.condition];
        while let Some(condition) = open.pop() {
            match condition {
                Condition::Network(list) => networks.extend(self.networks.list(*list)),
                Condition::All(inner) | Condition::Any(inner) => open.extend(inner),
                _ => {}
            }
        }
        Ranges::of(&networks)
    }
}

/// A value as it is shown.
fn text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(integer) => integer.as_str().to_owned(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| text(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .map(|(name, value)| format!("{} = {}", name.get_ref(), text(value.get_ref())))
                .collect();
            entries.sort_unstable();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// How a table's conditions lie in each other, without their values.
fn shape(table: &DeTable<'_>) -> String {
    let mut parts = Vec::new();
    for word in ["all", "any", "not"] {
        let tables = table.get(word).and_then(|value| value.get_ref().as_array());
        for inner in tables.into_iter().flat_map(|tables| tables.iter()) {
            let Some(inner) = inner.get_ref().as_table() else {
                continue;
            };
            let mut keys: Vec<_> = inner.keys().map(|key| key.get_ref().to_string()).collect();
            keys.sort_unstable();
            parts.push(format!("{word}({} {})", keys.join(" "), shape(inner)));
        }
    }
    parts.sort_unstable();
    parts.join(" ")
}

/// Keys whose effect is told in another way.
const SHOWN_ABOVE: [&str; 6] = ["id", "weight", "confidence", "people", "mode", "action"];
/// Lists of examples: each is a value of its own.
const EXAMPLES: [&str; 3] = ["match", "not-match", "known-gap"];
