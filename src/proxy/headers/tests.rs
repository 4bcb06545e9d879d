//! The functions' specification, as tables.

use proptest::prelude::*;

use super::*;
use crate::gate::header_rules::NamePattern;
use crate::visit::{ClientAddress, Fact};

fn map(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

fn request(method: &str, target: &str, version: Version, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .version(version)
        .body(())
        .unwrap();
    *request.headers_mut() = map(fields);
    request
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn framing_has_one_reading() {
    const V10: Version = Version::HTTP_10;
    const V11: Version = Version::HTTP_11;
    const V2: Version = Version::HTTP_2;
    let host = ("host", "a.example");
    let long = format!("/{}", "x".repeat(100));
    type Case<'a> = (
        &'a str,
        &'a str,
        Version,
        &'a [(&'a str, &'a str)],
        Result<(), Malformed>,
    );
    let cases: &[Case<'_>] = &[
        ("GET", "/", V11, &[host], Ok(())),
        ("GET", "/", V11, &[("host", "[2001:db8::1]:8080")], Ok(())),
        ("OPTIONS", "*", V11, &[host], Ok(())),
        ("GET", "*", V11, &[host], Err(Malformed::InvalidTarget)),
        ("GET", "a.example", V11, &[host], Err(Malformed::InvalidTarget)),
        ("GET", "http://a.example/x", V11, &[host], Ok(())),
        ("GET", "http://A.example:80/x", V11, &[host], Ok(())),
        ("GET", "http://b.example/x", V11, &[host], Err(Malformed::HostMismatch)),
        (
            "GET",
            "http://a.example:8080/x",
            V11,
            &[host],
            Err(Malformed::HostMismatch),
        ),
        ("GET", "http://a.example/x", V11, &[], Err(Malformed::NoHost)),
        (
            "GET",
            "http://u:p@a.example/x",
            V11,
            &[host],
            Err(Malformed::InvalidHost),
        ),
        ("GET", "/", V11, &[], Err(Malformed::NoHost)),
        ("GET", "/", V10, &[], Err(Malformed::NoHost)),
        ("GET", "/", V2, &[], Err(Malformed::NoHost)),
        ("GET", "/", V2, &[host], Ok(())),
        ("GET", "https://a.example/", V2, &[], Ok(())),
        ("GET", "https://a.example/", V2, &[host], Ok(())),
        (
            "GET",
            "https://a.example/",
            V2,
            &[("host", "b.example")],
            Err(Malformed::HostMismatch),
        ),
        ("GET", "/", V11, &[host, host], Err(Malformed::ManyHosts)),
        ("GET", "/", V11, &[("host", "")], Err(Malformed::InvalidHost)),
        (
            "GET",
            "/",
            V11,
            &[("host", "a.example, b.example")],
            Err(Malformed::InvalidHost),
        ),
        ("GET", "/", V11, &[("host", "a@b.example")], Err(Malformed::InvalidHost)),
        ("GET", "/", V11, &[("host", "a.example/x")], Err(Malformed::InvalidHost)),
        ("GET", "/", V11, &[("host", "a example")], Err(Malformed::InvalidHost)),
        (
            "GET",
            "/",
            V11,
            &[("host", "a.example:99999")],
            Err(Malformed::InvalidHost),
        ),
        (
            "GET",
            "/",
            V11,
            &[("host", "a.example:80x")],
            Err(Malformed::InvalidHost),
        ),
        ("GET", "/", V11, &[("host", "[::1")], Err(Malformed::InvalidHost)),
        ("GET", &long, V11, &[host], Err(Malformed::TargetTooLong)),
        ("CONNECT", "a.example:443", V11, &[host], Err(Malformed::Connect)),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "/",
            V11,
            &[host],
            Err(Malformed::MethodTooLong),
        ),
        ("POST", "/", V11, &[host, ("content-length", "5")], Ok(())),
        (
            "POST",
            "/",
            V11,
            &[host, ("content-length", "")],
            Err(Malformed::InvalidLength),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("content-length", "+5")],
            Err(Malformed::InvalidLength),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("content-length", "5, 5")],
            Err(Malformed::InvalidLength),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("content-length", "5"), ("content-length", "5")],
            Err(Malformed::InvalidLength),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("content-length", "5"), ("transfer-encoding", "chunked")],
            Err(Malformed::TwoLengths),
        ),
        ("POST", "/", V11, &[host, ("transfer-encoding", "Chunked")], Ok(())),
        (
            "POST",
            "/",
            V11,
            &[host, ("transfer-encoding", "gzip, chunked")],
            Err(Malformed::InvalidEncoding),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
            Err(Malformed::InvalidEncoding),
        ),
        (
            "POST",
            "/",
            V11,
            &[host, ("transfer-encoding", "xchunked")],
            Err(Malformed::InvalidEncoding),
        ),
        (
            "POST",
            "/",
            V10,
            &[host, ("transfer-encoding", "chunked")],
            Err(Malformed::InvalidEncoding),
        ),
        (
            "POST",
            "/",
            V2,
            &[host, ("transfer-encoding", "chunked")],
            Err(Malformed::InvalidEncoding),
        ),
    ];
    for (method, target, version, fields, expected) in cases {
        let request = request(method, target, *version, fields);
        assert_eq!(
            check_framing(&request, 64),
            *expected,
            "{method} {target} {version:?} {fields:?}"
        );
    }
}

#[test]
fn every_refusal_is_the_clients_fault() {
    assert_eq!(Malformed::TargetTooLong.status(), 414);
    assert_eq!(Malformed::Connect.status(), 405);
    assert_eq!(Malformed::MethodTooLong.status(), 501);
    assert_eq!(Malformed::TwoLengths.status(), 400);
}

#[test]
fn one_connections_fields_end_with_it() {
    let mut headers = map(&[
        ("connection", "close, X-Custom, hop, Cookie"),
        (
            "connection",
            "Authorization, host, content-type, x-forwarded-for, sec-fetch-site",
        ),
        ("hop", "1"),
        ("x-custom", "1"),
        ("keep-alive", "1"),
        ("proxy-connection", "1"),
        ("proxy-authorization", "1"),
        ("proxy", "http://evil.example"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("te", "gzip, trailers;q=0.5"),
        ("trailer", "x-sum"),
        ("cookie", "a=b"),
        ("authorization", "x"),
        ("host", "a.example"),
        ("content-type", "text/plain"),
        ("x-forwarded-for", "192.0.2.1"),
        ("sec-fetch-site", "none"),
    ]);
    remove_hop_by_hop(&mut headers);
    let expected = [
        "authorization",
        "content-type",
        "cookie",
        "host",
        "sec-fetch-site",
        "trailer",
        "x-forwarded-for",
    ];
    assert_eq!(names(&headers), expected);
}

#[test]
fn te_keeps_trailers_alone() {
    for (value, kept) in [
        ("trailers", true),
        ("gzip, Trailers", true),
        ("gzip", false),
        ("", false),
    ] {
        let mut headers = map(&[("te", value), ("connection", "te")]);
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.get(TE).is_some_and(|te| te == "trailers"), kept, "{value}");
    }
}

#[test]
fn only_websocket_is_an_upgrade() {
    const V11: Version = Version::HTTP_11;
    let both = [("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")];
    let asks = |method, version, fields: &[(&str, &str)]| is_websocket(&request(method, "/", version, fields));
    assert!(asks("GET", V11, &both));
    assert!(!asks("POST", V11, &both));
    assert!(!asks("GET", Version::HTTP_10, &both));
    assert!(!asks("GET", Version::HTTP_2, &both));
    assert!(!asks("GET", V11, &both[1..]));
    assert!(!asks("GET", V11, &both[..1]));
    assert!(!asks("GET", V11, &[both[0], ("upgrade", "h2c")]));
    assert!(!asks("GET", V11, &[both[0], ("upgrade", "websocket, h2c")]));
    assert!(!asks("GET", V11, &[both[0], both[1], ("content-length", "5")]));
    assert!(!asks("GET", V11, &[both[0], both[1], ("transfer-encoding", "chunked")]));
    let mut headers = map(&both);
    remove_hop_by_hop(&mut headers);
    assert!(headers.is_empty());
    set_websocket(&mut headers);
    assert_eq!(
        (&headers[CONNECTION], &headers[UPGRADE]),
        (&"upgrade".parse().unwrap(), &"websocket".parse().unwrap())
    );
}

#[test]
fn nobody_moves_a_request_and_strangers_claim_nothing() {
    let fields = [
        ("x-original-url", "/auth/verify"),
        ("x-rewrite-url", "/auth/verify"),
        ("x-http-method-override", "POST"),
        ("x_forwarded_for", "1"),
        ("cookie_jar", "1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-prefix", "/x"),
        ("x-forwarded", "1"),
        ("forwarded", "for=192.0.2.1"),
        ("x-real-ip", "192.0.2.1"),
        ("x-ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1"),
        ("x-request-id", "1"),
        ("cookie", "a_b=c"),
    ];
    let rules = HeaderRules::default();
    let mut headers = map(&fields);
    remove_claims(&mut headers, false, &rules);
    assert_eq!(names(&headers), ["cookie", "x-request-id"]);
    let mut headers = map(&fields);
    remove_claims(&mut headers, true, &rules);
    let kept = [
        "cookie",
        "forwarded",
        "x-forwarded",
        "x-forwarded-for",
        "x-forwarded-prefix",
        "x-ja4",
        "x-real-ip",
        "x-request-id",
    ];
    assert_eq!(names(&headers), kept);
}

#[test]
fn connection_names_what_goes_and_takes_nothing_that_is_for_everyone() {
    let goes = [
        "x-foo",
        "hop",
        "x-csrf-token",
        "x-linklatch-client",
        "keep-alive",
        "http2-settings",
    ];
    let stays = [
        "cookie",
        "authorization",
        "accept-language",
        "sec-fetch-site",
        "x-real-ip",
        "x-remote-user",
        "via",
    ];
    for name in goes.iter().chain(&stays) {
        let mut headers = map(&[
            ("connection", &*format!("close, {}", name.to_ascii_uppercase())),
            (name, "1"),
        ]);
        remove_hop_by_hop(&mut headers);
        assert_eq!(headers.contains_key(*name), stays.contains(name), "{name}");
    }
}

#[test]
fn trailers_carry_sums_and_no_more_of_a_head() {
    let stays = [
        "x-sum",
        "content-digest",
        "content-md5",
        "grpc-status",
        "grpc-message",
        "server-timing",
        "etag",
        "x-user-id",
    ];
    let goes = [
        "authorization",
        "cookie",
        "set-cookie",
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "range",
        "transfer-encoding",
        "connection",
        "te",
        "trailer",
        "expect",
        "cache-control",
        "if-match",
        "origin",
        "referer",
        "user-agent",
        "location",
        "vary",
        "sec-fetch-site",
        "access-control-allow-origin",
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-remote-user",
        "x-original-url",
        "x-http-method-override",
        "x_real_ip",
        "x-linklatch-client",
        "x-request-id",
        "keep-alive",
        "upgrade",
        "proxy",
        "proxy-authorization",
        "x-mine",
    ];
    let rules = HeaderRules {
        drop: vec![NamePattern::new("x-mine").unwrap()],
        ..HeaderRules::default()
    };
    for name in stays.iter().chain(&goes) {
        let mut trailers = map(&[(name, "1"), (name, "2")]);
        clean_trailers(&mut trailers, &rules);
        assert_eq!(trailers.contains_key(*name), stays.contains(name), "{name}");
    }
}

#[test]
fn a_request_id_is_one_short_token() {
    let id = HeaderName::from_static("x-request-id");
    let (longest, longer) = ("x".repeat(128), "x".repeat(129));
    for (values, fine) in [
        (&["req_01"][..], true),
        (&["3f0a-b.c_d~e!#$%&'*+^`|"], true),
        (&[&*longest], true),
        (&[&*longer], false),
        (&[], false),
        (&[""], false),
        (&["a", "a"], false),
        (&["a b"], false),
        (&["a,b"], false),
        (&["<script>"], false),
        (&["/auth/verify?token=x"], false),
        (&["\u{fc}"], false),
    ] {
        let fields: Vec<_> = values.iter().map(|value| ("x-request-id", *value)).collect();
        assert_eq!(is_one_short_token(&map(&fields), &id), fine, "{values:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_upstream_hears_the_same_in_both_ways() {
    let client = |address: &str, source| Client {
        address: ClientAddress::of(address.parse().unwrap()),
        farthest: address.parse().unwrap(),
        https: true,
        host: None,
        ja4: Fact::Unrecorded,
        source,
        by_trusted_proxy: true,
    };
    let peer: IpAddr = "10.0.0.1".parse().unwrap();
    let v6: IpAddr = "2001:db8::1".parse().unwrap();
    let forged = [
        ("x-forwarded-for", "1.1.1.1"),
        ("forwarded", "for=1.1.1.1"),
        ("x-forwarded-host", "evil"),
    ];
    let x = [
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("forwarded", "for=6.6.6.6"),
    ];
    let f = [("forwarded", "for=192.0.2.1;proto=https")];
    type Case<'a> = (&'a [(&'a str, &'a str)], IpAddr, Client, &'a str, &'a str);
    let cases: &[Case<'_>] = &[
        (
            &forged,
            peer,
            client("10.0.0.1", Source::Connection),
            "10.0.0.1",
            "for=10.0.0.1;host=\"a:1\";proto=https",
        ),
        (
            &[],
            v6,
            client("2001:db8::1", Source::Connection),
            "2001:db8::1",
            "for=\"[2001:db8::1]\";host=\"a:1\";proto=https",
        ),
        (
            &x,
            peer,
            client("192.0.2.1", Source::XForwarded),
            "1.1.1.1, 192.0.2.1, 10.0.0.1",
            "for=192.0.2.1;host=\"a:1\";proto=https, for=10.0.0.1",
        ),
        (
            &f,
            peer,
            client("192.0.2.1", Source::Forwarded),
            "192.0.2.1, 10.0.0.1",
            "for=192.0.2.1;proto=https, for=10.0.0.1",
        ),
    ];
    for (fields, peer, client, x_for, forwarded) in cases {
        let mut headers = map(fields);
        set_forwarded(&mut headers, *peer, client, "a:1");
        assert_eq!(headers[X_FORWARDED_FOR], *x_for);
        assert_eq!(headers[FORWARDED], *forwarded);
        assert_eq!(
            (&headers[X_FORWARDED_PROTO], &headers[X_FORWARDED_HOST]),
            (&"https".parse().unwrap(), &"a:1".parse().unwrap())
        );
        assert_eq!(headers.len(), 4);
    }
}

proptest! {
    #[test]
    fn no_connection_field_takes_what_is_for_everyone(options in prop::collection::vec("[a-zA-Z-]{1,12}", 0..5)) {
        let mut headers = map(&[("cookie", "a=b"), ("x-real-ip", "1"), ("content-length", "0"), ("accept", "*/*")]);
        let list = format!("{}, cookie, X-Real-IP, Content-Length, accept", options.join(", "));
        headers.insert(CONNECTION, list.parse().unwrap());
        remove_hop_by_hop(&mut headers);
        prop_assert_eq!(names(&headers), ["accept", "content-length", "cookie", "x-real-ip"]);
    }

    #[test]
    fn what_is_a_host_survives_being_one(text in "[ -~]{0,20}") {
        if is_host(&text) {
            let uri = format!("http://{text}/x");
            let parsed: http::Uri = uri.parse().unwrap();
            prop_assert_eq!(parsed.authority().unwrap().as_str(), text.as_str());
            prop_assert!(!text.contains(['/', '@', ' ', '?', '#', ',']));
        }
    }
}
