//! Machines: every one is held, but those that nothing tells from a person.

use std::time::Duration;

use serde_json::{Value, json};

use crate::drive::chromium::Chromium;
use crate::drive::firefox::Firefox;
use crate::drive::page::Page;
use crate::press::page;
use crate::support::{Reply, Upstream};
use crate::trial::{Kind, Row, Trial};

/// What a Chromium on Linux sends.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// Programs that only speak HTTP.
pub(crate) async fn programs() -> Vec<Row> {
    let mut rows = Vec::new();
    let trial = Trial::new().await;
    trial.gate.scanner().head(&trial.link()).await;
    rows.push(trial.ends(Kind::Machine, "HEAD").await);

    let trial = Trial::new().await;
    trial.gate.scanner().get(&trial.link()).await;
    rows.push(trial.ends(Kind::Machine, "GET").await);

    let trial = Trial::new().await;
    let (scanner, link) = (trial.gate.scanner(), trial.link());
    tokio::join!(
        scanner.get(&link),
        scanner.get(&link),
        scanner.get(&link),
        scanner.get(&link)
    );
    rows.push(trial.ends(Kind::Machine, "parallel GETs").await);

    let trial = Trial::new().await;
    let robot = trial.gate.person();
    let page = robot.get(&trial.link()).await;
    robot.post_form(&trial.link(), &filled(&page, None)).await;
    rows.push(trial.ends(Kind::Machine, "form robot").await);

    let trial = Trial::new().await;
    let robot = trial.gate.person();
    let mut page = robot.get(&trial.link()).await;
    for _ in 0..3 {
        page = robot
            .post_form(&trial.link(), &filled(&page, Some("x@example.com")))
            .await;
    }
    rows.push(
        trial
            .ends(Kind::Machine, "form robot that fills every field, three times")
            .await,
    );

    let trial = Trial::new().await;
    let robot = trial
        .gate
        .person()
        .with("user-agent", BROWSER)
        .with("sec-fetch-mode", "navigate");
    let page = robot.with("sec-fetch-site", "same-origin").with("sec-fetch-user", "?1");
    let held = page.get(&trial.link()).await;
    page.post_form(&trial.link(), &filled(&held, None)).await;
    rows.push(
        trial
            .ends(Kind::Machine, "form robot with a browser's header fields")
            .await,
    );
    rows
}

/// A form's fields as they come, those without a value filled with `junk`.
fn filled(page: &Reply, junk: Option<&str>) -> String {
    let inputs = page
        .body
        .split("<input")
        .skip(1)
        .map(|input| input.split('>').next().unwrap());
    let fields = inputs.filter_map(|input| {
        let of = |name: &str| {
            input
                .split_once(&format!("{name}=\""))
                .map(|(_, rest)| rest.split('"').next().unwrap())
        };
        let value = of("value")
            .filter(|value| !value.is_empty())
            .or(junk)
            .unwrap_or_default();
        of("name").map(|name| format!("{name}={value}"))
    });
    fields.collect::<Vec<_>>().join("&")
}

/// Browsers that fetch ahead, and pages that post by themselves.
pub(crate) async fn without_a_press(chromium: &Chromium) -> Vec<Row> {
    let mut rows = Vec::new();
    for (how, client) in [
        ("prefetch", "Chromium, link prefetch"),
        ("prerender", "Chromium, prerender"),
    ] {
        let (trial, page) = (Trial::new().await, chromium.page().await);
        page.goto(&trial.at(&format!("/ahead?{how}={}", trial.link()))).await;
        trial
            .until(|records| records.iter().any(|record| record.get("linklatch.link.name").is_some()))
            .await;
        rows.push(trial.ends(Kind::Machine, client).await);
    }

    let (trial, page) = (Trial::new().await, chromium.page().await);
    let link = trial.url();
    let elsewhere = Upstream::start(move |_| {
        let form = format!("<form method=post action='{link}'><input name=linklatch-evidence></form>");
        self::page(&format!("{form}<script>document.forms[0].submit()</script>")).into()
    })
    .await;
    page.goto(&format!("http://{}/", elsewhere.address)).await;
    page.is_held().await;
    rows.push(
        trial
            .ends(Kind::Machine, "page of another site that posts by itself")
            .await,
    );
    rows
}

/// Lies that stealth tools tell a page.
const HOOKS: &str = "Object.defineProperty(navigator, 'webdriver', { get: () => false });\
    Object.defineProperty(Event.prototype, 'isTrusted', { get: () => true });\
    if (navigator.userActivation) Object.defineProperty(UserActivation.prototype, 'isActive', { get: () => true });";

const BUTTON: &str = "document.querySelector('form.press button[type=submit]')";

const EVENTS: &str = "(b => { const at = { bubbles: true, cancelable: true, composed: true, detail: 1, \
    clientX: 9, clientY: 9, pointerType: 'mouse' }; \
    for (let n = 0; n < 20; n++) b.dispatchEvent(new PointerEvent('pointermove', at)); \
    for (const [kind, of] of [['pointerdown', PointerEvent], ['mousedown', MouseEvent], ['pointerup', PointerEvent], \
    ['mouseup', MouseEvent], ['click', PointerEvent]]) b.dispatchEvent(new of(kind, at)); })";

/// Scripts that press inside the page, in a Chromium that does not say that it is driven.
pub(crate) async fn scripts(disguised: &Chromium) -> Vec<Row> {
    let mut rows = Vec::new();
    let events = format!("{EVENTS}({BUTTON})");
    let scripts = [
        ("script: `click()`", format!("{BUTTON}.click()"), false),
        (
            "script: `submit()`",
            "HTMLFormElement.prototype.submit.call(document.querySelector('form.press'))".to_owned(),
            false,
        ),
        (
            "script: `requestSubmit()`",
            "document.querySelector('form.press').requestSubmit()".to_owned(),
            false,
        ),
        ("script: dispatched events", events.clone(), false),
        (
            "script: dispatched events, `isTrusted` and `webdriver` hooked",
            events,
            true,
        ),
        (
            "script: `click()`, `isTrusted` and `webdriver` hooked",
            format!("{BUTTON}.click()"),
            true,
        ),
    ];
    for (client, script, hooked) in scripts {
        let (trial, page) = (Trial::new().await, disguised.page().await);
        if hooked {
            page.first(HOOKS).await;
        }
        page.goto(&trial.url()).await;
        if hooked {
            page.with_gesture(&script).await;
        } else {
            page.value(&script).await;
        }
        is_judged(&trial, &page).await;
        rows.push(trial.ends(Kind::Machine, client).await);
    }
    rows
}

/// Fills every field with trusted keys and presses a button with a trusted mouse: each button, on a page of its own.
async fn presses_everything(trial: &Trial, page: &Page) {
    let (mut at, mut posts) = (0, 0);
    loop {
        page.goto(&trial.url()).await;
        let fields = "document.querySelectorAll('input:not([type=hidden])')";
        let count = page.value(&format!("{fields}.length")).await.as_u64().unwrap();
        for field in 0..count {
            page.value(&format!("{fields}[{field}].focus()")).await;
            page.types("4321").await;
        }
        if page
            .value("document.querySelectorAll('button').length")
            .await
            .as_u64()
            .unwrap()
            <= at
        {
            return;
        }
        let button = format!("document.querySelectorAll('button')[{at}]");
        at += 1;
        page.press(page.middle(&button).await).await;
        // What is two pixels large may be missed, and nothing tells of that.
        let is_post = |record: &&Value| record["http.request.method"] == "POST";
        let more = trial.until(|records| records.iter().filter(is_post).count() > posts);
        if tokio::time::timeout(Duration::from_secs(3), more).await.is_ok() {
            posts += 1;
        }
    }
}

/// What a presser does before it presses.
#[derive(Clone, Copy)]
enum Way {
    Jumps,
    Wanders,
    Taps,
    Keys,
}

async fn largest(page: &Page, way: Way) {
    let button = "[...document.querySelectorAll('button')].sort((a, b) => \
                  b.offsetWidth * b.offsetHeight - a.offsetWidth * a.offsetHeight)[0]";
    let at = page.middle(button).await;
    match way {
        Way::Jumps => page.press(at).await,
        Way::Wanders => {
            page.wander(at).await;
            page.press(at).await;
        }
        Way::Taps => page.tap(at).await,
        Way::Keys => {
            page.key("Tab", 9).await;
            page.value(&format!("{button}.focus()")).await;
            page.key("Enter", 13).await;
        }
    }
}

/// Waits until the gate has judged a press, or the browser has held it back for want of a code.
async fn is_judged(trial: &Trial, page: &Page) {
    let is_post = |record: &Value| record["http.request.method"] == "POST";
    if page
        .value("document.activeElement?.matches('#code:invalid') ?? false")
        .await
        != true
    {
        trial.until(|records| records.iter().any(is_post)).await;
    }
}

/// Pressers with trusted input, each in a browser of this manner.
pub(crate) async fn pressers(chromium: &Chromium, names: [&'static str; 5], kinds: [Kind; 5]) -> Vec<Row> {
    let mut rows = Vec::new();
    let (trial, page) = (Trial::new().await, chromium.page().await);
    presses_everything(&trial, &page).await;
    rows.push(trial.ends(kinds[0], names[0]).await);

    let ways = [Way::Jumps, Way::Wanders, Way::Taps, Way::Keys];
    for ((way, client), kind) in ways.into_iter().zip(&names[1..]).zip(&kinds[1..]) {
        let (trial, page) = (Trial::new().await, chromium.page().await);
        page.goto(&trial.url()).await;
        trial.gate.clock.advance(Duration::from_secs(8));
        largest(&page, way).await;
        is_judged(&trial, &page).await;
        rows.push(trial.ends(*kind, client).await);
    }
    rows
}

/// The wandering presser of a headed browser, where something else asks for the code.
pub(crate) async fn stopped_imitators(headed: &Chromium) -> Vec<Row> {
    let mut rows = Vec::new();
    let strict = Trial::with("mode = \"strict\"\n").await;
    let scanned = Trial::new().await;
    scanned.gate.scanner().head(&scanned.link()).await;
    let named = [
        (
            strict,
            "the same after pointer moves, where the link's `mode` is `strict`",
        ),
        (
            scanned,
            "the same after pointer moves, within a second of its scanner's HEAD",
        ),
    ];
    for (trial, client) in named {
        let page = headed.page().await;
        page.goto(&trial.url()).await;
        largest(&page, Way::Wanders).await;
        is_judged(&trial, &page).await;
        rows.push(trial.ends(Kind::Machine, client).await);
    }
    rows
}

/// Firefox, driven by WebDriver.
pub(crate) async fn webdriver() -> Vec<Row> {
    let (trial, firefox) = (Trial::new().await, Firefox::start().await);
    firefox.does("WebDriver:Navigate", json!({ "url": trial.url() })).await;
    firefox.click("form.press button[type=submit]").await;
    trial
        .until(|records| records.iter().any(|record| record["http.request.method"] == "POST"))
        .await;
    vec![trial.ends(Kind::Machine, "Firefox by WebDriver, a trusted click").await]
}
