//! API calls that redeem a link's token.

use http::Method;

use crate::support::upstream::ok;
use crate::support::{Actor, Gate, Reply, Upstream};

const APP: &str = r#"
[[link]]
url = "/auth/verify?token={token}"
host = "app.example"

[[link.call]]
request = "POST /v1/auth/verify"
json = { token = "{token}" }

[[link.call]]
request = "GET /v1/auth/peek?token={token}"

[[link.call]]
request = "POST /v1/auth/header"
headers = { authorization = "{token}" }

[[link.call]]
request = "POST /v1/auth/query?token={token}"

[[link.call]]
request = "PUT /v1/auth/redeem"
form = { token = "{token}" }

[limits]
body = "4KiB"
"#;

async fn app() -> (Upstream, Gate) {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, APP).await;
    (upstream, gate)
}

fn on(actor: Actor, host: &str) -> Actor {
    Actor {
        host: host.to_owned(),
        ..actor
    }
}

fn assert_refused(reply: &Reply, error: &str) {
    assert_eq!(reply.status, 403, "{reply:?}");
    let envelope = reply.json();
    assert_eq!(envelope["success"], false);
    assert_eq!(envelope["error"], error);
    assert_eq!(envelope["request_id"].as_str(), reply.header("x-request-id"));
}

#[tokio::test]
async fn a_call_passes_while_its_own_token_is_open_and_no_longer() {
    let (upstream, gate) = app().await;
    let (token, other) = (gate.token(), gate.token());
    let call = |token: &str| format!(r#"{{"remember": true, "token": "{token}"}}"#);
    let api = on(gate.person(), "api.example");
    assert_refused(
        &api.post_json("/v1/auth/verify", &call(&token)).await,
        "confirmation_required",
    );
    gate.allow(&token);
    let person = on(gate.person(), "app.example");
    assert!(person.sign_in(&gate.link(&token)).await.is_from_upstream());
    let passed = api.post_json("/v1/auth/verify", &call(&token)).await;
    assert!(passed.is_from_upstream(), "{passed:?}");
    assert_eq!(upstream.received().pop().unwrap().body, call(&token));
    assert_eq!(gate.last_record()["linklatch.reason"], "opened_call");
    assert_refused(
        &api.post_json("/v1/auth/verify", &call(&other)).await,
        "confirmation_required",
    );
    gate.clock.advance(std::time::Duration::from_secs(15 * 60));
    assert_refused(
        &api.post_json("/v1/auth/verify", &call(&token)).await,
        "confirmation_required",
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_token_is_seen_wherever_a_lenient_server_may_look() {
    let (upstream, gate) = app().await;
    let token = gate.token();
    let client = on(gate.actor(), "api.example");
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let held = [
        (json, format!(r#"{{"token": "{token}"}}"#)),
        (json, format!(r#"{{"TOKEN": " {token} "}}"#)),
        (form, format!("a=1&token={token}")),
        ("application/vnd.api+json", format!(r#"{{"token": "{token}"}}"#)),
        // What it is counts, not what it calls itself: curl's default type, Go's decoder, `request.json()`.
        (form, format!(r#"{{"token": "{token}"}}"#)),
        (form, format!("\u{feff} \r\n{{\"token\": \"{token}\"}}")),
        ("text/plain", format!(r#"{{"token": "{token}"}}"#)),
        ("text/plain;charset=UTF-8", format!("token={token}")),
        (json, format!("token={token}")),
        (json, format!(r#"{{"a": "&token={token}&"}}"#)),
    ];
    for (content_type, body) in held {
        let reply = client
            .send(
                Method::POST,
                "/v1/auth/verify",
                &[("content-type", content_type)],
                &body,
            )
            .await;
        assert_refused(&reply, "confirmation_required");
    }
    let in_query = client.post_json(&format!("/v1/auth/verify?token={token}"), "{}").await;
    assert_refused(&in_query, "confirmation_required");
    let in_body = client
        .post_json("/v1/auth/query", &format!(r#"{{"token": "{token}"}}"#))
        .await;
    assert_refused(&in_body, "confirmation_required");
    for target in ["/v1/auth/query", "/v1/auth/redeem"] {
        let in_form = client.post_form(target, &format!("_method=PUT&token={token}")).await;
        assert_refused(&in_form, "confirmation_required");
    }
    let lower = Method::from_bytes(b"post").unwrap();
    let body = format!(r#"{{"token": "{token}"}}"#);
    let reply = client
        .send(lower, "/v1/auth/verify", &[("content-type", json)], &body)
        .await;
    assert_refused(&reply, "confirmation_required");
    let head = client
        .send(Method::HEAD, "/v1/auth/verify", &[("content-type", json)], &body)
        .await;
    assert_eq!(head.status, 403);
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_app_that_names_a_wrong_type_gets_through_after_a_press() {
    let (upstream, gate) = app().await;
    let token = gate.token_to_confirm();
    let person = on(gate.person(), "app.example");
    assert!(person.sign_in(&gate.link(&token)).await.is_from_upstream());
    let api = on(gate.person(), "api.example");
    let body = format!(r#"{{"token": "{token}"}}"#);
    for content_type in ["application/x-www-form-urlencoded", "text/plain", "application/json"] {
        let fields = [("content-type", content_type)];
        let passed = api.send(Method::POST, "/v1/auth/verify", &fields, &body).await;
        assert!(passed.is_from_upstream(), "{content_type}: {passed:?}");
        assert_eq!(upstream.received().pop().unwrap().body, body);
    }
    let untyped = api.send(Method::POST, "/v1/auth/verify", &[], &body).await;
    assert!(untyped.is_from_upstream(), "{untyped:?}");
    let form = format!("token={token}");
    assert!(api.post_json("/v1/auth/verify", &form).await.is_from_upstream());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_body_that_can_be_read_in_two_ways_is_refused() {
    let (upstream, gate) = app().await;
    let token = gate.token();
    let client = on(gate.actor(), "api.example");
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let unclear = [
        (json, format!(r#"{{"token": "x", "token": "{token}"}}"#)),
        (json, format!(r#"{{"token": ["{token}"]}}"#)),
        (json, format!(r#"[{{"token": "{token}"}}]"#)),
        (json, format!("{{'token': '{token}'}}")),
        (json, format!(r#"{{"token[]": "{token}"}}"#)),
        (json, format!(r#"{{"token\u0000": "{token}"}}"#)),
        (form, format!("token[]={token}")),
        (form, format!("?token={token}")),
        (form, format!("token=&x=%26token%3D{token}")),
        (
            "application/x-www-form-urlencoded; charset =ibm037",
            format!("%A3%96%92%85%95={token}"),
        ),
        (form, format!("token=x&token={token}")),
        (json, format!("token=x&token={token}")),
        (form, format!("[token]={token}")),
        (form, format!("%5Btoken%5D={token}")),
        (form, format!("token]x={token}")),
        (form, format!("to%E2%80%8Bken={token}")),
        (form, format!(r#"[{{"token": "{token}"}}]"#)),
        (form, format!(r#"{{"token": "{token}"}} x"#)),
        ("text/plain", format!("// {{\n{{\"token\": \"{token}\"}}")),
        (json, format!(r#"{{"a": "&token={token}x&", "token": "{token}"}}"#)),
        ("application/octet-stream", format!(r#"{{"token": "{token}"}}"#)),
        (
            "multipart/form-data; boundary=b",
            format!("--b\r\ncontent-disposition: form-data; name=token\r\n\r\n{token}\r\n--b--"),
        ),
    ];
    for (content_type, body) in unclear {
        let reply = client
            .send(
                Method::POST,
                "/v1/auth/verify",
                &[("content-type", content_type)],
                &body,
            )
            .await;
        assert_refused(&reply, "call_refused");
    }
    let compressed = [("content-type", json), ("content-encoding", "gzip")];
    assert_refused(
        &client.send(Method::POST, "/v1/auth/verify", &compressed, "x").await,
        "call_refused",
    );
    let large = format!(r#"{{"token": "{token}", "pad": "{}"}}"#, "x".repeat(5000));
    assert_eq!(client.post_json("/v1/auth/verify", &large).await.status, 413);
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_token_in_a_call_s_target_or_header_is_seen() {
    let (upstream, gate) = app().await;
    let token = gate.token();
    let client = on(gate.actor(), "api.example");
    for target in [
        format!("/v1/auth/peek?token={token}"),
        format!("/V1/auth//peek/?x=1&token={token}"),
    ] {
        assert_refused(&client.get(&target).await, "confirmation_required");
        assert_eq!(client.head(&target).await.status, 403);
    }
    let ambiguous = client.get(&format!("/v1/auth/peek?token=x&token={token}")).await;
    assert_eq!(ambiguous.status, 400);
    let bearer = [("authorization", format!("Bearer {token}"))].map(|(n, v)| (n, v));
    let fields: Vec<(&str, &str)> = bearer.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_refused(
        &client.send(Method::POST, "/v1/auth/header", &fields, "").await,
        "confirmation_required",
    );
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_carries_no_token_passes() {
    let (upstream, gate) = app().await;
    let client = on(gate.actor(), "api.example");
    for body in [
        "{}",
        r#"{"code": "123456"}"#,
        r#"{"token": "482913"}"#,
        r#"{"token": null}"#,
    ] {
        assert!(
            client.post_json("/v1/auth/verify", body).await.is_from_upstream(),
            "{body}"
        );
    }
    assert!(
        client.get("/v1/auth/verify").await.is_from_upstream(),
        "another method is another call"
    );
    assert!(
        client.post_form("/auth/verify", "code=123456").await.is_from_upstream(),
        "a link's path without its token"
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn preflights_pass_unless_their_target_carries_a_token() {
    let (upstream, gate) = app().await;
    let token = gate.token();
    let client = on(gate.actor(), "api.example");
    let cors = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
    ];
    let preflight = |target: String| {
        let client = client.clone();
        async move { client.send(Method::OPTIONS, &target, &cors, "").await }
    };
    assert!(preflight("/v1/auth/verify".into()).await.is_from_upstream());
    assert_refused(
        &preflight(format!("/v1/auth/peek?token={token}")).await,
        "confirmation_required",
    );
    gate.allow(&token);
    on(gate.person(), "app.example").sign_in(&gate.link(&token)).await;
    assert!(
        preflight(format!("/v1/auth/peek?token={token}"))
            .await
            .is_from_upstream()
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_belongs_to_a_token_must_be_there_too() {
    let upstream = Upstream::plain().await;
    let config = r#"
[[link]]
url = "/callback/email?token={token}&email={email}"
belongs = ["email"]
min-length = 6
[[link.call]]
request = "POST /verify"
json = { otp = "{token}", mail = "{email}" }
"#;
    let gate = Gate::with(&upstream, config).await;
    let person = gate.person();
    person
        .sign_in("/callback/email?token=482913&email=ann%40a.example")
        .await;
    let before = upstream.received().len();
    let call = |mail: &str| format!(r#"{{"otp": "482913", "mail": "{mail}"}}"#);
    assert_refused(
        &person.post_json("/verify", &call("bob@b.example")).await,
        "confirmation_required",
    );
    assert_refused(
        &person.post_json("/verify", r#"{"otp": "482913"}"#).await,
        "confirmation_required",
    );
    assert_eq!(upstream.received().len(), before);
    assert!(
        person
            .post_json("/verify", &call("ann@a.example"))
            .await
            .is_from_upstream()
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn named_clients_pass_by_network_or_secret() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    tokio::fs::write(folder.path().join("backend.secret"), secret)
        .await
        .unwrap();
    let config = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n{APP}\n\
         [[client]]\nname = \"network\"\nnetworks = [\"127.0.1.0/24\"]\n\
         [[client]]\nname = \"backend\"\nsecret-file = \"backend.secret\"\n",
        upstream.address
    );
    let gate = Gate::of(&config, folder).await;
    let (inside, outside) = (gate.actor(), gate.actor());
    let token = gate.token();
    let body = format!(r#"{{"token": "{token}"}}"#);
    assert_refused(
        &outside.post_json("/v1/auth/verify", &body).await,
        "confirmation_required",
    );
    let wrong = outside.clone().with("x-linklatch-client", "AAAA");
    assert_refused(
        &wrong.post_json("/v1/auth/verify", &body).await,
        "confirmation_required",
    );
    gate.allow(&token);
    assert!(inside.post_json("/v1/auth/verify", &body).await.is_from_upstream());
    let knows = outside.clone().with("x-linklatch-client", secret);
    assert!(knows.post_json("/v1/auth/verify", &body).await.is_from_upstream());
    assert!(!upstream.received().pop().unwrap().text().contains(secret));
    assert_eq!(gate.last_record()["linklatch.reason"], "named_client");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_opening_s_cookie_serves_where_the_memory_does_not_reach() {
    let upstream = Upstream::plain().await;
    let replica = async || {
        let folder = tempfile::tempdir().unwrap();
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        tokio::fs::write(folder.path().join("key"), key).await.unwrap();
        let head = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
        Gate::of(&format!("{head}keys.file = \"key\"\n{APP}"), folder).await
    };
    let (one, two) = (replica().await, replica().await);
    let token = one.token_to_confirm();
    let person = on(one.person(), "app.example");
    let page = person.get(&one.link(&token)).await;
    let there = Actor {
        gate: two.address,
        ..person.clone()
    };
    let body = format!(r#"{{"token": "{token}"}}"#);
    assert_refused(
        &there.post_json("/v1/auth/verify", &body).await,
        "confirmation_required",
    );
    assert!(
        there.press(&one.link(&token), &page).await.is_from_upstream(),
        "any replica opens another's ticket"
    );
    assert!(person.post_json("/v1/auth/verify", &body).await.is_from_upstream());
    person.cookies.lock().unwrap().clear();
    assert_refused(
        &person.post_json("/v1/auth/verify", &body).await,
        "confirmation_required",
    );
    one.finish(&upstream).await;
    two.finish(&upstream).await;
}

#[tokio::test]
async fn an_upstream_s_own_confirm_form_still_gets_its_post() {
    let upstream = Upstream::start(|_| ok("<form method=post>").into()).await;
    let gate = Gate::before(&upstream).await;
    let token = gate.token();
    let link = gate.link(&token);
    let person = gate.person();
    assert!(person.post_form(&link, "confirm=yes").await.is_held());
    gate.allow(&token);
    let theirs = person.sign_in(&link).await;
    assert!(theirs.is_from_upstream());
    assert!(person.post_form(&link, "confirm=yes").await.is_from_upstream());
    assert_eq!(upstream.received().pop().unwrap().body, "confirm=yes");
    let ours = person.post_form(&link, "confirm=yes&linklatch-ticket=x").await;
    assert!(
        ours.is_held(),
        "a POST with the ticket's field is always the gate's own"
    );
    gate.finish(&upstream).await;
}
