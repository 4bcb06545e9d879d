//! ClientHellos: the fingerprint agrees with what rustls reads, however the message is cut into records.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linklatch::visit::Ja4;
use linklatch::visit::client_hello::ja4;
use rustls::CipherSuite;
use rustls::server::Acceptor;

fuzz_target!(|records: &[u8]| {
    let print = ja4(records);
    if let Some(print) = print {
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!(
            ja4(&[records, b"\x16\x03\x01\0\x05more"].concat()),
            Some(print),
            "what follows it matters"
        );
    }
    if let Some(message) = message(records) {
        for size in [1, 7, 0x4000] {
            assert_eq!(ja4(&in_records(&message, size)), print, "in records of {size}");
        }
    }
    agrees_with_rustls(records, print);
});

/// The bytes of the records' message, if they are that and nothing else.
fn message(mut records: &[u8]) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    while let Some((&[22, 3, _, high, low], rest)) = records.split_first_chunk() {
        let (body, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
        message.extend(body);
        records = rest;
    }
    (records.is_empty() && !message.is_empty()).then_some(message)
}

fn in_records(message: &[u8], size: usize) -> Vec<u8> {
    let record = |part: &[u8]| [&[22, 3, 1][..], &(part.len() as u16).to_be_bytes(), part].concat();
    message.chunks(size).flat_map(record).collect()
}

fn agrees_with_rustls(records: &[u8], print: Option<Ja4>) {
    let mut acceptor = Acceptor::default();
    let mut rest = records;
    while !rest.is_empty() {
        match acceptor.read_tls(&mut rest) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let Ok(Some(accepted)) = acceptor.accept() else { return };
    let hello = accepted.client_hello();
    let print = print.expect("rustls reads it").to_string();
    let is_real = |suite: &&CipherSuite| {
        let [high, low] = u16::from(**suite).to_be_bytes();
        !(high == low && low & 15 == 10)
    };
    let suites = hello.cipher_suites().iter().filter(is_real).count().min(99);
    assert_eq!(print[4..6], format!("{suites:02}"));
    assert!(hello.server_name().is_none() || print.as_bytes()[3] == b'd');
    let first = hello.alpn().and_then(|mut names| names.next());
    if let Some([first, .., last]) = first.filter(|name| name.is_ascii() && name.iter().all(u8::is_ascii_alphanumeric))
    {
        assert_eq!(print.as_bytes()[8..10], [*first, *last]);
    }
}
