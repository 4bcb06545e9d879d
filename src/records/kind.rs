//! What many lines have alike: the request but for its method and where it came from, and the verdict.

use std::fmt;
use std::hash::BuildHasher as _;

use http::Method;

use super::VALUE;
use super::likeness::Seed;
use super::line::{members, text, texts};
use super::read::Unreadable;
use super::redact::LEFT_OUT;
use crate::gate::PassReason;
use crate::gate::verdict::{Class, Recalled};
use crate::visit::{Fact, VisitBuf, version_named};

/// What a visit has alike with others. It can't be printed whole: an access log's values may hold tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Kind {
    /// The visit; its method, where it comes from and what came before it are not told here.
    pub visit: VisitBuf,
    /// The link's name.
    pub link_name: Option<String>,
    /// The link's template.
    pub route: Option<String>,
    /// What is told of values that are not known whole: to be shown, never to be judged.
    pub cut: Vec<(String, String)>,
    /// Equal for equal user agents.
    pub(super) agent: u64,
}

/// A verdict as it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Then {
    /// The class.
    pub class: Class,
    /// What the findings added up to.
    pub score: Option<i32>,
    /// What matched.
    pub findings: Vec<String>,
    /// What the page asked of a person.
    pub step: Option<String>,
    /// Why it was done, in the log's word.
    pub reason: Option<String>,
    /// Whether its browser had asked for the mail.
    pub asked: bool,
    /// The doubts about its press.
    pub doubts: Vec<String>,
    /// What they added up to; `None`: it brought no ticket, so nobody pressed.
    pub press_score: Option<i32>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Kind");
        shown.field("link_name", &self.link_name).field("route", &self.route);
        shown.finish_non_exhaustive()
    }
}

impl Kind {
    pub(super) fn new(
        visit: VisitBuf,
        cut: Vec<(String, String)>,
        link_name: Option<String>,
        route: Option<String>,
        seed: &Seed,
    ) -> Self {
        // None is not the same as one that was not recorded.
        let agent = seed.hash_one(visit.as_visit().headers.get("user-agent").known());
        Self {
            visit,
            link_name,
            route,
            cut,
            agent,
        }
    }

    /// A field's value as it may be shown, whole or in part.
    #[must_use]
    pub fn shown(&self, name: &str) -> Option<&str> {
        let all = self.cut.iter().chain(&self.visit.values);
        all.into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The kind of a line; `has_client` says whether it names the client's address.
    pub(super) fn of(line: &str, has_client: bool, behind_proxy: bool, seed: &Seed) -> Option<Self> {
        let owned = |value| text(value).map(|text| text.into_owned());
        let mut visit = VisitBuf::unrecorded(Method::GET);
        let (mut scheme, mut version, mut print, mut agent) = (None, None, None, None);
        let (mut link_name, mut route, mut parts) = (None, None, Vec::new());
        members(line, |key, value| match key {
            "url.scheme" => scheme = text(value),
            "http.route" => route = owned(value),
            "network.protocol.version" => version = text(value),
            "user_agent.original" => agent = owned(value),
            "tls.client.ja4" => print = owned(value),
            "linklatch.visit.fields" => visit.names = Fact::of(texts(value)),
            "linklatch.visit.cut" => parts = texts(value).unwrap_or_default(),
            "linklatch.link.name" => link_name = owned(value),
            _ => {
                let value = key.strip_prefix(VALUE).map(|name| (name, texts(value)));
                if let Some((name, Some(mut values))) =
                    value.filter(|(_, values)| values.as_ref().is_some_and(|values| !values.is_empty()))
                {
                    visit.values.push((name.to_owned(), values.swap_remove(0)));
                }
            }
        })?;
        let names = visit.names.as_ref().known();
        let forwarded = names.is_none_or(|names| names.iter().any(|name| FORWARDED.contains(&name.as_str())));
        let direct = has_client && !(forwarded && behind_proxy);
        visit.secure = Fact::of(scheme.map(|scheme| scheme == "https"));
        visit.tls = match print {
            Some(print) => Fact::Known(Some(print)),
            None if direct && visit.secure == Fact::Known(false) => Fact::Known(None),
            None => Fact::Unrecorded,
        };
        visit.version = Fact::of(version.as_deref().filter(|_| direct).and_then(version_named));
        visit.values.extend(agent.map(|agent| ("user-agent".to_owned(), agent)));
        // Older lines do not say which values are parts; there the mark of what was left out does.
        let is_part = |(name, value): &(String, String)| parts.contains(name) || value.contains(LEFT_OUT);
        let (cut, whole) = visit.values.into_iter().partition(is_part);
        visit.values = whole;
        Some(Self::new(visit, cut, link_name, route, seed))
    }
}

impl Then {
    /// What was found then.
    #[must_use]
    pub fn recalled(&self) -> Recalled<'_> {
        Recalled {
            findings: &self.findings,
            doubts: &self.doubts,
        }
    }

    /// Why it passed, where that hangs on its body or on an earlier press.
    #[must_use]
    pub fn let_through(&self) -> Option<PassReason> {
        let reasons = [
            PassReason::OpenedPost,
            PassReason::Preflight,
            PassReason::OneClickUnsubscribe,
        ];
        let reason = self.reason.as_deref();
        reasons.into_iter().find(|known| Some(known.as_str()) == reason)
    }

    /// The verdict of a line.
    pub(super) fn of(line: &str) -> Result<Self, Unreadable> {
        let (mut class, mut then) = (None, Self::default());
        let owned = |value| text(value).map(|text| text.into_owned());
        members(line, |key, value| match key {
            "linklatch.verdict.class" => class = text(value).and_then(|class| Class::named(&class)),
            "linklatch.verdict.score" => then.score = value.parse().ok(),
            "linklatch.verdict.findings" => then.findings = texts(value).unwrap_or_default(),
            "linklatch.step" => then.step = owned(value),
            "linklatch.reason" => then.reason = owned(value),
            "linklatch.visit.asked" => then.asked = value == "true",
            "linklatch.press.doubts" => then.doubts = texts(value).unwrap_or_default(),
            "linklatch.press.score" => then.press_score = value.parse().ok(),
            _ => {}
        });
        then.class = class.ok_or(Unreadable("its `linklatch.verdict.class` is not known"))?;
        Ok(then)
    }
}

/// Where a trusted proxy speaks of its client.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"];
