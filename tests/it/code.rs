//! The code: what happens to right, wrong, late and early ones.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::support::upstream::signed_in;
use crate::support::{Actor, Gate, Reply, Upstream};

async fn started() -> (Upstream, Gate) {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    (upstream, gate)
}

fn suspect(gate: &Gate) -> Actor {
    gate.person().with("user-agent", "curl/8.5.0")
}

/// A code that is not the page's.
fn wrong(page: &Reply) -> String {
    let code = page.code().unwrap();
    let other = if code.starts_with('1') { "2" } else { "1" };
    other.to_owned() + &code[1..]
}

/// What is said and logged after a try.
fn said(gate: &Gate, page: &Reply) -> (String, String) {
    assert!(page.is_held(), "{page:?}");
    let reason = gate.last_record()["linklatch.reason"].as_str().unwrap().to_owned();
    (reason, page.trouble().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_right_code_is_one_call_however_often_it_is_sent() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let person = suspect(&gate);
    let page = person.get(&link).await;
    assert_eq!(page.trouble(), None);
    for _ in 0..5 {
        assert_eq!(person.press(&link, &page).await.status, 302, "a double click, a reload");
    }
    let received = upstream.received();
    assert_eq!(received.len(), 1);
    assert!(!received[0].text().contains("linklatch"), "{}", received[0].text());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_wrong_code_can_be_mended() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let person = suspect(&gate);
    let page = person.get(&link).await;
    let again = person.type_code(&link, &page, &wrong(&page)).await;
    let (reason, trouble) = said(&gate, &again);
    assert_eq!(reason, "code_wrong");
    assert!(trouble.contains("not right"), "{trouble}");
    assert_eq!(again.code(), page.code(), "the same digits stay");
    assert_ne!(again.ticket(), page.ticket());
    assert!(
        !again.body.contains(&wrong(&page).replace(' ', "")),
        "what was wrong is not kept"
    );
    let empty = person.type_code(&link, &again, "").await;
    assert_eq!(said(&gate, &empty).0, "code_missing");
    assert_eq!(person.press(&link, &empty).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_third_wrong_code_brings_another_and_a_wait_that_stays_short() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let person = suspect(&gate);
    let first = person.get(&link).await;
    let mut page = first.clone();
    for _ in 0..3 {
        page = person.type_code(&link, &page, &wrong(&page)).await;
    }
    assert!(said(&gate, &page).1.contains("new ones"));
    assert_ne!(page.code(), first.code());

    let early = person.press(&link, &page).await;
    assert_eq!(said(&gate, &early).0, "code_too_soon");
    let typed = page.code().unwrap().replace(' ', "");
    assert!(
        early.body.contains(&format!("value=\"{typed}\"")),
        "it need not be typed twice"
    );
    assert_eq!(early.code(), page.code());
    let old = person.press(&link, &first).await;
    assert_eq!(
        said(&gate, &old).0,
        "code_replaced",
        "going back brings no old code back"
    );
    for _ in 0..9 {
        gate.clock.advance(Duration::from_secs(10));
        page = person.type_code(&link, &page, &wrong(&page)).await;
        assert_eq!(said(&gate, &page).0, "code_wrong");
    }
    gate.clock.advance(Duration::from_secs(10));
    assert_eq!(person.press(&link, &page).await.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn guesses_lead_to_longer_codes_and_never_keep_a_person_out() {
    let (upstream, gate) = started().await;
    let link = gate.link(&gate.token_to_confirm());
    let (person, machine) = (suspect(&gate), suspect(&gate));
    let opened_before = person.get(&link).await;
    let mut longest = 0;
    // A fresh page each time, so that no wait holds the machine up.
    for _ in 0..20 {
        let page = machine.get(&link).await;
        longest = longest.max(page.code().unwrap().len());
        let guess = wrong(&page);
        let mut guesses = JoinSet::new();
        for _ in 0..8 {
            let (machine, link, page, guess) = (machine.clone(), link.clone(), page.clone(), guess.clone());
            guesses.spawn(async move { machine.type_code(&link, &page, &guess).await });
        }
        guesses.join_all().await;
    }
    let records = gate.records();
    let wrongs = records
        .iter()
        .filter(|record| record["linklatch.reason"] == "code_wrong")
        .count();
    assert_eq!(
        wrongs, 59,
        "three of each page, and two where the twentieth ended a short code"
    );
    assert_eq!(longest, "1 2 3 4 5 6 7 8".len());

    let replaced = person.press(&link, &opened_before).await;
    assert_eq!(said(&gate, &replaced).0, "code_replaced");
    assert_eq!(replaced.code().unwrap().len(), longest);
    assert_eq!(person.press(&link, &replaced).await.status, 302, "there is no lock");
    let other = gate.link(&gate.token());
    assert_eq!(person.get(&other).await.code().unwrap().len(), "1 2 3 4".len());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_code_is_for_its_own_link_and_its_time() {
    let (upstream, gate) = started().await;
    let (link, other) = (gate.link(&gate.token()), gate.link(&gate.token()));
    let person = suspect(&gate);
    let (page, elsewhere) = (person.get(&link).await, person.get(&other).await);
    assert_eq!(
        said(&gate, &person.press(&other, &page).await).0,
        "ticket_of_another_link"
    );
    let code = page.code().unwrap();
    if elsewhere.code().as_ref() != Some(&code) {
        assert_eq!(
            said(&gate, &person.type_code(&other, &elsewhere, &code).await).0,
            "code_wrong"
        );
    }
    gate.clock.advance(Duration::from_secs(15 * 60 + 1));
    let late = person.press(&link, &page).await;
    assert_eq!(said(&gate, &late), ("ticket_expired".to_owned(), String::new()));
    assert!(late.code().is_some());
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}
