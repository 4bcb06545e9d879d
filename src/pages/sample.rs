//! Every page with sample values, for whoever looks at them before people do.

use bytes::Bytes;
use http::StatusCode;

use super::notice::Action;
use super::set::trouble_id;
use super::{Hold, Notice, NoticeText, Pages, Voice};
use crate::gate::{Again, Code, Trouble};

/// A page in one of its states.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    /// The page that asks for a press.
    Press,
    /// The same inside another app.
    PressInApp,
    /// The page that asks for a code, and what was the matter with the press before.
    Code(Option<Again>),
    /// The page that asks for a code inside another app.
    CodeInApp,
    /// A notice, with a way to a new link or without.
    Notice(Notice, bool),
}

impl Sample {
    /// Every state of every page, in the order in which people meet them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let trouble = |trouble| Again::Code {
            trouble,
            code: code(),
            typed: (trouble == Trouble::TooSoon).then_some(code().digits),
        };
        let mut all = vec![
            Self::Press,
            Self::PressInApp,
            Self::Code(None),
            Self::CodeInApp,
            Self::Code(Some(Again::CodeNeeded)),
        ];
        all.extend(Trouble::ALL.map(|which| Self::Code(Some(trouble(which)))));
        for notice in Notice::ALL {
            all.push(Self::Notice(notice, false));
            if notice.action() == Action::NewLink {
                all.push(Self::Notice(notice, true));
            }
        }
        all
    }

    /// Its name: `press`, `code`, `code-wrong`, `link-used`, `link-used-new-link`.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            Self::Press => "press",
            Self::PressInApp => "press-in-app",
            Self::Code(None) => "code",
            Self::CodeInApp => "code-in-app",
            Self::Code(Some(Again::Code { trouble, .. })) => trouble_id(trouble),
            Self::Code(Some(again)) => again.as_str(),
            Self::Notice(notice, _) => notice.code(),
        };
        let way = if matches!(self, Self::Notice(_, true)) {
            "-new-link"
        } else {
            ""
        };
        format!("{}{way}", name.replace('_', "-"))
    }

    /// The status that it is answered with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Notice(notice, _) => notice.status(),
            _ => StatusCode::OK,
        }
    }

    /// Whether the script runs on it.
    #[must_use]
    pub const fn has_script(self) -> bool {
        !matches!(self, Self::Notice(..))
    }
}

impl Pages {
    /// A page as a person would get it from `host`.
    #[must_use]
    pub fn sample(&self, voice: Voice, sample: Sample, host: &str) -> Bytes {
        let hold = |code, again, in_app| Hold {
            site: host,
            ticket: "sample",
            reference: REFERENCE,
            code,
            again,
            in_app,
        };
        match sample {
            Sample::Press => self.hold(voice, &hold(None, None, false)),
            Sample::PressInApp => self.hold(voice, &hold(None, None, true)),
            Sample::Code(again) => self.hold(voice, &hold(Some(code()), again, false)),
            Sample::CodeInApp => self.hold(voice, &hold(Some(code()), None, true)),
            Sample::Notice(notice, way) => self.notice(
                voice,
                notice,
                &NoticeText {
                    site: host,
                    reference: REFERENCE,
                    // Leads to the same page.
                    new_link: way.then_some(""),
                },
            ),
        }
    }
}

const REFERENCE: &str = "req_019ac0de0000700080000000000000ff";

/// The same four digits each time.
fn code() -> Code {
    Code::new(0, &[7; 16])
}
