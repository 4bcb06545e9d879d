//! What was spent is known for as long as it matters, whatever strangers press meanwhile.

use std::time::Duration;

use crate::reload::config;
use crate::support::upstream::{answer, signed_in};
use crate::support::{Actor, Gate, Upstream};

const ONCE: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\nonce = true\n";

/// An upstream that forgets what was used, and turns tokens away that nobody made.
async fn forgetful() -> Upstream {
    Upstream::start(|received| {
        if received.target.contains("made-up") {
            answer(404, "text/html", "no such link").into()
        } else {
            signed_in("/home").into()
        }
    })
    .await
}

/// So many presses of made-up tokens, from many addresses.
async fn flood(gate: &Gate, presses: usize) {
    let strangers: Vec<Actor> = (0..8).map(|_| gate.person()).collect();
    for at in 0..presses.div_ceil(strangers.len()) {
        let each = strangers.iter().enumerate().map(|(number, stranger)| async move {
            let link = gate.link(&format!("made-up-token-{at}-{number}"));
            assert_eq!(stranger.sign_in(&link).await.status, 404);
        });
        let mut each: Vec<_> = each.map(Box::pin).collect();
        for press in &mut each {
            press.await;
        }
        gate.clock.advance(Duration::from_millis(100));
    }
}

#[tokio::test]
async fn a_flood_of_made_up_presses_makes_no_used_link_or_ticket_new() {
    let upstream = forgetful().await;
    let gate = Gate::with(&upstream, &format!("[limits]\nremembered = 60\n{ONCE}")).await;
    let (link, unused) = (gate.link(&gate.token_to_confirm()), gate.link(&gate.token_to_confirm()));
    let person = gate.person();
    let (page, later) = (person.get(&link).await, person.get(&unused).await);
    assert_eq!(person.press(&link, &page).await.status, 302);
    flood(&gate, 240).await;
    gate.clock.advance(Duration::from_secs(61));
    let sent = upstream.received().len();
    assert!(person.press(&link, &page).await.is_held());
    assert_eq!(gate.last_record()["linklatch.reason"], "ticket_spent");
    assert_eq!(person.sign_in(&link).await.status, 410);
    assert_eq!(gate.person().sign_in(&link).await.status, 410);
    assert_eq!(upstream.received().len(), sent);
    assert_eq!(
        person.press(&unused, &later).await.status,
        302,
        "a page from before the flood works"
    );
    gate.finish(&upstream).await;
}

/// What a 500 left behind is not known: that link is not sent again, and its person reads that it is not valid.
#[tokio::test]
async fn a_refused_link_may_be_tried_again() {
    for (status, kind, again) in [
        (404, "text/html", 302),
        (429, "text/plain", 302),
        (503, "text/html", 302),
        (500, "text/html", 400),
    ] {
        let first = std::sync::atomic::AtomicBool::new(true);
        let upstream = Upstream::start(move |_| {
            if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                answer(status, kind, "no").into()
            } else {
                signed_in("/home").into()
            }
        })
        .await;
        let gate = Gate::with(&upstream, ONCE).await;
        let (link, person) = (gate.link(&gate.token_to_confirm()), gate.person());
        assert_eq!(person.sign_in(&link).await.status.as_u16(), status);
        gate.clock.advance(Duration::from_secs(61));
        assert_eq!(person.sign_in(&link).await.status.as_u16(), again, "after {status}");
        assert_eq!(upstream.received().len(), if again == 302 { 2 } else { 1 });
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_once_link_that_can_t_be_remembered_stays_whole_and_a_reload_makes_room() {
    let upstream = forgetful().await;
    let limits = |most: usize| format!("[limits]\nused-once = {most}\n{ONCE}");
    let gate = Gate::with(&upstream, &limits(2)).await;
    let person = gate.person();
    for _ in 0..2 {
        assert_eq!(person.sign_in(&gate.link(&gate.token_to_confirm())).await.status, 302);
    }
    let token = gate.token();
    let link = gate.link(&token);
    let refused = person.sign_in(&link).await;
    assert_eq!(refused.status, 500);
    assert!(refused.body.contains("support"), "it says what to do: {}", refused.body);
    assert_eq!(gate.last_record()["linklatch.reason"], "used_once_full");
    assert_eq!(upstream.received().len(), 2);
    gate.allow(&token);
    gate.reloader.replace(&config(&gate, &upstream, &limits(3))).unwrap();
    assert_eq!(person.sign_in(&link).await.status, 302);
    gate.finish(&upstream).await;
}
