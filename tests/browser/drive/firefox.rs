//! Firefox over Marionette, its own protocol for being driven: what geckodriver speaks to it.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::Program;

/// A Firefox that says that it is driven.
pub(crate) struct Firefox {
    stream: Mutex<TcpStream>,
    _program: Program,
}

/// Without first-run pages, and with Marionette on a port of its own.
pub(crate) const PREFERENCES: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("marionette.port", 0);
user_pref("termsofuse.bypassNotification", true);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"#;

impl Firefox {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().to_owned();
        std::fs::write(profile.join("user.js"), PREFERENCES).unwrap();
        let mut command = Command::new("firefox-esr");
        command
            .args(["--marionette", "--headless", "--no-remote", "--profile"])
            .arg(&profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let program = Program::start(&mut command, Some(folder));
        let port = profile.join("MarionetteActivePort");
        let port: u16 = loop {
            // A file is all that tells of the port.
            if let Some(port) = std::fs::read_to_string(&port)
                .ok()
                .and_then(|text| text.trim().parse().ok())
            {
                break port;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let stream = Mutex::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
        hears(&mut *stream.lock().await).await;
        let firefox = Self {
            stream,
            _program: program,
        };
        firefox.does("WebDriver:NewSession", json!({})).await;
        firefox
    }

    /// Carries a command out.
    pub(crate) async fn does(&self, name: &str, parameters: Value) -> Value {
        let mut stream = self.stream.lock().await;
        let message = json!([0, 1, name, parameters]).to_string();
        stream
            .write_all(format!("{}:{message}", message.len()).as_bytes())
            .await
            .unwrap();
        let answer = hears(&mut stream).await;
        assert!(answer[2].is_null(), "{name}: {answer}");
        answer[3].clone()
    }

    /// Clicks what a selector names, once it is there.
    pub(crate) async fn click(&self, selector: &str) {
        let wait = json!({ "implicit": 60_000 });
        self.does("WebDriver:SetTimeouts", wait).await;
        let found = self
            .does(
                "WebDriver:FindElement",
                json!({ "using": "css selector", "value": selector }),
            )
            .await;
        let (_, id) = found["value"].as_object().unwrap().iter().next().unwrap();
        self.does("WebDriver:ElementClick", json!({ "id": id })).await;
    }
}

/// A message: its length, a colon, and JSON.
async fn hears(stream: &mut TcpStream) -> Value {
    let mut length = 0;
    loop {
        match stream.read_u8().await.unwrap() {
            b':' => break,
            digit => length = length * 10 + usize::from(digit - b'0'),
        }
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
