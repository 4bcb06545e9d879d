//! No spelling of a protected link gets through to a router that would take it for the link.

use std::time::Duration;

use http::Request;
use linklatch::gate::keys::KeyRing;
use linklatch::gate::link::{Call, Link};
use linklatch::gate::template::Template;
use linklatch::gate::{CallToken, Gate, Routed};
use linklatch::secret::SecretKey;
use linklatch::signatures::Signatures;
use proptest::prelude::*;

use self::bends::{bend, bent};
use self::readers::{NAMES, READERS};

mod bends;
mod readers;

const TOKEN: &str = "Zk3_token-0123456789abcdef";

fn link(url: &str) -> Link {
    Link::new("link", Template::parse(url).unwrap())
}

fn gate(links: Vec<Link>) -> Gate {
    let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
    Gate::new(
        links,
        keys.into(),
        &[],
        Signatures::none().into(),
        Default::default(),
        Duration::from_secs(900),
    )
}

/// Whether the gate lets a GET of `target` through.
fn passes(gate: &Gate, target: &str) -> Option<bool> {
    let request = Request::get(target).body(()).ok()?;
    Some(matches!(gate.route(request, "auth.example"), Routed::Open(_)))
}

/// The readers that take a target for the link.
fn redeemers(target: &str) -> Vec<&'static str> {
    let redeems = |(name, reads): &(&'static str, readers::Reader)| reads(target).then_some(*name);
    READERS.iter().filter_map(redeems).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn no_spelling_gets_through(bends in prop::collection::vec(bend(), 0..5)) {
        let gate = gate(vec![link("/auth/verify?token={token}")]);
        let mut target = format!("/auth/verify?token={TOKEN}");
        for bend in &bends {
            target = bent(&target, bend);
        }
        let Some(passes) = passes(&gate, &target) else { return Ok(()) };
        if passes {
            prop_assert_eq!(redeemers(&target), Vec::<&str>::new(), "{} passes", target);
        }
    }

    /// What is mended is a link as plain as if it had come so, to us and to every router.
    #[test]
    fn a_mended_link_is_a_plain_one(bends in prop::collection::vec(bend(), 1..5), shaped in any::<bool>()) {
        let shape = shaped.then(|| regex::Regex::new("^[A-Za-z0-9_-]{26}$").unwrap());
        let gate = gate(vec![
            Link { token_shape: shape, ..link("/auth/verify?token={token}") },
            link("/v1/verify?token={token}&type=magiclink"),
        ]);
        let mut target = format!("/auth/verify?token={TOKEN}&type=magiclink");
        for bend in &bends {
            target = bent(&target, bend);
        }
        let Ok(request) = Request::get(&target).body(()) else { return Ok(()) };
        if let Routed::Protected(protected) = gate.route(request, "auth.example") && protected.repaired().is_some() {
            let mended = protected.request().uri().to_string();
            prop_assert!(gate.is_whole(&protected));
            let request = Request::get(&mended).body(()).unwrap();
            let Routed::Protected(again) = gate.route(request, "auth.example") else {
                return Err(TestCaseError::fail(format!("{target} → {mended} is no link")));
            };
            prop_assert_eq!(again.repaired(), None, "{} → {}", target, mended);
            prop_assert_eq!(again.target(), protected.target());
            prop_assert_eq!(again.link_ids(), protected.link_ids());
        }
    }

    #[test]
    fn arbitrary_targets_are_read_without_fear(path in "/[ -~]{0,60}") {
        let gate = gate(vec![link("/auth/verify?token={token}"), link("/r/{token}")]);
        if passes(&gate, &path) == Some(true) {
            prop_assert_eq!(redeemers(&path), Vec::<&str>::new(), "{} passes", path);
        }
    }

    /// A body of some type, with something before it, that is an object or a form, its field's name bent.
    #[test]
    fn no_body_gets_through(
        content_type in prop::sample::select(TYPES),
        before in prop::sample::select(&["", " ", "\r\n", "\u{feff}", "\u{feff}\n", "\0"][..]),
        name in "(\\[|\\]|\\[\\]|%5B|\\+|\\.|\\?|%00|%ff|%){0,2}(token|TOKEN|t%6fken|to%E2%80%8Bken|tok%ffen)(\\]|\\[\\]|\\[a\\]|%00|\\]x|%20){0,2}",
        shape in 0usize..6,
    ) {
        let gate = gate(vec![Link { calls: vec![call("POST /v1/verify")], ..link("/auth/verify?token={token}") }]);
        let json = format!("{:?}", readers::decode(&name).replace(char::is_control, "?"));
        let body = before.to_owned() + &match shape {
            0 => format!("{name}={TOKEN}"),
            1 => format!("a=1&{name}={TOKEN}&b=2"),
            2 => format!("token=&{name}={TOKEN}"),
            3 => format!("{{\"token\": \"{TOKEN}\"}}"),
            4 => format!("{{\"a\": \"&{name}={TOKEN}&\", \"b\": [1]}}"),
            _ => format!("{{\"a\": 1, {json}: \"{TOKEN}\"}}"),
        };
        let request = Request::post("/v1/verify").header("content-type", content_type).body(()).unwrap();
        let Routed::Call(mut call) = gate.route(request, "auth.example") else { panic!("no call") };
        if gate.call_token(&mut call, body.as_bytes()) == CallToken::None {
            prop_assert!(!carries(&body), "{:?} passes", body);
        }
    }
}

const TYPES: &[&str] = &[
    "application/x-www-form-urlencoded",
    "application/json",
    "application/merge-patch+json",
    "text/plain",
    "multipart/form-data; boundary=b",
];

/// Whether a server that reads JSON or a form whatever the type says finds a token.
fn carries(body: &str) -> bool {
    let object = body.trim_start_matches('\u{feff}').trim();
    let object: Option<serde_json::Value> = serde_json::from_str(object).ok();
    let in_json = object.is_some_and(|object| object.get("token").is_some_and(serde_json::Value::is_string));
    let is_token = |raw: &str| NAMES.iter().any(|(_, name)| name(raw) == "token");
    let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    in_json || pairs.any(|(raw, value)| is_token(raw) && !value.is_empty())
}

fn call(request: &str) -> Call {
    let (method, url) = request.split_once(' ').unwrap();
    Call {
        method: method.parse().unwrap(),
        url: Template::parse(url).unwrap(),
        fields: vec![("token".into(), "token".into())],
        headers: Vec::new(),
    }
}

#[test]
fn a_damaged_link_and_the_whole_one_are_one_link() {
    let shape = regex::Regex::new("^[A-Za-z0-9_-]{26}$").ok();
    let gate = gate(vec![Link {
        token_shape: shape,
        ..link("/auth/verify?token={token}")
    }]);
    let route = |target: &str| {
        let request = Request::get(target).body(()).unwrap();
        match gate.route(request, "auth.example") {
            Routed::Protected(protected) => (protected.target(), protected.link_id()),
            other => panic!("{target}: {other:?}"),
        }
    };
    let whole = route(&format!("/auth/verify?token={TOKEN}"));
    for damaged in [
        format!("/auth/verify?token={TOKEN}%3E"),
        format!("/auth/verify?token=3D{TOKEN}"),
        format!("/auth/verify?token%3D{TOKEN}"),
    ] {
        assert_eq!(route(&damaged), whole, "{damaged}");
    }
    let escaped = route(&format!("/auth/verify?a=1&amp;token={TOKEN}"));
    assert_eq!(escaped, route(&format!("/auth/verify?a=1&token={TOKEN}")));
}

/// Found by the test above, and kept.
#[test]
fn spellings_that_once_got_through_stay_refused() {
    let gate = gate(vec![link("/auth/verify?token={token}")]);
    for target in [
        format!("/a%0auth/verify%00/.json?token={TOKEN}"),
        format!("/auth/verify.json.json?token={TOKEN}"),
        format!("/auth/verify.json%5c.json?token={TOKEN}"),
        format!("/auth/verify?token%3D{TOKEN}"),
        format!("/auth/verify%3Fx=y?token={TOKEN}"),
        format!("/auth/verify%3Ftoken=?{TOKEN}"),
        format!("/auth/%{}76erify?token={TOKEN}", "25".repeat(60)),
    ] {
        assert_eq!(passes(&gate, &target), Some(false), "{target}");
    }
}

#[test]
fn a_token_in_the_path_is_held_however_it_is_encoded() {
    let gate = gate(vec![link("/r/{token}/confirm")]);
    for target in [
        "/r/abc/confirm",
        "/r/a%2Fb/confirm",
        "/r/a%252Fb/confirm",
        "/r//abc/confirm/",
        "/r/abc/confirm.json",
    ] {
        assert_eq!(passes(&gate, target), Some(false), "{target}");
    }
    for target in ["/r/abc", "/r/confirm", "/r/abc/other", "/x/abc/confirm"] {
        assert_eq!(passes(&gate, target), Some(true), "{target}");
    }
}

#[test]
fn a_token_under_a_careless_name_does_not_get_through() {
    let gate = gate(vec![link("/auth/verify?token={token}"), link("/r/{token}.html")]);
    for target in [
        "/auth/verify??token=T",
        "/auth/verify?token%00x=T",
        "/auth/verify?token[a]b=T",
        "/auth/verify?%u0074oken=T",
        "/auth/verify?%c1%b4oken=T",
        "/auth/verify?to%ken=T",
        "/auth/verify?token=&x=%26token%3DT",
        "/r/T.html",
        "/r/T.html.",
        "/r/T.html%20",
        "/r/T.html.json",
    ] {
        assert_eq!(passes(&gate, target), Some(false), "{target}");
    }
    for target in [
        "/auth/verify?next=%2Fx%3Ftoken%3DT",
        "/auth/verify?token=&x=%26y%3DT",
        "/auth/verify?x%00token=T",
        "/r/T.json",
        "/r/T",
    ] {
        assert_eq!(passes(&gate, target), Some(true), "{target}");
    }
}

/// Would take minutes if the work grew with the square of the target.
#[test]
fn a_hostile_target_is_read_in_one_go() {
    let gate = gate(vec![link("/auth/verify?token={token}"), link("/r/{token}.html")]);
    for unit in ["[]", "%5B%5D", "%25", "&", ";", "token[", "%00", "%u005b", "?"] {
        let many = unit.repeat(60_000 / unit.len());
        assert_eq!(passes(&gate, &format!("/auth/verify?x{many}")), Some(true), "{unit}");
        assert_eq!(
            passes(&gate, &format!("/auth/%2576erify?x{many}")),
            Some(true),
            "{unit}"
        );
    }
    for unit in [".a", ".", "%20", "%252e", ";", "%00"] {
        let many = unit.repeat(60_000 / unit.len());
        assert!(passes(&gate, &format!("/r/T.html{many}")).is_some(), "{unit}");
    }
}

#[test]
fn a_link_needs_its_plain_values_and_its_token() {
    let gate = gate(vec![link("/auth/v1/verify?token={token}&type=magiclink")]);
    let cases = [
        ("/auth/v1/verify?token=x&type=magiclink&redirect_to=y", false),
        ("/auth/v1/verify?type=MagicLink&token=x", false),
        ("/auth/v1/verify?type=signup&type=magiclink&token=x", false),
        ("/auth/v1/verify?type%5B%5D=magiclink&token=x", false),
        ("/auth/v1/verify?type=magiclink%00&token=x", false),
        ("/auth/v1/verify?type=magiclink%00x&token=x", false),
        ("/auth/v1/verify?type=%EF%BB%BFmagic%252512link&token=x", false),
        ("/auth/v1/verify?type=%2525256dagiclink&token=x", false),
        ("/auth/v1/verify?token=x&type=signup", true),
        ("/auth/v1/verify?type=magiclink", true),
        ("/auth/v1/verify?token=&type=magiclink", true),
    ];
    for (target, expected) in cases {
        assert_eq!(passes(&gate, target), Some(expected), "{target}");
    }
}

#[test]
fn a_case_sensitive_link_minds_case() {
    let gate = gate(vec![Link {
        case_sensitive: true,
        ..link("/Auth/{token}")
    }]);
    assert_eq!(passes(&gate, "/Auth/x"), Some(false));
    assert_eq!(passes(&gate, "/auth/x"), Some(true));
}

#[test]
fn a_call_is_looked_at_before_it_passes() {
    let gate = gate(vec![Link {
        calls: vec![call("POST /v1/auth/verify")],
        ..link("/auth/verify?token={token}")
    }]);
    for path in ["/v1/auth/verify", "/v1/auth/verify/", "/V1//auth/verify.json"] {
        let request = Request::post(path).body(()).unwrap();
        assert!(matches!(gate.route(request, "any.example"), Routed::Call(_)), "{path}");
    }
    let request = Request::post("/v1/auth/%2576erify").body(()).unwrap();
    assert!(matches!(gate.route(request, "any.example"), Routed::Ambiguous(_)));
    let request = Request::get("/v1/auth/verify").body(()).unwrap();
    assert!(matches!(gate.route(request, "any.example"), Routed::Open(_)));
}

#[test]
fn a_call_s_method_is_known_in_any_case_and_behind_a_post() {
    let calls = ["POST /v1/auth/verify", "PUT /v1/redeem", "GET /v1/peek"].map(call);
    let gate = gate(vec![Link {
        calls: calls.into(),
        ..link("/auth/verify?token={token}")
    }]);
    for (request, expected) in [
        ("post /v1/auth/verify", true),
        ("Put /v1/redeem", true),
        ("POST /v1/redeem", true),
        ("head /v1/peek", true),
        ("PATCH /v1/auth/verify", false),
        ("GET /v1/redeem", false),
        ("POST /v1/peek", false),
    ] {
        let (method, url) = request.split_once(' ').unwrap();
        let built = Request::builder().method(method).uri(url).body(()).unwrap();
        let is_call = matches!(gate.route(built, "any.example"), Routed::Call(_));
        assert_eq!(is_call, expected, "{request}");
    }
}

#[test]
fn what_no_log_may_show_is_the_link_s_own_and_little() {
    let gate = gate(vec![link("/verify?token={token}")]);
    let secrets = |target: &str| {
        let request = Request::get(target).body(()).unwrap();
        let Routed::Protected(protected) = gate.route(request, "") else {
            panic!("{target} is no link")
        };
        protected.secrets().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(secrets("/verify?token=Ab3dEf9&a=1&b=news"), ["Ab3dEf9"]);
    assert_eq!(secrets("/verify?token=A%623dEf9&a=%62"), ["Ab3dEf9", "A%623dEf9"]);
    assert_eq!(secrets("/x/../verify/?token=A+3dEf9="), ["A 3dEf9=", "A+3dEf9="]);
    let many = (0..300).fold(String::new(), |many, n| format!("{many}&x=%41b3dEf9{n}&y={n}"));
    assert!(secrets(&format!("/verify?token=Ab3dEf9{many}")).len() < 50);
}
