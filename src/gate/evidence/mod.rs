//! What a press shows of whoever pressed: doubts, each with a weight. Together with the verdict they decide whether one
//! press is enough.

mod report;

use http::header::HeaderName;

pub use self::report::{EVIDENCE_FIELD, Pressed, Report};
use super::verdict::Recalled;
use crate::signatures::Truth;
use crate::visit::browser::{Browser, Family};
use crate::visit::{Fact, Visit};

/// The form field of the elements that no person perceives or reaches. The page's script makes them.
pub const DECOY_FIELD: &str = "linklatch-note";

/// What a POST brought besides its ticket and code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What the page's script saw; `None`: it did not report.
    pub report: Option<Report>,
    /// Whether something that nobody perceives was pressed or filled.
    pub decoy: bool,
}

/// Something about a press that speaks against a person. None is decisive by itself: they add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The page's script did not report.
    NoReport,
    /// Something that nobody perceives was pressed or filled.
    Decoy,
    /// The form was sent without a click.
    NoClick,
    /// A script made the click.
    UntrustedClick,
    /// The browser knew of no input of a person.
    NoActivation,
    /// The browser does not say that a person caused the POST, where it always does.
    NoUserNavigation,
    /// The browser says that a program drives it.
    Webdriver,
    /// The browser calls itself headless.
    Headless,
    /// A driving program left its traces in the page.
    Automation,
    /// A mouse pressed where nothing can hover, or a finger where nothing can be touched.
    NoHover,
    /// Nothing led to the press: neither moves, nor touch, nor keys.
    NoPath,
    /// The window is larger than its screen.
    Oversized,
    /// The page was out of sight.
    Hidden,
    /// The page ran in another browser than the request names.
    OtherBrowser,
    /// A phone without a touch screen.
    PhoneWithoutTouch,
}

impl Doubt {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::NoReport,
        Self::Decoy,
        Self::NoClick,
        Self::UntrustedClick,
        Self::NoActivation,
        Self::NoUserNavigation,
        Self::Webdriver,
        Self::Headless,
        Self::Automation,
        Self::NoHover,
        Self::NoPath,
        Self::Oversized,
        Self::Hidden,
        Self::OtherBrowser,
        Self::PhoneWithoutTouch,
    ];

    /// Its name, in logs and in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoReport => "no-report",
            Self::Decoy => "decoy",
            Self::NoClick => "no-click",
            Self::UntrustedClick => "untrusted-click",
            Self::NoActivation => "no-activation",
            Self::NoUserNavigation => "no-user-navigation",
            Self::Webdriver => "webdriver",
            Self::Headless => "headless",
            Self::Automation => "automation",
            Self::NoHover => "no-hover",
            Self::NoPath => "no-path",
            Self::Oversized => "oversized",
            Self::Hidden => "hidden",
            Self::OtherBrowser => "other-browser",
            Self::PhoneWithoutTouch => "phone-without-touch",
        }
    }

    /// What it says, for a help desk.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::NoReport => "the page's script did not run, so nothing is known of the press",
            Self::Decoy => "something was pressed or filled that no person can see or reach",
            Self::NoClick => "the form was sent without a press of its button",
            Self::UntrustedClick => "a script pressed the button, not the browser's own input",
            Self::NoActivation => "the browser knew of no input by a person",
            Self::NoUserNavigation => "the request lacks the field by which this browser says that a person caused it",
            Self::Webdriver => "the browser says that a program drives it",
            Self::Headless => "the browser runs without a window",
            Self::Automation => "a program that drives browsers left its traces in the page",
            Self::NoHover => "a mouse or a finger pressed on a device that has none",
            Self::NoPath => {
                "nothing led to the press: no moves, touch or keys; some screen readers press like that too"
            }
            Self::Oversized => "the window is larger than its screen",
            Self::Hidden => "the page was out of sight when it was pressed",
            Self::OtherBrowser => "the page ran in another browser than the request names",
            Self::PhoneWithoutTouch => "it calls itself a phone, and has no touch screen",
        }
    }

    /// Its weight where the configuration names none. What people's devices show now and then stays below what alone
    /// asks for the code.
    #[must_use]
    pub const fn default_weight(self) -> i32 {
        match self {
            Self::Decoy | Self::UntrustedClick | Self::Webdriver | Self::Headless | Self::Automation => 100,
            Self::NoReport
            | Self::NoClick
            | Self::NoActivation
            | Self::NoUserNavigation
            | Self::NoHover
            | Self::OtherBrowser => 50,
            Self::NoPath | Self::Oversized | Self::Hidden | Self::PhoneWithoutTouch => 30,
        }
    }

    /// Whether it holds for a press. What real clients show: WebKit never sends `Sec-Fetch-User`; Firefox's own
    /// accessibility action is a trusted click and nothing else; Chromium's is a mouse's click without a move.
    fn holds(self, visit: &Visit<'_>, evidence: &Evidence) -> Truth {
        let saw = |is: fn(&Report) -> bool| evidence.report.as_ref().is_some_and(is);
        let holds = match self {
            Self::NoReport => evidence.report.is_none(),
            Self::Decoy => evidence.decoy,
            Self::NoClick => saw(|report| report.trusted.is_none()),
            Self::UntrustedClick => saw(|report| report.trusted == Some(false)),
            Self::NoActivation => saw(|report| report.active == Some(false)),
            Self::NoUserNavigation => return no_user_navigation(visit),
            Self::Webdriver => saw(|report| report.webdriver),
            Self::Headless => saw(|report| report.headless),
            Self::Automation => saw(|report| report.automation),
            Self::NoHover => saw(Report::pressed_with_nothing),
            Self::NoPath => saw(|report| report.trusted == Some(true) && !report.has_path()),
            Self::Oversized => saw(|report| report.oversized),
            Self::Hidden => saw(|report| report.hidden),
            Self::OtherBrowser => {
                let other = |report: &Report| is_other_browser(visit, report);
                return evidence.report.as_ref().map_or(Truth::No, other);
            }
            Self::PhoneWithoutTouch => {
                let phone = agent(visit, |agent| agent.is_some_and(is_phone));
                return Truth::of(Fact::Known(saw(|report| !report.touchscreen))).min(phone);
            }
        };
        Truth::of(Fact::Known(holds))
    }
}

impl Report {
    /// Whether anything led to the press. A driven mouse jumps: one move at most.
    const fn has_path(&self) -> bool {
        match self.pressed {
            Some(Pressed::Touch | Pressed::Pen | Pressed::Key) => true,
            Some(Pressed::Mouse) | None => self.moves > 1,
        }
    }

    /// Whether a mouse or a finger pressed that is not there.
    fn pressed_with_nothing(&self) -> bool {
        let there = match self.pressed {
            Some(Pressed::Mouse) => self.hover || self.touchscreen,
            Some(Pressed::Touch) => self.touchscreen,
            Some(Pressed::Pen | Pressed::Key) | None => true,
        };
        !there
    }
}

/// `navigator.userAgentData` is Chromium's alone, on secure pages, since version 90 (MDN browser-compat-data,
/// `api.Navigator.userAgentData`).
fn is_other_browser(visit: &Visit<'_>, report: &Report) -> Truth {
    let secure = Truth::of(Fact::Known(visit.secure == Fact::Known(true)));
    secure.min(claims(visit, |browser| match browser.family {
        Family::Chromium => browser.version >= (90, 0) && !report.brands,
        Family::Firefox | Family::Safari => report.brands,
    }))
}

fn is_phone(agent: &str) -> bool {
    agent.contains("Mobile") && (agent.contains("Android") || agent.contains("iPhone"))
}

/// A POST that does not say that a person caused it, of a browser that always says so; or a script's own request, which
/// no press of a button is.
fn no_user_navigation(visit: &Visit<'_>) -> Truth {
    let silent = Truth::of(visit.headers.has(SEC_FETCH_USER).map(|says| !says));
    match visit.headers.get("sec-fetch-mode") {
        Fact::Unrecorded => Truth::Unknown,
        Fact::Known(None) => Truth::No,
        Fact::Known(Some("navigate")) => silent.min(claims(visit, |browser| browser.family != Family::Safari)),
        Fact::Known(Some(_)) => Truth::Yes,
    }
}

/// Whether its user agent names such a browser.
fn claims(visit: &Visit<'_>, is: impl Fn(Browser) -> bool) -> Truth {
    agent(visit, |agent| agent.and_then(Browser::of).is_some_and(&is))
}

fn agent(visit: &Visit<'_>, is: impl Fn(Option<&str>) -> bool) -> Truth {
    Truth::of(visit.headers.get("user-agent").map(is))
}

/// How doubts weigh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubts {
    weights: [i32; Doubt::ALL.len()],
}

impl Default for Doubts {
    fn default() -> Self {
        Self {
            weights: Doubt::ALL.map(Doubt::default_weight),
        }
    }
}

impl Doubts {
    /// A doubt's weight.
    #[must_use]
    pub const fn weight(&self, doubt: Doubt) -> i32 {
        self.weights[doubt as usize]
    }

    /// Gives a doubt another weight.
    pub const fn reweigh(&mut self, doubt: Doubt, weight: i32) {
        self.weights[doubt as usize] = weight;
    }

    /// The doubts about a press. What can't be judged holds where a log says so.
    #[must_use]
    pub fn weigh(&self, visit: &Visit<'_>, evidence: &Evidence, recalled: Recalled<'_>) -> Weighed {
        let found = Doubt::ALL
            .into_iter()
            .filter(|doubt| match doubt.holds(visit, evidence) {
                Truth::Yes => true,
                Truth::Unknown => recalled.has_doubt(doubt.name()),
                Truth::No => false,
            });
        let doubts: Vec<_> = found.map(|doubt| (doubt, self.weight(doubt))).collect();
        let score = doubts.iter().map(|(_, weight)| weight).sum();
        Weighed { doubts, score }
    }
}

/// The doubts about a press, and what they add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    /// All that hold, with their weights.
    pub doubts: Vec<(Doubt, i32)>,
    /// Their sum.
    pub score: i32,
}

impl Weighed {
    /// What decides on a press: the score of its visit or of its page's, whichever is more, and the doubts.
    #[must_use]
    pub fn with(&self, visit: i32, page: i32) -> i32 {
        visit.max(page) + self.score
    }
}

const SEC_FETCH_USER: HeaderName = HeaderName::from_static("sec-fetch-user");

#[cfg(test)]
mod tests;
