//! One language's pages: its texts set into the page, which is then cut at what each request fills.

use std::sync::Arc;

use http::HeaderValue;

use super::look::Look;
use super::notice::Notice;
use super::template::{Template, escaped, set, trimmed};
use crate::gate::evidence::EVIDENCE_FIELD;
use crate::gate::{Again, CODE_FIELD, LANGUAGE_FIELD, STEP_FIELD, Step, TICKET_FIELD, Trouble};
use crate::locales::{Locale, Locales, Purpose, variable};

/// What a holding page asks of its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// To press.
    Press,
    /// To type the code and press.
    Code,
    /// The same, with what was the matter, and the focus where it is to be mended.
    CodeAgain,
}

impl State {
    const ALL: [Self; 3] = [Self::Press, Self::Code, Self::CodeAgain];

    const fn step(self) -> Step {
        match self {
            Self::Press => Step::Press,
            Self::Code | Self::CodeAgain => Step::PressAndCode,
        }
    }
}

/// The pages of one language.
#[derive(Clone, Debug)]
pub(super) struct LanguageSet {
    /// Its tag.
    pub(super) tag: HeaderValue,
    pub(super) notice: Template,
    pub(super) notice_with_action: Template,
    /// Label of the link to the sign-in page.
    pub(super) new_link: Arc<str>,
    /// Label of the link back to the held link's page.
    pub(super) try_again: Arc<str>,
    /// By purpose.
    pub(super) purposes: [PurposeSet; Purpose::ALL.len()],
}

/// What depends on the purpose of a link.
#[derive(Clone, Debug)]
pub(super) struct PurposeSet {
    /// By state.
    hold: [Template; State::ALL.len()],
    /// What the page says besides inside another app.
    app: String,
    /// The press alone was not enough.
    needed: Arc<str>,
    /// What was the matter with a code, in the order of [`Trouble::ALL`].
    troubles: [Arc<str>; Trouble::ALL.len()],
    /// In the order of [`Notice::ALL`].
    notices: Vec<NoticeWords>,
}

/// A notice.
#[derive(Clone, Debug)]
pub(super) struct NoticeWords {
    /// Heading and window title.
    pub(super) heading: Arc<str>,
    /// What happened.
    pub(super) what: Arc<str>,
    /// The way on.
    pub(super) way: Arc<str>,
}

impl PurposeSet {
    /// The page that holds a link.
    pub(super) const fn hold(&self, state: State) -> &Template {
        &self.hold[state as usize]
    }

    /// What the page says besides inside another app.
    pub(super) fn app(&self) -> &str {
        &self.app
    }

    /// The words of a notice.
    pub(super) fn notice(&self, notice: Notice) -> &NoticeWords {
        &self.notices[notice as usize]
    }

    /// What was the matter with a press, as far as the code goes.
    pub(super) fn trouble(&self, again: Again) -> Option<&str> {
        match again {
            Again::CodeNeeded => Some(&self.needed),
            Again::Code { trouble, .. } => Some(&self.troubles[trouble as usize]),
            _ => None,
        }
    }
}

/// The pages of every language.
/// `script` is the path of the script that sees a press.
pub(super) fn all(locales: &Locales, look: &Look<'_>, script: &str) -> Vec<LanguageSet> {
    let languages = languages(locales);
    let frame = |locale| Frame {
        locale,
        languages: &languages,
        look,
        script,
    };
    locales.iter().map(|locale| language(&frame(locale))).collect()
}

fn language(frame: &Frame<'_>) -> LanguageSet {
    let locale = frame.locale;
    let content = trimmed(include_str!("notice.html"), "\n");
    let action = trimmed(include_str!("action.html"), "\n");
    let text = |id| Arc::clone(locale.text(id, Purpose::default()));
    LanguageSet {
        // A tag is of letters, digits and hyphens.
        tag: HeaderValue::from_str(locale.tag()).unwrap_or(HeaderValue::from_static("und")),
        notice: Template::new(&frame.page(NOTICE_MARK, "", &content, "")),
        notice_with_action: Template::new(&frame.page(NOTICE_MARK, "", &format!("{content}\n{action}"), "")),
        new_link: text("new-link"),
        try_again: text("try-again"),
        purposes: Purpose::ALL.map(|purpose| PurposeSet {
            hold: State::ALL.map(|state| Template::new(&frame.hold(purpose, state))),
            app: frame.app(purpose),
            needed: Arc::clone(locale.text("code-needed", purpose)),
            troubles: Trouble::ALL.map(|trouble| Arc::clone(locale.text(trouble_id(trouble), purpose))),
            notices: Notice::ALL
                .iter()
                .map(|notice| words(locale, *notice, purpose))
                .collect(),
        }),
    }
}

/// The name of the text that says it.
pub(super) const fn trouble_id(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Missing => "code-missing",
        Trouble::Wrong => "code-wrong",
        Trouble::WrongAgain => "code-wrong-again",
        Trouble::WrongAndReplaced => "code-wrong-and-replaced",
        Trouble::TooSoon => "code-too-soon",
        Trouble::Replaced => "code-replaced",
    }
}

fn words(locale: &Locale, notice: Notice, purpose: Purpose) -> NoticeWords {
    let name = notice.code().replace('_', "-");
    let text = |part| Arc::clone(locale.text(&format!("{name}-{part}"), purpose));
    NoticeWords {
        heading: text("heading"),
        what: text("what"),
        way: text("way"),
    }
}

/// What all pages of a language have in common.
struct Frame<'l> {
    locale: &'l Locale,
    /// The list's entries.
    languages: &'l str,
    look: &'l Look<'l>,
    script: &'l str,
}

impl Frame<'_> {
    fn text(&self, id: &str, purpose: Purpose) -> String {
        escaped(self.locale.text(id, purpose))
    }

    fn hold(&self, purpose: Purpose, state: State) -> String {
        let text = |id| self.text(id, purpose);
        let lines = |text: &str| trimmed(text, "\n") + "\n";
        let (mut code, mut field) = (String::new(), "");
        let head = set(&lines(include_str!("script.html")), &[("script", self.script)]);
        if state == State::Press {
            code = set(
                &lines(include_str!("evidence.html")),
                &[("evidence-field", EVIDENCE_FIELD)],
            );
        }
        if state == State::CodeAgain {
            code = lines(include_str!("trouble.html"));
            field = TROUBLED;
        }
        if state != State::Press {
            let names = [
                ("label", &*text("code-label")),
                ("code-field", CODE_FIELD),
                ("state", field),
            ];
            code += &set(&lines(include_str!("code.html")), &names);
        }
        let (above, why) = match state {
            State::Press => ("hold-text", "hold-why"),
            State::Code | State::CodeAgain => ("code-text", "code-why"),
        };
        let content = set(
            &trimmed(include_str!("hold.html"), "\n"),
            &[
                ("code", &code),
                ("heading", &text("hold-heading")),
                ("text", &text(above)),
                ("field", TICKET_FIELD),
                ("language-field", LANGUAGE_FIELD),
                ("language", self.locale.tag()),
                ("action", &text("hold-action")),
                ("why", &text(why)),
                ("unasked", &text("hold-unasked")),
            ],
        );
        let page = self.page(HOLD_MARK, &head, &content, &self.switch(state));
        set(&page, &[("title", &text("hold-title"))])
    }

    /// The way out of another app: the page is of use in the browser.
    fn app(&self, purpose: Purpose) -> String {
        let names = ["app-note", "app-open", "app-copy", "app-copied"];
        let texts = names.map(|id| self.text(id, purpose));
        let texts: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
        set(&(trimmed(include_str!("app.html"), "\n") + "\n"), &texts)
    }

    /// The form that changes the language.
    fn switch(&self, state: State) -> String {
        let own = format!("value=\"{}\"", self.locale.tag());
        let text = |id| self.text(id, Purpose::default());
        set(
            &(trimmed(include_str!("switch.html"), "\n") + "\n"),
            &[
                ("languages", &self.languages.replace(&own, &format!("{own} selected"))),
                ("language-field", LANGUAGE_FIELD),
                ("step-field", STEP_FIELD),
                ("step", state.step().as_str()),
                ("language-label", &text("language")),
                ("change", &text("language-change")),
            ],
        )
    }

    fn page(&self, lines: &str, head: &str, content: &str, switch: &str) -> String {
        let direction = if self.locale.is_rtl() { "rtl" } else { "ltr" };
        let reference = self.text("reference", Purpose::default());
        set(
            self.look.page,
            &[
                ("mark", &self.look.mark(lines)),
                ("site", &self.look.site()),
                ("head", head),
                ("content", content),
                ("switch", switch),
                ("direction", direction),
                ("language", self.locale.tag()),
                (
                    "reference",
                    &reference.replace(&variable("reference"), "<bdi>{{reference}}</bdi>"),
                ),
            ],
        )
    }
}

/// The entries of the list of languages, each by its own name.
fn languages(locales: &Locales) -> String {
    let entry = |locale: &Locale| {
        let (tag, name) = (locale.tag(), escaped(locale.text("language-name", Purpose::default())));
        format!("<option lang=\"{tag}\" value=\"{tag}\">{name}</option>\n")
    };
    locales.iter().map(entry).collect()
}

/// The field of a code that did not do.
const TROUBLED: &str = r#" value="{{typed}}" aria-invalid="true" aria-describedby="trouble" autofocus"#;

/// A closed envelope.
const HOLD_MARK: &str =
    r#"<rect x="4" y="9" width="40" height="30" rx="5"/><path d="m5 13.5 16.5 13a4 4 0 0 0 5 0L43 13.5"/>"#;

/// A letter "i" in a ring.
const NOTICE_MARK: &str = r#"<circle cx="24" cy="24" r="20"/><path stroke-width="3.5" d="M24 23v10M24 15v.01"/>"#;
