//! The demo whole: real sockets, real scanners, with the site open or shut.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::client::{Call, Got};
use super::store::{TOKEN_LIFE, sha256};
use super::*;
use crate::time::Timestamp;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Demo {
    site: BaseUrl,
    mailbox: BaseUrl,
    /// The site itself, whatever stands before it.
    upstream: BaseUrl,
    clock: Clock,
    paper: Paper,
    tasks: Tasks,
}

impl Demo {
    /// The site open to everybody, or behind something that shows one page for everything.
    async fn start(shut: bool) -> Self {
        let (clock, paper, tasks) = (
            Clock::manual(Timestamp::from_millis(1_764_115_200_000)),
            Paper::default(),
            Tasks::default(),
        );
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let options = Options {
            without_gate: !shut,
            listen: free,
            mail: free,
            clock: clock.clone(),
            terminal: Terminal::new(paper.clone()),
        };
        let mut behind = None;
        let gate = async |plan: GatePlan| {
            behind = Some(plan.upstream);
            let listener = TcpListener::bind(plan.listen).await?;
            let bound = listener.local_addr()?;
            tasks.spawn(server::serve(listener, tasks.clone(), |_| async {
                server::html(
                    StatusCode::OK,
                    "<form method=\"post\"><button>Continue</button></form>".to_owned(),
                )
            }));
            Ok::<_, io::Error>(bound)
        };
        let running = start(&options, gate, &tasks).await.unwrap();
        Self {
            site: BaseUrl::local(running.site),
            mailbox: BaseUrl::local(running.mailbox),
            upstream: BaseUrl::local(behind.unwrap_or(running.site)),
            clock,
            paper,
            tasks,
        }
    }

    async fn ask(&self, email: &str) -> Got {
        Call::post(&self.upstream, "/v1/auth/request", &json!({ "email": email }))
            .send()
            .await
            .unwrap()
    }

    async fn verify(&self, token: &str) -> Got {
        Call::post(&self.upstream, "/v1/auth/verify", &json!({ "token": token }))
            .send()
            .await
            .unwrap()
    }

    async fn mails(&self) -> Value {
        body(&Call::get(&self.mailbox, "/api/messages").send().await.unwrap())
    }

    /// The newest mail, once its scanners are done.
    async fn scanned(&self) -> Value {
        let mut version = json!(0);
        loop {
            let mails = self.mails().await;
            if mails[0]["scanned"] == true {
                return mails[0].clone();
            }
            let changes = format!("/changes?since={version}");
            version = body(&Call::get(&self.mailbox, &changes).send().await.unwrap())["version"].clone();
        }
    }

    /// Ends it. Neither terminal nor what scanners did may hold the token.
    async fn end(self, mail: &Value) {
        self.tasks.stop();
        assert_eq!(self.tasks.drain(Duration::from_secs(30)).await, 0);
        let printed = String::from_utf8(self.paper.0.lock().unwrap().clone()).unwrap();
        let token = token(mail);
        assert!(printed.contains(&mail["digest"].as_str().unwrap()[..8]), "{printed}");
        assert!(!printed.contains(&token), "{printed}");
        assert!(!mail["scans"].to_string().contains(&token));
    }
}

fn body(got: &Got) -> Value {
    serde_json::from_slice(&got.body).unwrap()
}

fn text(got: &Got) -> String {
    String::from_utf8(got.body.to_vec()).unwrap()
}

fn token(mail: &Value) -> String {
    mail["link"]
        .as_str()
        .unwrap()
        .split_once("token=")
        .unwrap()
        .1
        .to_owned()
}

fn states(mail: &Value) -> Vec<&str> {
    mail["scans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scan| scan["state"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn without_a_gate_the_first_scanner_spends_the_token() {
    let demo = Demo::start(false).await;
    assert_eq!(demo.ask("ann@example.com").await.status, StatusCode::ACCEPTED);
    let mail = demo.scanned().await;
    assert_eq!(
        (&mail["to"], &mail["state"]),
        (&json!("ann@example.com"), &json!("spent"))
    );
    assert!(states(&mail).iter().all(|state| *state == "spent"));
    let first = &mail["scans"][0];
    assert_eq!((&first["method"], &first["answer"]), (&json!("HEAD"), &json!(303)));

    let refused = demo.verify(&token(&mail)).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let envelope = body(&refused);
    assert_eq!(
        (&envelope["success"], &envelope["error"]),
        (&json!(false), &json!("magic_link_not_found"))
    );
    assert_eq!(envelope["timestamp"], "2025-11-26T00:00:00.000Z");
    for field in ["message", "details", "retry_after", "doc_url", "request_id"] {
        assert!(envelope.get(field).is_some(), "{field}");
    }
    let page = text(&Call::get(&demo.mailbox, "/mail/1").send().await.unwrap());
    assert!(page.contains("Token LOST") && page.contains("lost before"));
    assert!(page.contains("<dt>mail filter</dt><dd class=\"bad\">IN"), "{page}");
    assert!(page.contains("<dt>presser</dt><dd class=\"soft\">too late"), "{page}");
    assert!(page.contains("<dt>you</dt><dd class=\"bad\">shut out"), "{page}");
    demo.end(&mail).await;
}

#[tokio::test]
async fn behind_a_shut_door_the_person_gets_in() {
    let demo = Demo::start(true).await;
    demo.ask("ann@example.com").await;
    let mail = demo.scanned().await;
    assert_eq!(mail["state"], "whole");
    assert!(states(&mail).len() >= 5 && states(&mail).iter().all(|state| *state == "whole"));
    let page = text(&Call::get(&demo.mailbox, "/mail/1").send().await.unwrap());
    for (who, way) in [
        ("mail filter", "held: it saw no page"),
        ("crawler", "page → held: it does not press"),
        ("form robot", "page → press → held"),
        ("presser", "page → press → held"),
        ("you", "still to come"),
    ] {
        let row = page.lines().find(|line| line.contains(&format!("<dt>{who}</dt>")));
        assert!(row.is_some_and(|row| row.contains(way)), "{who}: {page}");
    }
    let addresses: Vec<_> = mail["scans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scan| scan["address"].as_str().unwrap())
        .collect();
    assert_eq!(
        addresses[..5],
        ["127.0.11.1", "127.0.12.1", "127.0.13.1", "127.0.13.1", "127.0.14.1"]
    );

    let entered = demo.verify(&token(&mail)).await;
    assert_eq!(entered.status, StatusCode::OK);
    assert_eq!(body(&entered)["user"]["email"], "ann@example.com");
    let cookie = entered.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let session = Call {
        headers: &[("cookie", cookie)],
        ..Call::get(&demo.upstream, "/v1/auth/session")
    };
    assert_eq!(session.send().await.unwrap().status, StatusCode::OK);
    let out = Call {
        headers: &[("cookie", cookie)],
        ..Call::post(&demo.upstream, "/v1/auth/sign-out", &Value::Null)
    };
    assert_eq!(out.send().await.unwrap().status, StatusCode::OK);
    let session = Call {
        headers: &[("cookie", cookie)],
        ..Call::get(&demo.upstream, "/v1/auth/session")
    };
    assert_eq!(session.send().await.unwrap().status, StatusCode::UNAUTHORIZED);

    assert_eq!(demo.verify(&token(&mail)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(demo.mails().await[0]["state"], "spent");
    let page = text(&Call::get(&demo.mailbox, "/mail/1").send().await.unwrap());
    assert!(page.contains("Link used") && !page.contains("LOST"));
    assert!(page.contains("<dt>you</dt><dd class=\"good\">page → press"));
    demo.end(&mail).await;
}

#[tokio::test]
async fn a_link_dies_after_fifteen_minutes() {
    let demo = Demo::start(true).await;
    demo.ask("ann@example.com").await;
    let mail = demo.scanned().await;
    demo.clock.advance(TOKEN_LIFE);
    assert_eq!(demo.mails().await[0]["state"], "expired");
    let target = format!("/auth/verify?token={}", token(&mail));
    let opened = Call::get(&demo.upstream, &target).send().await.unwrap();
    assert_eq!(opened.status, StatusCode::UNAUTHORIZED);
    assert_eq!(body(&opened)["error"], "magic_link_not_found");
    demo.end(&mail).await;
}

#[tokio::test]
async fn opening_the_link_signs_in_once() {
    let demo = Demo::start(true).await;
    demo.ask("ann@example.com").await;
    let mail = demo.scanned().await;
    let target = format!("/auth/verify?token={}", token(&mail));
    let opened = Call::get(&demo.upstream, &target).send().await.unwrap();
    assert_eq!(
        (opened.status, &opened.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/welcome".parse().unwrap())
    );
    let cookie = opened.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"));
    let cookie = cookie.split(';').next().unwrap();
    let welcome = Call {
        headers: &[("cookie", cookie)],
        ..Call::get(&demo.upstream, "/welcome")
    };
    assert!(text(&welcome.send().await.unwrap()).contains("<b>ann@example.com</b>"));
    let again = Call {
        method: Method::HEAD,
        ..Call::get(&demo.upstream, &target)
    };
    assert_eq!(again.send().await.unwrap().status, StatusCode::UNAUTHORIZED);
    demo.end(&mail).await;
}

#[tokio::test]
async fn what_people_write_is_only_text() {
    let demo = Demo::start(true).await;
    let hostile = "\"><script>alert(1)</script>@example.com";
    assert_eq!(demo.ask(hostile).await.status, StatusCode::ACCEPTED);
    let mail = demo.scanned().await;
    for page in ["/", "/mail/1"] {
        let page = text(&Call::get(&demo.mailbox, page).send().await.unwrap());
        assert!(
            !page.contains("<script>alert") && page.contains("&quot;&gt;&lt;script&gt;alert(1)"),
            "{page}"
        );
    }
    let entered = demo.verify(&token(&mail)).await;
    let cookie = entered.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let welcome = Call {
        headers: &[("cookie", cookie)],
        ..Call::get(&demo.upstream, "/welcome")
    };
    let welcome = text(&welcome.send().await.unwrap());
    assert!(!welcome.contains("<script>") && welcome.contains("&lt;script&gt;"));
    demo.end(&mail).await;
}

#[tokio::test]
async fn wrong_input_is_told_so() {
    let demo = Demo::start(true).await;
    for wrong in [
        "",
        "ann",
        "@example.com",
        "ann@",
        "a b@example.com",
        "a@b@c",
        &format!("{}@b", "a".repeat(300)),
    ] {
        let got = demo.ask(wrong).await;
        assert_eq!(
            (got.status, &body(&got)["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_email")),
            "{wrong}"
        );
    }
    let mail = json!({ "to": "ann@example.com", "subject": "s", "text": "t", "link": "http://elsewhere.example/" });
    let elsewhere = Call::post(&demo.mailbox, "/api/messages", &mail).send().await.unwrap();
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST);
    assert_eq!(demo.mails().await, json!([]));
    let get = Call::get(&demo.upstream, "/v1/auth/verify").send().await.unwrap();
    assert_eq!(
        (get.status, &get.headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
}

#[tokio::test]
async fn only_the_internal_socket_tells_a_tokens_state() {
    let demo = Demo::start(false).await;
    let digest = data_encoding::HEXLOWER.encode(&sha256("some token"));
    let target = format!("/demo/token-state?digest={digest}");
    assert_eq!(
        Call::get(&demo.site, &target).send().await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_taken_port_is_told_with_a_remedy() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let options = Options {
        without_gate: true,
        listen: taken.local_addr().unwrap(),
        mail: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        clock: Clock::System,
        terminal: Terminal::new(io::sink()),
    };
    let gate = async |plan: GatePlan| Ok::<_, io::Error>(plan.listen);
    let message = start(&options, gate, &Tasks::default()).await.unwrap_err().to_string();
    assert!(
        message.contains(&options.listen.to_string()) && message.contains("`--listen 127.0.0.1:0`"),
        "{message}"
    );
}

#[tokio::test]
async fn a_stop_ends_a_running_demo() {
    let (paper, tasks) = (Paper::default(), Tasks::default());
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let terminal = Terminal::new(paper.clone());
    let options = Options {
        without_gate: true,
        listen: free,
        mail: free,
        clock: Clock::System,
        terminal,
    };
    tasks.stop();
    run(options, async |plan: GatePlan| Ok::<_, io::Error>(plan.listen), tasks)
        .await
        .unwrap();
    let printed = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    assert_eq!(printed.lines().count(), 3);
    assert!(
        printed.contains("http://127.0.0.1:") && !printed.contains(":0 "),
        "{printed}"
    );
}
