//! Places for requests under way: so many in all, and so many for one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Limits;
use crate::visit::ClientAddress;

/// The places that are taken. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_share: HashMap<IpAddr, usize>,
}

/// One place, given back on drop.
#[derive(Debug)]
pub struct Place {
    places: Places,
    share: Option<IpAddr>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// All are taken.
    All,
    /// The address has as many as one may have.
    Address,
}

impl Places {
    /// A place for a client. An unknown one has no share: behind a proxy that names nobody it would be everybody's.
    pub fn take(&self, client: ClientAddress, limits: &Limits) -> Result<Place, Full> {
        let share = client.known().map(share);
        let mut taken = self.lock();
        if taken.all >= limits.in_flight {
            return Err(Full::All);
        }
        if let Some(share) = share {
            let own = taken.by_share.entry(share).or_default();
            if *own >= limits.in_flight_per_address {
                return Err(Full::Address);
            }
            *own += 1;
        }
        taken.all += 1;
        drop(taken);
        Ok(Place {
            places: self.clone(),
            share,
        })
    }

    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Full {
    /// As the log says it.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::All => "in_flight_limit",
            Self::Address => "in_flight_limit_of_address",
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all -= 1;
        if let Some(share) = self.share
            && let Some(own) = taken.by_share.get_mut(&share)
        {
            *own -= 1;
            if *own == 0 {
                taken.by_share.remove(&share);
            }
        }
    }
}

/// Whose share an address counts for: an IPv4 address' own, or that of the /64 that one subscriber has in IPv6.
#[must_use]
pub fn share(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    /// Two addresses of each of three shares, and nobody.
    const CLIENTS: [&str; 7] = [
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "192.0.2.2",
        "::ffff:192.0.2.2",
        "2001:db8::1",
        "2001:db8::ffff:2",
        "0.0.0.0",
    ];

    proptest! {
        /// Whoever comes and goes, nobody has more than a share, and what is given back is free again.
        #[test]
        fn nobody_has_more_than_a_share(steps in proptest::collection::vec((0..CLIENTS.len(), proptest::bool::ANY), 1..200)) {
            let limits = Limits { in_flight: 7, in_flight_per_address: 2, ..Limits::default() };
            let places = Places::default();
            let mut held: Vec<(usize, Place)> = Vec::new();
            for (client, comes) in steps {
                let of = |client: usize| if client == 6 { None } else { Some(client / 2) };
                if !comes {
                    if let Some(at) = held.iter().position(|(holder, _)| *holder == client) {
                        held.remove(at);
                    }
                    continue;
                }
                let own = held.iter().filter(|(holder, _)| of(*holder) == of(client)).count();
                let expected = match of(client) {
                    _ if held.len() >= 7 => Err(Full::All),
                    Some(_) if own >= 2 => Err(Full::Address),
                    _ => Ok(()),
                };
                let taken = places.take(ClientAddress::of(CLIENTS[client].parse().unwrap()), &limits);
                prop_assert_eq!(taken.as_ref().map(|_| ()).map_err(|full| *full), expected);
                held.extend(taken.ok().map(|place| (client, place)));
                prop_assert_eq!(places.taken(), held.len());
            }
            drop(held);
            prop_assert_eq!(places.taken(), 0);
            prop_assert_eq!(places.lock().by_share.len(), 0);
        }
    }
}
