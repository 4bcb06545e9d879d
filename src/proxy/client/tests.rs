//! What is believed, as tables and properties.

use proptest::prelude::*;

use super::*;

fn trusted() -> Vec<IpNet> {
    ["10.0.0.0/8", "2001:db8:aa::/48"]
        .map(|network| network.parse().unwrap())
        .to_vec()
}

fn from(peer: &str, fields: &[(&str, &str)]) -> Client {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    client(
        &Connection {
            peer,
            unnamed: false,
            local: "127.0.0.1:80".parse().unwrap(),
            tls: false,
            ja4: Fact::Known(None),
        },
        &headers,
        &trusted(),
        Some(&HeaderName::from_static("x-ja4")),
    )
}

/// The farthest address that is told. It identifies its client unless it is a trusted proxy's.
fn farthest(peer: &str, fields: &[(&str, &str)]) -> IpAddr {
    let client = from(peer, fields);
    let own = if is_trusted(client.farthest, &trusted()) {
        ClientAddress::UNKNOWN
    } else {
        ClientAddress::of(client.farthest)
    };
    assert_eq!(client.address, own, "{fields:?}");
    client.farthest
}

#[test]
fn a_stranger_speaks_for_itself_only() {
    let fields = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=192.0.2.2;proto=https;host=evil.example"),
    ];
    let client = from("198.51.100.7", &fields);
    assert_eq!(client.address, ClientAddress::of([198, 51, 100, 7].into()));
    assert_eq!(
        (client.https, client.host, client.source),
        (false, None, Source::Connection)
    );
}

/// Peers of every kind, with and without every field in which a proxy may speak, well-formed or not.
#[test]
fn an_address_identifies_its_client_or_nobody() {
    let fields = "x-forwarded-for forwarded x-real-ip x-forwarded-proto true-client-ip x-forwarded-host".split(' ');
    let values = "192.0.2.1 for=192.0.2.1 10.2.3.4 for=10.2.3.4 unknown for=unknown <>".split(' ');
    let private: Vec<_> = "192.168.0.1 172.16.0.1 127.0.0.1 169.254.0.1 100.64.0.1 ::1 fd00::1 fe80::1"
        .split(' ')
        .collect();
    let public = ["198.51.100.7", "100.128.0.1", "2001:db8::7"];
    let proxies = ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8:aa::1"];
    let pairs = fields.flat_map(|field| values.clone().chain([""]).map(move |value| (field, value)));
    for peer in private.iter().chain(&public) {
        assert_eq!(from(peer, &[]).address.known(), Some(peer.parse().unwrap()));
        assert_eq!(from(peer, &[]).source, Source::Connection);
    }
    for proxy in proxies {
        assert_eq!(
            (from(proxy, &[]).address, from(proxy, &[]).source),
            (ClientAddress::UNKNOWN, Source::Untold)
        );
    }
    for (field, value) in pairs {
        for peer in &private {
            let client = from(peer, &[(field, value)]);
            assert_eq!(client.address, ClientAddress::UNKNOWN, "{peer} {field}: {value}");
            assert!(!client.by_trusted_proxy && client.farthest == peer.parse::<IpAddr>().unwrap());
        }
        for peer in public {
            assert_eq!(
                from(peer, &[(field, value)]).address.known(),
                Some(peer.parse().unwrap())
            );
        }
        for proxy in proxies {
            let client = from(proxy, &[(field, value)]);
            let told = matches!(
                (field, value),
                ("x-forwarded-for", "192.0.2.1") | ("forwarded", "for=192.0.2.1")
            );
            assert_eq!(client.address.known().is_some(), told, "{proxy} {field}: {value}");
            assert!(client.by_trusted_proxy);
        }
    }
}

#[test]
fn a_fingerprint_is_the_connections_own_or_a_proxys_word() {
    let ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1";
    let told = |peer, values: &[&'static str]| {
        let fields: Vec<_> = values.iter().map(|value| ("x-ja4", *value)).collect();
        from(peer, &fields).ja4
    };
    assert_eq!(told("198.51.100.7", &[]), Fact::Known(None));
    assert_eq!(told("198.51.100.7", &[ja4]), Fact::Known(None));
    assert_eq!(told("10.0.0.1", &[ja4]), Fact::Known(Some(ja4.parse().unwrap())));
    for unclear in [&[][..], &[""], &["t13d"], &[ja4, ja4]] {
        assert_eq!(told("10.0.0.1", unclear), Fact::Unrecorded, "{unclear:?}");
    }
    let unnamed = from("192.168.0.1", &[("x-forwarded-for", "192.0.2.1"), ("x-ja4", ja4)]);
    assert_eq!(unnamed.ja4, Fact::Unrecorded, "the TLS is a proxy's");
    let forwarded = from("10.0.0.1", &[("x-forwarded-for", "192.0.2.1"), ("x-ja4", ja4)]);
    assert_eq!(forwarded.ja4, Fact::Known(Some(ja4.parse().unwrap())));
}

#[test]
fn the_right_most_untrusted_address_wins() {
    let cases: &[(&[&str], &str)] = &[
        (&["192.0.2.1"], "192.0.2.1"),
        (&["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
        (&["1.1.1.1, 192.0.2.1, 10.2.3.4"], "192.0.2.1"),
        (&["1.1.1.1", "192.0.2.1", "10.2.3.4"], "192.0.2.1"),
        (&["10.9.9.9, 10.2.3.4"], "10.9.9.9"),
        (&["192.0.2.1:4711"], "192.0.2.1"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["192.0.2.1, 2001:db8:aa::5"], "192.0.2.1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, ::ffff:10.0.0.9"], "192.0.2.1"),
        (&["192.0.2.1,, ,"], "192.0.2.1"),
        (&["192.0.2.1, unknown, 10.2.3.4"], "10.2.3.4"),
        (&["192.0.2.1, _hidden"], "10.0.0.1"),
        (&["garbage, 192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, garbage"], "10.0.0.1"),
        (&["192.0.2.1, fe80::1%1"], "10.0.0.1"),
        (&["192.0.2.1, [fe80::1%1]:80"], "10.0.0.1"),
        (&["192.0.2.1, 1.2.3.4:99999"], "10.0.0.1"),
        (&["192.0.2.1, [1.2.3.4]"], "10.0.0.1"),
        (&["192.0.2.1, 01.2.3.4"], "10.0.0.1"),
        (&[""], "10.0.0.1"),
    ];
    for (lines, expected) in cases {
        let fields: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let expected: IpAddr = expected.parse().unwrap();
        assert_eq!(farthest("10.0.0.1", &fields), expected, "{lines:?}");
        assert_eq!(farthest("::ffff:10.0.0.1", &fields), expected, "{lines:?}, mapped peer");
    }
}

#[test]
fn forwarded_is_read_as_rfc_7239_writes_it() {
    let cases: &[(&[&str], &str)] = &[
        (&["for=192.0.2.1"], "192.0.2.1"),
        (&["For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
        (&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
        (&["for=1.1.1.1, for=198.51.100.17"], "198.51.100.17"),
        (
            &["for=1.1.1.1", "for=198.51.100.17;proto=https", "for=10.0.0.7"],
            "198.51.100.17",
        ),
        (&["for=\"192.0.2.1:_port\""], "192.0.2.1"),
        (&["for=\"192\\.0.2.1\""], "192.0.2.1"),
        (&["for=\"_a\";by=\"x,y;for=1.1.1.1\", for=192.0.2.9"], "192.0.2.9"),
        (&["for=192.0.2.1, for=_gazonk, for=10.0.0.4"], "10.0.0.4"),
        (&["for=192.0.2.1, for=unknown"], "10.0.0.1"),
        (&["for=192.0.2.1, proto=https"], "10.0.0.1"),
        (&["for=192.0.2.1;for=192.0.2.2"], "10.0.0.1"),
        (&["for=\"192.0.2.1"], "10.0.0.1"),
        (&["for=\"192.0.2.1\"x"], "10.0.0.1"),
        (&["for = 192.0.2.1"], "10.0.0.1"),
        (&["192.0.2.1"], "10.0.0.1"),
    ];
    for (lines, expected) in cases {
        let fields: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
        assert_eq!(farthest("10.0.0.1", &fields).to_string(), *expected, "{lines:?}");
    }
}

#[test]
fn the_two_ways_are_never_mixed() {
    let client = from(
        "10.0.0.1",
        &[
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.2;proto=https;host=b"),
        ],
    );
    assert_eq!(client.address, ClientAddress::of([192, 0, 2, 1].into()));
    assert_eq!(
        (client.https, client.host, client.source),
        (false, None, Source::XForwarded)
    );
}

#[test]
fn scheme_and_host_belong_to_the_clients_hop() {
    type Case<'a> = (&'a [(&'a str, &'a str)], bool, Option<&'a str>);
    let cases: &[Case<'_>] = &[
        (
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example:8443")],
            true,
            Some("a.example:8443"),
        ),
        (
            &[
                ("x-forwarded-for", "192.0.2.1, 10.0.0.2"),
                ("x-forwarded-proto", "https, http"),
            ],
            true,
            None,
        ),
        (
            &[("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https, http")],
            false,
            None,
        ),
        (
            &[
                ("x-forwarded-for", "192.0.2.1, 10.0.0.2"),
                ("x-forwarded-proto", "https"),
            ],
            true,
            None,
        ),
        (&[("x-forwarded-host", "a.example/path")], false, None),
        (&[("x-forwarded-proto", "gopher")], false, None),
        (
            &[(
                "forwarded",
                "for=1.1.1.1;host=x, for=192.0.2.1;proto=https;host=\"a.example:1\", for=10.0.0.2",
            )],
            true,
            Some("a.example:1"),
        ),
        (&[("forwarded", "for=192.0.2.1;host=\"a@b\"")], false, None),
    ];
    for (fields, https, host) in cases {
        let client = from("10.0.0.1", fields);
        assert_eq!((client.https, client.host.as_deref()), (*https, *host), "{fields:?}");
    }
}

/// What a proxy appends, however a client prepared the list.
fn appended(client: IpAddr, quoted: bool) -> String {
    match client {
        IpAddr::V6(v6) if quoted => format!("\"[{v6}]\""),
        IpAddr::V4(_) | IpAddr::V6(_) => client.to_string(),
    }
}

proptest! {
    #[test]
    fn what_a_client_writes_into_x_forwarded_for_counts_for_nothing(forged in "[ -~]{0,60}", real in any::<IpAddr>()) {
        prop_assume!(!is_trusted(real, &trusted()));
        let value = format!("{forged}, {}, 10.3.2.1", appended(real, false));
        prop_assert_eq!(farthest("10.0.0.1", &[("x-forwarded-for", &value)]), real.to_canonical());
    }

    #[test]
    fn what_a_client_writes_into_forwarded_never_names_another(forged in "[ -~]{0,60}", real in any::<IpAddr>()) {
        prop_assume!(!is_trusted(real, &trusted()));
        let last = format!("for={}", appended(real, true));
        let address = farthest("10.0.0.1", &[("forwarded", &forged), ("forwarded", &last)]);
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        prop_assert!(address == real.to_canonical() || address == peer);
    }

    #[test]
    fn a_list_is_walked_as_a_naive_reader_would(list in prop::collection::vec(any::<[u8; 4]>(), 0..6)) {
        let list: Vec<IpAddr> = list.into_iter().map(IpAddr::from).collect();
        let expected = list.iter().rev().find(|a| !is_trusted(**a, &trusted())).or_else(|| list.first()).copied();
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let text = list.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
        prop_assert_eq!(farthest("10.0.0.1", &[("x-forwarded-for", &text)]), expected.unwrap_or(peer));
    }
}
