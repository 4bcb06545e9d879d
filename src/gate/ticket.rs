//! The ticket in a page's form, and the opening's cookie.

use std::net::IpAddr;
use std::time::Duration;

use super::code::{Code, Digits, Family};
use super::keys::{BrowserSecret, KeyRing, LinkId, Purpose, Random, TargetId};
use super::link::Mode;
use super::verdict::Class;
use super::{OpenTarget, Opening};
use crate::time::Timestamp;
use crate::visit::ClientAddress;
use crate::visit::history::Digest;

/// The name of the form field that holds the sealed ticket.
pub const TICKET_FIELD: &str = "linklatch-ticket";

/// What a person still has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One press of the page's button.
    Press,
    /// A code to read and type, then the press.
    PressAndCode,
}

impl Step {
    /// What a score calls for: that of a visit, and at its press the doubts as well. The browser that asked for the mail
    /// is known already.
    #[must_use]
    pub const fn called_for(mode: Mode, score: i32, vouched: bool) -> Self {
        match (Class::of(score), mode) {
            _ if vouched => Self::Press,
            (Class::Unknown, Mode::Enforce | Mode::Adaptive | Mode::Observe) => Self::Press,
            (Class::Unknown, Mode::Strict) | (Class::Suspect | Class::Scanner, _) => Self::PressAndCode,
        }
    }

    /// The step of a page with or without a code.
    #[must_use]
    pub const fn with(code: Option<&Code>) -> Self {
        match code {
            None => Self::Press,
            Some(_) => Self::PressAndCode,
        }
    }

    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::PressAndCode => "press_and_code",
        }
    }

    /// The step that a log's word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Press, Self::PressAndCode]
            .into_iter()
            .find(|step| step.as_str() == word)
    }

    /// What proved it, in logs.
    #[must_use]
    pub const fn proof(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::PressAndCode => "code",
        }
    }
}

/// What binds a page to its link, its step and its visitor. Sealed, it is the form's hidden field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The only target that it confirms.
    pub target: TargetId,
    /// The code that the page asks for, if a press is not enough.
    pub code: Option<Code>,
    /// The score of the visit that it was made for, as far as it speaks for a machine.
    pub score: u8,
    /// When the page was made.
    pub issued: Timestamp,
    /// Tells this ticket from every other; it is spent once.
    pub nonce: Random,
    /// Yields the confirmation's answer to this browser alone.
    pub browser: BrowserSecret,
    /// The network it was given to.
    pub network: Network,
}

/// A coarse network: the first 24 bits of an IPv4 address, 48 of an IPv6 one. All clients that nobody tells apart have
/// the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network([u8; 7]);

impl Network {
    /// The network of a client.
    #[must_use]
    pub fn of(client: ClientAddress) -> Self {
        client.known().map_or(Self([0; 7]), Self::of_address)
    }

    /// The network of an address, whoever has it.
    #[must_use]
    pub fn of_address(address: IpAddr) -> Self {
        let mut bytes = [0; 7];
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                bytes[0] = 4;
                bytes[1..4].copy_from_slice(&v4.octets()[..3]);
            }
            IpAddr::V6(v6) => {
                bytes[0] = 6;
                bytes[1..].copy_from_slice(&v6.octets()[..6]);
            }
        }
        Self(bytes)
    }
}

/// Why a ticket confirms nothing. Each leads to a fresh page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketError {
    /// It was not sealed by us, or was altered.
    NotOurs,
    /// It is past its time.
    Expired,
    /// It belongs to another link.
    OtherTarget,
}

impl Ticket {
    /// The step that its page asks for.
    #[must_use]
    pub const fn step(&self) -> Step {
        Step::with(self.code.as_ref())
    }

    /// Seals the ticket; its own nonce serves.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut plain = Vec::with_capacity(PLAIN_LEN);
        plain.extend_from_slice(self.target.bytes());
        plain.push(self.score);
        plain.extend_from_slice(&self.issued.as_millis().to_be_bytes());
        plain.extend_from_slice(&self.nonce);
        plain.extend_from_slice(&self.browser.0);
        plain.extend_from_slice(&self.network.0);
        if let Some(code) = &self.code {
            plain.extend_from_slice(code.digits.bytes());
            plain.extend_from_slice(&code.family.0.to_be_bytes());
            plain.extend_from_slice(&code.before.to_be_bytes());
        }
        keys.seal(Purpose::Ticket, plain, &self.nonce)
    }

    /// Opens a ticket that is not older than `lifetime`. `targets` are the request's digests by every key of the ring.
    pub fn open(
        sealed: &str,
        keys: &KeyRing,
        mut targets: impl Iterator<Item = TargetId>,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Self, TicketError> {
        let plain = keys.open(Purpose::Ticket, sealed).ok_or(TicketError::NotOurs)?;
        let mut fields = plain.as_slice();
        let bound: [u8; 16] = take(&mut fields)?;
        let [score] = take(&mut fields)?;
        let issued = Timestamp::from_millis(i64::from_be_bytes(take(&mut fields)?));
        let nonce = take(&mut fields)?;
        let browser = BrowserSecret(take(&mut fields)?);
        let network = Network(take(&mut fields)?);
        let code = if fields.is_empty() {
            None
        } else {
            Some(Code {
                digits: Digits::from_bytes(take(&mut fields)?).ok_or(TicketError::NotOurs)?,
                family: Family(u64::from_be_bytes(take(&mut fields)?)),
                before: u32::from_be_bytes(take(&mut fields)?),
            })
        };
        if !fields.is_empty() {
            return Err(TicketError::NotOurs);
        }
        let Some(target) = targets.find(|target| *target.bytes() == bound) else {
            return Err(TicketError::OtherTarget);
        };
        // A replica's clock may run a little ahead of ours; a ticket from further ahead is as good as an old one.
        if now.since(issued) > lifetime || issued.since(now) > lifetime {
            return Err(TicketError::Expired);
        }
        Ok(Self {
            target,
            code,
            score,
            issued,
            nonce,
            browser,
            network,
        })
    }
}

/// Seals what a confirmation opened as a cookie's value, for replicas that can't see each other.
#[must_use]
pub fn seal_opening(keys: &KeyRing, opening: Opening, target: TargetId, random: &Random) -> String {
    let until = opening.until.as_millis().to_be_bytes();
    let mut plain = [&opening.link.bytes()[..], target.bytes(), &until].concat();
    plain.extend(opening.of.iter().flat_map(|of| of.to_be_bytes()));
    keys.seal(Purpose::Opening, plain, random)
}

/// What an opening's cookie opens.
#[must_use]
pub fn open_opening(keys: &KeyRing, sealed: &str) -> Option<(Opening, OpenTarget)> {
    let plain = keys.open(Purpose::Opening, sealed)?;
    let mut fields = plain.as_slice();
    let link = LinkId::from_bytes(take(&mut fields).ok()?);
    let target = TargetId::from_bytes(take(&mut fields).ok()?);
    let until = Timestamp::from_millis(i64::from_be_bytes(take(&mut fields).ok()?));
    let of = match fields {
        [] => None,
        _ => Some(Digest::from_be_bytes(take(&mut fields).ok()?)),
    };
    fields
        .is_empty()
        .then_some((Opening { link, of, until }, OpenTarget { target, until }))
}

fn take<const N: usize>(fields: &mut &[u8]) -> Result<[u8; N], TicketError> {
    let (head, rest) = fields.split_first_chunk::<N>().ok_or(TicketError::NotOurs)?;
    *fields = rest;
    Ok(*head)
}

/// With a code.
const PLAIN_LEN: usize = 16 + 1 + 8 + 16 + 16 + 7 + 8 + 8 + 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::secret::SecretKey;

    const LIFETIME: Duration = Duration::from_secs(900);

    fn keys() -> KeyRing {
        KeyRing::new(&[SecretKey::new([5; 32])]).unwrap()
    }

    fn ticket(keys: &KeyRing, target: &str) -> Ticket {
        Ticket {
            target: keys.target_id("auth.example", target),
            code: None,
            score: 20,
            issued: Timestamp::from_millis(1_000_000),
            nonce: [3; 16],
            browser: BrowserSecret([4; 16]),
            network: Network::of(ClientAddress::of([192, 0, 2, 7].into())),
        }
    }

    #[test]
    fn a_ticket_opens_for_its_own_target_within_its_time() {
        let keys = keys();
        let ticket = ticket(&keys, "/approve?token=abc");
        let sealed = ticket.seal(&keys);
        let at = |seconds: u64| ticket.issued.after(Duration::from_secs(seconds));
        assert_eq!(
            Ticket::open(&sealed, &keys, [ticket.target].into_iter(), at(900), LIFETIME),
            Ok(ticket)
        );
        assert_eq!(
            Ticket::open(&sealed, &keys, [ticket.target].into_iter(), at(901), LIFETIME),
            Err(TicketError::Expired)
        );
        let asking = Ticket {
            code: Some(Code::new(0, &[7; 16])),
            ..ticket
        };
        assert_eq!(
            Ticket::open(&asking.seal(&keys), &keys, [ticket.target].into_iter(), at(1), LIFETIME),
            Ok(asking)
        );
        let deny = keys.target_id("auth.example", "/deny?token=abc");
        assert_eq!(
            Ticket::open(&sealed, &keys, [deny].into_iter(), at(1), LIFETIME),
            Err(TicketError::OtherTarget)
        );
    }

    #[test]
    fn an_opening_is_no_ticket() {
        let keys = keys();
        let id = LinkId::from_bytes([8; 16]);
        let until = Timestamp::from_millis(99);
        let target = keys.target_id("h", "/");
        for of in [None, Some(7)] {
            let opening = Opening { link: id, of, until };
            let sealed = seal_opening(&keys, opening, target, &[1; 16]);
            let opened = (opening, OpenTarget { target, until });
            assert_eq!(open_opening(&keys, &sealed), Some(opened));
            assert_eq!(
                Ticket::open(&sealed, &keys, [target].into_iter(), until, LIFETIME),
                Err(TicketError::NotOurs)
            );
        }
    }

    #[test]
    fn networks_are_coarse_and_mapped_addresses_are_ipv4() {
        let network = |address: &str| Network::of(ClientAddress::of(address.parse().unwrap()));
        assert_eq!(network("192.0.2.7"), network("192.0.2.250"));
        assert_eq!(network("192.0.2.7"), network("::ffff:192.0.2.9"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_eq!(network("2001:db8:1::1"), network("2001:db8:1:ffff::2"));
        for one in ["192.0.2.7", "2001:db8:1::1", "::1"] {
            assert_ne!(network(one), Network::of(ClientAddress::UNKNOWN));
        }
    }

    proptest! {
        #[test]
        fn no_text_but_the_sealed_one_opens(text in "[A-Za-z0-9_-]{0,160}") {
            let keys = keys();
            let ticket = ticket(&keys, "/a?token=b");
            prop_assert_eq!(
                Ticket::open(&text, &keys, [ticket.target].into_iter(), ticket.issued, LIFETIME),
                Err(TicketError::NotOurs)
            );
        }
    }
}
