//! `linklatch serve`.

use super::{Exit, ServeArgs, render};
use crate::load::{self, Environment, Loaded, Report};

pub(super) fn run(args: &ServeArgs, environment: &Environment) -> anyhow::Result<Exit> {
    let loaded = match load(args, environment) {
        Ok(loaded) => loaded,
        Err(report) => {
            render::err(&report.text(true))?;
            return Ok(if report.usage { Exit::Usage } else { Exit::Bad });
        }
    };
    render::err(&loaded.warnings_text(true))?;
    anyhow::bail!("`serve` is not built in")
}

fn load(args: &ServeArgs, environment: &Environment) -> Result<Loaded, Report> {
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
