//! The process's variables of our own, `LINKLATCH_*`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;

use zeroize::Zeroizing;

use crate::diag::suggest::nearest;

pub(super) const LISTEN: &str = "LINKLATCH_LISTEN";
pub(super) const UPSTREAM: &str = "LINKLATCH_UPSTREAM";
pub(super) const PUBLIC_URL: &str = "LINKLATCH_PUBLIC_URL";
pub(super) const KEY: &str = "LINKLATCH_KEY";
const LOG: &str = "LINKLATCH_LOG";
const PREFIX: &str = "LINKLATCH_";
const CLIENT: &str = "LINKLATCH_CLIENT_";

/// Our variables; they win over the file, and flags over them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, Zeroizing<String>>);

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn from_process() -> Self {
        let lossy = |text: &OsStr| text.to_string_lossy().into_owned();
        std::env::vars_os()
            .map(|(name, value)| (lossy(&name), lossy(&value)))
            .collect()
    }

    /// A variable that is set and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// What is told beside requests.
    #[must_use]
    pub fn log_filter(&self) -> &str {
        self.get(LOG).unwrap_or("info")
    }

    /// Variables that look like ours and mean nothing, with the remedy. Others may share the prefix: container
    /// runtimes set such where a service has our name.
    pub(super) fn strangers(&self, clients: &[String]) -> Vec<(&str, String)> {
        let clients = clients.iter().map(String::as_str);
        let known: Vec<&str> = [LISTEN, UPSTREAM, PUBLIC_URL, KEY, LOG]
            .into_iter()
            .chain(clients)
            .collect();
        let tail = |name: &'_ str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let tails: Vec<String> = known.iter().map(|name| tail(name)).collect();
        let mut strangers = Vec::new();
        for name in self.0.keys().map(String::as_str).filter(|name| !known.contains(name)) {
            match nearest(&tail(name), tails.iter().map(String::as_str)) {
                Some(meant) => strangers.push((name, format!("did you mean {PREFIX}{meant}?"))),
                None if name.starts_with(CLIENT) => {
                    strangers.push((name, "name the client in the file: [[client]] name = \"…\"".to_owned()));
                }
                None => {}
            }
        }
        strangers
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        let ours = variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
        Self(ours.map(|(name, value)| (name, Zeroizing::new(value))).collect())
    }
}

/// Names alone: some values are secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(names: &[&str]) -> Environment {
        names
            .iter()
            .map(|name| ((*name).to_owned(), "secret-value".to_owned()))
            .collect()
    }

    #[test]
    fn strangers_are_told_apart() {
        let variables = environment(&[
            "LINKLATCH_KEY",
            "LINKLATCH_LISTN",
            "LINKLATCH_CLIENT_BACKEND",
            "LINKLATCH_CLIENT_CRM",
            "LINKLATCH_SERVICE_HOST",
            "PATH",
        ]);
        let strangers = variables.strangers(&["LINKLATCH_CLIENT_BACKEND".to_owned()]);
        let names: Vec<&str> = strangers.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["LINKLATCH_CLIENT_CRM", "LINKLATCH_LISTN"]);
        assert_eq!(strangers[1].1, "did you mean LINKLATCH_LISTEN?");
    }

    #[test]
    fn debug_shows_names_alone() {
        assert_eq!(format!("{:?}", environment(&["LINKLATCH_KEY"])), "{\"LINKLATCH_KEY\"}");
    }
}
