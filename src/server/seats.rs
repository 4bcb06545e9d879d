//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;

/// All seats of the server.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    free: Arc<Semaphore>,
    total: u32,
    per_address: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection's seat, given back on drop.
#[derive(Debug, Default)]
pub(crate) struct Seat {
    _permit: Option<OwnedSemaphorePermit>,
    address: Option<AddressSeat>,
}

/// One of an address' seats.
#[derive(Debug)]
struct AddressSeat {
    address: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Seats {
    pub(crate) fn new(limits: &Limits) -> Self {
        // More than the semaphore can count is as good as no limit.
        let total = u32::try_from(limits.connections).unwrap_or(u32::MAX >> 4);
        Self {
            free: Arc::new(Semaphore::new(total as usize)),
            total,
            per_address: limits.connections_per_address,
            taken: Arc::default(),
        }
    }

    /// A seat for somebody, if one is free.
    pub(crate) fn take(&self) -> Option<Seat> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Seat {
            _permit: Some(permit),
            address: None,
        })
    }

    /// Counts a seat for an address; false if it has too many.
    pub(crate) fn assign(&self, seat: &mut Seat, address: IpAddr) -> bool {
        let address = household(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= self.per_address {
            return false;
        }
        *count += 1;
        drop(taken);
        seat.address = Some(AddressSeat {
            address,
            taken: Arc::clone(&self.taken),
        });
        true
    }

    /// Waits at most `grace` until all seats are free; says how many are not.
    pub(crate) async fn all_free(&self, grace: Duration) -> usize {
        let _ = tokio::time::timeout(grace, self.free.acquire_many(self.total)).await;
        (self.total as usize).saturating_sub(self.free.available_permits())
    }
}

impl Drop for AddressSeat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

/// An address, or the /64 that one household has.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(connections: usize, connections_per_address: usize) -> Seats {
        Seats::new(&Limits {
            connections,
            connections_per_address,
            ..Limits::default()
        })
    }

    #[tokio::test]
    async fn seats_are_counted_and_given_back() {
        let seats = seats(2, 9);
        let (one, _two) = (seats.take().unwrap(), seats.take().unwrap());
        assert!(seats.take().is_none());
        assert_eq!(seats.all_free(Duration::ZERO).await, 2);
        drop(one);
        assert!(seats.take().is_some());
        assert_eq!(seats.all_free(Duration::ZERO).await, 1);
    }

    #[test]
    fn a_household_shares_its_seats() {
        let seats = seats(9, 1);
        let assign = |address: &str| {
            let mut seat = seats.take().unwrap();
            seats.assign(&mut seat, address.parse().unwrap()).then_some(seat)
        };
        let held = [
            assign("192.0.2.1").unwrap(),
            assign("192.0.2.2").unwrap(),
            assign("2001:db8::1").unwrap(),
        ];
        for taken in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::ffff:2"] {
            assert!(assign(taken).is_none(), "{taken}");
        }
        assert!(assign("2001:db8:0:1::1").is_some());
        drop(held);
        assert!(assign("2001:db8::ffff:2").is_some());
        assert!(seats.taken.lock().unwrap().is_empty());
    }
}
