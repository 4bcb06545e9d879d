//! `linklatch demo`.

use super::{DemoArgs, Exit};

pub(super) fn run(args: &DemoArgs) -> anyhow::Result<Exit> {
    let DemoArgs {
        without_gate: _,
        listen: _,
        mail: _,
    } = args;
    anyhow::bail!("`demo` is not built in")
}
