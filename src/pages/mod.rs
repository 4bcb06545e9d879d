//! What people see: the page that holds a link, and the notices; and what programs get in their place.

mod envelope;
mod headers;
mod notice;
mod script;
mod set;
mod template;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

pub use self::envelope::{ENVELOPE_TYPE, ERROR_DOCS, envelope};
pub use self::headers::{script_headers, security_headers};
pub use self::notice::Notice;
pub use self::script::Script;

use self::notice::Action;
use self::set::{LanguageSet, PurposeSet, State};
use self::template::{Slot, trimmed};
use crate::gate::{Again, Code};
use crate::locales::{Language, Locales, Purpose};

/// The pages of one configuration in all its languages, ready to be filled.
#[derive(Clone, Debug)]
pub struct Pages {
    site_name: Option<String>,
    locales: Arc<Locales>,
    /// By language.
    sets: Vec<LanguageSet>,
    style: String,
    script: Script,
    policy: Policy,
    policy_with_script: Policy,
}

/// A page's policy, with what may be added to it.
#[derive(Clone, Debug)]
struct Policy {
    text: String,
    header: HeaderValue,
}

/// Which of the ready pages is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// The language that it speaks.
    pub language: Language,
    /// What its link is for.
    pub purpose: Purpose,
}

/// What the holding page is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// The host that the link belongs to; the site's configured name goes before it.
    pub site: &'a str,
    /// The sealed ticket, base64url.
    pub ticket: &'a str,
    /// The request id.
    pub reference: &'a str,
    /// The code to be typed, if a press is not enough.
    pub code: Option<Code>,
    /// Why a press led here.
    pub again: Option<Again>,
    /// Whether it is shown inside another app.
    pub in_app: bool,
}

/// What a notice is filled with.
#[derive(Clone, Copy, Debug)]
pub struct NoticeText<'a> {
    /// The host that was asked for; the site's configured name goes before it.
    pub site: &'a str,
    /// The request id.
    pub reference: &'a str,
    /// Where a new link can be asked for: a path or an http(s) URL.
    pub new_link: Option<&'a str>,
}

impl Pages {
    /// Makes the pages ready, in every language. `site_name` goes before the host on each; below the path `assets` their
    /// script is served.
    #[must_use]
    pub fn new(site_name: Option<&str>, assets: &str, locales: Arc<Locales>) -> Self {
        let style = trimmed(include_str!("page.css"), "");
        let script = Script::of_press(assets);
        Self {
            site_name: site_name.map(str::to_owned),
            sets: set::all(&locales, &script.path),
            locales,
            script,
            policy: Policy::new(headers::policy(&style, false)),
            policy_with_script: Policy::new(headers::policy(&style, true)),
            style,
        }
    }

    /// The languages that these pages speak.
    #[must_use]
    pub fn locales(&self) -> &Locales {
        &self.locales
    }

    /// A language's tag, as Content-Language tells it.
    #[must_use]
    pub fn content_language(&self, language: Language) -> &HeaderValue {
        &self.set(language).tag
    }

    /// The page that holds a link until a person presses, or types the code and presses.
    #[must_use]
    pub fn hold(&self, voice: Voice, hold: &Hold<'_>) -> Bytes {
        let site = self.site(hold.site);
        let set = self.purpose_set(voice);
        let trouble = hold.again.and_then(|again| set.trouble(again));
        let (state, digits) = match (hold.code, trouble) {
            (None, _) => (State::Press, String::new()),
            (Some(code), None) => (State::Code, code.digits.spaced()),
            (Some(code), Some(_)) => (State::CodeAgain, code.digits.spaced()),
        };
        let typed = match hold.again {
            Some(Again::Code { typed: Some(typed), .. }) => typed.to_string(),
            _ => String::new(),
        };
        set.hold(state).fill(|slot| match slot {
            Slot::Style => &self.style,
            Slot::App if hold.in_app => set.app(),
            Slot::Site => site,
            Slot::Ticket => hold.ticket,
            Slot::Reference => hold.reference,
            Slot::Digits => &digits,
            Slot::Trouble => trouble.unwrap_or_default(),
            Slot::Typed => &typed,
            _ => "",
        })
    }

    /// The page that says why the gate did not pass, and the way on.
    #[must_use]
    pub fn notice(&self, voice: Voice, notice: Notice, text: &NoticeText<'_>) -> Bytes {
        let site = self.site(text.site);
        let set = self.set(voice.language);
        let words = self.purpose_set(voice).notice(notice);
        let (href, action) = match (notice.action(), text.new_link) {
            (Action::NewLink, Some(href)) => (Some(href), &*set.new_link),
            // An empty reference is the page's own address: the link, without its token in the page.
            (Action::TryAgain, _) => (Some(""), &*set.try_again),
            (Action::NewLink | Action::None, _) => (None, ""),
        };
        let template = if href.is_some() {
            &set.notice_with_action
        } else {
            &set.notice
        };
        template.fill(|slot| match slot {
            Slot::Style => &self.style,
            Slot::Site => site,
            Slot::Reference => text.reference,
            Slot::Title | Slot::Heading => &words.heading,
            Slot::What => &words.what,
            Slot::Way => &words.way,
            Slot::Href => href.unwrap_or_default(),
            Slot::Action => action,
            Slot::Ticket | Slot::Digits | Slot::Trouble | Slot::Typed | Slot::App => "",
        })
    }

    /// The policy of a page, with the `script` or without. Where a link names every origin it `redirects_to`, forms may
    /// lead there and nowhere else; otherwise they may lead anywhere, because browsers hold `form-action` against each redirect after a press.
    #[must_use]
    pub fn content_security_policy(&self, script: bool, redirects_to: &[String]) -> HeaderValue {
        let policy = if script { &self.policy_with_script } else { &self.policy };
        if redirects_to.is_empty() {
            return policy.header.clone();
        }
        let text = format!("{}; form-action 'self' {}", policy.text, redirects_to.join(" "));
        headers::policy_header(&text)
    }

    /// The script of the page that asks for a press.
    #[must_use]
    pub const fn script(&self) -> &Script {
        &self.script
    }

    fn site<'a>(&'a self, host: &'a str) -> &'a str {
        self.site_name.as_deref().unwrap_or(host)
    }

    fn set(&self, Language(at): Language) -> &LanguageSet {
        // A language of an older configuration may be gone.
        let Language(default) = self.locales.default();
        self.sets.get(at).unwrap_or(&self.sets[default])
    }

    fn purpose_set(&self, voice: Voice) -> &PurposeSet {
        &self.set(voice.language).purposes[voice.purpose as usize]
    }
}

impl Policy {
    fn new(text: String) -> Self {
        let header = headers::policy_header(&text);
        Self { text, header }
    }
}

#[cfg(test)]
mod tests;
