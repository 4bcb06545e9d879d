//! What people do every day: reload, go back, leave a tab open, change networks. All of it works.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::support::upstream::{Received, Reply, signed_in};
use crate::support::{Gate, Upstream};

/// An auth API that answers each link with a page of its own.
async fn upstream() -> Upstream {
    Upstream::start(|received: &Received| signed_in(&format!("/home?{}", received.target.len())).into()).await
}

#[tokio::test]
async fn a_page_that_was_reloaded_works_old_and_new() {
    let upstream = upstream().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let first = person.get(&link).await;
    gate.clock.advance(Duration::from_secs(5));
    let reloaded = person.get(&link).await;
    assert_eq!(person.press(&link, &reloaded).await.status, 302);
    // Back, and the page that the browser had kept.
    assert_eq!(person.press(&link, &first).await.status, 302);
    // The answer itself, reloaded: the browser posts the form again.
    assert_eq!(person.press(&link, &reloaded).await.status, 302);
    assert_eq!(upstream.received().len(), 1, "one answer for all");
    gate.clock.advance(Duration::from_secs(61));
    let fresh = person.press(&link, &reloaded).await;
    assert!(fresh.is_held() && fresh.code().is_none(), "one more press, no more");
    assert_eq!(person.press(&link, &fresh).await.status, 302);
    assert_eq!(upstream.received().len(), 2, "later the upstream is asked again");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn two_tabs_with_two_links_are_two_calls() {
    let told = Arc::new(Notify::new());
    let wait = Arc::clone(&told);
    let upstream = Upstream::start(move |received: &Received| {
        let answer = signed_in(&format!("/home?{}", received.target.len()));
        if received.target.ends_with("slow=1") {
            Reply::When(Arc::clone(&wait), answer)
        } else {
            answer.into()
        }
    })
    .await;
    let gate = Gate::before(&upstream).await;
    let slow = format!("{}&slow=1", gate.link(&gate.token_to_confirm()));
    let quick = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let (page, other) = (person.get(&slow).await, person.get(&quick).await);
    let meanwhile = async {
        upstream.has_received(1).await;
        let reply = person.press(&quick, &other).await;
        told.notify_one();
        reply
    };
    let (waited, at_once) = tokio::join!(person.press(&slow, &page), meanwhile);
    for (reply, target) in [(waited, &slow), (at_once, &quick)] {
        assert_eq!(
            reply.header("location"),
            Some(format!("/home?{}", target.len()).as_str())
        );
    }
    assert_eq!(upstream.received().len(), 2);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_tab_left_open_over_night_needs_one_more_press() {
    let upstream = upstream().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    gate.clock.advance(Duration::from_secs(10 * 60 * 60));
    let fresh = person.press(&link, &page).await;
    assert!(fresh.is_held() && fresh.code().is_none());
    assert_eq!(gate.last_record()["linklatch.reason"], "ticket_expired");
    assert_eq!(upstream.received().len(), 0);
    assert_eq!(person.press(&link, &fresh).await.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_bookmarked_page_opens_without_asking_the_upstream() {
    let upstream = upstream().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    assert_eq!(person.sign_in(&link).await.status, 302);
    for days in 1..3 {
        gate.clock.advance(Duration::from_secs(days * 24 * 60 * 60));
        for _ in 0..2 {
            assert!(person.get(&link).await.is_held());
        }
    }
    assert_eq!(upstream.received().len(), 1, "opening spends nothing");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_change_of_network_between_page_and_press_costs_nothing() {
    let upstream = upstream().await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\n";
    let gate = Gate::with(&upstream, &format!("trusted-proxies = [\"127.0.0.0/8\"]\n{config}")).await;
    for (from, to) in [
        // From the house's network to the phone's.
        ("198.51.100.7", "203.0.113.9"),
        // From IPv4 to IPv6, and back.
        ("198.51.100.7", "2001:db8:1::7"),
        ("2001:db8:1::7", "198.51.100.7"),
        ("2001:db8:1::7", "2001:db8:2::9"),
    ] {
        let link = gate.link(&gate.token_to_confirm());
        let person = gate.person();
        let page = person.clone().with("x-forwarded-for", from).get(&link).await;
        assert!(page.is_held() && page.code().is_none(), "{from}");
        gate.clock.advance(Duration::from_secs(20));
        let pressed = person.clone().with("x-forwarded-for", to).press(&link, &page).await;
        assert_eq!(pressed.status, 302, "{from} → {to}: {pressed:?}");
        assert_eq!(gate.last_record()["client.address"], to);
    }
    assert_eq!(upstream.received().len(), 4);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_second_press_while_the_upstream_is_slow_waits_for_the_first() {
    let (upstream, told) = Upstream::when_told("/home").await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    let first = person.press(&link, &page);
    let impatient = async {
        upstream.has_received(1).await;
        gate.clock.advance(Duration::from_secs(25));
        let reloaded = person.get(&link).await;
        let second = person.press(&link, &reloaded);
        let release = async { told.notify_one() };
        tokio::join!(second, release).0
    };
    let (first, second) = tokio::join!(first, impatient);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (302, 302));
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}
