//! The explanation as one JSON object.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::{Asked, Place};
use super::text::truth;
use super::told::Told;
use super::{press, summary};
use crate::gate::{SignatureReason, Step};
use crate::records::answered::Answered;
use crate::records::{is_recorded, of_record};
use crate::signatures::{Action, Reason, Truth};
use crate::visit::{Fact, version_name};

pub(super) fn all(told: &Told<'_>) -> Value {
    let verdict = &told.explanation.verdict;
    let (machine, people) = verdict.sums();
    let line = told.asked.line.as_ref();
    let then = line.and_then(|line| line.then.as_ref());
    let answered = line.and_then(|line| line.answered.as_ref());
    json!({
        "summary": summary::judged(told),
        "request": request(told.asked),
        "verdict": {
            "class": verdict.class.as_str(),
            "score": verdict.score,
            "for-machine": machine,
            "for-people": people,
            "action": match verdict.action() {
                Action::Weigh => "weigh",
                Action::Refuse => "refuse",
                Action::Allow => "allow",
            },
        },
        "press": press::json(told),
        "press-needs": press::json_needs(told),
        "step": told.step().map(Step::as_str),
        "answer": told.answer(),
        "outcome": line.and_then(|line| line.outcome).map(crate::records::Outcome::as_str),
        "reason": then.and_then(|then| then.reason.as_deref()),
        "status": answered.and_then(Answered::status),
        "error": answered.and_then(|answered| answered.get("error.type")),
        "saw": answered.and_then(summary::saw),
        "asked-for-the-mail": told.vouched(),
        "then": then.map(|then| json!({
            "class": then.class.as_str(),
            "score": then.score,
            "findings": then.findings,
            "step": then.step,
            "doubts": then.doubts,
            "press-score": then.press_score,
            "step-differs": told.step_differs(then).is_some(),
            "treatment-differs": told.treatment_differs().is_some(),
            "differences": told.differences(then),
        })),
        "found": told.signatures(Truth::Yes).map(|entry| signature(told, entry))
            .chain(checks(told, Truth::Yes)).collect::<Vec<_>>(),
        "undecided": told.signatures(Truth::Unknown).map(|entry| signature(told, entry))
            .chain(checks(told, Truth::Unknown)).collect::<Vec<_>>(),
        "missed": told.all.then(|| told.signatures(Truth::No).map(|entry| signature(told, entry))
            .chain(checks(told, Truth::No)).collect::<Vec<_>>()),
        "signature": told.signature.and_then(|id| told.entry(id)).map(|entry| tree(&entry.reason, told.asked)),
    })
}

fn request(asked: &Asked) -> Value {
    let visit = asked.visit.as_visit();
    let (link, route) = match &asked.place {
        Place::Link(name, route) => (name.clone(), route.clone()),
        Place::CutLink(name) => (Some(name.clone()), None),
        Place::Unknown(path) => (None, path.clone()),
        Place::Open(path) | Place::Call(path) => (None, Some(path.clone())),
        Place::Ambiguous => (None, None),
    };
    let values = asked.visit.values.iter().filter(|(name, _)| is_recorded(name));
    let names = (asked.visit.names != Fact::Unrecorded).then(|| {
        visit
            .headers
            .names()
            .map(|name| asked.shown_name(name))
            .collect::<Vec<_>>()
    });
    json!({
        "method": visit.method.as_str(),
        "link": link,
        "route": route,
        "repaired": asked.repaired.as_ref().filter(|by| !by.is_empty()),
        "timestamp": asked.line.as_ref().map(|line| line.at.to_string()),
        "request-id": asked.line.as_ref().and_then(|line| line.request_id.as_deref()),
        "client": visit.client.known(),
        "asn": visit.asn.known(),
        "reverse-dns": visit.reverse_dns.known(),
        "user-agent": visit.header("user-agent").map(|agent| asked.shown(agent)),
        "scheme": visit.secure.known().map(|secure| if secure { "https" } else { "http" }),
        "http-version": visit.version.known().map(version_name),
        "tls": visit.tls.known().flatten(),
        "fields": names,
        "values": values.map(|(name, value)| (name, asked.shown(of_record(name, value)))).collect::<BTreeMap<_, _>>(),
        "in-part": asked.cut.iter().map(|(name, part)| (name, part)).collect::<BTreeMap<_, _>>(),
        "link-age": visit.history.known().and_then(|history| history.age()).map(|age| age.as_secs_f64()),
        "unrecorded": asked.unrecorded(),
    })
}

fn signature(told: &Told<'_>, entry: &SignatureReason<'_>) -> Value {
    json!({
        "name": &*entry.signature.id,
        "title": entry.signature.title,
        "weight": entry.weight,
        "place": told.place(entry),
        "because": entry.reason.decisive().into_iter().map(|reason| tree(reason, told.asked)).collect::<Vec<_>>(),
        "by-its-line": entry.recalled,
        "missing": told.missing(entry),
    })
}

fn checks(told: &Told<'_>, of: Truth) -> impl Iterator<Item = Value> {
    let checks = told.explanation.checks.iter().filter(move |check| check.truth == of);
    checks.map(|check| {
        json!({
            "name": check.check.name(),
            "title": check.check.explanation(),
            "weight": check.weight,
            "because": check.seen,
            "missing": if check.truth == Truth::Unknown { vec![check.check.needs()] } else { Vec::new() },
        })
    })
}

fn tree(reason: &Reason, asked: &Asked) -> Value {
    json!({
        "condition": reason.name,
        "result": truth(reason.truth),
        "asks": reason.asks,
        "seen": reason.seen.as_ref().map(|seen| asked.seen(reason, seen)),
        "parts": reason.parts.iter().map(|part| tree(part, asked)).collect::<Vec<_>>(),
    })
}
