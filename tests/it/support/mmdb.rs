//! Writes databases in MaxMind's format: a tree over the bits of IPv4 addresses, and data at its leaves.

use std::net::Ipv4Addr;
use std::path::Path;

/// A value as the format encodes it.
pub(crate) struct Value(Vec<u8>);

/// Now, in seconds since the epoch: a database's age is counted in real time.
pub(crate) fn today() -> u64 {
    u64::try_from(linklatch::time::Clock::System.now().as_millis() / 1000).unwrap()
}

/// An entry as GeoLite2 and DB-IP have it.
pub(crate) fn geolite(system: u32) -> Value {
    map(&[
        ("autonomous_system_number", number(system)),
        ("autonomous_system_organization", text("Example")),
    ])
}

/// An entry as IPinfo has it.
pub(crate) fn ipinfo(system: u32) -> Value {
    map(&[("asn", text(&format!("AS{system}"))), ("name", text("Example"))])
}

/// An entry that has nothing to do with systems.
pub(crate) fn country() -> Value {
    map(&[("country", text("Example"))])
}

/// Writes networks and their entries; `built` is in seconds since the epoch.
pub(crate) fn write(file: &Path, built: u64, entries: &[(&str, Value)]) {
    let mut nodes: Vec<[Next; 2]> = vec![[Next::Nothing; 2]];
    let mut data: Vec<u8> = Vec::new();
    for (network, value) in entries {
        insert(&mut nodes, network, data.len());
        data.extend(&value.0);
    }
    let mut content = Vec::new();
    for next in nodes.iter().flatten() {
        let record = match next {
            Next::Nothing => nodes.len(),
            Next::Node(at) => *at,
            Next::Data(at) => nodes.len() + 16 + at,
        };
        content.extend(&u32::try_from(record).unwrap().to_be_bytes()[1..]);
    }
    content.extend([0; 16]);
    content.extend(data);
    content.extend(b"\xab\xcd\xefMaxMind.com");
    let small = |value: u16| Value([&[0xa2][..], &value.to_be_bytes()].concat());
    let long = Value([&[0x08, 0x02][..], &built.to_be_bytes()].concat());
    let metadata = [
        ("binary_format_major_version", small(2)),
        ("binary_format_minor_version", small(0)),
        ("build_epoch", long),
        ("database_type", text("Test")),
        ("description", map(&[("en", text("Test"))])),
        ("ip_version", small(4)),
        ("languages", Value(vec![0x00, 0x04])),
        ("node_count", number(u32::try_from(nodes.len()).unwrap())),
        ("record_size", small(24)),
    ];
    content.extend(map(&metadata).0);
    std::fs::write(file, content).unwrap();
}

#[derive(Clone, Copy)]
enum Next {
    Nothing,
    Node(usize),
    Data(usize),
}

fn insert(nodes: &mut Vec<[Next; 2]>, network: &str, data: usize) {
    let (address, length) = network.split_once('/').unwrap();
    let bits = u32::from(address.parse::<Ipv4Addr>().unwrap());
    let length: u32 = length.parse().unwrap();
    let mut node = 0;
    for depth in 0..length {
        let side = (bits >> (31 - depth) & 1) as usize;
        if depth + 1 == length {
            nodes[node][side] = Next::Data(data);
        } else if let Next::Node(next) = nodes[node][side] {
            node = next;
        } else {
            nodes.push([Next::Nothing; 2]);
            let next = nodes.len() - 1;
            nodes[node][side] = Next::Node(next);
            node = next;
        }
    }
}

fn text(text: &str) -> Value {
    let length = u8::try_from(text.len()).unwrap();
    let head = if length < 29 {
        vec![0x40 | length]
    } else {
        vec![0x40 | 29, length - 29]
    };
    Value([&head, text.as_bytes()].concat())
}

fn number(value: u32) -> Value {
    Value([&[0xc4][..], &value.to_be_bytes()].concat())
}

fn map(entries: &[(&str, Value)]) -> Value {
    let mut bytes = vec![0xe0 | u8::try_from(entries.len()).unwrap()];
    for (key, value) in entries {
        bytes.extend(text(key).0);
        bytes.extend(&value.0);
    }
    Value(bytes)
}
