//! The canonical line: what is known of one answered request. It holds no token by construction.

pub mod answered;
mod combined;
pub mod kind;
pub mod likeness;
mod line;
pub mod lines;
pub mod past;
pub mod read;
pub mod redact;
pub mod replay;
mod seen;
mod wrapped;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::gate::evidence::{Evidence, Weighed};
use crate::gate::verdict::Verdict;
use crate::visit::history::History;
use crate::visit::{Ja4, Visit};

/// One answered request. Names follow the OpenTelemetry semantic conventions; durations are seconds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    /// When the request's head was read, RFC 3339.
    pub timestamp: String,
    /// Its reference, also on pages, in envelopes and in the `x-request-id` header.
    pub request_id: String,
    /// Its method.
    #[serde(rename = "http.request.method")]
    pub method: String,
    /// The scheme that the client used.
    #[serde(rename = "url.scheme")]
    pub scheme: &'static str,
    /// The host that the client named.
    #[serde(rename = "server.address", skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The path, without anything that could be a token; absent for links.
    #[serde(rename = "url.path", skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The link's template, in place of the path.
    #[serde(rename = "http.route", skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The HTTP version: 1.0, 1.1 or 2.
    #[serde(rename = "network.protocol.version")]
    pub version: &'static str,
    /// The proxy's address, where it speaks for a client that it does not name to us.
    #[serde(rename = "network.peer.address", skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The client's address.
    #[serde(rename = "client.address", skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The number of the autonomous system of that address, where a signature asks for it.
    #[serde(rename = "client.as.number", skip_serializing_if = "Option::is_none")]
    pub client_as: Option<u32>,
    /// The forward-confirmed name of that address, where a signature asks for it.
    #[serde(rename = "client.domain", skip_serializing_if = "Option::is_none")]
    pub client_domain: Option<String>,
    /// What the client calls itself, without anything that could be a token.
    #[serde(rename = "user_agent.original", skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// What the client's TLS looks like; of links alone.
    #[serde(rename = "tls.client.ja4", skip_serializing_if = "Option::is_none")]
    pub ja4: Option<Ja4>,
    /// The names of all header fields of a visit to a link.
    #[serde(rename = "linklatch.visit.fields", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The fields whose values stand here only in part: what could be a token, or is too long, is left out. The verdict
    /// hung on the whole values.
    #[serde(rename = "linklatch.visit.cut", skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<String>,
    /// A digest of the whole user agent, where only a part of it stands here: equal for equal ones, within one run.
    #[serde(rename = "linklatch.visit.agent", skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The values of those that a verdict may hang on and that say nothing personal: see [`RECORDED`].
    #[serde(flatten)]
    pub values: BTreeMap<String, [String; 1]>,
    /// The response's status.
    #[serde(rename = "http.response.status_code")]
    pub status: u16,
    /// Where the answer is the gate's own: `page`, or `json` for programs.
    #[serde(rename = "linklatch.answer.form", skip_serializing_if = "Option::is_none")]
    pub form: Option<&'static str>,
    /// What that answer says, by the code that programs get; absent where it is the page that holds a link.
    #[serde(rename = "linklatch.answer.notice", skip_serializing_if = "Option::is_none")]
    pub notice: Option<&'static str>,
    /// What was done.
    #[serde(rename = "linklatch.outcome")]
    pub outcome: Outcome,
    /// Why, in one word.
    #[serde(rename = "linklatch.reason", skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The link's name.
    #[serde(rename = "linklatch.link.name", skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The keyed digest of the token.
    #[serde(rename = "linklatch.link.id", skip_serializing_if = "Option::is_none")]
    pub link_id: Option<String>,
    /// What was mended of a link that arrived damaged.
    #[serde(rename = "linklatch.link.repaired", skip_serializing_if = "Option::is_none")]
    pub link_repaired: Option<String>,
    /// The link's age in seconds, where its time of issue is known.
    #[serde(rename = "linklatch.link.age", skip_serializing_if = "Option::is_none")]
    pub link_age: Option<f64>,
    /// What the visit looks like.
    #[serde(rename = "linklatch.verdict.class", skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// What the findings add up to.
    #[serde(rename = "linklatch.verdict.score", skip_serializing_if = "Option::is_none")]
    pub score: Option<i32>,
    /// The checks that matched.
    #[serde(rename = "linklatch.verdict.findings", skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// Whether its browser had asked for the mail.
    #[serde(rename = "linklatch.visit.asked", skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// What the page asks of a person.
    #[serde(rename = "linklatch.step", skip_serializing_if = "Option::is_none")]
    pub step: Option<&'static str>,
    /// The doubts about a press.
    #[serde(rename = "linklatch.press.doubts", skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<&'static str>,
    /// What they add up to.
    #[serde(rename = "linklatch.press.score", skip_serializing_if = "Option::is_none")]
    pub press_score: Option<i32>,
    /// What the page's script saw, in its words.
    #[serde(rename = "linklatch.press.report", skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The upstream's name.
    #[serde(rename = "linklatch.upstream.name", skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// From sending to the upstream's response head.
    #[serde(rename = "linklatch.upstream.duration", skip_serializing_if = "Option::is_none")]
    pub upstream_duration: Option<f64>,
    /// From the request's head to the response's end.
    #[serde(rename = "http.server.request.duration")]
    pub duration: f64,
    /// What went wrong, in one word.
    #[serde(rename = "error.type", skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
}

impl Record {
    /// Notes what a visit's verdict hangs on; `tokens` are what its request carries of them. What is not noted whole is
    /// marked, so that nobody judges by a part of it.
    pub fn saw(&mut self, visit: &Visit<'_>, tokens: &[&str]) {
        self.client_as = visit.asn.known();
        let domain = visit.reverse_dns.known();
        self.client_domain = domain
            .filter(|name| redact::without_tokens(name, tokens) == *name)
            .map(str::to_owned);
        if visit.header(AGENT) != self.user_agent.as_deref() {
            self.cut.push(AGENT.to_owned());
            let history = visit.history.known();
            self.agent = history.map(|history| format!("{:08x}", history.mark.agent));
        }
        for name in visit.headers.names() {
            let told = redact::name(name, tokens);
            if told == name && is_recorded(name) {
                self.saw_value(name, visit.header(name).unwrap_or_default(), tokens);
            }
            self.fields.push(told);
        }
        // A token in a field's name: which names there are can't be told then.
        let mut names = visit.headers.names();
        if names.any(|name| redact::name(name, tokens) != redact::name(name, &[])) {
            self.fields.clear();
        }
    }

    fn saw_value(&mut self, name: &str, whole: &str, tokens: &[&str]) {
        let told = redact::text(of_record(name, whole), tokens);
        if told != whole {
            self.cut.push(name.to_owned());
        }
        self.values.insert(format!("{VALUE}{name}"), [told]);
    }

    /// Notes what a press showed.
    pub fn pressed(&mut self, evidence: &Evidence, weighed: &Weighed) {
        self.doubts = weighed.doubts.iter().map(|(doubt, _)| doubt.name()).collect();
        self.press_score = Some(weighed.score);
        self.report = evidence.report.map(|report| report.to_string());
    }

    /// Notes a visit's verdict.
    pub fn judged(&mut self, visit: &Visit<'_>, verdict: &Verdict) {
        self.class = Some(verdict.class.as_str());
        self.score = Some(verdict.score);
        self.findings = verdict
            .findings
            .iter()
            .map(|finding| finding.name.as_str().to_owned())
            .collect();
        let age = visit.history.known().and_then(History::age);
        self.link_age = age.map(|age| age.as_secs_f64());
    }
}

/// Before the name of a field whose value is recorded.
pub const VALUE: &str = "http.request.header.";

/// Whether a field's value is recorded. Of `referer` only its origin is.
#[must_use]
pub fn is_recorded(name: &str) -> bool {
    RECORDED.contains(&name) || name.starts_with("sec-fetch-") || name.starts_with("sec-ch-ua")
}

/// The field in which a client says what it is.
const AGENT: &str = "user-agent";

/// What of a field's value is recorded: of `referer` its origin, and the root path that browsers write behind it.
#[must_use]
pub fn of_record<'v>(name: &str, value: &'v str) -> &'v str {
    if name != "referer" {
        return value;
    }
    let host = value.find("://").map_or(0, |end| end + 3);
    let end = value[host..].find(['/', '\\', '?', '#']);
    match end {
        Some(end) if host > 0 && value[host + end..] != *"/" => &value[..host + end],
        Some(end) if host == 0 => &value[..end],
        _ => value,
    }
}

/// Fields whose values are recorded, besides `sec-fetch-*` and `sec-ch-ua*`.
pub const RECORDED: [&str; 10] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "purpose",
    "referer",
    "sec-purpose",
    "via",
    "x-moz",
    "x-native-host",
    "x-purpose",
];

/// What was done with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went upstream as it was.
    #[default]
    Passed,
    /// The page was shown, nothing went upstream.
    Held,
    /// A person's confirmation went upstream.
    Confirmed,
    /// It shared another press's answer.
    Shared,
    /// It was refused.
    Refused,
    /// It got a file of the gate's own.
    Served,
}

impl Outcome {
    /// The outcome that a log's word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let all = [
            Self::Passed,
            Self::Held,
            Self::Confirmed,
            Self::Shared,
            Self::Refused,
            Self::Served,
        ];
        all.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Shared => "shared",
            Self::Refused => "refused",
            Self::Served => "served",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_referer_only_the_origin_is_recorded() {
        for (value, origin) in [
            ("https://a.example/path?token=x", "https://a.example"),
            ("https://a.example?token=x", "https://a.example"),
            ("https://a.example#token=x", "https://a.example"),
            ("android-app://com.example/x", "android-app://com.example"),
            ("https://a.example/", "https://a.example/"),
            ("https://a.example//", "https://a.example"),
            ("https:?token=x", "https:"),
            ("/path?token=x", ""),
            ("a.example", "a.example"),
        ] {
            assert_eq!(of_record("referer", value), origin, "{value}");
        }
        assert_eq!(of_record("via", "1.1 a?b/c"), "1.1 a?b/c");
    }
}
