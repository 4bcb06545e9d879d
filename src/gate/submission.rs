//! What a POST brought to confirm a link, and whether it may.

use super::code::{Attempt, CODE_FIELD, Code, Digits, Trouble, Typed};
use super::evidence::{DECOY_FIELD, EVIDENCE_FIELD, Evidence, Report, Weighed};
use super::ours::Ours;
use super::passage::Protected;
use super::ticket::{Step, TICKET_FIELD, Ticket, TicketError};
use super::verdict::Verdict;
use super::{Gate, spelling};
use crate::time::Timestamp;
use crate::visit::{Fact, Headers};

/// What a POST brought to confirm a link.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'r> {
    /// The form's ticket.
    pub ticket: Option<&'r str>,
    /// What was typed into the form's code field.
    pub typed: Typed,
    /// What the POST's visit looks like.
    pub verdict: &'r Verdict,
    /// What its press shows.
    pub weighed: &'r Weighed,
    /// Whether the browser's mark vouches for the link.
    pub vouched: bool,
    /// Which requests come from our own pages.
    pub ours: Ours<'r>,
    /// When it came.
    pub now: Timestamp,
}

/// A ticket of ours, fresh, for this target, with proof enough.
#[derive(Debug)]
pub struct Unsealed {
    ticket: Ticket,
}

impl Unsealed {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The ticket.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }
}

/// What a ticket of ours, fresh and for this target, still has to show.
#[derive(Debug)]
pub enum Brought {
    /// Nothing: the press is proof enough.
    Press(Unsealed),
    /// More than the press, unless it repeats one that was enough: browsers tell less of a double click's second one.
    Doubted(Ticket),
    /// That the typed code is the ticket's.
    Code(Attempt),
}

/// Why a POST gets a fresh page instead of confirming. Never a dead end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It brought no ticket.
    NoTicket,
    /// The ticket is not ours, was altered, or is in another spelling.
    NotOurs,
    /// The ticket is past its time.
    Expired,
    /// The ticket belongs to another link.
    OtherTarget,
    /// The POST came from another site's page.
    CrossSite,
    /// It says that it fetches ahead: nobody has pressed.
    FetchedAhead,
    /// The ticket was spent, and its answer is no longer kept.
    Spent,
    /// It brought a press, where a code is asked for as well.
    CodeNeeded,
    /// The typed code does not do.
    Code {
        /// Why not.
        trouble: Trouble,
        /// The code that the next page asks for.
        code: Code,
        /// What was typed, where it may only have come too soon.
        typed: Option<Digits>,
    },
}

impl Again {
    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoTicket => "no_ticket",
            Self::NotOurs => "ticket_not_ours",
            Self::Expired => "ticket_expired",
            Self::OtherTarget => "ticket_of_another_link",
            Self::CrossSite => "cross_site",
            Self::FetchedAhead => "fetched_ahead",
            Self::Spent => "ticket_spent",
            Self::CodeNeeded => "code_needed",
            Self::Code { trouble, .. } => trouble.as_str(),
        }
    }
}

impl Gate {
    /// Opens a confirmation's ticket; every failure leads to a fresh page. What the POST itself looks like and shows may
    /// raise what the ticket's page asked for.
    pub fn unseal<B>(&self, submission: &Submission<'_>, protected: &Protected<B>) -> Result<Brought, Again> {
        let sealed = submission.ticket.ok_or(Again::NoTicket)?;
        if !submission.ours.sent(protected.request.headers()) {
            return Err(Again::CrossSite);
        }
        if Headers::Live(protected.request.headers()).prefetch() == Fact::Known(true) {
            return Err(Again::FetchedAhead);
        }
        let targets = self.target_ids(protected);
        let opened = Ticket::open(sealed, &self.keys, targets, submission.now, self.ticket_lifetime);
        let ticket = opened.map_err(|error| match error {
            TicketError::NotOurs => Again::NotOurs,
            TicketError::Expired => Again::Expired,
            TicketError::OtherTarget => Again::OtherTarget,
        })?;
        let score = submission.weighed.with(submission.verdict.score, ticket.score.into());
        let step = Step::called_for(self.link(protected).mode, score, submission.vouched);
        match (ticket.code, step) {
            _ if submission.vouched => Ok(Brought::Press(Unsealed::new(ticket))),
            (None, Step::Press) => Ok(Brought::Press(Unsealed::new(ticket))),
            (None, Step::PressAndCode) => Ok(Brought::Doubted(ticket)),
            (Some(code), _) => Ok(Brought::Code(Attempt {
                ticket,
                code,
                typed: submission.typed,
                link: protected.remembered().0,
                now: submission.now,
            })),
        }
    }
}

/// The ticket in a form body; doubled ones are none.
#[must_use]
pub fn ticket_of(form: &[u8]) -> Option<String> {
    let mut values = values(form, TICKET_FIELD);
    values.next().filter(|_| values.next().is_none())
}

/// The name of the form field that tells the language of the answer.
pub const LANGUAGE_FIELD: &str = "linklatch-language";

/// The language that a form asks for; of several the last.
#[must_use]
pub fn language_of(form: &[u8]) -> Option<String> {
    values(form, LANGUAGE_FIELD).last()
}

/// The name of the form field that tells what the page asked for on which the language was changed.
pub const STEP_FIELD: &str = "linklatch-step";

/// What that page asked for: no less is asked for in another language.
#[must_use]
pub fn step_of(form: &[u8]) -> Step {
    if values(form, STEP_FIELD).any(|value| value == Step::PressAndCode.as_str()) {
        Step::PressAndCode
    } else {
        Step::Press
    }
}

/// What a form shows of its press; doubled reports are none.
#[must_use]
pub fn evidence_of(form: &[u8]) -> Evidence {
    let mut reports = values(form, EVIDENCE_FIELD);
    let report = reports.next().filter(|_| reports.next().is_none());
    Evidence {
        report: report.and_then(|report| Report::read(&report)),
        decoy: values(form, DECOY_FIELD).any(|value| !value.is_empty()),
    }
}

/// What was typed into a form's code field; doubled ones are no code.
#[must_use]
pub fn code_of(form: &[u8]) -> Typed {
    let mut values = values(form, CODE_FIELD);
    match (values.next(), values.next()) {
        (None, _) => Typed::Nothing,
        (Some(text), None) => Typed::read(&text),
        (Some(_), Some(_)) => Typed::Other,
    }
}

fn values(form: &[u8], field: &str) -> impl Iterator<Item = String> {
    let pairs = std::str::from_utf8(form).unwrap_or_default().split('&');
    pairs.filter_map(move |pair| {
        let (name, value) = pair.split_once('=')?;
        (spelling::decode_field(name) == field).then(|| spelling::decode_field(value))
    })
}

/// Whether a body of any type holds the ticket's field.
#[must_use]
pub fn has_ticket(body: &[u8]) -> bool {
    let field = TICKET_FIELD.as_bytes();
    let decoded: Vec<u8> = percent_encoding::percent_decode(body).collect();
    [body, &decoded]
        .iter()
        .any(|text| text.windows(field.len()).any(|part| part == field))
}
