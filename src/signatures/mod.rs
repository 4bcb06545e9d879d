//! What scanners look like, as IT staff wrote it: signature files, compiled.

mod compile;
mod condition;
mod diff;
mod example;
mod explain;
mod lint;
mod lists;
mod network;
mod ordinary;
mod pattern;
mod raw;
mod schema;
mod shipped;
#[cfg(test)]
mod tests;
mod user_agent;

use std::fmt;
use std::sync::Arc;

use http::{HeaderName, header};
use ipnet::IpNet;
use jiff::civil::Date;
use smallvec::SmallVec;

pub use self::compile::{Effect, Override, ReadList, SourceFile, compile};
pub use self::condition::{Condition, HeaderTest, HistoryTest, Truth};
use self::condition::{Hits, Key};
pub use self::diff::{Change, Diff, Side, diff};
pub use self::example::{Example, Expectation};
pub use self::explain::Reason;
use self::network::Networks;
pub use self::schema::schema;
pub use self::shipped::SHIPPED;
use self::user_agent::{Matching, UserAgents};
use crate::diag::Span;
use crate::visit::{Fact, Visit};

/// One entry of a signature file, compiled.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its stable name.
    pub id: Arc<str>,
    /// What opened the link, for a help desk.
    pub title: String,
    /// What kind of client it is.
    pub kind: Kind,
    /// What it adds to the score; negative for people.
    pub weight: i32,
    /// What is done with a visit that it matches.
    pub action: Action,
    /// Whether it is found and logged without weighing.
    pub observed: bool,
    /// What it asks.
    pub condition: Condition,
    /// Where it is known from.
    pub source: Vec<String>,
    /// The date of the newest source.
    pub seen: Date,
    /// After which day it is stale.
    pub expires: Option<Date>,
    /// Where it stands.
    pub span: Span,
}

/// What a signature does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Adds its weight.
    Weigh,
    /// Refuses the visit.
    Refuse,
    /// Lets the visit pass.
    Allow,
}

/// What kind of client a signature recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A mail gateway's link check.
    Gateway,
    /// A sandbox that runs the page.
    Detonation,
    /// A chat or social preview.
    Preview,
    /// A mail client or browser that fetches ahead.
    Prefetch,
    /// Antivirus or URL reputation.
    Antivirus,
    /// A search, SEO, AI or feed crawler.
    Crawler,
    /// An HTTP library or command-line client.
    Library,
    /// A driven browser.
    Automation,
    /// A web archive.
    Archive,
    /// An uptime or page monitor.
    Monitor,
    /// A network where people live.
    People,
}

impl Kind {
    const NAMES: [(&'static str, Self); 11] = [
        ("gateway", Self::Gateway),
        ("detonation", Self::Detonation),
        ("preview", Self::Preview),
        ("prefetch", Self::Prefetch),
        ("antivirus", Self::Antivirus),
        ("crawler", Self::Crawler),
        ("library", Self::Library),
        ("automation", Self::Automation),
        ("archive", Self::Archive),
        ("monitor", Self::Monitor),
        ("people", Self::People),
    ];
}

/// A compiled set. It never changes; a new one takes its place.
pub struct Signatures {
    entries: Vec<Signature>,
    examples: Vec<Example>,
    overrides: Vec<Override>,
    user_agents: UserAgents,
    networks: Networks,
    by_pattern: Vec<Vec<u32>>,
    by_list: Vec<Vec<u32>>,
    by_field: Vec<(HeaderName, Vec<u32>)>,
    unkeyed: Vec<u32>,
    written: Written,
}

/// Patterns and networks as they are written, by number: to be shown, never to be searched.
#[derive(Debug, Default)]
struct Written {
    patterns: Vec<String>,
    lists: Vec<Vec<IpNet>>,
}

/// What the user agent of a visit hits in one set. It may be kept for other visits with the same user agent.
#[derive(Clone, Debug)]
pub struct AgentHits(Fact<Matching>);

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signatures")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

/// What a visit matched.
#[derive(Clone, Debug, Default)]
pub struct Found<'s> {
    /// The signatures that match, in the order of the files.
    pub signatures: Vec<&'s Signature>,
    /// Those that could not be judged, because something that they ask for was not recorded.
    pub undecided: SmallVec<[&'s Signature; UNDECIDED]>,
}

/// Where nobody looks up autonomous systems and names, this many signatures stay undecided without an allocation.
const UNDECIDED: usize = 32;

impl Signatures {
    /// A set without signatures.
    #[must_use]
    pub fn none() -> Self {
        Self {
            entries: Vec::new(),
            examples: Vec::new(),
            overrides: Vec::new(),
            user_agents: UserAgents::none(),
            networks: Networks::default(),
            by_pattern: Vec::new(),
            by_list: Vec::new(),
            by_field: Vec::new(),
            unkeyed: Vec::new(),
            written: Written::default(),
        }
    }

    /// The signatures, in the order of the files.
    #[must_use]
    pub fn entries(&self) -> &[Signature] {
        &self.entries
    }

    /// The examples of the files.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// What the operator's files change of the signatures, as far as it is in force.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// The signatures that ask for an autonomous system.
    pub fn asking_asn(&self) -> impl Iterator<Item = &Signature> {
        self.asking(|condition| matches!(condition, Condition::Asn(_)))
    }

    /// The signatures that ask for a name.
    pub fn asking_reverse_dns(&self) -> impl Iterator<Item = &Signature> {
        self.asking(|condition| matches!(condition, Condition::ReverseDns(_)))
    }

    fn asking(&self, is_asked: fn(&Condition) -> bool) -> impl Iterator<Item = &Signature> {
        self.entries
            .iter()
            .filter(move |signature| signature.condition.asks(is_asked))
    }

    /// All signatures that match a visit. Its cost hardly grows with their number: one pass of the user agent, one
    /// look-up of the address, and then only what these make worth looking at.
    #[must_use]
    pub fn find(&self, visit: &Visit<'_>) -> Found<'_> {
        self.find_with(visit, &self.agent_hits(visit), |_| false)
    }

    /// What a visit's user agent hits: the costly part of [`Signatures::find`].
    #[must_use]
    pub fn agent_hits(&self, visit: &Visit<'_>) -> AgentHits {
        let agent = visit.headers.get(header::USER_AGENT);
        AgentHits(agent.map(|agent| self.user_agents.matching(agent.unwrap_or_default())))
    }

    /// All signatures that match a visit with a user agent that hit `agent`. What can't be judged matches where
    /// `recalled` knows its id: a log says what matched when all was known.
    #[must_use]
    pub fn find_with(&self, visit: &Visit<'_>, agent: &AgentHits, recalled: impl Fn(&str) -> bool) -> Found<'_> {
        let hits = self.hits(visit, agent);
        let (mut numbers, mut undecided) = (Vec::new(), SmallVec::<[u32; UNDECIDED]>::new());
        self.each_candidate(visit, &hits, |number| {
            let entry = &self.entries[number as usize];
            match entry.condition.holds(visit, &hits) {
                Truth::Yes => numbers.push(number),
                Truth::Unknown if recalled(&entry.id) => numbers.push(number),
                Truth::Unknown => undecided.push(number),
                Truth::No => {}
            }
        });
        // Several of its alternatives may have led to one.
        numbers.sort_unstable();
        numbers.dedup();
        undecided.sort_unstable();
        undecided.dedup();
        Found {
            signatures: self.numbered(&numbers),
            undecided: self.numbered(&undecided),
        }
    }

    /// The signatures of these numbers.
    fn numbered<'s, C: FromIterator<&'s Signature>>(&'s self, numbers: &[u32]) -> C {
        numbers.iter().map(|number| &self.entries[*number as usize]).collect()
    }

    /// Whether one signature matches a visit.
    #[must_use]
    pub fn holds(&self, signature: &Signature, visit: &Visit<'_>) -> Truth {
        let agent = self.agent_hits(visit);
        signature.condition.holds(visit, &self.hits(visit, &agent))
    }

    fn hits<'h>(&'h self, visit: &Visit<'_>, agent: &'h AgentHits) -> Hits<'h> {
        Hits {
            patterns: agent.0.as_ref().map(Matching::as_slice),
            lists: visit.client.map(|client| self.networks.holding(client)),
        }
    }

    /// Looks at the signatures that may match, some perhaps more than once.
    fn each_candidate(&self, visit: &Visit<'_>, hits: &Hits<'_>, mut look: impl FnMut(u32)) {
        let (Fact::Known(patterns), Fact::Known(lists)) = (hits.patterns, hits.lists) else {
            // Something was not recorded: which of them it would have led to can't be told.
            return (0u32..).take(self.entries.len()).for_each(look);
        };
        let by_pattern = patterns.iter().map(|pattern| &self.by_pattern[*pattern]);
        let by_list = lists.iter().map(|list| &self.by_list[*list as usize]);
        let fields = self.by_field.iter();
        let by_field = fields.filter(|(name, _)| visit.headers.has(name) != Fact::Known(false));
        let by_field = by_field.map(|(_, numbers)| numbers);
        let keyed = by_pattern.chain(by_list).chain(by_field);
        for number in keyed.chain([&self.unkeyed]).flatten() {
            look(*number);
        }
    }

    fn new(
        entries: Vec<Signature>,
        examples: Vec<Example>,
        user_agents: UserAgents,
        networks: Networks,
        written: Written,
    ) -> Self {
        let mut by_pattern = vec![Vec::new(); written.patterns.len()];
        let mut by_list = vec![Vec::new(); written.lists.len()];
        let mut by_field: Vec<(HeaderName, Vec<u32>)> = Vec::new();
        let mut unkeyed = Vec::new();
        for (number, signature) in (0u32..).zip(&entries) {
            match signature.condition.keys() {
                None => unkeyed.push(number),
                Some(keys) => {
                    for key in keys {
                        match key {
                            Key::Pattern(pattern) => by_pattern[pattern].push(number),
                            Key::List(list) => by_list[list as usize].push(number),
                            Key::Field(name) => match by_field.iter_mut().find(|(known, _)| *known == name) {
                                Some((_, numbers)) => numbers.push(number),
                                None => by_field.push((name, vec![number])),
                            },
                        }
                    }
                }
            }
        }
        Self {
            entries,
            examples,
            overrides: Vec::new(),
            user_agents,
            networks,
            by_pattern,
            by_list,
            by_field,
            unkeyed,
            written,
        }
    }
}
