//! `linklatch serve`.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::reload::{Again, load};
use super::{Exit, ServeArgs, render};
use crate::config::{Config, LogFormat};
use crate::gate::link::Mode;
use crate::load::{Environment, Loaded};
use crate::server::Server;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::telemetry::log::{Form, Log};
use crate::time::Clock;

pub(super) fn run(args: &ServeArgs, environment: &Environment) -> anyhow::Result<Exit> {
    let loaded = match load(args, environment) {
        Ok(loaded) => loaded,
        Err(report) => {
            render::err(&report.text(true))?;
            return Ok(if report.usage { Exit::Usage } else { Exit::Bad });
        }
    };
    render::err(&loaded.warnings_text(true))?;
    telemetry::init(loaded.config.log.format, environment.log_filter());
    let runtime = tokio::runtime::Runtime::new().context("the runtime did not start")?;
    runtime.block_on(serve(loaded, Again::new(args, environment)))
}

async fn serve(loaded: Loaded, again: Again) -> anyhow::Result<Exit> {
    let (config, watched) = (loaded.config, loaded.watched);
    let tasks = Tasks::default();
    let log = if config.log.requests {
        request_log(config.log.format)
    } else {
        Log::none()
    };
    let (server, reloader) = Server::start(&config, Clock::System, log.clone(), tasks.clone())?;
    announce(&server, &config);
    stop_on_signal(&tasks)?;
    again.on_change(reloader, config, watched, &tasks)?;
    let unfinished = server.run().await;
    // The connections had their time; what outlives them is a confirmation whose browser went away.
    let left = tasks.drain(LAST_GRACE).await;
    log.flush();
    let cut_off = unfinished.connections + left;
    if cut_off > 0 {
        tracing::warn!(cut_off, "stopped; not everything could be finished");
        return Ok(Exit::Bad);
    }
    tracing::info!("stopped");
    Ok(Exit::Fine)
}

fn announce(server: &Server, config: &Config) {
    for bound in server.addresses() {
        let scheme = if bound.tls { "https" } else { "http" };
        tracing::info!("listening on {scheme}://{}", bound.address);
    }
    for upstream in &config.upstreams {
        let scheme = if upstream.tls { "https" } else { "http" };
        tracing::info!(
            "upstream `{}` is {scheme}://{}:{}",
            upstream.name,
            upstream.host,
            upstream.port
        );
    }
    for link in &config.links {
        let what = match link.mode {
            Mode::Enforce | Mode::Strict => "held",
            Mode::Adaptive => "held from what may be a machine",
            Mode::Observe => "only observed, not held",
        };
        tracing::info!("link `{}` is {what}: {}", link.name, link.url);
    }
    if config.keys.is_empty() {
        tracing::info!(
            "sealing with a key of this run: pages that are open now can't be confirmed after a restart, nor at \
             another replica; `linklatch keygen` makes a lasting key for `[keys] file`"
        );
    }
}

pub(super) fn stop_on_signal(tasks: &Tasks) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT can't be heard")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM can't be heard")?;
    let stop = tasks.clone();
    tasks.spawn_untracked(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: requests in flight are finished");
        stop.stop();
    });
    Ok(())
}

const LAST_GRACE: Duration = Duration::from_secs(2);

/// The records' lines on stdout: text on a terminal, JSON elsewhere.
fn request_log(format: LogFormat) -> Log {
    let form = match format {
        LogFormat::Auto if std::io::stdout().is_terminal() => Form::Text,
        LogFormat::Auto | LogFormat::Json => Form::Json,
        LogFormat::Text => Form::Text,
    };
    Log::new(form, std::io::stdout())
}
