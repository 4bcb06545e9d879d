//! Signals, caught from the beginning: one that comes during the start is not lost, and does not kill.

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::tasks::Tasks;

/// SIGTERM and SIGINT.
#[derive(Debug)]
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Catches them from here on. Needs a runtime.
    pub(super) fn catch() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("SIGINT can't be heard")?,
            terminate: signal(SignalKind::terminate()).context("SIGTERM can't be heard")?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// The first one stops the tasks; the second one is told to whoever is given back.
    pub(super) fn stops(mut self, tasks: &Tasks) -> oneshot::Receiver<()> {
        let (hurry, hurried) = oneshot::channel();
        let stop = tasks.clone();
        tasks.spawn_untracked(async move {
            self.asked().await;
            tracing::info!("stopping: requests in flight are finished; a second signal ends it at once");
            stop.stop();
            self.asked().await;
            let _ = hurry.send(());
        });
        hurried
    }
}

/// SIGHUP, caught from here on. Needs a runtime.
pub(super) fn hangup() -> anyhow::Result<Signal> {
    signal(SignalKind::hangup()).context("SIGHUP can't be heard")
}
