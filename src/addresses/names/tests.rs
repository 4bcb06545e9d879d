//! Places for look-ups, and how long their answers count.

use proptest::prelude::*;

use super::*;

fn names() -> Names {
    Names::new(Tasks::default())
}

fn minutes(minutes: u64) -> Timestamp {
    Timestamp::from_millis(0).after(Duration::from_secs(minutes * 60))
}

/// An address of a network, of either family.
fn address(network: u16, host: u16, v6: bool) -> IpAddr {
    if v6 {
        IpAddr::from([0x2001, 0xdb8, network, host, 0, 0, 0, 1])
    } else {
        let [[high, low], [_, host]] = [network.to_be_bytes(), host.to_be_bytes()];
        IpAddr::from([10, high, low, host])
    }
}

fn known(names: &Names, address: IpAddr, now: Timestamp) -> Fact<String> {
    let entry = names.0.known(address).filter(|entry| entry.counts(now));
    entry.map_or(Fact::Unrecorded, |entry| entry.name.map(|name| name.to_string()))
}

proptest! {
    /// However many addresses a few networks have, and in whatever order they come, others find a place.
    #[test]
    fn a_network_takes_its_share_of_places_and_no_more(
        floods in prop::collection::vec((0..7u16, any::<u16>(), any::<bool>()), 0..600),
        other in 100..u16::MAX,
        v6 in any::<bool>(),
    ) {
        let names = names();
        // An IPv4 network and an IPv6 one of the same number are two.
        let floods = floods.into_iter().filter(|(network, _, v6)| network % 2 == u16::from(*v6));
        let mut taken = Vec::new();
        for (network, host, v6) in floods {
            let address = address(network, host, v6);
            if names.0.begin(address) {
                taken.push(Network::of_address(address));
            }
            prop_assert!(!names.0.begin(address), "one look-up for each address");
        }
        for network in &taken {
            prop_assert!(taken.iter().filter(|other| *other == network).count() <= OF_A_NETWORK);
        }
        for host in 0..OF_A_NETWORK {
            prop_assert!(names.0.begin(address(other, host as u16, v6)), "a place for another");
        }
        prop_assert!(!names.0.begin(address(other, 99, v6)));
    }

    /// A name survives failures for some hours; what is known for certain is believed at once.
    #[test]
    fn a_failure_takes_no_good_name_away(failures in prop::collection::vec(31..50u64, 0..12), gone in any::<bool>()) {
        let (names, address) = (names(), address(1, 1, false));
        let good = Fact::Known("a.example".to_owned());
        names.0.keep(address, Some("a.example".into()), minutes(0));
        let mut now = 0;
        for pause in failures {
            now += pause;
            if now >= 360 {
                break;
            }
            prop_assert_eq!(known(&names, address, minutes(now)), good.clone());
            names.0.keep(address, None, minutes(now));
            prop_assert_eq!(known(&names, address, minutes(now)), good.clone());
            prop_assert!(!names.0.known(address).unwrap().is_due(minutes(now + 1)), "nobody is asked at each visit");
        }
        prop_assert_eq!(known(&names, address, minutes(360)), Fact::Unrecorded);
        let found = if gone { String::new() } else { "b.example".to_owned() };
        names.0.keep(address, Some(found.clone()), minutes(now));
        prop_assert_eq!(known(&names, address, minutes(now)), Fact::Known(found));
    }
}

#[test]
fn what_has_no_name_pushes_no_name_out() {
    let (names, good) = (names(), address(1, 1, false));
    names.0.keep(good, Some("a.example".into()), minutes(0));
    for number in 0..3 * ENTRIES as u16 {
        let found = number.is_multiple_of(2).then(String::new);
        names.0.keep(address(number, 1, true), found, minutes(0));
    }
    names.0.named.run_pending_tasks();
    names.0.nameless.run_pending_tasks();
    assert!(names.0.nameless.entry_count() <= ENTRIES);
    assert_eq!(known(&names, good, minutes(1)), Fact::Known("a.example".to_owned()));
}

#[test]
fn a_name_that_nobody_confirms_again_ends_after_an_hour() {
    let (names, address) = (names(), address(1, 1, false));
    names.0.keep(address, Some("a.example".into()), minutes(0));
    assert_eq!(known(&names, address, minutes(60)), Fact::Unrecorded);
    names.0.keep(address, None, minutes(60));
    assert_eq!(
        known(&names, address, minutes(61)),
        Fact::Unrecorded,
        "it had ended before"
    );
}
