//! What may go upstream, and the requests that may not yet.

use http::{Method, Request, Uri};

use super::keys::{LinkId, TargetId};
use super::link::UpstreamId;
use super::recognise::Values;
use super::repair::Repair;
use super::{path_and_query, spelling};

/// Why a request passes without a confirmation. A closed set: nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassReason {
    /// It means no protected link.
    NoLink,
    /// A call whose token a person confirmed a short time ago.
    OpenedCall,
    /// A POST to a link that a person confirmed a short time ago.
    OpenedPost,
    /// A CORS preflight whose target's token a person confirmed a short time ago.
    Preflight,
    /// A call of a client that the operator named.
    NamedClient,
    /// A visit that a signature of the operator's lets pass.
    AllowedBySignature,
    /// An RFC 8058 one-click unsubscribe, where the link allows it.
    OneClickUnsubscribe,
    /// The browser that asked for the mail sends its app's call.
    SameBrowser,
    /// Its link only watches.
    Observe,
    /// Its link stops only what may be a machine.
    Adaptive,
}

impl PassReason {
    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoLink => "no_link",
            Self::OpenedCall => "opened_call",
            Self::OpenedPost => "opened_post",
            Self::Preflight => "preflight",
            Self::NamedClient => "named_client",
            Self::AllowedBySignature => "allowed_by_signature",
            Self::OneClickUnsubscribe => "one_click_unsubscribe",
            Self::SameBrowser => "same_browser",
            Self::Observe => "observe",
            Self::Adaptive => "adaptive",
        }
    }
}

/// A request that may be forwarded as it is. Only [`super::Gate`] makes one, and only for a [`PassReason`].
#[derive(Debug)]
pub struct Passage<B> {
    request: Request<B>,
    reason: PassReason,
    upstream: Option<UpstreamId>,
}

impl<B> Passage<B> {
    pub(super) const fn new(request: Request<B>, reason: PassReason, upstream: Option<UpstreamId>) -> Self {
        Self {
            request,
            reason,
            upstream,
        }
    }

    /// Why it passes.
    #[must_use]
    pub const fn reason(&self) -> PassReason {
        self.reason
    }

    /// The upstream that its link names.
    #[must_use]
    pub const fn upstream(&self) -> Option<UpstreamId> {
        self.upstream
    }

    /// The request, to look at.
    #[must_use]
    pub const fn request(&self) -> &Request<B> {
        &self.request
    }

    /// The request, to be sent.
    pub fn into_request(self) -> Request<B> {
        self.request
    }
}

/// A request that means a protected link.
#[derive(Debug)]
pub struct Protected<B> {
    pub(super) request: Request<B>,
    pub(super) link: usize,
    /// By every key, newest first, and last by the memory's; never empty.
    pub(super) link_ids: Vec<LinkId>,
    pub(super) host: String,
    pub(super) target: TargetId,
    /// By the memory's key.
    pub(super) remembered: TargetId,
    pub(super) values: Values,
    /// What came in its place, and what was mended.
    pub(super) mended: Option<(Uri, Vec<Repair>)>,
}

impl<B> Protected<B> {
    /// The link's digest.
    #[must_use]
    pub fn link_id(&self) -> LinkId {
        self.link_ids[0]
    }

    /// The link's digests by every key, newest first, and last by the memory's: an opening may be known by any of them.
    #[must_use]
    pub fn link_ids(&self) -> &[LinkId] {
        &self.link_ids
    }

    /// The target's digest.
    #[must_use]
    pub const fn target(&self) -> TargetId {
        self.target
    }

    /// What this process remembers the link and the target by, whatever keys come and go.
    #[must_use]
    pub fn remembered(&self) -> (LinkId, TargetId) {
        (self.link_ids[self.link_ids.len() - 1], self.remembered)
    }

    /// What the target's digest is of: its canonical host, its path and query.
    #[must_use]
    pub fn host_and_target(&self) -> (&str, &str) {
        (&self.host, path_and_query(self.request.uri()))
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The request, to look at.
    #[must_use]
    pub const fn request(&self) -> &Request<B> {
        &self.request
    }

    /// What was mended of a link that arrived damaged: the request is that of the whole link.
    #[must_use]
    pub fn repaired(&self) -> Option<String> {
        let (_, by) = self.mended.as_ref()?;
        let words: Vec<&str> = by.iter().map(|repair| repair.as_str()).collect();
        Some(words.join("+"))
    }

    /// What no log may show of this request: the link's values, decoded and as they came. Whatever else the target
    /// carries, they are few: each text of a log is searched for all of them.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let uri = self.request.uri();
        let mut secrets: Vec<&str> = self.values.0.iter().map(|(_, value)| value.as_str()).collect();
        secrets.retain(|value| !value.is_empty());
        let pairs = uri.query().unwrap_or_default().split('&');
        let query = pairs.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
        let encoded = uri
            .path()
            .split('/')
            .chain(query)
            .filter(|raw| raw.contains(['%', '+']));
        let holds = |text: &str| secrets.iter().any(|value| text.contains(value));
        let mut raw: Vec<&str> = encoded.filter(|raw| holds(&spelling::decode_field(raw))).collect();
        raw.sort_unstable();
        raw.dedup();
        raw.truncate(MOST);
        secrets.extend(raw);
        // What came of a damaged link holds pieces of its token.
        let came = self.mended.iter().flat_map(|(came, _)| {
            let pieces = came.path_and_query().map_or("", |came| came.as_str());
            pieces.split(['/', '?', '&', '=']).filter(|piece| piece.len() >= SHORT)
        });
        secrets.extend(came.take(MOST));
        secrets
    }

    /// The same request with another body.
    pub fn with_body<C>(self, body: C) -> Protected<C> {
        let (protected, _) = self.take_body();
        Protected {
            request: protected.request.map(|()| body),
            link: protected.link,
            link_ids: protected.link_ids,
            host: protected.host,
            target: protected.target,
            remembered: protected.remembered,
            values: protected.values,
            mended: protected.mended,
        }
    }

    /// The request as it came, mended or not.
    pub(super) fn into_came(self) -> Request<B> {
        let mut request = self.request;
        if let Some((came, _)) = self.mended {
            *request.uri_mut() = came;
        }
        request
    }

    /// The same request without its body, and the body.
    pub fn take_body(self) -> (Protected<()>, B) {
        let Self {
            request,
            link,
            link_ids,
            host,
            target,
            remembered,
            values,
            mended,
        } = self;
        let (parts, body) = request.into_parts();
        (
            Protected {
                request: Request::from_parts(parts, ()),
                link,
                link_ids,
                host,
                target,
                remembered,
                values,
                mended,
            },
            body,
        )
    }
}

/// A request to a path where a link's token may be redeemed by an API call.
#[derive(Debug)]
pub struct CallRequest<B> {
    pub(super) request: Request<B>,
    pub(super) candidates: Vec<Candidate>,
}

/// One call that the request may be.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) link: usize,
    pub(super) call: usize,
    pub(super) values: Values,
}

impl<B> CallRequest<B> {
    /// The request, to look at.
    #[must_use]
    pub const fn request(&self) -> &Request<B> {
        &self.request
    }

    /// Its header fields, to be changed.
    pub fn headers_mut(&mut self) -> &mut http::HeaderMap {
        self.request.headers_mut()
    }

    /// The same request without its body, and the body.
    pub fn take_body(self) -> (CallRequest<()>, B) {
        let (parts, body) = self.request.into_parts();
        (
            CallRequest {
                request: Request::from_parts(parts, ()),
                candidates: self.candidates,
            },
            body,
        )
    }
}

/// Where a request may go.
#[derive(Debug)]
pub enum Routed<B> {
    /// Upstream.
    Open(Passage<B>),
    /// Nowhere yet: it means a link.
    Protected(Protected<B>),
    /// Nowhere yet: its body or header must be looked at first.
    Call(CallRequest<B>),
    /// Nowhere: it might mean a link, or might not.
    Ambiguous(Request<B>),
}

/// Spellings of a link's values that are looked for.
const MOST: usize = 32;
/// Shorter pieces tell nothing of a token, in bytes.
const SHORT: usize = 8;
