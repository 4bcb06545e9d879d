//! Sealing keys and clients' secrets, from the environment or their files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::environment::KEY;
use super::{Aim, MIB, Work};
use crate::config::keys;
use crate::config::raw::Raw;
use crate::config::validate::{Secrets, client, net};
use crate::diag::Span;
use crate::diag::read::At;
use crate::secret::SecretKey;

impl Work<'_> {
    pub(super) fn secrets(&mut self, raw: &Raw) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(text) = self.environment.get(KEY) {
            secrets.keys = self.keys(KEY, text);
        } else if let Some(at) = &raw.keys.file {
            secrets.keys = self.key_file(at);
        }
        for (index, client) in raw.clients.iter().enumerate() {
            let Some(name) = &client.value.name else { continue };
            let variable = client::variable(&name.value);
            let (found, span) = match (self.environment.get(&variable), &client.value.secret_file) {
                (Some(text), _) => (self.keys(&variable, text), name.span),
                (None, Some(at)) => (self.key_file(at), at.span),
                (None, None) => continue,
            };
            if found.len() > 1 {
                let message = format!("`{}` has {} secrets", name.value, found.len());
                self.diagnostics
                    .error("key-count", span, message, "a client has one secret; keep one line");
            }
            secrets.clients.extend(found.into_iter().next().map(|key| (index, key)));
        }
        secrets
    }

    /// Where sealing keys come from; the environment wins.
    pub(super) fn keys_from(&self, raw: &Raw) -> Option<String> {
        let file = raw.keys.file.as_ref();
        let variable = self.environment.get(KEY).map(|_| KEY.to_owned());
        variable.or_else(|| file.map(|at| net::path(at, self.base).display().to_string()))
    }

    fn key_file(&mut self, at: &At<String>) -> Vec<SecretKey> {
        if self.aim != Aim::Serve {
            return Vec::new();
        }
        let path = net::path(at, self.base);
        let name = path.display().to_string();
        match self.watched.text(&path, MIB) {
            Ok(text) => {
                self.private(at, &path);
                self.keys(&name, &text)
            }
            Err(reason) => {
                let message = format!("can't read `{}`: {reason}", at.value);
                let help = format!("check the path and its rights, or make one: linklatch keygen > {name}");
                self.diagnostics.error("file-unreadable", at.span, message, help);
                Vec::new()
            }
        }
    }

    /// Warns of a file of secrets that every user of this machine can read.
    pub(super) fn private(&mut self, at: &At<String>, path: &Path) {
        let mode = std::fs::metadata(path).map_or(0, |found| found.permissions().mode());
        if mode & OTHERS_READ != 0 {
            let message = format!("every user of this machine can read `{}`", at.value);
            let help = format!("keep it to yourself: chmod o= {}", path.display());
            self.diagnostics.warning("file-too-open", at.span, message, help);
        }
    }

    fn keys(&mut self, name: &str, text: &str) -> Vec<SecretKey> {
        let hint = "`linklatch keygen` prints one";
        let found = keys::parse(text);
        if matches!(&found, Ok(keys) if !keys.is_empty()) {
            return found.unwrap_or_default();
        }
        let file = self.sources.add_secret(name, text);
        match found {
            Ok(_) => self
                .diagnostics
                .error("key-count", Span::new(file, 0..0), "no key stands here", hint),
            Err(ranges) => {
                for range in ranges {
                    let help = format!("a key is one line of 43 characters; {hint}");
                    self.diagnostics
                        .error("key-invalid", Span::new(file, range), "this is no key", help);
                }
            }
        }
        Vec::new()
    }
}

/// The permission bit by which all users may read a file.
const OTHERS_READ: u32 = 0o004;
