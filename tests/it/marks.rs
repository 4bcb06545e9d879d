//! The mark of the browser that asked: which links it vouches for, and whose calls it passes.

use std::time::Duration;

use http::Method;

use crate::support::upstream::{ok, signed_in};
use crate::support::{Actor, Gate, Upstream};

/// Whoever is at this address looks like a machine: without a mark it has to type a code.
fn doubtful(actor: &Actor) -> Actor {
    actor.clone().with("user-agent", "curl/8.5.0")
}

#[tokio::test]
async fn a_mark_vouches_only_where_nobody_saw_the_link_before() {
    const LINK: &str = "[limits]\nremembered = 8\n[[link]]\nurl = \"/auth/verify?token={token}\"\nlifetime = \"10m\"\n\
                        ask = \"POST /auth/send-link\"\n";
    for (before, after, flood, wait) in [0, 1, 9]
        .into_iter()
        .flat_map(|before| [0, 9].map(|after| (before, after)))
        .flat_map(|(before, after)| [0, 40].map(|flood| (before, after, flood)))
        .flat_map(|(before, after, flood)| [0, 11 * 60].map(|wait| (before, after, flood, wait)))
    {
        let upstream = Upstream::start(|_| signed_in("/home").into()).await;
        let gate = Gate::with(&upstream, LINK).await;
        let (link, person, stranger) = (gate.link(&gate.token()), doubtful(&gate.person()), gate.scanner());
        let visits = async |number: usize| {
            for _ in 0..number {
                stranger.get(&link).await;
                gate.clock.advance(Duration::from_millis(10));
            }
        };
        visits(before).await;
        for number in 0..flood {
            stranger
                .get(&gate.link(&format!("another-made-up-token-{number}")))
                .await;
            gate.clock.advance(Duration::from_millis(1));
        }
        gate.clock.advance(Duration::from_secs(wait + 1));
        person.ask_for_mail().await;
        gate.clock.advance(Duration::from_secs(1));
        visits(after).await;
        gate.clock.advance(Duration::from_secs(20));
        let vouched = person.get(&link).await.code().is_none();
        // A flood that may have pushed out a link that still works leaves nothing known.
        let certain = before == 0 && (flood == 0 || wait > 600);
        // What was pushed out, and is too old to work, may be taken for new.
        let forgotten = before > 0 && flood > 0 && wait > 600;
        assert!(
            vouched == certain || forgotten,
            "{before} before, {after} after, {flood} others, {wait} s"
        );
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_mark_from_before_a_restart_vouches_for_nothing() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let run = async || {
        let folder = tempfile::tempdir().unwrap();
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        std::fs::write(folder.path().join("key"), key).unwrap();
        let toml = format!(
            "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\nkeys.file = \"key\"\n\
             [[link]]\nurl = \"/auth/verify?token={{token}}\"\nask = \"POST /auth/send-link\"\n",
            upstream.address
        );
        Gate::of(&toml, folder).await
    };
    let (old, new) = (run().await, run().await);
    let asker = doubtful(&old.actor());
    asker.ask_for_mail().await;
    let after = Actor {
        gate: new.address,
        ..asker.clone()
    };
    new.clock.advance(Duration::from_secs(20));
    let link = new.link(&new.token_to_confirm());
    let page = after.get(&link).await;
    assert!(page.code().is_some());
    assert_eq!(
        after.press(&link, &page).await.status,
        302,
        "a code is all that it costs"
    );
    after.ask_for_mail().await;
    new.clock.advance(Duration::from_secs(20));
    assert!(after.get(&new.link(&new.token())).await.code().is_none());
    old.finish(&upstream).await;
    new.finish(&upstream).await;
}

#[tokio::test]
async fn a_marked_call_comes_from_the_site_s_own_pages() {
    let upstream = Upstream::start(|_| ok("").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nhost = \"app.example\"\nask = \"POST /auth/send-link\"\n\
                  same-browser = \"pass\"\n[[link.call]]\nrequest = \"POST /v1/verify\"\njson = { token = \"{token}\" }\n\
                  [[link.call]]\nrequest = \"GET /v1/peek?token={token}\"\n";
    let gate = Gate::with(&upstream, config).await;
    let own = format!("http://{}", gate.address);
    let sites = [
        None,
        Some("same-origin"),
        Some("same-site"),
        Some("cross-site"),
        Some("none"),
        Some("other"),
    ];
    let origins = [
        None,
        Some(own.as_str()),
        Some("https://app.example"),
        Some("https://APP.example:8443"),
        Some("https://evil.example"),
        Some("https://app.example.evil.example"),
        Some("null"),
        Some(""),
    ];
    for (site, origin) in sites
        .iter()
        .flat_map(|site| origins.iter().map(move |origin| (site, origin)))
    {
        for method in [Method::POST, Method::GET] {
            let person = gate.person();
            person.ask_for_mail().await;
            gate.clock.advance(Duration::from_secs(1));
            let token = gate.token();
            let fields = [("sec-fetch-site", site), ("origin", origin)];
            let given = fields.iter().filter_map(|(name, value)| Some((*name, (**value)?)));
            let mut fields: Vec<_> = given.chain([("content-type", "application/json")]).collect();
            fields.push(("accept", "application/json"));
            let expected = match (site, origin) {
                (Some(site), _) => matches!(*site, "same-origin" | "same-site"),
                (None, None) => true,
                (None, Some(origin)) => origins[1..4].contains(&Some(*origin)),
            };
            if expected {
                gate.allow(&token);
            }
            let (target, body) = match method {
                Method::POST => ("/v1/verify".to_owned(), format!("{{\"token\":\"{token}\"}}")),
                _ => (format!("/v1/peek?token={token}"), String::new()),
            };
            let reply = person.send(method.clone(), &target, &fields, &body).await;
            assert_eq!(
                reply.is_from_upstream(),
                expected,
                "{method} {site:?} {origin:?}: {reply:?}"
            );
        }
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_marked_call_s_link_was_seen_by_nobody_before() {
    let upstream = Upstream::start(|_| ok("").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nask = \"POST /auth/send-link\"\nsame-browser = \"pass\"\n\
                  [[link.call]]\nrequest = \"POST /v1/verify\"\njson = { token = \"{token}\" }\n";
    let gate = Gate::with(&upstream, config).await;
    for how in ["page", "call"] {
        let token = gate.token();
        let call = format!("{{\"token\":\"{token}\"}}");
        let stranger = gate.person();
        if how == "page" {
            assert!(stranger.get(&gate.link(&token)).await.is_held());
        } else {
            assert_eq!(stranger.post_json("/v1/verify", &call).await.status, 403);
        }
        let person = gate.person();
        person.ask_for_mail().await;
        gate.clock.advance(Duration::from_secs(20));
        assert_eq!(person.post_json("/v1/verify", &call).await.status, 403, "{how}");
    }
    gate.finish(&upstream).await;
}
