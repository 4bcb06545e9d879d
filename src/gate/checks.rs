//! The built-in checks: what a visit does, and what its browser would have sent.

use std::time::Duration;

use http::Method;

use crate::visit::browser::Browser;
use crate::visit::{Fact, Visit};

/// Something that is looked for in every visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A HEAD request.
    Head,
    /// It says that it fetches ahead.
    Prefetch,
    /// A HEAD came before.
    HeadBefore,
    /// Something that looked like a machine came before.
    MachineBefore,
    /// It came sooner than a person can.
    EarlyGet,
    /// Two visits at the same time.
    Pair,
    /// Several user agents of one address.
    UserAgents,
    /// Several networks at the same time.
    Networks,
    /// Many links from one address.
    ManyLinks,
    /// A browser without the fields that it always sends.
    BrowserFields,
    /// A browser far behind the current ones.
    OldBrowser,
    /// No languages.
    NoAcceptLanguage,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Head,
        Self::Prefetch,
        Self::HeadBefore,
        Self::MachineBefore,
        Self::EarlyGet,
        Self::Pair,
        Self::UserAgents,
        Self::Networks,
        Self::ManyLinks,
        Self::BrowserFields,
        Self::OldBrowser,
        Self::NoAcceptLanguage,
    ];

    /// Its name, in logs and in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Prefetch => "prefetch",
            Self::HeadBefore => "head-before",
            Self::MachineBefore => "machine-before",
            Self::EarlyGet => "early-get",
            Self::Pair => "pair",
            Self::UserAgents => "user-agents",
            Self::Networks => "networks",
            Self::ManyLinks => "many-links",
            Self::BrowserFields => "browser-fields",
            Self::OldBrowser => "old-browser",
            Self::NoAcceptLanguage => "no-accept-language",
        }
    }

    /// What it says, for a help desk.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Head => "it asked only whether the link works (HEAD); people's browsers never do",
            Self::Prefetch => "it said that it fetches ahead, before anybody looks",
            Self::HeadBefore => "the same visitor, or one within a second, had just checked the link (HEAD)",
            Self::MachineBefore => "the same visitor, or one within a second, looked like a machine before",
            Self::EarlyGet => "it came sooner after the mail was sent than a person can open it",
            Self::Pair => "another visit came at the same time, within 300 ms; scanners fetch twice",
            Self::UserAgents => "its address called itself by several names at the same time",
            Self::Networks => "visits came from several networks at the same time",
            Self::ManyLinks => "its address opened many different links within seconds",
            Self::BrowserFields => "it calls itself a browser, but lacks fields that this browser always sends",
            Self::OldBrowser => "its browser is far older than what people use",
            Self::NoAcceptLanguage => "it names no language; nearly all browsers do",
        }
    }

    /// Its weight where the configuration names none.
    #[must_use]
    pub const fn default_weight(self) -> i32 {
        match self {
            Self::Head
            | Self::HeadBefore
            | Self::MachineBefore
            | Self::EarlyGet
            | Self::UserAgents
            | Self::ManyLinks
            | Self::BrowserFields => 50,
            Self::Pair | Self::Networks | Self::OldBrowser | Self::NoAcceptLanguage => 20,
            Self::Prefetch => 0,
        }
    }

    /// Whether it is about what the visitor did. No network of people outweighs that.
    #[must_use]
    pub const fn is_behaviour(self) -> bool {
        !matches!(self, Self::BrowserFields | Self::OldBrowser | Self::NoAcceptLanguage)
    }

    /// Whether it is about what others did as well: strangers within a second. That makes nobody a machine for later.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(
            self,
            Self::HeadBefore | Self::MachineBefore | Self::Pair | Self::UserAgents | Self::Networks
        )
    }

    /// Whether it holds for a visit; what is not known holds for nobody.
    fn holds(self, visit: &Visit<'_>, early: Duration) -> bool {
        let history = visit.history.known();
        let fetches = matches!(*visit.method, Method::GET | Method::HEAD);
        let before = |holds: fn(&crate::visit::history::History) -> bool| history.is_some_and(holds);
        match self {
            Self::Head => *visit.method == Method::HEAD,
            Self::Prefetch => visit.is_prefetch(),
            Self::HeadBefore => *visit.method != Method::HEAD && before(|history| history.head_before()),
            Self::MachineBefore => before(|history| history.machine_before()),
            Self::EarlyGet => fetches && history.and_then(|history| history.age()).is_some_and(|age| age < early),
            Self::Pair => fetches && before(|history| history.pair()),
            Self::UserAgents => before(|history| history.user_agents(SECONDS) > 1),
            Self::Networks => before(|history| history.networks(SECONDS) > 1),
            Self::ManyLinks => before(|history| history.links(SECONDS) >= MANY),
            Self::BrowserFields => {
                visit.secure == Fact::Known(true)
                    && visit.headers.get("sec-fetch-mode") == Fact::Known(None)
                    && browser(visit).is_some_and(|browser| browser.sends_fetch_metadata())
            }
            Self::OldBrowser => browser(visit).is_some_and(|browser| browser.is_old()),
            Self::NoAcceptLanguage => visit.headers.get("accept-language") == Fact::Known(None),
        }
    }
}

/// How the built-in checks weigh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    weights: [i32; Check::ALL.len()],
    /// A link that is younger than this when it is opened was opened early.
    pub early_within: Duration,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            weights: Check::ALL.map(Check::default_weight),
            early_within: Duration::from_secs(3),
        }
    }
}

impl Checks {
    /// A check's weight.
    #[must_use]
    pub const fn weight(&self, check: Check) -> i32 {
        self.weights[check as usize]
    }

    /// Gives a check another weight.
    pub const fn reweigh(&mut self, check: Check, weight: i32) {
        self.weights[check as usize] = weight;
    }

    /// The checks that hold for a visit.
    pub(super) fn find(&self, visit: &Visit<'_>) -> impl Iterator<Item = Check> {
        Check::ALL
            .into_iter()
            .filter(|check| check.holds(visit, self.early_within))
    }
}

fn browser(visit: &Visit<'_>) -> Option<Browser> {
    Browser::of(visit.header("user-agent")?)
}

/// The window of checks over several visits; strangers count for a second of it.
const SECONDS: Duration = Duration::from_secs(10);
/// So many links in [`SECONDS`] are many. Vendors' click filters count three in two to three seconds, of one person; here
/// colleagues with the same browser may stand behind the address.
const MANY: usize = 8;
