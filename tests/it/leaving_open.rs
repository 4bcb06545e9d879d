//! What leaves a link open without a page, and for nothing but that link: a mode, and the mark of the browser that asked.

use crate::support::upstream::{ok, signed_in};
use crate::support::{Actor, Gate, Upstream};

/// Two links of one mail, with one token; `first` belongs to the first of them.
fn siblings(first: &str) -> String {
    format!(
        "[[link]]\nurl = \"/auth/verify?token={{token}}\"\n{first}\n\
         [[link.call]]\nrequest = \"POST /v1/verify\"\njson = {{ token = \"{{token}}\" }}\n\
         [[link]]\nname = \"reset\"\nurl = \"/auth/reset?token={{token}}\"\n\
         [[link.call]]\nrequest = \"POST /v1/reset\"\njson = {{ token = \"{{token}}\" }}\n\
         [[link.call]]\nrequest = \"POST /v1/verify\"\njson = {{ reset = \"{{token}}\" }}\n"
    )
}

/// Asks for the mail of the first link.
async fn ask(actor: &Actor) {
    let asked = actor.post_form("/auth/send-link", "email=ann%40example.com").await;
    assert!(asked.is_from_upstream());
}

#[tokio::test]
async fn what_a_mode_lets_pass_opens_no_call_of_another_link() {
    for mode in ["observe", "adaptive"] {
        let upstream = Upstream::start(|_| signed_in("/home").into()).await;
        let gate = Gate::with(&upstream, &siblings(&format!("mode = \"{mode}\""))).await;
        let token = gate.token_to_confirm();
        let body = format!("{{\"token\":\"{token}\"}}");
        let visitor = gate.person();
        assert_eq!(visitor.get(&gate.link(&token)).await.status, 302, "{mode}");
        assert!(
            visitor.post_json("/v1/verify", &body).await.is_from_upstream(),
            "{mode}"
        );
        let refused = visitor.post_json("/v1/reset", &body).await;
        assert_eq!(refused.status, 403, "{mode}");
        visitor.cookies.lock().unwrap().clear();
        assert_eq!(visitor.post_json("/v1/reset", &body).await.status, 403, "{mode}");

        let reset = format!("/auth/reset?token={token}");
        assert_eq!(visitor.sign_in(&reset).await.status, 302);
        assert!(visitor.post_json("/v1/reset", &body).await.is_from_upstream(), "{mode}");
        gate.person().get(&gate.link(&token)).await;
        assert!(
            gate.person().post_json("/v1/reset", &body).await.is_from_upstream(),
            "{mode}: what a person opened stays open"
        );
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn a_mark_passes_no_call_with_another_link_s_token() {
    let upstream = Upstream::start(|_| ok("").into()).await;
    let marked = "ask = \"POST /auth/send-link\"\nsame-browser = \"pass\"";
    let gate = Gate::with(&upstream, &siblings(marked)).await;
    let person = gate.person();
    ask(&person).await;
    let call = |field: &str, token: &str| format!("{{\"{field}\":\"{token}\"}}");
    let refused = person.post_json("/v1/verify", &call("reset", &gate.token())).await;
    assert_eq!(refused.status, 403);
    let own = call("token", &gate.token_to_confirm());
    assert!(person.post_json("/v1/verify", &own).await.is_from_upstream());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn what_looks_ahead_spends_nothing() {
    let upstream = Upstream::start(|_| ok("").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nmode = \"adaptive\"\n\
                  ask = \"POST /auth/send-link\"\nsame-browser = \"pass\"\n\
                  [[link.call]]\nrequest = \"GET /v1/peek?token={token}\"\n";
    let gate = Gate::with(&upstream, config).await;
    let token = gate.token();
    let person = gate.person();
    ask(&person).await;
    let ahead = person.clone().with("sec-purpose", "prefetch;prerender");
    assert!(ahead.get(&gate.link(&token)).await.is_held());
    let call = format!("/v1/peek?token={token}");
    assert_eq!(ahead.get(&call).await.status, 403);
    assert_eq!(person.head(&call).await.status, 403);
    gate.allow(&token);
    assert!(person.get(&call).await.is_from_upstream());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn no_shared_cache_keeps_an_answer_with_a_cookie_of_ours() {
    let upstream = Upstream::start(|_| {
        let mut answer = ok("sent");
        let cached = "public, max-age=600".parse().unwrap();
        answer.headers_mut().insert("cache-control", cached);
        answer.into()
    })
    .await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\nask = \"GET /auth/send-link\"\nmode = \"observe\"\n";
    let gate = Gate::with(&upstream, config).await;
    let link = gate.link(&gate.token_to_confirm());
    for target in ["/auth/send-link", &*link] {
        let answer = gate.person().get(target).await;
        assert!(
            answer
                .header("set-cookie")
                .is_some_and(|own| own.starts_with("linklatch-"))
        );
        let directives: Vec<_> = answer.headers.get_all("cache-control").iter().collect();
        assert_eq!(directives, ["public, max-age=600", "private"], "{target}");
    }
    let other = gate.person().get("/").await;
    assert_eq!(other.headers.get_all("cache-control").iter().count(), 1);
    gate.finish(&upstream).await;
}
