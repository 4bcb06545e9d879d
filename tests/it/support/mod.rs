//! The real server in this process, a recording upstream behind it, and actors before it.

pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod dns;
pub(crate) mod h2;
pub(crate) mod mmdb;
pub(crate) mod process;
pub(crate) mod tls;
pub(crate) mod upstream;
pub(crate) mod wire;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::HeaderMap;
use linklatch::load::{self, Environment};
use linklatch::server::{Reloader, Server, Unfinished};
use linklatch::tasks::Tasks;
use linklatch::telemetry;
use linklatch::telemetry::log::Log;
use linklatch::telemetry::output::{Form, Output};
use linklatch::time::{Clock, Timestamp};
use tokio::net::{TcpSocket, TcpStream};

pub(crate) use self::client::{Actor, Reply};
pub(crate) use self::h2::Http2;
pub(crate) use self::upstream::{Behind, Upstream};
pub(crate) use self::wire::{Peer, RawUpstream};

/// A gate that runs, with everything that a test must not forget to look at.
///
/// Every test ends with [`Gate::finish`], which proves that no token of the test stands in any output of the gate, and
/// that the upstream saw none that nobody confirmed.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) clock: Clock,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) reloader: Reloader,
    log: Log,
    lines: Lines,
    tasks: Tasks,
    tokens: Mutex<Vec<(String, bool)>>,
    seen: Arc<Mutex<Vec<Reply>>>,
    actors: AtomicUsize,
    unfinished: Arc<Mutex<Option<Unfinished>>>,
    finished: bool,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The events of all gates of this process, at the level that tells most.
static EVENTS: LazyLock<(Output, Lines)> = LazyLock::new(|| {
    let lines = Lines::default();
    let out = Output::new("events", Form::Json, lines.clone());
    telemetry::init("trace", false, out.clone());
    (out, lines)
});

/// The events so far, of all gates of this process.
pub(crate) fn events() -> String {
    let (out, lines) = &*EVENTS;
    assert!(out.flush(LONG));
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

/// Longer than anything that does not hang.
const LONG: Duration = Duration::from_secs(60);

/// The usual link.
pub(crate) const LINK: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\n";

impl Gate {
    /// The smallest gate: one upstream, one link.
    pub(crate) async fn before(upstream: &impl Behind) -> Self {
        Self::with(upstream, LINK).await
    }

    /// A gate with more of a configuration behind `listen` and `upstream`.
    pub(crate) async fn with(upstream: &impl Behind, more: &str) -> Self {
        let top = format!(
            "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n",
            upstream.address()
        );
        Self::of(&format!("{top}{more}"), tempfile::tempdir().unwrap()).await
    }

    /// A gate with its usual link, listening on TLS for `names`, then in cleartext; `more` belongs to the link.
    pub(crate) async fn on_tls(upstream: &Upstream, names: &[&str], more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        tls::Certificate::write(folder.path(), "auth", names);
        let toml = format!(
            "upstream = \"http://{}\"\n\
             [[listener]]\naddress = \"127.0.0.1:0\"\n\
             certificates = [{{ certificate = \"auth.crt\", key = \"auth.key\" }}]\n\
             [[listener]]\naddress = \"127.0.0.1:0\"\n\
             [[link]]\nurl = \"/auth/verify?token={{token}}\"\n{more}",
            upstream.address
        );
        Self::of(&toml, folder).await
    }

    /// A gate of a whole configuration, whose relative paths are in `folder`.
    pub(crate) async fn of(toml: &str, folder: tempfile::TempDir) -> Self {
        LazyLock::force(&EVENTS);
        let file = folder.path().join("linklatch.toml");
        tokio::fs::write(&file, toml).await.unwrap();
        let loaded =
            load::config(&file, &Environment::default()).unwrap_or_else(|report| panic!("{}", report.text(false)));
        let clock = Clock::manual(Timestamp::from_millis(1_790_000_000_000));
        let (tasks, lines) = (Tasks::default(), Lines::default());
        let log = Log::new(Output::new("log", Form::Json, lines.clone()));
        let (server, reloader) = Server::start(&loaded.config, clock.clone(), log.clone(), tasks.clone()).unwrap();
        let addresses: Vec<_> = server.addresses().iter().map(|bound| bound.address).collect();
        let unfinished = Arc::new(Mutex::new(None));
        let end = Arc::clone(&unfinished);
        tasks.spawn(async move {
            let left = server.run().await;
            *end.lock().unwrap() = Some(left);
        });
        Self {
            address: addresses[0],
            addresses,
            clock,
            folder,
            reloader,
            log,
            lines,
            tasks,
            tokens: Mutex::default(),
            seen: Arc::default(),
            actors: AtomicUsize::new(0),
            unfinished,
            finished: false,
        }
    }

    /// A fresh token that must go nowhere.
    pub(crate) fn token(&self) -> String {
        let mut bytes = [0; 24];
        aws_lc_rs::rand::fill(&mut bytes).unwrap();
        let token = BASE64URL_NOPAD.encode(&bytes);
        self.keep(&token);
        token
    }

    /// From here on a token of the test's own must go nowhere.
    pub(crate) fn keep(&self, token: &str) {
        self.tokens.lock().unwrap().push((token.to_owned(), false));
    }

    /// A fresh token that a person is going to confirm.
    pub(crate) fn token_to_confirm(&self) -> String {
        let token = self.token();
        self.allow(&token);
        token
    }

    /// From here on the upstream may see the token.
    pub(crate) fn allow(&self, token: &str) {
        let mut tokens = self.tokens.lock().unwrap();
        tokens.iter_mut().find(|(known, _)| known == token).unwrap().1 = true;
    }

    /// The usual link of a token.
    pub(crate) fn link(&self, token: &str) -> String {
        format!("/auth/verify?token={token}")
    }

    /// Somebody new, with an address of their own.
    pub(crate) fn actor(&self) -> Actor {
        const ADDRESSES: [&str; 8] = [
            "127.0.1.1",
            "127.0.2.1",
            "127.0.3.1",
            "127.0.4.1",
            "127.0.5.1",
            "127.0.6.1",
            "127.0.7.1",
            "127.0.8.1",
        ];
        let at = self.actors.fetch_add(1, Ordering::SeqCst);
        Actor {
            address: ADDRESSES[at % ADDRESSES.len()],
            gate: self.address,
            host: self.address.to_string(),
            headers: HeaderMap::new(),
            cookies: Arc::default(),
            seen: Arc::clone(&self.seen),
        }
    }

    /// A person at a browser, who comes two seconds later: what is there within a second looks like one visitor.
    pub(crate) fn person(&self) -> Actor {
        self.clock.advance(Duration::from_secs(2));
        self.actor()
            .with(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
            .with(
                "accept",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            )
            .with("accept-language", "en")
    }

    /// A scanner that looks like a browser.
    pub(crate) fn scanner(&self) -> Actor {
        self.actor()
            .with(
                "user-agent",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/97.0.4692.71 Safari/537.36",
            )
            .with("accept", "*/*")
    }

    /// The records so far, oldest first.
    pub(crate) fn records(&self) -> Vec<serde_json::Value> {
        assert!(self.log.flush(LONG));
        let text = String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The log so far, as it was written.
    pub(crate) fn log_text(&self) -> String {
        assert!(self.log.flush(LONG));
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }

    /// The newest record.
    pub(crate) fn last_record(&self) -> serde_json::Value {
        self.records().pop().expect("there is a record")
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(&self) {
        self.tasks.stop();
        assert_eq!(self.tasks.drain(Duration::from_secs(60)).await, 0);
    }

    /// What the shutdown could not wait for; after [`Gate::stop`].
    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished
            .lock()
            .unwrap()
            .expect("the gate has stopped")
            .connections
    }

    /// A connection from a loopback address to one of the gate's listeners.
    pub(crate) async fn dial_from(&self, address: &str, listener: usize) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
        socket.connect(self.addresses[listener]).await.unwrap()
    }

    /// A connection of somebody's own.
    pub(crate) async fn dial(&self) -> Peer {
        Peer::new(self.actor().connect().await)
    }

    /// Stops the gate and proves that no token went where it must not.
    pub(crate) async fn finish(mut self, upstream: &impl Behind) {
        self.stop().await;
        self.finished = true;
        assert!(self.log.flush(LONG));
        let tokens = self.tokens.lock().unwrap().clone();
        let lines = String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap();
        let events = events();
        let seen = self.seen.lock().unwrap();
        let received = upstream.heard();
        for (token, allowed) in tokens {
            for piece in pieces(&token) {
                assert!(!lines.contains(piece), "a piece of a token stands in the log: {lines}");
                assert!(
                    !events.contains(piece),
                    "a piece of a token stands in the events: {events}"
                );
            }
            for reply in seen.iter().filter(|reply| !reply.is_from_upstream()) {
                let text = format!("{:?} {}", reply.headers, reply.body);
                assert!(
                    !text.contains(&token),
                    "a token stands in an answer of the gate: {text}"
                );
            }
            let spent = received.iter().find(|request| request.contains(&token));
            assert!(
                allowed || spent.is_none(),
                "the upstream saw a token that nobody confirmed: {spent:?}"
            );
        }
    }
}

/// Twelve characters tell a token: no piece of that length may leak.
fn pieces(token: &str) -> impl Iterator<Item = &str> {
    (0..token.len().saturating_sub(11)).map(|at| &token[at..at + 12])
}

impl Drop for Gate {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.finished, "a test ends with `finish`");
        }
    }
}
