//! The demo as people meet it: ask for a link, let scanners at it, press, be signed in.

use std::net::SocketAddr;

use crate::browser::{Browser, Kind};
use crate::support::demo::{Demo, token_and_target};
use crate::support::process::Process;

#[tokio::test]
async fn a_scanned_link_signs_its_person_in() {
    signs_in(Kind::default()).await;
}

#[tokio::test]
async fn it_does_without_javascript() {
    signs_in(Kind {
        without_javascript: true,
        ..Kind::default()
    })
    .await;
}

#[tokio::test]
async fn it_does_on_a_phone() {
    signs_in(Kind {
        phone: true,
        ..Kind::default()
    })
    .await;
}

async fn signs_in(kind: Kind) {
    let demo = start(&[]).await;
    let browser = Browser::of(kind).await;
    let probe = "data:text/html,<title>off</title><script>document.title='on'</script>";
    browser.goto(probe).await.unwrap();
    let scripts = if kind.without_javascript { "off" } else { "on" };
    assert_eq!(browser.title().await.unwrap(), scripts);

    browser.goto(&format!("http://{}/", demo.site)).await.unwrap();
    let address = browser.sees("#email").await;
    address.send_keys("ada@example.com").await.unwrap();
    browser.click("form button").await;
    browser.shows("Look into your mail").await;
    let mail = demo.scanned_mail().await;
    browser.click("main a").await;
    browser.click(".mails a").await;
    assert_eq!(
        browser.sees("#state b").await.text().await.unwrap(),
        "Token still whole"
    );
    let ways = browser.sees("#ways").await.text().await.unwrap();
    for (who, way) in [("form robot", "page → press"), ("presser", "page → press → held")] {
        let (_, after) = ways.split_once(who).unwrap();
        assert!(after.trim_start().starts_with(way), "{who}: {ways}");
    }
    fits(&browser).await;

    browser.click("article a").await;
    browser.is_held().await;
    let button = browser.sees("form > button").await;
    assert_eq!(button.text().await.unwrap(), "Continue to sign in");
    fits(&browser).await;
    browser.press().await;
    is_signed_in(&browser, &demo).await;
    let (token, _) = token_and_target(&mail);
    demo.has_kept(&token);
}

#[tokio::test]
async fn a_keyboard_is_enough() {
    let demo = start(&[]).await;
    let browser = Browser::start().await;
    browser.goto(&format!("http://{}/", demo.site)).await.unwrap();
    browser.tab_to("#email").await;
    browser.types("ada@example.com").await;
    browser.enter().await;
    browser.tab_to("main a").await;
    demo.scanned_mail().await;
    browser.enter().await;
    browser.tab_to(".mails a").await;
    browser.enter().await;
    browser.tab_to("article a").await;
    browser.enter().await;
    browser.sees("input[name=linklatch-ticket]").await;
    // A driven browser is asked for the code, at the latest after its first press.
    for _ in 0..2 {
        let code = browser.code().await;
        if let Some(code) = &code {
            browser.tab_to("#code").await;
            browser.types(code).await;
        }
        browser.tab_to("form > button").await;
        let outline = browser
            .value("getComputedStyle(document.activeElement).outlineStyle")
            .await;
        assert_ne!(outline, "none", "the focus must be seen");
        browser.enter().await;
        if code.is_some() {
            break;
        }
        browser.sees("#code").await;
    }
    browser.sees("form[action='/v1/auth/sign-out']").await;
    is_signed_in(&browser, &demo).await;
}

#[tokio::test]
async fn without_the_gate_the_token_is_lost() {
    let demo = start(&["--without-gate"]).await;
    let browser = Browser::start().await;
    browser.goto(&format!("http://{}/", demo.site)).await.unwrap();
    let address = browser.sees("#email").await;
    address.send_keys("ada@example.com").await.unwrap();
    browser.click("form button").await;
    browser.shows("Look into your mail").await;
    let mail = demo.scanned_mail().await;
    browser.click("main a").await;
    browser.click(".mails a").await;
    assert_eq!(browser.sees("#state b").await.text().await.unwrap(), "Token LOST");
    browser.goto(mail["link"].as_str().unwrap()).await.unwrap();
    assert!(browser.source().await.unwrap().contains("magic_link_not_found"));
    browser.goto(&format!("http://{}/", demo.site)).await.unwrap();
    browser.shows("Sign in").await;
}

/// `linklatch demo` on free ports.
async fn start(more: &[&str]) -> Demo {
    let mut arguments = vec!["demo", "--listen", "127.0.0.1:0", "--mail", "127.0.0.1:0"];
    arguments.extend(more);
    let process = Process::start(&arguments);
    Demo {
        site: address_in(&process.says("Ask for a link").await),
        mailbox: address_in(&process.says("Read the mail").await),
        processes: vec![process],
    }
}

fn address_in(line: &str) -> SocketAddr {
    let (_, rest) = line.split_once("http://").unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// The link was spent once, by its person, and the site knows them.
async fn is_signed_in(browser: &Browser, demo: &Demo) {
    browser.shows("You are signed in").await;
    assert!(
        browser
            .sees("main p")
            .await
            .text()
            .await
            .unwrap()
            .contains("ada@example.com")
    );
    assert_eq!(browser.current_url().await.unwrap().path(), "/welcome");
    let mail = demo.mails().await.json()[0].clone();
    assert_eq!(mail["state"], "spent");
    let scans = mail["scans"].as_array().unwrap();
    assert!(
        scans.len() >= 5 && scans.iter().all(|scan| scan["state"] == "whole"),
        "{mail}"
    );
}

/// Nothing of the page lies beside the window.
async fn fits(browser: &Browser) {
    let beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.value(beside).await, 0);
}
