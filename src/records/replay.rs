//! A log through two gates: what another set of signatures would have changed.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use super::Outcome;
use super::likeness::Seed;
use super::past::{Moment, Past, Recent};
use super::read::Seen;
use crate::gate::evidence::Evidence;
use crate::gate::keys::LinkId;
use crate::gate::link::Link;
use crate::gate::verdict::{Class, Finding, Name, Verdict};
use crate::gate::{Gate, Step};
use crate::signatures::{Action, AgentHits, Found};
use crate::time::Timestamp;
use crate::visit::history::{Digest, Mark};
use crate::visit::{Fact, Visit};

/// Two gates over one log. What looked like a machine to one may not to the other.
#[derive(Debug)]
pub struct Replay<'g> {
    past: Past<'g, 2>,
    /// What user agents hit in the old set and the new, by their likeness: few of them are behind many visits.
    agents: Recent<u64, (AgentHits, AgentHits)>,
    links: Recent<LinkId, OfLink>,
    places: HashMap<Arc<str>, usize, Seed>,
    digests: Seed,
    wanted: usize,
    report: Report,
}

/// What would have changed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Visits by class, old and new.
    pub matrix: [[u64; 3]; 3],
    /// Visits that would be treated otherwise, or called otherwise.
    pub changed: u64,
    /// Visits that would be refused, and were not.
    pub refused: u64,
    /// Visits that would pass without a person, and did not.
    pub allowed: u64,
    /// The first of the changed ones.
    pub examples: Vec<Change>,
    /// Links that people confirmed.
    pub confirmed: u64,
    /// Of these the ones whose person would be asked for more.
    pub at_risk: u64,
    /// A visit of each, of the first ones.
    pub risks: Vec<Change>,
    /// Presses that confirmed a link, and would have needed the code only now.
    pub codes_more: u64,
    /// Presses that confirmed a link, and would need no code any more.
    pub codes_fewer: u64,
    /// What the new signatures found, in the order of the files.
    pub signatures: Vec<Tally>,
    /// Visits that the old set judges otherwise than the log says.
    pub otherwise: u64,
    /// Visits for which a signature of the new set asked what was not recorded.
    pub undecided: u64,
    /// What was not recorded, and of how many visits; the same order as [`GAPS`].
    pub gaps: [u64; GAPS.len()],
}

/// What one signature found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Its id.
    pub id: Arc<str>,
    /// Visits.
    pub hits: u64,
    /// Of these on links that people confirmed.
    pub confirmed: u64,
    /// Of these by the very visitor who confirmed.
    pub by_person: u64,
    /// Visits whose class would be lower without it.
    pub alone: u64,
}

/// A visit that would be judged otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it was.
    pub at: Timestamp,
    /// Its reference.
    pub request_id: Option<String>,
    /// The link's name.
    pub link: Option<String>,
    /// What it called itself; empty where it did not.
    pub user_agent: String,
    /// What was made of it.
    pub from: Ask,
    /// What would be.
    pub to: Ask,
    /// Findings that are new (`+`), gone (`-`), or weigh otherwise (`~`).
    pub by: Vec<String>,
}

/// What a verdict makes of a visit; ordered by how much it asks of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// Nothing: it passes.
    Passes,
    /// A step that hangs on its class.
    Judged(Class),
    /// It is refused.
    Refused,
}

/// What waits for a link's confirmation.
#[derive(Debug, Default)]
struct OfLink {
    confirmed: Option<Visitor>,
    /// Signatures that hit, and whose visits.
    hits: Vec<(usize, Visitor)>,
    /// Visits that would be asked for more.
    worse: Vec<(Visitor, Change)>,
    at_risk: bool,
}

/// Who a visit is taken to be by: network and user agent.
type Visitor = (Fact<Digest>, Digest);

impl Ask {
    /// What a verdict makes of a visit.
    #[must_use]
    pub const fn of(verdict: &Verdict) -> Self {
        match verdict.action() {
            Action::Allow => Self::Passes,
            Action::Refuse => Self::Refused,
            Action::Weigh => Self::Judged(verdict.class),
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passes => "passed",
            Self::Judged(class) => class.as_str(),
            Self::Refused => "refused",
        }
    }

    /// Whether it asks more of a person than another: the page of a suspect and that of a scanner ask the same.
    fn is_more_than(self, other: Self) -> bool {
        let rank = |ask| match ask {
            Self::Judged(Class::Suspect) => Self::Judged(Class::Scanner),
            other => other,
        };
        rank(self) > rank(other)
    }
}

impl<'g> Replay<'g> {
    /// From one gate to another; `wanted` examples of a kind are kept.
    #[must_use]
    pub fn new(old: &'g Gate, new: &'g Gate, wanted: usize) -> Self {
        let tally = |id: &Arc<str>| Tally {
            id: Arc::clone(id),
            hits: 0,
            confirmed: 0,
            by_person: 0,
            alone: 0,
        };
        let entries = new.signatures().entries();
        Self {
            past: Past::new([old, new], LINKS),
            agents: Recent::new(ALIKE),
            links: Recent::new(LINKS),
            places: entries
                .iter()
                .enumerate()
                .map(|(place, entry)| (Arc::clone(&entry.id), place))
                .collect(),
            digests: Seed::default(),
            wanted,
            report: Report {
                signatures: entries.iter().map(|entry| tally(&entry.id)).collect(),
                ..Report::default()
            },
        }
    }

    /// What would have changed so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Judges a visit by both gates; the visits of a log come oldest first.
    pub fn visit(&mut self, seen: &Seen) {
        let [old, new] = self.past.gates;
        let moment = moment(seen, &self.digests);
        let (hits, new_hits) = self.agents.or_insert_with(seen.kind.agent, || {
            (old.agent_hits(&moment.visit), new.agent_hits(&moment.visit))
        });
        let press = seen.evidence().filter(|_| seen.outcome == Some(Outcome::Confirmed));
        let press = press.map(|evidence| (evidence, self.past.history(&moment).map(|before| before.page_score())));
        let [(_, before), (found, after)] = self.past.judge(&moment, [hits, new_hits]);
        if let Some((evidence, pages)) = press {
            self.press(
                seen,
                &moment.visit,
                &evidence,
                [(&before, pages[0]), (&after, pages[1])],
            );
        }
        let agent = moment.visit.header("user-agent").unwrap_or_default();
        let report = &mut self.report;
        report.undecided += u64::from(found.undecided > 0);
        for (gap, is_missing) in report.gaps.iter_mut().zip(gaps(&moment.visit)) {
            *gap += u64::from(is_missing);
        }
        report.otherwise += u64::from(seen.then.as_ref().is_some_and(|then| then.class != before.class));
        report.matrix[before.class as usize][after.class as usize] += 1;
        let (from, to) = (Ask::of(&before), Ask::of(&after));
        let change = || change(seen, agent, &before, &after);
        if from != to {
            report.changed += 1;
            report.refused += u64::from(to == Ask::Refused);
            report.allowed += u64::from(to == Ask::Passes);
            if report.examples.len() < self.wanted {
                report.examples.push(change());
            }
        }
        let visitor = (moment.mark.network, moment.mark.agent);
        let worse = to.is_more_than(from).then(change);
        self.tally(&found, &after);
        self.confirmations(seen, visitor, &found, worse);
    }

    /// What a press that confirmed its link called for, and would now; with each verdict stands the score of its page.
    fn press(&mut self, seen: &Seen, visit: &Visit<'_>, evidence: &Evidence, judged: [(&Verdict, i32); 2]) {
        let asked = seen.then.as_ref().is_some_and(|then| then.asked);
        let mut steps = self.past.gates.iter().zip(judged).map(|(gate, (verdict, page))| {
            let link = seen.kind.link_name.as_ref().and_then(|name| gate.link_named(name));
            let mode = link.map_or_else(Default::default, |link: &Link| link.mode);
            gate.explain_press(visit, evidence, (mode, asked), (verdict.score, page))
                .step
        });
        match (steps.next(), steps.next()) {
            (Some(Step::Press), Some(Step::PressAndCode)) => self.report.codes_more += 1,
            (Some(Step::PressAndCode), Some(Step::Press)) => self.report.codes_fewer += 1,
            _ => {}
        }
    }

    fn tally(&mut self, found: &Found<'_>, verdict: &Verdict) {
        for signature in &found.signatures {
            if let Some(place) = self.places.get(&signature.id) {
                self.report.signatures[*place].hits += 1;
            }
        }
        if verdict.class == Class::Unknown {
            return;
        }
        for finding in verdict.findings.iter().filter(|finding| finding.weight > 0) {
            let Name::Signature(id) = &finding.name else { continue };
            if let Some(place) = self
                .places
                .get(id)
                .filter(|_| verdict.class_without(finding) < verdict.class)
            {
                self.report.signatures[*place].alone += 1;
            }
        }
    }

    /// What hits a link counts once a person has confirmed it; who confirmed is told by network and user agent.
    fn confirmations(&mut self, seen: &Seen, visitor: Visitor, found: &Found<'_>, worse: Option<Change>) {
        let confirms = seen.outcome == Some(Outcome::Confirmed);
        if !confirms && worse.is_none() && found.signatures.is_empty() {
            return;
        }
        let report = &mut self.report;
        let link = self.links.or_insert_with(seen.link, OfLink::default);
        if confirms && link.confirmed.is_none() {
            report.confirmed += 1;
            link.confirmed = Some(visitor);
        }
        let places = found
            .signatures
            .iter()
            .filter_map(|signature| self.places.get(&signature.id));
        link.hits.extend(
            places
                .map(|place| (*place, visitor))
                .take(WAITING - link.hits.len().min(WAITING)),
        );
        link.worse.extend(
            worse
                .filter(|_| link.worse.len() < WAITING)
                .map(|change| (visitor, change)),
        );
        let Some(person) = link.confirmed else { return };
        for (place, visitor) in link.hits.drain(..) {
            report.signatures[place].confirmed += 1;
            report.signatures[place].by_person += u64::from(visitor == person);
        }
        let own = link.worse.drain(..).find(|(visitor, _)| *visitor == person);
        if let Some((_, change)) = own.filter(|_| !link.at_risk) {
            link.at_risk = true;
            report.at_risk += 1;
            if report.risks.len() < self.wanted {
                report.risks.push(change);
            }
        }
    }
}

/// A visit of a log in its place.
#[must_use]
pub fn moment<'v>(seen: &'v Seen, digests: &Seed) -> Moment<'v> {
    let visit = seen.as_visit();
    Moment {
        mark: Mark::of(&visit, seen.at, |bytes| digests.hash_one(bytes) as Digest),
        visit,
        link: seen.link,
        issued: seen.issued,
    }
}

/// Facts that a line may not have.
pub const GAPS: [&str; 6] = [
    "the client's address",
    "its autonomous system",
    "its name",
    "header fields",
    "the HTTP version",
    "the TLS fingerprint",
];

fn gaps(visit: &Visit<'_>) -> [bool; GAPS.len()] {
    [
        visit.client == Fact::Unrecorded,
        visit.asn == Fact::Unrecorded,
        visit.reverse_dns == Fact::Unrecorded,
        visit.headers.has("accept") == Fact::Unrecorded,
        visit.version == Fact::Unrecorded,
        visit.tls == Fact::Unrecorded,
    ]
}

fn change(seen: &Seen, agent: &str, before: &Verdict, after: &Verdict) -> Change {
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
        user_agent: agent.to_owned(),
        from: Ask::of(before),
        to: Ask::of(after),
        by,
    }
}

/// As many links as `serve` remembers where nothing else is configured.
const LINKS: usize = 100_000;
const ALIKE: usize = 16_384;
/// So many hits of a link wait for its confirmation.
const WAITING: usize = 32;
