use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;

fn seats(connections: usize, connections_per_address: usize) -> Seats {
    Seats::new(&Limits {
        connections,
        connections_per_address,
        ..Limits::default()
    })
}

fn taken(seating: Seating) -> Option<Seat> {
    match seating {
        Seating::Free(seat) | Seating::Freed(seat) => Some(seat),
        Seating::Full | Seating::Crowd => None,
    }
}

#[tokio::test]
async fn seats_are_counted_and_given_back() {
    let seats = seats(2, 9);
    let (one, _two) = (taken(seats.take(None)).unwrap(), taken(seats.take(None)).unwrap());
    assert!(taken(seats.take(None)).is_none());
    assert_eq!(seats.all_free(Duration::ZERO).await, 2);
    drop(one);
    assert!(taken(seats.take(None)).is_some());
    assert_eq!(seats.all_free(Duration::ZERO).await, 1);
}

#[test]
fn a_household_shares_its_seats() {
    let seats = seats(9, 1);
    let assign = |address: &str| {
        let address = address.parse().unwrap();
        let (direct, by_proxy) = (taken(seats.take(Some(address))), taken(seats.take(None)).unwrap());
        assert!(
            !seats.assign(&by_proxy, address),
            "its one seat is taken, now at the latest"
        );
        direct
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
    assert!(seats.lock().addresses.is_empty());
}

/// Another way to say whose turn it is: look at all of them.
fn expected(held: &[(u8, Seat, Option<u64>)]) -> Option<u64> {
    let count = |of: u8| held.iter().filter(|(address, ..)| *address == of).count();
    let idle = held
        .iter()
        .filter_map(|(address, seat, since)| Some((*address, seat.0.id()?, (*since)?)));
    let most = idle.clone().map(|(address, ..)| count(address)).max()?;
    let crowd = idle.filter(|(address, ..)| count(*address) == most);
    crowd.min_by_key(|(.., since)| *since).map(|(_, id, _)| id)
}

proptest! {
    /// Whatever happens, the connection that goes is the oldest without a request of the address that has most; none with
    /// a request ever goes, nor a proxy's (address 0 here).
    #[test]
    fn the_crowd_s_oldest_goes(steps in proptest::collection::vec((0_u8..5, 0_u8..4), 1..300)) {
        let seats = seats(6, 100);
        let mut held: Vec<(u8, Seat, Option<u64>)> = Vec::new();
        for (now, (address, step)) in (0_u64..).zip(steps) {
            let own = held.iter().position(|(holder, ..)| *holder == address);
            match (step, own) {
                (0, Some(at)) => drop(held.remove(at)),
                (1, Some(at)) => {
                    held[at].1.standing().is_busy();
                    held[at].2 = None;
                }
                (2, Some(at)) => {
                    held[at].1.standing().is_idle();
                    held[at].2 = (address > 0).then_some(now);
                }
                _ => {
                    let goes = (held.len() >= 6).then(|| expected(&held));
                    let own = (address > 0).then(|| [192, 0, 2, address].into());
                    let seat = match (seats.take(own), goes) {
                        (Seating::Free(seat), None) => seat,
                        (Seating::Freed(seat), Some(Some(id))) => {
                            let at = held.iter().position(|(_, seat, _)| seat.0.id() == Some(id)).unwrap();
                            prop_assert!(held[at].1.0.given_up.is_cancelled());
                            held.remove(at);
                            seat
                        }
                        (Seating::Full, Some(None)) => continue,
                        (seating, goes) => panic!("{seating:?} for {goes:?}"),
                    };
                    held.push((address, seat, (address > 0).then_some(now)));
                }
            }
            prop_assert!(held.iter().all(|(_, seat, _)| !seat.0.given_up.is_cancelled()));
            prop_assert_eq!(seats.lock().seats.len(), held.len());
        }
        drop(held);
        let taken = seats.lock();
        prop_assert!(taken.seats.is_empty() && taken.addresses.is_empty() && taken.order.is_empty());
    }
}
