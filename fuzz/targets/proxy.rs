//! PROXY headers: read byte by byte or at once they say the same, leave what follows, and mean what they are written from.

#![no_main]

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use libfuzzer_sys::fuzz_target;
use linklatch::fuzzing::proxy_header;
use tokio::io::{AsyncRead, ReadBuf};

/// More than any header takes.
const LONGEST: usize = 16 + 4096;

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    let read = now(proxy_header(&mut rest));
    let mut slow = Dribble(bytes);
    assert_eq!(now(proxy_header(&mut slow)), read);
    assert_eq!(slow.0, rest);
    let length = bytes.len() - rest.len();
    assert!(length <= LONGEST);
    if let Some(expected) = version_1(bytes) {
        assert_eq!(read, Some(expected));
    }
    let Some(client) = read else { return };
    assert_eq!(
        now(proxy_header(&mut &bytes[..length])),
        read,
        "what follows it matters"
    );
    assert_eq!(
        now(proxy_header(&mut &bytes[..length - 1])),
        None,
        "it is read before it ends"
    );
    if let Some(client) = client {
        for written in [line(client), block(client)] {
            assert_eq!(now(proxy_header(&mut written.as_slice())), Some(Some(client)));
        }
    }
});

/// A future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for more than there is"),
    }
}

/// A byte at a time.
struct Dribble<'b>(&'b [u8]);

impl AsyncRead for Dribble<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Some((first, rest)) = self.0.split_first() {
            buffer.put_slice(&[*first]);
            self.0 = rest;
        }
        Poll::Ready(Ok(()))
    }
}

/// A version 1 header to the letter of haproxy's proxy-protocol.txt, section 2.1; `None` for all else.
fn version_1(bytes: &[u8]) -> Option<Option<SocketAddr>> {
    let end = bytes.windows(2).take(106).position(|pair| pair == b"\r\n")?;
    let line = std::str::from_utf8(&bytes[..end]).ok()?;
    let ["PROXY", family, from, to, from_port, to_port] = line.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let socket = |address: &str, port: &str| -> Option<SocketAddr> {
        let number: u16 = port.parse().ok().filter(|number: &u16| number.to_string() == port)?;
        Some(SocketAddr::new(address.parse().ok()?, number))
    };
    let (from, to) = (socket(from, from_port)?, socket(to, to_port)?);
    let fits = match family {
        "TCP4" => from.is_ipv4() && to.is_ipv4(),
        "TCP6" => from.is_ipv6() && to.is_ipv6(),
        _ => false,
    };
    fits.then(|| Some(SocketAddr::new(from.ip().to_canonical(), from.port())))
}

fn line(client: SocketAddr) -> Vec<u8> {
    let (ip, port) = (client.ip(), client.port());
    let family = if ip.is_ipv4() { 4 } else { 6 };
    format!("PROXY TCP{family} {ip} {ip} {port} 443\r\n").into_bytes()
}

fn block(client: SocketAddr) -> Vec<u8> {
    let (family, address) = match client {
        SocketAddr::V4(v4) => (0x11, v4.ip().octets().to_vec()),
        SocketAddr::V6(v6) => (0x21, v6.ip().octets().to_vec()),
    };
    let mut body = [address.as_slice(), &address].concat();
    body.extend(client.port().to_be_bytes());
    body.extend(443u16.to_be_bytes());
    let mut written = b"\r\n\r\n\0\r\nQUIT\n\x21".to_vec();
    written.push(family);
    written.extend((body.len() as u16).to_be_bytes());
    written.extend(body);
    written
}
