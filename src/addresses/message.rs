//! DNS messages (RFC 1035, EDNS of RFC 6891): one question, and the records of its answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, Question, RCODE, ResourceRecord, TYPE};

/// What a nameserver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The records of the type that was asked for.
    pub(crate) records: Vec<Record>,
    /// Whether all of them found room.
    pub(crate) whole: bool,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// An address.
    Address(IpAddr),
    /// A host's name, in lower case.
    Name(String),
}

/// Bytes of the largest answer that we ask for: it crosses every network in one piece.
pub(super) const LARGEST: u16 = 1232;

/// A question to a resolver; `None` if the name can't be asked for.
pub(crate) fn question(id: u16, name: &str, kind: TYPE) -> Option<Packet<'_>> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).ok()?;
    packet
        .questions
        .push(Question::new(name, kind.into(), CLASS::IN.into(), false));
    *packet.opt_mut() = Some(OPT {
        opt_codes: Vec::new(),
        udp_packet_size: LARGEST,
        version: 0,
    });
    Some(packet)
}

/// Reads a message: `None` where it is no answer to the question, `Some(None)` where it is a failure.
pub(crate) fn answer(message: &[u8], question: &Packet<'_>) -> Option<Option<Answer>> {
    let Ok(reply) = Packet::parse(message) else {
        // It breaks off, or holds what can't be read.
        return message.starts_with(&question.id().to_be_bytes()).then_some(None);
    };
    let is_reply =
        reply.id() == question.id() && reply.has_flags(PacketFlag::RESPONSE) && reply.opcode() == OPCODE::StandardQuery;
    let ([asked], [echo]) = (&*question.questions, &*reply.questions) else {
        return None;
    };
    if !is_reply || !is_same(asked, echo) {
        return None;
    }
    Some(match reply.rcode() {
        RCODE::NoError => Some(Answer {
            records: reply
                .answers
                .iter()
                .filter(|record| record.match_qclass(asked.qclass) && record.match_qtype(asked.qtype))
                .filter_map(read)
                .collect(),
            whole: !reply.has_flags(PacketFlag::TRUNCATION),
        }),
        // There is no such name.
        RCODE::NameError => Some(Answer {
            records: Vec::new(),
            whole: true,
        }),
        _ => None,
    })
}

/// The case of a name's letters may change on the way.
fn is_same(asked: &Question<'_>, echo: &Question<'_>) -> bool {
    let lower = <[u8]>::to_ascii_lowercase;
    let is_name = asked.qname.as_bytes().map(lower).eq(echo.qname.as_bytes().map(lower));
    is_name && asked.qtype == echo.qtype && asked.qclass == echo.qclass && !echo.unicast_response
}

fn read(record: &ResourceRecord<'_>) -> Option<Record> {
    match &record.rdata {
        RData::A(a) => Some(Record::Address(Ipv4Addr::from(a.address).into())),
        RData::AAAA(aaaa) => Some(Record::Address(Ipv6Addr::from(aaaa.address).into())),
        // Not every name is one that a host has.
        RData::PTR(name) if name.is_valid() && !name.get_labels().is_empty() => {
            Some(Record::Name(name.to_string().to_ascii_lowercase()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    fn asked(kind: TYPE) -> Packet<'static> {
        question(0x0709, "a.example", kind).unwrap()
    }

    /// An answer with these records after the question.
    fn told(kind: TYPE, code: u8, records: &[&[u8]]) -> Vec<u8> {
        let mut message = b"\x07\x09\x81\0\0\x01\0\0\0\0\0\0\x01a\x07example\0\0\0\0\x01".to_vec();
        message[3] = 0x80 | code;
        message[7] = records.len() as u8;
        message[24] = u16::from(kind) as u8;
        for record in records {
            message.extend(*record);
        }
        message
    }

    fn heard(message: &[u8], kind: TYPE) -> Option<Option<Answer>> {
        answer(message, &asked(kind))
    }

    #[test]
    fn a_question_asks_for_one_name_and_for_an_answer_in_one_piece() {
        let bytes = asked(TYPE::PTR).build_bytes_vec().unwrap();
        let expected = b"\x07\x09\x01\0\0\x01\0\0\0\0\0\x01\x01a\x07example\0\0\x0c\0\x01\
                         \0\0\x29\x04\xd0\0\0\0\0\0\0";
        assert_eq!(bytes, expected);
        assert!(question(1, &"a".repeat(64), TYPE::A).is_none());
    }

    #[test]
    fn names_and_addresses_are_read_past_what_was_not_asked_for() {
        let alias = b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x04\x01b\xc0\x0e";
        let address = b"\x01b\xc0\x0e\0\x01\0\x01\0\0\0\x01\0\x04\xc0\0\x02\x07";
        let answer = heard(&told(TYPE::A, 0, &[alias, address]), TYPE::A).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Address([192, 0, 2, 7].into())]);
        let v6 = b"\xc0\x0c\0\x1c\0\x01\0\0\0\x01\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07";
        let answer = heard(&told(TYPE::AAAA, 0, &[alias, v6]), TYPE::AAAA).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Address("2001:db8::7".parse().unwrap())]);
        let name = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0\x07\x04Mail\xc0\x0e";
        let evil = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0\x05\x03a\nb\0";
        let answer = heard(&told(TYPE::PTR, 0, &[evil, name]), TYPE::PTR).unwrap().unwrap();
        assert_eq!(answer.records, [Record::Name("mail.example".into())]);
    }

    #[test]
    fn a_failure_is_no_answer_and_no_such_name_is_one() {
        assert_eq!(heard(&told(TYPE::A, 2, &[]), TYPE::A), Some(None));
        let none = heard(&told(TYPE::A, 3, &[]), TYPE::A).unwrap().unwrap();
        assert!(none.records.is_empty() && none.whole);
        let mut cut = told(TYPE::A, 0, &[]);
        cut[2] |= 2;
        assert!(!heard(&cut, TYPE::A).unwrap().unwrap().whole);
    }

    #[test]
    fn what_answers_another_question_is_not_heard() {
        let right = told(TYPE::A, 0, &[]);
        assert!(heard(&right, TYPE::A).is_some());
        for (at, bits) in [(0, 1), (2, 0x80), (2, 8), (5, 1), (13, 3), (24, 3), (25, 0x80), (26, 2)] {
            let mut wrong = right.clone();
            wrong[at] ^= bits;
            assert_eq!(heard(&wrong, TYPE::A), None, "{at}");
        }
    }

    #[test]
    fn a_name_that_leads_round_in_a_circle_is_none() {
        for circle in [&b"\xc0\x27"[..], b"\x01a\xc0\x27", b"\xc0\x29\xc0\x27"] {
            let mut record = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01\0".to_vec();
            record.push(circle.len() as u8);
            record.extend(circle);
            assert_eq!(heard(&told(TYPE::PTR, 0, &[&record]), TYPE::PTR), Some(None));
        }
    }

    #[test]
    fn what_can_t_be_read_is_a_failure_of_whom_was_asked() {
        let mut broken = told(TYPE::A, 0, &[b"\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04\xc0\0"]);
        assert_eq!(heard(&broken, TYPE::A), Some(None));
        broken[0] ^= 1;
        assert_eq!(heard(&broken, TYPE::A), None);
        for count in [4, 6, 8, 10] {
            let mut liar = told(TYPE::A, 0, &[]);
            liar[count..count + 2].fill(0xff);
            assert_eq!(heard(&liar, TYPE::A), Some(None));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(
            tail in prop::collection::vec(any::<u8>(), 0..80),
            counts in any::<[u8; 3]>(),
            kind in prop::sample::select(vec![TYPE::A, TYPE::AAAA, TYPE::PTR]),
        ) {
            let mut message = told(kind, 0, &[&tail]);
            for (at, count) in [7, 9, 11].into_iter().zip(counts) {
                message[at] = count;
            }
            for length in 0..=message.len() {
                let _ = heard(&message[..length], kind);
            }
        }

        #[test]
        fn every_name_that_is_heard_can_be_asked_for(
            labels in prop::collection::vec("[ -~]{1,20}|[a-zA-Z0-9_-]{1,63}", 0..12),
        ) {
            let mut name: Vec<u8> = labels.iter().flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
            name.push(0);
            let fixed = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x01";
            let record = [&fixed[..], &(name.len() as u16).to_be_bytes(), &name].concat();
            let answer = heard(&told(TYPE::PTR, 0, &[&record]), TYPE::PTR).unwrap();
            for record in answer.into_iter().flat_map(|answer| answer.records) {
                let Record::Name(name) = record else { panic!("an address") };
                assert_eq!(name, labels.join(".").to_ascii_lowercase());
                assert!(!name.is_empty() && name.len() < 254 && question(1, &name, TYPE::A).is_some());
            }
        }
    }
}
