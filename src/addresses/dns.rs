//! Asks nameservers for the name of an address, and whether the name has that address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use simple_dns::TYPE;
use tokio::net::UdpSocket;

use super::message::{self, Answer, Record};

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody answered.
    Silence,
    /// The answer says nothing: a failure of the nameserver's, or not all of it.
    NoAnswer,
}

/// The name of an address that has this address; `None` where none has. Whoever owns an address may name it as they
/// like; only the owner of a name says which addresses it has.
pub(super) async fn confirmed_name(address: IpAddr, servers: &[SocketAddr]) -> Result<Option<String>, Failure> {
    let kind = if address.is_ipv4() { TYPE::A } else { TYPE::AAAA };
    let named = ask(&reverse(address), TYPE::PTR, servers).await?;
    let mut outcome = if named.whole { Ok(None) } else { Err(Failure::NoAnswer) };
    let names = named.records.into_iter().filter_map(|record| match record {
        Record::Name(name) => Some(name),
        Record::Address(_) => None,
    });
    for name in names.take(NAMES) {
        match ask(&name, kind, servers).await {
            Ok(answer) if answer.records.contains(&Record::Address(address)) => return Ok(Some(name)),
            Ok(answer) if answer.whole => {}
            Ok(_) => outcome = Err(Failure::NoAnswer),
            Err(failure) => outcome = Err(failure),
        }
    }
    outcome
}

/// The name under which an address's names stand (RFC 1035 section 3.5, RFC 3596 section 2.5).
fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let bytes = address.octets().into_iter().rev();
            let halves = bytes.map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4));
            halves.collect::<String>() + "ip6.arpa"
        }
    }
}

/// Asks one after the other until one answers, twice at most.
async fn ask(name: &str, kind: TYPE, servers: &[SocketAddr]) -> Result<Answer, Failure> {
    let mut failure = Failure::Silence;
    for server in servers.iter().cycle().take(TRIES) {
        match tokio::time::timeout(TURN, ask_one(name, kind, *server)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(Failure::NoAnswer)) => failure = Failure::NoAnswer,
            Ok(Err(Failure::Silence)) | Err(_) => {}
        }
    }
    Err(failure)
}

/// A socket of its own for each question: with its number also its port must be guessed to forge an answer.
async fn ask_one(name: &str, kind: TYPE, server: SocketAddr) -> Result<Answer, Failure> {
    let mut id = [0; 2];
    aws_lc_rs::rand::fill(&mut id).map_err(|_| Failure::NoAnswer)?;
    let question = message::question(u16::from_ne_bytes(id), name, kind).ok_or(Failure::NoAnswer)?;
    let bytes = question.build_bytes_vec().map_err(|_| Failure::NoAnswer)?;
    let any: IpAddr = if server.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let silence = |_| Failure::Silence;
    let socket = UdpSocket::bind((any, 0)).await.map_err(silence)?;
    socket.connect(server).await.map_err(silence)?;
    socket.send(&bytes).await.map_err(silence)?;
    let mut buffer = [0; message::LARGEST as usize];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(silence)?;
        if let Some(answer) = message::answer(&buffer[..length], &question) {
            return answer.ok_or(Failure::NoAnswer);
        }
    }
}

/// For one nameserver to answer one question.
const TURN: Duration = Duration::from_millis(900);
/// How often a question is asked.
const TRIES: usize = 2;
/// How many names of an address are looked at.
const NAMES: usize = 4;

#[cfg(test)]
mod tests {
    use super::reverse;

    #[test]
    fn an_address_has_a_place_in_the_tree_of_names() {
        assert_eq!(reverse([192, 0, 2, 7].into()), "7.2.0.192.in-addr.arpa");
        let v6 = reverse("2001:db8::567:89ab".parse().unwrap());
        let expected = "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        assert_eq!(v6, expected);
    }
}
