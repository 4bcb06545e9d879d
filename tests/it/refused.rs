//! What a person reads when the upstream refuses a confirmed link.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::support::upstream::{Received, Reply, answer, signed_in};
use crate::support::{Actor, Gate, Upstream};

const REFUSAL: &str = r#"{"error": "invalid_or_expired"}"#;

/// An auth API whose links work once, and which never says why not.
async fn once() -> Upstream {
    let used = Mutex::new(HashSet::new());
    Upstream::start(move |received: &Received| {
        let target = received.target.clone();
        if target.contains("never") || !used.lock().unwrap().insert(target) {
            answer(401, "application/json", REFUSAL).into()
        } else {
            signed_in("/home").into()
        }
    })
    .await
}

/// Opens a link and presses: the status, the page's heading, and the log's word.
async fn told(gate: &Gate, who: &Actor, link: &str) -> (u16, String, String) {
    let reply = who.sign_in(link).await;
    let heading = reply.body.split("<h1").nth(1).unwrap_or_default();
    let heading = heading.split(['>', '<']).nth(1).unwrap_or_default().to_owned();
    let error = gate.last_record()["error.type"].as_str().unwrap_or_default().to_owned();
    (reply.status.as_u16(), heading, error)
}

fn says(status: u16, heading: &str, error: &str) -> (u16, String, String) {
    (status, heading.to_owned(), error.to_owned())
}

#[tokio::test]
async fn a_used_link_says_in_which_browser_it_was_used() {
    let upstream = once().await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nnew-link = \"/sign-in\"\n";
    let gate = Gate::with(&upstream, config).await;
    let link = gate.link(&gate.token_to_confirm());
    // A mail app's own view, then the browser that it opens.
    let (webview, browser) = (gate.person(), gate.person());
    assert_eq!(webview.sign_in(&link).await.status, 302);
    let at_once = browser.sign_in(&link).await;
    assert_eq!(at_once.status, 409);
    gate.clock.advance(Duration::from_secs(61));
    let elsewhere = says(401, "This link was used already", "link_used_elsewhere");
    assert_eq!(told(&gate, &browser, &link).await, elsewhere);
    gate.clock.advance(Duration::from_secs(61));
    let here = says(401, "You have used this link already", "link_used");
    assert_eq!(told(&gate, &webview, &link).await, here);
    let shown = webview.sign_in(&link).await;
    assert!(shown.body.contains("href=\"/sign-in\""), "one clear way on");
    // A failure is no use: of that one nobody knows why.
    let other = format!("{}&never=1", gate.link(&gate.token_to_confirm()));
    for _ in 0..2 {
        let unknown = says(401, "This link can't be used", "link_invalid");
        assert_eq!(told(&gate, &webview, &other).await, unknown);
        gate.clock.advance(Duration::from_secs(61));
    }
    gate.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(told(&gate, &webview, &link).await.2, "link_invalid", "it is forgotten");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_program_gets_the_upstream_s_own_word_for_a_used_link() {
    let upstream = once().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    assert_eq!(person.sign_in(&link).await.status, 302);
    gate.clock.advance(Duration::from_secs(61));
    let page = person.get(&link).await;
    let program = person.clone().with("accept", "application/json");
    let own = program.press(&link, &page).await;
    assert_eq!((own.status.as_u16(), own.body.as_str()), (401, REFUSAL));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_link_past_its_time_is_called_too_old() {
    let upstream = once().await;
    let config = "[[link]]\nurl = \"/timed?token={token}&at={at}\"\nissued = \"at\"\nlifetime = \"15m\"\n\
                  [[link]]\nurl = \"/jwt?token={token}\"\n\
                  [[link]]\nurl = \"/asked?token={token}\"\nask = \"POST /send\"\nlifetime = \"30m\"\n";
    let gate = Gate::with(&upstream, config).await;
    let person = gate.person();
    let now = gate.clock.now().as_millis() / 1000;
    let refused = |target: String| format!("{target}&never=1");
    let fresh = refused(format!("/timed?token={}&at={now}", gate.token_to_confirm()));
    let old = refused(format!("/timed?token={}&at={}", gate.token_to_confirm(), now - 1000));
    let too_old = says(401, "This link is too old", "link_expired");
    assert_eq!(told(&gate, &person, &fresh).await.2, "link_invalid");
    assert_eq!(told(&gate, &person, &old).await, too_old);
    for (end, error) in [(now - 60, "link_expired"), (now + 3600, "link_invalid")] {
        let claims = BASE64URL_NOPAD.encode(format!(r#"{{"iat":{},"exp":{end}}}"#, now - 900).as_bytes());
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.{}", gate.token_to_confirm());
        assert_eq!(
            told(&gate, &person, &refused(format!("/jwt?token={token}"))).await.2,
            error
        );
    }
    person.post_form("/send", "email=a@b.example").await;
    let asked = refused(format!("/asked?token={}", gate.token_to_confirm()));
    gate.clock.advance(Duration::from_secs(29 * 60));
    assert_eq!(told(&gate, &person, &asked).await.2, "link_invalid");
    gate.clock.advance(Duration::from_secs(61));
    assert_eq!(told(&gate, &person, &asked).await, too_old);
    // What still works, works: the upstream alone knows.
    let works = format!("/timed?token={}&at={}", gate.token_to_confirm(), now - 1000);
    assert_eq!(person.sign_in(&works).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_upstream_s_word_for_why_counts() {
    let upstream = Upstream::start(|received: &Received| {
        let why = ["expired", "used", "failed"]
            .into_iter()
            .find(|why| received.target.contains(why));
        signed_in(&why.map_or_else(|| "/home".to_owned(), |why| format!("/login?error={why}"))).into()
    })
    .await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nfailure = { location = 'error=' }\n\
                  used = { location = 'error=used' }\nexpired = { location = 'error=expired' }\n";
    let gate = Gate::with(&upstream, config).await;
    let person = gate.person();
    for (why, expected) in [
        ("expired", says(410, "This link is too old", "link_expired")),
        ("used", says(410, "This link was used already", "link_used_elsewhere")),
        ("failed", says(410, "This link can't be used", "link_invalid")),
    ] {
        let link = format!("{}&{why}=1", gate.link(&gate.token_to_confirm()));
        assert_eq!(told(&gate, &person, &link).await, expected);
    }
    assert_eq!(
        person
            .sign_in(&gate.link(&gate.token_to_confirm()))
            .await
            .header("location"),
        Some("/home")
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn too_many_tries_say_when_to_try_again() {
    let upstream = Upstream::start(|received: &Received| {
        let kind = if received.target.contains("html") {
            "text/html"
        } else {
            "application/json"
        };
        let mut busy = answer(429, kind, "slow down");
        busy.headers_mut().insert("retry-after", "120".parse().unwrap());
        Reply::Answer(busy)
    })
    .await;
    let gate = Gate::before(&upstream).await;
    let person = gate.person();
    let link = gate.link(&gate.token_to_confirm());
    let page = person.sign_in(&link).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (429, Some("120")));
    assert!(page.body.contains("Too many tries") && !page.is_from_upstream());
    assert_eq!(gate.last_record()["error.type"], "too_many_tries");
    let own = person
        .sign_in(&format!("{}&html=1", gate.link(&gate.token_to_confirm())))
        .await;
    assert_eq!((own.status.as_u16(), own.body.as_str()), (429, "slow down"));
    gate.finish(&upstream).await;
}
