//! Apps that redeem the link in ways of their own.

use bytes::Bytes;
use http::{Method, Response};

use crate::browser::Browser;
use crate::press::{DRIVEN, Site, page};
use crate::support::upstream::{Received, Reply, answer, signed_in};
use crate::support::{Actor, Gate, LINK, Upstream};

const CALLS: &str = "host = \"app.example\"\n\
     [[link.call]]\nrequest = \"POST /v1/auth/verify\"\njson = { token = \"{token}\" }\n";

/// An app whose script redeems the token as soon as its page is open.
const APP: &str = r#"<h1>Signing in</h1><script>
fetch("https://" + location.host.replace("app", "api") + "/v1/auth/verify", {
    method: "POST",
    credentials: "include",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: new URLSearchParams(location.search).get("token") }),
}).then((answer) => answer.json()).then(
    (said) => document.querySelector("h1").replaceWith(Object.assign(document.createElement("h2"), { textContent: said.user })),
    (error) => document.querySelector("h1").append(": " + error),
);
</script>"#;

/// The app, and the API that it calls from another origin.
fn app_and_api(request: &Received) -> Reply {
    let host = request.header("host").unwrap();
    let reply = match (&request.method, request.target.split('?').next()) {
        (&Method::GET, Some("/auth/verify")) if host.starts_with("app.") => page(APP),
        (&Method::OPTIONS, Some("/v1/auth/verify")) => answer(204, "text/plain", ""),
        (&Method::POST, Some("/v1/auth/verify")) if host.starts_with("api.") => {
            answer(200, "application/json", r#"{"success": true, "user": "Ada"}"#)
        }
        _ => answer(404, "text/plain", "nothing is here"),
    };
    allowed(reply, &format!("https://{}", host.replace("api", "app"))).into()
}

fn allowed(mut reply: Response<Bytes>, origin: &str) -> Response<Bytes> {
    let fields = [
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", "content-type"),
        ("set-cookie", "session=abc; Path=/; HttpOnly; Secure; SameSite=Lax"),
    ];
    for (name, value) in fields {
        reply.headers_mut().insert(name, value.parse().unwrap());
    }
    reply
}

/// Whoever calls the API with the token, past the app.
async fn direct_call(site: &Site, token: &str) -> crate::support::Reply {
    let mut caller = Actor::at(site.gate.addresses[1]);
    caller.host = "api.example".to_owned();
    caller
        .post_json("/v1/auth/verify", &format!("{{\"token\": \"{token}\"}}"))
        .await
}

#[tokio::test]
async fn an_app_whose_script_redeems_the_token_on_load() {
    let site = Site::before(Upstream::start(app_and_api).await, CALLS).await;
    let token = site.gate.token();
    let link = site.url("app.example", &site.gate.link(&token));

    let scanner = Browser::start().await;
    scanner.goto(&link).await.unwrap();
    scanner.is_held().await;
    // A scanner that runs scripts has seen the page, not the app.
    let refused = direct_call(&site, &token).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["error"], "confirmation_required");
    assert_eq!(site.spent(&token).len(), 0);

    site.gate.allow(&token);
    let person = Browser::start().await;
    person.goto(&link).await.unwrap();
    person.press().await;
    assert_eq!(person.sees("h2").await.text().await.unwrap(), "Ada");
    let calls: Vec<_> = site
        .upstream
        .received()
        .into_iter()
        .map(|request| (request.method, request.target))
        .collect();
    let verify = "/v1/auth/verify".to_owned();
    let expected = [
        (Method::GET, site.gate.link(&token)),
        (Method::OPTIONS, verify.clone()),
        (Method::POST, verify),
    ];
    assert_eq!(calls, expected);
    site.finish().await;
}

#[tokio::test]
async fn an_upstream_with_a_confirm_form_of_its_own() {
    let upstream = Upstream::start(|request| match (&request.method, request.target.split('?').next()) {
        (&Method::GET, Some("/auth/verify")) => {
            page("<h1>Sign in?</h1><form method=post><button name=confirm value=yes>Yes, sign in</button></form>")
                .into()
        }
        (&Method::POST, Some("/auth/verify")) => signed_in("/home").into(),
        _ => page("<h1>Home</h1>").into(),
    })
    .await;
    let site = Site::before(upstream, "").await;
    let token = site.gate.token_to_confirm();
    let browser = Browser::start().await;
    browser
        .goto(&site.url("app.example", &site.gate.link(&token)))
        .await
        .unwrap();
    browser.press().await;
    browser.shows("Sign in?").await;
    browser.click("button[name=confirm]").await;
    browser.shows("Home").await;
    let link = site.gate.link(&token);
    let received = site.upstream.received().into_iter();
    let spent: Vec<_> = received
        .filter(|request| request.target == link)
        .map(|request| (request.method, request.body))
        .collect();
    let expected = [
        (Method::GET, Bytes::new()),
        (Method::POST, Bytes::from_static(b"confirm=yes")),
    ];
    assert_eq!(spent, expected);
    site.finish().await;
}

/// A service worker that makes every request anew: what was a navigation is then a script's own request.
const WORKER: &str =
    "addEventListener('fetch', (event) => event.respondWith(fetch(event.request, { cache: 'no-store' })));";
const INSTALLS: &str = "<h1>Installing</h1><script>
navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(
    () => { document.querySelector('h1').textContent = 'Installed'; },
    (error) => document.querySelector('h1').append(': ' + error),
);
</script>";

#[tokio::test]
async fn an_app_whose_service_worker_makes_every_request_anew() {
    let upstream = Upstream::start(|request| {
        let reply = match request.target.split('?').next() {
            Some("/worker.js") => answer(200, "text/javascript", WORKER),
            Some("/installs") => page(INSTALLS),
            Some("/auth/verify") => signed_in("/home"),
            _ => page("<h1>Home</h1>"),
        };
        reply.into()
    })
    .await;
    let gate = Gate::with(&upstream, &format!("{LINK}{DRIVEN}")).await;
    let token = gate.token_to_confirm();
    let (site, link) = (
        format!("http://app.localhost:{}", gate.addresses[0].port()),
        gate.link(&token),
    );
    let browser = Browser::start().await;
    browser.goto(&format!("{site}/installs")).await.unwrap();
    browser.shows("Installed").await;
    browser.goto(&format!("{site}{link}")).await.unwrap();
    browser.press().await;
    browser.shows("Home").await;
    let records = gate.records();
    let ways = records
        .iter()
        .filter(|record| record["linklatch.link.name"].is_string());
    let ways: Vec<_> = ways.filter_map(|record| record["linklatch.reason"].as_str()).collect();
    assert_eq!(
        ways,
        ["visit", "code_needed", "code"],
        "no browser says that a person caused such a press"
    );
    let received = upstream.received();
    assert_eq!(received.iter().filter(|request| request.target == link).count(), 1);
    gate.finish(&upstream).await;
}
