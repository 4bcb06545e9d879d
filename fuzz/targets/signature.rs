//! Signature files: problems can be shown, and a set that compiles finds what it explains.

#![no_main]

use std::sync::LazyLock;

use http::{Method, Version};
use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;
use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::signatures::{Side, Signatures, SourceFile, Truth, compile, diff};
use linklatch::visit::{Fact, VisitBuf};
use linklatch_fuzz::check_problems;

const TODAY: Date = date(2026, 12, 1);

static VISITS: LazyLock<Vec<VisitBuf>> = LazyLock::new(|| {
    let mut curl = VisitBuf::ordinary();
    curl.set("user-agent", "curl/8.14.1");
    curl.set("x-scanner", "yes");
    curl.version = Fact::Known(Version::HTTP_11);
    curl.client = Fact::Known([192, 0, 2, 7].into());
    curl.asn = Fact::Known(64_496);
    curl.reverse_dns = Fact::Known("mail.example.com".to_owned());
    let mut silent = VisitBuf::ordinary();
    silent.method = Method::HEAD;
    silent.remove("user-agent");
    vec![VisitBuf::ordinary(), curl, silent, VisitBuf::unrecorded(Method::GET)]
});

fuzz_target!(|text: &str| {
    let (set, diagnostics, sources) = compiled(text);
    check_problems(&diagnostics, &sources);
    if diagnostics.has_errors() {
        return;
    }
    let (again, problems, same) = compiled(text);
    assert_eq!(problems, diagnostics);
    let old = Side {
        signatures: &set,
        sources: &sources,
    };
    let new = Side {
        signatures: &again,
        sources: &same,
    };
    assert!(diff(old, new).is_empty(), "a file differs from itself");
    VISITS.iter().for_each(|visit| finds_what_it_explains(&set, visit));
});

fn compiled(text: &str) -> (Signatures, Diagnostics, SourceMap) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = SourceFile {
        file: sources.add("own.toml", text),
        layer: 1,
    };
    let mut list = |_, name: &str| match name {
        "list.txt" => Ok("192.0.2.0/24\n# a comment\n2001:db8::/32\n".to_owned()),
        _ => Err("it is not there".to_owned()),
    };
    let set = compile(&[file], &sources, &mut list, TODAY, &mut diagnostics);
    (set, diagnostics, sources)
}

fn finds_what_it_explains(set: &Signatures, visit: &VisitBuf) {
    let visit = visit.as_visit();
    let found = set.find(&visit);
    for signature in set.entries() {
        let holds = set.holds(signature, &visit);
        let reason = set.explain(signature, &visit);
        assert_eq!(reason.truth, holds, "{}", signature.id);
        let is_found = found.signatures.iter().any(|found| found.id == signature.id);
        assert_eq!(is_found, holds == Truth::Yes, "{}", signature.id);
    }
}
