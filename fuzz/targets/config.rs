//! Configurations and key files: problems can be shown, and what is valid protects the links that it names.
//!
//! What stands behind a NUL is a key file.

#![no_main]

use http::Request;
use libfuzzer_sys::fuzz_target;
use linklatch::config::Config;
use linklatch::fuzzing::{configuration, key_file, key_line};
use linklatch::gate::Routed;
use linklatch::gate::template::{TOKEN as TOKEN_HOLE, Template};
use linklatch_fuzz::{TOKEN, check_problems, keys};

fuzz_target!(|text: &str| {
    let (text, key_text) = text.split_once('\0').unwrap_or((text, ""));
    let read = configuration(text);
    check_problems(&read.diagnostics, &read.sources);
    assert_eq!(read.value.is_some(), !read.diagnostics.has_errors());
    if let Some(config) = &read.value {
        let again = configuration(text);
        assert_eq!(again.diagnostics, read.diagnostics);
        assert!(again.value.is_some_and(|again| config.needs_restart(&again).is_empty()));
        protects(config);
    }
    check_keys(key_text);
});

/// A link as it is mailed never passes, on its own host.
fn protects(config: &Config) {
    let gate = config.gate(keys().into());
    for link in &config.links {
        assert_eq!(Template::parse(link.url.source()).as_ref(), Ok(&link.url));
        let mailed = link.url.fill(|hole| Some(if hole == TOKEN_HOLE { TOKEN } else { "x" }));
        let Ok(request) = Request::get(&mailed).body(()) else {
            continue;
        };
        let routed = gate.route(request, link.host.as_deref().unwrap_or_default());
        assert!(!matches!(routed, Routed::Open(_)), "{mailed} of {} passes", link.url);
    }
}

fn check_keys(text: &str) {
    match key_file(text) {
        Ok(keys) => {
            let lines: String = keys.iter().map(|key| key_line(key) + "\n").collect();
            let again = key_file(&lines).expect("they were just written");
            assert!(
                again
                    .iter()
                    .map(|key| key.expose())
                    .eq(keys.iter().map(|key| key.expose()))
            );
        }
        Err(wrong) => {
            assert!(!wrong.is_empty());
            let is_there = |range: &std::ops::Range<usize>| text.get(range.clone()).is_some();
            assert!(wrong.iter().all(is_there), "{wrong:?}");
        }
    }
}
