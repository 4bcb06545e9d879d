//! What every answer of the gate's own carries: pages, their files, errors, and envelopes for programs.

use http::Method;

use crate::support::{Actor, Gate, Reply, Upstream};

const CONFIG: &str = "hosts = [\"a.example\"]\n[page]\nlogo = \"logo.svg\"\n[limits]\ntarget = \"1KiB\"\nbody = \"1KiB\"\n\
    [[link]]\nurl = \"/auth/verify?token={token}\"\ntoken = '.{32}'\n\
    [[link.call]]\nrequest = \"POST /v1/auth/verify\"\njson = { token = \"{token}\" }\n\
    [[upstream]]\nname = \"api\"\nurl = \"http://UPSTREAM\"\n\
    [[upstream]]\nname = \"down\"\nurl = \"http://127.0.0.1:9\"\npaths = [\"/down\"]\n";

fn assert_own(reply: &Reply, what: &str) {
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(
        reply.header("cross-origin-resource-policy"),
        Some("same-origin"),
        "{what}"
    );
    // Any other value than the default cuts a sign-in pop-up from the app that waits for it, for good.
    let opener = reply.header("cross-origin-opener-policy");
    assert!(matches!(opener, None | Some("unsafe-none")), "{what}: {opener:?}");
    let kind = reply.header("content-type").unwrap_or_default();
    if kind.starts_with("text/html") {
        let permissions = reply.header("permissions-policy").unwrap_or_default();
        for denied in [
            "camera",
            "microphone",
            "geolocation",
            "payment",
            "usb",
            "clipboard-read",
            "publickey-credentials-get",
        ] {
            assert!(permissions.contains(&format!("{denied}=()")), "{what}: {permissions}");
        }
        assert!(permissions.contains("clipboard-write=(self)"), "{what}: {permissions}");
        assert_eq!(reply.header("cache-control"), Some("no-store, no-transform"), "{what}");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{what}");
        assert_eq!(reply.header("referrer-policy"), Some("strict-origin"), "{what}");
    }
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(
        kind == "application/json" || policy.starts_with("default-src 'none'; "),
        "{what}: {policy}"
    );
}

/// Method, target, fields, body, and the status of the answer.
type Asked = (Method, String, Vec<(&'static str, String)>, String, u16);

/// Requests that the gate itself answers.
fn requests(token: &str) -> Vec<Asked> {
    let link = format!("/auth/verify?token={token}");
    let form = || vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    let json = || vec![("content-type", "application/json".to_owned())];
    let call = |token: &str| format!("{{\"token\":\"{token}\"}}");
    vec![
        (Method::GET, link.clone(), vec![], String::new(), 200),
        (Method::HEAD, link.clone(), vec![], String::new(), 200),
        (
            Method::POST,
            link.clone(),
            form(),
            "linklatch-ticket=none".to_owned(),
            200,
        ),
        (Method::POST, link.clone(), form(), "x".repeat(1500), 200),
        (Method::PUT, link.clone(), vec![], String::new(), 405),
        (Method::GET, format!("{link}&token={token}"), vec![], String::new(), 400),
        (
            Method::GET,
            format!("/{}", "x".repeat(1500)),
            vec![],
            String::new(),
            414,
        ),
        (
            Method::GET,
            "/auth/verify?token=short".to_owned(),
            vec![],
            String::new(),
            400,
        ),
        (Method::GET, "/down/page".to_owned(), vec![], String::new(), 502),
        (Method::POST, "/v1/auth/verify".to_owned(), json(), call(token), 403),
        (
            Method::POST,
            "/v1/auth/verify".to_owned(),
            json(),
            call(&"x".repeat(1500)),
            413,
        ),
    ]
}

#[tokio::test]
async fn every_answer_of_the_gate_s_own_carries_what_protects_it() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("logo.svg"),
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    )
    .unwrap();
    let config = CONFIG.replace("UPSTREAM", &upstream.address.to_string());
    let gate = Gate::of(&format!("listen = \"127.0.0.1:0\"\n{config}"), folder).await;
    let at = |actor: Actor, host: &str| Actor {
        host: host.to_owned(),
        ..actor
    };
    let person = at(gate.person(), "a.example");
    let scanner = at(gate.scanner(), "a.example");
    let program = at(gate.actor(), "a.example").with("accept", "application/json");
    for who in [&person, &scanner, &program] {
        let token = gate.token();
        for (method, target, fields, body, status) in requests(&token) {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
            let reply = who.send(method.clone(), &target, &fields, &body).await;
            let what = format!("{method} {target}: {}", reply.status);
            // A program is told why a page is not for it.
            let told = [status, if status == 200 { 403 } else { status }];
            assert!(told.contains(&reply.status.as_u16()), "{what}, not {status}");
            assert!(!reply.is_from_upstream(), "{what}");
            assert_own(&reply, &what);
        }
    }
    let page = person.get(&gate.link(&gate.token())).await;
    let files: Vec<_> = page
        .body
        .split(['"', '\''])
        .filter(|part| part.starts_with("/.linklatch/"))
        .collect();
    assert!(files.len() >= 2, "script and logo: {files:?}");
    for file in files {
        assert_own(&person.get(file).await, file);
        let wrong = person.post_form(file, "").await;
        assert_eq!(wrong.status, 405);
        assert_own(&wrong, file);
    }
    let elsewhere = at(gate.person(), "b.example").get("/page").await;
    assert_eq!(elsewhere.status, 421);
    assert_own(&elsewhere, "another host");
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}
