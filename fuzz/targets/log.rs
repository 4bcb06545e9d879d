//! Logs, ours and web servers': what is read of a line is what stands there, without its token.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use linklatch::records::lines::Counts;
use linklatch::records::read::{Reader, Seen};
use linklatch::records::redact;
use linklatch_fuzz::{GATE, TOKEN};

fuzz_target!(|log: &[u8]| {
    let mut reader = Reader::new(&GATE, true);
    let (mut visits, mut bad, mut lines) = (0, 0, 0);
    for line in log.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end) {
        if line.is_empty() {
            continue;
        }
        lines += 1;
        match reader.read(line) {
            Ok(Some(seen)) => {
                visits += 1;
                check(line, &seen);
            }
            Ok(None) => {}
            Err(why) => {
                bad += 1;
                assert!(!why.to_string().contains(TOKEN));
            }
        }
    }
    let mut counts = Counts::default();
    let mut streamed = 0;
    let each = |_: &Seen| {
        streamed += 1;
        ControlFlow::Continue(())
    };
    let whole = Reader::new(&GATE, true).stream("log", log, &mut counts, each, |_| {});
    assert!(whole.is_ok());
    assert_eq!((counts.bytes, counts.lines), (log.len() as u64, lines));
    assert_eq!((counts.visits, counts.bad, streamed), (visits, bad, visits));
    if let Ok(text) = std::str::from_utf8(log) {
        redacted(text);
    }
});

fn check(line: &[u8], seen: &Seen) {
    let shown = format!("{seen:?}");
    let _ = (seen.as_visit(), seen.evidence());
    // An access log's line; ours may have something before its object.
    if !line.contains(&b'{') {
        assert!(!shown.contains(TOKEN), "{shown}");
        return;
    }
    // Another reader of JSON finds the same, unless a member stands twice.
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(line) else {
        return;
    };
    let Some(members) = json.as_object() else {
        panic!("{shown} is of no object")
    };
    let times = |name: &str| line.windows(name.len()).filter(|part| *part == name.as_bytes()).count();
    let same = |name: &str, found: &str| {
        let expected = members.get(name).and_then(|value| value.as_str());
        assert!(
            times(name) > 1 || expected.is_none_or(|expected| expected == found),
            "{name}: {found}"
        );
    };
    let escaped = line.contains(&b'\\');
    if !escaped {
        same("linklatch.link.id", &seen.link.to_string());
        same("http.request.method", seen.method.as_str());
        same(
            "linklatch.verdict.class",
            seen.then.as_ref().map_or("", |then| then.class.as_str()),
        );
        same(
            "linklatch.link.name",
            seen.kind.link_name.as_deref().unwrap_or_default(),
        );
        same("request_id", seen.request_id.as_deref().unwrap_or_default());
    }
}

/// What may be logged of a text.
fn redacted(text: &str) {
    let shown = redact::text(text, &[TOKEN]);
    assert!(shown.len() <= 512 && !shown.contains(char::is_control), "{shown:?}");
    assert!(!shown.contains(TOKEN), "{shown:?}");
    let path = redact::path(text);
    assert!(!path.contains(TOKEN), "{path:?}");
    assert_eq!(redact::path(&path), path, "it is redacted further");
}
