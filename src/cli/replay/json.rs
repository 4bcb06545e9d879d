//! A replay as one JSON object.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::text::CLASSES;
use crate::records::lines::Counts;
use crate::records::replay::{Change, Effect, Effects, GAPS, Report};

pub(super) fn all(report: &Report, counts: &Counts) -> Value {
    let change = |change: &Change| {
        json!({
            "timestamp": change.at.to_string(),
            "request-id": change.request_id,
            "link": change.link,
            "user-agent": change.user_agent,
            "from": change.treatment[0].as_str(),
            "to": change.treatment[1].as_str(),
            "from-class": change.class[0].as_str(),
            "to-class": change.class[1].as_str(),
            "by": change.by,
        })
    };
    let matrix: Vec<Value> = CLASSES
        .iter()
        .zip(report.matrix)
        .map(|(from, line)| json!({ "from": from, "unknown": line[0], "suspect": line[1], "scanner": line[2] }))
        .collect();
    json!({
        "read": {
            "lines": counts.lines,
            "visits": counts.visits,
            "others": counts.skipped(),
            "unreadable": counts.bad,
            "first-unreadable": counts.first_bad.iter()
                .map(|(file, line, what)| json!({ "file": file, "line": line, "problem": what })).collect::<Vec<_>>(),
        },
        "judged-anew": report.otherwise,
        "in-part": report.in_part,
        "untold": report.untold,
        "not-decided": report.undecided,
        "not-recorded": GAPS.iter().zip(report.gaps).collect::<BTreeMap<_, _>>(),
        "classes": matrix,
        "changed": report.visits.sum(),
        "reclassified": report.reclassified,
        "would": would(&report.visits),
        "examples": report.examples.iter().map(change).collect::<Vec<_>>(),
        "people": {
            "opened": report.confirmed,
            "are-known": report.confirmed > 0,
            "at-risk": report.at_risk,
            "would": would(&report.people),
            "codes-more": report.codes_more,
            "codes-fewer": report.codes_fewer,
            "examples": report.risks.iter().map(change).collect::<Vec<_>>(),
        },
        "signatures": report.signatures.iter().filter(|tally| tally.hits > 0 || tally.is_changed).map(|tally| json!({
            "id": &*tally.id,
            "changed": tally.is_changed,
            "hits": tally.hits,
            "on-opened-links": tally.confirmed,
            "by-the-person": tally.by_person,
            "alone": tally.alone,
        })).collect::<Vec<_>>(),
    })
}

fn would(effects: &Effects) -> BTreeMap<&'static str, u64> {
    let all = Effect::ALL.into_iter();
    all.map(|effect| (effect.name(), effects.of(effect))).collect()
}
