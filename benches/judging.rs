//! What a visit's assessment costs, and what a set of signatures takes to load and hold, by its size.
//!
//! `cargo bench --bench judging` prints a table; `-- --quick` looks at the small sets only.

use std::fmt::Write as _;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, Method, Version};
use jiff::civil::date;
use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::gate::checks::Checks;
use linklatch::gate::verdict::judge;
use linklatch::signatures::{SHIPPED, Signatures, SourceFile, compile};
use linklatch::time::Timestamp;
use linklatch::visit::history::{History, Mark, Track};
use linklatch::visit::{ClientAddress, Fact, USER_AGENTS_OF_PEOPLE, Visit, VisitBuf};

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let mut out = String::from(
        "| patterns | networks | load ms | MB held | browser ns (p99) | scanner ns (p99) | allocations: browser, scanner |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let shipped: Vec<_> = SHIPPED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    row(&mut out, "shipped", &shipped, 0);
    for (patterns, networks) in [(300, 5_000), (3_000, 100_000), (10_000, 1_000_000)] {
        if !quick || patterns == 300 {
            row(
                &mut out,
                &patterns.to_string(),
                &[("made.toml".to_owned(), made(patterns))],
                networks,
            );
        }
    }
    write(&out);
}

#[expect(clippy::print_stdout, reason = "a benchmark's answer")]
fn write(text: &str) {
    print!("{text}");
}

fn row(out: &mut String, name: &str, files: &[(String, String)], networks: usize) {
    let list = ranges(networks);
    let mut set = Signatures::none();
    let mut load = Duration::ZERO;
    let memory = allocation_counter::measure(|| {
        let started = Instant::now();
        set = load_set(files, &list);
        load = started.elapsed();
    });
    let checks = Checks::default();
    let (browsers, scanners) = (visits(&USER_AGENTS_OF_PEOPLE), visits(&SCANNERS));
    let cost = |visits: &[Owned]| {
        let mut times = Vec::new();
        for round in 0..20_000usize {
            let batch = &visits[round * 16 % visits.len()..][..16];
            // A request that was just read is in the processor's caches.
            batch
                .iter()
                .for_each(|visit| drop(black_box(judge(&visit.borrowed(), &set, &checks))));
            let started = Instant::now();
            for visit in batch {
                black_box(judge(&visit.borrowed(), &set, &checks));
            }
            times.push(started.elapsed().as_nanos() / 16);
        }
        times.sort_unstable();
        (times[times.len() / 2], times[times.len() * 99 / 100])
    };
    let allocations = |visits: &[Owned]| {
        let all = allocation_counter::measure(|| {
            for visit in visits {
                black_box(judge(&visit.borrowed(), &set, &checks));
            }
        });
        all.count_total as f64 / visits.len() as f64
    };
    let (browser, scanner) = (cost(&browsers), cost(&scanners));
    let _ = writeln!(
        out,
        "| {name} | {networks} | {} | {:.1} | {} ({}) | {} ({}) | {:.1}, {:.1} |",
        load.as_millis(),
        memory.bytes_current as f64 / 1e6,
        browser.0,
        browser.1,
        scanner.0,
        scanner.1,
        allocations(&browsers),
        allocations(&scanners),
    );
}

fn load_set(files: &[(String, String)], list: &str) -> Signatures {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| SourceFile {
            file: sources.add(name.clone(), text.as_str()),
            layer: 1,
        })
        .collect();
    let mut read = |_, _: &str| Ok(list.to_owned());
    let set = compile(&files, &sources, &mut read, date(2026, 11, 26), &mut diagnostics);
    let errors = linklatch::diag::render::all(&diagnostics, &sources, false);
    assert!(!diagnostics.has_errors(), "{errors}");
    set
}

/// Signatures as people write them: names with versions, some that ask for more than a name, and one address list.
fn made(patterns: usize) -> String {
    let mut text = String::new();
    for number in 0..patterns {
        let word = word(number);
        let condition = match number % 10 {
            0 => format!("user-agent = ['^{word}/\\d']\nmethod = [\"HEAD\"]"),
            1 => format!("user-agent = ['{word}[ /-](?:scan|check)', '{word}Preview']"),
            2 => format!("user-agent = ['\\b{word}\\b.*\\+https?://']\nheader = {{ accept-language = false }}"),
            _ => format!("user-agent = ['{word}/\\d']"),
        };
        let _ = write!(text, "{}", entry(&format!("s{number}"), &condition));
    }
    let lists = "network-file = [{ file = \"list.txt\", format = \"text\" }]";
    text + &entry("ranges", lists)
}

fn entry(id: &str, condition: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"made\"\nkind = \"library\"\nconfidence = \"hint\"\nsource = [\"made\"]\n\
         seen = 2026-11-01\n{condition}\nmatch = [{{}}]\n"
    )
}

/// Pronounceable, and all different.
fn word(number: usize) -> String {
    const PARTS: [&str; 32] = [
        "ba", "co", "di", "fu", "ga", "he", "ji", "ko", "lu", "ma", "ne", "pi", "qua", "ro", "su", "ta", "ve", "wi",
        "xo", "yu", "za", "bre", "cla", "dro", "fli", "gru", "pla", "spo", "tri", "sta", "sko", "vle",
    ];
    let mut rest = number * 7_919 + 50_000;
    let mut word = String::from("Z");
    while rest > 0 {
        word.push_str(PARTS[rest % 32]);
        rest /= 32;
    }
    word
}

fn ranges(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count as u32 {
        // Spread over 32.0.0.0 to 223.255.255.255; no two overlap.
        let start = 0x2000_0000 + ((number * (0xC000_0000 / count as u32)) & 0xFFFF_FF00);
        let _ = writeln!(text, "{}/{}", Ipv4Addr::from(start), 25 + number % 4);
    }
    text
}

/// A request's parts, to borrow a visit from.
struct Owned {
    headers: HeaderMap,
    client: IpAddr,
    history: History,
}

impl Owned {
    fn borrowed(&self) -> Visit<'_> {
        let mut visit = Visit::live(&Method::GET, &self.headers, ClientAddress::of(self.client));
        visit.version = Fact::Known(Version::HTTP_2);
        visit.tls = Fact::Known(Some("t13d1516h2_8daaf6152771_02713d6af862"));
        visit.secure = Fact::Known(true);
        visit.history = Fact::Known(&self.history);
        visit
    }
}

fn visits(agents: &[&'static str]) -> Vec<Owned> {
    let mut random = 0x9E37_79B9u32;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random
    };
    let visit = |place: usize| {
        let mut sent = VisitBuf::ordinary();
        sent.set("user-agent", agents[place % agents.len()]);
        let field = |(name, value): (String, String)| Some((name.parse::<HeaderName>().ok()?, value.parse().ok()?));
        let headers = sent.values.into_iter().filter_map(field).collect();
        let client = IpAddr::from(Ipv4Addr::from(next()));
        let mark = |millis| Mark {
            at: Timestamp::from_millis(millis),
            network: Fact::Known(place as u32),
            address: Fact::Known(place as u32),
            agent: 1,
            tls: Fact::Unrecorded,
            head: false,
            machine: false,
            score: 0,
        };
        let history = History {
            track: Track::default().after(mark(0)).after(mark(60_000)),
            ..History::first(mark(90_000))
        };
        Owned {
            headers,
            client,
            history,
        }
    };
    (0..16 * 125).map(visit).collect()
}

const SCANNERS: [&str; 8] = [
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
    "Zbagrusta/4.1",
    "curl/8.7.1",
    "python-requests/2.32.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Go-http-client/2.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
];
