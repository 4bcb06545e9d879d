//! Reading the configuration again while the server runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::ServeArgs;
use crate::config::Config;
use crate::diag::Severity;
use crate::load::{self, Environment, Loaded, Report, Watched};
use crate::server::Reloader;
use crate::tasks::Tasks;

/// What the configuration is read from, to read it again.
#[derive(Clone)]
pub(super) struct Again {
    args: Arc<ServeArgs>,
    environment: Arc<Environment>,
}

impl Again {
    pub(super) fn new(args: &ServeArgs, environment: &Environment) -> Self {
        Self {
            args: Arc::new(args.clone()),
            environment: Arc::new(environment.clone()),
        }
    }

    /// On SIGHUP and when a file changes, reads everything again, off the requests' way. What is broken changes
    /// nothing and is told once.
    pub(super) fn on_change(
        self,
        reloader: Reloader,
        config: Config,
        watched: Watched,
        tasks: &Tasks,
    ) -> anyhow::Result<()> {
        let mut hangup = signal(SignalKind::hangup()).context("SIGHUP can't be heard")?;
        let mut running = Running { reloader, config };
        let mut watch = Watch {
            read: watched,
            changing: None,
        };
        tasks.spawn_untracked(async move {
            loop {
                watch.asked(&mut hangup, running.config.watch).await;
                let again = self.clone();
                let read = tokio::task::spawn_blocking(move || load(&again.args, &again.environment)).await;
                match read {
                    Ok(read) => running.take(read, &mut watch),
                    Err(error) => tracing::error!(%error, "the configuration was not read"),
                }
            }
        });
        Ok(())
    }
}

/// The files, and how they were when they were last read.
struct Watch {
    read: Watched,
    changing: Option<Watched>,
}

impl Watch {
    /// Waits until the configuration is to be read again.
    async fn asked(&mut self, hangup: &mut Signal, watches: bool) {
        let mut look = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                Some(()) = hangup.recv() => return,
                _ = look.tick(), if watches && !self.read.is_empty() => if self.has_changed().await { return },
            }
        }
    }

    /// A file that is being written changes from look to look: it is read when it has settled.
    async fn has_changed(&mut self) -> bool {
        let read = self.read.clone();
        // A file system may hang.
        let Ok(now) = tokio::task::spawn_blocking(move || read.now()).await else {
            return false;
        };
        if now == self.read {
            self.changing = None;
            return false;
        }
        let has_settled = self.changing.as_ref() == Some(&now);
        if has_settled {
            self.read = now;
        } else {
            self.changing = Some(now);
        }
        has_settled
    }
}

/// What is in force.
struct Running {
    reloader: Reloader,
    config: Config,
}

impl Running {
    fn take(&mut self, read: Result<Loaded, Report>, watch: &mut Watch) {
        match read {
            Ok(loaded) => {
                loaded.lines().for_each(say);
                watch.read = loaded.watched;
                match self.reloader.replace(&loaded.config) {
                    Ok(()) => self.config = reloaded(&self.config, loaded.config),
                    Err(error) => tracing::error!("{error}; the configuration stays as it was"),
                }
            }
            Err(report) => {
                report.lines().for_each(say);
                // It may not have come to all of them.
                watch.read = report.watched.or(watch.read.now());
                tracing::error!("the configuration stays as it was");
            }
        }
    }
}

fn say((severity, problem): (Severity, String)) {
    match severity {
        Severity::Error => tracing::error!("{problem}"),
        Severity::Warning => tracing::warn!("{problem}"),
    }
}

/// Says what was put in force, and what waits; the sockets' part stays as it was.
fn reloaded(old: &Config, new: Config) -> Config {
    let links = match new.links.len() {
        1 => "1 link".to_owned(),
        count => format!("{count} links"),
    };
    let signatures = new.signatures.entries().len();
    tracing::info!("the configuration is read again and in force: {links}, {signatures} signatures");
    let waiting = old.needs_restart(&new);
    if !waiting.is_empty() {
        tracing::warn!("takes effect after a restart: {}", waiting.join(", "));
    }
    Config {
        listeners: old.listeners.clone(),
        trusted_proxies: old.trusted_proxies.clone(),
        limits: old.limits.clone(),
        times: old.times.clone(),
        log: old.log,
        ..new
    }
}

pub(super) fn load(args: &ServeArgs, environment: &Environment) -> Result<Loaded, Report> {
    match &args.config {
        Some(path) => load::config(path, environment),
        None => load::quick(
            args.listen.as_deref(),
            args.upstream.as_deref(),
            &args.link,
            environment,
        ),
    }
}

/// Between two looks at the files. Each asks the system for their times; that is cheap, and works on every file system.
const EVERY: Duration = Duration::from_secs(1);
