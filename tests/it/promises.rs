//! The promises that can be kept or broken on the wire, by name.

use std::time::Duration;

use http::Method;
use tokio::net::TcpSocket;

use crate::support::upstream::{Reply, answer, ok, signed_in};
use crate::support::{Gate, Upstream};

/// 1. Opening spends nothing.
#[tokio::test]
async fn opening_spends_nothing() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let link = gate.link(&token);
    let scanner = gate.scanner();
    for target in [
        &link,
        &format!("/auth/verify/?token={token}"),
        &format!("/AUTH//verify;x?token={token}&utm=mail"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let page = scanner.send(method, target, &[], "").await;
            assert_eq!(page.status, 200);
        }
    }
    for (method, status) in [
        (Method::OPTIONS, 204),
        (Method::PUT, 405),
        (Method::DELETE, 405),
        (Method::TRACE, 405),
    ] {
        let refused = scanner.send(method.clone(), &link, &[], "").await;
        assert_eq!(refused.status, status, "{method}");
        assert_eq!(refused.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
    }
    for form in [
        "",
        "token=x",
        "linklatch-ticket=",
        "linklatch-ticket=AAAA",
        "a=1&linklatch-ticket=x&linklatch-ticket=x",
    ] {
        let page = scanner.post_form(&link, form).await;
        assert!(page.is_held(), "{form}: {page:?}");
    }
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

/// 1. A scanner that follows every link of the page, a minute later, changes nothing.
#[tokio::test]
async fn nothing_on_the_page_acts_when_it_is_fetched() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(
        &upstream,
        "[[link]]\nurl = \"/auth/verify?token={token}\"\nnew-link = \"/sign-in\"\n",
    )
    .await;
    let token = gate.token();
    let page = gate.scanner().get(&gate.link(&token)).await;
    gate.clock.advance(Duration::from_secs(60));
    // A form that names no action posts to its page.
    let body = page.body.replace("action=\"\"", "");
    for attribute in ["href=", "action="] {
        assert!(!body.contains(attribute), "{attribute} in {body}");
    }
    let sources: Vec<_> = page.body.split("src=\"").skip(1).collect();
    assert_eq!(sources.len(), 1, "{}", page.body);
    let script = gate.scanner().get(sources[0].split('"').next().unwrap()).await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(gate.last_record()["linklatch.outcome"], "served");
    gate.finish(&upstream).await;
}

/// 2. One press, one call: a double click, a reload and a second tab share it.
#[tokio::test]
async fn overlapping_presses_make_one_upstream_request() {
    let (upstream, told) = Upstream::when_told("/home#access_token=x").await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token_to_confirm();
    let link = gate.link(&token);
    let person = gate.person();
    let (first_tab, second_tab) = (person.get(&link).await, person.get(&link).await);
    let presses = async {
        tokio::join!(
            person.press(&link, &first_tab),
            person.press(&link, &first_tab),
            person.press(&link, &second_tab),
        )
    };
    let release = async {
        upstream.has_received(1).await;
        told.notify_one();
    };
    let ((one, two, three), ()) = tokio::join!(presses, release);
    for reply in [&one, &two, &three] {
        assert_eq!(reply.status, 302);
        assert_eq!(reply.header("location"), Some("/home#access_token=x"));
        assert!(
            reply
                .headers
                .get_all("set-cookie")
                .iter()
                .any(|line| line == "session=abc; Path=/; HttpOnly")
        );
        assert!(
            reply
                .headers
                .get_all("set-cookie")
                .iter()
                .any(|line| line == "hint=1; Path=/")
        );
    }
    let again = person.press(&link, &first_tab).await;
    assert_eq!(again.status, 302, "the answer is kept for a short time");
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

/// 2. The same browser sees the answer, nobody else ever does.
#[tokio::test]
async fn another_browser_does_not_see_the_answer() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token_to_confirm();
    let link = gate.link(&token);
    let (person, stranger) = (gate.person(), gate.person());
    assert_eq!(person.sign_in(&link).await.status, 302);
    let elsewhere = stranger.sign_in(&link).await;
    assert_eq!(elsewhere.status, 409);
    assert!(
        !elsewhere
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line.to_str().unwrap().contains("session"))
    );
    assert_eq!(upstream.received().len(), 1);
    gate.clock.advance(Duration::from_secs(61));
    assert_eq!(
        stranger.sign_in(&link).await.status,
        302,
        "later the upstream is asked again: it alone knows"
    );
    assert_eq!(upstream.received().len(), 2);
    gate.finish(&upstream).await;
}

/// 2. A spent ticket gets a fresh page once its answer is no longer kept, and that page works.
#[tokio::test]
async fn a_spent_ticket_gets_a_fresh_page() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    person.press(&link, &page).await;
    gate.clock.advance(Duration::from_secs(61));
    let fresh = person.press(&link, &page).await;
    assert!(fresh.is_held());
    assert_eq!(gate.last_record()["linklatch.reason"], "ticket_spent");
    assert_eq!(person.press(&link, &fresh).await.status, 302);
    gate.finish(&upstream).await;
}

/// 2. Never retried once a byte may have been sent.
#[tokio::test]
async fn a_broken_answer_is_not_asked_for_again() {
    let upstream = Upstream::start(|_| Reply::Close).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    let lost = person.press(&link, &page).await;
    assert_eq!(lost.status, 502);
    assert!(lost.body.contains("can't tell whether"), "{}", lost.body);
    assert_eq!(person.press(&link, &page).await.status, 502);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

/// 2. The claim is given back when certainly nothing was sent: the same page works once the upstream is back.
#[tokio::test]
async fn a_refused_connection_leaves_the_link_whole() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    // Bound and not listening: connections are refused, and nobody else gets the port.
    let down = TcpSocket::new_v4().unwrap();
    down.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = down.local_addr().unwrap();
    let config =
        format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{address}\"\n[[link]]\nurl = \"/v/{{token}}\"\n");
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let token = gate.token_to_confirm();
    let link = format!("/v/{token}");
    let person = gate.person();
    let page = person.get(&link).await;
    let refused = person.press(&link, &page).await;
    assert_eq!(refused.status, 502);
    assert!(refused.body.contains("has not been used"), "{}", refused.body);
    let back = down.listen(8).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = back.accept().await.unwrap();
        let mut head = [0; 1024];
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await;
        let answer = b"HTTP/1.1 204 No Content\r\nx-upstream: 1\r\n\r\n";
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
    });
    assert_eq!(person.press(&link, &page).await.status, 204);
    gate.finish(&upstream).await;
}

/// 2. The call outlives the connection that caused it.
#[tokio::test]
async fn a_dropped_press_gets_its_answer_on_the_second() {
    let (upstream, told) = Upstream::when_told("/home").await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    tokio::select! {
        reply = person.press(&link, &page) => panic!("{reply:?}"),
        () = upstream.has_received(1) => {}
    }
    let second = async { person.press(&link, &page).await };
    let release = async { told.notify_one() };
    let (second, ()) = tokio::join!(second, release);
    assert_eq!(second.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

/// 3. No person is locked out: no cookies, no Sec-Fetch, no Accept-Language, no Origin, another network.
#[tokio::test]
async fn a_plain_client_gets_in() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let page = gate.actor().get(&link).await;
    // A phone may change networks between page and press.
    let elsewhere = gate.actor();
    let asked = elsewhere.press(&link, &page).await;
    assert_eq!(
        (asked.status.as_u16(), asked.trouble()),
        (200, Some("One thing more: please type the digits too."))
    );
    assert_eq!(gate.last_record()["linklatch.reason"], "code_needed");
    assert_eq!(elsewhere.press(&link, &asked).await.status, 302);
    gate.finish(&upstream).await;
}

/// 3. Whoever looks like a machine still gets in: with an old tool, without scripts and cookies, in any script's digits.
#[tokio::test]
async fn a_suspect_person_gets_in_with_the_code() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    for agent in ["curl/8.5.0", "Wget/1.21", "python-httpx/0.28"] {
        let link = gate.link(&gate.token_to_confirm());
        let suspect = gate.actor().with("user-agent", agent);
        suspect.head(&link).await;
        let page = suspect.get(&link).await;
        assert_eq!(gate.last_record()["linklatch.step"], "press_and_code");
        let code = page.code().unwrap();
        suspect.cookies.lock().unwrap().clear();
        let arabic = |c: char| c.to_digit(10).map_or(c, |digit| char::from_u32(0x660 + digit).unwrap());
        let typed: String = code.chars().map(arabic).collect();
        assert_eq!(suspect.type_code(&link, &page, &typed).await.status, 302, "{agent}");
        assert_eq!(gate.last_record()["linklatch.reason"], "code");
    }
    assert_eq!(upstream.received().len(), 3);
    gate.finish(&upstream).await;
}

/// 4. A machine that only fetches and presses does not get through, however often and wherever it presses.
#[tokio::test]
async fn a_suspect_machine_does_not_get_through_by_pressing() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let link = gate.link(&token);
    let machine = gate
        .scanner()
        .with("user-agent", "Mozilla/5.0 HeadlessChrome/142.0.0.0");
    let page = machine.get(&link).await;
    assert_eq!(gate.last_record()["linklatch.verdict.class"], "scanner");
    let ticket = page.ticket();
    for (more, reason) in [
        ("", "code_missing"),
        ("&linklatch-code=", "code_missing"),
        ("&linklatch-code=+", "code_missing"),
        ("&linklatch-code=test", "code_wrong"),
        ("&linklatch-code=1&linklatch-code=2", "code_wrong"),
        ("&linklatch-code=x@example.com", "code_wrong"),
        ("&linklatch-code=on", "code_replaced"),
    ] {
        let again = machine
            .post_form(&link, &format!("linklatch-ticket={ticket}{more}"))
            .await;
        assert!(again.is_held() && again.code().is_some(), "{more}: {again:?}");
        let record = gate.last_record();
        assert_eq!(
            (&record["linklatch.reason"], &record["linklatch.step"]),
            (&reason.into(), &"press_and_code".into())
        );
    }
    // A person's page, carried off by a machine.
    let person = gate.person().get(&link).await;
    assert_eq!(person.code(), None);
    assert!(machine.only_press(&link, &person).await.is_held());
    assert_eq!(gate.last_record()["linklatch.reason"], "code_needed");
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

/// 3. A scanner may come as often as it likes; the person after it still gets in.
#[tokio::test]
async fn a_scanned_link_still_signs_its_person_in() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let link = gate.link(&token);
    let scanner = gate.scanner();
    for _ in 0..20 {
        tokio::join!(scanner.get(&link), scanner.head(&link));
    }
    assert_eq!(upstream.received().len(), 0);
    gate.allow(&token);
    assert_eq!(gate.person().sign_in(&link).await.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

/// 5. No token leaks, whatever the client puts it into.
#[tokio::test]
async fn a_token_in_every_field_leaks_nowhere() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let link = gate.link(&token);
    let client = gate
        .actor()
        .with("user-agent", &format!("Mozilla/5.0 {token} (bot; {token})"))
        .with("referer", &format!("https://mail.example/?u={token}"))
        .with("accept-language", &token)
        .with("x-forwarded-for", &token)
        .with("origin", &format!("https://{token}.example"));
    client.get(&link).await;
    client.post_form(&link, &format!("linklatch-ticket={token}")).await;
    client.get(&format!("/auth/%2576erify?token={token}")).await;
    client.get(&format!("{link}&token={token}")).await;
    client.send(Method::from_bytes(b"BREW").unwrap(), &link, &[], "").await;
    gate.allow(&token);
    client.get(&format!("/other/{token}/x?token={token}")).await;
    gate.finish(&upstream).await;
}

/// 6. The upstream stays untouched: bytes of path and query, cookies, Location arrive as they came.
#[tokio::test]
async fn path_and_query_are_forwarded_byte_for_byte() {
    let upstream = Upstream::start(|_| signed_in("https://app.example/#access_token=a&refresh_token=b").into()).await;
    let gate = Gate::with(
        &upstream,
        "[[link]]\nurl = \"/email/verify/{id}/{token}?expires={expires}&signature={signature}\"\n\
         [[link]]\nurl = \"/users/magic_link?user[token]={token}\"\n",
    )
    .await;
    let person = gate.person();
    for target in [
        format!(
            "/email/verify/7/{}?expires=1790000000&signature=%C3%A9%2f~",
            gate.token_to_confirm()
        ),
        format!(
            "/users/magic_link?user%5Bemail%5D=a%40b.c&user[token]={}&user[remember_me]=true",
            gate.token_to_confirm()
        ),
        format!(
            "/users//magic_link/?user[token]={}&x=%20+%2B;y",
            gate.token_to_confirm()
        ),
    ] {
        let reply = person.sign_in(&target).await;
        assert_eq!(
            reply.header("location"),
            Some("https://app.example/#access_token=a&refresh_token=b")
        );
        let received = upstream.received().pop().unwrap();
        assert_eq!(received.target, target);
        assert_eq!(received.method, Method::GET);
    }
    gate.finish(&upstream).await;
}

/// 6. A replayed GET is a plain navigation with the person's cookies, and without the gate's.
#[tokio::test]
async fn a_replayed_get_is_a_plain_navigation() {
    let upstream = Upstream::start(|_| ok("in").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate
        .person()
        .with("sec-fetch-site", "same-origin")
        .with("referer", "http://x/");
    person.cookies.lock().unwrap().push(("theirs".into(), "1".into()));
    let person = person.with("origin", "null");
    person.sign_in(&link).await;
    let received = upstream.received().pop().unwrap();
    assert_eq!(received.header("cookie"), Some("theirs=1"));
    assert_eq!(received.header("accept-language"), Some("en"));
    for gone in [
        "origin",
        "referer",
        "content-type",
        "content-length",
        "transfer-encoding",
    ] {
        assert_eq!(received.header(gone), None, "{gone}");
    }
    assert_eq!(received.header("host"), Some(gate.address.to_string().as_str()));
    gate.finish(&upstream).await;
}

/// 6. What the client claims about itself is not believed.
#[tokio::test]
async fn claims_of_a_client_are_dropped() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let liar = gate.actor();
    let claims = [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=203.0.113.9"),
        ("x-original-url", "/admin"),
        ("x-rewrite-url", "/admin"),
        ("x-http-method-override", "DELETE"),
        ("x_forwarded_for", "203.0.113.9"),
        ("connection", "x-forwarded-for, x-request-id, host"),
    ];
    liar.send(Method::GET, "/page", &claims, "").await;
    let received = upstream.received().pop().unwrap();
    assert_eq!(received.header("x-forwarded-for"), Some(liar.address));
    assert_eq!(received.header("x-forwarded-proto"), Some("http"));
    assert_eq!(
        received.header("x-forwarded-host"),
        Some(gate.address.to_string().as_str())
    );
    assert!(received.header("x-request-id").unwrap().starts_with("req_"));
    assert!(
        !received.text().contains("203.0.113.9") && !received.text().contains("/admin"),
        "{}",
        received.text()
    );
    assert_eq!(received.header("x-http-method-override"), None);
    gate.finish(&upstream).await;
}

/// A 4xx that is no page becomes the failure page for people, and stays what it is for programs.
#[tokio::test]
async fn a_refused_link_leads_to_a_new_one() {
    let envelope = r#"{"success": false, "error": "magic_link_not_found"}"#;
    let upstream = Upstream::start(move |_| answer(401, "application/json", envelope).into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nnew-link = \"/sign-in\"\n";
    let gate = Gate::with(&upstream, config).await;
    let failure = gate.person().sign_in(&gate.link(&gate.token_to_confirm())).await;
    assert_eq!(failure.status, 401);
    assert!(
        failure
            .body
            .contains("This sign-in link isn't valid. Request a fresh one to continue.")
    );
    assert!(failure.body.contains("href=\"/sign-in\"") && failure.body.contains("Send a new link"));
    gate.finish(&upstream).await;
}
