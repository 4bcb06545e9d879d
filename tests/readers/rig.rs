//! The gate, what is behind it, and the readers.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use crate::bend::{Request, Spelling};
use crate::catalogue::READERS;
use crate::servers::Servers;
use crate::support::Gate;
use crate::upstream::Upstream;
use crate::wire::{Client, Message};

/// The link and the call, whose token may be in JSON or in a form.
const CONFIG: &str = r#"
[[link]]
url = "/auth/verify?token={token}"

[[link.call]]
request = "POST /v1/auth/verify"
json = { token = "{token}" }
"#;

/// How many connections to the gate are busy at a time.
const CLIENTS: usize = 4;

/// A request with the token by which it is known.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) token: String,
    pub(crate) request: Request,
}

impl Sent {
    pub(crate) fn of(spelling: &Spelling) -> Self {
        Self {
            token: spelling.token.clone(),
            request: spelling.request(),
        }
    }
}

/// A request that passed the gate and that readers redeem.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Its place among those that were sent.
    pub(crate) at: usize,
    pub(crate) token: String,
    /// The places of those that redeem it.
    pub(crate) readers: BTreeSet<usize>,
}

/// A request as it goes to readers: its place among those that were sent, its token, its bytes.
type Raw = (usize, String, Vec<u8>);

pub(crate) struct Rig {
    gate: Gate,
    upstream: Upstream,
    servers: Servers,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let upstream = Upstream::start().await;
        Self {
            gate: Gate::with(&upstream, CONFIG).await,
            upstream,
            servers: Servers::start().await,
        }
    }

    pub(crate) async fn finish(self) {
        self.gate.finish(&self.upstream).await;
    }

    /// Those that pass the gate, as they reach the upstream.
    pub(crate) async fn passed(&self, sent: &[Sent]) -> Vec<Raw> {
        let requests = sent
            .iter()
            .enumerate()
            .map(|(at, sent)| (at, sent.request.bytes(&at.to_string())));
        let requests: Vec<_> = requests.collect();
        let mut clients = JoinSet::new();
        for part in requests.chunks(requests.len().div_ceil(CLIENTS).max(1)) {
            let (part, mut client) = (part.to_vec(), Client::new(self.gate.address));
            clients.spawn(async move {
                for (at, request) in part {
                    let answer = client.ask(&request).await;
                    assert!(
                        answer.is_some(),
                        "the gate does not answer {at}: {}",
                        request.escape_ascii()
                    );
                }
            });
        }
        clients.join_all().await;
        let passed =
            |(at, sent): (usize, &Sent)| Some((at, sent.token.clone(), self.upstream.take(&at.to_string())?.bytes()));
        sent.iter().enumerate().filter_map(passed).collect()
    }

    /// For each request the readers that redeem it, the gate left out.
    pub(crate) async fn redeemed(&self, sent: &[Sent]) -> Vec<BTreeSet<usize>> {
        let raw = sent
            .iter()
            .enumerate()
            .map(|(at, sent)| (at, sent.token.clone(), sent.request.bytes("0")));
        self.ask_readers(raw.collect(), sent.len()).await
    }

    /// What passes the gate and is redeemed all the same.
    pub(crate) async fn faults(&self, sent: &[Sent]) -> Vec<Fault> {
        let passed = self.passed(sent).await;
        let redeemed = self.ask_readers(passed, sent.len()).await;
        let faults = redeemed
            .into_iter()
            .enumerate()
            .filter(|(_, readers)| !readers.is_empty());
        let fault = |(at, readers): (usize, _)| Fault {
            at,
            token: sent[at].token.clone(),
            readers,
        };
        faults.map(fault).collect()
    }

    /// The spelling of a fault with as few bends as still make one.
    pub(crate) async fn simplest(&self, mut spelling: Spelling, mut fault: Fault) -> (Spelling, Fault) {
        loop {
            let simpler: Vec<_> = spelling.simpler().collect();
            let sent: Vec<_> = simpler.iter().map(Sent::of).collect();
            let Some(next) = self.faults(&sent).await.into_iter().next() else {
                return (spelling, fault);
            };
            spelling = simpler[next.at].clone();
            fault = next;
        }
    }

    async fn ask_readers(&self, requests: Vec<Raw>, places: usize) -> Vec<BTreeSet<usize>> {
        let requests = std::sync::Arc::new(requests);
        let mut asked = JoinSet::new();
        for (reader, server) in READERS.iter().map(|reader| self.servers.address(reader)).enumerate() {
            let requests = std::sync::Arc::clone(&requests);
            asked.spawn(async move {
                let mut client = Client::new(server);
                let mut redeemed = Vec::new();
                for (at, token, request) in requests.iter() {
                    if client.ask(request).await.is_some_and(|answer| redeems(&answer, token)) {
                        redeemed.push((*at, reader));
                    }
                }
                redeemed
            });
        }
        let mut by_request = vec![BTreeSet::new(); places];
        for (at, reader) in asked.join_all().await.into_iter().flatten() {
            by_request[at].insert(reader);
        }
        by_request
    }
}

/// Whether a handler ran and was given the token.
fn redeems(answer: &Message, token: &str) -> bool {
    let seen = answer.field("x-redeemed").unwrap_or_default();
    let token: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    seen.contains(&token)
}
