//! Spellings that real servers take for a link, each with the server that redeems it.

use std::time::Duration;

use http::{Method, Request};
use linklatch::gate::keys::KeyRing;
use linklatch::gate::link::{Call, Confirm, FieldValue, Link, Redeem};
use linklatch::gate::template::Template;
use linklatch::gate::{Gate, Routed};
use linklatch::secret::SecretKey;
use linklatch::signatures::Signatures;

fn link(url: &str) -> Link {
    Link::new("link", Template::parse(url).unwrap())
}

fn gate(links: Vec<Link>) -> Gate {
    let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
    let none = Signatures::none().into();
    Gate::new(
        links,
        keys.into(),
        &[],
        none,
        Default::default(),
        Duration::from_secs(900),
    )
}

fn route(gate: &Gate, method: Method, target: &str) -> &'static str {
    let request = Request::builder().method(method).uri(target).body(()).unwrap();
    match gate.route(request, "auth.example") {
        Routed::Open(_) => "passes",
        Routed::Protected(_) => "link",
        Routed::Call(_) => "call",
        Routed::Ambiguous(_) => "ambiguous",
    }
}

/// `link`: every sane router may read it so. `ambiguous`: some do.
const LINKS: &[(&str, &str)] = &[
    // Empty segments count when `..` climbs: RFC 3986, WHATWG, so hapi and Hono.
    ("/auth//../verify?token=T", "link"),
    ("/auth//%2e%2e/verify?token=T", "link"),
    ("/auth/%2e%2e//../auth/verify?token=T", "link"),
    ("/auth/verify//..?token=T", "link"),
    ("/auth/x//../../verify?token=T", "link"),
    // Blank ones do: Go's path.Clean, posix.normalize.
    ("/auth/%20/../verify?token=T", "link"),
    ("/auth/%20/%2e%2e/verify?token=T", "link"),
    ("/auth/%09/../verify?token=T", "ambiguous"),
    ("/../auth/%09/../verify?token=T", "ambiguous"),
    ("/auth/%C2%A0/../verify?token=T", "link"),
    ("/auth/verify/%20/..?token=T", "link"),
    ("/auth/x/%20/../../verify?token=T", "link"),
    ("/auth//x/../../verify?token=T", "link"),
    // Escaped dots are names, and literal ones climb over them: RFC 3986 without its section 6.2.2.
    ("/auth/verify/%2e%2e/..?token=T", "ambiguous"),
    ("/auth/%2e/..;a/verify?token=T", "ambiguous"),
    // `;` starts the query: Fastify 4.
    ("/auth/verify;token=T", "ambiguous"),
    ("/auth/verify;a=b&token=T", "ambiguous"),
    ("/auth/%76erify;?token=T", "link"),
    // `;` ends the path, and `?` starts the query: restify.
    ("/auth/verify;x=1/verify?token=T", "ambiguous"),
    ("/auth/verify;/../../x?token=T", "ambiguous"),
    // Bytes that are no UTF-8 vanish: Bottle.
    ("/auth/verify%ff?token=T", "ambiguous"),
    ("/auth/ver%c3ify?token=T", "ambiguous"),
    ("/auth/%80verify?token=T", "ambiguous"),
    ("/auth/veri%ef%bffy?token=T", "ambiguous"),
    ("/%ffauth/verify?token=T", "ambiguous"),
    // What nobody sees vanishes, full width becomes plain, a `%` of no escape goes.
    ("/auth/ver%E2%80%8Bify?token=T", "ambiguous"),
    ("/auth/verify%C2%AD?token=T", "ambiguous"),
    ("/%EF%BB%BFauth/verify?token=T", "ambiguous"),
    ("/auth/%EF%BD%96erify?token=T", "ambiguous"),
    ("/auth%EF%BC%8Fverify?token=T", "ambiguous"),
    ("/auth/x/%EF%BC%8E%EF%BC%8E/verify?token=T", "ambiguous"),
    ("/auth/%verify?token=T", "ambiguous"),
    // Split first, then decoded twice.
    ("/auth/x%2F%2e%2e/verify?token=T", "link"),
    // The first segment is the host's.
    ("//evil.example/auth//../verify?token=T", "ambiguous"),
    ("/\\evil.example/auth/verify;token=T", "ambiguous"),
    // Brackets in front: qs (Express, koa-qs, restify), Rack 2.2 (Sinatra, Rails).
    ("/auth/verify?[token]=T", "ambiguous"),
    ("/auth/verify?%5Btoken%5D=T", "ambiguous"),
    ("/auth/verify?[token=T", "ambiguous"),
    ("/auth/verify?[]token=T", "ambiguous"),
    ("/auth/verify?[[token]]=T", "ambiguous"),
    ("/auth/verify?]token=T", "ambiguous"),
    ("/auth/verify?[][token]=T", "ambiguous"),
    ("/auth/verify?[]%5btoken=T", "ambiguous"),
    ("/auth/verify?[token][]=T", "ambiguous"),
    ("/auth/verify?[token]x=T", "ambiguous"),
    ("/auth/verify?token]x=T", "ambiguous"),
    ("/auth/verify?token=&[token]=T", "ambiguous"),
    // Names lose what paths lose.
    ("/auth/verify?to%E2%80%8Bken=T", "ambiguous"),
    ("/auth/verify?%EF%BD%94oken=T", "ambiguous"),
    ("/auth/verify?tok%C2%ADen=T", "ambiguous"),
];

#[test]
fn what_some_server_redeems_never_passes() {
    let gate = gate(vec![link("/auth/verify?token={token}")]);
    for (target, expected) in LINKS {
        assert_eq!(route(&gate, Method::GET, target), *expected, "{target}");
    }
}

/// Whoever turns back an ambiguous target can say which link it may be.
#[test]
fn an_ambiguous_target_tells_the_links_that_it_may_mean() {
    let gate = gate(vec![link("/auth/verify?token={token}"), link("/r/{token}")]);
    let plain = |target: &str| gate.plain_spellings(&target.parse().unwrap(), "auth.example");
    let one = vec!["/auth/verify?token=T".to_owned()];
    for target in [
        "/auth/verify%ff?token=T",
        "/auth/verify;token=T",
        "/auth/verify;x=1/verify?token=T",
        "//evil.example/auth/verify?token=T",
        "/auth/verify?[token]=T",
        "/auth%5cverify?token=T",
    ] {
        assert_eq!(plain(target), one, "{target}");
    }
    assert_eq!(plain("/auth/verify?[token]=T&a=%31"), ["/auth/verify?token=T&a=%31"]);
    assert_eq!(plain("/auth%5cverify?token=T&a=b"), ["/auth/verify?token=T&a=b"]);
    assert_eq!(plain("/auth/verify?token=A&token=B").len(), 2);
    for none in ["/auth/verify?token=T", "/x;token=T", "/auth/verify?token=%00T"] {
        assert_eq!(plain(none), Vec::<String>::new(), "{none}");
    }
}

/// Express climbs nothing: a hole may hold dots or blanks.
#[test]
fn a_segment_that_some_router_drops_may_fill_a_hole() {
    let gate = gate(vec![link("/verify/{id}/{token}")]);
    for target in [
        "/verify/../T",
        "/verify/./T",
        "/verify/%20/T",
        "/x/../verify/%20../T",
        "/verify/%2e%2e/T",
    ] {
        assert_ne!(route(&gate, Method::GET, target), "passes", "{target}");
    }
}

#[test]
fn calls_are_known_in_the_same_spellings() {
    let call = Call {
        method: Method::POST,
        url: Template::parse("/v1/auth/verify").unwrap(),
        fields: vec![("token".into(), "token".into())],
        headers: Vec::new(),
    };
    let gate = gate(vec![Link {
        calls: vec![call],
        ..link("/auth/verify?token={token}")
    }]);
    for (target, expected) in [
        ("/v1//../v1/auth/verify", "call"),
        ("/v1/auth//../verify", "call"),
        ("/v1//%2e%2e/auth/verify", "call"),
        ("/v1/auth/verify;a=b/c", "ambiguous"),
        ("/v1/auth/verify%ff", "ambiguous"),
    ] {
        assert_eq!(route(&gate, Method::POST, target), expected, "{target}");
    }
}

#[test]
fn ordinary_paths_pass_untouched() {
    let gate = gate(vec![link("/auth/verify?token={token}"), link("/r/{token}/confirm")]);
    for target in [
        "/shop/list;page=2;sort=asc?token=T",
        "/shop/list;jsessionid=0123456789?q=1",
        "/files/My%20File%20(1).pdf",
        "/files//a//b.js",
        "/files/%EF%BC%A1%EF%BC%A2%E3%80%80%EF%BC%88%EF%BC%91%EF%BC%89.txt",
        "/%E8%AA%8D%E8%A8%BC/%E7%A2%BA%E8%AA%8D?token=T",
        "/caf%e9/men%fc",
        "/%83e%83X%83g%5C%81%40.html",
        "/proxy/https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%2525%23d",
        "/proxy/https://example.com/a;b=c/../d",
        "/a/b/../c/./d//e",
        "/search/100%25%20wool",
        "/50%/off",
        "/emoji/%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB",
        "/u/a%5Cb",
        "/?[a]=b&[token]=T",
        "/auth/verify?xtoken=T&user[token]=T&a[]=b",
    ] {
        assert_eq!(route(&gate, Method::GET, target), "passes", "{target}");
    }
}

#[test]
fn a_front_controller_s_paths_are_links_by_a_template_of_their_own() {
    let gate = gate(vec![
        link("/auth/verify?token={token}"),
        link("/index.php/auth/verify?token={token}"),
    ]);
    for target in [
        "/index.php/auth/verify?token=T",
        "/INDEX.PHP//auth/verify/?token=T",
        "/index.php/auth//../verify?token=T",
        "/index%2Ephp/auth/%76erify?token=T",
    ] {
        assert_eq!(route(&gate, Method::GET, target), "link", "{target}");
    }
    assert_eq!(route(&gate, Method::GET, "/index.php/auth/verify;token=T"), "ambiguous");
    assert_eq!(route(&gate, Method::GET, "/index.php/news?token=T"), "passes");
}

#[test]
fn controls_in_a_link_are_refused_and_never_taken_out() {
    let shape = regex::Regex::new("^[A-Za-z0-9]{32}$").unwrap();
    let token = "0123456789abcdef0123456789abcdef";
    for token_shape in [None, Some(shape)] {
        let gate = gate(vec![
            Link {
                token_shape: token_shape.clone(),
                ..link("/auth/verify?token={token}")
            },
            Link {
                token_shape,
                ..link("/r/{token}")
            },
        ]);
        for control in [
            "%00", "%01", "%08", "%0B", "%0C", "%1B", "%1f", "%7F", "%C2%80", "%C2%9B",
        ] {
            let (head, tail) = token.split_at(16);
            for target in [
                format!("/auth/verify?token={token}{control}"),
                format!("/auth/verify?token={control}{token}"),
                format!("/auth/verify?token={head}{control}{tail}"),
                format!("/auth/verify?token={token}%22{control}"),
                format!("/auth/verify?token={token}&a={control}"),
                format!("/auth/verify?token%3D{token}{control}"),
                format!("/r/{token}{control}"),
                format!("/r/{head}{control}{tail}"),
            ] {
                assert_eq!(route(&gate, Method::GET, &target), "ambiguous", "{target}");
            }
        }
        let broken = format!("/auth/verify?token={token}%0D%0A");
        assert_eq!(route(&gate, Method::GET, &broken), "link", "a line break is damage");
    }
}

#[test]
fn a_value_that_a_body_cannot_say_is_refused() {
    let redeem = || Redeem {
        method: Method::POST,
        url: Template::parse("/v1/verify").unwrap(),
        fields: vec![("token".into(), FieldValue::Hole("token".into()))],
        then: None,
    };
    for confirm in [Confirm::Form(redeem()), Confirm::Json(redeem())] {
        let gate = gate(vec![
            Link {
                confirm: confirm.clone(),
                ..link("/auth/verify?token={token}&id={id}")
            },
            Link {
                confirm,
                ..link("/r/{token}")
            },
        ]);
        for value in ["%ff", "%c3", "a%e2%80", "%ED%A0%80"] {
            for target in [
                format!("/auth/verify?token=0123456789{value}"),
                format!("/auth/verify?token=0123456789&id={value}"),
                format!("/r/0123456789{value}"),
            ] {
                assert_eq!(route(&gate, Method::GET, &target), "ambiguous", "{target}");
            }
        }
        assert_eq!(route(&gate, Method::GET, "/auth/verify?token=T&other=%ff"), "link");
        assert_eq!(route(&gate, Method::GET, "/auth/verify?token=%C3%A9"), "link");
    }
    let replayed = gate(vec![link("/auth/verify?token={token}")]);
    assert_eq!(route(&replayed, Method::GET, "/auth/verify?token=T%ff"), "link");
}

/// Would take minutes if the work grew with the square of the target, or with the product of all habits.
#[test]
fn a_hostile_path_is_read_in_one_go() {
    let gate = gate(vec![link("/auth/verify?token={token}"), link("/verify/{id}/{token}")]);
    for unit in [
        "/..;x",
        "%25",
        "%2f%5c;",
        "/%252e%u002e%c0%ae",
        "//%00",
        "/%20/..",
        "//../x",
        "%ff%",
        "%EF%BC%8F",
        ";/?",
        "%3F%23;",
        "/%EF%BC%8E%EF%BC%8E%E2%80%8B%ff",
        "%%%",
    ] {
        for length in [100, 8_000, 60_000] {
            let target = format!("/auth/verify;{}/../x?token=T", unit.repeat(length / unit.len()));
            let Ok(request) = Request::get(&target).body(()) else {
                continue;
            };
            drop(gate.route(request, "auth.example"));
        }
    }
}
