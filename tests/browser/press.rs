//! The press, through TLS and HTTP/2: once, whatever hands and histories do.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response};
use tokio::sync::Notify;

use crate::browser::Browser;
use crate::support::upstream::{Received, Reply, answer, signed_in};
use crate::support::{Gate, Upstream};

/// A gate on TLS for `app.example` and its kin, and a way to write their addresses.
pub(crate) struct Site {
    pub(crate) gate: Gate,
    pub(crate) upstream: Upstream,
}

impl Site {
    /// With the usual link; `more` belongs to it.
    pub(crate) async fn before(upstream: Upstream, more: &str) -> Self {
        let names = ["app.example", "api.example", "other.example"];
        let gate = Gate::on_tls(&upstream, &names, more).await;
        Self { gate, upstream }
    }

    pub(crate) fn url(&self, host: &str, target: &str) -> String {
        format!("https://{host}:{}{target}", self.gate.addresses[0].port())
    }

    /// The requests that reached the upstream with `token` in them.
    pub(crate) fn spent(&self, token: &str) -> Vec<Received> {
        let received = self.upstream.received().into_iter();
        received.filter(|request| request.text().contains(token)).collect()
    }

    pub(crate) async fn finish(self) {
        self.gate.finish(&self.upstream).await;
    }
}

/// What a driven browser shows of itself weighs nothing: these are about what a press leads to.
pub(crate) const DRIVEN: &str =
    "[evidence]\nwebdriver = 0\nheadless = 0\nautomation = 0\nno-hover = 0\nno-path = 0\noversized = 0\n";

/// A page of the upstream's own.
pub(crate) fn page(html: &str) -> Response<Bytes> {
    answer(
        200,
        "text/html; charset=utf-8",
        &format!("<!doctype html><link rel=icon href=data:,>{html}"),
    )
}

/// Signs in at the link, and greets everywhere else.
async fn app() -> Site {
    let upstream = Upstream::start(|request| match request.target.split('?').next() {
        Some("/auth/verify") => signed_in("/home#state=x&step=1").into(),
        _ => page("<h1>Home</h1>").into(),
    })
    .await;
    Site::before(upstream, DRIVEN).await
}

/// One GET of the link reached the upstream, as a browser's own navigation.
fn is_spent_once(site: &Site, token: &str) {
    let spent = site.spent(token);
    assert_eq!(spent.len(), 1, "{spent:?}");
    assert_eq!(spent[0].method, Method::GET);
    assert_eq!(spent[0].target, site.gate.link(token));
    assert_eq!(spent[0].header("origin"), None);
}

#[tokio::test]
async fn a_press_over_http2_spends_the_link_once() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let browser = Browser::start().await;
    browser
        .goto(&site.url("app.example", &site.gate.link(&token)))
        .await
        .unwrap();
    let protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol";
    assert_eq!(browser.value(protocol).await, "h2");
    assert!(!browser.title().await.unwrap().contains(&token));
    let before = browser.value("history.length").await.as_u64().unwrap();
    assert_eq!(site.spent(&token).len(), 0, "opening spends nothing");
    browser.press().await;
    browser.shows("Home").await;
    assert_eq!(browser.value(protocol).await, "h2");
    assert_eq!(
        browser.current_url().await.unwrap().as_str(),
        site.url("app.example", "/home#state=x&step=1")
    );
    assert_eq!(browser.value("history.length").await, before + 1);
    let cookie = browser.get_named_cookie("session").await.unwrap();
    assert_eq!((cookie.value(), cookie.http_only()), ("abc", Some(true)));
    assert_eq!(
        browser.value("document.cookie").await,
        "hint=1",
        "no other script-readable cookie came"
    );
    is_spent_once(&site, &token);
    let home = site.upstream.received().pop().unwrap();
    assert_eq!(
        home.header("cookie"),
        Some("session=abc; hint=1"),
        "the gate's own cookies stay at the gate"
    );
    assert!(!home.text().contains(&token), "{}", home.text());
    site.finish().await;
}

/// A page's policy with `form-action` would stop the browser here, with the token spent.
#[tokio::test]
async fn a_press_may_lead_to_another_origin() {
    let upstream = Upstream::start(|request| {
        let host = request.header("host").unwrap().to_owned();
        let at = |name: &str, target: &str| format!("https://{}{target}", host.replace("app.example", name));
        match request.target.split('?').next() {
            Some("/auth/verify") => signed_in(&at("api.example", "/hop")).into(),
            Some("/hop") => signed_in(&host.replace("api.example", "https://other.example")).into(),
            _ => page("<h1>Elsewhere</h1>").into(),
        }
    })
    .await;
    let site = Site::before(upstream, DRIVEN).await;
    let token = site.gate.token_to_confirm();
    let browser = Browser::start().await;
    browser
        .goto(&site.url("app.example", &site.gate.link(&token)))
        .await
        .unwrap();
    browser.press().await;
    browser.shows("Elsewhere").await;
    assert_eq!(
        browser.current_url().await.unwrap().as_str(),
        site.url("other.example", "/")
    );
    is_spent_once(&site, &token);
    let received = site.upstream.received();
    let referers: Vec<_> = received
        .iter()
        .filter_map(|request| request.header("referer"))
        .collect();
    assert!(
        !referers.iter().any(|referer| referer.contains("token")),
        "{referers:?}"
    );
    site.finish().await;
}

#[tokio::test]
async fn a_double_click_is_one_call() {
    let told = Arc::new(Notify::new());
    let wait = Arc::clone(&told);
    let upstream = Upstream::start(move |request| {
        if request.target.starts_with("/auth/verify") {
            return Reply::When(Arc::clone(&wait), signed_in("/home"));
        }
        page("<h1>Home</h1>").into()
    })
    .await;
    let site = Site::before(upstream, DRIVEN).await;
    let token = site.gate.token_to_confirm();
    let browser = Browser::start().await;
    browser
        .goto(&site.url("app.example", &site.gate.link(&token)))
        .await
        .unwrap();
    tokio::join!(browser.double_click("form > button"), async {
        site.upstream.has_received(1).await;
        told.notify_one();
    });
    browser.shows("Home").await;
    is_spent_once(&site, &token);
    site.finish().await;
}

#[tokio::test]
async fn going_back_and_pressing_again_shows_the_same_answer() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let browser = Browser::start().await;
    browser
        .goto(&site.url("app.example", &site.gate.link(&token)))
        .await
        .unwrap();
    browser.press().await;
    browser.shows("Home").await;
    browser.back().await.unwrap();
    browser.press().await;
    browser.shows("Home").await;
    is_spent_once(&site, &token);
    site.finish().await;
}

#[tokio::test]
async fn two_tabs_share_one_call() {
    let site = app().await;
    let token = site.gate.token_to_confirm();
    let link = site.url("app.example", &site.gate.link(&token));
    let browser = Browser::start().await;
    browser.goto(&link).await.unwrap();
    let first = browser.window().await.unwrap();
    let second = browser.new_window(true).await.unwrap().handle;
    browser.switch_to_window(second).await.unwrap();
    browser.goto(&link).await.unwrap();
    browser.press().await;
    browser.shows("Home").await;
    browser.switch_to_window(first).await.unwrap();
    browser.press().await;
    browser.shows("Home").await;
    is_spent_once(&site, &token);
    site.finish().await;
}

#[tokio::test]
async fn the_page_is_whole_in_itself() {
    let site = app().await;
    let token = site.gate.token();
    let link = site.url("app.example", &site.gate.link(&token));
    let browser = Browser::start().await;
    browser.log("browser").await;
    browser.requested().await;
    browser.goto(&link).await.unwrap();
    browser.is_held().await;
    assert_eq!(
        browser
            .value("getComputedStyle(document.querySelector('form > button')).cursor")
            .await,
        "pointer"
    );
    let (requested, own) = (browser.requested().await, site.url("app.example", "/"));
    assert!(requested.contains(&link), "{requested:?}");
    assert!(
        requested.iter().all(|url| *url == link
            || *url == format!("{own}favicon.ico")
            || url.starts_with(&format!("{own}.linklatch/"))),
        "{requested:?}"
    );
    let console = browser.log("browser").await;
    assert!(console.is_empty(), "{console:?}");
    site.finish().await;
}
