//! Every page, judged by axe-core against WCAG 2.2 AA in a real Chromium, as people with other eyes see it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::drive::chromium::{Chromium, Manner};
use crate::drive::page::Page;
use crate::support::Upstream;
use crate::support::upstream::answer;
use crate::trial::{Kind, Trial};
use linklatch::brand::Brand;
use linklatch::locales::{Locales, Purpose};
use linklatch::pages::{Hold, Notice, NoticeText, Pages, Voice};

/// What `tests/run browser` fetches.
const AXE: &str = "target/tools/axe-core/axe.min.js";

/// How people look at a page: a name, the window's width, how much it is enlarged, and media features.
type Look = (&'static str, u32, f64, &'static [(&'static str, &'static str)]);

const LOOKS: [Look; 5] = [
    ("light", 1200, 1.0, &[("prefers-color-scheme", "light")]),
    ("dark", 1200, 1.0, &[("prefers-color-scheme", "dark")]),
    ("forced colours", 1200, 1.0, &[("forced-colors", "active")]),
    ("200 % zoom", 600, 2.0, &[]),
    (
        "320 px wide, less motion",
        320,
        1.0,
        &[("prefers-reduced-motion", "reduce")],
    ),
];

async fn looks(page: &Page, (_, width, scale, features): Look) {
    let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": scale, "mobile": false });
    page.does("Emulation.setDeviceMetricsOverride", metrics).await;
    let features: Vec<_> = features
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    page.does("Emulation.setEmulatedMedia", json!({ "features": features }))
        .await;
}

/// All that axe-core finds on a page in every look, and what lies beside the window.
async fn is_accessible(page: &Page, name: &str) {
    let axe = std::fs::read_to_string(AXE).unwrap_or_else(|error| panic!("{AXE}: {error}: see tests/run"));
    page.value(&format!("{axe}; true")).await;
    let run = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', \
               'best-practice'] }).then(({ passes, violations }) => [passes.length, violations.map(v => \
               [v.id, v.nodes.map(n => n.html)])])";
    for look in LOOKS {
        looks(page, look).await;
        let found = page.value(run).await;
        assert!(found[0].as_u64().unwrap() > 10, "axe-core has looked at {name}");
        assert_eq!(found[1], json!([]), "{name}, {}", look.0);
        let beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(page.value(beside).await, 0, "{name}, {}", look.0);
        let moving = "document.getAnimations().length + [...document.querySelectorAll('*')].filter(e => \
                      parseFloat(getComputedStyle(e).transitionDuration) > 0).length";
        if look.0.ends_with("less motion") {
            assert_eq!(page.value(moving).await, 0, "{name} moves");
        }
    }
}

/// The pages that hold a link, from the gate itself.
#[tokio::test]
async fn the_pages_that_hold_a_link_are_accessible() {
    let chromium = Chromium::start(Manner::Disguised).await;
    let (trial, page) = (Trial::new().await, chromium.page().await);
    page.goto(&trial.url()).await;
    is_accessible(&page, "hold").await;
    trial.ends(Kind::Machine, "").await;

    let (trial, page) = (Trial::with("mode = \"strict\"\n").await, chromium.page().await);
    page.goto(&trial.url()).await;
    is_accessible(&page, "code").await;
    assert_eq!(order(&page).await, ["code", "", "language", ""], "the keyboard's way");

    page.value("document.getElementById('code').focus()").await;
    page.types("letters").await;
    page.key("Enter", 13).await;
    page.until("!!document.querySelector('#trouble') && document.activeElement.id === 'code'")
        .await;
    let said = "[document.getElementById('trouble').getAttribute('role'), \
                document.getElementById('code').getAttribute('aria-describedby'), \
                document.getElementById('code').getAttribute('aria-invalid')]";
    assert_eq!(page.value(said).await, json!(["alert", "trouble", "true"]));
    is_accessible(&page, "code with trouble").await;
    trial.ends(Kind::Machine, "").await;
}

/// The ids of what the Tab key reaches, one after the other.
async fn order(page: &Page) -> Vec<String> {
    page.value("document.activeElement?.blur()").await;
    let mut ids = Vec::new();
    loop {
        page.key("Tab", 9).await;
        let id = page
            .value("document.activeElement === document.body ? null : document.activeElement.id")
            .await;
        match id {
            Value::String(id) if ids.len() < 20 => ids.push(id),
            _ => return ids,
        }
    }
}

/// Every notice, with and without a way to a new link, and the page inside another app, from left to right and from right
/// to left.
#[tokio::test]
async fn the_notices_are_accessible() {
    let locales = Arc::new(Locales::shipped());
    let pages = Pages::new(
        Some("Ada's site"),
        "/.linklatch/",
        Arc::clone(&locales),
        &Brand::default(),
    );
    let (english, arabic) = (locales.default(), locales.named("ar").unwrap());
    let voice = |language| Voice {
        language,
        purpose: Purpose::SignIn,
    };
    let mut all = Vec::new();
    for notice in Notice::ALL {
        for (language, new_link) in [(english, None), (english, Some("/sign-in")), (arabic, Some("/sign-in"))] {
            let text = NoticeText {
                site: "app.example",
                reference: "req_019ac0de000070008000000000000000",
                new_link,
            };
            all.push((notice.code(), pages.notice(voice(language), notice, &text)));
        }
    }
    let hold = Hold {
        site: "app.example",
        ticket: "dGlja2V0",
        reference: "req_0",
        code: None,
        again: None,
        in_app: true,
    };
    for language in [english, arabic] {
        all.push(("inside another app", pages.hold(voice(language), &hold)));
    }
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let server = Upstream::start(move |request| {
        let at: Option<usize> = request.target.trim_start_matches('/').parse().ok();
        match at {
            Some(at) => answer(
                200,
                "text/html; charset=utf-8",
                std::str::from_utf8(&all[at].1).unwrap(),
            )
            .into(),
            None => answer(404, "text/plain", "").into(),
        }
    })
    .await;
    let chromium = Chromium::start(Manner::Disguised).await;
    let page = chromium.page().await;
    for (at, name) in names.iter().enumerate() {
        page.goto(&format!("http://{}/{at}", server.address)).await;
        is_accessible(&page, name).await;
    }
}
