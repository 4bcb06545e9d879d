//! Reading the configuration again while the server runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::task::JoinError;

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

    /// Reads everything off the requests' way. While files change, it is read again; `in_force` is what it would replace.
    pub(super) async fn load(&self, in_force: Option<&Watched>) -> Result<Result<Loaded, Report>, JoinError> {
        for _ in 0..TRIES {
            let (again, in_force) = (self.clone(), in_force.cloned());
            let read = tokio::task::spawn_blocking(move || {
                let read = load(&again.args, &again.environment, in_force.as_ref());
                let is_settled = read
                    .as_ref()
                    .map_or(true, |loaded| loaded.watched.now() == loaded.watched);
                (read, is_settled)
            });
            let (read, is_settled) = read.await?;
            if is_settled {
                return Ok(read);
            }
            tokio::time::sleep(EVERY).await;
        }
        let (again, in_force) = (self.clone(), in_force.cloned());
        tokio::task::spawn_blocking(move || load(&again.args, &again.environment, in_force.as_ref())).await
    }

    /// On SIGHUP and when a file changes, reads everything again. What is broken changes nothing and is told once.
    pub(super) fn on_change(
        self,
        mut hangup: Signal,
        reloader: Reloader,
        config: Config,
        watched: Watched,
        tasks: &Tasks,
    ) {
        let mut watch = Watch {
            read: watched.clone(),
            changing: None,
            looks: 0,
        };
        let mut running = Running {
            reloader,
            config,
            watched,
        };
        tasks.spawn_untracked(async move {
            loop {
                watch.asked(&mut hangup, running.config.watch).await;
                match self.load(Some(&running.watched)).await {
                    Ok(read) => running.take(read, &mut watch),
                    Err(error) => tracing::error!(%error, "the configuration was not read"),
                }
            }
        });
    }
}

/// The files, and how they were when they were last read.
struct Watch {
    read: Watched,
    changing: Option<Watched>,
    /// How often it looked the same since it changed.
    looks: u32,
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
        if self.changing.as_ref() != Some(&now) {
            self.changing = Some(now);
            self.looks = 0;
            return false;
        }
        self.looks += 1;
        // A file that is shorter than it was may be half of what it will be.
        let needed = if now.is_shorter_than(&self.read) {
            LOOKS_AT_SHORTER
        } else {
            1
        };
        let has_settled = self.looks >= needed;
        if has_settled {
            self.read = now;
            self.changing = None;
        }
        has_settled
    }
}

/// What is in force.
struct Running {
    reloader: Reloader,
    config: Config,
    watched: Watched,
}

impl Running {
    fn take(&mut self, read: Result<Loaded, Report>, watch: &mut Watch) {
        match read {
            Ok(loaded) => {
                loaded.lines().for_each(say);
                watch.read = loaded.watched.clone();
                match self.reloader.replace(&loaded.config) {
                    Ok(()) => {
                        self.config = reloaded(&self.config, loaded.config);
                        for gone in self.watched.gone_from(&loaded.watched) {
                            tracing::warn!("`{}` is gone: what it said is no longer in force", gone.display());
                        }
                        self.watched = loaded.watched;
                    }
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

fn load(args: &ServeArgs, environment: &Environment, in_force: Option<&Watched>) -> Result<Loaded, Report> {
    match (&args.config, in_force) {
        (Some(path), Some(in_force)) => load::again(path, environment, in_force),
        (Some(path), None) => load::config(path, environment),
        (None, _) => load::quick(
            args.listen.as_deref(),
            args.upstream.as_deref(),
            &args.link,
            environment,
        ),
    }
}

/// Between two looks at the files. Each asks the system for their times; that is cheap, and works on every file system.
const EVERY: Duration = Duration::from_secs(1);
/// Looks at which a file that became shorter must be the same, before it is read.
const LOOKS_AT_SHORTER: u32 = 5;
/// How often files that change while they are read are read again.
const TRIES: u32 = 10;
