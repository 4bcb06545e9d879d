//! Reads configuration files and the environment, the only place that does; a ready configuration or all its
//! problems come out.

mod brand;
mod certificates;
mod echoes;
mod environment;
mod folder;
mod locales;
mod lookups;
mod samples;
mod secrets;
mod signatures;
mod watch;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::brand::Brand;
use crate::config::Config;
use crate::config::raw::{self, Raw, RawLink};
use crate::config::validate::{self, client, net};
use crate::diag::read::At;
use crate::diag::{Diagnostics, Severity, SourceMap, render};

pub use environment::Environment;
use environment::{LISTEN, PUBLIC_URL, UPSTREAM};
pub use signatures::{is_shipped, signatures};
pub use watch::Watched;

/// A configuration that can be used.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Where its sealing keys come from: a file's path or a variable's name, if it has any.
    pub keys_from: Option<String>,
    /// The folder of the operator's signature files, if one is named.
    pub folder: Option<PathBuf>,
    /// What works, but likely not as meant.
    pub warnings: Diagnostics,
    /// The texts that warnings point into.
    pub sources: SourceMap,
    /// What it was read from.
    pub watched: Watched,
}

/// Why there is no configuration.
#[derive(Debug)]
pub struct Report {
    /// All problems, warnings too.
    pub diagnostics: Diagnostics,
    /// The texts they point into.
    pub sources: SourceMap,
    /// What was read, as far as it came.
    pub watched: Watched,
    /// Whether the command itself was wrong: a file that can't be read, a flag that is not understood.
    pub usage: bool,
}

impl Report {
    /// All problems with their lines, as a compiler shows them, and their number.
    #[must_use]
    pub fn text(&self, coloured: bool) -> String {
        render::all(&self.diagnostics, &self.sources, coloured)
    }

    /// All problems, one line each, for a log.
    pub fn lines(&self) -> impl Iterator<Item = (Severity, String)> {
        render::lines(&self.diagnostics, &self.sources)
    }
}

impl Loaded {
    /// The warnings, one line each, for a log.
    pub fn lines(&self) -> impl Iterator<Item = (Severity, String)> {
        render::lines(&self.warnings, &self.sources)
    }

    /// The warnings with their lines, as a compiler shows them, and their number.
    #[must_use]
    pub fn warnings_text(&self, coloured: bool) -> String {
        render::all(&self.warnings, &self.sources, coloured)
    }
}

/// Reads a configuration file.
pub fn config(path: &Path, environment: &Environment) -> Result<Loaded, Report> {
    file(path, Work::new(folder_of(path), environment))
}

/// Reads a configuration file again, to replace what `in_force` was read from. A file that said something there and is
/// empty now, or cut, is an error.
pub fn again(path: &Path, environment: &Environment, in_force: &Watched) -> Result<Loaded, Report> {
    let mut work = Work::new(folder_of(path), environment);
    work.watched = Watched::after(in_force);
    file(path, work)
}

/// Reads a configuration file to judge visits by it, not to serve: keys, certificates, databases, logo and page may be
/// elsewhere.
pub fn to_judge(path: &Path, environment: &Environment) -> Result<Loaded, Report> {
    let mut work = Work::new(folder_of(path), environment);
    work.aim = Aim::Judge;
    file(path, work)
}

/// Reads a configuration file to show its pages, not to serve: keys, certificates and databases may be elsewhere.
pub fn to_show(path: &Path, environment: &Environment) -> Result<Loaded, Report> {
    let mut work = Work::new(folder_of(path), environment);
    work.aim = Aim::Show;
    file(path, work)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

fn file(path: &Path, mut work: Work<'_>) -> Result<Loaded, Report> {
    let name = path.display().to_string();
    let text = match work.watched.text(path, LARGEST) {
        Ok(text) => text,
        Err(reason) => {
            let other = format!("it is a folder; signature files in it are checked with --signatures {name}");
            let help = "check the path; to start a file, write these lines into it:\n\
                        upstream = \"http://127.0.0.1:3000\"\n\
                        [[link]]\n\
                        url = \"/auth/verify?token={token}\"";
            let help = if path.is_dir() { &other } else { help };
            work.diagnostics
                .error("file-unreadable", None, format!("can't read `{name}`: {reason}"), help);
            work.usage = true;
            return Err(work.report());
        }
    };
    if holds_signatures(&text) {
        let folder = match path.parent() {
            // What stands in `local` is laid over the folder that it is in.
            Some(folder) if folder.ends_with("local") => folder.parent(),
            other => other,
        };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new(".")).display();
        let message = format!("`{name}` is a signature file, no configuration");
        let help = format!("check the folder that it stands in: linklatch check --signatures {folder}");
        work.diagnostics.error("unknown-key", None, message, help);
        return Err(work.report());
    }
    let file = work.sources.add(name, text.as_str());
    let raw = raw::parse(file, &work.sources, &mut work.diagnostics);
    work.finish(raw)
}

/// The configuration that flags alone describe.
pub fn quick(
    listen: Option<&str>,
    upstream: Option<&str>,
    links: &[String],
    environment: &Environment,
) -> Result<Loaded, Report> {
    let mut work = Work::new(Path::new(""), environment);
    let raw = Raw {
        listen: listen.map(|text| work.text("--listen", text)),
        upstream: upstream.map(|text| work.text("--upstream", text)),
        links: links.iter().map(|text| work.link(text)).collect(),
        ..Raw::default()
    };
    work.usage = true;
    work.finish(raw)
}

/// What a configuration is read for: what is not needed is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Serve,
    Judge,
    Show,
}

/// One run: what is collected on the way.
struct Work<'a> {
    base: &'a Path,
    environment: &'a Environment,
    /// Whether what is wrong stands in the command itself: in flags, not in a file.
    usage: bool,
    aim: Aim,
    sources: SourceMap,
    diagnostics: Diagnostics,
    watched: Watched,
}

impl<'a> Work<'a> {
    fn new(base: &'a Path, environment: &'a Environment) -> Self {
        Self {
            base,
            environment,
            usage: false,
            aim: Aim::Serve,
            sources: SourceMap::default(),
            diagnostics: Diagnostics::default(),
            watched: Watched::default(),
        }
    }

    /// A text that is no file, as a source of its own.
    fn text(&mut self, name: &str, text: &str) -> At<String> {
        let file = self.sources.add(name, text);
        At::new(text.to_owned(), self.sources.whole(file))
    }

    fn link(&mut self, text: &str) -> At<RawLink> {
        let url = self.text("--link", text);
        let span = url.span;
        let link = RawLink {
            url: Some(url),
            ..RawLink::default()
        };
        At::new(link, span)
    }

    fn variable(&mut self, name: &str) -> Option<At<String>> {
        let text = self.environment.get(name)?;
        Some(self.text(name, text))
    }

    /// Lays the environment over what a file says, or under what flags say.
    fn overlay(&mut self, raw: &mut Raw) {
        if let Some(at) = self.variable(LISTEN).filter(|_| !self.usage || raw.listen.is_none()) {
            match raw.listeners.first_mut() {
                Some(first) if raw.listen.is_none() => first.value.address = Some(at),
                _ => raw.listen = Some(at),
            }
        }
        if let Some(at) = self
            .variable(UPSTREAM)
            .filter(|_| !self.usage || raw.upstream.is_none())
        {
            match raw.upstreams.first_mut() {
                Some(first) => first.value.url = Some(at),
                None => raw.upstream = Some(at),
            }
        }
        if let Some(at) = self.variable(PUBLIC_URL) {
            raw.public_url = Some(at);
        }
    }

    /// Lays the environment over what was read, then checks it.
    fn finish(mut self, mut raw: Raw) -> Result<Loaded, Report> {
        self.overlay(&mut raw);
        let keys_from = self.keys_from(&raw);
        let secrets = self.secrets(&raw);
        if self.aim == Aim::Serve {
            self.certificates(&raw);
            self.authorities(&raw);
        }
        self.variables(&raw);
        let mut config = validate::config(&raw, secrets, self.base, &mut self.diagnostics);
        let folder = raw.signatures.folder.as_ref().map(|at| net::path(at, self.base));
        let signatures = signatures::watched(
            folder.as_deref(),
            &mut self.sources,
            &mut self.watched,
            &mut self.diagnostics,
        );
        let lookups = self.lookups(&raw.signatures, &signatures);
        let locales = self.locales(&raw.page);
        let brand = match self.aim {
            Aim::Judge => Brand::default(),
            Aim::Serve | Aim::Show => self.brand(&raw.page),
        };
        if let Some(config) = &mut config {
            config.page.locales = Arc::new(locales);
            let palette = config.page.brand.palette;
            config.page.brand = Brand { palette, ..brand };
            config.signatures = Arc::new(signatures);
            config.lookups = lookups;
            samples::check(config, &raw, &mut self.diagnostics);
        }
        echoes::drop(&mut self.diagnostics, &self.sources);
        self.diagnostics.sort();
        match config {
            Some(config) if !self.diagnostics.has_errors() => Ok(Loaded {
                config,
                keys_from,
                folder,
                warnings: self.diagnostics,
                sources: self.sources,
                watched: self.watched,
            }),
            _ => Err(self.report()),
        }
    }

    fn report(self) -> Report {
        Report {
            diagnostics: self.diagnostics,
            sources: self.sources,
            watched: self.watched,
            usage: self.usage,
        }
    }

    fn variables(&mut self, raw: &Raw) {
        let names = raw.clients.iter().filter_map(|client| client.value.name.as_ref());
        let clients: Vec<String> = names.map(|name| client::variable(&name.value)).collect();
        for (name, help) in self.environment.strangers(&clients) {
            let message = format!("the variable {name} means nothing");
            self.diagnostics.warning("unknown-variable", None, message, help);
        }
    }
}

/// A text file, if it is no longer than `limit` bytes.
fn read_up_to(path: &Path, limit: usize) -> Result<Zeroizing<String>, String> {
    utf8(bytes_up_to(path, limit)?)
}

/// A file, if it is no longer than `limit` bytes.
fn bytes_up_to(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    // To open a pipe is to wait for whoever writes into it.
    let kind = std::fs::metadata(path).map_err(|error| plain(&error))?.file_type();
    if !(kind.is_file() || kind.is_dir()) {
        return Err("it is no file".to_owned());
    }
    let file = std::fs::File::open(path).map_err(|error| plain(&error))?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| plain(&error))?;
    if bytes.len() > limit {
        return Err(match limit {
            MIB.. => format!("it is larger than {} MiB", limit / MIB),
            _ => format!("it is larger than {} KiB", limit / 1024),
        });
    }
    Ok(bytes)
}

fn utf8(bytes: Vec<u8>) -> Result<Zeroizing<String>, String> {
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })
}

/// Whether a text has entries of signature files: a configuration never does.
fn holds_signatures(text: &str) -> bool {
    let headers = ["[[signature]]", "[[except]]", "[[reweigh]]", "[[disable]]"];
    text.lines().any(|line| headers.contains(&line.trim()))
}

const MIB: usize = 1024 * 1024;
/// Bytes of a configuration.
const LARGEST: usize = 64 * MIB;

/// The system's reason in lower case, without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(chars)
        .collect()
}
