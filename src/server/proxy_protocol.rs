//! The PROXY protocol, versions 1 and 2: who the client is, told by the balancer before the first byte of its own.
//!
//! Only what the header itself takes is read, and a header is never guessed at: a listener has it or has it not.

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Bytes that every header has; the shortest of version 1 has 15.
const START: usize = 12;
/// What a version 2 header starts with.
const SIGNATURE: &[u8; START] = b"\r\n\r\n\0\r\nQUIT\n";
/// Bytes of a version 1 header, line end included.
const MAX_LINE: usize = 107;
/// Bytes that a version 2 header may announce.
const MAX_BLOCK: usize = 4 * 1024;

/// Why a connection has no usable header.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderError {
    /// The connection broke.
    #[error("the connection ended within its PROXY header")]
    Broken(#[from] io::Error),
    /// It is something else.
    #[error("the connection does not start with a valid PROXY header")]
    Invalid,
}

/// Reads the header; says the client's end, or nothing where the connection is the proxy's own.
pub(crate) async fn read(io: &mut (impl AsyncRead + Unpin)) -> Result<Option<SocketAddr>, HeaderError> {
    let mut header = vec![0; START];
    io.read_exact(&mut header).await?;
    if header.starts_with(SIGNATURE) {
        read_block(io, &mut header).await?;
    } else if header.starts_with(b"PROXY ") {
        read_line(io, &mut header).await?;
    } else {
        return Err(HeaderError::Invalid);
    }
    let config = ParseConfig {
        include_tlvs: false,
        allow_v1: true,
        allow_v2: true,
    };
    let (parsed, length) = ProxyHeader::parse(&header, config).map_err(|_| HeaderError::Invalid)?;
    if length != header.len() {
        return Err(HeaderError::Invalid);
    }
    Ok(parsed.proxied_address().map(|proxied| canonical(proxied.source)))
}

/// A socket's address, an IPv4-mapped one as IPv4.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

async fn read_block(io: &mut (impl AsyncRead + Unpin), header: &mut Vec<u8>) -> Result<(), HeaderError> {
    let mut fixed = [0; 4];
    io.read_exact(&mut fixed).await?;
    let [command, transport, high, low] = fixed;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let local = command == 0x20;
    // Unspecified, or a stream over IPv4, IPv6 or a Unix socket; a local connection's family says nothing.
    let stream = matches!(transport, 0x00 | 0x11 | 0x21 | 0x31);
    if length > MAX_BLOCK || !(stream || local) {
        return Err(HeaderError::Invalid);
    }
    header.extend(fixed);
    let start = header.len();
    header.resize(start + length, 0);
    io.read_exact(&mut header[start..]).await?;
    Ok(())
}

async fn read_line(io: &mut (impl AsyncRead + Unpin), header: &mut Vec<u8>) -> Result<(), HeaderError> {
    // Byte by byte: what follows the line is not ours to take.
    while !header.ends_with(b"\n") {
        if header.len() == MAX_LINE {
            return Err(HeaderError::Invalid);
        }
        header.push(io.read_u8().await?);
    }
    let line = header.strip_suffix(b"\r\n").ok_or(HeaderError::Invalid)?;
    let fields: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
    match fields.as_slice() {
        [_, b"UNKNOWN", ..] => Ok(()),
        [_, b"TCP4" | b"TCP6", _, _, from, to] if is_port(from) && is_port(to) => Ok(()),
        _ => Err(HeaderError::Invalid),
    }
}

fn is_port(text: &[u8]) -> bool {
    text == b"0" || (!text.is_empty() && text[0] != b'0' && text.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    const AFTER: &[u8] = b"GET / HTTP/1.1\r\n";

    /// Sends the header in pieces of `size`, then a request; says what was read and what was left.
    async fn split(header: &[u8], size: usize) -> (Result<Option<SocketAddr>, HeaderError>, Vec<u8>) {
        let (mut near, mut far) = tokio::io::duplex(1);
        let whole = [header, AFTER].concat();
        let send = async move {
            for piece in whole.chunks(size) {
                // The reader may have turned away.
                if far.write_all(piece).await.is_err() {
                    return;
                }
            }
        };
        let receive = async move {
            let result = read(&mut near).await;
            let mut rest = Vec::new();
            if result.is_ok() {
                near.read_to_end(&mut rest).await.unwrap();
            }
            (result, rest)
        };
        let ((), received) = tokio::join!(send, receive);
        received
    }

    fn v2(command: u8, transport: u8, block: &[u8]) -> Vec<u8> {
        let length = u16::try_from(block.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, transport], &length, block].concat()
    }

    const V4: [u8; 12] = [192, 0, 2, 1, 10, 0, 0, 1, 0x12, 0x67, 0x01, 0xbb];

    #[tokio::test]
    async fn a_header_is_read_to_its_last_byte_and_no_further() {
        let mut v6 = [0; 36];
        v6[..2].copy_from_slice(&[0x20, 0x01]);
        v6[15] = 1;
        v6[32..34].copy_from_slice(&[0x12, 0x67]);
        let mut mapped = [0; 36];
        mapped[10..16].copy_from_slice(&[0xff, 0xff, 192, 0, 2, 1]);
        let with_tlv = [&V4[..], &[0x04, 0, 3, 1, 2, 3]].concat();
        let longest = format!("PROXY UNKNOWN {}\r\n", "f".repeat(MAX_LINE - 16));
        let cases: &[(&[u8], Option<&str>)] = &[
            (b"PROXY TCP4 192.0.2.1 10.0.0.1 4711 443\r\n", Some("192.0.2.1:4711")),
            (b"PROXY TCP6 2001::1 2001:db8::2 4711 443\r\n", Some("[2001::1]:4711")),
            (b"PROXY TCP6 ::ffff:192.0.2.1 ::1 0 65535\r\n", Some("192.0.2.1:0")),
            (b"PROXY UNKNOWN\r\n", None),
            (b"PROXY UNKNOWN 1.2.3.4 whatever\r\n", None),
            (longest.as_bytes(), None),
            (&v2(0x21, 0x11, &V4), Some("192.0.2.1:4711")),
            (&v2(0x21, 0x11, &with_tlv), Some("192.0.2.1:4711")),
            (&v2(0x21, 0x21, &v6), Some("[2001::1]:4711")),
            (&v2(0x21, 0x21, &mapped), Some("192.0.2.1:0")),
            (&v2(0x21, 0x31, &[0; 216]), None),
            (&v2(0x21, 0x00, &[]), None),
            (&v2(0x20, 0x00, &[]), None),
            (&v2(0x20, 0x11, &V4), None),
            (&v2(0x21, 0x00, &[0; MAX_BLOCK]), None),
        ];
        for (header, expected) in cases {
            for size in [1, 7, 5000] {
                let (result, rest) = split(header, size).await;
                let expected = expected.map(|address| address.parse().unwrap());
                assert_eq!(result.unwrap(), expected, "{}", header.escape_ascii());
                assert_eq!(rest, AFTER, "{}", header.escape_ascii());
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let too_long = format!("PROXY UNKNOWN {}\r\n", "f".repeat(MAX_LINE - 15));
        let cases: &[&[u8]] = &[
            b"",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4711 443\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 04711 443\r\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4711 +443\r\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4711 65536\r\n",
            b"PROXY TCP4 192.0.2.01 10.0.0.1 4711 443\r\n",
            b"PROXY TCP4 ::1 ::1 4711 443\r\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4711\r\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4711 443 \r\n",
            b"PROXY TCP4  192.0.2.1 10.0.0.1 4711 443\r\n",
            b"PROXY UDP4 192.0.2.1 10.0.0.1 4711 443\r\n",
            b"PROXY UNKNOWNX\r\n",
            b"proxy TCP4 192.0.2.1 10.0.0.1 4711 443\r\n",
            too_long.as_bytes(),
            &v2(0x21, 0x12, &V4),
            &v2(0x21, 0x11, &V4[..11]),
            &v2(0x22, 0x11, &V4),
            &v2(0x11, 0x11, &V4),
            &v2(0x21, 0x41, &V4),
            &v2(0x21, 0x00, &[0; MAX_BLOCK + 1]),
        ];
        for header in cases {
            assert!(split(header, 9).await.0.is_err(), "{}", header.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200), version in 0..3_usize) {
            let start: &[u8] = [&b""[..], b"PROXY ", &SIGNATURE[..]][version];
            let input = [start, &bytes].concat();
            let mut reader = input.as_slice();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _ = runtime.block_on(read(&mut reader));
        }
    }
}
