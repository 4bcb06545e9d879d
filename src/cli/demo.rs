//! `linklatch demo`.

use anyhow::Context as _;

use super::serve::LAST_WORDS;
use super::signals::Stop;
use super::{Exit, render};
use crate::config::LogFormat;
use crate::demo::GatePlan;
use crate::demo::args::DemoArgs;
use crate::load::{self, Environment};
use crate::server::Server;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::telemetry::log::Log;
use crate::telemetry::output::Output;
use crate::time::Clock;

pub(super) fn run(args: DemoArgs) -> anyhow::Result<Exit> {
    let stderr = Output::stderr(telemetry::form_of_stderr(LogFormat::Auto));
    telemetry::init("warn", render::is_stderr_coloured(), stderr.clone());
    telemetry::hide_words_of_panics();
    let runtime = tokio::runtime::Runtime::new().context("the runtime did not start")?;
    let tasks = Tasks::default();
    let gate = async |plan: GatePlan| start_gate(&plan, &tasks);
    let ended = runtime.block_on(async {
        let hurried = Stop::catch()?.stops(&tasks);
        tokio::select! {
            ended = args.run(gate, tasks.clone()) => Ok(ended.map(|()| Exit::Fine)?),
            Ok(()) = hurried => Ok(Exit::Bad),
        }
    });
    runtime.shutdown_background();
    stderr.flush(LAST_WORDS);
    ended
}

/// The same gate as `serve` starts from its flags.
fn start_gate(plan: &GatePlan, tasks: &Tasks) -> anyhow::Result<std::net::SocketAddr> {
    let listen = plan.listen.to_string();
    let upstream = format!("http://{}", plan.upstream);
    let loaded = load::quick(
        Some(&listen),
        Some(&upstream),
        &[plan.link.to_owned()],
        &Environment::default(),
    )
    .map_err(|report| anyhow::anyhow!(report.text(false)))?;
    let mut config = loaded.config;
    config.page.site_name = Some("Example Notes".to_owned());
    for link in &mut config.links {
        link.new_link = Some("/".to_owned());
    }
    let (server, _) = Server::start(&config, Clock::System, Log::none(), tasks.clone())?;
    let address = server.addresses()[0].address;
    tasks.spawn(async move {
        let _ = server.run().await;
    });
    Ok(address)
}
