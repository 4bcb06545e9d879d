//! `linklatch serve`.

use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::Signal;

use super::reload::Again;
use super::signals::{self, Stop};
use super::{Exit, ServeArgs, render};
use crate::config::{Config, LogFormat};
use crate::gate::link::Mode;
use crate::load::{Environment, Loaded};
use crate::server::Server;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::telemetry::log::Log;
use crate::telemetry::output::Output;
use crate::time::Clock;

pub(super) fn run(args: &ServeArgs, environment: &Environment) -> anyhow::Result<Exit> {
    let stderr = Output::stderr(telemetry::form_of_stderr(LogFormat::Auto));
    let exit = start(args, environment, &stderr).unwrap_or_else(|error| {
        stderr.say(format!("error: {error:#}\n"));
        Exit::Bad
    });
    stderr.flush(LAST_WORDS);
    Ok(exit)
}

fn start(args: &ServeArgs, environment: &Environment, stderr: &Output) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime did not start")?;
    let exit = runtime.block_on(async {
        let (mut stop, hangup) = (Stop::catch()?, signals::hangup()?);
        let again = Again::new(args, environment);
        let loaded = tokio::select! {
            loaded = again.load(None) => loaded?,
            () = stop.asked() => return Ok(Exit::Fine),
        };
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(report) => {
                stderr.say(render::for_stderr(&report.text(true)));
                return Ok(if report.usage { Exit::Usage } else { Exit::Bad });
            }
        };
        stderr.say(render::for_stderr(&loaded.warnings_text(true)));
        stderr.set_form(telemetry::form_of_stderr(loaded.config.log.format));
        telemetry::init(environment.log_filter(), render::is_stderr_coloured(), stderr.clone());
        telemetry::hide_words_of_panics();
        serve(loaded, again, stop, hangup).await
    });
    // What reads files may hang for ever on a file system that is gone.
    runtime.shutdown_background();
    exit
}

async fn serve(loaded: Loaded, again: Again, stop: Stop, hangup: Signal) -> anyhow::Result<Exit> {
    let (config, watched) = (loaded.config, loaded.watched);
    let tasks = Tasks::default();
    let log = if config.log.requests {
        Log::new(Output::stdout(telemetry::form_of_stdout(config.log.format)))
    } else {
        Log::none()
    };
    let (server, reloader) = Server::start(&config, Clock::System, log.clone(), tasks.clone())?;
    announce(&server, &config);
    let hurried = stop.stops(&tasks);
    again.on_change(hangup, reloader, config, watched, &tasks);
    let finished = async {
        let unfinished = server.run().await;
        // The connections had their time; what outlives them is a confirmation whose browser went away.
        unfinished.connections + tasks.drain(LAST_GRACE).await
    };
    let cut_off = tokio::select! {
        cut_off = finished => Some(cut_off),
        Ok(()) = hurried => None,
    };
    let log_is_out = tokio::task::spawn_blocking(move || log.flush(LAST_WORDS)).await;
    if !log_is_out.unwrap_or_default() {
        tracing::warn!("the last log lines are lost: nobody reads standard output");
    }
    match cut_off {
        None => tracing::warn!("stopped at once by a second signal; requests in flight were cut off"),
        Some(0) => tracing::info!("stopped"),
        Some(cut_off) => tracing::warn!(cut_off, "stopped; not everything could be finished"),
    }
    Ok(if cut_off == Some(0) { Exit::Fine } else { Exit::Bad })
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

/// How long a stop waits for confirmations whose browser went away.
const LAST_GRACE: Duration = Duration::from_secs(2);
/// How long a stop waits for the reader of an output.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(1);
