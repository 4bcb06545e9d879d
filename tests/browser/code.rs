//! The code, read and typed by a person whose browser looks like a machine.

use crate::browser::{Browser, Kind};
use crate::press::{Site, page};
use crate::support::Upstream;
use crate::support::upstream::signed_in;

async fn app() -> Site {
    let upstream = Upstream::start(|request| match request.target.split('?').next() {
        Some("/auth/verify") => signed_in("/home").into(),
        _ => page("<h1>Home</h1>").into(),
    })
    .await;
    Site::before(upstream, "").await
}

async fn opened(site: &Site, token: &str, without_javascript: bool) -> Browser {
    let browser = Browser::of(Kind {
        automated: true,
        without_javascript,
        ..Kind::default()
    })
    .await;
    let link = site.url("app.example", &site.gate.link(token));
    browser.goto(&link).await.unwrap();
    browser.sees("#code").await;
    browser
}

async fn text(browser: &Browser, selector: &str) -> String {
    browser.sees(selector).await.text().await.unwrap()
}

#[tokio::test]
async fn a_keyboard_is_enough_without_javascript() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let browser = opened(&site, &token, true).await;
    browser.tab_to("#code").await;
    browser.types(&text(&browser, "#digits").await).await;
    browser.tab_to("form > button").await;
    assert_eq!(site.spent(&token).len(), 0);
    browser.enter().await;
    browser.shows("Home").await;
    assert_eq!(site.spent(&token).len(), 1);
    site.finish().await;
}

#[tokio::test]
async fn a_wrong_code_is_named_and_has_the_focus() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let browser = opened(&site, &token, false).await;
    browser.log("browser").await;
    let focus = "document.activeElement.id";
    assert_ne!(browser.value(focus).await, "code", "the page is read from its top");
    let field = browser.sees("#code").await;
    let name = "document.getElementById('code').getAttribute('aria-labelledby').split(' ')\
                .map(id => document.getElementById(id).textContent).join(' ')";
    let digits = text(&browser, "#digits").await;
    assert_eq!(browser.value(name).await, format!("Type these digits: {digits}"));

    field.send_keys("letters").await.unwrap();
    browser.enter().await;
    assert!(text(&browser, "#trouble").await.contains("not right"));
    browser.wait_for_focus("#code").await;
    assert_eq!(text(&browser, "#digits").await, digits);
    browser.types(&digits).await;
    browser.enter().await;
    browser.shows("Home").await;
    let console = browser.log("browser").await;
    assert!(console.is_empty(), "{console:?}");
    assert_eq!(site.spent(&token).len(), 1);
    site.finish().await;
}

/// The digits are selected by a click, and paste as they are.
#[tokio::test]
async fn the_code_can_be_copied_and_fits_a_narrow_window() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let browser = opened(&site, &token, false).await;
    browser.set_window_rect(0, 0, 320, 700).await.unwrap();
    let beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.value(beside).await, 0);
    browser.click("#digits").await;
    let selected = browser.value("getSelection().toString()").await;
    assert_eq!(selected, text(&browser, "#digits").await);
    browser.copy_and_paste("#code").await;
    browser.enter().await;
    browser.shows("Home").await;
    site.finish().await;
}
