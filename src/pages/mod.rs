//! What people see: the page that holds a link, and the notices; and what programs get in their place.

mod envelope;
mod headers;
mod notice;
mod script;
mod template;
mod words;

use bytes::Bytes;
use http::HeaderValue;

pub use self::envelope::{ENVELOPE_TYPE, ERROR_DOCS, envelope};
pub use self::headers::{script_headers, security_headers};
pub use self::notice::Notice;
pub use self::script::Script;

use self::notice::Action;
use self::template::{Slot, Template, set, trimmed};
use self::words::{ENGLISH, Words};
use crate::gate::evidence::EVIDENCE_FIELD;
use crate::gate::{Again, CODE_FIELD, Code, TICKET_FIELD};

/// The pages of one configuration, ready to be filled.
#[derive(Clone, Debug)]
pub struct Pages {
    site_name: Option<String>,
    words: &'static Words,
    hold: Template,
    hold_with_code: Template,
    hold_with_trouble: Template,
    notice: Template,
    notice_with_action: Template,
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
    /// Makes the pages ready. `site_name` goes before the host on each; below the path `assets` their script is served.
    #[must_use]
    pub fn new(site_name: Option<&str>, assets: &str) -> Self {
        let words = &ENGLISH;
        let style = trimmed(include_str!("page.css"), "");
        let script = Script::of_press(assets);
        let content = trimmed(include_str!("notice.html"), "\n");
        let action = trimmed(include_str!("action.html"), "\n");
        Self {
            site_name: site_name.map(str::to_owned),
            words,
            hold: Template::new(&hold_page(words, &style, Asks::Press(&script.path))),
            hold_with_code: Template::new(&hold_page(words, &style, Asks::Code)),
            hold_with_trouble: Template::new(&hold_page(words, &style, Asks::CodeAgain)),
            notice: Template::new(&set(&page(words, &style, NOTICE_MARK, &content), &[("head", "")])),
            notice_with_action: Template::new(&set(
                &page(words, &style, NOTICE_MARK, &format!("{content}\n{action}")),
                &[("head", "")],
            )),
            script,
            policy: Policy::new(headers::policy(&style, false)),
            policy_with_script: Policy::new(headers::policy(&style, true)),
        }
    }

    /// The page that holds a link until a person presses, or types the code and presses.
    #[must_use]
    pub fn hold(&self, hold: &Hold<'_>) -> Bytes {
        let site = self.site(hold.site);
        let trouble = hold.again.and_then(|again| self.words.code.trouble(again));
        let (template, digits) = match (hold.code, trouble) {
            (None, _) => (&self.hold, String::new()),
            (Some(code), None) => (&self.hold_with_code, code.digits.spaced()),
            (Some(code), Some(_)) => (&self.hold_with_trouble, code.digits.spaced()),
        };
        let typed = match hold.again {
            Some(Again::Code { typed: Some(typed), .. }) => typed.to_string(),
            _ => String::new(),
        };
        template.fill(|slot| match slot {
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
    pub fn notice(&self, notice: Notice, text: &NoticeText<'_>) -> Bytes {
        let site = self.site(text.site);
        let words = self.words.notice(notice);
        let (href, action) = match (notice.action(), text.new_link) {
            (Action::NewLink, Some(href)) => (Some(href), self.words.new_link),
            // An empty reference is the page's own address: the link, without its token in the page.
            (Action::TryAgain, _) => (Some(""), self.words.try_again),
            (Action::NewLink | Action::None, _) => (None, ""),
        };
        let template = if href.is_some() {
            &self.notice_with_action
        } else {
            &self.notice
        };
        template.fill(|slot| match slot {
            Slot::Site => site,
            Slot::Reference => text.reference,
            Slot::Title | Slot::Heading => words.heading,
            Slot::What => words.what,
            Slot::Way => words.way,
            Slot::Href => href.unwrap_or_default(),
            Slot::Action => action,
            Slot::Ticket | Slot::Digits | Slot::Trouble | Slot::Typed => "",
        })
    }

    /// The policy of a page, with the `script` or without. Where a link names every origin it `redirects_to`, forms may lead there and nowhere
    /// else; otherwise they may lead anywhere, because browsers hold `form-action` against each redirect after a press.
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
}

impl Policy {
    fn new(text: String) -> Self {
        let header = headers::policy_header(&text);
        Self { text, header }
    }
}

/// The field of a code that did not do.
const TROUBLED: &str = r#" value="{{typed}}" aria-invalid="true" aria-describedby="trouble" autofocus"#;

/// A closed envelope.
const HOLD_MARK: &str =
    r#"<rect x="4" y="9" width="40" height="30" rx="5"/><path d="m5 13.5 16.5 13a4 4 0 0 0 5 0L43 13.5"/>"#;

/// A letter "i" in a ring.
const NOTICE_MARK: &str = r#"<circle cx="24" cy="24" r="20"/><path stroke-width="3.5" d="M24 23v10M24 15v.01"/>"#;

/// What a holding page asks of its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks<'a> {
    /// With what its script at this path saw.
    Press(&'a str),
    Code,
    /// With what was the matter, and the focus where it is to be mended.
    CodeAgain,
}

fn hold_page(words: &Words, style: &str, asks: Asks<'_>) -> String {
    let hold = &words.hold;
    let lines = |text: &str| trimmed(text, "\n") + "\n";
    let (mut script, mut state) = (String::new(), "");
    let mut code = match asks {
        Asks::Press(path) => {
            script = set(&lines(include_str!("script.html")), &[("script", path)]);
            set(
                &lines(include_str!("evidence.html")),
                &[("evidence-field", EVIDENCE_FIELD)],
            )
        }
        Asks::Code | Asks::CodeAgain => lines(include_str!("code.html")),
    };
    if asks == Asks::CodeAgain {
        code = lines(include_str!("trouble.html")) + &code;
        state = TROUBLED;
    }
    let (text, why) = match asks {
        Asks::Press(_) => (hold.text, hold.why),
        Asks::Code | Asks::CodeAgain => (words.code.text, words.code.why),
    };
    let content = set(
        &trimmed(include_str!("hold.html"), "\n"),
        &[
            ("code", &code),
            ("label", words.code.label),
            ("code-field", CODE_FIELD),
            ("state", state),
            ("heading", hold.heading),
            ("text", text),
            ("field", TICKET_FIELD),
            ("action", hold.action),
            ("why", why),
            ("unasked", hold.unasked),
        ],
    );
    let page = page(words, style, HOLD_MARK, &content);
    set(&page, &[("title", hold.title), ("head", &script)])
}

fn page(words: &Words, style: &str, mark: &str, content: &str) -> String {
    set(
        &trimmed(include_str!("page.html"), "\n"),
        &[
            ("language", words.language),
            ("style", style),
            ("mark", mark),
            ("content", content),
            ("reference-label", words.reference),
        ],
    )
}

#[cfg(test)]
mod tests;
