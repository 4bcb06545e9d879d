//! A gate for commands that judge without serving.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::{Exit, render};
use crate::diag::{Diagnostics, SourceMap, render as problems};
use crate::gate::Gate;
use crate::gate::keys::KeyRing;
use crate::load::{self, Environment};
use crate::secret::SecretKey;

/// A gate, and where its signatures stand.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) gate: Gate,
    pub(super) sources: SourceMap,
    /// Whether it knows links: without a configuration it knows none.
    pub(super) knows_links: bool,
    /// Whether a proxy in front is believed.
    pub(super) behind_proxy: bool,
}

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The question was bad.
    Usage(String),
    /// All is told already.
    Told(Exit),
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Stop {
    /// How the command ends.
    pub(super) fn exit(self) -> anyhow::Result<Exit> {
        match self {
            Self::Usage(message) => {
                render::err(&format!("error: {message}\n"))?;
                Ok(Exit::Usage)
            }
            Self::Told(exit) => Ok(exit),
            Self::Failed(error) => Err(error),
        }
    }
}

impl Set {
    /// The gate of a configuration, or of the shipped signatures alone; `signatures` takes the place of its folder.
    pub(super) fn load(
        config: Option<&Path>,
        signatures: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, Stop> {
        let loaded = match config.map(|path| load::to_judge(path, environment)) {
            None => None,
            Some(Ok(loaded)) => Some(loaded),
            Some(Err(report)) => {
                render::err(&report.text(true))?;
                return Err(Stop::Told(if report.usage { Exit::Usage } else { Exit::Bad }));
            }
        };
        let keys = Arc::new(keys()?);
        match loaded {
            Some(mut loaded) => {
                let mut sources = loaded.sources;
                if signatures.is_some() {
                    loaded.config.signatures = Arc::new(compiled(signatures, &mut sources)?);
                }
                Ok(Self {
                    gate: loaded.config.gate(keys),
                    sources,
                    knows_links: true,
                    behind_proxy: !loaded.config.trusted_proxies.is_empty(),
                })
            }
            None => {
                let mut sources = SourceMap::default();
                let signatures = Arc::new(compiled(signatures, &mut sources)?);
                Ok(Self {
                    gate: Gate::new(Vec::new(), keys, &[], signatures, Default::default(), Duration::ZERO),
                    sources,
                    knows_links: false,
                    behind_proxy: true,
                })
            }
        }
    }
}

fn compiled(folder: Option<&Path>, sources: &mut SourceMap) -> Result<crate::signatures::Signatures, Stop> {
    let mut diagnostics = Diagnostics::default();
    let signatures = load::signatures(folder, sources, &mut diagnostics);
    if diagnostics.has_errors() {
        diagnostics.sort();
        render::err(&problems::all(&diagnostics, sources, true))?;
        return Err(Stop::Told(Exit::Bad));
    }
    Ok(signatures)
}

/// Nothing that is judged here is sealed or kept: a key of this run will do, and digests tell nobody anything.
pub(super) fn keys() -> anyhow::Result<KeyRing> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .ok()
        .context("the system gives no randomness")?;
    KeyRing::new(&[SecretKey::new(bytes)]).context("a key can't be used")
}
