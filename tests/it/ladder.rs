//! The ladder: what a press shows, the browser that asked, and the modes.

use std::time::Duration;

use http::Method;

use crate::support::upstream::signed_in;
use crate::support::{Actor, Gate, Upstream};

const ASKING: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\nask = \"POST /auth/send-link\"\n";

async fn started(more: &str) -> (Upstream, Gate) {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::with(&upstream, &format!("{ASKING}{more}")).await;
    (upstream, gate)
}

/// A browser's own navigation.
fn navigating(actor: &Actor) -> Actor {
    let fields = [
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-site", "same-origin"),
    ];
    fields
        .into_iter()
        .fold(actor.clone(), |actor, (name, value)| actor.with(name, value))
}

/// Asks for the mail; the mark that came back.
async fn ask(actor: &Actor) -> Option<String> {
    let asked = actor.post_form("/auth/send-link", "email=ann%40example.com").await;
    let mut cookies = asked.headers.get_all("set-cookie").iter();
    let mark = cookies.find(|cookie| cookie.as_bytes().starts_with(b"linklatch-asked="));
    mark.map(|mark| mark.to_str().unwrap().to_owned())
}

fn outcome(gate: &Gate) -> (String, String) {
    let record = gate.last_record();
    let word = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    (word("linklatch.outcome"), word("linklatch.reason"))
}

fn is(gate: &Gate, what: &str, why: &str) {
    assert_eq!(outcome(gate), (what.to_owned(), why.to_owned()));
}

#[tokio::test]
async fn a_doubtful_press_gets_the_code_and_spends_nothing() {
    let (upstream, gate) = started("").await;
    for (report, doubt) in [
        ("", "no-report"),
        ("1 untrusted inactive", "untrusted-click"),
        ("1 active focus hover", "no-click"),
        ("1 trusted active mouse webdriver hover moves=20", "webdriver"),
        ("1 trusted active mouse oversized moves=64", "no-hover"),
    ] {
        let link = gate.link(&gate.token_to_confirm());
        let person = gate.person();
        let page = person.get(&link).await;
        let again = person.press_reporting(&link, &page, report).await;
        assert!(again.code().is_some(), "{report}");
        is(&gate, "held", "code_needed");
        let doubts = gate.last_record()["linklatch.press.doubts"].to_string();
        assert!(doubts.contains(doubt), "{report}: {doubts}");
        assert!(upstream.received().iter().all(|request| request.target != link));
        assert_eq!(person.press(&link, &again).await.status, 302);
        is(&gate, "confirmed", "code");
    }
    gate.finish(&upstream).await;
}

/// Chromium takes a double click's second press for nobody's, where its first has begun to lead away.
#[tokio::test]
async fn a_press_that_repeats_another_is_answered_as_that_one() {
    const SECOND: &str = "1 trusted inactive mouse hover moves=20";
    let (upstream, gate) = started("").await;
    let link = gate.link(&gate.token_to_confirm());
    let (person, stranger) = (gate.person(), gate.person());
    let (page, other_tab) = (person.get(&link).await, person.get(&link).await);
    let elsewhere = stranger.get(&link).await;
    assert!(person.press_reporting(&link, &page, SECOND).await.code().is_some());
    is(&gate, "held", "code_needed");
    assert_eq!(person.press(&link, &page).await.status, 302);
    assert_eq!(person.press_reporting(&link, &page, SECOND).await.status, 302);
    is(&gate, "shared", "same_browser");
    for (who, page) in [(&person, &other_tab), (&stranger, &page), (&stranger, &elsewhere)] {
        let again = who.press_reporting(&link, page, SECOND).await;
        assert!(again.code().is_some(), "{}", again.status);
        is(&gate, "held", "code_needed");
    }
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_script_s_own_request_is_no_press_whatever_it_reports() {
    let (upstream, gate) = started("").await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person().with("sec-fetch-site", "same-origin");
    let page = navigating(&person).get(&link).await;
    for mode in ["cors", "same-origin", "no-cors"] {
        let script = person
            .clone()
            .with("sec-fetch-mode", mode)
            .with("sec-fetch-dest", "empty");
        assert!(!script.post_form(&link, &script.form(&page)).await.is_from_upstream());
        is(&gate, "held", "code_needed");
    }
    assert!(upstream.received().is_empty());
    let by_service_worker = navigating(&person).with("sec-fetch-dest", "empty");
    assert_eq!(by_service_worker.press(&link, &page).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_nobody_perceives_is_pressed_by_machines_alone() {
    let (upstream, gate) = started("").await;
    let link = gate.link(&gate.token());
    let presser = gate.person();
    let page = presser.get(&link).await;
    for decoy in [
        "linklatch-note=pressed",
        "linklatch-note=John+Doe",
        "linklatch-note=&linklatch-note=x",
    ] {
        let held = presser
            .post_form(&link, &format!("{decoy}&{}", presser.form(&page)))
            .await;
        assert!(held.code().is_some(), "{decoy}");
        assert_eq!(gate.last_record()["linklatch.press.doubts"][0], "decoy");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn hints_of_the_visit_and_of_the_press_add_up() {
    let (upstream, gate) = started("").await;
    let person = gate.person();
    let jumps = "1 trusted active mouse focus hover moves=0";
    let link = gate.link(&gate.token_to_confirm());
    let page = person.get(&link).await;
    assert_eq!(
        person.press_reporting(&link, &page, jumps).await.status,
        302,
        "a screen reader"
    );

    let link = gate.link(&gate.token());
    let mut mute = person.clone();
    mute.headers.remove("accept-language");
    let page = mute.get(&link).await;
    assert_eq!(page.code(), None, "one hint alone asks for nothing");
    assert!(mute.press_reporting(&link, &page, jumps).await.code().is_some());
    let said = person.press_reporting(&link, &page, jumps).await;
    assert!(said.code().is_some(), "the page remembers what its visit looked like");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_browser_that_asked_presses_once_whatever_it_looks_like() {
    let (upstream, gate) = started("").await;
    let person = gate.person().with("user-agent", "curl/8.5.0");
    let mark = ask(&person).await.unwrap();
    assert!(
        mark.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "for the session: {mark}"
    );
    gate.clock.advance(Duration::from_secs(20));
    let link = gate.link(&gate.token_to_confirm());
    let page = person.get(&link).await;
    assert_eq!(page.code(), None);
    assert_eq!(person.only_press(&link, &page).await.status, 302);
    is(&gate, "confirmed", "mark_and_press");

    let next = gate.link(&gate.token());
    assert!(person.get(&next).await.code().is_some(), "a mark is for one link");
    let received = upstream.received();
    assert!(received.iter().all(|request| !request.text().contains("linklatch")));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_mark_is_not_for_older_links_nor_for_ever_nor_for_others_pages() {
    let (upstream, gate) = started("lifetime = \"10m\"\n").await;
    let person = gate.person().with("user-agent", "curl/8.5.0");
    let old = gate.link(&gate.token());
    person.get(&old).await;
    gate.clock.advance(Duration::from_secs(5));
    ask(&person).await;
    assert!(
        person.get(&old).await.code().is_some(),
        "it was there before the asking"
    );

    gate.clock.advance(Duration::from_secs(601));
    assert!(person.get(&gate.link(&gate.token())).await.code().is_some(), "too late");

    let lured = gate.person().with("sec-fetch-site", "cross-site");
    assert!(ask(&lured).await.is_none());
    let neighbour = gate.person().with("sec-fetch-site", "same-site");
    assert!(ask(&neighbour).await.is_some());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn with_pass_its_navigation_confirms_and_nothing_else_does() {
    let (upstream, gate) = started("same-browser = \"pass\"\n").await;
    let person = navigating(&gate.person());
    ask(&person).await;
    gate.clock.advance(Duration::from_secs(20));
    let link = gate.link(&gate.token_to_confirm());
    for ahead in [
        person.clone().with("sec-purpose", "prefetch;prerender"),
        person.clone().with("sec-fetch-dest", "iframe"),
        person.clone().with("sec-fetch-mode", "no-cors"),
    ] {
        assert!(ahead.get(&link).await.is_held());
    }
    assert!(person.head(&link).await.status.is_success());
    assert_eq!(upstream.received().len(), 1, "the asking");

    for _ in 0..3 {
        assert_eq!(
            person.get(&link).await.header("location"),
            Some("/home"),
            "and its reload"
        );
    }
    assert_eq!(upstream.received().len(), 2);
    assert!(gate.records().iter().any(|record| record["linklatch.reason"] == "mark"));

    gate.clock.advance(Duration::from_secs(61));
    let page = person.get(&link).await;
    assert!(page.is_held() && page.code().is_none(), "later it takes a press");
    is(&gate, "held", "ticket_spent");

    let stranger = navigating(&gate.person());
    let mark = person.cookies.lock().unwrap().clone();
    stranger.cookies.lock().unwrap().extend(mark);
    assert!(
        stranger.get(&gate.link(&gate.token())).await.is_held(),
        "a mark is for one link"
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_scanner_s_visits_take_nothing_from_a_mark() {
    let (upstream, gate) = started("same-browser = \"pass\"\n").await;
    let person = navigating(&gate.person());
    ask(&person).await;
    let link = gate.link(&gate.token_to_confirm());
    gate.scanner().head(&link).await;
    gate.scanner().get(&link).await;
    gate.clock.advance(Duration::from_secs(30));
    assert_eq!(person.get(&link).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn strict_asks_everybody_for_the_code_but_the_browser_that_asked() {
    let (upstream, gate) = started("mode = \"strict\"\n").await;
    let link = gate.link(&gate.token_to_confirm());
    let (other, asker) = (gate.person(), gate.person());
    ask(&asker).await;
    gate.clock.advance(Duration::from_secs(20));
    assert!(other.get(&link).await.code().is_some());
    let page = asker.get(&link).await;
    assert_eq!(page.code(), None);
    assert_eq!(asker.press(&link, &page).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn adaptive_stops_machines_alone() {
    let (upstream, gate) = started("mode = \"adaptive\"\n").await;
    let link = gate.link(&gate.token_to_confirm());
    let scanner = gate.scanner();
    assert!(scanner.head(&link).await.header("content-type").is_some());
    is(&gate, "held", "visit");
    gate.clock.advance(Duration::from_secs(60));
    assert_eq!(gate.person().get(&link).await.status, 302);
    is(&gate, "passed", "adaptive");
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn observe_stops_nobody_and_says_what_it_would_have_asked() {
    let more = "mode = \"observe\"\ntoken = '[A-Za-z0-9_-]{43}'\n\
                [[link.call]]\nrequest = \"POST /v1/verify\"\njson = { token = \"{token}\" }\n";
    let (upstream, gate) = started(more).await;
    let token = gate.token_to_confirm();
    let link = gate.link(&token);
    let scanner = gate.scanner();
    for method in [Method::HEAD, Method::GET, Method::PUT] {
        assert_eq!(
            scanner.send(method.clone(), &link, &[], "").await.status,
            302,
            "{method}"
        );
        is(&gate, "passed", "observe");
        assert_eq!(gate.last_record()["linklatch.step"], "press_and_code");
        assert_ne!(gate.last_record()["linklatch.verdict.class"], "unknown");
    }
    let posted = scanner.post_form(&link, "a=b").await;
    assert!(posted.is_from_upstream());
    let call = format!("{{\"token\":\"{token}\"}}");
    assert!(scanner.post_json("/v1/verify", &call).await.is_from_upstream());
    is(&gate, "passed", "observe");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_page_from_before_a_mode_changed_still_works() {
    let (upstream, gate) = started("mode = \"observe\"\n").await;
    let (enforcing, before) = started("").await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let form = "linklatch-ticket=AAAA&linklatch-evidence=1+trusted";
    assert!(
        person.post_form(&link, form).await.is_held(),
        "a ticket never goes upstream"
    );
    assert!(upstream.received().is_empty());
    gate.finish(&upstream).await;
    before.finish(&enforcing).await;
}
