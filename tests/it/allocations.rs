//! What an assessment may cost, counted: allocations, not time.

use http::{HeaderMap, HeaderName, Method, Version};
use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::gate::checks::Checks;
use linklatch::gate::verdict::judge;
use linklatch::load;
use linklatch::signatures::Signatures;
use linklatch::time::Timestamp;
use linklatch::visit::history::{History, Mark};
use linklatch::visit::{ClientAddress, Fact, USER_AGENTS_OF_PEOPLE, Visit, VisitBuf};

fn shipped() -> Signatures {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    load::signatures(None, &mut sources, &mut diagnostics)
}

/// What an ordinary browser sends, with this user agent.
fn headers(user_agent: &str) -> HeaderMap {
    let mut visit = VisitBuf::ordinary();
    visit.set("user-agent", user_agent);
    let field = |(name, value): (String, String)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    visit.values.into_iter().map(field).collect()
}

#[test]
fn an_ordinary_browser_s_verdict_allocates_nothing() {
    let (set, checks) = (shipped(), Checks::default());
    for agent in USER_AGENTS_OF_PEOPLE {
        let headers = headers(agent);
        let client = ClientAddress::of([203, 0, 113, 7].into());
        let mut visit = Visit::live(&Method::GET, &headers, client);
        visit.version = Fact::Known(Version::HTTP_2);
        visit.secure = Fact::Known(true);
        let history = History::first(Mark::of(&visit, Timestamp::from_millis(0), |bytes| bytes.len() as u32));
        visit.history = Fact::Known(&history);
        // The first look at a text may extend the automaton.
        let first = judge(&visit, &set, &checks);
        if !first.findings.is_empty() {
            continue;
        }
        let cost = allocation_counter::measure(|| {
            assert_eq!(judge(&visit, &set, &checks).score, 0);
        });
        assert_eq!(cost.count_total, 0, "{agent}");
    }
}
