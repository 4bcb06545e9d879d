//! Writes a log as a busy gate leaves it, to measure `linklatch replay`:
//!
//! ```sh
//! cargo run --release --example replay_log -- mix 1024 > mix.log
//! cargo run --release --example replay_log -- links 1024 > links.log
//! linklatch replay mix.log --signatures some-folder
//! ```
//!
//! `mix`: for every mail 60 requests that pass (API calls, static files, the request for the mail), and what happens to
//! its link: of 60 % of the mails a scanner's HEAD and one to three GETs, then a person's GET and press. About 94 % of
//! the lines pass, 6 % are visits. `links`: the visits alone. The number is the size in MiB. 24 user agents of people
//! in 40 versions each, 12 languages and 3 referrers make many thousands of different visits; every mail has an address
//! of its own.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use linklatch::records::{Outcome, Record, VALUE};
use linklatch::time::Timestamp;
use linklatch::visit::USER_AGENTS_OF_PEOPLE;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mix = arguments.next().is_none_or(|kind| kind == "mix");
    let size = arguments
        .next()
        .and_then(|mebibytes| mebibytes.parse::<u64>().ok())
        .unwrap_or(1024)
        << 20;
    let mut log = Log {
        out: BufWriter::new(io::stdout().lock()),
        written: 0,
        random: Random(0x5eed),
        now: 1_790_000_000_000,
    };
    while log.written < size {
        log.mail(mix)?;
    }
    log.out.flush()
}

struct Log<W: Write> {
    out: BufWriter<W>,
    written: u64,
    random: Random,
    now: i64,
}

impl<W: Write> Log<W> {
    fn mail(&mut self, mix: bool) -> io::Result<()> {
        let link = format!("{:016x}{:016x}", self.random.next(), self.random.next());
        let person = self.random.person();
        let address = self.random.address();
        if mix {
            for _ in 0..60 {
                self.passed(&person, &address)?;
            }
        }
        if self.random.below(10) < 6 {
            let scanner = SCANNERS[self.random.below(SCANNERS.len())];
            let address = format!("40.94.{}.{}", self.random.below(256), self.random.below(256));
            let gets = std::iter::repeat_n("GET", 1 + self.random.below(3));
            for method in std::iter::once("HEAD").chain(gets) {
                let fields = [("accept", "*/*")];
                self.visit(&link, method, scanner, &address, &fields, Outcome::Held, "scanner")?;
            }
        }
        let language = LANGUAGES[self.random.below(LANGUAGES.len())];
        let referrer = REFERRERS[self.random.below(REFERRERS.len())];
        let fields = [
            (
                "sec-ch-ua",
                r#""Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99""#,
            ),
            ("sec-ch-ua-mobile", "?0"),
            ("sec-ch-ua-platform", "\"Windows\""),
            (
                "accept",
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            ),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-user", "?1"),
            ("sec-fetch-dest", "document"),
            ("referer", referrer),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("accept-language", language),
        ];
        self.visit(&link, "GET", &person, &address, &fields, Outcome::Held, "unknown")?;
        self.visit(&link, "POST", &person, &address, &fields, Outcome::Confirmed, "unknown")
    }

    fn passed(&mut self, person: &str, address: &str) -> io::Result<()> {
        let record = Record {
            path: Some(PATHS[self.random.below(PATHS.len())].to_owned()),
            reason: Some("no_link"),
            upstream: Some("default".to_owned()),
            upstream_duration: Some(0.002_711_093),
            ..self.record("GET", person, address)
        };
        self.write(&record)
    }

    #[expect(clippy::too_many_arguments, reason = "a line has many parts")]
    fn visit(
        &mut self,
        link: &str,
        method: &str,
        agent: &str,
        address: &str,
        fields: &[(&str, &str)],
        outcome: Outcome,
        class: &'static str,
    ) -> io::Result<()> {
        let names = ["host", "user-agent"]
            .into_iter()
            .chain(fields.iter().map(|(name, _)| *name));
        let values = fields
            .iter()
            .map(|(name, value)| (format!("{VALUE}{name}"), [(*value).to_owned()]));
        let machine = class == "scanner";
        let record = Record {
            route: Some("/auth/verify?token={token}".to_owned()),
            fields: names.map(str::to_owned).collect(),
            values: values.collect::<BTreeMap<_, _>>(),
            outcome,
            reason: Some(if outcome == Outcome::Held { "visit" } else { "press" }),
            link: Some("auth-verify".to_owned()),
            link_id: Some(link.to_owned()),
            class: Some(class),
            score: Some(if machine { 150 } else { 0 }),
            findings: if machine {
                vec!["microsoft-detonation-network".to_owned(), "head".to_owned()]
            } else {
                Vec::new()
            },
            step: (outcome == Outcome::Held).then_some("press"),
            ..self.record(method, agent, address)
        };
        self.write(&record)
    }

    fn record(&mut self, method: &str, agent: &str, address: &str) -> Record {
        self.now += 7;
        Record {
            timestamp: Timestamp::from_millis(self.now).to_string(),
            request_id: format!("req_{:016x}{:016x}", self.random.next(), self.random.next()),
            method: method.to_owned(),
            scheme: "https",
            host: Some("auth.example.com".to_owned()),
            version: "2",
            client: Some(address.to_owned()),
            user_agent: Some(agent.to_owned()),
            status: 200,
            duration: 0.001_235_808,
            ..Record::default()
        }
    }

    fn write(&mut self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.written += line.len() as u64;
        self.out.write_all(&line)
    }
}

/// Xorshift: the same log each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn address(&mut self) -> String {
        let [a, b, c, d, ..] = self.next().to_be_bytes();
        format!("{}.{b}.{c}.{d}", a % 200 + 20)
    }

    /// A browser in one of many versions.
    fn person(&mut self) -> String {
        let agent = USER_AGENTS_OF_PEOPLE[self.below(USER_AGENTS_OF_PEOPLE.len().min(24))];
        let version = format!(".0.{}.", self.below(40));
        agent.replacen(".0.0.", &version, 1)
    }
}

const PATHS: [&str; 6] = [
    "/v1/session",
    "/v1/users/me",
    "/static/app.js",
    "/static/app.css",
    "/auth/ask",
    "/v1/items",
];
const SCANNERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.71 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
    "python-requests/2.32.3",
];
const LANGUAGES: [&str; 12] = [
    "en",
    "de-DE,de;q=0.9",
    "fr",
    "es",
    "pt-BR",
    "it",
    "nl",
    "pl",
    "tr",
    "uk",
    "ar",
    "ja",
];
const REFERRERS: [&str; 3] = [
    "https://outlook.office.com",
    "https://mail.google.com",
    "https://mail.example.com",
];
