//! Real servers decide what a spelling means: whatever one of them redeems must not pass the gate without a person.
//!
//! `bash tests/run readers` installs the servers; docs/readers.md lists them (`UPDATE_READERS=1` writes it).

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may panic, read files, spawn and print, in its helpers too"
)]

mod bend;
mod case;
mod catalogue;
mod page;
mod rig;
mod servers;
#[expect(dead_code, unused_imports, reason = "the other tests use more of it")]
#[path = "../it/support/mod.rs"]
mod support;
mod upstream;
mod wire;

use std::fmt::Write as _;

use self::bend::{Request, Spelling};
use self::catalogue::READERS;
use self::rig::{Fault, Rig, Sent};

/// How many spellings show what a reader takes, whether or not they pass the gate.
const SAMPLE: usize = 400;

/// Of so many faults the simplest form is looked for.
const SIMPLIFIED: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reader_redeems_does_not_pass() {
    let rig = Rig::start().await;
    every_reader_redeems_the_plain_requests(&rig).await;
    let mut faults = cases(&rig).await;
    faults.extend(spellings(&rig).await);
    rig.finish().await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.concat());
}

async fn every_reader_redeems_the_plain_requests(rig: &Rig) {
    let plain = [
        "GET /auth/verify?token={token}",
        "POST /v1/auth/verify | application/json | {\"token\":\"{token}\"}",
        "POST /v1/auth/verify | application/x-www-form-urlencoded | token={token}",
    ];
    let sent: Vec<_> = plain
        .iter()
        .enumerate()
        .map(|(number, line)| sent_of_line(line, number))
        .collect();
    let redeemed = rig.redeemed(&sent).await;
    for (at, reader) in READERS.iter().enumerate() {
        let by = |request: usize| redeemed[request].contains(&at);
        assert!(by(0) && (by(1) || by(2)), "{}: {redeemed:?}", reader.name);
    }
    let passed = rig.passed(&sent).await;
    assert!(passed.is_empty(), "the gate lets the plain requests pass");
    let other = [sent_of_line("GET /auth/other?token={token}", 0)];
    assert_eq!(rig.passed(&other).await.len(), 1, "the gate lets nothing pass");
}

/// The cases that stay: each is redeemed by a reader, or it would prove nothing, and held by the gate.
async fn cases(rig: &Rig) -> Vec<String> {
    let text = std::fs::read_to_string("tests/readers/cases.txt").unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let sent: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| sent_of_line(line, number))
        .collect();
    let redeemed = rig.redeemed(&sent).await;
    let idle = lines.iter().zip(&redeemed).filter(|(_, by)| by.is_empty());
    let idle: Vec<_> = idle.map(|(line, _)| line).collect();
    assert!(idle.is_empty(), "no reader redeems these cases: {idle:#?}");
    let faults = rig.faults(&sent).await;
    faults
        .iter()
        .map(|fault| format!("a case of cases.txt: {}", fault.text(&sent[fault.at].request)))
        .collect()
}

/// Fresh spellings of the seed.
async fn spellings(rig: &Rig) -> Vec<String> {
    let (seed, count) = (
        number_of("LINKLATCH_READERS_SEED", 1),
        number_of("LINKLATCH_READERS_COUNT", 10_000),
    );
    let spellings: Vec<_> = (0..count).map(|number| Spelling::new(seed, number)).collect();
    let sent: Vec<_> = spellings.iter().map(Sent::of).collect();
    println!("seed {seed}: {} spellings, {} readers", sent.len(), READERS.len());
    sample(rig, &sent[..SAMPLE.min(sent.len())]).await;
    let faults = rig.faults(&sent).await;
    println!("{} spellings are faults", faults.len());
    let mut told = Vec::new();
    for fault in faults {
        let (spelling, fault) = if told.len() < SIMPLIFIED {
            rig.simplest(spellings[fault.at].clone(), fault).await
        } else {
            (spellings[fault.at].clone(), fault)
        };
        let text = fault.text(&Sent::of(&spelling).request);
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

/// Prints how many of the spellings each reader redeems: one that redeems none is broken.
async fn sample(rig: &Rig, sent: &[Sent]) {
    let redeemed = rig.redeemed(sent).await;
    let mut lines = String::new();
    for (at, reader) in READERS.iter().enumerate() {
        let count = redeemed.iter().filter(|by| by.contains(&at)).count();
        let _ = writeln!(lines, "  {:20} {count} of {}", reader.name, sent.len());
        assert_ne!(count, 0, "{} redeems none of {} spellings", reader.name, sent.len());
    }
    println!("redeemed of a sample, the gate left out:\n{lines}");
}

fn sent_of_line(line: &str, number: usize) -> Sent {
    let token = format!("case-{number:04}-of-the-readers");
    Sent {
        request: Request::of_line(line, &token),
        token,
    }
}

fn number_of(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is a number"))
    })
}

#[test]
fn the_page_lists_the_readers() {
    const PAGE: &str = "docs/readers.md";
    let page = page::page();
    if std::env::var_os("UPDATE_READERS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        written == page,
        "`UPDATE_READERS=1 bash tests/run readers` writes {PAGE} anew"
    );
}

impl Fault {
    /// The readers that redeem it, and its line.
    fn text(&self, request: &Request) -> String {
        let readers: Vec<_> = self.readers.iter().map(|&at| READERS[at].name).collect();
        format!("{}\n    {}\n", request.line(&self.token), readers.join(", "))
    }
}
