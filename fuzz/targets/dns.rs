//! DNS answers: what they say answers the question, and can be asked in turn.
//!
//! The first byte is the kind of record that is asked for, the rest the message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linklatch::fuzzing::{can_be_asked, dns_answer};

const ID: u16 = 0x0709;
const NAME: &str = "a.example";
const A: u16 = 1;
const PTR: u16 = 12;
const AAAA: u16 = 28;

fuzz_target!(|data: &[u8]| {
    let Some((kind, message)) = data.split_first() else {
        return;
    };
    let kind = [A, PTR, AAAA][usize::from(kind % 3)];
    let heard = dns_answer(message, ID, NAME, kind);
    assert_eq!(heard, dns_answer(message, ID, NAME, kind));
    if heard.is_some() {
        assert_eq!(
            message.get(..2),
            Some(&ID.to_be_bytes()[..]),
            "another question's answer is heard"
        );
        assert_eq!(dns_answer(message, ID ^ 1, NAME, kind), None);
        assert_eq!(dns_answer(message, ID, "b.example", kind).flatten(), None);
    }
    let Some(answer) = heard.flatten() else { return };
    // The shortest record has a name of one byte, ten fixed bytes, and one more.
    assert!(answer.addresses.len() + answer.names.len() <= message.len() / 12);
    assert!(
        answer
            .addresses
            .iter()
            .all(|address| kind == if address.is_ipv4() { A } else { AAAA })
    );
    assert!(answer.names.is_empty() || kind == PTR);
    for name in &answer.names {
        assert!(can_be_asked(name) && name.len() < 254 && !name.is_empty(), "{name:?}");
        assert!(
            !name.contains(|c: char| c.is_control() || c.is_ascii_uppercase()),
            "{name:?}"
        );
    }
});
