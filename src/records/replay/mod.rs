//! A log through two gates: what another configuration or set of signatures would have changed.

mod report;

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use self::report::{AGENT, change, gaps};
pub use self::report::{Change, Effect, Effects, GAPS, Report, Tally};
use super::Outcome;
use super::likeness::Seed;
use super::past::{Moment, Past, Recent};
use super::read::Seen;
use crate::gate::keys::LinkId;
use crate::gate::link::{Link, Mode};
use crate::gate::verdict::{Class, Name, Verdict};
use crate::gate::{Gate, PassReason, Step, Treatment};
use crate::signatures::{AgentHits, Found};
use crate::visit::history::{Digest, History, Mark};
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

/// What waits for a link's confirmation.
#[derive(Debug, Default)]
struct OfLink {
    confirmed: Option<Visitor>,
    /// Signatures that hit, and whose visits.
    hits: Vec<(usize, Visitor)>,
    /// What is done with its visitors.
    visitors: Vec<OfVisitor>,
}

/// What is done with one visitor of a link: of all visits the treatment that asks most.
#[derive(Debug)]
struct OfVisitor {
    visitor: Visitor,
    treatment: [Treatment; 2],
    /// The first visit of which more would be asked.
    worse: Option<Change>,
}

/// Who a visit is taken to be by: network and user agent.
type Visitor = (Fact<Digest>, Digest);

impl<'g> Replay<'g> {
    /// From one gate to another; `wanted` examples of a kind are kept. `is_changed` tells which of the new gate's
    /// signatures the old one lacks or has otherwise.
    #[must_use]
    pub fn new(old: &'g Gate, new: &'g Gate, wanted: usize, is_changed: impl Fn(&str) -> bool) -> Self {
        let tally = |id: &Arc<str>| Tally {
            id: Arc::clone(id),
            is_changed: is_changed(id),
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
        let histories = self.past.history(&moment);
        let [(_, before), (found, after)] = self.past.judge(&moment, [hits, new_hits]);
        let treatment = treatments(seen, &moment, [(old, &before), (new, &after)], &histories);
        self.note_gaps(seen, &moment.visit, &found);
        let report = &mut self.report;
        report.otherwise += u64::from(seen.then.as_ref().is_some_and(|then| then.class != before.class));
        report.matrix[before.class as usize][after.class as usize] += 1;
        let change = || change(seen, treatment, [&before, &after]);
        if seen.outcome == Some(Outcome::Confirmed) {
            match treatment {
                [Treatment::Press(Step::Press), Treatment::Press(Step::PressAndCode)] => report.codes_more += 1,
                [Treatment::Press(Step::PressAndCode), Treatment::Press(Step::Press)] => report.codes_fewer += 1,
                _ => {}
            }
        }
        match Effect::of(treatment) {
            Some(effect) => {
                report.visits.count(effect);
                if report.examples.len() < self.wanted {
                    report.examples.push(change());
                }
            }
            None => report.reclassified += u64::from(before.class != after.class),
        }
        let visitor = (moment.mark.network, moment.mark.agent);
        let worse = (treatment[1].effort() > treatment[0].effort()).then(change);
        let of_visitor = OfVisitor {
            visitor,
            treatment,
            worse,
        };
        self.tally(&found, &after);
        self.confirmations(seen, of_visitor, &found);
    }

    /// Counts what can't be judged, and why.
    fn note_gaps(&mut self, seen: &Seen, visit: &Visit<'_>, found: &Found<'_>) {
        let report = &mut self.report;
        let is_told = seen.then.is_some();
        report.untold += u64::from(seen.outcome.is_none());
        report.in_part += u64::from(is_told && !seen.kind.cut.is_empty());
        // Of a signature that is the same in both sets the log says what came of it.
        let open = |id: &Arc<str>| {
            let place = self.places.get(id);
            !is_told || place.is_none_or(|place| report.signatures[*place].is_changed)
        };
        if found.undecided.iter().any(|signature| open(&signature.id)) {
            report.undecided += 1;
            for (gap, is_missing) in report.gaps.iter_mut().zip(gaps(seen, visit)) {
                *gap += u64::from(is_missing);
            }
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
    fn confirmations(&mut self, seen: &Seen, visit: OfVisitor, found: &Found<'_>) {
        let (visitor, confirms) = (visit.visitor, seen.outcome == Some(Outcome::Confirmed));
        let report = &mut self.report;
        let link = self.links.or_insert_with(seen.link, OfLink::default);
        let places = found
            .signatures
            .iter()
            .filter_map(|signature| self.places.get(&signature.id));
        link.hits.extend(
            places
                .map(|place| (*place, visitor))
                .take(WAITING - link.hits.len().min(WAITING)),
        );
        if link.confirmed.is_none() {
            let known = link.visitors.iter().position(|known| known.visitor == visitor);
            let visit = match known {
                Some(known) => link.visitors.swap_remove(known).and(visit),
                None => visit,
            };
            if confirms {
                link.confirmed = Some(visitor);
                link.visitors = Vec::new();
                report.person(visit, self.wanted);
            } else if link.visitors.len() < WAITING {
                link.visitors.push(visit);
            }
        }
        let Some(person) = link.confirmed else { return };
        for (place, visitor) in link.hits.drain(..) {
            report.signatures[place].confirmed += 1;
            report.signatures[place].by_person += u64::from(visitor == person);
        }
    }
}
impl OfVisitor {
    /// The same visitor after one more visit.
    fn and(mut self, later: Self) -> Self {
        for (own, later) in self.treatment.iter_mut().zip(later.treatment) {
            // Of what asks the same the later tells more: a press.
            if later.effort() >= own.effort() {
                *own = later;
            }
        }
        self.worse = self.worse.or(later.worse);
        self
    }
}

impl Report {
    /// Counts a person who opened a link.
    fn person(&mut self, person: OfVisitor, wanted: usize) {
        self.confirmed += 1;
        if let Some(effect) = Effect::of(person.treatment) {
            self.people.count(effect);
        }
        let [old, new] = person.treatment.map(Treatment::effort);
        if new > old {
            self.at_risk += 1;
            self.risks.extend(person.worse.filter(|_| self.risks.len() < wanted));
        }
    }
}

/// What each gate does with a visit.
fn treatments(
    seen: &Seen,
    moment: &Moment<'_>,
    judged: [(&Gate, &Verdict); 2],
    histories: &[History; 2],
) -> [Treatment; 2] {
    let evidence = seen.evidence();
    let treatment = |number: usize| {
        let (gate, verdict) = judged[number];
        let visit = Visit {
            history: Fact::Known(&histories[number]),
            ..moment.visit
        };
        gate.treatment(&seen.case(visit, evidence.as_ref(), gate), verdict)
    };
    let [old, new] = judged.map(|(gate, _)| seen.link(gate));
    let both = [treatment(0), treatment(1)];
    let gone = |number: usize, link: Option<&Link>| match (both[number], link) {
        (Treatment::Press(_), Some(link)) => no_page(link.mode, seen, &histories[number]),
        _ => None,
    };
    match (old, new) {
        // What is configured no more is no link.
        (Some(_), None) => [both[0], Treatment::Passes(PassReason::NoLink)],
        // Where the page would not be shown, nobody would press it.
        _ => match (gone(0, old), gone(1, new)) {
            (None, Some(reason)) => [both[0], Treatment::Passes(reason)],
            _ => both,
        },
    }
}

/// Why the visit before a press would have passed without a page.
fn no_page(mode: Mode, seen: &Seen, history: &History) -> Option<PassReason> {
    match mode {
        Mode::Observe => Some(PassReason::Observe),
        Mode::Adaptive if !seen.repaired && Class::of(history.page_score()) == Class::Unknown => {
            Some(PassReason::Adaptive)
        }
        Mode::Enforce | Mode::Strict | Mode::Adaptive => None,
    }
}

/// A visit of a log in its place.
#[must_use]
pub fn moment<'v>(seen: &'v Seen, digests: &Seed) -> Moment<'v> {
    let (visit, digest) = (seen.as_visit(), |bytes: &[u8]| digests.hash_one(bytes) as Digest);
    let mut mark = Mark::of(&visit, seen.at, digest);
    if visit.headers.get(AGENT) == Fact::Unrecorded {
        // Older lines have no digest of the whole; then the part is all there is to tell visitors apart.
        let part = || seen.kind.shown(AGENT).map(|part| digest(part.as_bytes()));
        mark.agent = seen.agent.or_else(part).unwrap_or(mark.agent);
    }
    Moment {
        mark,
        visit,
        link: seen.link,
        issued: seen.issued,
        recalled: seen.recalled(),
    }
}

/// As many links as `serve` remembers where nothing else is configured.
const LINKS: usize = 100_000;
const ALIKE: usize = 16_384;
/// So many hits of a link wait for its confirmation.
const WAITING: usize = 32;
