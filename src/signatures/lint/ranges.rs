//! Addresses as sorted, disjoint ranges, to be compared as sets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A set of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::signatures) struct Ranges(Vec<(Place, Place)>);

/// An address on one line: all of IPv4 before all of IPv6.
type Place = (bool, u128);

impl Ranges {
    /// The addresses of some networks.
    pub(in crate::signatures) fn of(networks: &[IpNet]) -> Self {
        let mut ranges: Vec<_> = networks
            .iter()
            .map(|network| (place(network.network()), place(network.broadcast())))
            .collect();
        ranges.sort_unstable();
        let mut joined: Vec<(Place, Place)> = Vec::new();
        for (first, last) in ranges {
            match joined.last_mut() {
                Some((_, end)) if first <= after(*end) => *end = last.max(*end),
                _ => joined.push((first, last)),
            }
        }
        Self(joined)
    }

    /// All addresses.
    pub(super) fn all() -> Self {
        Self(vec![
            ((false, 0), (false, u32::MAX.into())),
            ((true, 0), (true, u128::MAX)),
        ])
    }

    /// Whether none is in it.
    pub(in crate::signatures) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are not in `other`.
    pub(in crate::signatures) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().peekable();
        for (mut first, last) in self.0.iter().copied() {
            while others.peek().is_some_and(|(_, end)| *end < first) {
                others.next();
            }
            let mut ahead = others.clone();
            let mut whole = true;
            while let Some((start, end)) = ahead.next_if(|(start, _)| *start <= last) {
                if *start > first {
                    left.push((first, before(*start)));
                }
                whole = *end < last;
                first = after(*end).max(first);
            }
            if whole {
                left.push((first, last));
            }
        }
        Self(left)
    }

    /// Those that are in both.
    pub(super) fn within(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    /// How many networks they are, written as such.
    pub(in crate::signatures) fn networks(&self) -> Vec<IpNet> {
        let networks = |(first, last): &(Place, Place)| match (address(*first), address(*last)) {
            (IpAddr::V4(first), IpAddr::V4(last)) => ipnet::Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect(),
            (IpAddr::V6(first), IpAddr::V6(last)) => ipnet::Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect(),
            _ => Vec::new(),
        };
        self.0.iter().flat_map(networks).collect()
    }
}

fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(v4) => (false, u32::from(v4).into()),
        IpAddr::V6(v6) => (true, v6.into()),
    }
}

fn address((is_v6, bits): Place) -> IpAddr {
    match u32::try_from(bits) {
        Ok(bits) if !is_v6 => Ipv4Addr::from(bits).into(),
        _ => Ipv6Addr::from(bits).into(),
    }
}

/// The next place of the same family; the last one's next is itself, so that families never join.
fn after((is_v6, bits): Place) -> Place {
    let last = if is_v6 { u128::MAX } else { u32::MAX.into() };
    (is_v6, bits.saturating_add(1).min(last))
}

fn before((is_v6, bits): Place) -> Place {
    (is_v6, bits.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(networks: &[&str]) -> Ranges {
        let networks: Vec<IpNet> = networks.iter().map(|network| network.parse().unwrap()).collect();
        Ranges::of(&networks)
    }

    #[test]
    fn all_is_all() {
        assert_eq!(of(&["0.0.0.0/0", "::/0"]), Ranges::all());
        assert!(
            Ranges::all()
                .without(&of(&["0.0.0.0/1", "128.0.0.0/1", "::/0"]))
                .is_empty()
        );
        assert_eq!(Ranges::all().without(&of(&["0.0.0.0/0"])), of(&["::/0"]));
        assert_eq!(
            of(&["10.0.0.0/9", "10.128.0.0/9"]).networks(),
            ["10.0.0.0/8".parse().unwrap()]
        );
    }

    proptest! {
        #[test]
        fn sets_agree_with_looking_at_every_address(
            one in prop::collection::vec((0u8..64, 26u8..=32), 0..6),
            two in prop::collection::vec((0u8..64, 26u8..=32), 0..6),
        ) {
            let networks = |list: &[(u8, u8)]| -> Vec<IpNet> {
                let network = |(host, len): &(u8, u8)| ipnet::Ipv4Net::new([192, 0, 2, *host].into(), *len).unwrap().trunc().into();
                list.iter().map(network).collect()
            };
            let (one, two) = (networks(&one), networks(&two));
            let (without, within) = (
                Ranges::of(&one).without(&Ranges::of(&two)).networks(),
                Ranges::of(&one).within(&Ranges::of(&two)).networks(),
            );
            for host in 0..64 {
                let address = IpAddr::from([192, 0, 2, host]);
                let holds = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
                prop_assert_eq!(holds(&without), holds(&one) && !holds(&two));
                prop_assert_eq!(holds(&within), holds(&one) && holds(&two));
            }
        }
    }
}
