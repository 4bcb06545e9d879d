//! One Chromium with a profile of its own, and a person at it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::ops::Deref;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::Actor;

const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,800",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
];

/// A headless Chromium says so by its name.
const PERSON: &str = "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";

/// What kind of browser it is.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kind {
    pub(crate) without_javascript: bool,
    pub(crate) phone: bool,
    /// Whether it says that it is a machine.
    pub(crate) automated: bool,
}

/// A browser that ends with this value, whatever becomes of the test.
pub(crate) struct Browser {
    client: Client,
    driver: SocketAddr,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Deref for Browser {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

type Output = tokio::io::Lines<BufReader<tokio::process::ChildStdout>>;

/// A chromedriver, what it says, and its port. One that loses a race for its port ends by itself; another is started.
async fn driver(folder: &std::path::Path) -> (Child, Output, u16) {
    for _ in 0..STARTS {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start ({error}): install chromium-driver"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port = port.trim_end_matches('.').parse().unwrap();
                return (child, lines, port);
            }
        }
    }
    panic!("chromedriver ended {STARTS} times without saying its port");
}

const STARTS: usize = 5;
/// No press takes so long.
const TOO_LONG: Duration = Duration::from_secs(30);

impl Browser {
    pub(crate) async fn start() -> Self {
        Self::of(Kind::default()).await
    }

    pub(crate) async fn of(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, mut lines, port) = driver(folder.path()).await;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let driver = SocketAddr::from(([127, 0, 0, 1], port));
        let capabilities = capabilities(kind);
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://{driver}"))
            .await
            .unwrap();
        Self {
            client,
            driver,
            _child: child,
            _folder: folder,
        }
    }

    /// The element of a selector, once it is there.
    pub(crate) async fn sees(&self, selector: &str) -> Element {
        match self.wait().for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("no {selector} ({error}) on {}", self.source().await.unwrap()),
        }
    }

    /// Waits for the page with this heading.
    pub(crate) async fn shows(&self, heading: &str) {
        let path = format!("//h1[normalize-space() = '{heading}']");
        if let Err(error) = self.wait().for_element(Locator::XPath(&path)).await {
            panic!("no heading {heading} ({error}) on {}", self.source().await.unwrap());
        }
    }

    /// Waits for the page that holds a link.
    pub(crate) async fn is_held(&self) {
        self.sees("input[name=linklatch-ticket]").await;
    }

    /// Clicks what a selector names.
    pub(crate) async fn click(&self, selector: &str) {
        self.sees(selector).await.click().await.unwrap();
    }

    /// Presses the gate's button, with the code if the page asks for one. It may do so only after a press: this browser
    /// says that a program drives it.
    pub(crate) async fn press(&self) {
        self.is_held().await;
        for _ in 0..2 {
            let code = self.code().await;
            if let Some(code) = &code {
                self.sees("#code").await.send_keys(code).await.unwrap();
            }
            let before = self.sees("html").await;
            self.click("form > button").await;
            self.has_left(&before).await;
            if code.is_some() || self.code().await.is_none() {
                return;
            }
        }
    }

    /// Waits until the page of this element has made way for another, whole one: a tap may return before its page does.
    async fn has_left(&self, page: &Element) {
        let left = async {
            while page.tag_name().await.is_ok() {
                tokio::task::yield_now().await;
            }
            while self.value("document.readyState").await != "complete" {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(TOO_LONG, left).await;
        assert!(in_time.is_ok(), "a press leads nowhere");
    }

    /// The digits that the page asks for, if it does.
    pub(crate) async fn code(&self) -> Option<String> {
        let digits = self.find(Locator::Css("#digits")).await.ok()?;
        Some(digits.text().await.unwrap())
    }

    /// Clicks twice, as fast as hands do.
    pub(crate) async fn double_click(&self, selector: &str) {
        let target = self.sees(selector).await;
        let left = fantoccini::actions::MOUSE_BUTTON_LEFT;
        let to = PointerAction::MoveToElement {
            element: target.clone(),
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let (down, up) = (PointerAction::Down { button: left }, PointerAction::Up { button: left });
        let twice = [to, down.clone(), up.clone(), down, up];
        let mouse = twice
            .into_iter()
            .fold(MouseActions::new("mouse".into()), |all, one| all.then(one));
        self.perform_actions(mouse).await.unwrap();
    }

    /// Types into whatever has the focus.
    pub(crate) async fn types(&self, text: &str) {
        let keys = text.chars().fold(KeyActions::new("keys".into()), |keys, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.perform_actions(keys).await.unwrap();
    }

    /// Goes from control to control with the Tab key until `selector` has the focus.
    pub(crate) async fn tab_to(&self, selector: &str) {
        self.sees(selector).await;
        for _ in 0..20 {
            self.types(&char::from(Key::Tab).to_string()).await;
            if self
                .asks("document.activeElement.matches(arguments[0])", selector)
                .await
                == true
            {
                return;
            }
        }
        panic!("the Tab key does not lead to {selector}");
    }

    /// Waits until `selector` has the focus.
    pub(crate) async fn wait_for_focus(&self, selector: &str) {
        self.sees(&format!("{selector}:focus")).await;
    }

    /// Copies what is selected and pastes it into `selector`.
    pub(crate) async fn copy_and_paste(&self, selector: &str) {
        self.with_control('c').await;
        self.click(selector).await;
        self.with_control('v').await;
    }

    async fn with_control(&self, key: char) {
        let control = char::from(Key::Control);
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: control });
        self.perform_actions(keys).await.unwrap();
    }

    /// Presses Enter.
    pub(crate) async fn enter(&self) {
        self.types(&char::from(Key::Enter).to_string()).await;
    }

    /// The value of a JavaScript expression.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.asks(expression, "").await
    }

    async fn asks(&self, expression: &str, argument: &str) -> Value {
        let script = format!("return {expression};");
        self.execute(&script, vec![json!(argument)]).await.unwrap()
    }

    /// What the browser has noted since the last look: `browser` (its console) or `performance` (its network).
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        let session = self.session_id().await.unwrap().unwrap();
        let target = format!("/session/{session}/se/log");
        let answer = Actor::at(self.driver)
            .post_json(&target, &json!({ "type": kind }).to_string())
            .await;
        answer.json()["value"].as_array().unwrap().clone()
    }

    /// The addresses of all requests since the last look.
    pub(crate) async fn requested(&self) -> Vec<String> {
        let events = self.log("performance").await;
        let messages = events
            .iter()
            .map(|event| serde_json::from_str::<Value>(event["message"].as_str().unwrap()).unwrap()["message"].clone());
        messages
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .map(|message| message["params"]["request"]["url"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn capabilities(kind: Kind) -> Value {
    let mut arguments = ARGUMENTS.to_vec();
    if !kind.automated {
        arguments.push(PERSON);
    }
    let mut options = json!({ "args": arguments });
    if kind.without_javascript {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    if kind.phone {
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2, "touch": true });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    json!({
        "acceptInsecureCerts": true,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "goog:chromeOptions": options,
    })
}

impl Drop for Browser {
    /// Asks the driver to end its browser with it: a killed driver would leave the browser running.
    fn drop(&mut self) {
        let Ok(mut driver) = TcpStream::connect(self.driver) else {
            return;
        };
        let request = format!(
            "GET /shutdown HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.driver
        );
        let _ = driver.write_all(request.as_bytes());
        let _ = driver.read_to_end(&mut Vec::new());
    }
}
