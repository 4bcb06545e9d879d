//! `linklatch keygen`.

use anyhow::Context;
use zeroize::Zeroizing;

use super::{Exit, render};
use crate::config::keys;
use crate::secret::SecretKey;
use crate::time::Clock;

pub(super) fn run() -> anyhow::Result<Exit> {
    let mut bytes = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut())
        .ok()
        .context("the system gives no randomness")?;
    let key = keys::show(&SecretKey::new(*bytes));
    let now = Clock::System.now().to_string();
    let day = now.split('T').next().unwrap_or_default();
    render::out(&Zeroizing::new(format!("# linklatch key, made {day}\n{}\n", *key)))?;
    Ok(Exit::Fine)
}
