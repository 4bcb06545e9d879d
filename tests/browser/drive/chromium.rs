//! One Chromium over DevTools, with as many visitors as wanted: each has a context of its own.

use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;

use super::Program;
use super::page::Page;
use super::pipe::Pipe;

const ARGUMENTS: [&str; 12] = [
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--test-type",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-breakpad",
    "--disable-sync",
    "--ignore-certificate-errors",
];

/// A pipe makes Chromium say that it is driven; without that it is like a person's.
const LIKE_A_PERSONS: &str = "--disable-blink-features=AutomationControlled";

/// How it runs.
#[derive(Clone, Copy)]
pub(crate) enum Manner<'a> {
    /// Without a window, and as it comes.
    Headless,
    /// Without a window, but not saying that it is driven.
    Disguised,
    /// With a window on this display, and not saying that it is driven.
    Headed(&'a str),
}

pub(crate) struct Chromium {
    pipe: Arc<Pipe>,
    agent: Option<String>,
    _program: Program,
}

impl Chromium {
    pub(crate) async fn start(manner: Manner<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The browser reads from descriptor 3 and writes to 4.
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "chromium"])
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        match manner {
            Manner::Headless => command.arg("--headless=new"),
            Manner::Disguised => command.args(["--headless=new", LIKE_A_PERSONS]),
            Manner::Headed(display) => command.env("DISPLAY", display).args([
                LIKE_A_PERSONS,
                "--window-size=1200,900",
                "--window-position=0,0",
            ]),
        };
        let mut program = Program::start(&mut command, Some(folder));
        let (mouth, ear) = (
            program.child.stdin.take().unwrap(),
            program.child.stdout.take().unwrap(),
        );
        let pipe = Pipe::new(mouth, ear);
        let version = pipe.ask(None, "Browser.getVersion", json!({})).await.unwrap();
        let agent = version["userAgent"]
            .as_str()
            .unwrap()
            .replace("HeadlessChrome", "Chrome");
        Self {
            pipe,
            agent: matches!(manner, Manner::Disguised).then_some(agent),
            _program: program,
        }
    }

    /// An empty page of somebody new.
    pub(crate) async fn page(&self) -> Page {
        let context = self
            .pipe
            .ask(None, "Target.createBrowserContext", json!({}))
            .await
            .unwrap();
        let context = context["browserContextId"].as_str().unwrap();
        let page = Page::open(Arc::clone(&self.pipe), context).await;
        if let Some(agent) = &self.agent {
            page.claim(agent).await;
        }
        page
    }
}
