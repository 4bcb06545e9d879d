//! Addresses to the address lists that hold them.
//!
//! All networks of all lists become disjoint ranges, each with the set of lists that cover it: a look-up is one
//! binary search, however many networks there are.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

/// The compiled lists.
#[derive(Debug, Default)]
pub(super) struct Networks {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
    /// Which lists cover a range; the first is "none".
    sets: Vec<Box<[u32]>>,
}

/// Where each range starts, and its set. A range ends where the next one starts.
#[derive(Debug)]
struct Ranges<T> {
    starts: Vec<T>,
    sets: Vec<u32>,
}

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Self {
            starts: Vec::new(),
            sets: Vec::new(),
        }
    }
}

impl Networks {
    /// Compiles lists; their places are their numbers.
    pub(super) fn new<'l>(lists: impl IntoIterator<Item = &'l [IpNet]>) -> Self {
        let mut v4: Vec<(u128, bool, u32)> = Vec::new();
        let mut v6 = Vec::new();
        for (number, list) in (0u32..).zip(lists) {
            for network in list {
                let (edges, first, last): (&mut Vec<_>, u128, u128) = match network {
                    IpNet::V4(net) => (
                        &mut v4,
                        u32::from(net.network()).into(),
                        u32::from(net.broadcast()).into(),
                    ),
                    IpNet::V6(net) => (&mut v6, net.network().into(), net.broadcast().into()),
                };
                edges.push((first, true, number));
                if let Some(after) = last.checked_add(1) {
                    edges.push((after, false, number));
                }
            }
        }
        let mut known = HashMap::from([(Box::from([]), 0)]);
        let mut sets = vec![Box::from([])];
        let v4 = sweep(v4, &mut sets, &mut known, |start| u32::try_from(start).ok());
        let v6 = sweep(v6, &mut sets, &mut known, Some);
        Self { v4, v6, sets }
    }

    /// The numbers of the lists that hold `address`, ascending.
    pub(super) fn holding(&self, address: IpAddr) -> &[u32] {
        let set = match address.to_canonical() {
            IpAddr::V4(v4) => self.v4.set(&u32::from(v4)),
            IpAddr::V6(v6) => self.v6.set(&u128::from(v6)),
        };
        self.sets.get(set).map_or(&[], |lists| lists)
    }

    /// The addresses of one list, as networks.
    pub(super) fn list(&self, number: u32) -> Vec<IpNet> {
        let holds = |set: u32| self.sets.get(set as usize).is_some_and(|lists| lists.contains(&number));
        let v4 = self.v4.spans(u32::MAX, |next| next - 1).filter(|(.., set)| holds(*set));
        let v6 = self
            .v6
            .spans(u128::MAX, |next| next - 1)
            .filter(|(.., set)| holds(*set));
        let v4 = v4.flat_map(|(first, last, _)| Ipv4Subnets::new(first.into(), last.into(), 0).map(IpNet::V4));
        let v6 = v6.flat_map(|(first, last, _)| Ipv6Subnets::new(first.into(), last.into(), 0).map(IpNet::V6));
        // A range ends wherever another list begins.
        IpNet::aggregate(&v4.chain(v6).collect())
    }

    /// Bytes of memory that the ranges take.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.v4.starts.len() * 8
            + self.v6.starts.len() * 20
            + self.sets.iter().map(|set| 16 + set.len() * 4).sum::<usize>()
    }
}

impl<T: Copy> Ranges<T> {
    /// First and last address of each range, and its set.
    fn spans(&self, end: T, before: fn(T) -> T) -> impl Iterator<Item = (T, T, u32)> {
        let nexts = self.starts.iter().skip(1).map(move |next| before(*next));
        let lasts = nexts.chain(std::iter::once(end));
        let starts = self.starts.iter().copied();
        starts
            .zip(lasts)
            .zip(&self.sets)
            .map(|((first, last), set)| (first, last, *set))
    }
}

impl<T: Ord> Ranges<T> {
    fn set(&self, address: &T) -> usize {
        let after = self.starts.partition_point(|start| start <= address);
        after.checked_sub(1).map_or(0, |at| self.sets[at] as usize)
    }
}

/// Walks the edges in order and notes each change of what covers the line.
fn sweep<T>(
    mut edges: Vec<(u128, bool, u32)>,
    sets: &mut Vec<Box<[u32]>>,
    known: &mut HashMap<Box<[u32]>, u32>,
    narrow: impl Fn(u128) -> Option<T>,
) -> Ranges<T> {
    edges.sort_unstable();
    let mut ranges = Ranges::default();
    let mut covering: Vec<(u32, u32)> = Vec::new();
    let mut edges = edges.into_iter().peekable();
    while let Some((at, opens, list)) = edges.next() {
        let place = covering.binary_search_by_key(&list, |(list, _)| *list);
        match (place, opens) {
            (Ok(place), true) => covering[place].1 += 1,
            (Err(place), true) => covering.insert(place, (list, 1)),
            (Ok(place), false) if covering[place].1 > 1 => covering[place].1 -= 1,
            (Ok(place), false) => drop(covering.remove(place)),
            (Err(_), false) => {}
        }
        if edges.peek().is_some_and(|(next, ..)| *next == at) {
            continue;
        }
        let lists: Box<[u32]> = covering.iter().map(|(list, _)| *list).collect();
        let next = u32::try_from(sets.len()).unwrap_or(0);
        let set = *known.entry(lists).or_insert_with_key(|lists| {
            sets.push(lists.clone());
            next
        });
        // An edge past the last address of its family closes nothing.
        let Some(start) = narrow(at) else { continue };
        if ranges.sets.last() != Some(&set) {
            ranges.starts.push(start);
            ranges.sets.push(set);
        }
    }
    ranges.starts.shrink_to_fit();
    ranges.sets.shrink_to_fit();
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_address_and_mapped_ones_are_found() {
        let lists = [
            vec!["255.255.255.0/24".parse().unwrap(), "::/0".parse().unwrap()],
            vec!["192.0.2.0/25".parse().unwrap(), "192.0.2.0/24".parse().unwrap()],
        ];
        let networks = Networks::new(lists.iter().map(Vec::as_slice));
        let holding = |address: &str| networks.holding(address.parse().unwrap()).to_vec();
        assert_eq!(holding("255.255.255.255"), [0]);
        assert_eq!(holding("255.255.254.255"), [0u32; 0]);
        assert_eq!(holding("192.0.2.200"), [1]);
        assert_eq!(holding("::ffff:192.0.2.1"), [1]);
        assert_eq!(holding("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), [0]);
    }

    #[test]
    fn a_million_networks_take_little_memory() {
        let list: Vec<IpNet> = (0..1_000_000u32)
            .map(|at| ipnet::Ipv4Net::new((at * 4096).into(), 24).unwrap().into())
            .collect();
        let networks = Networks::new([list.as_slice()]);
        assert!(networks.bytes() <= 64 * list.len(), "{} bytes", networks.bytes());
        assert_eq!(networks.holding("0.0.16.1".parse().unwrap()), [0]);
        assert_eq!(networks.holding("0.0.17.1".parse().unwrap()), [0u32; 0]);
    }

    fn network() -> impl Strategy<Value = IpNet> {
        prop_oneof![
            (any::<u32>(), 0u8..=32).prop_map(|(bits, len)| {
                // Crowded together, so that they overlap.
                ipnet::Ipv4Net::new((bits & 0x0f0f_000f).into(), len)
                    .unwrap()
                    .trunc()
                    .into()
            }),
            (any::<u128>(), 0u8..=128).prop_map(|(bits, len)| {
                ipnet::Ipv6Net::new((bits & 0xf00f_0000_0000_0000_0000_0000_0000_000f).into(), len)
                    .unwrap()
                    .trunc()
                    .into()
            }),
        ]
    }

    proptest! {
        #[test]
        fn it_agrees_with_looking_at_every_network(
            lists in prop::collection::vec(prop::collection::vec(network(), 0..12), 0..5),
            v4 in any::<u32>(),
            v6 in any::<u128>(),
        ) {
            let networks = Networks::new(lists.iter().map(Vec::as_slice));
            for (number, list) in (0u32..).zip(&lists) {
                prop_assert_eq!(networks.list(number), IpNet::aggregate(list));
            }
            let v6 = std::net::Ipv6Addr::from(v6 & 0xf00f_0000_0000_0000_0000_0000_0000_000f);
            let edges = lists.iter().flatten().flat_map(|net| [net.network(), net.broadcast()]);
            for address in edges.chain([IpAddr::V4((v4 & 0x0f0f_000f).into()), IpAddr::V6(v6)]) {
                let address = address.to_canonical();
                let plain: Vec<u32> = (0u32..)
                    .zip(&lists)
                    .filter(|(_, list)| list.iter().any(|net| net.contains(&address)))
                    .map(|(number, _)| number)
                    .collect();
                prop_assert_eq!(networks.holding(address), plain.as_slice());
            }
        }
    }
}
