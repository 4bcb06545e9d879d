//! Each lint: what it says, and what it lets be.

use proptest::prelude::*;

use super::never::Meanings;
use crate::signatures::condition::Condition;
use crate::signatures::tests::{compiled, entry};
use crate::signatures::{Action, SHIPPED, Signatures};
use crate::visit::VisitBuf;

/// The codes and messages of an operator's file.
fn said(text: &str) -> Vec<String> {
    compiled(&[(text, 2)]).1
}

fn of_condition(condition: &str) -> Vec<String> {
    said(&entry("x", condition))
}

const NEVER: [&str; 18] = [
    "user-agent = ['probe']\nuser-agent-absent = true",
    "user-agent-absent = true\nheader = { user-agent = 'probe' }",
    "header = { x-a = true }\nall = [{ header = { x-a = false } }]",
    "header = { x-a = 'b' }\nnot = [{ header = { x-a = true } }]",
    "header = { x-a = 'b' }\nnot = [{ header = { x-a = 'b' } }]",
    "network = [\"192.0.2.0/24\"]\nall = [{ network = [\"198.51.100.0/24\", \"2001:db8::/32\"] }]",
    "network = [\"192.0.2.0/25\"]\nnot = [{ network = [\"192.0.2.0/26\"] }, { network = [\"192.0.2.64/26\"] }]",
    "method = [\"HEAD\"]\nall = [{ method = [\"GET\"] }]",
    "method = [\"HEAD\", \"GET\"]\nnot = [{ method = [\"GET\"] }, { method = [\"HEAD\"] }]",
    "http-version = [\"2\"]\nnot = [{ http-version = [\"2\", \"1.1\"] }]",
    "asn = [64500]\nnot = [{ asn = [64500] }]",
    "reverse-dns = [\"*.a.example\"]\nall = [{ reverse-dns = [\"*.b.example\"] }]",
    "user-agent = ['probe']\nnot = [{ user-agent = ['other', 'probe'] }]",
    "user-agent = ['probe']\nnot = [{ user-agent = ['.*'] }]",
    "user-agent = ['probe']\nany = [{ user-agent-absent = true }, { not = [{ user-agent = ['probe'] }] }]",
    "history = { pair = true }\nall = [{ history = { pair = false } }]",
    "history = { visits = 3, pair = true }\nnot = [{ history = { visits = 3 } }]",
    "header = { x-a = true }\nnot = [{ any = [{ header = { x-a = true } }, { method = [\"HEAD\"] }] }]",
];

#[test]
fn what_can_never_match_is_said() {
    for condition in NEVER {
        let expected = "never-matches: `x` can never match: what it asks excludes itself";
        assert_eq!(of_condition(condition), [expected], "{condition}");
    }
    let empty = "never-matches: no text matches this pattern";
    assert_eq!(of_condition("user-agent = ['a[b&&c]', 'probe']"), [empty]);
}

const MAY_MATCH: [&str; 10] = [
    "user-agent = ['^$']\nuser-agent-absent = true",
    "header = { x-a = 'b' }\nnot = [{ header = { x-a = 'c' } }]",
    "network = [\"192.0.2.0/24\"]\nall = [{ network = [\"192.0.2.7\"] }]",
    "network = [\"192.0.2.0/24\"]\nnot = [{ network = [\"192.0.2.0/25\"] }]",
    "method = [\"HEAD\", \"GET\"]\nnot = [{ method = [\"GET\"] }]",
    "reverse-dns = [\"*.a.example\"]\nall = [{ reverse-dns = [\"b.a.example\"] }]",
    "user-agent = ['probe']\nnot = [{ user-agent = ['probe 2'] }]",
    "user-agent = ['probe']\nany = [{ user-agent-absent = true }, { method = [\"GET\"] }]",
    "history = { pair = true }\nnot = [{ history = { pair = true, visits = 3 } }]",
    "user-agent = ['probe']\nnot = [{ all = [{ user-agent = ['probe'] }, { method = [\"HEAD\"] }] }]",
];

#[test]
fn what_may_match_is_let_be() {
    for condition in MAY_MATCH {
        assert_eq!(of_condition(condition), [""; 0], "{condition}");
    }
}

#[test]
fn the_same_twice_is_said() {
    let pair = |one: &str, other: &str| said(&[entry("a", one), entry("b", other)].concat());
    let same = ["shadowed: `b` asks the same as `a`"];
    assert_eq!(
        pair("user-agent = ['scan-c', 'scan-d']", "user-agent = ['scan-d', 'scan-c']"),
        same
    );
    assert_eq!(
        pair(
            "network = [\"192.0.2.0/25\", \"192.0.2.128/25\"]\nmethod = [\"HEAD\"]",
            "all = [{ method = [\"HEAD\"] }]\nnetwork = [\"192.0.2.0/24\"]"
        ),
        same
    );
    let inside = ["shadowed: the networks of `b` lie all in those of `a`"];
    assert_eq!(
        pair("network = [\"192.0.2.0/24\"]", "network = [\"192.0.2.7\"]"),
        inside
    );
    for (one, other) in [
        ("user-agent = ['scan-c']", "user-agent = ['scan-d']"),
        (
            "user-agent = ['scan-c']",
            "user-agent = ['scan-c']\naction = \"refuse\"",
        ),
        (
            "network = [\"192.0.2.0/24\"]",
            "network = [\"192.0.2.7\"]\npeople = true",
        ),
        (
            "network = [\"192.0.2.0/24\"]\nmethod = [\"HEAD\"]",
            "network = [\"192.0.2.7\"]",
        ),
        (
            "user-agent = ['scan-c']",
            "any = [{ user-agent = ['scan-c'] }, { method = [\"HEAD\"] }]",
        ),
    ] {
        assert_eq!(pair(one, other), [""; 0], "{one} / {other}");
    }
}

#[test]
fn overlaps_are_said_once_a_pair() {
    let shipped = entry(
        "a",
        "any = [{ network = [\"192.0.2.0/24\", \"203.0.113.0/25\"] }, { asn = [64500] }]",
    );
    let own = entry("b", "network = [\"192.0.2.0/30\", \"192.0.2.9\", \"203.0.113.0/24\"]");
    let expected = "network-overlap: `a` and `b` overlap: 192.0.2.0/30 lies in 192.0.2.0/24, and 2 more";
    assert_eq!(compiled(&[(&shipped, 0), (&own, 2)]).1, [expected]);
    assert_eq!(compiled(&[(&shipped, 0), (&own, 0)]).1, [""; 0], "nobody can act on it");
    let off = own + "[[disable]]\nid = \"a\"\nreason = \"r\"\n";
    assert_eq!(compiled(&[(&shipped, 0), (&off, 2)]).1, [""; 0]);
    for other in [
        "network = [\"192.0.2.0/30\"]\nuser-agent = ['probe']",
        "network = [\"192.0.2.0/30\"]\npeople = true",
        "network = [\"192.0.3.0/24\"]",
    ] {
        assert_eq!(
            compiled(&[(&shipped, 0), (&entry("b", other), 2)]).1,
            [""; 0],
            "{other}"
        );
    }
}

#[test]
fn whole_clouds_are_no_certainty() {
    let said = |condition: &str, confidence: &str| {
        let text = entry("x", condition).replace("probable", confidence);
        said(&text)
    };
    let listed = |format: &str| format!("network-file = [{{ file = \"{format}.json\", format = \"{format}\" }}]");
    for (condition, what) in [
        ("asn = [64500, 16509]".to_owned(), "all of Amazon (AMAZON-02)"),
        ("network = [\"20.0.0.0/8\"]".to_owned(), "the whole of 20.0.0.0/8"),
        ("network = [\"2600::/20\"]".to_owned(), "the whole of 2600::/20"),
        (listed("aws"), "all of Amazon's cloud"),
        (
            "any = [{ asn = [8075] }, { user-agent = ['probe'] }]".to_owned(),
            "all of Microsoft (MICROSOFT-CORP-MSN-AS-BLOCK)",
        ),
    ] {
        let expected = [format!("whole-cloud: `x` takes {what} for certain")];
        assert_eq!(said(&condition, "certain"), expected);
        assert_eq!(said(&condition, "hint"), [""; 0]);
    }
    let allowed = said("asn = [16509]\naction = \"allow\"", "hint");
    assert_eq!(
        allowed,
        ["whole-cloud: `x` lets all of Amazon (AMAZON-02) pass without a press"]
    );
    for condition in [
        "asn = [16509]\nuser-agent = ['probe']",
        "network = [\"20.0.0.0/9\"]",
        "asn = [16509]\npeople = true",
    ] {
        assert_eq!(said(condition, "certain"), [""; 0], "{condition}");
    }
}

#[test]
fn bare_words_are_people_s() {
    for (pattern, word) in [
        ("Norton", "Norton"),
        (r"\bavira/\d", "Avira"),
        ("Microsoft Office", "Microsoft Office"),
        ("^viber", "Viber"),
    ] {
        let expected = format!("bare-word: `x` takes the bare word {word} for a scanner");
        assert_eq!(
            of_condition(&format!("user-agent = ['{pattern}']")),
            [expected],
            "{pattern}"
        );
    }
    for condition in [
        "user-agent = ['Norton-Safeweb']",
        "user-agent = ['Comodo-Webinspector']",
        "user-agent = ['Norton']\nnetwork = [\"192.0.2.0/24\"]",
        "user-agent = ['OutlookPreview']",
    ] {
        assert_eq!(of_condition(condition), [""; 0], "{condition}");
    }
}

#[test]
fn a_hint_that_everybody_shows_is_noise() {
    let hint = |condition: &str| said(&entry("x", condition).replace("probable", "hint"));
    let expected = ["browser-matched: `x` matches an ordinary browser"];
    assert_eq!(hint("user-agent = ['Chrome/\\d+']"), expected);
    assert_eq!(hint("method = [\"GET\"]\nmode = \"observe\""), expected);
    assert_eq!(hint("user-agent = ['Chrome/\\d+']\nmethod = [\"HEAD\"]"), [""; 0]);
}

#[test]
fn dates_must_be_possible() {
    let dated = |seen: &str, more: &str| {
        said(&entry("x", &format!("user-agent = ['probe']\n{more}")).replace("2026-08-11", seen))
    };
    assert_eq!(
        dated("2026-11-28", ""),
        ["date-conflict: `x` was seen on 2026-11-28, which is yet to come"]
    );
    assert_eq!(dated("2026-11-26", ""), [""; 0], "somewhere it is tomorrow");
    assert_eq!(
        dated("2026-08-11", "expires = 2026-08-10"),
        ["date-conflict: `x` expires before it was seen"]
    );
}

#[test]
fn overrides_that_do_nothing_or_too_much_are_said() {
    let with = |rest: &str| {
        let text = entry("x", "user-agent = ['probe']\nnetwork = [\"192.0.2.0/24\"]");
        said(&(text + rest))
    };
    let off = "[[disable]]\nid = \"x\"\nreason = \"r\"\n";
    let reweigh = "[[reweigh]]\nid = \"x\"\nweight = 7\nreason = \"r\"\n";
    let except = |ids: &str, condition: &str| format!("[[except]]\n{ids}reason = \"r\"\n{condition}\n");
    assert_eq!(
        with(&(off.to_owned() + reweigh)),
        ["override-conflict: `x` is disabled too: its new weight does nothing"]
    );
    assert_eq!(
        with(&(reweigh.to_owned() + reweigh)),
        ["override-conflict: `x` is weighed again after this: this weight does nothing"]
    );
    let all = ["except-all: this exception takes out every visit"];
    assert_eq!(with(&except("", "network = [\"0.0.0.0/0\", \"::/0\"]")), all);
    assert_eq!(with(&except("", "user-agent = ['.*']")), all);
    let rest = ["except-all: this exception leaves nothing of `x`"];
    assert_eq!(with(&except("id = [\"x\"]\n", "network = [\"192.0.0.0/16\"]")), rest);
    let never = ["never-matches: this exception can never match: what it asks excludes itself"];
    assert_eq!(
        with(&except("", "method = [\"GET\"]\nnot = [{ method = [\"GET\"] }]")),
        never
    );
    assert_eq!(with(&except("id = [\"x\"]\n", "network = [\"192.0.2.7\"]")), [""; 0]);
    assert_eq!(
        with("[[disable]]\nid = \"y\"\nreason = \"r\"\n"),
        ["unknown-id: no signature is called `y`"]
    );
}

#[test]
fn an_address_list_needs_its_source_and_date_too() {
    let text = entry("x", "network-file = [{ file = \"list.txt\", format = \"text\" }]")
        .replace("source = [\"s\"]\n", "")
        .replace("seen = 2026-08-11\n", "");
    assert_eq!(
        said(&text),
        ["missing-key: `seen` is missing", "missing-source: `x` names no source"]
    );
}

/// The shipped files are held to what operators' files are.
#[test]
fn the_shipped_files_are_clean() {
    let files: Vec<_> = SHIPPED.iter().map(|(_, text)| (*text, 1)).collect();
    assert_eq!(compiled(&files).1, [""; 0]);
}

#[test]
fn what_changed_is_kept() {
    let text = [
        entry("x", "user-agent = ['probe']"),
        entry("y", "user-agent = ['other']"),
    ]
    .concat()
        + "[[disable]]\nid = \"x\"\nreason = \"ours\"\nuntil = 2027-01-31\n[[reweigh]]\nid = \"y\"\nweight = 7\nreason = \"r\"\n\
           [[disable]]\nid = \"y\"\nreason = \"r\"\nuntil = 2026-01-31\n";
    let (set, _) = compiled(&[(&text, 2)]);
    let kept: Vec<_> = set
        .overrides()
        .iter()
        .map(|change| {
            format!(
                "{:?} {:?} {} {:?}",
                change.effect, change.ids, change.reason, change.until
            )
        })
        .collect();
    assert_eq!(
        kept,
        [
            "Disabled [\"x\"] ours Some(2027-01-31)",
            "Reweighed { from: 50, to: 7 } [\"y\"] r None"
        ]
    );
}

/// A condition as text, of small parts that often exclude each other.
fn condition() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        Just("method = [\"GET\"]"),
        Just("method = [\"HEAD\"]"),
        Just("network = [\"198.51.100.0/31\"]"),
        Just("network = [\"198.51.100.1\", \"198.51.100.2\"]"),
        Just("user-agent = ['a']"),
        Just("user-agent = ['b', '^$']"),
        Just("user-agent-absent = true"),
        Just("header = { x-a = true }"),
        Just("header = { x-a = false }"),
        Just("header = { x-a = 'a' }"),
    ];
    plain.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
        let word = prop_oneof![Just("any"), Just("all"), Just("not")];
        (word, prop::collection::vec(inner, 1..4)).prop_map(|(word, parts)| {
            let tables: Vec<_> = parts.iter().map(|part| format!("{{ {part} }}")).collect();
            format!("{word} = [{}]", tables.join(", "))
        })
    })
}

/// Every visit that the small parts tell apart.
fn visits() -> Vec<VisitBuf> {
    let mut visits = Vec::new();
    for method in [http::Method::GET, http::Method::HEAD] {
        for client in 0..4u8 {
            for agent in [None, Some("a"), Some("b"), Some("ab"), Some("c")] {
                for header in [None, Some("a"), Some("c")] {
                    let mut visit = VisitBuf::ordinary();
                    visit.method = method.clone();
                    visit.client = crate::visit::Fact::Known([198, 51, 100, client].into());
                    visit.remove("user-agent");
                    agent.into_iter().for_each(|agent| visit.set("user-agent", agent));
                    header.into_iter().for_each(|value| visit.set("x-a", value));
                    visits.push(visit);
                }
            }
        }
    }
    visits
}

proptest! {
    #[test]
    fn what_is_said_to_be_impossible_never_happens(condition in condition()) {
        let (set, problems): (Signatures, _) = compiled(&[(&entry("x", &condition), 0)]);
        let judged = compiled(&[(&entry("x", &condition), 2)]).1;
        let impossible = judged.iter().any(|problem| problem.starts_with("never-matches"));
        prop_assert!(!problems.iter().any(|problem| problem.contains("syntax")), "{:?}", problems);
        let happens = visits().iter().any(|visit| {
            let found = set.find(&visit.as_visit());
            found.signatures.iter().any(|found| found.action == Action::Weigh)
        });
        prop_assert!(!(impossible && happens), "{condition}");
    }
}

#[test]
fn a_hard_puzzle_is_left_open_in_time() {
    let meanings = Meanings::new(&[], &[]);
    let choice = |at: u32| Condition::Any((0..3).map(|one| Condition::Asn(vec![at * 3 + one])).collect());
    let excluded = (0..40).map(|at| Condition::Not(Box::new(Condition::Asn(vec![at * 3 + 1]))));
    let hard = Condition::All((0..40).map(choice).chain(excluded).collect());
    // It can't be; to find that out is not worth more than so many steps.
    let _ = meanings.is_impossible(&[(&hard, true)]);
    assert!(!meanings.is_impossible(&[(&Condition::Any(vec![Condition::Asn(vec![1])]), true)]));
}
