//! What careful attackers and careless neighbours found, and must not find again.

use http::Method;

use crate::support::upstream::{answer, ok, signed_in};
use crate::support::{Actor, Gate, LINK, RawUpstream, Upstream};

/// A 307 after the person's POST would carry the form, ticket and all, to where it leads.
#[tokio::test]
async fn a_redirect_after_the_press_is_followed_with_get() {
    for status in [307, 308] {
        let upstream = Upstream::start(move |_| {
            let mut answer = signed_in("https://app.example/dash");
            *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
            answer.into()
        })
        .await;
        let gate = Gate::before(&upstream).await;
        let link = gate.link(&gate.token_to_confirm());
        let person = gate.person();
        let page = person.get(&link).await;
        for _ in 0..2 {
            let reply = person.press(&link, &page).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("location")),
                (303, Some("https://app.example/dash"))
            );
        }
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_redirect_whose_body_breaks_off_still_signs_its_person_in() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::with(&upstream, LINK).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    let answer = async {
        let mut peer = upstream.accept().await;
        peer.head().await;
        peer.send("HTTP/1.1 302 Found\r\nlocation: /home\r\nset-cookie: session=1\r\ncontent-length: 50\r\n\r\nab")
            .await;
    };
    let (reply, ()) = tokio::join!(person.press(&link, &page), answer);
    assert_eq!((reply.status.as_u16(), reply.header("location")), (302, Some("/home")));
    assert!(
        reply
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line == "session=1")
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_answer_that_is_told_apart_by_json_is_asked_for_uncompressed() {
    let upstream = Upstream::start(|received| {
        assert_eq!(received.header("accept-encoding"), None);
        answer(200, "application/json", r#"{"user": "ann"}"#).into()
    })
    .await;
    let gate = Gate::with(
        &upstream,
        "[[link]]\nurl = \"/v/{token}\"\nsuccess = { json = \"user\" }\n",
    )
    .await;
    let token = gate.token_to_confirm();
    let person = gate.person().with("accept-encoding", "gzip");
    assert_eq!(person.sign_in(&format!("/v/{token}")).await.status, 200);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_was_approved_can_t_be_denied_by_its_opening() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(
        &upstream,
        "[[link]]\nurl = \"/approve?t={token}\"\n[[link]]\nurl = \"/deny?t={token}\"\n",
    )
    .await;
    let token = gate.token_to_confirm();
    let person = gate.person();
    person.sign_in(&format!("/approve?t={token}")).await;
    assert!(person.post_form(&format!("/deny?t={token}"), "x=1").await.is_held());
    assert!(
        gate.actor()
            .post_form(&format!("/deny?t={token}"), "x=1")
            .await
            .is_held()
    );
    assert!(
        person
            .post_form(&format!("/approve?t={token}"), "x=1")
            .await
            .is_from_upstream()
    );
    assert!(
        upstream
            .received()
            .iter()
            .all(|request| !request.target.starts_with("/deny"))
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_ticket_never_goes_upstream_whatever_carries_it() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    person.sign_in(&link).await;
    let before = upstream.received().len();
    let padded = format!("linklatch-ticket=x&pad={}", "x".repeat(70_000));
    assert!(person.post_form(&link, &padded).await.is_held());
    for content_type in ["text/plain", "multipart/form-data; boundary=b", "application/json"] {
        let held = person
            .send(
                Method::POST,
                &link,
                &[("content-type", content_type)],
                "linklatch-ticket=x",
            )
            .await;
        assert!(held.is_held(), "{content_type}");
    }
    assert_eq!(upstream.received().len(), before);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn confirmations_that_nobody_waits_for_are_bounded() {
    let (upstream, told) = Upstream::when_told("/home").await;
    let gate = Gate::with(&upstream, &format!("[limits]\nin-flight = 1\n{LINK}")).await;
    let (first, second) = (gate.link(&gate.token_to_confirm()), gate.link(&gate.token_to_confirm()));
    let person = gate.person();
    let (one, two) = (person.get(&first).await, person.get(&second).await);
    tokio::select! {
        reply = person.press(&first, &one) => panic!("{reply:?}"),
        () = upstream.has_received(1) => {}
    }
    let busy = person.press(&second, &two).await;
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, Some("1")));
    assert!(
        busy.headers.get("set-cookie").is_none(),
        "nothing was confirmed, so nothing is opened"
    );
    told.notify_one();
    assert_eq!(person.press(&first, &one).await.status, 302);
    told.notify_one();
    assert_eq!(person.press(&second, &two).await.status, 302, "the ticket was kept");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_confirmation_goes_to_the_host_that_the_request_names() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, &format!("trusted-proxies = [\"127.0.0.0/8\"]\n{LINK}")).await;
    let link = gate.link(&gate.token_to_confirm());
    let tenant = Actor {
        host: "tenant-b.example".into(),
        ..gate.person()
    };
    let tenant = tenant.with("x-forwarded-host", "evil.example");
    assert!(tenant.sign_in(&link).await.is_from_upstream());
    assert_eq!(
        upstream.received().pop().unwrap().header("host"),
        Some("tenant-b.example")
    );
    gate.finish(&upstream).await;
}

/// nginx's `$host` drops the port, Apache's default rewrites the host: an old browser's Origin has the public one.
#[tokio::test]
async fn a_proxy_that_rewrites_the_host_locks_nobody_out() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let plain = Gate::before(&upstream).await;
    let public = Gate::with(&upstream, &format!("public-url = \"https://auth.example\"\n{LINK}")).await;
    let cases = [
        (&plain, "intranet", "http://intranet:8081"),
        (&public, "10.0.0.7:3000", "https://auth.example"),
    ];
    for (gate, host, origin) in cases {
        let person = Actor {
            host: host.into(),
            ..gate.person()
        };
        let link = gate.link(&gate.token_to_confirm());
        assert_eq!(
            person.with("origin", origin).sign_in(&link).await.status,
            302,
            "{origin}"
        );
    }
    let person = Actor {
        host: "auth.example".into(),
        ..public.person()
    };
    let link = public.link(&public.token());
    let page = person.get(&link).await;
    let other = person.with("origin", "https://auth.example:8443");
    assert!(
        other.press(&link, &page).await.is_held(),
        "with a public url the port counts"
    );
    plain.finish(&upstream).await;
    public.finish(&upstream).await;
}

#[tokio::test]
async fn two_tabs_that_were_opened_before_the_first_cookie_share_their_answer() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let first = person.get(&link).await;
    person.cookies.lock().unwrap().clear();
    let second = person.get(&link).await;
    assert_eq!(person.press(&link, &first).await.status, 302);
    assert_eq!(person.press(&link, &second).await.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

/// A service worker passes a navigation on with an empty destination.
#[tokio::test]
async fn a_navigation_through_a_service_worker_gets_the_page() {
    let upstream = Upstream::start(|_| ok("in").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let worker = gate
        .person()
        .with("sec-fetch-dest", "empty")
        .with("sec-fetch-mode", "navigate");
    assert!(worker.get(&link).await.is_held());
    gate.finish(&upstream).await;
}
