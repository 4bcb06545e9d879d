//! `linklatch completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, render};

pub(super) fn run(shell: Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "linklatch", &mut script);
    render::out(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
