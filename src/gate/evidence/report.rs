//! What the page's script saw of a press: the words that it posts along.

use std::fmt;

/// The form field that the page's script fills.
pub const EVIDENCE_FIELD: &str = "linklatch-evidence";

/// With what the button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// A mouse, or what acts like one.
    Mouse,
    /// A finger.
    Touch,
    /// A pen.
    Pen,
    /// A key.
    Key,
}

/// What the page's script saw. The words are the page's own, so every one of them may be a lie: they only ever move a
/// press between one step and two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether the button's click came from the browser and not from a script; `None`: there was no click.
    pub trusted: Option<bool>,
    /// Whether the browser knew of a person's input a moment ago; `None`: it does not tell.
    pub active: Option<bool>,
    /// With what it was pressed; `None`: nothing was seen, as with the actions of some screen readers.
    pub pressed: Option<Pressed>,
    /// Moves of the pointer before the press.
    pub moves: u16,
    /// For how long the page was in sight, in milliseconds.
    pub seen: u32,
    /// Whether the page was out of sight when it was pressed.
    pub hidden: bool,
    /// Whether it had the focus.
    pub focus: bool,
    /// Whether the browser says that a program drives it (`navigator.webdriver`).
    pub webdriver: bool,
    /// Whether it calls itself headless.
    pub headless: bool,
    /// Whether a driving program left its traces in the page.
    pub automation: bool,
    /// Whether anything at hand can hover.
    pub hover: bool,
    /// Whether there is a touch screen.
    pub touchscreen: bool,
    /// Whether the window is larger than its screen.
    pub oversized: bool,
    /// Whether the browser has Chromium's `navigator.userAgentData`.
    pub brands: bool,
}

impl Report {
    /// Reads what was posted. `None`: no script reported, or something else filled the field. Words that are not known
    /// are those of another version of the page.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.get(..text.len().min(LONGEST)).unwrap_or_default().split(' ');
        if words.next() != Some(VERSION) {
            return None;
        }
        let mut report = Self::default();
        for word in words {
            report.take(word);
        }
        Some(report)
    }

    fn take(&mut self, word: &str) {
        match word {
            "trusted" | "untrusted" => self.trusted = Some(word == "trusted"),
            "active" | "inactive" => self.active = Some(word == "active"),
            "mouse" => self.pressed = Some(Pressed::Mouse),
            "touch" => self.pressed = Some(Pressed::Touch),
            "pen" => self.pressed = Some(Pressed::Pen),
            "key" => self.pressed = Some(Pressed::Key),
            "hidden" => self.hidden = true,
            "focus" => self.focus = true,
            "webdriver" => self.webdriver = true,
            "headless" => self.headless = true,
            "automation" => self.automation = true,
            "hover" => self.hover = true,
            "touchscreen" => self.touchscreen = true,
            "oversized" => self.oversized = true,
            "brands" => self.brands = true,
            _ => match word.split_once('=') {
                Some(("moves", number)) => self.moves = number.parse().unwrap_or(0),
                Some(("seen", number)) => self.seen = number.parse().unwrap_or(0),
                _ => {}
            },
        }
    }

    fn words(&self) -> impl Iterator<Item = &'static str> {
        let pressed = self.pressed.map(|pressed| match pressed {
            Pressed::Mouse => "mouse",
            Pressed::Touch => "touch",
            Pressed::Pen => "pen",
            Pressed::Key => "key",
        });
        let said = |said: Option<bool>, yes, no| said.map(|said| if said { yes } else { no });
        let is = |is: bool, word| is.then_some(word);
        [
            said(self.trusted, "trusted", "untrusted"),
            said(self.active, "active", "inactive"),
            pressed,
            is(self.hidden, "hidden"),
            is(self.focus, "focus"),
            is(self.webdriver, "webdriver"),
            is(self.headless, "headless"),
            is(self.automation, "automation"),
            is(self.hover, "hover"),
            is(self.touchscreen, "touchscreen"),
            is(self.oversized, "oversized"),
            is(self.brands, "brands"),
        ]
        .into_iter()
        .flatten()
    }
}

/// The words again, as the log has them: none but those that are known.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}")?;
        self.words().try_for_each(|word| write!(f, " {word}"))?;
        write!(f, " moves={} seen={}", self.moves, self.seen)
    }
}

/// The first word.
const VERSION: &str = "1";
/// Bytes that are looked at; a whole report has some 120.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_report_reads_back_as_it_is_written() {
        let text = "1 trusted active mouse focus hover brands moves=22 seen=2104";
        let report = Report::read(text).unwrap();
        assert_eq!((report.trusted, report.moves, report.seen), (Some(true), 22, 2104));
        assert_eq!(report.to_string(), text);
        assert_eq!(Report::read("1").map(|report| report.trusted), Some(None));
        assert_eq!(
            Report::read("1 untrusted inactive telepathy moves=x")
                .unwrap()
                .to_string(),
            "1 untrusted inactive moves=0 seen=0"
        );
        for other in ["", "John Doe", "2 trusted", "trusted active"] {
            assert_eq!(Report::read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_posted_the_log_has_known_words_alone(text in "1?[ a-z0-9=é]{0,400}") {
            if let Some(report) = Report::read(&text) {
                let written = report.to_string();
                prop_assert!(written.len() < LONGEST);
                prop_assert_eq!(Report::read(&written), Some(report));
            }
        }
    }
}
