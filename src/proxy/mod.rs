//! One request: from its head to its answer. `handler.rs` is the way it goes.

mod answer;
pub mod body;
mod calls;
pub mod client;
mod confirm;
pub(crate) mod cookies;
mod exchange;
mod forward;
mod handler;
pub mod headers;
pub mod patience;
pub mod places;
mod post;
mod respond;
mod send;
pub mod upstream;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;

use self::patience::Pace;
use self::places::Places;
use self::upstream::Upstream;
use crate::addresses::{Addresses, Names};
use crate::config::{Config, Limits, NamedClient, PublicUrl, Times};
use crate::gate::Gate;
use crate::gate::header_rules::HeaderRules;
use crate::gate::keys::{KeyRing, Random};
use crate::gate::link::UpstreamId;
use crate::memory::{Bounds, Memory, Room};
use crate::pages::Pages;
use crate::secret::SecretKey;
use crate::tasks::Tasks;
use crate::telemetry::counters::Counters;
use crate::telemetry::log::Log;
use crate::time::Clock;
use crate::visit::{Fact, Ja4};

/// What the connection says about a request.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// The other end: what the PROXY header tells where the listener has one, else the socket's peer.
    pub peer: SocketAddr,
    /// Whether nobody knows who sends the requests: the PROXY header names no address (`UNKNOWN`, `LOCAL`, a Unix
    /// socket), and `peer` is the balancer.
    pub unnamed: bool,
    /// Our end.
    pub local: SocketAddr,
    /// Whether it is TLS.
    pub tls: bool,
    /// What its TLS looks like; `None` for cleartext.
    pub ja4: Fact<Option<Ja4>>,
}

/// What a request may reach.
#[derive(Debug)]
pub struct Proxy {
    snapshot: ArcSwap<Snapshot>,
    memory: Arc<Memory>,
    names: Names,
    clock: Clock,
    log: Log,
    tasks: Tasks,
    /// Requests under way at the upstreams.
    in_flight: Places,
    /// Confirmations under way, counted apart: what passes must not keep a person out.
    confirming: Places,
    counters: Arc<Counters>,
    /// Whether a proxy that is not trusted was spoken of.
    told_hidden: AtomicBool,
}

/// Everything that is made from one generation of the configuration.
#[derive(Debug)]
struct Snapshot {
    gate: Gate,
    pages: Pages,
    addresses: Addresses,
    hosts: Vec<String>,
    public_url: Option<PublicUrl>,
    trusted_proxies: Vec<ipnet::IpNet>,
    fingerprint_header: Option<http::HeaderName>,
    header_rules: Arc<HeaderRules>,
    clients: Vec<NamedClient>,
    times: Times,
    limits: Limits,
    upstreams: Vec<Arc<Upstream>>,
}

/// How upstreams are reached by TLS, in the order of the configuration's upstreams.
pub type ClientTls = Vec<Option<Arc<rustls::ClientConfig>>>;

impl Proxy {
    /// The proxy of a configuration. Without a key in it, one is made that lasts as long as the proxy.
    #[must_use]
    pub fn new(config: &Config, tls: ClientTls, clock: Clock, log: Log, tasks: Tasks) -> Option<Self> {
        let keys = if config.keys.is_empty() {
            let halves: [Random; 2] = [random(), random()];
            KeyRing::new(&[SecretKey::new(*halves.concat().first_chunk()?)])?
        } else {
            KeyRing::new(&config.keys)?
        };
        let names = Names::new(tasks.clone());
        let snapshot = Snapshot::new(config, tls, Arc::new(keys), &names, &tasks);
        let memory = Memory::new(Bounds {
            entries: config.limits.remembered,
            answers: config.limits.answers as u64,
            opening: config.times.opening,
            answer: config.times.answer,
            ticket: config.times.ticket,
            since: clock.now(),
        });
        Some(Self {
            snapshot: ArcSwap::from_pointee(snapshot),
            memory: Arc::new(memory),
            names,
            clock,
            log,
            tasks,
            in_flight: Places::default(),
            confirming: Places::default(),
            counters: Arc::default(),
            told_hidden: AtomicBool::new(false),
        })
    }

    /// What is counted.
    #[must_use]
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Requests and confirmations that are under way at the upstreams.
    #[must_use]
    pub fn under_way(&self) -> [usize; 2] {
        [self.in_flight.taken(), self.confirming.taken()]
    }

    /// Puts a new generation of the configuration in force, whole; requests under way finish with the old one. What is
    /// remembered stays, and so does a key that was made for this run. `None` if the keys can't be used.
    pub fn replace(&self, config: &Config, tls: ClientTls) -> Option<()> {
        let snapshot = self.snapshot.load();
        let keys = snapshot.gate.keys();
        let keys = match keys.rotated(&config.keys) {
            Some(rotated) => Arc::new(rotated),
            None if config.keys.is_empty() => Arc::clone(keys),
            None => return None,
        };
        self.snapshot
            .store(Arc::new(Snapshot::new(config, tls, keys, &self.names, &self.tasks)));
        Some(())
    }
}

impl Snapshot {
    /// How much may be remembered of what was spent.
    fn room(&self) -> Room {
        let tickets = usize::try_from(self.limits.remembered).unwrap_or(usize::MAX);
        Room {
            tickets,
            once: self.limits.used_once,
        }
    }

    fn new(config: &Config, tls: ClientTls, keys: Arc<KeyRing>, names: &Names, tasks: &Tasks) -> Self {
        let upstreams = config.upstreams.iter().zip(tls);
        Self {
            gate: config.gate(keys),
            pages: Pages::new(
                config.page.site_name.as_deref(),
                &config.page.assets,
                Arc::clone(&config.page.locales),
                &config.page.brand,
            ),
            addresses: Addresses::new(&config.lookups, &config.signatures, names),
            hosts: config.hosts.clone(),
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            fingerprint_header: config.fingerprint_header.clone(),
            header_rules: Arc::new(config.header_rules.clone()),
            clients: config.clients.clone(),
            times: config.times.clone(),
            limits: config.limits.clone(),
            upstreams: upstreams
                .map(|(settings, tls)| Arc::new(Upstream::new(settings.clone(), tls, tasks.clone())))
                .collect(),
        }
    }

    /// What is asked of a client's body.
    const fn pace(&self) -> Pace {
        Pace {
            pause: self.times.stall,
            least_rate: self.limits.least_rate,
        }
    }

    /// The upstream that a link names, or the one that serves a host and path; the first otherwise.
    fn upstream(&self, named: Option<UpstreamId>, host: &str, path: &str) -> &Arc<Upstream> {
        let serves = |upstream: &&Arc<Upstream>| {
            let settings = upstream.settings();
            let host_fits = settings.hosts.is_empty() || settings.hosts.iter().any(|own| own == host);
            let below = |prefix: &String| {
                let rest = path.strip_prefix(prefix.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
            };
            let path_fits = settings.paths.is_empty() || settings.paths.iter().any(below);
            host_fits && path_fits && !(settings.hosts.is_empty() && settings.paths.is_empty())
        };
        let named = named.and_then(|UpstreamId(at)| self.upstreams.get(at));
        named
            .or_else(|| self.upstreams.iter().find(serves))
            .unwrap_or(&self.upstreams[0])
    }
}

/// Fresh random bytes. A thread draws many at a time from the cryptographic generator, whose every call costs a page's
/// share of time, and gives each away once.
fn random() -> Random {
    POOL.with_borrow_mut(|(pool, used)| {
        if *used == pool.len() {
            // The generator fails only where the system has no randomness at all; then nothing can be sealed, and zeros
            // would be worse than no answer.
            #[expect(clippy::expect_used, reason = "a system without randomness can't run a gate")]
            aws_lc_rs::rand::fill(pool.as_flattened_mut()).expect("the system gives random bytes");
            *used = 0;
        }
        let drawn = std::mem::take(&mut pool[*used]);
        *used += 1;
        drawn
    })
}

const POOLED: usize = 32;

thread_local! {
    static POOL: RefCell<([Random; POOLED], usize)> = const { RefCell::new(([[0; 16]; POOLED], POOLED)) };
}
