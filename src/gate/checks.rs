//! The built-in checks: what a visit does, and what its browser would have sent.

use std::time::Duration;

use http::header::HeaderName;
use http::{Method, header};

use super::verdict::Recalled;
use crate::signatures::Truth;
use crate::visit::browser::Browser;
use crate::visit::history::History;
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
            Self::HeadBefore | Self::MachineBefore | Self::Pair | Self::UserAgents | Self::Networks | Self::ManyLinks
        )
    }

    /// Whether it holds for a visit.
    fn holds(self, visit: &Visit<'_>, early: Duration) -> Truth {
        let is = |holds: bool| Truth::of(Fact::Known(holds));
        let fetches = is(matches!(*visit.method, Method::GET | Method::HEAD));
        let before = |holds: fn(&History) -> bool| Truth::of(visit.history.map(holds));
        match self {
            Self::Head => is(*visit.method == Method::HEAD),
            Self::Prefetch => Truth::of(visit.headers.prefetch()),
            Self::HeadBefore => is(*visit.method != Method::HEAD).min(before(History::head_before)),
            Self::MachineBefore => before(History::machine_before),
            Self::EarlyGet => fetches.min(match visit.history.known().and_then(History::age) {
                Some(age) => is(age < early),
                None => Truth::Unknown,
            }),
            Self::Pair => fetches.min(before(History::pair)),
            Self::UserAgents => before(|history| history.user_agents(SECONDS) > 1),
            Self::Networks => before(|history| history.networks(SECONDS) > 1),
            Self::ManyLinks => before(|history| history.links(SECONDS) >= MANY),
            Self::BrowserFields => match Truth::of(visit.secure).min(absent(visit, &SEC_FETCH_MODE)) {
                Truth::No => Truth::No,
                missing => missing.min(browser(visit, Browser::sends_fetch_metadata)),
            },
            Self::OldBrowser => browser(visit, Browser::is_old),
            Self::NoAcceptLanguage => absent(visit, &header::ACCEPT_LANGUAGE),
        }
    }

    /// What it needs to know.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::Head => "the method",
            Self::EarlyGet => "the link's age",
            Self::HeadBefore
            | Self::MachineBefore
            | Self::Pair
            | Self::UserAgents
            | Self::Networks
            | Self::ManyLinks => "what came before it",
            Self::BrowserFields => "the scheme and all header fields",
            Self::OldBrowser => "the user agent",
            Self::Prefetch | Self::NoAcceptLanguage => "all header fields",
        }
    }

    /// What of a visit it holds for, where there is more to say than its explanation does.
    fn seen(self, visit: &Visit<'_>) -> Option<String> {
        let history = visit.history.known();
        let within = SECONDS.as_secs();
        match self {
            Self::EarlyGet => {
                let age = history?.age()?.as_secs_f64();
                Some(format!("{age:.1} s after it was issued"))
            }
            Self::UserAgents => Some(format!("{} names within {within} s", history?.user_agents(SECONDS))),
            Self::Networks => Some(format!("{} networks within {within} s", history?.networks(SECONDS))),
            Self::ManyLinks => Some(format!("{} links within {within} s", history?.links(SECONDS))),
            Self::BrowserFields | Self::OldBrowser => {
                let browser = Browser::of(visit.header("user-agent")?)?;
                Some(format!("{:?} {}", browser.family, browser.version.0))
            }
            Self::Head
            | Self::Prefetch
            | Self::HeadBefore
            | Self::MachineBefore
            | Self::Pair
            | Self::NoAcceptLanguage => None,
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

    /// The checks that hold for a visit; what is not known holds where a log says so, else for nobody.
    pub(super) fn find(&self, visit: &Visit<'_>, recalled: Recalled<'_>) -> impl Iterator<Item = Check> {
        Check::ALL
            .into_iter()
            .filter(move |check| match check.holds(visit, self.early_within) {
                Truth::Yes => true,
                Truth::Unknown => recalled.has(check.name()),
                Truth::No => false,
            })
    }

    /// All checks, and what became of each.
    pub(super) fn explain(&self, visit: &Visit<'_>, recalled: Recalled<'_>) -> Vec<CheckReason> {
        let reason = |check: Check| {
            let truth = match check.holds(visit, self.early_within) {
                Truth::Unknown if recalled.has(check.name()) => Truth::Yes,
                truth => truth,
            };
            CheckReason {
                check,
                truth,
                weight: self.weight(check),
                seen: check.seen(visit).filter(|_| truth == Truth::Yes),
            }
        };
        Check::ALL.into_iter().map(reason).collect()
    }
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReason {
    /// The check.
    pub check: Check,
    /// Whether it holds.
    pub truth: Truth,
    /// What it weighs.
    pub weight: i32,
    /// What of the visit it holds for, where there is more to say than its explanation does.
    pub seen: Option<String>,
}

/// Whether the browser that a visit claims is such a one.
fn browser(visit: &Visit<'_>, is: fn(&Browser) -> bool) -> Truth {
    let agent = visit.headers.get(header::USER_AGENT);
    Truth::of(agent.map(|agent| agent.and_then(Browser::of).as_ref().is_some_and(is)))
}

fn absent(visit: &Visit<'_>, name: &HeaderName) -> Truth {
    Truth::of(visit.headers.has(name).map(|present| !present))
}

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
/// The window of checks over several visits; strangers count for a second of it.
const SECONDS: Duration = Duration::from_secs(10);
/// So many links in [`SECONDS`] are many. Vendors' click filters count three in two to three seconds, of one person; here
/// colleagues with the same browser may stand behind the address.
const MANY: usize = 8;
