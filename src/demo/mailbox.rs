//! A web mailbox that also shows, live, what scanners did to the link of each mail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::client::{BaseUrl, Call};
use super::scanners::{self, Prey, Scan, Witness};
use super::server::{self, Answer, Received};
use super::store::{TokenState, sha256};
use super::terminal::Terminal;
use super::{inbox, server::form_field};
use crate::tasks::Tasks;
use crate::time::{Clock, Timestamp};

/// Mails kept; the oldest go first.
const MAILS: usize = 1_000;
/// Mails that wait for their scanners.
const WAITING: usize = 100;
/// Mails whose tokens are asked about for one page.
const FRESH: usize = 20;
/// How long a request for changes waits.
const LONG_POLL: Duration = Duration::from_secs(20);

/// What the mailbox is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's address as it stands in mailed links; other links are not taken.
    pub site: BaseUrl,
    /// Where scanners connect to reach the site.
    pub reach: BaseUrl,
    /// The auth API's internal address, which knows how a token stands.
    pub auth_internal: BaseUrl,
    /// The mailbox's own address, as people know it.
    pub page: BaseUrl,
    /// When it is.
    pub clock: Clock,
    /// Where to say what happens.
    pub terminal: Terminal,
}

/// Serves the mailbox, and runs its scanners, until the tasks are stopped.
pub async fn serve(listener: TcpListener, settings: Settings, tasks: Tasks) {
    let (queue, waiting) = mpsc::channel(WAITING);
    let state = State {
        mails: VecDeque::new(),
        last: 0,
    };
    let inner = Inner {
        settings,
        queue,
        state: Mutex::new(state),
        version: watch::Sender::new(0),
    };
    let mailbox = Mailbox(Arc::new(inner));
    let scanning = mailbox.clone().scan_all(waiting, tasks.clone());
    let stop = tasks.clone();
    let serving = server::serve(listener, tasks, move |request| {
        let (mailbox, stop) = (mailbox.clone(), stop.clone());
        async move { mailbox.answer(request, &stop).await }
    });
    tokio::join!(scanning, serving);
}

/// A mail, and what became of its link.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Mail {
    pub(super) id: u64,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) link: String,
    /// SHA-256 of the link's token, in hexadecimal.
    pub(super) digest: String,
    #[serde(serialize_with = "as_text")]
    pub(super) arrived: Timestamp,
    pub(super) scans: Vec<Scan>,
    /// Whether the scanners are done.
    pub(super) scanned: bool,
    pub(super) state: TokenState,
}

/// A mail as it is handed in.
#[derive(Deserialize)]
struct Handed {
    to: String,
    subject: String,
    text: String,
    link: String,
}

#[derive(Clone)]
struct Mailbox(Arc<Inner>);

struct Inner {
    settings: Settings,
    queue: mpsc::Sender<u64>,
    state: Mutex<State>,
    /// Moves on with every change.
    version: watch::Sender<u64>,
}

struct State {
    /// Oldest first.
    mails: VecDeque<Mail>,
    last: u64,
}

impl Mailbox {
    async fn answer(&self, request: Received, stop: &Tasks) -> Answer {
        let reading = matches!(request.method, Method::GET | Method::HEAD);
        match request.path.as_str() {
            "/api/messages" if request.method == Method::POST => self.take(&request),
            _ if !reading => server::method_not_allowed("GET, HEAD"),
            "/" => {
                self.ask_again().await;
                let (version, mails) = (self.version(), self.mails());
                server::html(StatusCode::OK, inbox::list(&mails, version))
            }
            "/api/messages" => {
                self.ask_again().await;
                server::json(StatusCode::OK, &json!(self.mails()))
            }
            "/changes" => self.changes(&request, stop).await,
            "/style.css" => server::style(),
            "/mailbox.js" => server::script(include_str!("mailbox.js")),
            path => self.page(path).await,
        }
    }

    async fn page(&self, path: &str) -> Answer {
        let id = path.strip_prefix("/mail/").and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|id| self.find(*id).is_some()) else {
            return server::html(StatusCode::NOT_FOUND, inbox::missing());
        };
        self.ask_again().await;
        let version = self.version();
        self.find(id).map_or_else(
            || server::html(StatusCode::NOT_FOUND, inbox::missing()),
            |mail| server::html(StatusCode::OK, inbox::mail(&mail, version)),
        )
    }

    /// Takes a mail and lets the scanners at it.
    fn take(&self, request: &Received) -> Answer {
        let Some(handed) = request.json::<Handed>().filter(Handed::is_modest) else {
            let line = "A mail is JSON with the fields to, subject, text and link, none of them long.\n";
            return server::text(StatusCode::BAD_REQUEST, line);
        };
        let Some(target) = self.settings().site.target_of(&handed.link) else {
            return server::text(StatusCode::BAD_REQUEST, "The link does not lead to this demo's site.\n");
        };
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let token = form_field(query.as_bytes(), "token").unwrap_or_default();
        let id = self.keep(HEXLOWER.encode(&sha256(&token)), handed);
        let busy = self.0.queue.try_send(id).is_err();
        if busy {
            self.change(id, |mail| mail.scanned = true);
        }
        server::json(StatusCode::CREATED, &json!({ "id": id }))
    }

    fn keep(&self, digest: String, handed: Handed) -> u64 {
        let Handed {
            to,
            subject,
            text,
            link,
        } = handed;
        let arrived = self.settings().clock.now();
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        if state.mails.len() == MAILS {
            state.mails.pop_front();
        }
        state.mails.push_back(Mail {
            id,
            to,
            subject,
            text,
            link,
            digest,
            arrived,
            scans: Vec::new(),
            scanned: false,
            state: TokenState::Whole,
        });
        drop(state);
        self.0.version.send_modify(|version| *version += 1);
        id
    }

    /// Answers once something differs from what the page shows, or after a while.
    async fn changes(&self, request: &Received, stop: &Tasks) -> Answer {
        let since = request
            .query("since")
            .and_then(|since| since.parse().ok())
            .unwrap_or(0_u64);
        let mut version = self.0.version.subscribe();
        let _ = tokio::select! {
            () = stop.stopped() => None,
            changed = tokio::time::timeout(LONG_POLL, version.wait_for(|now| *now != since)) => changed.ok().map(drop),
        };
        server::json(StatusCode::OK, &json!({ "version": self.version() }))
    }

    async fn scan_all(self, mut waiting: mpsc::Receiver<u64>, tasks: Tasks) {
        loop {
            let work = async {
                match waiting.recv().await {
                    Some(id) => self.scan(id).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tasks.stopped() => return,
                () = work => {}
            }
        }
    }

    async fn scan(&self, id: u64) {
        let Some(mail) = self.find(id) else { return };
        let Settings {
            site,
            reach,
            terminal,
            page,
            ..
        } = self.settings();
        let Some(target) = site.target_of(&mail.link) else {
            return;
        };
        let short = &mail.digest[..8];
        terminal.line(format_args!("mail      token {short} arrived, the scanners are at it"));
        scanners::scan(
            &Prey { site, reach, target },
            &Scanned {
                mailbox: self,
                mail: &mail,
            },
        )
        .await;
        self.change(id, |mail| mail.scanned = true);
        if self.find(id).is_some_and(|mail| mail.state == TokenState::Whole) {
            terminal.line(format_args!(
                "mail      token {short} is whole after all of them: open {page}/mail/{id}"
            ));
        } else {
            terminal.line(format_args!(
                "mail      token {short} is no longer whole: see {page}/mail/{id}"
            ));
        }
    }

    /// Asks how the newest tokens stand that may still change.
    async fn ask_again(&self) {
        let open = |mail: &&Mail| mail.scanned && matches!(mail.state, TokenState::Whole | TokenState::Unknown);
        let asked: Vec<Mail> = self
            .state()
            .mails
            .iter()
            .rev()
            .filter(open)
            .take(FRESH)
            .cloned()
            .collect();
        for mail in asked {
            let state = self.truth(&mail.digest).await;
            if state != mail.state {
                self.change(mail.id, |mail| mail.state = state);
            }
        }
    }

    /// How a token stands, from the one who knows.
    async fn truth(&self, digest: &str) -> TokenState {
        #[derive(Deserialize)]
        struct Truth {
            state: TokenState,
        }
        let target = format!("/demo/token-state?digest={digest}");
        let got = Call::get(&self.settings().auth_internal, &target).send().await;
        let truth = got.ok().and_then(|got| serde_json::from_slice(&got.body).ok());
        truth.map_or(TokenState::Unknown, |Truth { state }| state)
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Mail)) {
        if let Some(mail) = self.state().mails.iter_mut().find(|mail| mail.id == id) {
            change(mail);
        }
        self.0.version.send_modify(|version| *version += 1);
    }

    fn find(&self, id: u64) -> Option<Mail> {
        self.state().mails.iter().find(|mail| mail.id == id).cloned()
    }

    /// Newest first.
    fn mails(&self) -> Vec<Mail> {
        self.state().mails.iter().rev().cloned().collect()
    }

    fn version(&self) -> u64 {
        *self.0.version.borrow()
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mail while its scanners are at it.
struct Scanned<'m> {
    mailbox: &'m Mailbox,
    mail: &'m Mail,
}

impl Witness for Scanned<'_> {
    async fn truth(&self) -> TokenState {
        self.mailbox.truth(&self.mail.digest).await
    }

    fn report(&self, scan: Scan) {
        let lost = self.mailbox.find(self.mail.id).is_some_and(|mail| mail.lost());
        self.mailbox
            .settings()
            .terminal
            .line(inbox::scan_line(&scan, &self.mail.digest[..8], lost));
        self.mailbox.change(self.mail.id, |mail| {
            mail.state = scan.state;
            mail.scans.push(scan);
        });
    }
}

impl Mail {
    /// Whether a scanner's request left the token spent.
    pub(super) fn lost(&self) -> bool {
        self.scans.iter().any(|scan| scan.state == TokenState::Spent)
    }
}

impl Handed {
    fn is_modest(&self) -> bool {
        self.to.len() <= 254 && self.subject.len() <= 200 && self.text.len() <= 2_000 && self.link.len() <= 2_000
    }
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}
