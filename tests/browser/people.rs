//! People: every one gets in.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::drive::Program;
use crate::drive::chromium::{Chromium, Manner};
use crate::drive::desktop::Desktop;
use crate::drive::firefox::PREFERENCES;
use crate::drive::page::Page;
use crate::trial::{Kind, Row, Trial};

/// What a person's browser does without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Without {
    Nothing,
    JavaScript,
    Cookies,
}

fn chromium(desktop: &Desktop, without: Without, url: &str) -> Program {
    let folder = tempfile::tempdir().unwrap();
    let setting = match without {
        Without::Nothing => "none",
        Without::JavaScript => "javascript",
        Without::Cookies => "cookies",
    };
    let preferences = json!({ "profile": { "managed_default_content_settings": { setting: 2 } } });
    std::fs::create_dir(folder.path().join("Default")).unwrap();
    std::fs::write(folder.path().join("Default/Preferences"), preferences.to_string()).unwrap();
    let mut command = Command::new("chromium");
    command
        .args([
            "--no-sandbox",
            "--test-type",
            "--no-first-run",
            "--disable-gpu",
            "--disable-crash-reporter",
        ])
        .args([
            "--disable-breakpad",
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .args([
            "--force-renderer-accessibility",
            "--window-size=1200,900",
            "--window-position=0,0",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(url);
    desktop.open(&mut command, folder)
}

fn firefox(desktop: &Desktop, without: Without, url: &str) -> Program {
    let folder = tempfile::tempdir().unwrap();
    let more = match without {
        Without::Nothing => "",
        Without::JavaScript => "user_pref(\"javascript.enabled\", false);\n",
        Without::Cookies => "user_pref(\"network.cookie.cookieBehavior\", 2);\n",
    };
    std::fs::write(folder.path().join("user.js"), format!("{PREFERENCES}{more}")).unwrap();
    let mut command = Command::new("firefox-esr");
    command
        .args(["--no-remote", "--width", "1200", "--height", "900", "--profile"])
        .arg(folder.path())
        .arg(url);
    desktop.open(&mut command, folder)
}

const BUTTON: &str = "push button";

/// Somebody at a desktop's browser, before a gate.
struct Seat<'a> {
    desktop: &'a Desktop,
    trial: Trial,
}

impl<'a> Seat<'a> {
    async fn at(desktop: &'a Desktop) -> Self {
        let trial = Trial::new().await;
        Self { desktop, trial }
    }

    /// With the link open.
    async fn with_link(desktop: &'a Desktop) -> Self {
        let seat = Self::at(desktop).await;
        seat.opens().await;
        seat
    }

    async fn opens(&self) {
        self.desktop.does("settle", &[&self.trial.url()]).await;
    }

    /// Presses with the mouse, and goes where that leads.
    async fn mouse(&self, presses: &str) {
        self.desktop.does("press", &[&self.trial.url(), BUTTON, presses]).await;
    }

    async fn act(&self) {
        self.desktop.does("act", &[&self.trial.url(), BUTTON]).await;
    }

    async fn key(&self, key: &str) {
        self.desktop.does("press_key", &[&self.trial.url(), BUTTON, key]).await;
    }

    async fn keys(&self, keys: &[&str]) {
        self.desktop.does("keys", keys).await;
    }

    /// Something on the page that tells one loading of it from another.
    async fn reference(&self) -> String {
        let said = self.desktop.does("read", &[&self.trial.url(), "(req_[0-9a-f]+)"]).await;
        said.as_str().unwrap().to_owned()
    }

    /// Reads the code, types it and presses Enter.
    async fn code(&self) {
        let url = self.trial.url();
        let code = self.desktop.does("read", &[&url, r"\b(\d(?: \d){3})\b"]).await;
        self.desktop.does("tab", &[&url, "entry"]).await;
        self.desktop.does("text", &[code.as_str().unwrap()]).await;
        self.keys(&["Return"]).await;
    }

    async fn is_in(&self) {
        self.desktop.does("page_of", &[&self.trial.at("/home")]).await;
    }

    async fn ends(self, client: &'static str) -> Row {
        self.is_in().await;
        self.trial.ends(Kind::Person, client).await
    }
}

/// Opens a browser on a desktop, at an address.
type Opens = fn(&Desktop, Without, &str) -> Program;

/// A browser that shows itself, at the trial's first page.
async fn opened(desktop: &Desktop, open: Opens, without: Without, trial: &Trial) -> Program {
    for _ in 0..STARTS {
        let browser = open(desktop, without, &trial.at("/"));
        if desktop.does("comes", &[&trial.at("/start")]).await == true {
            return browser;
        }
    }
    panic!("a browser did not show itself, {STARTS} times in a row");
}

const STARTS: usize = 3;

/// The names of one browser's people, in the order of [`with_everything`].
type Names = [&'static str; 9];

const CHROMIUM: Names = [
    "Chromium, mouse",
    "Chromium, Tab and Enter",
    "Chromium, Tab and space",
    "Chromium, a screen reader's action",
    "Chromium, double click",
    "Chromium, reload and press",
    "Chromium, back and press again",
    "Chromium, two tabs",
    "Chromium, 200 % zoom",
];
const FIREFOX: Names = [
    "Firefox, mouse",
    "Firefox, Tab and Enter",
    "Firefox, Tab and space",
    "Firefox, a screen reader's action",
    "Firefox, double click",
    "Firefox, reload and press",
    "Firefox, back and press again",
    "Firefox, two tabs",
    "Firefox, 200 % zoom",
];

/// At a desktop's browsers.
pub(crate) async fn at_a_desktop(desktop: &Desktop) -> Vec<Row> {
    let mut rows = Vec::new();
    let browsers: [(Opens, Names, [&'static str; 2]); 2] = [
        (
            chromium,
            CHROMIUM,
            ["Chromium, JavaScript off", "Chromium, cookies off"],
        ),
        (firefox, FIREFOX, ["Firefox, JavaScript off", "Firefox, cookies off"]),
    ];
    for (open, names, [without_script, without_cookies]) in browsers {
        let trial = Trial::new().await;
        let browser = opened(desktop, open, Without::Nothing, &trial).await;
        trial.gate.finish(&trial.upstream).await;
        rows.extend(with_everything(desktop, names).await);
        drop(browser);
        for (without, name) in [
            (Without::JavaScript, without_script),
            (Without::Cookies, without_cookies),
        ] {
            let seat = Seat::at(desktop).await;
            let _browser = opened(desktop, open, without, &seat.trial).await;
            seat.opens().await;
            if without == Without::JavaScript {
                desktop.does("mouse", &[&seat.trial.url(), BUTTON, "1"]).await;
                seat.code().await;
                seat.is_in().await;
                rows.push(seat.trial.ends(Kind::PersonWithoutScript, name).await);
            } else {
                seat.mouse("1").await;
                rows.push(seat.ends(name).await);
            }
        }
    }
    rows
}

async fn with_everything(desktop: &Desktop, names: Names) -> Vec<Row> {
    let [mouse, enter, space, action, double, reload, back, tabs, zoom] = names;
    let mut rows = Vec::new();

    let seat = Seat::with_link(desktop).await;
    seat.mouse("1").await;
    rows.push(seat.ends(mouse).await);

    for (key, name) in [("Return", enter), ("space", space)] {
        let seat = Seat::with_link(desktop).await;
        seat.key(key).await;
        rows.push(seat.ends(name).await);
    }

    let seat = Seat::with_link(desktop).await;
    seat.act().await;
    rows.push(seat.ends(action).await);

    let seat = Seat::with_link(desktop).await;
    seat.mouse("2").await;
    rows.push(seat.ends(double).await);

    let seat = Seat::with_link(desktop).await;
    let first = seat.reference().await;
    seat.keys(&["F5"]).await;
    while seat.reference().await == first {
        tokio::task::yield_now().await;
    }
    seat.mouse("1").await;
    rows.push(seat.ends(reload).await);

    let seat = Seat::with_link(desktop).await;
    seat.mouse("1").await;
    seat.is_in().await;
    seat.keys(&["alt+Left"]).await;
    seat.mouse("1").await;
    rows.push(seat.ends(back).await);

    let seat = Seat::with_link(desktop).await;
    seat.keys(&["ctrl+t"]).await;
    seat.opens().await;
    seat.mouse("1").await;
    seat.is_in().await;
    seat.keys(&["ctrl+w"]).await;
    seat.mouse("1").await;
    rows.push(seat.ends(tabs).await);

    let seat = Seat::with_link(desktop).await;
    desktop.does("zoom", &[&seat.trial.url(), BUTTON]).await;
    seat.mouse("1").await;
    seat.is_in().await;
    seat.keys(&["ctrl+0"]).await;
    rows.push(seat.ends(zoom).await);
    rows
}

/// Where the page's own button is.
async fn button(page: &Page) -> (f64, f64) {
    page.middle("document.querySelector('form.press button[type=submit]')")
        .await
}

/// At devices that a desktop lacks: DevTools gives a touch screen and a bad network.
pub(crate) async fn at_other_devices(desktop: &Desktop) -> Vec<Row> {
    let chromium = Chromium::start(Manner::Headed(&desktop.display)).await;
    let mut rows = Vec::new();

    let (trial, page) = (Trial::new().await, chromium.page().await);
    touches(&page).await;
    page.goto(&trial.url()).await;
    page.tap(button(&page).await).await;
    page.shows("Home").await;
    rows.push(trial.ends(Kind::Person, "Chromium, touch").await);

    let (trial, page) = (Trial::new().await, chromium.page().await);
    touches(&page).await;
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": true });
    page.does("Emulation.setDeviceMetricsOverride", phone).await;
    page.goto(&trial.url()).await;
    page.tap(button(&page).await).await;
    page.shows("Home").await;
    rows.push(trial.ends(Kind::Person, "Chromium, phone size, touch").await);

    let (trial, page) = (Trial::new().await, chromium.page().await);
    page.does("Network.enable", json!({})).await;
    let slow = json!({ "offline": false, "latency": 400, "downloadThroughput": 6000, "uploadThroughput": 6000 });
    page.does("Network.emulateNetworkConditions", slow).await;
    page.goto(&trial.url()).await;
    let button = button(&page).await;
    page.wander(button).await;
    page.press(button).await;
    page.shows("Home").await;
    rows.push(trial.ends(Kind::Person, "Chromium, slow network, mouse").await);
    rows
}

async fn touches(page: &Page) {
    let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
    page.does("Emulation.setTouchEmulationEnabled", touch).await;
}

/// At terminals.
pub(crate) async fn at_a_terminal() -> Vec<Row> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/terminal_person.py");
    let mut rows = Vec::new();
    for (browser, client) in [
        ("lynx", "Lynx"),
        ("w3m", "w3m"),
        ("links2", "Links"),
        ("elinks", "ELinks"),
    ] {
        let trial = Trial::new().await;
        let home = tempfile::tempdir().unwrap();
        let output = tokio::process::Command::new("/usr/bin/python3")
            .arg(&script)
            .args([
                browser,
                &format!("http://localhost:{}{}", trial.gate.address.port(), trial.link()),
            ])
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{:?}", trial.gate.records());
        rows.push(trial.ends(Kind::PersonWithoutScript, client).await);
    }
    rows
}
