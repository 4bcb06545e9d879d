//! `linklatch preview`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::serve::LAST_WORDS;
use super::signals::Stop;
use super::{Exit, render};
use crate::config::LogFormat;
use crate::load::Environment;
use crate::preview::Preview;
use crate::server::Server;
use crate::tasks::Tasks;
use crate::telemetry;
use crate::telemetry::output::Output;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  linklatch preview
  linklatch preview --config linklatch.toml

The first page lists all others; /index.json lists them for programs. Buttons lead back to the page that they stand on.
The file, and what it names, is read again when it changes: save, then reload the page. What is wrong with it is shown \
in place of the pages.")]
pub(super) struct PreviewArgs {
    /// Configuration file; the shipped pages without it. Keys and certificates that it names may be missing.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
}

pub(super) fn run(args: PreviewArgs, environment: &Environment) -> anyhow::Result<Exit> {
    let stderr = Output::stderr(telemetry::form_of_stderr(LogFormat::Auto));
    telemetry::init(environment.log_filter(), render::is_stderr_coloured(), stderr.clone());
    telemetry::hide_words_of_panics();
    let runtime = tokio::runtime::Runtime::new().context("the runtime did not start")?;
    let ended = runtime.block_on(async {
        let tasks = Tasks::default();
        let hurried = Stop::catch()?.stops(&tasks);
        let preview = Preview::new(args.config, environment.clone());
        let server = Server::answering(args.listen, preview.answer(), tasks.clone())?;
        for bound in server.addresses() {
            render::out(&format!("every page is at {bound}/\n"))?;
        }
        tokio::select! {
            _ = server.run() => Ok(Exit::Fine),
            Ok(()) = hurried => Ok(Exit::Bad),
        }
    });
    runtime.shutdown_background();
    stderr.flush(LAST_WORDS);
    ended
}
