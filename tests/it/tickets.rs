//! Tickets that confirm nothing lead to a fresh page, never upstream, never to a dead end.

use std::time::Duration;

use crate::support::upstream::signed_in;
use crate::support::{Actor, Gate, Upstream};

type Bend = fn(&str) -> String;

async fn started() -> (Upstream, Gate) {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    (upstream, gate)
}

/// The reason that the log names, after a press that leads to a fresh page, which then works.
async fn fresh_page(gate: &Gate, upstream: &Upstream, link: &str, person: &Actor, form: &str) -> String {
    let before = upstream.received().len();
    let fresh = person.post_form(link, form).await;
    assert!(fresh.is_held(), "{fresh:?}");
    assert_eq!(upstream.received().len(), before);
    let reason = gate.last_record()["linklatch.reason"].as_str().unwrap().to_owned();
    assert_eq!(person.press(link, &fresh).await.status, 302, "the fresh page works");
    reason
}

#[tokio::test]
async fn forged_altered_cut_and_respelled_tickets_get_a_fresh_page() {
    let (upstream, gate) = started().await;
    let bend: [(&str, Bend); 6] = [
        ("forged", |_| "A".repeat(130)),
        ("altered", |ticket| {
            let other = if &ticket[40..41] == "_" { "-" } else { "_" };
            format!("{}{other}{}", &ticket[..40], &ticket[41..])
        }),
        ("cut", |ticket| ticket[..ticket.len() - 4].to_owned()),
        ("padded", |ticket| format!("{ticket}%3D")),
        ("spaced", |ticket| format!("{ticket}+")),
        ("doubled", |ticket| format!("{ticket}&linklatch-ticket={ticket}")),
    ];
    for (name, bend) in bend {
        let link = gate.link(&gate.token_to_confirm());
        let person = gate.person();
        let ticket = bend(&person.get(&link).await.ticket());
        let reason = fresh_page(&gate, &upstream, &link, &person, &format!("linklatch-ticket={ticket}")).await;
        let expected = if name == "doubled" {
            "no_ticket"
        } else {
            "ticket_not_ours"
        };
        assert_eq!(reason, expected, "{name}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_expired_ticket_gets_a_fresh_page() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let form = format!("linklatch-ticket={}", person.get(&link).await.ticket());
    gate.clock.advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(
        fresh_page(&gate, &upstream, &link, &person, &form).await,
        "ticket_expired"
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_ticket_of_another_link_gets_a_fresh_page() {
    let (upstream, gate) = started().await;
    let (mine, yours) = (gate.link(&gate.token_to_confirm()), gate.link(&gate.token_to_confirm()));
    let person = gate.person();
    let form = format!("linklatch-ticket={}", person.get(&mine).await.ticket());
    assert_eq!(
        fresh_page(&gate, &upstream, &yours, &person, &form).await,
        "ticket_of_another_link"
    );
    let with_more = format!("{mine}&callbackURL=%2Fevil");
    assert_eq!(
        fresh_page(&gate, &upstream, &with_more, &person, &form).await,
        "ticket_of_another_link"
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_post_from_another_site_gets_a_fresh_page() {
    let (upstream, gate) = started().await;
    let own = format!("http://{}", gate.address);
    let elsewhere = [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://127.0.0.1.evil.example")],
    ];
    for fields in elsewhere {
        let link = gate.link(&gate.token_to_confirm());
        let person = gate.person();
        let form = person.form(&person.get(&link).await);
        let attacked = fields
            .iter()
            .fold(person.clone(), |actor, (name, value)| actor.with(name, value));
        let fresh = attacked.post_form(&link, &form).await;
        assert!(fresh.is_held(), "{fields:?}");
        assert_eq!(gate.last_record()["linklatch.reason"], "cross_site");
        assert_eq!(
            person.post_form(&link, &form).await.status,
            302,
            "the ticket was not spent by it"
        );
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_press_on_our_own_page_is_ours_however_the_browser_says_so() {
    let (upstream, gate) = started().await;
    let own = format!("http://{}", gate.address);
    let ours = [
        vec![],
        vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
        vec![("sec-fetch-site", "none")],
        vec![("origin", own.as_str())],
    ];
    for fields in ours {
        let link = gate.link(&gate.token_to_confirm());
        let person = fields
            .iter()
            .fold(gate.person(), |actor, (name, value)| actor.with(name, value));
        assert_eq!(person.sign_in(&link).await.status, 302, "{fields:?}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_ticket_outlives_a_restart_with_the_same_key() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let run = async |key: &str| {
        let folder = tempfile::tempdir().unwrap();
        tokio::fs::write(folder.path().join("key"), key).await.unwrap();
        let config = format!(
            "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\nkeys.file = \"key\"\n\
             [[link]]\nurl = \"/auth/verify?token={{token}}\"\nhost = \"auth.example\"\n",
            upstream.address
        );
        Gate::of(&config, folder).await
    };
    let (old, new) = (
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "_wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    );
    let (before, stranger) = (run(old).await, run(new).await);
    let token = before.token_to_confirm();
    let link = before.link(&token);
    let person = Actor {
        host: "auth.example".into(),
        ..before.person()
    };
    let page = person.get(&link).await;
    let at = |gate: &Gate| Actor {
        gate: gate.address,
        ..person.clone()
    };
    assert!(
        at(&stranger).press(&link, &page).await.is_held(),
        "another key's gate shows a page"
    );
    let rotated = run(&format!("{new}\n{old}\n")).await;
    assert_eq!(at(&rotated).press(&link, &page).await.status, 302);
    for gate in [before, stranger, rotated] {
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_press_that_says_that_it_fetches_ahead_gets_a_fresh_page() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let form = person.form(&person.get(&link).await);
    let ahead = person.clone().with("sec-purpose", "prefetch;prerender");
    assert!(ahead.post_form(&link, &form).await.is_held());
    assert_eq!(gate.last_record()["linklatch.reason"], "fetched_ahead");
    assert!(upstream.received().is_empty());
    assert_eq!(
        person.post_form(&link, &form).await.status,
        302,
        "the press itself works"
    );
    gate.finish(&upstream).await;
}
