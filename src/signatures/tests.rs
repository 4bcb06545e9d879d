//! The set as a whole: files in, findings out.

use http::Method;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::diag::{Diagnostics, SourceMap};
use crate::visit::VisitBuf;

pub(super) fn compiled(files: &[(&str, u8)]) -> (Signatures, Vec<String>) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let files: Vec<_> = (files.iter().enumerate())
        .map(|(at, (text, layer))| SourceFile {
            file: sources.add(format!("{at}.toml"), *text),
            layer: *layer,
        })
        .collect();
    let mut lists = |_, name: &str| match name {
        "list.txt" => Ok("192.0.2.0/24\n".to_owned()),
        "aws.json" => Ok("{\"prefixes\": [{\"ip_prefix\": \"192.0.2.0/24\"}]}".to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    let set = compile(&files, &sources, &mut lists, date(2026, 11, 25), &mut diagnostics);
    let problems = diagnostics
        .iter()
        .map(|problem| format!("{}: {}", problem.code, problem.message))
        .collect();
    (set, problems)
}

pub(super) fn entry(id: &str, condition: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"t\"\nconfidence = \"probable\"\nkind = \"library\"\nsource = [\"s\"]\n\
         seen = 2026-08-11\n{condition}\nmatch = [{{}}]\n"
    )
}

fn found(set: &Signatures, change: impl FnOnce(&mut VisitBuf)) -> Vec<String> {
    let mut visit = VisitBuf::ordinary();
    change(&mut visit);
    set.find(&visit.as_visit())
        .signatures
        .iter()
        .map(|signature| signature.id.to_string())
        .collect()
}

fn one_of_each() -> Signatures {
    let text = [
        entry("agent", "user-agent = ['curl/\\d']"),
        entry("silent", "user-agent-absent = true"),
        entry("network", "network = [\"203.0.113.0/24\"]"),
        entry("listed", "network-file = [{ file = \"list.txt\", format = \"text\" }]"),
        entry("system", "asn = [64500]"),
        entry("named", "reverse-dns = [\"*.scan.example\"]"),
        entry("head", "method = [\"HEAD\"]"),
        entry("old-http", "http-version = [\"1.0\"]"),
        entry("tls", "tls = [\"t13d1516h2_8daaf6152771_02713d6af862\"]"),
        entry("header", "header = { x-scanner = 'v\\d', accept-language = false }"),
        entry("both", "user-agent = ['probe']\nnetwork = [\"203.0.113.0/24\"]"),
        entry(
            "either",
            "any = [{ user-agent = ['probe'] }, { network = [\"203.0.113.7\"] }]",
        ),
        entry(
            "but-not",
            "user-agent = ['probe']\nnot = [{ network = [\"203.0.113.0/24\"] }]",
        ),
    ]
    .concat();
    let (set, problems) = compiled(&[(&text, 0)]);
    assert_eq!(problems, [""; 0]);
    set
}

#[test]
fn every_condition_is_looked_at() {
    let set = one_of_each();
    assert_eq!(found(&set, |_| {}), [""; 0]);
    assert_eq!(found(&set, |visit| visit.set("user-agent", "CURL/8.0")), ["agent"]);
    assert_eq!(found(&set, |visit| visit.remove("user-agent")), ["silent"]);
    assert_eq!(
        found(&set, |visit| visit.client = Fact::Known([203, 0, 113, 9].into())),
        ["network"]
    );
    assert_eq!(
        found(&set, |visit| visit.client = Fact::Known([192, 0, 2, 9].into())),
        ["listed"]
    );
    assert_eq!(found(&set, |visit| visit.asn = Fact::Known(64500)), ["system"]);
    assert_eq!(
        found(&set, |visit| visit.reverse_dns = Fact::Known("a.scan.example".into())),
        ["named"]
    );
    assert_eq!(found(&set, |visit| visit.method = Method::HEAD), ["head"]);
    assert_eq!(
        found(&set, |visit| visit.version = Fact::Known(http::Version::HTTP_10)),
        ["old-http"]
    );
    let print = "t13d1516h2_8daaf6152771_02713d6af862";
    assert_eq!(
        found(&set, |visit| visit.tls = Fact::Known(Some(print.into()))),
        ["tls"]
    );
}

#[test]
fn conditions_combine() {
    let set = one_of_each();
    assert_eq!(found(&set, |visit| visit.set("x-scanner", "V2")), [""; 0]);
    let scanner = |visit: &mut VisitBuf| {
        visit.set("x-scanner", "V2");
        visit.remove("accept-language");
    };
    assert_eq!(found(&set, scanner), ["header"]);
    let probe = |client: [u8; 4]| {
        found(&set, |visit| {
            visit.set("user-agent", "a probe");
            visit.client = Fact::Known(client.into());
        })
    };
    assert_eq!(probe([203, 0, 113, 7]), ["network", "both", "either"]);
    assert_eq!(probe([198, 51, 100, 1]), ["either", "but-not"]);
}

#[test]
fn the_operator_s_files_win() {
    let shipped = [
        entry("a", "user-agent = ['probe']"),
        entry("b", "user-agent = ['probe']"),
        entry("c", "user-agent = ['probe']"),
    ];
    let own = entry("c", "user-agent = ['other']");
    let local = "[[disable]]\nid = \"a\"\nreason = \"r\"\n[[reweigh]]\nid = \"b\"\nweight = 7\nreason = \"r\"\n\
                 [[except]]\nnetwork = [\"203.0.113.7\"]\nreason = \"a colleague\"\n\
                 [[disable]]\nid = \"b\"\nreason = \"r\"\nuntil = 2026-01-01\n[[disable]]\nid = \"bb\"\nreason = \"r\"\n";
    let (set, problems) = compiled(&[(&shipped.concat(), 0), (&own, 1), (local, 2)]);
    assert_eq!(
        problems,
        [
            "override-ended: this override ended on 2026-01-01",
            "unknown-id: no signature is called `bb`"
        ]
    );
    assert_eq!(found(&set, |visit| visit.set("user-agent", "probe")), ["b"]);
    assert_eq!(set.entries()[0].weight, 7);
    let colleague = |visit: &mut VisitBuf| {
        visit.set("user-agent", "probe");
        visit.client = Fact::Known([203, 0, 113, 7].into());
    };
    assert_eq!(found(&set, colleague), [""; 0]);
}

#[test]
fn what_is_wrong_is_said() {
    let text = [
        entry("twice", "user-agent = ['a']"),
        entry("twice", "user-agent = ['b']"),
        entry("everybody", "user-agent = ['Mozilla']"),
        entry("nothing", ""),
        entry("bad-regex", "user-agent = ['(']"),
        entry("huge", r"user-agent = ['(\w{100}){100}']"),
        entry("bits", "network = [\"10.0.0.1/8\"]"),
        entry("trusting", "header = { x-a = true }\npeople = true"),
        entry("private", "header = { dnt = true }"),
        entry("half-a-print", "tls = [\"t13d1516h2_8daaf6152771\"]"),
        entry("typo", "user-agnet = ['x']"),
        entry(
            "no-list",
            "network-file = [{ file = \"gone.txt\", format = \"txet\" }, { file = \"gone.txt\", format = \"text\" }]",
        ),
        "[[signature]]\nid = \"bare\"\n".to_owned(),
        "[[disable]]\nid = \"twice\"\n".to_owned(),
    ]
    .concat();
    let (_, problems) = compiled(&[(&text, 0)]);
    for expected in [
        "duplicate-id: `twice` stands twice",
        "people-matched: `everybody` takes an ordinary browser for a machine",
        "missing-condition: `nothing` asks nothing of a visit",
        "regex-invalid",
        "regex-too-large: the pattern is too large",
        "network-host-bits: `10.0.0.1/8` names an address inside its network",
        "network-needed: `trusting` lowers the score without asking where the visit comes from",
        "fingerprint-invalid: `t13d1516h2_8daaf6152771` is no JA4 fingerprint",
        "header-of-people: `dnt` is no signal",
        "unknown-key: unknown key `user-agnet`",
        "unknown-value: `txet` is not known here",
        "list-invalid: the list `gone.txt` can't be used: there is no such file",
        "missing-key: `title` is missing",
        "missing-key: `seen` is missing",
        "missing-source: `bare` names no source",
        "missing-reason: an override without a reason",
    ] {
        assert!(
            problems.iter().any(|problem| problem.starts_with(expected)),
            "{expected} in {problems:#?}"
        );
    }
}

#[test]
fn thousands_of_patterns_are_no_cliff() {
    let text: String = (0..10_000)
        .map(|at| entry(&format!("s{at}"), &format!("user-agent = ['scanner-{at}/\\d+']")))
        .collect();
    let (set, problems) = compiled(&[(&text, 2)]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        found(&set, |visit| visit.set("user-agent", "x scanner-4711/2")),
        ["s4711"]
    );
    // Many different browsers in turn must not outgrow the automaton's cache.
    for at in 0..500 {
        let agent =
            format!("Mozilla/5.0 (Windows NT 10.0; {at}) AppleWebKit/537.36 Chrome/{at}.0 Safari/537.36 scanner");
        assert_eq!(found(&set, |visit| visit.set("user-agent", &agent)), [""; 0]);
    }
}

#[test]
fn large_patterns_are_bounded_together() {
    let text = |count: usize| -> String {
        (0..count)
            .map(|at| entry(&format!("s{at}"), &format!("user-agent = ['[a-f]{{1,200}}x{at}']")))
            .collect()
    };
    assert_eq!(compiled(&[(&text(10), 0)]).1, [""; 0]);
    assert_eq!(
        compiled(&[(&text(30), 0)]).1,
        ["set-too-large: the large patterns of the set are too large together"]
    );
}

const MIXED: [&str; 10] = [
    "user-agent = ['a']",
    "user-agent = ['b', 'c$']",
    "network = [\"203.0.113.0/31\"]",
    "user-agent = ['a']\nnetwork = [\"203.0.113.1\"]",
    "any = [{ user-agent = ['b'] }, { network = [\"203.0.113.2\"] }]",
    "any = [{ user-agent = ['b'] }, { method = [\"HEAD\"] }]",
    "not = [{ user-agent = ['a'] }]\nuser-agent = ['probe']",
    "tls = [\"t13d1516h2_8daaf6152771_02713d6af862\"]",
    "any = [{ tls = [\"t13d1516h2_8daaf6152771_02713d6af862\"] }, { user-agent = ['c'] }]",
    "all = [{ user-agent = ['a'] }, { any = [{ network = [\"203.0.113.3\"] }, { user-agent = ['c'] }] }]",
];

#[test]
fn the_index_finds_what_looking_at_every_signature_finds() {
    let text: String = (0..)
        .zip(MIXED)
        .map(|(at, condition): (i32, _)| entry(&format!("s{at}"), condition))
        .collect();
    let (set, _) = compiled(&[(&text, 0)]);
    let prints = prop::sample::select(vec![
        Fact::Unrecorded,
        Fact::Known(None),
        Fact::Known(Some("t13d1516h2_8daaf6152771_02713d6af862".to_owned())),
        Fact::Known(Some("t13d1516h1_8daaf6152771_02713d6af862".to_owned())),
    ]);
    let cases = ("(a|b|c|probe)( (a|b|c|probe)){0,2}", 0u8..4, any::<bool>(), prints);
    let mut runner = proptest::test_runner::TestRunner::default();
    let compared = runner.run(&cases, |(agent, client, unrecorded, print)| {
        let mut visit = VisitBuf::ordinary();
        visit.set("user-agent", &agent);
        visit.tls = print;
        visit.client = if unrecorded {
            Fact::Unrecorded
        } else {
            Fact::Known([203, 0, 113, client].into())
        };
        let visit = visit.as_visit();
        let holding = set
            .entries()
            .iter()
            .filter(|entry| set.holds(entry, &visit) == Truth::Yes);
        let plain: Vec<_> = holding.map(|entry| &entry.id).collect();
        let indexed: Vec<_> = set.find(&visit).signatures.iter().map(|entry| &entry.id).collect();
        prop_assert_eq!(indexed, plain);
        Ok(())
    });
    compared.unwrap();
}

/// What came before: a condition, an example, and whether it holds.
const HISTORIES: [(&str, &str, bool); 22] = [
    (
        "visits = 3",
        "{ earlier = [{ before = '2s' }, { before = '9s' }] }",
        true,
    ),
    (
        "visits = 3",
        "{ earlier = [{ before = '2s' }, { before = '11s' }] }",
        false,
    ),
    (
        "visits = 2",
        "{ earlier = [{ before = '2s', user-agent = 'other' }] }",
        false,
    ),
    (
        "visits = 2",
        "{ earlier = [{ before = '1s', user-agent = 'other' }] }",
        true,
    ),
    ("visits = 2, within = '1h'", "{ earlier = [{ before = '59m' }] }", true),
    (
        "networks = 2",
        "{ earlier = [{ before = '1s', client = '203.0.113.9' }] }",
        true,
    ),
    (
        "networks = 2",
        "{ earlier = [{ before = '2s', client = '203.0.113.9' }] }",
        false,
    ),
    (
        "networks = 2",
        "{ earlier = [{ before = '1s', client = '198.51.100.9' }] }",
        false,
    ),
    (
        "user-agents = 2",
        "{ earlier = [{ before = '500ms', user-agent = 'other' }] }",
        true,
    ),
    (
        "user-agents = 2",
        "{ earlier = [{ before = '500ms', user-agent = 'other', client = '203.0.113.9' }] }",
        false,
    ),
    ("links = 2", "{ earlier = [{ before = '5s', link = 'b' }] }", true),
    ("links = 2", "{ earlier = [{ before = '5s' }] }", false),
    (
        "head-before = true",
        "{ earlier = [{ before = '1h', method = 'HEAD' }] }",
        true,
    ),
    (
        "head-before = true",
        "{ earlier = [{ before = '1h', method = 'HEAD', user-agent = 'other' }] }",
        false,
    ),
    ("head-before = false", "{}", true),
    (
        "machine-before = true",
        "{ earlier = [{ before = '1h', machine = true }] }",
        true,
    ),
    ("machine-before = true", "{ earlier = [{ before = '1h' }] }", false),
    (
        "pair = true",
        "{ earlier = [{ before = '300ms', client = '203.0.113.9' }] }",
        true,
    ),
    ("pair = true", "{ earlier = [{ before = '301ms' }] }", false),
    ("age-below = '5s'", "{ age = '4999ms' }", true),
    ("age-below = '5s'", "{ age = '5s' }", false),
    ("age-below = '5s'", "{}", false),
];

#[test]
fn what_came_before_can_be_asked_for() {
    for (asked, example, expected) in HISTORIES {
        let text = entry("before", &format!("history = {{ {asked} }}")).replace("[{}]", &format!("[{example}]"));
        let (set, problems) = compiled(&[(&text, 0)]);
        assert_eq!(problems, Vec::<String>::new(), "{asked}");
        let visit = set.examples()[0].visit.as_visit();
        assert_eq!(!set.find(&visit).signatures.is_empty(), expected, "{asked}: {example}");
    }
    let (set, _) = compiled(&[(&entry("before", "history = { pair = false }"), 0)]);
    let unrecorded = VisitBuf::ordinary();
    assert_eq!(set.find(&unrecorded.as_visit()).undecided.len(), 1);
}

#[test]
fn a_history_that_asks_nothing_or_too_much_is_refused() {
    let problems = |asked: &str| compiled(&[(&entry("before", &format!("history = {{ {asked} }}")), 0)]).1;
    assert_eq!(problems(""), ["missing-condition: `history` asks nothing"]);
    assert_eq!(problems("within = '5s'"), ["missing-condition: `history` asks nothing"]);
    assert_eq!(problems("visits = 1"), ["out-of-range: `visits` is out of range"]);
    assert_eq!(problems("links = 9"), ["out-of-range: `links` is out of range"]);
    assert_eq!(problems("pairs = true")[0], "unknown-key: unknown key `pairs`");
    assert_eq!(
        problems("age-below = 'soon'")[0],
        "duration-invalid: `soon` is no duration"
    );
}
