//! The published examples, and what nobody publishes.

use proptest::prelude::*;

use super::*;

const CIPHERS: &str = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035";
const EXTENSIONS: &str = "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015";
const ALGORITHMS: &str = "0403,0804,0401,0503,0805,0501,0806,0601";

struct Sent {
    ciphers: Vec<u16>,
    extensions: Vec<(u16, Vec<u8>)>,
}

fn hex(list: &str) -> Vec<u16> {
    let numbers = list.split(',').filter(|number| !number.is_empty());
    numbers.map(|number| u16::from_str_radix(number, 16).unwrap()).collect()
}

fn bytes(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn short(body: &[u8]) -> Vec<u8> {
    [&[u8::try_from(body.len()).unwrap()], body].concat()
}

fn long(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

/// The published example's client.
fn example() -> Sent {
    let body = |kind| match kind {
        ALPN => long(&[short(b"h2"), short(b"http/1.1")].concat()),
        SIGNATURE_ALGORITHMS => long(&bytes(&hex(ALGORITHMS))),
        SUPPORTED_VERSIONS => short(&bytes(&[0x7a7a, 0x0304, 0x0303])),
        _ => vec![0; 3],
    };
    Sent {
        ciphers: hex(CIPHERS),
        extensions: hex(EXTENSIONS).into_iter().map(|kind| (kind, body(kind))).collect(),
    }
}

impl Sent {
    fn set(mut self, kind: u16, body: Vec<u8>) -> Self {
        self.extensions.iter_mut().find(|(known, _)| *known == kind).unwrap().1 = body;
        self
    }

    fn without(mut self, kind: u16) -> Self {
        self.extensions.retain(|(known, _)| *known != kind);
        self
    }

    fn message(&self) -> Vec<u8> {
        let mut body = [
            &[3, 3][..],
            &[7; 32],
            &short(&[9; 32]),
            &long(&bytes(&self.ciphers)),
            &[1, 0],
        ]
        .concat();
        if !self.extensions.is_empty() {
            let extensions = self
                .extensions
                .iter()
                .flat_map(|(kind, body)| [bytes(&[*kind]), long(body)].concat());
            body.extend(long(&extensions.collect::<Vec<_>>()));
        }
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], &body].concat()
    }

    /// In records of `size` bytes.
    fn records(&self, size: usize) -> Vec<u8> {
        let mut message = self.message();
        message[0] = CLIENT_HELLO;
        let records = message
            .chunks(size)
            .flat_map(|piece| [&[HANDSHAKE, 3, 1][..], &long(piece)].concat());
        records.collect()
    }

    fn ja4(&self) -> String {
        ja4(&self.records(1 << 14)).unwrap().to_string()
    }
}

#[test]
fn the_published_example() {
    assert_eq!(example().ja4(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

#[test]
fn order_and_grease_do_not_count() {
    let mut sent = example();
    sent.ciphers.insert(0, 0xeaea);
    sent.ciphers.reverse();
    sent.extensions.push((0x0a0a, Vec::new()));
    sent.extensions.reverse();
    sent.extensions.push((0xfafa, vec![0]));
    assert_eq!(sent.ja4(), example().ja4());
    let algorithms = bytes(&[&[0x2a2a], &*hex(ALGORITHMS)].concat());
    assert_eq!(sent.set(SIGNATURE_ALGORITHMS, long(&algorithms)).ja4(), example().ja4());
}

#[test]
fn what_is_absent_has_its_own_sign() {
    let named = example().without(SERVER_NAME).ja4();
    assert_eq!(named, "t13i1515h2_8daaf6152771_e5627efa2ab1");
    assert_eq!(example().without(ALPN).ja4(), "t13d151500_8daaf6152771_e5627efa2ab1");
    // The published hash of a list without algorithms.
    let none = example().set(SIGNATURE_ALGORITHMS, long(&[]));
    assert_eq!(none.ja4(), "t13d1516h2_8daaf6152771_6d807ffa2a79");
    let bare = Sent {
        ciphers: Vec::new(),
        extensions: Vec::new(),
    };
    assert_eq!(bare.ja4(), "t12i000000_000000000000_000000000000");
    let names = example();
    let names = Sent {
        extensions: names
            .extensions
            .into_iter()
            .filter(|(kind, _)| [SERVER_NAME, ALPN].contains(kind))
            .collect(),
        ..names
    };
    assert_eq!(names.ja4(), "t12d1502h2_8daaf6152771_000000000000");
}

#[test]
fn versions_are_named_by_the_highest() {
    for (versions, name) in [
        (&[0x0303, 0x0304][..], "t13"),
        (&[0x0303, 0xfafa], "t12"),
        (&[0x0302, 0x0301], "t11"),
        (&[0x0301], "t10"),
        (&[0x0300], "ts3"),
        (&[0x0002], "ts2"),
        (&[0x7f1c, 0x0303], "t00"),
        // The message's own.
        (&[0x1a1a], "t12"),
        (&[], "t12"),
    ] {
        let sent = example().set(SUPPORTED_VERSIONS, short(&bytes(versions)));
        assert_eq!(sent.ja4()[..3], *name, "{versions:x?}");
    }
}

#[test]
fn the_published_alpn_names() {
    for (alpn, name) in [
        (&b"h2"[..], "h2"),
        (b"http/1.1", "h1"),
        (b"h", "hh"),
        (b"", "00"),
        (&[0xab], "ab"),
        (&[0xab, 0xcd], "ad"),
        (&[0x30, 0xab], "3b"),
        (&[0x30, 0x31, 0xab, 0xcd], "3d"),
        (&[0x30, 0xab, 0xcd, 0x31], "01"),
    ] {
        assert_eq!(alpn_name(alpn), name, "{alpn:x?}");
        let sent = example().set(ALPN, long(&[short(alpn), short(b"other")].concat()));
        assert_eq!(sent.ja4()[8..10], *name);
    }
    assert_eq!(example().set(ALPN, long(&[])).ja4()[8..10], *"00");
}

#[test]
fn more_than_99_are_99() {
    let mut sent = example();
    sent.ciphers = (0x1000..0x1100).collect();
    sent.extensions.extend((0x1000..0x1100).map(|kind| (kind, Vec::new())));
    assert_eq!(sent.ja4()[..10], *"t13d9999h2");
}

#[test]
fn what_is_no_whole_client_hello_has_no_fingerprint() {
    let records = example().records(1 << 14);
    for length in 0..records.len() {
        assert_eq!(ja4(&records[..length]), None, "{length}");
    }
    for (at, byte) in [(0, 23), (1, 2), (5, 2)] {
        let mut other = records.clone();
        other[at] = byte;
        assert_eq!(ja4(&other), None, "{at}");
    }
    assert_eq!(ja4(b"GET / HTTP/1.1\r\n\r\n"), None);
}

proptest! {
    #[test]
    fn records_of_any_size_and_what_follows_change_nothing(size in 1..600_usize, after in prop::collection::vec(any::<u8>(), 0..40)) {
        let records = [example().records(size), after].concat();
        prop_assert_eq!(ja4(&records).unwrap().to_string(), example().ja4());
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..300), framed in any::<bool>()) {
        let framed = if framed { [&[HANDSHAKE, 3, 1][..], &long(&bytes)].concat() } else { bytes };
        let _ = ja4(&framed);
    }

    /// Damage that leaves most of it whole.
    #[test]
    fn no_damage_makes_it_stumble(at in any::<prop::sample::Index>(), byte in any::<u8>(), size in 1..600_usize) {
        let mut records = example().records(size);
        let at = at.index(records.len());
        records[at] = byte;
        let _ = ja4(&records);
    }
}
