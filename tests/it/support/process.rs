//! The real program as a process of its own.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A running `linklatch`; it ends with this value.
pub(crate) struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
}

impl Process {
    /// Starts it with `arguments` and an empty environment.
    pub(crate) fn start(arguments: &[impl AsRef<str>]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_linklatch"))
            .args(arguments.iter().map(AsRef::as_ref))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let counted = Arc::new(counted);
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        tokio::spawn(collect(BufReader::new(out), Arc::clone(&lines), Arc::clone(&counted)));
        tokio::spawn(collect(BufReader::new(err), Arc::clone(&lines), counted));
        Self { child, lines, count }
    }

    /// Sends it a signal, by name.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .await
            .unwrap();
        assert!(sent.success());
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits until it has ended; its exit code, unless a signal killed it.
    pub(crate) async fn ends(&mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }

    /// All it has said so far, on both of its outputs.
    pub(crate) fn said(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// Waits for the first line with `part` in it.
    pub(crate) async fn says(&self, part: &str) -> String {
        self.says_times(part, 1).await
    }

    /// Waits for as many lines with `part` in them; the last of them.
    pub(crate) async fn says_times(&self, part: &str, times: usize) -> String {
        let found = || {
            let lines = self.lines.lock().unwrap();
            let line = lines.iter().filter(|line| line.contains(part)).nth(times - 1);
            line.cloned()
        };
        let waited = self.count.clone().wait_for(|_| found().is_some()).await.is_ok();
        let line = found();
        assert!(
            waited || line.is_some(),
            "it ended without saying {part}: {}",
            self.said()
        );
        line.unwrap()
    }
}

async fn collect(
    from: impl tokio::io::AsyncBufRead + Unpin,
    lines: Arc<Mutex<Vec<String>>>,
    counted: Arc<watch::Sender<usize>>,
) {
    let mut from = from.lines();
    while let Ok(Some(line)) = from.next_line().await {
        lines.lock().unwrap().push(line);
        counted.send_modify(|count| *count += 1);
    }
}
