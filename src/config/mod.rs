//! The configuration, ready to use and always valid.

pub(crate) mod keys;
pub(crate) mod origin;
pub(crate) mod raw;
pub(crate) mod validate;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use ipnet::IpNet;

use crate::asn::AsnDatabase;
use crate::brand::Brand;
use crate::gate::Gate;
use crate::gate::checks::Checks;
use crate::gate::evidence::Doubts;
use crate::gate::header_rules::HeaderRules;
use crate::gate::keys::KeyRing;
use crate::gate::link::Link;
use crate::locales::Locales;
use crate::secret::SecretKey;
use crate::signatures::Signatures;

/// Everything that one generation of the gate is made from.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether files are read again when they change.
    pub watch: bool,
    /// Where to listen; at least one.
    pub listeners: Vec<Listener>,
    /// The origin that people see, where neither connection nor trusted proxy can tell.
    pub public_url: Option<PublicUrl>,
    /// The only hosts that are served, canonical; any where empty.
    pub hosts: Vec<String>,
    /// What is proxied to; at least one, the first is the default.
    pub upstreams: Vec<Upstream>,
    /// The protected links.
    pub links: Vec<Link>,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The field in which they tell the client's JA4.
    pub fingerprint_header: Option<HeaderName>,
    /// Which header fields of clients go upstream.
    pub header_rules: HeaderRules,
    /// Clients of the own house, whose calls pass.
    pub clients: Vec<NamedClient>,
    /// What scanners look like.
    pub signatures: Arc<Signatures>,
    /// What is looked up about clients' addresses.
    pub lookups: Lookups,
    /// How the built-in checks weigh.
    pub checks: Checks,
    /// How the doubts about a press weigh.
    pub doubts: Doubts,
    /// What people see.
    pub page: PageSettings,
    /// Sealing keys, newest first; empty: one is made for this run.
    pub keys: Vec<SecretKey>,
    /// How long things hold.
    pub times: Times,
    /// How much is taken.
    pub limits: Limits,
    /// The log.
    pub log: Log,
}

impl Config {
    /// The gate of this configuration.
    #[must_use]
    pub fn gate(&self, keys: Arc<KeyRing>) -> Gate {
        let mut hosts = self.hosts.clone();
        hosts.extend(
            self.upstreams
                .iter()
                .flat_map(|upstream| upstream.hosts.iter().cloned()),
        );
        Gate::new(
            self.links.clone(),
            keys,
            &hosts,
            Arc::clone(&self.signatures),
            (self.checks.clone(), self.doubts.clone()),
            self.times.ticket,
        )
    }

    /// The tables in which `new` differs and which only a restart puts in force.
    #[must_use]
    pub fn needs_restart(&self, new: &Self) -> Vec<&'static str> {
        let connections = |config: &Self| {
            (
                config.limits.connections,
                config.limits.connections_per_address,
                config.limits.head,
                config.limits.least_rate,
            )
        };
        let remembered = |config: &Self| (config.limits.remembered, config.limits.answers);
        let sockets = |config: &Self| (config.times.handshake, config.times.header, config.times.shutdown);
        let differs = [
            ("[[listener]]", self.listeners != new.listeners),
            (
                "[limits]",
                connections(self) != connections(new) || remembered(self) != remembered(new),
            ),
            ("[times]", sockets(self) != sockets(new)),
            ("[log]", self.log != new.log),
            (
                "trusted-proxies, as far as PROXY headers go",
                self.trusted_proxies != new.trusted_proxies,
            ),
        ];
        differs
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(table, _)| table)
            .collect()
    }
}

/// A socket to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// Certificates; cleartext where empty. The first answers clients that name no known host.
    pub certificates: Vec<CertificateFiles>,
    /// Whether every connection starts with a PROXY header, v1 or v2, from a trusted proxy.
    pub proxy_protocol: bool,
    /// Whether a cleartext listener only redirects to https.
    pub redirect_to_https: bool,
    /// Whether a cleartext listener speaks HTTP/2 with prior knowledge instead of HTTP/1.1.
    pub h2c: bool,
}

/// Where a certificate chain and its key stand, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// An origin: scheme, host, and port unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether the scheme is https.
    pub https: bool,
    /// Host, with the port where one was given: `auth.example.com:8443`.
    pub authority: String,
}

/// A server behind the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Its name in links and logs.
    pub name: String,
    /// Whether it is reached by TLS.
    pub tls: bool,
    /// DNS name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Canonical hosts whose requests go here.
    pub hosts: Vec<String>,
    /// Path prefixes, each starting with '/', whose requests go here; any where empty.
    pub paths: Vec<String>,
    /// Whether HTTP/2 is spoken: by ALPN over TLS, where the upstream may choose HTTP/1.1, and with prior knowledge in
    /// cleartext.
    pub h2: bool,
    /// HTTP/2 connections at a time, confirmations apart.
    pub connections: usize,
    /// Certificates to trust besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// To connect, TLS included.
    pub connect_timeout: Duration,
    /// From the request's end to the response's head.
    pub response_timeout: Duration,
}

/// A client whose calls pass without an opening.
#[derive(Clone, Debug)]
pub struct NamedClient {
    /// Its name in logs.
    pub name: String,
    /// Where it comes from; anywhere where empty, then it has a secret.
    pub networks: Vec<IpNet>,
    /// What it sends as `x-linklatch-client`.
    pub secret: Option<SecretKey>,
}

/// What is looked up about a client's address, where a signature asks for it.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    /// The database of autonomous systems; none is known without.
    pub asn: Option<Arc<AsnDatabase>>,
    /// Who is asked for names; none is looked up where empty.
    pub nameservers: Vec<SocketAddr>,
}

/// What people see on the gate's pages.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The site's name; its host where absent.
    pub site_name: Option<String>,
    /// The languages.
    pub locales: Arc<Locales>,
    /// How they look.
    pub brand: Brand,
    /// The path prefix of the gate's own files, between slashes.
    pub assets: String,
}

/// How long things hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// A ticket may be pressed.
    pub ticket: Duration,
    /// A confirmation's answer is kept for the same browser.
    pub answer: Duration,
    /// The calls of a confirmed token pass.
    pub opening: Duration,
    /// A TLS handshake and a PROXY header.
    pub handshake: Duration,
    /// A request's head; also how long a kept connection may idle.
    pub header: Duration,
    /// A form or call body, whole.
    pub body: Duration,
    /// A pause in a streamed request or response body, or in a client's reading; see also `Limits::least_rate`.
    pub stall: Duration,
    /// Requests in flight at shutdown.
    pub shutdown: Duration,
}

/// How much is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address (IPv6: one /64).
    pub connections_per_address: usize,
    /// Bytes of a request's path and query.
    pub target: usize,
    /// Bytes of a request's head.
    pub head: usize,
    /// Bytes of a body that the gate itself reads.
    pub body: usize,
    /// Bytes of a kept answer's body.
    pub answer: usize,
    /// Bytes of all kept answers.
    pub answers: usize,
    /// Requests under way at the upstreams; more are answered 503. As many confirmations may be beside them.
    pub in_flight: usize,
    /// Those of one address (IPv6: one /64), and its confirmations.
    pub in_flight_per_address: usize,
    /// Bytes a second: a slower body is ended, in either direction. 0: none is too slow.
    pub least_rate: usize,
    /// Links remembered at a time.
    pub remembered: u64,
    /// Used links with `once` that are remembered.
    pub used_once: usize,
}

/// The log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its form.
    pub format: LogFormat,
    /// Whether each request leaves a line.
    pub requests: bool,
}

/// A log line's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For eyes.
    Text,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            site_name: None,
            locales: Arc::new(Locales::shipped()),
            brand: Brand::default(),
            assets: "/.linklatch/".to_owned(),
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            ticket: Duration::from_secs(15 * 60),
            answer: Duration::from_secs(60),
            opening: Duration::from_secs(15 * 60),
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(30),
            body: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            shutdown: Duration::from_secs(30),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 1_000,
            target: 8 * 1024,
            head: 16 * 1024,
            body: 64 * 1024,
            answer: 256 * 1024,
            answers: 64 * 1024 * 1024,
            in_flight: 4_096,
            in_flight_per_address: 512,
            least_rate: 240,
            remembered: 100_000,
            used_once: 1_000_000,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Auto,
            requests: true,
        }
    }
}

/// A host as hosts are compared: lower case, without port and final dot.
#[must_use]
pub fn canonical_host(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
