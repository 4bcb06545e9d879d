//! A nameserver of a test's own.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use simple_dns::rdata::{A, AAAA, CNAME, PTR, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord, TYPE};
use tokio::net::UdpSocket;
use tokio::sync::watch;

/// A record of its zone: a name, and an address, a name, or with `=` in front an alias.
pub(crate) type Line = (&'static str, &'static str);

/// It answers on UDP and remembers what it was asked.
pub(crate) struct Nameserver {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
}

impl Nameserver {
    /// One that knows these records, and no other name.
    pub(crate) async fn start(zone: &'static [Line]) -> Self {
        Self::answering(Some(zone), None).await
    }

    /// The same, silent where a name ends so: the nameserver of that zone hangs.
    pub(crate) async fn hanging_at(zone: &'static [Line], ends: Vec<String>) -> Self {
        Self::answering(Some(zone), Some(ends)).await
    }

    /// One that hears and never answers.
    pub(crate) async fn silent() -> Self {
        Self::answering(None, None).await
    }

    async fn answering(zone: Option<&'static [Line]>, hangs_at: Option<Vec<String>>) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let questions = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let question = Packet::parse(&buffer[..length]).unwrap();
                assert!(question.has_flags(PacketFlag::RECURSION_DESIRED));
                let name = question.questions[0].qname.to_string();
                let hangs = hangs_at.iter().flatten().any(|end| name.ends_with(end));
                if let Some(zone) = zone.filter(|_| !hangs) {
                    socket.send_to(&answer(&question, &name, zone), from).await.unwrap();
                }
                questions.lock().unwrap().push(name);
                counted.send_modify(|count| *count += 1);
            }
        });
        Self { address, asked, count }
    }

    /// The names it was asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until it has been asked so many questions.
    pub(crate) async fn was_asked(&self, times: usize) {
        let waited = self.count.clone().wait_for(|count| *count >= times).await.is_ok();
        assert!(waited, "the nameserver ended");
    }
}

fn answer(question: &Packet<'_>, name: &str, zone: &[Line]) -> Vec<u8> {
    let mut reply = Packet::new_reply(question.id());
    reply.questions.clone_from(&question.questions);
    let (mut wanted, kind) = (name.to_owned(), question.questions[0].qtype);
    for (owner, value) in zone {
        if *owner != wanted {
            continue;
        }
        let (data, next) = match (value.strip_prefix('='), value.parse::<IpAddr>()) {
            (Some(alias), _) => (RData::CNAME(CNAME(Name::new(alias).unwrap())), alias),
            (None, Ok(IpAddr::V4(address))) => (RData::A(A::from(address)), *owner),
            (None, Ok(IpAddr::V6(address))) => (RData::AAAA(AAAA::from(address)), *owner),
            (None, Err(_)) => (RData::PTR(PTR(Name::new(value).unwrap())), *owner),
        };
        let record = ResourceRecord::new(Name::new(owner).unwrap(), CLASS::IN, 60, data);
        if record.match_qtype(kind) || record.match_qtype(TYPE::CNAME.into()) {
            reply.answers.push(record);
            next.clone_into(&mut wanted);
        }
    }
    if zone.iter().all(|(owner, _)| *owner != name) {
        *reply.rcode_mut() = RCODE::NameError;
    }
    reply.build_bytes_vec_compressed().unwrap()
}

/// Where the names of an address stand.
pub(crate) fn reverse(address: &str) -> String {
    let IpAddr::V4(address) = address.parse().unwrap() else {
        panic!("an IPv4 address")
    };
    let [a, b, c, d] = address.octets();
    format!("{d}.{c}.{b}.{a}.in-addr.arpa")
}
