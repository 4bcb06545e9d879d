//! A request's target: no spelling that a reader takes for the link passes, and a repaired link is a plain one.

#![no_main]

use http::Request;
use libfuzzer_sys::fuzz_target;
use linklatch::gate::{Protected, Routed};
use linklatch_fuzz::GATE;

#[path = "../../tests/it/matching/readers.rs"]
mod readers;

const HOST: &str = "auth.example";

fuzz_target!(|target: &str| {
    let Some(routed) = route(target) else { return };
    if let Routed::Open(passage) = &routed {
        // A fragment never leaves: HTTP's parser has dropped it.
        let sent = passage
            .request()
            .uri()
            .path_and_query()
            .map_or("/", |sent| sent.as_str());
        for (name, reads) in readers::READERS {
            assert!(!reads(sent), "{name} redeems {sent:?}");
        }
    }
    if let Routed::Protected(protected) = routed {
        protect(target, &protected);
    }
});

fn route(target: &str) -> Option<Routed<()>> {
    let request = Request::get(target).body(()).ok()?;
    Some(GATE.route(request, HOST))
}

fn protect(target: &str, protected: &Protected<()>) {
    assert!(protected.secrets().len() < 80, "{target:?} has very many secrets");
    let _ = (GATE.issued(protected), GATE.ends(protected, None));
    let (host, sent) = protected.host_and_target();
    assert_eq!(host, HOST);
    // As plain as if it had come so; a whole link is its own plain one.
    let Some(Routed::Protected(plain)) = route(sent) else {
        panic!("{target:?} would be sent as {sent:?}, which is no link");
    };
    assert_eq!(plain.repaired(), None, "{target:?} → {sent:?}");
    assert_eq!(plain.target(), protected.target(), "{target:?} → {sent:?}");
    assert_eq!(plain.link_ids(), protected.link_ids(), "{target:?} → {sent:?}");
}
