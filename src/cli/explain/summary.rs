//! The first line of an explanation: what happened, and why, in one sentence.

use super::reasons;
use super::told::Told;
use crate::gate::checks::Check;
use crate::gate::evidence::Doubt;
use crate::gate::link::Mode;
use crate::gate::{PassReason, Refusal, Step, Treatment};
use crate::locales::{Locales, Purpose};
use crate::records::Outcome;
use crate::records::answered::Answered;
use crate::signatures::Action;

/// Of a request that was judged, or would be.
pub(super) fn judged(told: &Told<'_>) -> String {
    let line = told.asked.line.as_ref();
    match line.and_then(|line| Some((line.outcome?, line.answered.as_ref()))) {
        Some((outcome, answered)) => happened(told, outcome, answered),
        None => would(told),
    }
}

/// What happened, by its line.
fn happened(told: &Told<'_>, outcome: Outcome, answered: Option<&Answered>) -> String {
    let reason = told.then().and_then(|then| then.reason.as_deref()).unwrap_or_default();
    let step = told.then().and_then(|then| Step::named(then.step.as_deref()?));
    let code = || format!("Asked for the code because {}.", because(told));
    match (outcome, reason) {
        (Outcome::Held, "visit") if step == Some(Step::PressAndCode) => code(),
        (Outcome::Held, "visit") if step.is_none() => {
            "Answered with an error in JSON, because a program asked: no person saw a page.".to_owned()
        }
        (Outcome::Held, "visit") => format!("Shown the page with a button: {}.", too_little(told)),
        (Outcome::Held, "code_needed") => code(),
        (Outcome::Held, _) if step == Some(Step::PressAndCode) => format!(
            "Shown a fresh page, {}; it asks for the code because {}.",
            reasons::why(reason),
            because(told)
        ),
        (Outcome::Held, _) => format!("Shown a fresh page with a button, {}.", reasons::why(reason)),
        (Outcome::Confirmed | Outcome::Shared, _) => {
            let upstream = answered.map(came_back).unwrap_or_default();
            format!("The link was sent to the API, {}{upstream}.", reasons::why(reason))
        }
        (Outcome::Passed, _) => {
            let status = answered.map(answered_with).unwrap_or_default();
            format!("Passed without a page, {}{status}.", reasons::why(reason))
        }
        (Outcome::Refused | Outcome::Served, _) => {
            let by = match told.acting(Action::Refuse) {
                Some(title) if reason == "refused_by_signature" => format!(" (*{title}*)"),
                _ => String::new(),
            };
            let page = answered
                .and_then(saw)
                .map_or_else(String::new, |saw| format!("; {saw}"));
            format!("Refused, {}{by}{page}.", reasons::why(reason))
        }
    }
}

/// What would happen, where no line tells what did.
fn would(told: &Told<'_>) -> String {
    let Some(treatment) = told.treatment() else {
        return format!("Would be answered so: {}.", told.answer());
    };
    let by = |action| told.acting(action).unwrap_or("a signature");
    match treatment {
        Treatment::Page(Step::PressAndCode) => format!("Would be asked for the code because {}.", because(told)),
        Treatment::Page(Step::Press) => format!("Would be shown the page with a button: {}.", too_little(told)),
        Treatment::Press(Step::PressAndCode) => {
            format!("Would be asked for the code after the press because {}.", because(told))
        }
        Treatment::Press(Step::Press) => format!("One press would open the link: {}.", too_little(told)),
        Treatment::Passes(PassReason::AllowedBySignature) => {
            format!("Would pass without a page: *{}* lets it.", by(Action::Allow))
        }
        Treatment::Refused(Refusal::Signature) => format!("Would be refused: *{}* says so.", by(Action::Refuse)),
        Treatment::Passes(_)
        | Treatment::Opens
        | Treatment::Json
        | Treatment::Methods
        | Treatment::Refused(Refusal::Incomplete | Refusal::Method) => {
            format!("Would be answered so: {}.", told.answer())
        }
    }
}

/// Of a request that was not judged.
pub(super) fn unjudged(answered: &Answered) -> String {
    let reason = answered.get("linklatch.reason").unwrap_or_default();
    let saw = saw(answered);
    match answered.get("linklatch.outcome").and_then(Outcome::named) {
        Some(Outcome::Refused) => {
            let page = saw.map_or_else(String::new, |saw| format!("; {saw}"));
            format!("Refused, {}{page}.", reasons::why(reason))
        }
        Some(Outcome::Passed) => {
            let back = saw.map_or_else(|| answered_with(answered), |_| came_back(answered));
            format!("Passed to the API, {}{back}.", reasons::why(reason))
        }
        Some(Outcome::Served) => format!("Got {}.", reasons::in_words(reason)),
        _ => format!("Answered with status {}.", answered.status().unwrap_or_default()),
    }
}

/// What the API answered, or why it did not.
fn came_back(answered: &Answered) -> String {
    let error = answered.get("error.type").map(reasons::error_in_words);
    match (error, saw(answered)) {
        (Some(error), Some(saw)) => format!("; {error}, and {saw}"),
        (Some(error), None) => format!("; {error}{}", answered_with(answered)),
        (None, Some(saw)) => format!("; {saw}"),
        (None, None) => answered_with(answered),
    }
}

fn answered_with(answered: &Answered) -> String {
    let status = answered.status();
    status.map_or_else(String::new, |status| format!("; the API answered {status}"))
}

/// What of the gate's own answers the person read, or the program.
pub(super) fn saw(answered: &Answered) -> Option<String> {
    let code = notice(answered)?;
    let status = answered
        .status()
        .map_or_else(String::new, |status| format!(" ({status})"));
    let is_json = answered.get("linklatch.answer.form") == Some("json");
    if is_json
        || answered
            .get("linklatch.reason")
            .is_some_and(|reason| reason.starts_with("call_"))
    {
        return Some(format!("the program got the error `{code}`{status}"));
    }
    let locales = Locales::shipped();
    let english = locales.iter().find(|locale| locale.tag() == "en")?;
    let heading = english.text(&format!("{}-heading", code.replace('_', "-")), Purpose::default());
    Some(format!("the person read “{heading}”{status}"))
}

/// The code of the gate's own answer. Older lines do not have it; then the reason or the error tells.
fn notice(answered: &Answered) -> Option<&str> {
    let reason = || answered.get("linklatch.reason").and_then(reasons::notice_of);
    let error = || answered.get("error.type").and_then(reasons::notice_of_error);
    let shown = answered.get("linklatch.answer.notice");
    let code = shown.or_else(error).or_else(reason)?;
    crate::pages::Notice::ALL
        .iter()
        .any(|notice| notice.code() == code)
        .then_some(code)
}

/// Why one press is enough.
fn too_little(told: &Told<'_>) -> String {
    let (score, press) = match told.press().filter(|_| told.is_press()) {
        Some(press) => (press.score, "the visit and the press"),
        None => (told.scored(), "the visit"),
    };
    match score {
        _ if told.vouched() => "its browser had asked for the mail".to_owned(),
        ..=0 => "nothing speaks for a machine".to_owned(),
        score => format!("too little speaks for a machine ({press} score {score}, below 50)"),
    }
}

/// What the code hangs on: the findings that weigh most, until they are enough.
fn because(told: &Told<'_>) -> String {
    let mut found = told.weighing();
    if told.is_press()
        && let Some(press) = told.press()
    {
        found.extend(
            press
                .weighed
                .doubts
                .iter()
                .map(|(doubt, weight)| (*weight, says(*doubt))),
        );
        let page = press.score - press.weighed.score;
        if page > told.scored().max(0) {
            found.push((page, "the visit that got the page looked like a machine's".to_owned()));
        }
    }
    found.retain(|(weight, _)| *weight > 0);
    found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let (mut sum, mut words) = (0, Vec::new());
    for (weight, what) in found {
        if sum >= ENOUGH || words.len() == NAMED {
            break;
        }
        sum += weight;
        words.push(format!("{what} ({weight})"));
    }
    match words.as_slice() {
        _ if sum < ENOUGH && told.mode() == Mode::Strict => {
            "its link's mode is `strict`, and its browser had not asked for the mail".to_owned()
        }
        [] => "it was asked for before, or by signatures that are gone".to_owned(),
        words => words.join(", and "),
    }
}

fn says(doubt: Doubt) -> String {
    first_part(doubt.explanation()).to_owned()
}

/// What a check says, in short.
pub(super) fn check_says(check: Check) -> String {
    first_part(check.explanation()).to_owned()
}

fn first_part(text: &str) -> &str {
    text.split([';', ':']).next().unwrap_or(text)
}

/// The score from which on the code is asked for.
const ENOUGH: i32 = 50;
/// So many findings are named.
const NAMED: usize = 3;
