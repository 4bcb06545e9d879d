//! What a visit is judged by, beyond what scenarios reach: ages, weights, hidden clients, bounds.

use std::time::Duration;

use http::Method;

use crate::support::process::Process;
use crate::support::upstream::{answer, ok, signed_in};
use crate::support::{Actor, Gate, LINK, Upstream};

/// The newest record's class and findings.
fn verdict(gate: &Gate) -> (String, Vec<String>) {
    let record = gate.last_record();
    let findings = record["linklatch.verdict.findings"].as_array();
    let findings = findings
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned());
    let class = record["linklatch.verdict.class"].as_str().unwrap().to_owned();
    (class, findings.collect())
}

fn age(gate: &Gate) -> Option<f64> {
    gate.last_record()
        .get("linklatch.link.age")
        .map(|age| age.as_f64().unwrap())
}

#[tokio::test]
async fn the_time_of_the_mail_tells_a_link_s_age_while_it_is_the_only_one() {
    let upstream = Upstream::start(|request| match request.header("x-refuse") {
        Some(_) => answer(429, "text/plain", "later").into(),
        None => ok("sent").into(),
    })
    .await;
    let gate = Gate::with(&upstream, &format!("{LINK}ask = \"POST /auth/send-link\"\n")).await;
    let (site, person) = (gate.actor(), gate.person());
    let link = gate.link(&gate.token());
    person.get(&link).await;
    assert_eq!(age(&gate), None, "nobody asked");
    for (method, target) in [(Method::GET, "/auth/send-link"), (Method::POST, "/auth/send-code")] {
        site.send(method, target, &[], "").await;
    }
    site.clone()
        .with("x-refuse", "1")
        .post_json("/auth/send-link", "{}")
        .await;
    person.get(&link).await;
    assert_eq!(age(&gate), None, "no mail was sent");
    site.post_json("/auth/send-link", "{}").await;
    gate.clock.advance(Duration::from_secs(2));
    person.get(&link).await;
    assert_eq!(age(&gate), Some(2.0));
    assert!(verdict(&gate).1.contains(&"early-get".to_owned()));
    site.post_json("/auth/send-link", "{}").await;
    person.get(&link).await;
    assert_eq!(age(&gate), None, "one of two mails has this link");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_field_of_the_link_tells_its_age() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(
        &upstream,
        "[[link]]\nurl = \"/auth/verify?token={token}&time={time}\"\nissued = \"time\"\n",
    )
    .await;
    let person = gate.person();
    let now = gate.clock.now().as_millis();
    for (time, expected) in [
        (((now / 1000) - 90).to_string(), Some(90.0)),
        ((now - 1500).to_string(), Some(1.5)),
        ((now + 60_000).to_string(), None),
        ("yesterday".to_owned(), None),
    ] {
        let token = gate.token();
        person.get(&format!("/auth/verify?token={token}&time={time}")).await;
        assert_eq!(age(&gate), expected, "{time}");
        let early = verdict(&gate).1.contains(&"early-get".to_owned());
        assert_eq!(early, expected.is_some_and(|age| age < 3.0), "{time}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_check_weighs_what_the_configuration_says() {
    for (checks, class) in [
        ("", "suspect"),
        ("[checks]\nhead = 0\n", "unknown"),
        ("[checks]\nhead = 49\n", "unknown"),
        ("[checks]\nhead = 100\n", "scanner"),
    ] {
        let upstream = Upstream::plain().await;
        let gate = Gate::with(&upstream, &format!("{checks}{LINK}")).await;
        gate.person().head(&gate.link(&gate.token())).await;
        let (found, findings) = verdict(&gate);
        assert_eq!(found, class, "{checks}");
        assert_eq!(findings, ["head"], "what weighs nothing is found all the same");
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn early_is_what_the_configuration_says() {
    let upstream = Upstream::plain().await;
    let config = format!("[checks]\nearly-within = \"20s\"\n{LINK}ask = \"POST /auth/send-link\"\n");
    let gate = Gate::with(&upstream, &config).await;
    let person = gate.person();
    person.post_json("/auth/send-link", "{}").await;
    for (seconds, early) in [(19, true), (1, false)] {
        gate.clock.advance(Duration::from_secs(seconds));
        person.get(&gate.link(&gate.token())).await;
        assert_eq!(verdict(&gate).1.contains(&"early-get".to_owned()), early);
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn posts_and_prefetches_are_no_visits() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let person = gate.person();
    let link = gate.link(&gate.token());
    for _ in 0..3 {
        person.post_form(&link, "a=1").await;
        assert_eq!(verdict(&gate).1, [""; 0], "a POST pairs with nothing");
        person.clone().with("sec-purpose", "prefetch").get(&link).await;
        assert_eq!(verdict(&gate).1, ["prefetch"]);
    }
    person.get(&link).await;
    assert_eq!(verdict(&gate).1, [""; 0], "nothing counted");
    person.post_form(&link, "a=1").await;
    assert_eq!(verdict(&gate).1, [""; 0]);
    person.get(&link).await;
    assert_eq!(verdict(&gate).1, ["pair"], "this one did");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn prefetches_of_many_links_do_not_count_against_the_one_that_is_opened() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let person = gate.person();
    let reader = person.clone().with("purpose", "prefetch");
    for _ in 0..8 {
        reader.get(&gate.link(&gate.token())).await;
    }
    person.get(&gate.link(&gate.token())).await;
    assert_eq!(verdict(&gate), ("unknown".to_owned(), Vec::new()));
    gate.finish(&upstream).await;
}

/// Behind a proxy that nobody named everybody has its address, so it says nothing of anybody.
#[tokio::test]
async fn an_unnamed_proxy_s_address_counts_for_nothing() {
    let upstream = Upstream::plain().await;
    for (named, findings, hidden) in [
        ("", &[][..], true),
        ("trusted-proxies = [\"127.0.0.0/8\"]\n", &["head-before"], false),
    ] {
        let gate = Gate::with(&upstream, &format!("{named}{LINK}")).await;
        let client = gate.person().with("x-forwarded-for", "192.0.2.7");
        let link = gate.link(&gate.token());
        client.head(&link).await;
        gate.clock.advance(Duration::from_secs(5));
        client.get(&link).await;
        assert_eq!(verdict(&gate).1, findings, "{named}");
        let record = gate.last_record();
        assert_eq!(record.get("network.peer.address").is_some(), hidden, "{record}");
        assert_eq!(record.get("client.address").is_none(), hidden, "{record}");
        for _ in 0..8 {
            client.get(&gate.link(&gate.token())).await;
        }
        assert_eq!(verdict(&gate).1.contains(&"many-links".to_owned()), !hidden);
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn an_unnamed_proxy_is_told_once_with_the_line_to_add() {
    let upstream = Upstream::plain().await;
    let address = format!("http://{}", upstream.address);
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        &address,
        "--link",
        "/auth/verify?token={token}",
    ];
    let process = Process::start(&arguments);
    let line = process.says("listening on http://").await;
    let (_, rest) = line.split_once("listening on http://").unwrap();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
    let gate = rest[..end.unwrap_or(rest.len())].parse().unwrap();
    let client = Actor::at(gate);
    client.get("/first").await;
    assert!(!process.said().contains("trusted-proxies"), "nobody speaks for anybody");
    let client = client.with("x-forwarded-for", "192.0.2.7");
    for path in ["/second", "/third", "/fourth"] {
        client.get(path).await;
    }
    process.says(r#"trusted-proxies = [\"127.0.0.1\"]"#).await;
    process.says("\"/fourth\"").await;
    assert_eq!(
        process.said().matches("trusted-proxies").count(),
        1,
        "{}",
        process.said()
    );
}

#[tokio::test]
async fn visits_push_nothing_else_out_of_memory() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::with(&upstream, &format!("[limits]\nremembered = 8\n{LINK}")).await;
    let person = gate.person();
    let (used, opened) = (gate.link(&gate.token_to_confirm()), gate.link(&gate.token_to_confirm()));
    let (first, second) = (person.get(&used).await, person.get(&opened).await);
    assert_eq!(person.press(&used, &first).await.status, 302);
    let scanner = gate.scanner();
    for _ in 0..200 {
        scanner.get(&gate.link(&gate.token())).await;
    }
    assert_eq!(
        person.press(&used, &first).await.status,
        302,
        "its answer is still kept"
    );
    assert_eq!(upstream.received().len(), 1);
    assert_eq!(
        person.press(&opened, &second).await.status,
        302,
        "a page needs no memory"
    );
    assert_eq!(upstream.received().len(), 2);
    gate.finish(&upstream).await;
}
