//! What a press shows and calls for, or would.

use std::borrow::Cow;

use http::Method;
use serde_json::{Value, json};

use super::told::Told;
use crate::cli::render::{heading, row, wrapped};
use crate::gate::evidence::{Evidence, Pressed, Report, Weighed};
use crate::gate::link::Mode;
use crate::gate::verdict::Class;
use crate::gate::{PressExplanation, Step, Treatment};
use crate::records::kind::Then;
use crate::visit::{Fact, VisitBuf};

impl Told<'_> {
    /// Whether it is a press itself, not a visit whose page is pressed.
    pub(super) fn is_press(&self) -> bool {
        self.asked.evidence.is_some() && self.asked.visit.method == Method::POST
    }

    /// What its press calls for, or that of its page, as far as it is known.
    pub(super) fn press(&self) -> Option<PressExplanation> {
        let evidence = self.asked.evidence.as_ref()?;
        Some(self.weigh(evidence))
    }

    fn weigh(&self, evidence: &Evidence) -> PressExplanation {
        let visit = self.pressing();
        let case = self.case(visit.as_visit());
        self.set
            .gate
            .explain_press(&case, evidence, self.explanation.verdict.score)
    }

    /// The score of the page that was pressed; 0 where it is not known.
    fn page_score(&self) -> i32 {
        let history = self.asked.visit.history.as_ref().known();
        history.map_or(0, |history| history.page_score())
    }

    /// The visit that presses: it itself, or a press of its page in the same browser.
    fn pressing(&self) -> Cow<'_, VisitBuf> {
        let visit = &self.asked.visit;
        if visit.method == Method::POST {
            return Cow::Borrowed(visit);
        }
        let mut press = visit.clone();
        press.method = Method::POST;
        if visit.as_visit().headers.has("sec-fetch-mode") == Fact::Known(true) {
            press.set("sec-fetch-user", "?1");
        }
        Cow::Owned(press)
    }

    /// What a press would need: a person's with a mouse, and one without the page's script.
    fn needs(&self) -> [(&'static str, PressExplanation); 2] {
        let chromium = self.asked.visit.as_visit().header("user-agent");
        let convincing = Report {
            trusted: Some(true),
            active: Some(true),
            pressed: Some(Pressed::Mouse),
            moves: 20,
            focus: true,
            hover: true,
            touchscreen: true,
            brands: chromium.is_some_and(|agent| agent.contains("Chrome/")),
            ..Report::default()
        };
        let press = |report| self.weigh(&Evidence { report, decoy: false });
        [
            ("with the script", press(Some(convincing))),
            ("without script", press(None)),
        ]
    }

    /// Whether a page is shown that can be pressed.
    fn is_pressed(&self) -> bool {
        let is_page = matches!(self.treatment(), Some(Treatment::Page(_) | Treatment::Press(_)));
        is_page && self.asked.visit.method != Method::HEAD
    }

    /// What of the press was found then and is not now (`-`), and the reverse (`+`).
    pub(super) fn press_differences(&self, then: &Then) -> Vec<String> {
        let Some(press) = self.press().filter(|_| then.press_score.is_some()) else {
            return Vec::new();
        };
        let now: Vec<&str> = press.weighed.doubts.iter().map(|(doubt, _)| doubt.name()).collect();
        let fresh = now
            .iter()
            .filter(|name| !then.doubts.iter().any(|known| known == *name));
        let gone = then.doubts.iter().filter(|name| !now.contains(&name.as_str()));
        let fresh = fresh.map(|name| format!("+{name}"));
        fresh.chain(gone.map(|name| format!("-{name}"))).collect()
    }

    /// The step of that time and the one of now, where they differ.
    pub(super) fn step_differs(&self, then: &Then) -> Option<(Step, Step)> {
        let was = match (self.is_press(), then.reason.as_deref()) {
            (true, Some("press" | "mark_and_press")) => Step::Press,
            (true, Some("code_needed")) => Step::PressAndCode,
            // Its page had the code already: an earlier press may have called for it.
            (true, _) => return None,
            (false, _) => Step::named(then.step.as_deref()?)?,
        };
        let now = self.step()?;
        (was != now).then_some((was, now))
    }

    /// Why a score calls for a step.
    fn because(&self, press: &PressExplanation) -> String {
        let own = press.score - press.weighed.score;
        let sum = format!("visit {own} + press {} = {}", press.weighed.score, press.score);
        match (press.step, Class::of(press.score), self.mode()) {
            (Step::Press, Class::Unknown, Mode::Strict) | (Step::Press, Class::Suspect | Class::Scanner, _) => {
                "a press: its browser had asked for the mail".to_owned()
            }
            (Step::Press, Class::Unknown, _) => format!("a press: {sum}, below 50"),
            (Step::PressAndCode, Class::Unknown, _) => {
                "the code too: its link's mode is `strict`, and its browser had not asked for the mail".to_owned()
            }
            (Step::PressAndCode, Class::Suspect | Class::Scanner, _) => format!("the code too: {sum}, from 50 on"),
        }
    }
}

pub(super) fn text(text: &mut String, told: &Told<'_>) {
    if let Some(press) = told.press() {
        heading(
            text,
            if told.is_press() {
                "press"
            } else {
                "a press of its page"
            },
        );
        doubts(text, &press.weighed);
        let report = told.asked.evidence.and_then(|evidence| evidence.report);
        let report = report.map_or_else(|| "none".to_owned(), |report| report.to_string());
        row(text, "report", &report);
        let page = match told.page_score() {
            0 if told.asked.line.is_some() && !told.asked.whole_past => "not known".to_owned(),
            score => format!("the visit that got it scored {score}"),
        };
        if told.is_press() {
            row(text, "its page", &page);
        }
        row(text, "calls for", &told.because(&press));
    } else if told.is_pressed() {
        heading(text, "what a press would need");
        for (what, press) in told.needs() {
            row(text, what, &told.because(&press));
        }
    }
}

fn doubts(text: &mut String, weighed: &Weighed) {
    let bold = anstyle::Style::new().bold();
    for (doubt, weight) in &weighed.doubts {
        text.push_str(&format!("  {weight:>5}  {bold}{}{bold:#}\n", doubt.name()));
        wrapped(text, "         ", doubt.explanation());
    }
    if weighed.doubts.is_empty() {
        wrapped(text, "  ", "nothing speaks against a person");
    }
}

/// The press as JSON; `null` where there is none.
pub(super) fn json(told: &Told<'_>) -> Value {
    let Some(press) = told.press() else {
        return Value::Null;
    };
    let doubts = press
        .weighed
        .doubts
        .iter()
        .map(|(doubt, weight)| json!({ "name": doubt.name(), "title": doubt.explanation(), "weight": weight }));
    let report = told.asked.evidence.and_then(|evidence| evidence.report);
    json!({
        "report": report.map(|report| report.to_string()),
        "doubts": doubts.collect::<Vec<_>>(),
        "score": press.weighed.score,
        "page-score": told.page_score(),
        "together": press.score,
        "step": press.step.as_str(),
        "because": told.because(&press),
    })
}

/// What a press would need, as JSON; `null` where nothing can be pressed, or was.
pub(super) fn json_needs(told: &Told<'_>) -> Value {
    if told.asked.evidence.is_some() || !told.is_pressed() {
        return Value::Null;
    }
    let [(_, with), (_, without)] = told.needs();
    json!({ "with-script": with.step.as_str(), "without-script": without.step.as_str() })
}
