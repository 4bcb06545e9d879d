//! How many connections there may be, in all and from one address, and which one goes when places run short.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Limits;
use crate::proxy::places::share;

/// All seats of the server.
#[derive(Clone, Debug)]
pub(crate) struct Seats(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: usize,
    per_address: usize,
    taken: Mutex<Taken>,
    /// Connections that have not ended, those that were given up included.
    open: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Taken {
    /// Numbers seats, and orders what happens.
    last: u64,
    seats: HashMap<u64, Sitting>,
    addresses: HashMap<IpAddr, Address>,
    /// The addresses that have a connection without a request, by what goes first: it stands last.
    order: BTreeSet<Rank>,
}

/// How many connections an address has, and how old its oldest one without a request is.
type Rank = (usize, Reverse<u64>, IpAddr);

#[derive(Debug)]
struct Sitting {
    address: Option<IpAddr>,
    /// Since when it has no request.
    idle: Option<u64>,
    given_up: CancellationToken,
}

#[derive(Debug, Default)]
struct Address {
    connections: usize,
    /// Seats without a request, by since when.
    idle: BTreeMap<u64, u64>,
}

/// One connection's seat, given back on drop.
#[derive(Debug, Default)]
pub(crate) struct Seat(Standing);

/// What happens on a seat's connection: the seat hears of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    seat: Option<(Seats, u64)>,
    given_up: CancellationToken,
}

/// A seat, and how it was had.
#[derive(Debug)]
pub(crate) enum Seating {
    /// One was free.
    Free(Seat),
    /// A connection without a request was given up for it.
    Freed(Seat),
    /// All connections have requests under way.
    Full,
    /// The address has as many as one may have.
    Crowd,
}

impl Seats {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(Arc::new(Inner {
            total: limits.connections,
            per_address: limits.connections_per_address,
            taken: Mutex::default(),
            open: watch::Sender::new(0),
        }))
    }

    /// A seat for a connection from an address: a free one, or that of a connection without a request. The one that is
    /// given up is the oldest of the address that has most connections.
    ///
    /// Without an address it is the seat of a proxy, whose connection carries many people: it is never given up.
    pub(crate) fn take(&self, address: Option<IpAddr>) -> Seating {
        let address = address.map(share);
        let mut taken = self.lock();
        if address.is_some_and(|address| self.is_crowd(&taken, address)) {
            return Seating::Crowd;
        }
        let is_full = taken.seats.len() >= self.0.total;
        if is_full && !taken.give_up() {
            return Seating::Full;
        }
        let (id, given_up) = (taken.next(), CancellationToken::new());
        let sitting = Sitting {
            address: None,
            idle: None,
            given_up: given_up.clone(),
        };
        taken.seats.insert(id, sitting);
        if let Some(address) = address {
            taken.assign(id, address);
        }
        drop(taken);
        self.0.open.send_modify(|open| *open += 1);
        let seat = Seat(Standing {
            seat: Some((self.clone(), id)),
            given_up,
        });
        if is_full {
            Seating::Freed(seat)
        } else {
            Seating::Free(seat)
        }
    }

    /// Counts a seat that had no address for one; false if the address has too many.
    pub(crate) fn assign(&self, seat: &Seat, address: IpAddr) -> bool {
        let address = share(address);
        let mut taken = self.lock();
        if self.is_crowd(&taken, address) {
            return false;
        }
        if let Some(id) = seat.0.id() {
            taken.assign(id, address);
        }
        true
    }

    fn is_crowd(&self, taken: &Taken, address: IpAddr) -> bool {
        let address = taken.addresses.get(&address);
        address.is_some_and(|address| address.connections >= self.0.per_address)
    }

    /// Waits at most `grace` until all connections have ended; says how many have not.
    pub(crate) async fn all_free(&self, grace: Duration) -> usize {
        let mut open = self.0.open.subscribe();
        let _ = tokio::time::timeout(grace, open.wait_for(|open| *open == 0)).await;
        *open.borrow()
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Gives up the connection whose turn it is; false if there is none.
    fn give_up(&mut self) -> bool {
        let Some((.., address)) = self.order.last() else {
            return false;
        };
        let oldest = self
            .addresses
            .get(address)
            .and_then(|address| address.idle.values().next());
        let seat = oldest.copied().and_then(|id| self.remove(id));
        seat.inspect(|seat| seat.given_up.cancel()).is_some()
    }

    /// Counts a seat for an address; its connection has no request yet.
    fn assign(&mut self, id: u64, address: IpAddr) {
        if let Some(sitting) = self.seats.get_mut(&id) {
            sitting.address = Some(address);
            self.change(address, |address| address.connections += 1);
            self.set_idle(id, true);
        }
    }

    fn set_idle(&mut self, id: u64, is_idle: bool) {
        let now = self.next();
        let Some(sitting) = self.seats.get_mut(&id) else { return };
        let Some(address) = sitting.address else { return };
        let since = std::mem::replace(&mut sitting.idle, is_idle.then_some(now));
        self.change(address, |address| {
            if let Some(since) = since {
                address.idle.remove(&since);
            }
            if is_idle {
                address.idle.insert(now, id);
            }
        });
    }

    fn remove(&mut self, id: u64) -> Option<Sitting> {
        let sitting = self.seats.remove(&id)?;
        if let Some(address) = sitting.address {
            self.change(address, |address| {
                address.connections -= 1;
                if let Some(since) = sitting.idle {
                    address.idle.remove(&since);
                }
            });
        }
        Some(sitting)
    }

    /// Changes an address, and its rank with it.
    fn change(&mut self, address: IpAddr, change: impl FnOnce(&mut Address)) {
        let entry = self.addresses.entry(address).or_default();
        let rank = |entry: &Address| {
            let oldest = entry.idle.keys().next();
            oldest.map(|oldest| (entry.connections, Reverse(*oldest), address))
        };
        let before = rank(entry);
        change(entry);
        let after = rank(entry);
        if entry.connections == 0 {
            self.addresses.remove(&address);
        }
        if before != after {
            if let Some(before) = before {
                self.order.remove(&before);
            }
            self.order.extend(after);
        }
    }
}

impl Seat {
    /// What the connection's requests tell.
    pub(crate) fn standing(&self) -> Standing {
        self.0.clone()
    }
}

impl Standing {
    /// A request is under way: the connection is not given up.
    pub(crate) fn is_busy(&self) {
        self.set_idle(false);
    }

    /// None is under way any more.
    pub(crate) fn is_idle(&self) {
        self.set_idle(true);
    }

    /// Resolves once the connection was given up for another one.
    pub(crate) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }

    fn set_idle(&self, is_idle: bool) {
        if let Some((seats, id)) = &self.seat {
            seats.lock().set_idle(*id, is_idle);
        }
    }

    fn id(&self) -> Option<u64> {
        self.seat.as_ref().map(|(_, id)| *id)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some((seats, id)) = &self.0.seat {
            seats.lock().remove(*id);
            seats.0.open.send_modify(|open| *open -= 1);
        }
    }
}

#[cfg(test)]
mod tests;
