//! What a replay finds: what would be treated otherwise, and what can't be judged.

use std::sync::Arc;

use crate::gate::Treatment;
use crate::gate::verdict::{Class, Finding, Verdict};
use crate::records::read::Seen;
use crate::time::Timestamp;
use crate::visit::{Fact, Visit};

/// What would have changed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Visits by class, old and new.
    pub matrix: [[u64; 3]; 3],
    /// Visits that would be treated otherwise, by how.
    pub visits: Effects,
    /// Visits whose class would be another, and that would be treated the same.
    pub reclassified: u64,
    /// The first of those that would be treated otherwise.
    pub examples: Vec<Change>,
    /// Links that people opened by a press.
    pub confirmed: u64,
    /// Of these people the ones who would be treated otherwise, by how.
    pub people: Effects,
    /// Of these the ones of whom more would be asked.
    pub at_risk: u64,
    /// A visit of each, of the first ones.
    pub risks: Vec<Change>,
    /// Presses that confirmed a link, and would have needed the code only now.
    pub codes_more: u64,
    /// Presses that confirmed a link, and would need no code any more.
    pub codes_fewer: u64,
    /// Visits whose lines do not say what was done with them.
    pub untold: u64,
    /// What the new signatures found, in the order of the files.
    pub signatures: Vec<Tally>,
    /// Visits that the old set judges otherwise than the log says.
    pub otherwise: u64,
    /// Visits of whose header fields a part was left out of the log.
    pub in_part: u64,
    /// Visits for which a signature of the new set asked what was not recorded, and the log does not say what came of it.
    pub undecided: u64,
    /// What was not recorded, and of how many visits; the same order as [`GAPS`].
    pub gaps: [u64; GAPS.len()],
}

/// What a change means for a visit, or for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It would be refused.
    Refused,
    /// It would be asked for the code.
    Code,
    /// It would get a page, and passed.
    Page,
    /// It would pass without a page, and did not.
    Passes,
    /// It would be refused no longer.
    NotRefused,
    /// It would be asked for the code no longer.
    NoCode,
}

/// How many there are of each effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects([u64; Effect::ALL.len()]);

/// What one signature found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Its id.
    pub id: Arc<str>,
    /// Whether the old set lacks it, or has it otherwise.
    pub is_changed: bool,
    /// Visits.
    pub hits: u64,
    /// Of these on links that people confirmed.
    pub confirmed: u64,
    /// Of these by the very visitor who confirmed.
    pub by_person: u64,
    /// Visits whose class would be lower without it.
    pub alone: u64,
}

/// A visit that would be treated otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it was.
    pub at: Timestamp,
    /// Its reference.
    pub request_id: Option<String>,
    /// The link's name.
    pub link: Option<String>,
    /// What it called itself, as far as it may be shown; empty where it did not.
    pub user_agent: String,
    /// What is done with it, and what would be.
    pub treatment: [Treatment; 2],
    /// What is made of it, and what would be.
    pub class: [Class; 2],
    /// Findings that are new (`+`), gone (`-`), or weigh otherwise (`~`).
    pub by: Vec<String>,
}

impl Effect {
    /// All of them, worse ones first.
    pub const ALL: [Self; 6] = [
        Self::Refused,
        Self::Code,
        Self::Page,
        Self::Passes,
        Self::NotRefused,
        Self::NoCode,
    ];

    /// The effect of another treatment; `None` where it asks the same of a person.
    #[must_use]
    pub const fn of([old, new]: [Treatment; 2]) -> Option<Self> {
        match (old.effort(), new.effort()) {
            (0..3, 3) => Some(Self::Refused),
            (1.., 0) => Some(Self::Passes),
            (3, 1 | 2) => Some(Self::NotRefused),
            (0 | 1, 2) => Some(Self::Code),
            (0, 1) => Some(Self::Page),
            (2, 1) => Some(Self::NoCode),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Code => "asked-for-code",
            Self::Page => "shown-a-page",
            Self::Passes => "passed-without-page",
            Self::NotRefused => "no-longer-refused",
            Self::NoCode => "no-longer-asked-for-code",
        }
    }

    /// What would happen, in words.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Refused => "would be refused",
            Self::Code => "would be asked for the code",
            Self::Page => "would get a page with a button",
            Self::Passes => "would pass without a page",
            Self::NotRefused => "would no longer be refused",
            Self::NoCode => "would no longer be asked for the code",
        }
    }
}

impl Effects {
    pub(super) fn count(&mut self, effect: Effect) {
        self.0[effect as usize] += 1;
    }

    /// How many there are of one.
    #[must_use]
    pub const fn of(&self, effect: Effect) -> u64 {
        self.0[effect as usize]
    }

    /// How many there are of all.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// Facts that a line may not have.
pub const GAPS: [&str; 7] = [
    "the client's address",
    "its autonomous system",
    "its name",
    "header fields",
    "parts of header fields",
    "the HTTP version",
    "the TLS fingerprint",
];

pub(super) fn gaps(seen: &Seen, visit: &Visit<'_>) -> [bool; GAPS.len()] {
    [
        visit.client == Fact::Unrecorded,
        visit.asn == Fact::Unrecorded,
        visit.reverse_dns == Fact::Unrecorded,
        visit.headers.has("accept") == Fact::Unrecorded,
        seen.then.is_some() && !seen.kind.cut.is_empty(),
        visit.version == Fact::Unrecorded,
        visit.tls == Fact::Unrecorded,
    ]
}

pub(super) fn change(seen: &Seen, treatment: [Treatment; 2], verdicts: [&Verdict; 2]) -> Change {
    let [before, after] = verdicts;
    let weight = |verdict: &Verdict, finding: &Finding| {
        let same = verdict.findings.iter().find(|other| other.name == finding.name);
        same.map(|other| other.weight)
    };
    let mut by = Vec::new();
    for finding in &after.findings {
        match weight(before, finding) {
            None => by.push(format!("+{}", finding.name.as_str())),
            Some(weight) if weight != finding.weight => by.push(format!("~{}", finding.name.as_str())),
            Some(_) => {}
        }
    }
    let gone = before
        .findings
        .iter()
        .filter(|finding| weight(after, finding).is_none());
    by.extend(gone.map(|finding| format!("-{}", finding.name.as_str())));
    Change {
        at: seen.at,
        request_id: seen.request_id.as_deref().map(str::to_owned),
        link: seen.kind.link_name.clone(),
        user_agent: seen.kind.shown(AGENT).unwrap_or_default().to_owned(),
        treatment,
        class: verdicts.map(|verdict| verdict.class),
        by,
    }
}

/// The field in which a client says what it is.
pub(super) const AGENT: &str = "user-agent";
