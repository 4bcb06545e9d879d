//! A request that was not judged: it was for no link, or was answered before. Its line is all that is known of it.

use serde_json::{Value, json};

use super::{reasons, summary};
use crate::cli::render::{heading, row, wrapped};
use crate::records::answered::Answered;

pub(super) fn text(answered: &Answered) -> String {
    let mut text = String::new();
    wrapped(&mut text, "", &summary::unjudged(answered));
    heading(&mut text, "request");
    let get = |name: &str| answered.get(name).unwrap_or_default();
    wrapped(
        &mut text,
        "  ",
        &format!("{} {}", get("http.request.method"), answered.target()),
    );
    row(&mut text, "at", &answered.at.to_string());
    row(&mut text, "reference", &answered.request_id);
    for (label, name) in [
        ("host", "server.address"),
        ("client", "client.address"),
        ("proxy", "network.peer.address"),
        ("user agent", "user_agent.original"),
        ("link", "linklatch.link.name"),
    ] {
        answered.get(name).iter().for_each(|value| row(&mut text, label, value));
    }
    outcome(&mut text, answered);
    text
}

/// What its line says was done, in words.
pub(super) fn outcome(text: &mut String, answered: &Answered) {
    heading(text, "in the log");
    row(text, "outcome", answered.get("linklatch.outcome").unwrap_or_default());
    let named = |name: &str, words: &str| match words {
        "" => name.to_owned(),
        words => format!("{name}: {words}"),
    };
    if let Some(reason) = answered.get("linklatch.reason") {
        row(text, "reason", &named(reason, reasons::in_words(reason)));
    }
    if let Some(status) = answered.status() {
        row(text, "status", &status.to_string());
    }
    if let Some(error) = answered.get("error.type") {
        row(text, "error", &named(error, reasons::error_in_words(error)));
    }
    if let Some(saw) = summary::saw(answered) {
        row(text, "answer", &saw);
    }
}

pub(super) fn json(answered: &Answered) -> Value {
    json!({
        "summary": summary::unjudged(answered),
        "request": {
            "method": answered.get("http.request.method"),
            "target": answered.target(),
            "timestamp": answered.at.to_string(),
            "request-id": answered.request_id,
            "host": answered.get("server.address"),
            "client": answered.get("client.address"),
            "user-agent": answered.get("user_agent.original"),
            "link": answered.get("linklatch.link.name"),
        },
        "outcome": answered.get("linklatch.outcome"),
        "reason": answered.get("linklatch.reason"),
        "status": answered.status(),
        "error": answered.get("error.type"),
        "saw": summary::saw(answered),
    })
}

/// The requests that a part of a reference names, for a person to choose from.
pub(super) fn choices(matches: &[&Answered], more: u64) -> String {
    let mut text = String::new();
    for answered in matches {
        let method = answered.get("http.request.method").unwrap_or_default();
        let line = format!(
            "{}  {}  {method} {}",
            answered.request_id,
            answered.at,
            answered.target()
        );
        wrapped(&mut text, "  ", &line);
    }
    if more > 0 {
        wrapped(&mut text, "  ", &format!("… and {more} more"));
    }
    text
}
