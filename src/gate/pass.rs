//! Every way upstream without a confirmation of one's own, but for what is no link at all.

use http::Method;

use super::asked::Asked;
use super::fields::Fields;
use super::keys::LinkId;
use super::link::{Link, Mode, SameBrowser};
use super::ours::Ours;
use super::passage::{CallRequest, Candidate, PassReason, Passage, Protected};
use super::recognise::{self, Carried};
use super::verdict::{Class, Verdict};
use super::{Gate, OpenTarget, Opening};
use crate::signatures::Action;
use crate::time::Timestamp;
use crate::visit::history::FirstSight;
use crate::visit::{Fact, Headers};

/// What a call's token is known by, for each link that names the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallToken {
    /// It carries no link's token.
    None,
    /// It can't be told.
    Unclear,
    /// It redeems one of these.
    Links {
        /// For each link that names the call, its digests: by every key, newest first, and by the memory's.
        ids: Vec<LinkId>,
        /// The memory's alone.
        remembered: Vec<LinkId>,
    },
}

/// The mark of a call's browser, and what else it takes to believe it.
#[derive(Clone, Copy, Debug)]
pub struct Marked<'r> {
    /// The mark.
    pub asked: &'r Asked,
    /// Which requests come from our own pages.
    pub ours: Ours<'r>,
    /// When the call's links were first seen.
    pub sight: FirstSight,
    /// When the call came.
    pub now: Timestamp,
}

impl Gate {
    /// Whether a call's body must be read before it can be judged: many servers look for a query's field there too.
    #[must_use]
    pub fn needs_body<B>(&self, call: &CallRequest<B>) -> bool {
        *call.request.method() != Method::OPTIONS
            && call.candidates.iter().any(|candidate| {
                let call = &self.links[candidate.link].calls[candidate.call];
                !call.fields.is_empty() || call.url.query().iter().any(|(_, value)| value.hole().is_some())
            })
    }

    /// Which links' tokens a call carries; `body` is empty where [`Gate::needs_body`] says no. From here on it is a call
    /// of those links alone.
    #[must_use]
    pub fn call_token(&self, call: &mut CallRequest<()>, body: &[u8]) -> CallToken {
        let headers = call.request.headers();
        let Ok(fields) = Fields::parse(headers, body) else {
            return CallToken::Unclear;
        };
        let query = call.request.uri().query().unwrap_or_default();
        let (mut ids, mut remembered, mut carriers) = (Vec::new(), Vec::new(), Vec::new());
        for candidate in call.candidates.drain(..) {
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
                Carried::Token(values) => {
                    ids.extend(self.keys.link_ids(&values, &link.belongs));
                    remembered.extend(ids.last());
                    carriers.push(candidate);
                }
            }
        }
        call.candidates = carriers;
        if ids.is_empty() {
            CallToken::None
        } else {
            CallToken::Links { ids, remembered }
        }
    }

    /// Lets a call pass where all links that name it only watch.
    #[expect(clippy::result_large_err, reason = "a call that does not pass comes back whole")]
    pub fn pass_watched_call<B>(&self, call: CallRequest<B>) -> Result<Passage<B>, CallRequest<B>> {
        let watches = |candidate: &Candidate| self.links[candidate.link].mode == Mode::Observe;
        if !call.candidates.iter().all(watches) {
            return Err(call);
        }
        Ok(Passage::new(call.request, PassReason::Observe, None))
    }

    /// Lets a call of the browser that asked for the mail pass, where its mark is one of every link whose token it may
    /// carry, nobody saw these links before, and `binds` binds them to it. What looks ahead spends nothing, nor does
    /// another site's page.
    pub fn pass_marked_call<B>(
        &self,
        call: CallRequest<()>,
        token: &CallToken,
        mark: &Marked<'_>,
        binds: impl FnOnce(&[LinkId]) -> bool,
        body: B,
    ) -> Option<Passage<B>> {
        let CallToken::Links { remembered, .. } = token else {
            return None;
        };
        let mut named = call.candidates.iter().map(|candidate| &self.links[candidate.link]);
        let is_mark_of = |link: &Link| self.is_mark_of(mark.asked, link, &mark.sight, mark.now);
        let marked = named.all(|link| link.same_browser == SameBrowser::Pass && is_mark_of(link));
        let headers = call.request.headers();
        let looks_ahead =
            *call.request.method() == Method::HEAD || Headers::Live(headers).prefetch() != Fact::Known(false);
        let ours = mark.ours.called(headers, &self.known_hosts);
        (marked && ours && !looks_ahead && binds(remembered))
            .then(|| Passage::new(call.request.map(|()| body), PassReason::SameBrowser, None))
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
        let CallToken::Links { ids, .. } = token else {
            return None;
        };
        let reason = if *call.request.method() == Method::OPTIONS {
            PassReason::Preflight
        } else {
            PassReason::OpenedCall
        };
        let mut named = call.candidates.iter().map(|candidate| &self.links[candidate.link]);
        let opens = opening.of.is_none_or(|of| named.any(|link| self.name_of(link) == of));
        (opens && ids.contains(&opening.link) && now < opening.until)
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
        if verdict.action() != Action::Allow || protected.mended.is_some() {
            return Err(protected);
        }
        let upstream = self.link(&protected).upstream;
        Ok(Passage::new(
            protected.request,
            PassReason::AllowedBySignature,
            upstream,
        ))
    }

    /// Lets a visit pass that the link's mode does not stop.
    #[expect(
        clippy::result_large_err,
        reason = "a request that does not pass comes back whole, to be held"
    )]
    pub fn pass_by_mode<B>(&self, protected: Protected<B>, verdict: &Verdict) -> Result<Passage<B>, Protected<B>> {
        let link = self.link(&protected);
        let looks_ahead = Headers::Live(protected.request.headers()).prefetch() != Fact::Known(false);
        let reason = match (link.mode, verdict.class) {
            (Mode::Observe, _) => PassReason::Observe,
            // What was mended waits for a person: it would not have passed as it came. So does what nobody looks at yet.
            (Mode::Adaptive, Class::Unknown) if protected.mended.is_none() && !looks_ahead => PassReason::Adaptive,
            _ => return Err(protected),
        };
        let upstream = link.upstream;
        Ok(Passage::new(protected.into_came(), reason, upstream))
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
        let is_whole = protected.mended.is_none() && *protected.method() == Method::POST;
        if !(link.one_click_unsubscribe && is_whole) || form.trim_ascii() != ONE_CLICK {
            return Err((protected, body));
        }
        let upstream = link.upstream;
        Ok(Passage::new(
            protected.request.map(|()| body),
            PassReason::OneClickUnsubscribe,
            upstream,
        ))
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

const ONE_CLICK: &[u8] = b"List-Unsubscribe=One-Click";
