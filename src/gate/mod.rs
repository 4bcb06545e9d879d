//! The decision: pure, without I/O, clock or randomness of its own.
//!
//! Two types can go upstream, and this module alone makes them: a [`Passage`], for one of a closed set of reasons, and
//! a [`Confirmed`], from a ticket that a person's press brought back and that was not spent before.

pub mod checks;
mod code;
mod fields;
mod issued;
pub mod keys;
pub mod link;
mod passage;
mod recognise;
mod redemption;
mod spelling;
mod submission;
pub mod template;
pub mod ticket;
pub mod verdict;
pub mod wrapper;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Uri};

use self::checks::Checks;
pub use self::code::{Attempt, CODE_FIELD, Code, Digits, Family, Tally, Trouble, Typed};
use self::fields::Fields;
pub use self::fields::Unclear;
use self::keys::{BrowserSecret, KeyRing, LinkId, Random, TargetId};
use self::link::Link;
use self::passage::Candidate;
pub use self::passage::{CallRequest, PassReason, Passage, Protected, Routed};
use self::recognise::{Carried, Match, Target};
pub use self::redemption::{Confirmed, Meaning};
pub use self::submission::{Again, Brought, Submission, Unsealed, code_of, has_ticket, ticket_of};
use self::ticket::{Network, Ticket};
pub use self::ticket::{Step, TICKET_FIELD};
use self::verdict::{Class, Verdict};
use crate::signatures::{Action, Signatures};
use crate::time::Timestamp;
use crate::visit::Visit;
use crate::visit::history::Mark;

/// Everything that decides, of one generation of the configuration.
#[derive(Debug)]
pub struct Gate {
    links: Vec<Link>,
    keys: Arc<KeyRing>,
    known_hosts: Vec<String>,
    signatures: Arc<Signatures>,
    checks: Checks,
    ticket_lifetime: Duration,
}

/// What a call's token is known by, for each link that names the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallToken {
    /// It carries no link's token.
    None,
    /// It can't be told.
    Unclear,
    /// It redeems one of these: the digests by every key, and for each link that names the call.
    Links(Vec<LinkId>),
}

/// A confirmation that left its token's calls open for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Whose calls pass.
    pub link: LinkId,
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
        checks: Checks,
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

    /// The target's digests by every key, newest first.
    pub fn target_ids<B>(&self, protected: &Protected<B>) -> impl Iterator<Item = TargetId> {
        self.keys
            .target_ids(&protected.host, path_and_query(protected.request.uri()))
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

    /// Whether a request means a link, a call, or neither. `host` is canonical.
    #[must_use]
    pub fn route<B>(&self, request: Request<B>, host: &str) -> Routed<B> {
        let target = Target::new(request.uri());
        let mut ambiguous = false;
        for (index, link) in self
            .links
            .iter()
            .enumerate()
            .filter(|(_, link)| self.serves(link, host))
        {
            match target.link(link) {
                Match::No => {}
                Match::Ambiguous => ambiguous = true,
                Match::Fits(values) => {
                    let link_ids = self.keys.link_ids(&values, &link.belongs).collect();
                    let target = self.keys.target_id(host, path_and_query(request.uri()));
                    let host = host.to_owned();
                    return Routed::Protected(Protected {
                        request,
                        link: index,
                        link_ids,
                        host,
                        target,
                        values,
                    });
                }
            }
        }
        if ambiguous {
            return Routed::Ambiguous(request);
        }
        self.route_call(request)
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
                    Match::Ambiguous => return Routed::Ambiguous(request),
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

    /// A link with a host is served there, and wherever a host is not known: the upstream may not mind it.
    fn serves(&self, link: &Link, host: &str) -> bool {
        link.host
            .as_ref()
            .is_none_or(|own| own == host || !self.known_hosts.iter().any(|known| known == host))
    }

    /// Whether a call's body must be read before it can be judged: many servers look for a query's field there too.
    #[must_use]
    pub fn needs_body<B>(&self, call: &CallRequest<B>) -> bool {
        *call.request.method() != Method::OPTIONS
            && call.candidates.iter().any(|candidate| {
                let call = &self.links[candidate.link].calls[candidate.call];
                !call.fields.is_empty() || call.url.query().iter().any(|(_, value)| value.hole().is_some())
            })
    }

    /// Which links' tokens a call carries; `body` is empty where [`Gate::needs_body`] says no.
    #[must_use]
    pub fn call_token(&self, call: &CallRequest<()>, body: &[u8]) -> CallToken {
        let headers = call.request.headers();
        let Ok(fields) = Fields::parse(headers, body) else {
            return CallToken::Unclear;
        };
        let query = call.request.uri().query().unwrap_or_default();
        let mut links = Vec::new();
        for candidate in &call.candidates {
            let link = &self.links[candidate.link];
            match recognise::carried(
                link,
                &link.calls[candidate.call],
                &candidate.values,
                query,
                headers,
                &fields,
            ) {
                Carried::No => {}
                Carried::Unclear => return CallToken::Unclear,
                Carried::Token(values) => links.extend(self.keys.link_ids(&values, &link.belongs)),
            }
        }
        if links.is_empty() {
            CallToken::None
        } else {
            CallToken::Links(links)
        }
    }

    /// Lets a call pass that carries no token.
    #[must_use]
    pub fn pass_without_token<B>(&self, call: CallRequest<()>, token: &CallToken, body: B) -> Option<Passage<B>> {
        (*token == CallToken::None).then(|| Passage::new(call.request.map(|()| body), PassReason::NoLink, None))
    }

    /// Lets a call pass whose token's opening holds.
    #[must_use]
    pub fn pass_opened_call<B>(
        &self,
        call: CallRequest<()>,
        token: &CallToken,
        opening: Opening,
        now: Timestamp,
        body: B,
    ) -> Option<Passage<B>> {
        let CallToken::Links(links) = token else { return None };
        let reason = if *call.request.method() == Method::OPTIONS {
            PassReason::Preflight
        } else {
            PassReason::OpenedCall
        };
        (links.contains(&opening.link) && now < opening.until)
            .then(|| Passage::new(call.request.map(|()| body), reason, None))
    }

    /// Lets a call of a client pass that the operator named.
    #[must_use]
    pub fn pass_named_client<B>(&self, call: CallRequest<()>, _client: &NamedClientProof, body: B) -> Passage<B> {
        Passage::new(call.request.map(|()| body), PassReason::NamedClient, None)
    }

    /// What a call is known by in the log.
    #[must_use]
    pub fn call_route<B>(&self, call: &CallRequest<B>) -> String {
        let first = &call.candidates[0];
        self.links[first.link].calls[first.call].url.to_string()
    }

    /// Lets a POST or preflight of a link pass whose opening holds. `body` must not hold a ticket.
    #[expect(
        clippy::result_large_err,
        reason = "a request that does not pass comes back whole, to be held"
    )]
    pub fn pass_opened_post<B>(
        &self,
        protected: Protected<()>,
        opening: OpenTarget,
        now: Timestamp,
        body: B,
    ) -> Result<Passage<B>, (Protected<()>, B)> {
        let reason = match *protected.method() {
            Method::POST => PassReason::OpenedPost,
            Method::OPTIONS => PassReason::Preflight,
            _ => return Err((protected, body)),
        };
        if !self.target_ids(&protected).any(|target| target == opening.target) || now >= opening.until {
            return Err((protected, body));
        }
        let upstream = self.link(&protected).upstream;
        Ok(Passage::new(protected.request.map(|()| body), reason, upstream))
    }

    /// Lets a visit pass that a signature lets pass: the operator's own monitors.
    #[expect(
        clippy::result_large_err,
        reason = "a request that does not pass comes back whole, to be held"
    )]
    pub fn pass_allowed<B>(&self, protected: Protected<B>, verdict: &Verdict) -> Result<Passage<B>, Protected<B>> {
        if verdict.action() != Action::Allow {
            return Err(protected);
        }
        let upstream = self.link(&protected).upstream;
        Ok(Passage::new(
            protected.request,
            PassReason::AllowedBySignature,
            upstream,
        ))
    }

    /// Lets a one-click unsubscribe pass (RFC 8058 section 3.2: the body is `List-Unsubscribe=One-Click`).
    #[expect(
        clippy::result_large_err,
        reason = "a request that does not pass comes back whole, to be held"
    )]
    pub fn pass_one_click<B>(
        &self,
        protected: Protected<()>,
        form: &[u8],
        body: B,
    ) -> Result<Passage<B>, (Protected<()>, B)> {
        let link = self.link(&protected);
        if !link.one_click_unsubscribe || *protected.method() != Method::POST || form.trim_ascii() != ONE_CLICK {
            return Err((protected, body));
        }
        let upstream = link.upstream;
        Ok(Passage::new(
            protected.request.map(|()| body),
            PassReason::OneClickUnsubscribe,
            upstream,
        ))
    }

    /// The links whose mails a request asks for, by name.
    pub fn asked<B>(&self, request: &Request<B>) -> impl Iterator<Item = &Arc<str>> {
        let asks = self
            .links
            .iter()
            .filter_map(|link| Some((&link.name, link.ask.as_ref()?)));
        asks.filter(|(_, ask)| ask.method == *request.method() && Target::new(request.uri()).ask(ask))
            .map(|(name, _)| name)
    }

    /// When a link was issued, as far as its token or the field that it names tells.
    #[must_use]
    pub fn issued<B>(&self, protected: &Protected<B>) -> Option<Timestamp> {
        let field = self.link(protected).issued.as_ref();
        let named = field.and_then(|hole| issued::of_field(protected.values.get(hole)?));
        named.or_else(|| issued::of_token(protected.values.get(template::TOKEN)?))
    }

    /// What is remembered of a visit.
    #[must_use]
    pub fn mark(&self, visit: &Visit<'_>, now: Timestamp) -> Mark {
        Mark::of(visit, now, |bytes| self.keys.visitor(bytes))
    }

    /// What a visit looks like.
    #[must_use]
    pub fn judge(&self, visit: &Visit<'_>) -> Verdict {
        verdict::judge(visit, &self.signatures, &self.checks)
    }

    /// What a visit calls for.
    #[must_use]
    pub const fn step(&self, verdict: &Verdict) -> Step {
        match verdict.class {
            Class::Unknown => Step::Press,
            Class::Suspect | Class::Scanner => Step::PressAndCode,
        }
    }

    /// The code that the page for a visit asks for, if any. `of_link` are the wrong tries that its link has seen.
    #[must_use]
    pub fn code(&self, verdict: &Verdict, again: Option<Again>, of_link: u32, random: &Random) -> Option<Code> {
        match (again, self.step(verdict)) {
            (Some(Again::Code { code, .. }), _) => Some(code),
            (Some(Again::CodeNeeded), _) | (_, Step::PressAndCode) => Some(Code::new(of_link, random)),
            (_, Step::Press) => None,
        }
    }

    /// A sealed ticket for the page that answers a visit.
    #[must_use]
    pub fn hold<B>(
        &self,
        protected: &Protected<B>,
        code: Option<Code>,
        client: IpAddr,
        browser: BrowserSecret,
        now: Timestamp,
        nonce: Random,
    ) -> String {
        let network = Network::of(client);
        Ticket {
            target: protected.target,
            code,
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
        Confirmed::new(&self.links[protected.link], protected)
    }
}

/// Shows that a request came from a client that the operator named; see [`NamedClientProof::check`].
#[derive(Debug)]
pub struct NamedClientProof(());

impl NamedClientProof {
    /// `None` unless all that the configuration asks of the client holds: its network, its secret, or both.
    #[must_use]
    pub fn check(in_network: Option<bool>, secret_matches: Option<bool>) -> Option<Self> {
        let asked = in_network.is_some() || secret_matches.is_some();
        (asked && in_network != Some(false) && secret_matches != Some(false)).then_some(Self(()))
    }
}

/// Path and query, byte for byte as they came.
fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

const ONE_CLICK: &[u8] = b"List-Unsubscribe=One-Click";
