//! The decision: pure, without I/O, clock or randomness of its own.
//!
//! Two types can go upstream, and this module alone makes them: a [`Passage`], for one of a closed set of reasons, and
//! a [`Confirmed`], from a ticket that a person's press brought back and that was not spent before.

mod asked;
pub mod checks;
mod code;
pub mod evidence;
mod explain;
mod fields;
pub mod header_rules;
mod issued;
pub mod keys;
pub mod link;
mod ours;
mod pass;
mod passage;
mod recognise;
mod redemption;
mod repair;
mod sample;
mod spelling;
mod submission;
pub mod template;
pub mod ticket;
pub mod verdict;
pub mod wrapper;

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Uri};

pub use self::asked::{Asked, Vouched};
use self::checks::Checks;
pub use self::code::{Attempt, CODE_FIELD, Code, Digits, Family, Tally, Trouble, Typed};
use self::evidence::{Doubts, Evidence, Weighed};
pub use self::explain::{Case, Explanation, PressExplanation, Refusal, SignatureReason, Treatment};
pub use self::fields::Unclear;
use self::keys::{BrowserSecret, KeyRing, LinkId, Random, TargetId};
use self::link::Link;
pub use self::ours::Ours;
pub use self::pass::{CallToken, Marked, NamedClientProof};
use self::passage::Candidate;
pub use self::passage::{CallRequest, PassReason, Passage, Protected, Routed};
use self::recognise::{Match, Target, Values};
pub use self::redemption::{Confirmed, LinkPlace, Meaning};
pub use self::repair::Repair;
pub use self::sample::Taken;
pub use self::submission::{
    Again, Brought, LANGUAGE_FIELD, STEP_FIELD, Submission, Unsealed, code_of, evidence_of, has_ticket, language_of,
    step_of, ticket_of,
};
use self::ticket::Ticket;
pub use self::ticket::{Network, Step, TICKET_FIELD};
use self::verdict::{Recalled, Verdict};
use crate::signatures::{AgentHits, Found, Signatures};
use crate::time::Timestamp;
use crate::visit::history::Digest;
use crate::visit::{ClientAddress, Visit};

/// Everything that decides, of one generation of the configuration.
#[derive(Debug)]
pub struct Gate {
    links: Vec<Link>,
    keys: Arc<KeyRing>,
    known_hosts: Vec<String>,
    signatures: Arc<Signatures>,
    checks: Checks,
    doubts: Doubts,
    ticket_lifetime: Duration,
}

/// A confirmation that left its token's calls open for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Whose calls pass.
    pub link: LinkId,
    /// The digest of the only link's name whose calls pass, where no person confirmed: other links may share its token.
    pub of: Option<Digest>,
    /// Until when.
    pub until: Timestamp,
}

/// A confirmation that left its target open for a POST of the upstream's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTarget {
    /// The target: what was confirmed, and not what shares its token.
    pub target: TargetId,
    /// Until when.
    pub until: Timestamp,
}

/// Shows that a target was claimed and its ticket was not spent before. The memory makes it, once for each claim.
#[derive(Debug)]
pub struct FirstSpend(());

impl FirstSpend {
    /// To be called by whoever has just claimed the target, atomically.
    #[must_use]
    pub const fn claimed() -> Self {
        Self(())
    }
}

impl Gate {
    /// The gate of these links. `hosts` are all hosts that the configuration names.
    #[must_use]
    pub fn new(
        links: Vec<Link>,
        keys: Arc<KeyRing>,
        hosts: &[String],
        signatures: Arc<Signatures>,
        (checks, doubts): (Checks, Doubts),
        ticket_lifetime: Duration,
    ) -> Self {
        let mut known_hosts: Vec<String> = links.iter().filter_map(|link| link.host.clone()).collect();
        known_hosts.extend(hosts.iter().cloned());
        Self {
            links,
            keys,
            known_hosts,
            signatures,
            checks,
            doubts,
            ticket_lifetime,
        }
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &Arc<KeyRing> {
        &self.keys
    }

    /// The link of a protected request.
    #[must_use]
    pub fn link<B>(&self, protected: &Protected<B>) -> &Link {
        &self.links[protected.link]
    }

    /// The link at a place.
    #[must_use]
    pub fn link_at(&self, place: LinkPlace) -> &Link {
        &self.links[place.0]
    }

    /// The digest of a link's name.
    #[must_use]
    pub fn name_of(&self, link: &Link) -> Digest {
        keys::link_name(&link.name)
    }

    /// The link of a name, as logs have it.
    #[must_use]
    pub fn link_named(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| *link.name == *name)
    }

    /// The link of a template, as logs have it.
    #[must_use]
    pub fn link_written(&self, url: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.url.to_string() == url)
    }

    /// The target's digests by every key, newest first, and last by the memory's.
    pub fn target_ids<B>(&self, protected: &Protected<B>) -> impl Iterator<Item = TargetId> {
        let (host, target) = protected.host_and_target();
        self.keys.target_ids(host, target)
    }

    /// Whether the token looks as the link says that its tokens look. One that does not was cut or changed on its way.
    #[must_use]
    pub fn is_whole<B>(&self, protected: &Protected<B>) -> bool {
        let shape = self.links[protected.link].token_shape.as_ref();
        shape.is_none_or(|shape| {
            protected
                .values
                .get(template::TOKEN)
                .is_some_and(|token| shape.is_match(token))
        })
    }

    /// Whether a request means a link, a call, or neither. `host` is canonical. A link that arrived damaged is the whole
    /// one that it was, where that can be told.
    #[must_use]
    pub fn route<B>(&self, request: Request<B>, host: &str) -> Routed<B> {
        let target = Target::new(request.uri());
        let mut fits = None;
        let mut ambiguous = false;
        for (index, link) in self.served(host) {
            match target.link(link) {
                Match::No => {}
                Match::Ambiguous(_) => ambiguous = true,
                Match::Fits(values) => {
                    fits = Some((index, values));
                    break;
                }
            }
        }
        if let Some((index, mended)) = self.mend(host, request.uri(), fits.as_ref()) {
            return Routed::Protected(self.protect_mended(request, index, host, mended));
        }
        if let Some((index, values)) = fits {
            return Routed::Protected(self.protect(request, index, host, values));
        }
        if ambiguous {
            return Routed::Ambiguous(request);
        }
        self.route_call(request)
    }

    /// The plain spellings of links that a target may mean which is [`Routed::Ambiguous`]. `host` is canonical.
    #[must_use]
    pub fn plain_spellings(&self, uri: &Uri, host: &str) -> Vec<String> {
        let target = Target::new(uri);
        let links = self.served(host);
        links.flat_map(|(_, link)| target.plain_spellings(link)).collect()
    }

    fn protect<B>(&self, request: Request<B>, link: usize, host: &str, values: Values) -> Protected<B> {
        let target = path_and_query(request.uri());
        Protected {
            link_ids: self.keys.link_ids(&values, &self.links[link].belongs).collect(),
            host: host.to_owned(),
            target: self.keys.target_id(host, target),
            remembered: self.keys.remembered_target(host, target),
            request,
            link,
            values,
            mended: None,
        }
    }

    fn route_call<B>(&self, request: Request<B>) -> Routed<B> {
        let target = Target::new(request.uri());
        let preflight = *request.method() == Method::OPTIONS;
        let mut candidates = Vec::new();
        for (index, link) in self.links.iter().enumerate() {
            for (place, call) in link.calls.iter().enumerate() {
                if !preflight && !recognise::same_method(&call.method, request.method()) {
                    continue;
                }
                match target.call(call) {
                    Match::No => {}
                    Match::Ambiguous(_) => return Routed::Ambiguous(request),
                    Match::Fits(values) => candidates.push(Candidate {
                        link: index,
                        call: place,
                        values,
                    }),
                }
            }
        }
        if candidates.is_empty() {
            Routed::Open(Passage::new(request, PassReason::NoLink, None))
        } else {
            Routed::Call(CallRequest { request, candidates })
        }
    }

    fn served<'g>(&'g self, host: &'g str) -> impl Iterator<Item = (usize, &'g Link)> {
        let links = self.links.iter().enumerate();
        links.filter(move |(_, link)| self.serves(link, host))
    }

    /// A link with a host is served there, and wherever a host is not known: the upstream may not mind it.
    fn serves(&self, link: &Link, host: &str) -> bool {
        link.host
            .as_ref()
            .is_none_or(|own| own == host || !self.known_hosts.iter().any(|known| known == host))
    }

    /// The links whose mails a request asks for.
    pub fn asked<B>(&self, request: &Request<B>) -> impl Iterator<Item = &Link> {
        let asks = |ask: &link::Ask| ask.method == *request.method() && Target::new(request.uri()).ask(ask);
        self.links
            .iter()
            .filter(move |link| link.ask.as_ref().is_some_and(asks))
    }

    /// When a link was issued, as far as its token or the field that it names tells.
    #[must_use]
    pub fn issued<B>(&self, protected: &Protected<B>) -> Option<Timestamp> {
        let field = self.link(protected).issued.as_ref();
        let named = field.and_then(|hole| issued::of_field(protected.values.get(hole)?));
        named.or_else(|| issued::of_token(protected.values.get(template::TOKEN)?))
    }

    /// When a link ends: as its token says, else by its time of issue and its lifetime. `asked` is when its mail was asked
    /// for, if that is known.
    #[must_use]
    pub fn ends<B>(&self, protected: &Protected<B>, asked: Option<Timestamp>) -> Option<Timestamp> {
        let token = protected.values.get(template::TOKEN)?;
        issued::end_of_token(token).or_else(|| {
            let life = self.link(protected).lifetime?;
            Some(self.issued(protected).or(asked)?.after(life))
        })
    }

    /// What a visit looks like.
    #[must_use]
    pub fn judge(&self, visit: &Visit<'_>) -> Verdict {
        verdict::judge(visit, &self.signatures, &self.checks)
    }

    /// What a visit's user agent hits, to be kept for [`Gate::find_with`].
    #[must_use]
    pub fn agent_hits(&self, visit: &Visit<'_>) -> AgentHits {
        self.signatures.agent_hits(visit)
    }

    /// The signatures that match a visit of a log whose user agent hit `agent`.
    #[must_use]
    pub fn find_with(&self, visit: &Visit<'_>, agent: &AgentHits, recalled: Recalled<'_>) -> Found<'_> {
        self.signatures.find_with(visit, agent, |id| recalled.has(id))
    }

    /// What a visit of a log looks like that these signatures match.
    #[must_use]
    pub fn judge_found(&self, visit: &Visit<'_>, found: &Found<'_>, recalled: Recalled<'_>) -> Verdict {
        verdict::judge_found(visit, found, &self.checks, recalled)
    }

    /// The signatures in force.
    #[must_use]
    pub fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// The doubts about a press.
    #[must_use]
    pub fn weigh(&self, visit: &Visit<'_>, evidence: &Evidence) -> Weighed {
        self.doubts.weigh(visit, evidence, Recalled::NOTHING)
    }

    /// The code that a page asks for, if any. `of_link` are the wrong tries that its link has seen.
    #[must_use]
    pub fn code(
        &self,
        step: Step,
        again: Option<Again>,
        of_link: u32,
        random: impl FnOnce() -> Random,
    ) -> Option<Code> {
        match (again, step) {
            (Some(Again::Code { code, .. }), _) => Some(code),
            (Some(Again::CodeNeeded), _) | (_, Step::PressAndCode) => Some(Code::new(of_link, &random())),
            (_, Step::Press) => None,
        }
    }

    /// A sealed ticket for the page that answers a visit.
    #[must_use]
    pub fn hold<B>(
        &self,
        protected: &Protected<B>,
        (verdict, code): (&Verdict, Option<Code>),
        client: ClientAddress,
        browser: BrowserSecret,
        now: Timestamp,
        nonce: Random,
    ) -> String {
        let network = Network::of(client);
        Ticket {
            target: protected.target,
            code,
            score: verdict.machine_score(),
            issued: now,
            nonce,
            browser,
            network,
        }
        .seal(&self.keys)
    }

    /// The confirmation that may be sent upstream, once.
    #[must_use]
    pub fn confirm(&self, _unsealed: Unsealed, protected: Protected<()>, _spend: FirstSpend) -> Confirmed {
        Confirmed::new(&self.links[protected.link], LinkPlace(protected.link), protected)
    }
}

#[cfg(test)]
impl Gate {
    /// A gate that knows no link and no scanner.
    pub(crate) fn of_nothing() -> Self {
        let keys = KeyRing::new(&[crate::secret::SecretKey::new([1; 32])]).unwrap();
        let signatures = Arc::new(Signatures::none());
        Self::new(
            Vec::new(),
            Arc::new(keys),
            &[],
            signatures,
            (Checks::default(), Doubts::default()),
            Duration::ZERO,
        )
    }
}

/// Path and query, byte for byte as they came.
fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}
