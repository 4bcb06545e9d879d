//! The same-browser mark: the browser that asked for a mail vouches for the one link that it then opens.

use std::time::Duration;

use http::Method;

use super::Gate;
use super::keys::{self, BrowserSecret, Purpose, Random};
use super::link::{Link, SameBrowser};
use super::passage::Protected;
use super::submission::Unsealed;
use super::ticket::{Network, Ticket};
use crate::time::Timestamp;
use crate::visit::history::{Digest, FirstSight};
use crate::visit::{Fact, Headers};

/// What the mark of a browser holds: when it asked, and for which links. It names neither a person nor a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When the mail was asked for.
    pub at: Timestamp,
    /// Tells this mark from every other: it vouches for one link.
    pub id: Random,
    /// Digests of the links' names.
    links: Vec<Digest>,
}

/// A mark that vouches for a link: its browser asked for the mail.
#[derive(Debug)]
pub struct Vouched {
    asked: Asked,
}

impl Gate {
    /// The sealed mark for a browser that asked for the mails of these links.
    pub fn seal_asked<'l>(&self, links: impl Iterator<Item = &'l str>, now: Timestamp, random: &Random) -> String {
        let mut plain = now.as_millis().to_be_bytes().to_vec();
        plain.extend_from_slice(random);
        links.for_each(|name| plain.extend_from_slice(&keys::link_name(name).to_be_bytes()));
        self.keys.seal(Purpose::Asked, plain, random)
    }

    /// Opens a mark.
    #[must_use]
    pub fn open_asked(&self, sealed: &str) -> Option<Asked> {
        let plain = self.keys.open(Purpose::Asked, sealed)?;
        let (at, rest) = plain.split_first_chunk::<8>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (links, rest) = rest.as_chunks::<4>();
        rest.is_empty().then(|| Asked {
            at: Timestamp::from_millis(i64::from_be_bytes(*at)),
            id: *id,
            links: links.iter().map(|digest| Digest::from_be_bytes(*digest)).collect(),
        })
    }

    /// The mark, if it vouches for a link that `binds` to it: one of the kind that was asked for, that nobody saw before
    /// the asking. A mark of another link, or an old one, vouches for nothing and blocks nothing; nor does one where it is
    /// not known who saw the link.
    pub fn vouch<B>(
        &self,
        protected: &Protected<B>,
        asked: Asked,
        sight: &FirstSight,
        now: Timestamp,
        binds: impl FnOnce(&Asked) -> bool,
    ) -> Option<Vouched> {
        let issued_before = self
            .issued(protected)
            .is_some_and(|issued| asked.at.since(issued) > CLOCKS);
        let vouches = !issued_before && self.is_mark_of(&asked, self.link(protected), sight, now);
        (vouches && binds(&asked)).then_some(Vouched { asked })
    }

    /// Whether a mark is one of a link's kind, and not older than such links live, nor than a day; and nobody saw the link
    /// before it.
    pub(super) fn is_mark_of(&self, asked: &Asked, link: &Link, sight: &FirstSight, now: Timestamp) -> bool {
        let name = self.name_of(link);
        let life = link.lifetime.unwrap_or(LINK_LIFE).min(MARK_LIFE);
        link.same_browser != SameBrowser::Off
            && asked.links.contains(&name)
            && now.since(asked.at) <= life
            && asked.at.since(now) <= CLOCKS
            && sight.is_not_before(asked.at, now.before(life))
    }

    /// Whether a mark's visit confirms at once: a browser's own navigation that says so, and not ahead of its person.
    #[must_use]
    pub fn confirms_at_once<B>(&self, protected: &Protected<B>) -> bool {
        let headers = protected.request.headers();
        let says = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
        self.link(protected).same_browser == SameBrowser::Pass
            && *protected.method() == Method::GET
            && says("sec-fetch-mode", "navigate")
            && says("sec-fetch-dest", "document")
            && Headers::Live(headers).prefetch() == Fact::Known(false)
    }

    /// The ticket of a visit that needs no page. It is the mark's: its browser is known by it, and it passes once.
    #[must_use]
    pub fn unseal_vouched<B>(&self, protected: &Protected<B>, vouched: &Vouched, network: Network) -> Unsealed {
        Unsealed::new(Ticket {
            target: protected.target,
            code: None,
            score: 0,
            issued: vouched.asked.at,
            nonce: vouched.asked.id,
            browser: BrowserSecret(vouched.asked.id),
            network,
        })
    }
}

/// For how long links live where the configuration does not say.
const LINK_LIFE: Duration = Duration::from_secs(60 * 60);
/// For how long a mark vouches at most: whether a link was seen before it was asked for is remembered for a day.
const MARK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How far the clocks of replicas and of the upstream may be apart.
const CLOCKS: Duration = Duration::from_secs(60);
