//! The demo's services as people meet them: a site and a mailbox with an address each.

use std::net::SocketAddr;

use super::client::{Actor, Reply};
use super::process::Process;

/// Where a demo is reached.
pub(crate) struct Demo {
    pub(crate) site: SocketAddr,
    pub(crate) mailbox: SocketAddr,
    pub(crate) processes: Vec<Process>,
}

impl Demo {
    /// The newest mail, once its scanners are done.
    pub(crate) async fn scanned_mail(&self) -> serde_json::Value {
        let reader = Actor::at(self.mailbox);
        let mut version = 0;
        loop {
            let changes = reader.get(&format!("/changes?since={version}")).await;
            version = changes.json()["version"].as_u64().unwrap();
            let mails = self.mails().await.json();
            if mails[0]["scanned"] == true {
                return mails[0].clone();
            }
        }
    }

    /// All mails as the mailbox has them, newest first.
    pub(crate) async fn mails(&self) -> Reply {
        Actor::at(self.mailbox).get("/api/messages").await
    }

    /// Proves that no process has said `token` or twelve characters of it.
    pub(crate) fn has_kept(&self, token: &str) {
        for process in &self.processes {
            let said = process.said();
            for piece in super::pieces(token) {
                assert!(!said.contains(piece), "a piece of a token stands in the output: {said}");
            }
        }
    }
}

/// The token of a mail's link, and the link's path and query.
pub(crate) fn token_and_target(mail: &serde_json::Value) -> (String, String) {
    let link = mail["link"].as_str().unwrap();
    let (_, token) = link.split_once("token=").unwrap();
    let target = &link[link.find("/auth/").unwrap()..];
    (token.to_owned(), target.to_owned())
}
