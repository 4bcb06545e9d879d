//! What people see: the page that holds a link, and the notices; and what programs get in their place.

mod asset;
mod envelope;
mod headers;
mod look;
mod notice;
mod sample;
mod set;
mod template;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LANGUAGE, HeaderMap, HeaderValue, VARY};

pub use self::asset::Asset;
pub use self::envelope::{ENVELOPE_TYPE, ERROR_DOCS, envelope};
pub use self::headers::envelope_headers;
pub use self::notice::Notice;
pub use self::sample::Sample;

use self::look::Look;
use self::notice::Action;
use self::set::{LanguageSet, PurposeSet, State};
use self::template::Slot;
use crate::brand::{Brand, PageTemplate};
use crate::gate::{Again, Code};
use crate::locales::{Language, Locales, Purpose};

/// The pages of one configuration in all its languages, ready to be filled.
#[derive(Clone, Debug)]
pub struct Pages {
    locales: Arc<Locales>,
    /// By language.
    sets: Vec<LanguageSet>,
    style: String,
    script: Asset,
    logo: Option<Asset>,
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
    /// The host that the link belongs to.
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
    /// The host that was asked for.
    pub site: &'a str,
    /// The request id.
    pub reference: &'a str,
    /// Where a new link can be asked for: a path or an http(s) URL.
    pub new_link: Option<&'a str>,
}

impl Pages {
    /// Makes the pages ready, in every language. `site_name` goes before the host on each; below the path `assets` their
    /// script and logo are served.
    #[must_use]
    pub fn new(site_name: Option<&str>, assets: &str, locales: Arc<Locales>, brand: &Brand) -> Self {
        let style = look::style(&brand.palette);
        let script = Asset::script(assets);
        let logo = brand.logo.as_ref().map(|logo| Asset::logo(assets, logo));
        let look = Look {
            page: brand.template.as_ref().map_or(look::PAGE, PageTemplate::text),
            site_name,
            logo: logo.as_ref().map(|logo| logo.path.as_str()),
        };
        let image = logo.as_ref().map(|_| "img");
        let policy = |script| {
            let more: Vec<_> = [script, image].into_iter().flatten().collect();
            Policy::new(headers::policy(look.styles(&style), &more))
        };
        Self {
            sets: set::all(&locales, &look, &script.path),
            locales,
            policy: policy(None),
            policy_with_script: policy(Some("script")),
            script,
            logo,
            style,
        }
    }

    /// The languages that these pages speak.
    #[must_use]
    pub fn locales(&self) -> &Locales {
        &self.locales
    }

    /// The page that holds a link until a person presses, or types the code and presses.
    #[must_use]
    pub fn hold(&self, voice: Voice, hold: &Hold<'_>) -> Bytes {
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
            Slot::Host => hold.site,
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
            Slot::Host => text.site,
            Slot::Reference => text.reference,
            Slot::Title | Slot::Heading => &words.heading,
            Slot::What => &words.what,
            Slot::Way => &words.way,
            Slot::Href => href.unwrap_or_default(),
            Slot::Action => action,
            Slot::Ticket | Slot::Digits | Slot::Trouble | Slot::Typed | Slot::App => "",
        })
    }

    /// Sets what every page in `language` carries. `script` and `redirects_to` are as its policy needs them.
    pub fn set_headers(&self, headers: &mut HeaderMap, language: Language, script: bool, redirects_to: &[String]) {
        headers::security_headers(headers, self.content_security_policy(script, redirects_to));
        headers.insert(CONTENT_LANGUAGE, self.set(language).tag.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-language"));
    }

    /// The policy of a page, with the `script` or without. Where a link names every origin it `redirects_to`, forms may
    /// lead there and nowhere else; otherwise they may lead anywhere, because browsers hold `form-action` against each redirect after a press.
    fn content_security_policy(&self, script: bool, redirects_to: &[String]) -> HeaderValue {
        let policy = if script { &self.policy_with_script } else { &self.policy };
        if redirects_to.is_empty() {
            return policy.header.clone();
        }
        let text = format!("{}; form-action 'self' {}", policy.text, redirects_to.join(" "));
        headers::policy_header(&text)
    }

    /// The pages' own file at a path.
    #[must_use]
    pub fn asset(&self, path: &str) -> Option<&Asset> {
        let all = std::iter::once(&self.script).chain(&self.logo);
        all.into_iter().find(|asset| asset.path == path)
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
