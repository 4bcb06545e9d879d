//! How a confirmation goes upstream, and what becomes of the answer.

use http::Method;

use crate::support::upstream::{answer, ok, signed_in};
use crate::support::{Gate, Upstream};

const JSON: &str = r#"
[[link]]
url = "/magic/{token}?email={email}"
belongs = ["email"]
new-link = "https://app.example/sign-in"
[link.confirm]
as = "json"
request = "POST /v1/auth/verify?via={email}"
fields = { token = "{token}", email = "{email}", remember = true }
then = "/welcome"
"#;

#[tokio::test]
async fn a_json_confirmation_carries_the_token_as_one_string() {
    let upstream = Upstream::start(|_| {
        let mut answer = answer(200, "application/json", "{\"success\": true}");
        answer
            .headers_mut()
            .insert("set-cookie", "session=1; Path=/".parse().unwrap());
        answer.into()
    })
    .await;
    let gate = Gate::with(&upstream, JSON).await;
    let reply = gate
        .person()
        .sign_in("/magic/a%22b%2Fc%C3%A9?email=x%2By%40a.example")
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), Some("/welcome"));
    assert!(
        reply
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line == "session=1; Path=/")
    );
    let received = upstream.received().pop().unwrap();
    assert_eq!(
        (received.method, received.target.as_str()),
        (Method::POST, "/v1/auth/verify?via=x%2By%40a%2Eexample")
    );
    let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"token": "a\"b/cé", "email": "x+y@a.example", "remember": true})
    );
    assert_eq!(received.headers.get("content-type").unwrap(), "application/json");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_form_confirmation_carries_the_token_as_one_parameter() {
    let upstream = Upstream::start(|_| ok("in").into()).await;
    let config = "[[link]]\nurl = \"/go?t={token}\"\n[link.confirm]\nas = \"form\"\nrequest = \"POST /verify\"\n\
                  fields = { \"user[token]\" = \"{token}\", commit = \"yes\" }\n";
    let gate = Gate::with(&upstream, config).await;
    let reply = gate.person().sign_in("/go?t=a%26b%3Dc+d").await;
    assert!(reply.is_from_upstream(), "without `then` the answer is the upstream's");
    let received = upstream.received().pop().unwrap();
    let mut fields: Vec<_> = received
        .body
        .split(|b| *b == b'&')
        .map(|f| String::from_utf8_lossy(f).into_owned())
        .collect();
    fields.sort();
    assert_eq!(fields, ["commit=yes", "user%5Btoken%5D=a%26b%3Dc%20d"]);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_link_says_how_success_and_failure_look() {
    let upstream = Upstream::start(|received| {
        let bad = received.target.contains("bad");
        signed_in(if bad { "/error?error=INVALID_TOKEN" } else { "/home" }).into()
    })
    .await;
    let config =
        "[[link]]\nurl = \"/verify?token={token}\"\nnew-link = \"/sign-in\"\nfailure = { location = 'error=' }\n";
    let gate = Gate::with(&upstream, config).await;
    assert_eq!(
        gate.person().sign_in("/verify?token=good").await.header("location"),
        Some("/home")
    );
    let failure = gate.person().sign_in("/verify?token=bad").await;
    assert_eq!(failure.status, 410);
    assert!(failure.body.contains("Send a new link"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_page_of_the_upstream_s_own_goes_to_the_person_as_it_is() {
    let upstream = Upstream::start(|_| answer(403, "text/html; charset=utf-8", "<h1>Expired</h1>").into()).await;
    let gate = Gate::before(&upstream).await;
    let reply = gate.person().sign_in(&gate.link(&gate.token_to_confirm())).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (403, "<h1>Expired</h1>"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_program_gets_the_envelope_and_the_upstream_s_own_answer() {
    let upstream = Upstream::start(|_| answer(401, "application/json", "{\"error\": \"no\"}").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let page = gate.person().get(&link).await;
    let program = gate.person().with("accept", "application/json");
    let refused = program.get(&link).await;
    assert_eq!(refused.status, 403);
    let envelope = refused.json();
    assert_eq!(envelope["error"], "confirmation_required");
    assert_eq!(envelope["request_id"].as_str(), refused.header("x-request-id"));
    assert_eq!(gate.last_record()["request_id"], envelope["request_id"]);
    assert_eq!(
        gate.actor().with("sec-fetch-dest", "empty").get(&link).await.status,
        403
    );
    gate.clock.advance(std::time::Duration::from_secs(60));
    let own = program.press(&link, &page).await;
    assert_eq!((own.status.as_u16(), own.body.as_str()), (401, "{\"error\": \"no\"}"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_large_answer_streams_to_the_press_and_leaves_its_head() {
    let upstream = Upstream::start(|_| {
        let mut answer = ok(&"x".repeat(300_000));
        answer.headers_mut().insert("set-cookie", "session=1".parse().unwrap());
        answer.into()
    })
    .await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    let whole = person.press(&link, &page).await;
    assert_eq!(whole.body.len(), 300_000);
    let again = person.press(&link, &page).await;
    assert_eq!(again.status, 409);
    assert!(
        again
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line == "session=1")
    );
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_link_may_be_sent_once_for_upstreams_that_forget_it() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nonce = true\nnew-link = \"/sign-in\"\n";
    let gate = Gate::with(&upstream, config).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    assert_eq!(person.sign_in(&link).await.status, 302);
    gate.clock.advance(std::time::Duration::from_secs(3600));
    let used = person.sign_in(&link).await;
    assert_eq!(used.status, 410);
    assert!(used.body.contains("You have used this link already") && used.body.contains("Send a new link"));
    assert_eq!(gate.person().sign_in(&link).await.status, 410);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn one_click_unsubscribe_passes_where_the_link_says_so() {
    let upstream = Upstream::plain().await;
    let config = "[[link]]\nurl = \"/unsubscribe/{token}\"\none-click-unsubscribe = true\n\
                  [[link]]\nurl = \"/leave/{token}\"\n";
    let gate = Gate::with(&upstream, config).await;
    let (token, other) = (gate.token(), gate.token());
    let provider = gate.actor();
    let one_click = "List-Unsubscribe=One-Click";
    assert!(provider.get(&format!("/unsubscribe/{token}")).await.is_held());
    assert!(
        provider
            .post_form(&format!("/unsubscribe/{token}"), "List-Unsubscribe=One-Click&x=1")
            .await
            .is_held()
    );
    assert!(
        provider
            .post_form(&format!("/leave/{other}"), one_click)
            .await
            .is_held()
    );
    gate.allow(&token);
    assert!(
        provider
            .post_form(&format!("/unsubscribe/{token}"), one_click)
            .await
            .is_from_upstream()
    );
    assert_eq!(upstream.received().pop().unwrap().body, one_click);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn several_links_and_upstreams_live_in_one_file() {
    let (main, api) = (Upstream::plain().await, Upstream::start(|_| ok("api").into()).await);
    let config = format!(
        "listen = \"127.0.0.1:0\"\n\
         [[upstream]]\nname = \"main\"\nurl = \"http://{}\"\n\
         [[upstream]]\nname = \"api\"\nurl = \"http://{}\"\n\
         [[link]]\nurl = \"/invite/{{token}}\"\n\
         [[link]]\nurl = \"/approve?t={{token}}\"\nupstream = \"api\"\n\
         [[link]]\nurl = \"/deny?t={{token}}\"\nupstream = \"api\"\n",
        main.address, api.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let (invite, approve) = (gate.token_to_confirm(), gate.token_to_confirm());
    assert_eq!(
        gate.person().sign_in(&format!("/invite/{invite}")).await.body,
        "from the upstream"
    );
    let person = gate.person();
    let page = person.get(&format!("/approve?t={approve}")).await;
    let swapped = person.press(&format!("/deny?t={approve}"), &page).await;
    assert!(swapped.is_held(), "approve can't become deny");
    assert_eq!(gate.last_record()["linklatch.reason"], "ticket_of_another_link");
    assert_eq!(person.press(&format!("/approve?t={approve}"), &page).await.body, "api");
    assert_eq!(api.received().len(), 1);
    gate.finish(&main).await;
}

#[tokio::test]
async fn a_policy_names_the_origins_that_a_link_redirects_to() {
    let upstream = Upstream::plain().await;
    let config =
        "[[link]]\nurl = \"/a/{token}\"\nredirects-to = [\"https://app.example\"]\n[[link]]\nurl = \"/b/{token}\"\n";
    let gate = Gate::with(&upstream, config).await;
    let policy = async |target: String| {
        let page = gate.person().get(&target).await;
        page.header("content-security-policy").unwrap().to_owned()
    };
    assert!(
        policy(format!("/a/{}", gate.token()))
            .await
            .contains("form-action 'self' https://app.example")
    );
    assert!(!policy(format!("/b/{}", gate.token())).await.contains("form-action"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_token_that_was_cut_is_recognised_before_the_upstream_is_asked() {
    let upstream = Upstream::plain().await;
    let config = "[[link]]\nurl = \"/v/{token}\"\ntoken = '[A-Za-z0-9_-]{32}'\nnew-link = \"/sign-in\"\n";
    let gate = Gate::with(&upstream, config).await;
    let token = gate.token();
    assert_eq!(token.len(), 32);
    let person = gate.person();
    assert!(person.get(&format!("/v/{token}")).await.is_held());
    for cut in [token[..31].to_owned(), token[1..].to_owned(), format!("{token}x")] {
        let page = person.get(&format!("/v/{cut}")).await;
        assert_eq!(page.status, 400, "{cut}");
        assert!(page.body.contains("Send a new link"));
        assert_eq!(person.post_form(&format!("/v/{cut}"), "x=1").await.status, 400);
    }
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_damaged_link_is_confirmed_as_the_whole_one_that_it_was() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\ntoken = '[A-Za-z0-9_-]{32}'\n";
    let gate = Gate::with(&upstream, config).await;
    for (before, after, whole, by) in [
        (
            "/auth/verify?a=%2Fb&amp;token=",
            ".",
            "/auth/verify?a=%2Fb&token=",
            "html_escape+punctuation",
        ),
        ("/auth/verify?token=3D", "", "/auth/verify?token=", "quoted_printable"),
        (
            "/auth/verify?token%3D",
            "%3E",
            "/auth/verify?token=",
            "percent_encoding+punctuation",
        ),
        ("//auth/verify?token=", "", "", ""),
    ] {
        let token = gate.token();
        let damaged = format!("{before}{token}{after}");
        let scanner = gate
            .scanner()
            .with("referer", &format!("https://mail.example/?u={token}{after}"));
        if by.is_empty() {
            assert_eq!(
                scanner.get(&damaged).await.status,
                400,
                "two parsers read it differently"
            );
            continue;
        }
        assert!(scanner.get(&damaged).await.is_held(), "{before}{after}");
        assert_eq!(gate.last_record()["linklatch.link.repaired"], by);
        let person = gate.person();
        let page = person.get(&damaged).await;
        let twin = person.get(&format!("{whole}{token}")).await;
        let records = gate.records();
        let [.., of_damaged, of_whole] = &records[..] else {
            panic!("two records")
        };
        assert_eq!(of_damaged["linklatch.link.id"], of_whole["linklatch.link.id"]);
        assert!(of_whole.get("linklatch.link.repaired").is_none());
        gate.allow(&token);
        assert_eq!(person.press(&damaged, &page).await.status, 302);
        let received = upstream.received();
        assert_eq!(received.last().unwrap().target, format!("{whole}{token}"));
        assert_eq!(
            person.press(&format!("{whole}{token}"), &twin).await.status,
            302,
            "one answer for both"
        );
        assert_eq!(upstream.received().len(), received.len());
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_mended_link_waits_for_a_person_and_an_observed_one_stays_as_it_came() {
    let upstream = Upstream::plain().await;
    let config = "[[link]]\nurl = \"/adaptive?token={token}\"\nmode = \"adaptive\"\n\
                  [[link]]\nurl = \"/observe?token={token}\"\nmode = \"observe\"\n";
    let gate = Gate::with(&upstream, config).await;
    let held = gate.token();
    assert!(gate.person().get(&format!("/adaptive?token={held}%27")).await.is_held());
    let (whole, damaged) = (gate.token_to_confirm(), gate.token_to_confirm());
    for target in [
        format!("/adaptive?token={whole}"),
        format!("/observe?token={damaged}%27"),
    ] {
        assert!(gate.person().get(&target).await.is_from_upstream());
        assert_eq!(upstream.received().pop().unwrap().target, target);
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn too_much_under_way_is_said_and_never_stops_a_confirmation() {
    let told = std::sync::Arc::new(tokio::sync::Notify::new());
    let wait = std::sync::Arc::clone(&told);
    let upstream = Upstream::start(move |received| match received.target.as_str() {
        "/slow" => crate::support::upstream::Reply::When(std::sync::Arc::clone(&wait), ok("slow")),
        _ => ok("in").into(),
    })
    .await;
    let config = "[limits]\nin-flight = 1\n[[link]]\nurl = \"/auth/verify?token={token}\"\n";
    let gate = Gate::with(&upstream, config).await;
    let client = gate.actor();
    let slow = client.get("/slow");
    let meanwhile = async {
        upstream.has_received(1).await;
        let busy = gate.person().get("/page").await;
        assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, Some("1")));
        let program = gate.actor().with("accept", "application/json").get("/page").await;
        assert_eq!(program.json()["error"], "busy");
        assert!(
            gate.person()
                .sign_in(&gate.link(&gate.token_to_confirm()))
                .await
                .is_from_upstream()
        );
        told.notify_one();
    };
    tokio::join!(slow, meanwhile);
    assert!(client.get("/page").await.is_from_upstream(), "the place is free again");
    gate.finish(&upstream).await;
}
