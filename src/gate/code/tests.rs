//! Codes, as people type them and as machines guess them.

use std::collections::HashSet;

use super::*;
use crate::gate::keys::{BrowserSecret, KeyRing};
use crate::gate::ticket::Network;
use crate::secret::SecretKey;
use crate::visit::ClientAddress;

const START: Timestamp = Timestamp::from_millis(1_000_000);

fn typed(text: &str) -> Option<String> {
    match Typed::read(text) {
        Typed::Digits(digits) => Some(digits.to_string()),
        Typed::Nothing | Typed::Other => None,
    }
}

fn code() -> Code {
    Code::new(0, &[9; 16])
}

fn attempt(code: Code, text: &str, seconds: u64) -> Attempt {
    let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
    Attempt {
        ticket: Ticket {
            score: 0,
            target: keys.test_target_id("/verify?token=token"),
            code: Some(code),
            issued: START,
            nonce: [3; 16],
            browser: BrowserSecret([4; 16]),
            network: Network::of(ClientAddress::UNKNOWN),
        },
        code,
        typed: Typed::read(text),
        link: keys.test_link_id("token"),
        now: START.after(Duration::from_secs(seconds)),
    }
}

/// What a try leads to, and the code of the page after it.
fn judge(tally: &mut Tally, code: Code, text: &str, seconds: u64) -> (Trouble, Code) {
    match attempt(code, text, seconds).judge(tally, &[seconds.to_le_bytes()[0]; 16]) {
        Err(Again::Code { trouble, code, .. }) => (trouble, code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn digits_of_any_script_are_read_and_blanks_are_not() {
    for text in [
        "4827",
        " 4 8\t2\u{a0}7\r\n",
        "٤٨٢٧",
        "۴۸۲۷",
        "४८२७",
        "4827",
        "৪8২7",
        "\u{200e}48\u{200b}27\u{feff}",
        "𝟜𝟠𝟚𝟟",
    ] {
        assert_eq!(typed(text).as_deref(), Some("4827"), "{text:?}");
    }
    assert_eq!(typed("12345678").as_deref(), Some("12345678"));
    for text in ["", " ", "\u{200f}"] {
        assert_eq!(Typed::read(text), Typed::Nothing, "{text:?}");
    }
    for text in ["482a", "4-827", "123456789", "½", "²", "四八二七", "+4827"] {
        assert_eq!(Typed::read(text), Typed::Other, "{text:?}");
    }
}

#[test]
fn every_decimal_digit_of_unicode_is_known() {
    let decimal = regex::Regex::new(r"^\p{Nd}$").unwrap();
    let wrong: Vec<_> = ('\0'..=char::MAX)
        .filter(|c| digit(*c).is_some() != decimal.is_match(c.encode_utf8(&mut [0; 4])))
        .map(|c| format!("{:x}", u32::from(c)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn codes_have_four_digits_and_eight_where_a_link_was_guessed_at() {
    let drawn = |of_link, byte| Code::new(of_link, &[byte; 16]).digits.to_string();
    assert!((0..=255).all(|byte| drawn(MANY - 1, byte).len() == 4 && drawn(MANY, byte).len() == 8));
    let different: HashSet<_> = (0..=255).map(|byte| drawn(0, byte)).collect();
    assert!(different.len() > 200, "{}", different.len());
    assert_eq!(Digits::draw(0, false).to_string(), "0000");
    assert_eq!(Digits::draw(7284, false).spaced(), "4 8 2 7");
}

#[test]
fn only_what_is_a_code_is_one() {
    for (bytes, is_code) in [
        (*b"1234\0\0\0\0", true),
        (*b"12345678", true),
        (*b"12345\0\0\0", false),
        (*b"1234\x00678", false),
        (*b"123a\0\0\0\0", false),
        ([0; 8], false),
    ] {
        assert_eq!(Digits::from_bytes(bytes).is_some(), is_code, "{bytes:?}");
    }
}

#[test]
fn the_right_code_does_and_counts_as_nothing() {
    let (code, mut tally) = (code(), Tally::default());
    for _ in 0..5 {
        let right = attempt(code, &code.digits.spaced(), 0).judge(&mut tally, &[0; 16]);
        assert_eq!(right.unwrap().ticket().code, Some(code));
    }
    assert_eq!(judge(&mut tally, code, "", 0), (Trouble::Missing, code));
    assert_eq!(tally, Tally::default());
}

#[test]
fn three_wrong_tries_bring_a_new_code_and_a_short_wait() {
    let (first, mut tally) = (code(), Tally::default());
    assert_eq!(judge(&mut tally, first, "1", 0), (Trouble::Wrong, first));
    assert_eq!(judge(&mut tally, first, "x", 0), (Trouble::Wrong, first));
    let (trouble, second) = judge(&mut tally, first, "1", 0);
    assert_eq!(trouble, Trouble::WrongAndReplaced);
    assert_ne!(second.digits, first.digits);
    assert_eq!(second.family, first.family);

    let right = second.digits.to_string();
    assert_eq!(judge(&mut tally, second, &right, 1), (Trouble::TooSoon, second));
    let before = tally;
    assert_eq!(
        judge(&mut tally, first, &first.digits.to_string(), 60).0,
        Trouble::Replaced
    );
    assert_eq!(tally, before, "an older ticket resets nothing");
    assert_eq!(judge(&mut tally, second, "1", 2), (Trouble::WrongAgain, second));
    assert_eq!(judge(&mut tally, second, &right, 5), (Trouble::TooSoon, second));
    assert!(attempt(second, &right, 6).judge(&mut tally, &[0; 16]).is_ok());
}

#[test]
fn no_wait_is_longer_than_ten_seconds_even_when_the_clock_is_set_back() {
    let late = Tally {
        of_family: 1000,
        last: Some(START.after(Duration::from_secs(100))),
        of_link: 0,
    };
    for (seconds, too_soon) in [(100, true), (109, true), (110, false), (99, false), (0, false)] {
        assert_eq!(
            late.is_too_soon(START.after(Duration::from_secs(seconds))),
            too_soon,
            "{seconds}"
        );
    }
}

#[test]
fn a_link_that_was_guessed_at_wants_long_codes() {
    let short = code();
    let mut tally = Tally {
        of_link: MANY,
        ..Tally::default()
    };
    let (trouble, long) = judge(&mut tally, short, &short.digits.to_string(), 0);
    assert_eq!((trouble, long.digits.to_string().len()), (Trouble::Replaced, 8));
    assert!(
        attempt(long, &long.digits.to_string(), 0)
            .judge(&mut tally, &[0; 16])
            .is_ok()
    );
}

#[test]
fn a_ticket_knows_its_tries_where_memory_has_lost_them() {
    let (mut code, mut tally) = (code(), Tally::default());
    code.before = 6;
    assert_eq!(judge(&mut tally, code, "1", 0), (Trouble::WrongAgain, code));
    assert_eq!(tally.of_family, 7);
}
