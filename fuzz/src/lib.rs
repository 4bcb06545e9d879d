//! What several fuzz targets need.

use std::sync::LazyLock;
use std::time::Duration;

use linklatch::diag::{Diagnostics, SourceMap, render};
use linklatch::gate::Gate;
use linklatch::gate::keys::KeyRing;
use linklatch::gate::link::{Call, Link};
use linklatch::gate::template::Template;
use linklatch::secret::SecretKey;
use linklatch::signatures::Signatures;

/// A token that can't stand in a text by accident.
pub const TOKEN: &str = "Zk3_token-0123456789abcdef";

/// A gate with one link, `/auth/verify?token={token}`, whose token `POST /v1/auth/verify` redeems as well.
pub static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let call = Call {
        method: http::Method::POST,
        url: template("/v1/auth/verify"),
        fields: vec![("token".into(), "token".into())],
        headers: Vec::new(),
    };
    gate(vec![Link {
        calls: vec![call],
        ..Link::new("verify", template("/auth/verify?token={token}"))
    }])
});

/// A gate of these links.
pub fn gate(links: Vec<Link>) -> Gate {
    Gate::new(
        links,
        keys().into(),
        &[],
        Signatures::none().into(),
        Default::default(),
        Duration::from_secs(900),
    )
}

/// Two keys: one that seals, and an older one.
pub fn keys() -> KeyRing {
    KeyRing::new(&[SecretKey::new([1; 32]), SecretKey::new([2; 32])]).expect("two keys are some")
}

/// A template that is known to be right.
pub fn template(text: &str) -> Template {
    Template::parse(text).expect("the template is right")
}

/// Problems can be shown: each has a place that is there, and what to do, and is one line in a log.
pub fn check_problems(diagnostics: &Diagnostics, sources: &SourceMap) {
    for problem in diagnostics.iter() {
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?}");
        if let Some(span) = problem.span {
            let place = sources.text(span.file).get(span.start..span.end);
            assert!(place.is_some(), "{problem:?} stands nowhere");
        }
    }
    for (_, line) in render::lines(diagnostics, sources) {
        assert!(!line.contains(char::is_control), "{line:?} is several lines");
    }
    let shown = render::all(diagnostics, sources, false);
    assert_eq!(shown.is_empty(), diagnostics.is_empty());
}

/// Up to the first line end, and what follows it.
pub fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}
