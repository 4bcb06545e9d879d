//! What comes back sealed: tickets, openings and marks, and the cookies that carry them.
//!
//! The first line is a cookie that stands beside; the rest is what was sealed, whoever did it.

#![no_main]

use std::iter::once;
use std::sync::LazyLock;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use linklatch::fuzzing::{self, PURPOSES};
use linklatch::gate::keys::{KeyRing, Random, TargetId};
use linklatch::gate::ticket::{Ticket, TicketError, open_opening, seal_opening};
use linklatch::time::Timestamp;
use linklatch_fuzz::{GATE, first_line, keys};

static KEYS: LazyLock<KeyRing> = LazyLock::new(keys);
const FOREVER: Duration = Duration::MAX;
const NOW: Timestamp = Timestamp::from_millis(0);

fuzz_target!(|data: &[u8]| {
    let (beside, plain) = first_line(data);
    let digest = plain.first_chunk().copied().unwrap_or_default();
    // A ticket is sealed with its own nonce.
    let nonce = plain
        .get(25..41)
        .and_then(|nonce| nonce.try_into().ok())
        .unwrap_or([7; 16]);
    for purpose in 0..PURPOSES {
        let sealed = fuzzing::seal(&KEYS, purpose, plain, &nonce);
        opens(&sealed, purpose, fuzzing::target(digest), &nonce);
        opens_nothing(&altered(&sealed, data.len()));
        carried(beside, &sealed);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        opens_nothing(text);
    }
});

/// It opens for its own purpose alone, and is the one text for what it says.
fn opens(sealed: &str, purpose: usize, target: TargetId, nonce: &Random) {
    match Ticket::open(sealed, &KEYS, once(target), NOW, FOREVER) {
        Ok(ticket) => {
            assert_eq!((purpose, ticket.target), (0, target));
            assert_eq!(ticket.seal(&KEYS), sealed);
        }
        Err(error) => assert!(error == TicketError::NotOurs, "{error:?}"),
    }
    if let Some((opening, open)) = open_opening(&KEYS, sealed) {
        assert_eq!(purpose, 1);
        assert_eq!(seal_opening(&KEYS, opening, open.target, nonce), sealed);
        assert_eq!(opening.until, open.until);
    }
    if let Some(asked) = GATE.open_asked(sealed) {
        assert_eq!(purpose, 2);
        assert_eq!(GATE.open_asked(sealed), Some(asked));
    }
}

fn opens_nothing(text: &str) {
    assert_eq!(
        Ticket::open(text, &KEYS, std::iter::empty(), NOW, FOREVER),
        Err(TicketError::NotOurs)
    );
    assert!(open_opening(&KEYS, text).is_none() && GATE.open_asked(text).is_none());
}

/// One character of it is another one.
fn altered(sealed: &str, seed: usize) -> String {
    let mut bytes = sealed.as_bytes().to_vec();
    let at = seed.wrapping_mul(31) % bytes.len();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).expect("base64url is ASCII")
}

/// A cookie comes through whatever stands beside it, and what stands beside it comes through to the upstream.
fn carried(beside: &[u8], sealed: &str) {
    let own = [b"linklatch-opening=", sealed.as_bytes()].concat();
    for line in [&[beside, b"; ", &own].concat(), &[&own, &b"; "[..], beside].concat()] {
        let Ok(value) = HeaderValue::from_bytes(line) else {
            return;
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, value);
        let _ = fuzzing::browser_cookie(&headers, false).map(|browser| {
            assert!(fuzzing::browser_text(browser).len() == 22);
        });
        let is_own = beside.windows(9).any(|part| part == b"linklatch");
        if !is_own {
            assert_eq!(fuzzing::opening_cookie(&headers, false), Some(sealed));
        }
        fuzzing::strip_cookies(&mut headers);
        assert_eq!(fuzzing::opening_cookie(&headers, false), None);
        assert!(fuzzing::browser_cookie(&headers, false).is_none());
        if !is_own {
            let pairs = beside.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let kept: Vec<_> = pairs.filter(|pair| !pair.is_empty()).collect();
            let left = headers.get(header::COOKIE).map(HeaderValue::as_bytes);
            assert_eq!(left.unwrap_or_default(), kept.join(&b"; "[..]));
        }
    }
}
