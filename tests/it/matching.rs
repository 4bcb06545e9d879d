//! No spelling of a protected link gets through to a router that would take it for the link.

use std::time::Duration;

use http::Request;
use linklatch::gate::keys::KeyRing;
use linklatch::gate::link::{Call, Link};
use linklatch::gate::template::Template;
use linklatch::gate::{Gate, Routed};
use linklatch::secret::SecretKey;
use linklatch::signatures::Signatures;
use proptest::prelude::*;

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

/// A router to the letter: one decoding of each segment and field, nothing else.
fn strict(target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decoded: Vec<String> = path.split('/').map(decode).collect();
    decoded == ["", "auth", "verify"]
        && fields(query, "&")
            .iter()
            .any(|(name, value)| name == "token" && !value.is_empty())
}

/// A router that forgives everything that any known one forgives.
fn lenient(target: &str) -> bool {
    let mut texts = vec![target.to_owned()];
    for _ in 0..4 {
        texts.push(decode(texts.last().unwrap()));
    }
    texts.iter().any(|text| {
        let text = text.replace('\\', "/");
        let cut = text.find(['#', '\0']).map_or(text.as_str(), |at| &text[..at]);
        let (path, query) = cut.split_once('?').unwrap_or((cut, ""));
        let own_query = target.split_once('?').map_or("", |(_, query)| query);
        let mut segments: Vec<String> = Vec::new();
        for segment in path.split('/') {
            let segment: String = segment
                .split(';')
                .next()
                .unwrap()
                .chars()
                .filter(|c| !c.is_control())
                .collect();
            match segment.trim() {
                "" | "." => {}
                ".." => drop(segments.pop()),
                plain => segments.push(plain.trim_end_matches('.').to_lowercase()),
            }
        }
        let last = segments
            .last_mut()
            .map(|last| last.split('.').next().unwrap().to_owned());
        let routed = segments.len() == 2 && segments[0] == "auth" && last.as_deref() == Some("verify");
        let carried = |query: &str| {
            fields(query, "&;").iter().any(|(name, value)| {
                let name: String = decode(&decode(name)).chars().filter(|c| !c.is_control()).collect();
                let name = name.trim().split('[').next().unwrap().to_lowercase();
                name == "token" && !value.trim().is_empty()
            })
        };
        routed && (carried(query) || carried(own_query))
    })
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

fn fields(query: &str, separators: &str) -> Vec<(String, String)> {
    let pairs = query.split(|c| separators.contains(c));
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(value))
        })
        .collect()
}

/// One way to bend a target.
fn bend() -> impl Strategy<Value = (u8, prop::sample::Index)> {
    (0u8..40, any::<prop::sample::Index>())
}

fn bent(target: &str, how: u8, at: &prop::sample::Index) -> String {
    let path_len = target.find('?').unwrap_or(target.len());
    let boundary = |index: usize| (index..=target.len()).find(|at| target.is_char_boundary(*at)).unwrap();
    let anywhere = boundary(at.index(target.len()));
    let in_path = boundary(at.index(path_len.max(1)));
    let insert = |at: usize, text: &str| format!("{}{text}{}", &target[..at], &target[at..]);
    let slashes: Vec<usize> = target[..path_len].match_indices('/').map(|(at, _)| at).collect();
    let slash = if slashes.is_empty() {
        0
    } else {
        slashes[at.index(slashes.len())]
    };
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let next = target[anywhere..]
        .chars()
        .next()
        .map_or(anywhere, |c| anywhere + c.len_utf8());
    match how {
        0 => insert(slash, "/"),
        1 => insert(slash, "/."),
        2 => insert(slash, "/x/.."),
        3 => insert(slash, ";v=1"),
        4 => insert(path_len, "/"),
        5 => insert(path_len, ".json"),
        6 => insert(path_len, "."),
        7 => insert(path_len, "%20"),
        8 | 9 => format!(
            "{}{}{}",
            &target[..anywhere],
            encode(&target[anywhere..next]),
            &target[next..]
        ),
        10 => target.replacen('%', "%25", 1),
        11 => insert(path_len, "%00"),
        12 => insert(in_path.max(1), "%0a"),
        13 => format!("{}%5c{}", &target[..slash], target.get(slash + 1..).unwrap_or_default()),
        14 => format!("/..{target}"),
        15 => format!("/{target}"),
        16 => format!("//evil.example{target}"),
        17 => target.to_uppercase(),
        18 => insert(path_len, "%3Ftoken=x"),
        19 => target.replacen("token=", "token[]=", 1),
        20 => target.replacen("token=", "a=1;token=", 1),
        21 => format!("{target}&token=other"),
        22 => target.replacen("token=", "+token=", 1),
        24.. => damaged(target, how, at, anywhere),
        _ => format!("{}%2f{}", &target[..slash], target.get(slash + 1..).unwrap_or_default()),
    }
}

/// What mail programs and gateways do to links.
fn damaged(target: &str, how: u8, at: &prop::sample::Index, anywhere: usize) -> String {
    match how {
        24 => target.replace('&', "&amp;"),
        25 => target.replacen("token=", "a=1&amp;token=", 1),
        26 => target.replace('=', "=3D"),
        27 => target.replace('=', "%3D"),
        28 => target.replacen('?', "%3F", 1),
        29 => format!("{target}{}", [".", "%3E", ")", "'", "].", "%22", "!", ","][at.index(8)]),
        30 => target.replacen("token=", "token=%3C", 1),
        31 => {
            let put = ["=%0D%0A", "%0A", "%20", "+", "%E2%80%8B"][at.index(5)];
            format!("{}{put}{}", &target[..anywhere], &target[anywhere..])
        }
        32 => target.replace('%', "%25"),
        33 => format!("{target}?utm_source=x"),
        34 => format!("{target}](https://auth.example{target})"),
        35 => format!(
            "/auth/verify?token=https%3A%2F%2Fauth.example{}",
            target.bytes().map(|b| format!("%{b:02X}")).collect::<String>()
        ),
        36 => target[..anywhere.max(1)].to_owned(),
        37 => format!("{target}&amp;token=other"),
        38 => target.replacen("token=", "token%3D", 1),
        _ => target.replacen("token=", "utm_source=x?token=", 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn no_spelling_gets_through(bends in prop::collection::vec(bend(), 0..5)) {
        let gate = gate(vec![link("/auth/verify?token={token}")]);
        let mut target = format!("/auth/verify?token={TOKEN}");
        for (how, at) in &bends {
            target = bent(&target, *how, at);
        }
        let Some(passes) = passes(&gate, &target) else { return Ok(()) };
        if strict(&target) || lenient(&target) {
            prop_assert!(!passes, "{target} is the link to some router, and passes");
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
        for (how, at) in &bends {
            target = bent(&target, *how, at);
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
        if let Some(passes) = passes(&gate, &path) && (strict(&path) || lenient(&path)) {
            prop_assert!(!passes, "{path}");
        }
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
    let call = Call {
        method: http::Method::POST,
        url: Template::parse("/v1/auth/verify").unwrap(),
        fields: vec![("token".into(), "token".into())],
        headers: Vec::new(),
    };
    let gate = gate(vec![Link {
        calls: vec![call],
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
    let calls = ["POST /v1/auth/verify", "PUT /v1/redeem", "GET /v1/peek"].map(|call| {
        let (method, url) = call.split_once(' ').unwrap();
        Call {
            method: method.parse().unwrap(),
            url: Template::parse(url).unwrap(),
            fields: vec![("token".into(), "token".into())],
            headers: Vec::new(),
        }
    });
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
