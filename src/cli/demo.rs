//! `linklatch demo`.

use anyhow::Context as _;

use super::Exit;
use crate::config::LogFormat;
use crate::demo::GatePlan;
use crate::demo::args::DemoArgs;
use crate::load::{self, Environment};
use crate::server::Server;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::telemetry::log::Log;
use crate::time::Clock;

pub(super) fn run(args: DemoArgs) -> anyhow::Result<Exit> {
    telemetry::init(LogFormat::Auto, "warn");
    let runtime = tokio::runtime::Runtime::new().context("the runtime did not start")?;
    let tasks = Tasks::default();
    let gate = async |plan: GatePlan| start_gate(&plan, &tasks);
    runtime.block_on(args.run(gate, tasks.clone()))?;
    Ok(Exit::Fine)
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
