//! One visitor before one gate, and what became of them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::press::page;
use crate::support::upstream::signed_in;
use crate::support::{Gate, Upstream};

/// What a visitor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Gets in with one press where nothing speaks against the visit.
    Person,
    /// Whose browser runs no script: gets in with a press and the code.
    PersonWithoutScript,
    /// Is held.
    Machine,
    /// A machine that no signal tells from a person.
    Imitator,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) client: &'static str,
    /// What the gate's log says of its requests for the link, each word once.
    pub(crate) way: Vec<String>,
    pub(crate) calls: usize,
    /// What told: the findings about its visits, and the doubts about its presses.
    pub(crate) signs: BTreeSet<String>,
}

/// A gate of this visitor's own, with a link.
pub(crate) struct Trial {
    pub(crate) gate: Gate,
    pub(crate) upstream: Upstream,
    pub(crate) token: String,
}

/// What never comes ends a test here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the upstream shows beside the link: a page that lets a browser fetch it ahead.
const START: &str = "<h1>Start</h1>";

impl Trial {
    pub(crate) async fn new() -> Self {
        Self::with("").await
    }

    /// With more of a configuration.
    pub(crate) async fn with(more: &str) -> Self {
        let upstream = Upstream::start(|request| match request.target.split('?').next() {
            Some("/auth/verify") => signed_in("/home").into(),
            Some("/home") => page("<h1>Home</h1>").into(),
            Some("/ahead") => page(&ahead(request.target.split_once('?').unwrap().1)).into(),
            _ => page(START).into(),
        })
        .await;
        let gate = Gate::with(&upstream, &format!("{}{more}", crate::support::LINK)).await;
        // Whether it goes through is what the table tells.
        let token = gate.token_to_confirm();
        Self { gate, upstream, token }
    }

    pub(crate) fn host(&self) -> String {
        format!("app.localhost:{}", self.gate.address.port())
    }

    pub(crate) fn at(&self, target: &str) -> String {
        format!("http://{}{target}", self.host())
    }

    /// The link's target.
    pub(crate) fn link(&self) -> String {
        self.gate.link(&self.token)
    }

    /// The link as it stands in the mail.
    pub(crate) fn url(&self) -> String {
        self.at(&self.link())
    }

    /// Waits until the gate's log holds: no event tells of a line.
    pub(crate) async fn until(&self, holds: impl Fn(&[Value]) -> bool) {
        let waits = async {
            while !holds(&self.gate.records()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waits).await.is_err() {
            panic!(
                "the log never says it: {:?}",
                self.gate.records().iter().filter_map(rung).collect::<Vec<_>>()
            );
        }
    }

    /// Ends the trial.
    pub(crate) async fn ends(self, kind: Kind, client: &'static str) -> Row {
        let records = self.gate.records();
        let lists = ["linklatch.verdict.findings", "linklatch.press.doubts"];
        let told = records
            .iter()
            .flat_map(|record| lists.map(|list| record[list].as_array().cloned()));
        let signs = told
            .flatten()
            .flatten()
            .map(|sign| sign.as_str().unwrap().to_owned())
            // How fast two visits follow is the machine's doing that runs the test.
            .filter(|sign| sign != "pair")
            .collect();
        let mut way: Vec<_> = records.iter().filter_map(rung).collect();
        let mut seen = BTreeSet::new();
        way.retain(|rung| seen.insert(rung.clone()));
        let received = self.upstream.received();
        let link = self.link();
        let calls = received.iter().filter(|request| request.target == link).count();
        self.gate.finish(&self.upstream).await;
        Row {
            kind,
            client,
            way,
            calls,
            signs,
        }
    }
}

/// A page with a link that the browser is to fetch ahead.
fn ahead(how: &str) -> String {
    let (how, link) = how.split_once('=').unwrap();
    match how {
        "prefetch" => format!("<link rel=prefetch href='{link}'><h1>Start</h1>"),
        _ => format!(
            "<script type=speculationrules>{{\"prerender\": [{{\"urls\": [\"{link}\"], \"eagerness\": \
             \"immediate\"}}]}}</script><h1>Start</h1>"
        ),
    }
}

/// What a record says of a request for the link.
fn rung(record: &Value) -> Option<String> {
    record.get("linklatch.link.name")?;
    let (outcome, reason) = (
        record["linklatch.outcome"].as_str()?,
        record["linklatch.reason"].as_str()?,
    );
    // Whether hands are quick enough for a second press is not the table's matter.
    if reason == "same_browser" {
        return None;
    }
    let asked = match (outcome, reason, record["linklatch.step"].as_str()) {
        ("held", "visit", _) if record["http.response.status_code"] == 403 => "403",
        ("held", "visit", Some("press_and_code")) => "page with code",
        ("held", "visit", _) => "page",
        _ => reason,
    };
    Some(asked.to_owned())
}

impl Row {
    /// What is wrong with it, if anything.
    pub(crate) fn fault(&self) -> Option<String> {
        let has = |word: &str| self.way.iter().any(|rung| rung == word);
        let fault = match self.kind {
            Kind::Person | Kind::PersonWithoutScript if self.calls != 1 => "a person is not in by one call",
            Kind::Person if has("code_needed") || has("code") || has("page with code") => "a person needed the code",
            Kind::PersonWithoutScript if has("code_wrong") || has("no_ticket") => "a person needed more than the code",
            Kind::Machine if self.calls != 0 => "a machine is in",
            _ => return None,
        };
        Some(format!("{fault}: {self:?}"))
    }
}
