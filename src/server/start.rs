//! From a configuration to a server that is bound and ready to run.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::{BindError, Server};
use crate::certificates;
use crate::config::{Config, Upstream};
use crate::proxy::Proxy;
use crate::tasks::Tasks;
use crate::telemetry::log::Log;
use crate::time::Clock;

/// Why a server could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// An upstream's certificates.
    #[error("{file} {problem}; name a PEM file of the upstream's authority")]
    Trust {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The system trusts nobody.
    #[error(
        "the system has no certificates to trust; install its CA certificates, or name a `ca-file` for the upstream `{0}`"
    )]
    NoRoots(String),
    /// The keys.
    #[error("the sealing keys can't be used")]
    Keys,
}

impl Server {
    /// Binds the listeners of a configuration in front of its upstreams; what comes with it puts later ones in force.
    pub fn start(config: &Config, clock: Clock, log: Log, tasks: Tasks) -> Result<(Self, Reloader), StartError> {
        let tls = config.upstreams.iter().map(client_tls).collect::<Result<_, _>>()?;
        let proxy = Proxy::new(config, tls, clock, log, tasks.clone()).ok_or(StartError::Keys)?;
        let proxy = Arc::new(proxy);
        let server = Self::bind(config, Arc::clone(&proxy), tasks)?;
        Ok((server, Reloader { proxy }))
    }
}

/// Puts changed configurations in force while the server runs.
#[derive(Clone, Debug)]
pub struct Reloader {
    proxy: Arc<Proxy>,
}

impl Reloader {
    /// Puts a configuration in force, whole or not at all. Sockets stay as they are; [`Config::needs_restart`] names
    /// what waits for the next start.
    pub fn replace(&self, config: &Config) -> Result<(), StartError> {
        let tls = config.upstreams.iter().map(client_tls).collect::<Result<_, _>>()?;
        self.proxy.replace(config, tls).ok_or(StartError::Keys)
    }
}

/// How an upstream is reached by TLS: verified, by the system's certificates and those that it names.
#[expect(
    clippy::disallowed_methods,
    reason = "certificates are read here, at start and at every reload"
)]
fn client_tls(upstream: &Upstream) -> Result<Option<Arc<ClientConfig>>, StartError> {
    if !upstream.tls {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &upstream.ca_file {
        let trust = |problem: String| StartError::Trust {
            file: file.clone(),
            problem,
        };
        let text = std::fs::read(file).map_err(|error| trust(format!("can't be read: {error}")))?;
        let own = certificates::authorities(&text).map_err(|problem| trust(problem.to_string()))?;
        roots.extend(own.roots);
    }
    if roots.is_empty() {
        return Err(StartError::NoRoots(upstream.name.clone()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = config
        .map_err(|_| StartError::Keys)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let protocols: &[&[u8]] = if upstream.h2 {
        &[b"h2", b"http/1.1"]
    } else {
        &[b"http/1.1"]
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(Some(Arc::new(config)))
}
