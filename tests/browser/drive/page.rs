//! One page over DevTools, and trusted input to it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::pipe::Pipe;
use crate::trial::PATIENCE;

pub(crate) struct Page {
    pipe: Arc<Pipe>,
    session: String,
}

impl Page {
    pub(crate) async fn open(pipe: Arc<Pipe>, context: &str) -> Self {
        let blank = json!({ "url": "about:blank", "browserContextId": context, "newWindow": true });
        let target = pipe.ask(None, "Target.createTarget", blank).await.unwrap()["targetId"].take();
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = pipe.ask(None, "Target.attachToTarget", attach).await.unwrap();
        let page = Self {
            pipe,
            session: attached["sessionId"].as_str().unwrap().to_owned(),
        };
        page.does("Page.enable", json!({})).await;
        page
    }

    /// Carries a DevTools method out.
    pub(crate) async fn does(&self, method: &str, params: Value) -> Value {
        self.tries(method, params).await.unwrap()
    }

    async fn tries(&self, method: &str, params: Value) -> Result<Value, String> {
        self.pipe.ask(Some(&self.session), method, params).await
    }

    /// Calls itself `agent`, in its client hints too.
    pub(crate) async fn claim(&self, agent: &str) {
        let (_, version) = agent.split_once("Chrome/").unwrap();
        let major = version.split('.').next().unwrap();
        let brands = json!([{ "brand": "Chromium", "version": major }, { "brand": "Not/A)Brand", "version": "24" }]);
        let metadata = json!({ "brands": brands, "platform": "Linux", "platformVersion": "", "architecture": "x86",
            "model": "", "mobile": false });
        let claim = json!({ "userAgent": agent, "userAgentMetadata": metadata });
        self.does("Emulation.setUserAgentOverride", claim).await;
    }

    /// Runs a script in every page before the page's own.
    pub(crate) async fn first(&self, script: &str) {
        self.does("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))
            .await;
    }

    /// Goes somewhere, and waits until the page is there with all that belongs to it.
    pub(crate) async fn goto(&self, url: &str) {
        let mut events = self.pipe.events();
        let went = self.does("Page.navigate", json!({ "url": url })).await;
        assert!(went.get("errorText").is_none(), "{url}: {went}");
        let loaded = async {
            loop {
                let event = events.recv().await.unwrap();
                if event["method"] == "Page.loadEventFired" && event["sessionId"] == self.session.as_str() {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, loaded)
            .await
            .unwrap_or_else(|_| panic!("{url} does not load"));
    }

    /// The value of an expression, as DevTools' console would tell it.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.evaluate(expression, false).await.unwrap()
    }

    /// The same, as a driving program does that lends the page a person's gesture.
    pub(crate) async fn with_gesture(&self, expression: &str) -> Value {
        self.evaluate(expression, true).await.unwrap()
    }

    async fn evaluate(&self, expression: &str, gesture: bool) -> Result<Value, String> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true,
            "userGesture": gesture });
        let mut answer = match self.tries("Runtime.evaluate", params).await {
            // What it did led away from the page before it was told of.
            Err(error) if error.contains("navigated or closed") => return Ok(Value::Null),
            answer => answer?,
        };
        if let Some(error) = answer.get("exceptionDetails") {
            return Err(format!("{expression}: {error}"));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Waits until an expression holds; it is asked again after each event of the browser.
    pub(crate) async fn until(&self, expression: &str) {
        let mut events = self.pipe.events();
        let holds = async {
            while self.evaluate(expression, false).await != Ok(Value::Bool(true)) {
                // Changes without a navigation make no event.
                let _ = tokio::time::timeout(Duration::from_millis(200), events.recv()).await;
            }
        };
        if tokio::time::timeout(PATIENCE, holds).await.is_err() {
            let page = self.value("document.documentElement.outerHTML").await;
            panic!("not {expression} on {page}");
        }
    }

    /// Waits for the page with this heading.
    pub(crate) async fn shows(&self, heading: &str) {
        self.until(&format!(
            "document.querySelector('h1')?.textContent.trim() === {}",
            json!(heading)
        ))
        .await;
    }

    /// Waits for the page that holds a link.
    pub(crate) async fn is_held(&self) {
        self.until("document.readyState === 'complete' && !!document.querySelector('[name=linklatch-ticket]')")
            .await;
    }

    /// The middle of what an expression names.
    pub(crate) async fn middle(&self, element: &str) -> (f64, f64) {
        let middle = format!(
            "(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})({element})"
        );
        let middle = self.value(&middle).await;
        (middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap())
    }

    async fn mouse(&self, kind: &str, (x, y): (f64, f64), buttons: u8) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let params = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
        self.does("Input.dispatchMouseEvent", params).await;
    }

    /// Presses at a point that the pointer jumps to.
    pub(crate) async fn press(&self, at: (f64, f64)) {
        self.mouse("mousePressed", at, 1).await;
        self.mouse("mouseReleased", at, 0).await;
    }

    /// Leads the pointer to a point on a crooked way.
    pub(crate) async fn wander(&self, (x, y): (f64, f64)) {
        for left in (0..24).rev().map(f64::from) {
            let at = (x + left * 7.0, y + left * left / 4.0);
            self.mouse("mouseMoved", at, 0).await;
        }
    }

    /// A finger's tap.
    pub(crate) async fn tap(&self, (x, y): (f64, f64)) {
        let touch = json!({ "type": "touchStart", "touchPoints": [{ "x": x, "y": y }] });
        self.does("Input.dispatchTouchEvent", touch).await;
        let end = json!({ "type": "touchEnd", "touchPoints": [] });
        self.does("Input.dispatchTouchEvent", end).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn types(&self, text: &str) {
        for letter in text.chars() {
            let key = |kind| json!({ "type": kind, "text": letter.to_string(), "key": letter.to_string() });
            self.does("Input.dispatchKeyEvent", key("keyDown")).await;
            self.does(
                "Input.dispatchKeyEvent",
                json!({ "type": "keyUp", "key": letter.to_string() }),
            )
            .await;
        }
    }

    /// A key with a name and its code.
    pub(crate) async fn key(&self, name: &str, code: u32) {
        let text = if name == "Enter" { "\r" } else { "" };
        let key = |kind| {
            json!({ "type": kind, "key": name, "code": name, "text": text,
            "windowsVirtualKeyCode": code })
        };
        self.does(
            "Input.dispatchKeyEvent",
            key(if text.is_empty() { "rawKeyDown" } else { "keyDown" }),
        )
        .await;
        self.does(
            "Input.dispatchKeyEvent",
            json!({ "type": "keyUp", "key": name, "code": name,
            "windowsVirtualKeyCode": code }),
        )
        .await;
    }
}
