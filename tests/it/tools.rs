//! The tools judge by no less than the gate: what a log has only in part, what each mode does, whom a page was shown.

mod lines;
mod modes;
mod parts;
mod references;

use std::fs;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use linklatch::gate::Gate as Core;
use linklatch::gate::keys::KeyRing;
use linklatch::load::{self, Environment};
use linklatch::secret::SecretKey;
use serde_json::Value;

use crate::support::{Gate, Upstream};

fn linklatch(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.args(arguments).env_clear().output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Where a gate's file of this name is.
fn path(gate: &Gate, name: &str) -> String {
    gate.folder.path().join(name).display().to_string()
}

/// The gate's log and configuration, as a command line names them.
fn logged(gate: &Gate) -> (String, String) {
    fs::write(path(gate, "gate.log"), gate.log_text()).unwrap();
    (path(gate, "gate.log"), path(gate, "linklatch.toml"))
}

/// What `explain` says of a reference, as JSON.
fn explained(id: &str, log: &str, config: &str) -> Value {
    let output = linklatch(&[
        "explain",
        "--format",
        "json",
        "--request-id",
        id,
        "--log",
        log,
        "--config",
        config,
    ]);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn replayed(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = linklatch(&[&["replay", "--format", "json"], arguments].concat());
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (answer, output.status.code())
}

/// The gate's own configuration, read again.
fn core(gate: &Gate) -> Core {
    let loaded = load::config(&gate.folder.path().join("linklatch.toml"), &Environment::default());
    let config = loaded.unwrap_or_else(|report| panic!("{}", report.text(false))).config;
    config.gate(Arc::new(KeyRing::new(&[SecretKey::new([7; 32])]).unwrap()))
}

/// A gate of these links, with signatures of its own.
async fn gate(upstream: &Upstream, signatures: &str, links: &str) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    fs::write(folder.path().join("own/own.toml"), signatures).unwrap();
    let top = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\nsignatures.folder = \"own\"\n",
        upstream.address
    );
    Gate::of(&format!("{top}{links}"), folder).await
}

fn signature(id: &str, does: &str, condition: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"The {id}\"\nkind = \"gateway\"\nsource = [\"s\"]\nseen = 2026-08-11\n\
         {does}\n{condition}\n"
    )
}

const LINK: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\n";

/// People who press, with and without the code, and scanners, at one link.
async fn people_and_scanners(gate: &Gate) {
    for _ in 0..3 {
        let target = gate.link(&gate.token_to_confirm());
        gate.scanner().get(&target).await;
        gate.clock.advance(Duration::from_secs(60));
        assert!(gate.person().sign_in(&target).await.is_from_upstream());
    }
    let target = gate.link(&gate.token_to_confirm());
    let person = gate.person().with("user-agent", "curl/8.5.0");
    assert!(person.sign_in(&target).await.is_from_upstream());
}
