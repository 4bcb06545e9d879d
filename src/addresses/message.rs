//! DNS messages (RFC 1035, EDNS of RFC 6891): one question, and the records of its answer.

use std::net::IpAddr;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// IPv4 addresses.
    A = 1,
    /// Names of an address.
    Ptr = 12,
    /// IPv6 addresses.
    Aaaa = 28,
}

/// What a nameserver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The records of the kind that was asked for.
    pub(super) records: Vec<Record>,
    /// Whether all of them found room.
    pub(super) whole: bool,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// An address.
    Address(IpAddr),
    /// A host's name, in lower case.
    Name(String),
}

/// Bytes of the largest answer that we ask for: it crosses every network in one piece.
pub(super) const LARGEST: usize = 1232;

/// A question to a resolver; `None` if the name can't be asked for.
pub(super) fn question(id: [u8; 2], name: &str, kind: Kind) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(HEADER + name.len() + 17);
    message.extend(id);
    // Recursion desired; one question, one additional record.
    message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    for label in name.split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|length| (1..64).contains(length))?;
        message.push(length);
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, kind as u8, 0, 1]);
    let [high, low] = (LARGEST as u16).to_be_bytes();
    message.extend([0, 0, 41, high, low, 0, 0, 0, 0, 0, 0]);
    Some(message)
}

/// Reads a message: `None` where it is no answer to the question, `Some(None)` where it is a failure.
pub(super) fn answer(message: &[u8], question: &[u8], kind: Kind) -> Option<Option<Answer>> {
    let end = question.len().checked_sub(EDNS)?;
    let (asked, header) = (question.get(HEADER..end)?, message.get(..HEADER)?);
    let is_reply = header[..2] == question[..2] && header[2] & 0xf8 == 0x80 && header[4..6] == [0, 1];
    if !is_reply || !message.get(HEADER..end)?.eq_ignore_ascii_case(asked) {
        return None;
    }
    let whole = header[2] & 2 == 0;
    let count = u16::from_be_bytes([header[6], header[7]]);
    Some(match header[3] & 15 {
        0 => records(message, end, count, kind).map(|records| Answer { records, whole }),
        // There is no such name.
        3 => Some(Answer {
            records: Vec::new(),
            whole: true,
        }),
        _ => None,
    })
}

/// The answer's records; `None` where one of them breaks off.
fn records(message: &[u8], mut at: usize, count: u16, kind: Kind) -> Option<Vec<Record>> {
    let mut records = Vec::new();
    for _ in 0..count {
        at = after_name(message, at)?;
        let fixed = message.get(at..at + 10)?;
        let length = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
        let data = message.get(at + 10..at + 10 + length)?;
        if fixed[..4] == [0, kind as u8, 0, 1] {
            records.extend(match kind {
                Kind::A => <[u8; 4]>::try_from(data)
                    .ok()
                    .map(|bytes| Record::Address(bytes.into())),
                Kind::Aaaa => <[u8; 16]>::try_from(data)
                    .ok()
                    .map(|bytes| Record::Address(bytes.into())),
                Kind::Ptr => name(message, at + 10).map(Record::Name),
            });
        }
        at += 10 + length;
    }
    Some(records)
}

/// Where a name ends.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..64 => at += 1 + usize::from(length),
            0xc0.. => return Some(at + 2),
            64..0xc0 => return None,
        }
    }
}

/// A host's name in lower case; `None` where it is not one that hosts have.
fn name(message: &[u8], mut at: usize) -> Option<String> {
    let mut name = String::new();
    // Pointers lead backwards only, so that none leads round in a circle.
    let mut before = at;
    loop {
        match *message.get(at)? {
            0 => return Some(name).filter(|name| !name.is_empty()),
            length @ 1..64 => {
                let end = at + 1 + usize::from(length);
                let label = message.get(at + 1..end)?;
                let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
                if !label.iter().all(plain) || name.len() + label.len() >= LONGEST {
                    return None;
                }
                if !name.is_empty() {
                    name.push('.');
                }
                name.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
                at = end;
            }
            high @ 0xc0.. => {
                let to = usize::from(u16::from_be_bytes([high & 0x3f, *message.get(at + 1)?]));
                if to >= before {
                    return None;
                }
                (at, before) = (to, to);
            }
            64..0xc0 => return None,
        }
    }
}

const HEADER: usize = 12;
/// The additional record of a question.
const EDNS: usize = 11;
/// Characters of a name.
const LONGEST: usize = 253;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    fn asked(kind: Kind) -> Vec<u8> {
        question([7, 9], "a.example", kind).unwrap()
    }

    /// An answer with these records after the question.
    fn told(kind: Kind, code: u8, records: &[&[u8]]) -> Vec<u8> {
        let question = asked(kind);
        let mut message = question[..question.len() - EDNS].to_vec();
        message[2..12].copy_from_slice(&[0x81, 0x80 | code, 0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
        for record in records {
            message.extend(*record);
        }
        message
    }

    fn read(message: &[u8], kind: Kind) -> Option<Option<Answer>> {
        answer(message, &asked(kind), kind)
    }

    #[test]
    fn names_and_addresses_are_read_past_what_was_not_asked_for() {
        let alias = b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x04\x01b\xc0\x0e";
        let address = b"\x01b\xc0\x0e\0\x01\0\x01\0\0\0\x01\0\x04\xc0\0\x02\x07";
        let answer = read(&told(Kind::A, 0, &[alias, address]), Kind::A).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Address([192, 0, 2, 7].into())]);
        let v6 = b"\xc0\x0c\0\x1c\0\x01\0\0\0\x01\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07";
        let answer = read(&told(Kind::Aaaa, 0, &[alias, v6]), Kind::Aaaa).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Address("2001:db8::7".parse().unwrap())]);
        let name = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0\x07\x04Mail\xc0\x0e";
        let evil = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0\x05\x03a\nb\0";
        let answer = read(&told(Kind::Ptr, 0, &[evil, name]), Kind::Ptr).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Name("mail.example".into())]);
    }

    #[test]
    fn a_failure_is_no_answer_and_no_such_name_is_one() {
        assert_eq!(read(&told(Kind::A, 2, &[]), Kind::A), Some(None));
        let none = read(&told(Kind::A, 3, &[]), Kind::A).unwrap().unwrap();
        assert!(none.records.is_empty() && none.whole);
        let mut cut = told(Kind::A, 0, &[]);
        cut[2] |= 2;
        assert!(!read(&cut, Kind::A).unwrap().unwrap().whole);
    }

    #[test]
    fn what_answers_another_question_is_not_heard() {
        let right = told(Kind::A, 0, &[]);
        assert!(read(&right, Kind::A).is_some());
        for (at, bits) in [(0, 1), (2, 0x80), (2, 0x08), (5, 3), (13, 3), (23, 16)] {
            let mut wrong = right.clone();
            wrong[at] ^= bits;
            assert_eq!(read(&wrong, Kind::A), None, "{at}");
        }
    }

    #[test]
    fn a_name_that_leads_round_in_a_circle_is_none() {
        for circle in [&b"\xc0\x27"[..], b"\x01a\xc0\x27", b"\xc0\x29\xc0\x27"] {
            let mut record = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0".to_vec();
            record.push(circle.len() as u8);
            record.extend(circle);
            let answer = read(&told(Kind::Ptr, 0, &[&record]), Kind::Ptr).unwrap().unwrap();
            assert_eq!(answer.records, []);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(tail in prop::collection::vec(any::<u8>(), 0..80), count in any::<u8>()) {
            for kind in [Kind::A, Kind::Aaaa, Kind::Ptr] {
                let mut message = told(kind, 0, &[&tail]);
                message[7] = count;
                for length in 0..message.len() {
                    let _ = read(&message[..length], kind);
                }
                if let Some(Some(answer)) = read(&message, kind) {
                    for record in answer.records {
                        assert!(!matches!(record, Record::Name(name) if name.is_empty() || name.len() > LONGEST));
                    }
                }
            }
        }
    }
}
