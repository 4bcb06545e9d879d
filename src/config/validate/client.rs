//! Clients of the own house.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::names::{missing, unique_names};
use crate::config::NamedClient;
use crate::config::raw::{Raw, RawClient};
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::diag::values;
use crate::secret::SecretKey;

/// The variable that holds a client's secret.
#[must_use]
pub(crate) fn variable(name: &str) -> String {
    let upper = name.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    });
    format!("LINKLATCH_CLIENT_{}", upper.collect::<String>())
}

/// All named clients, with the secrets that were found for them by place.
pub(super) fn clients(
    raw: &Raw,
    secrets: &BTreeMap<usize, SecretKey>,
    trusted_proxies: &[IpNet],
    diagnostics: &mut Diagnostics,
) -> Vec<NamedClient> {
    let names = || raw.clients.iter().filter_map(|at| at.value.name.as_ref());
    unique_names(names(), "client", diagnostics);
    for at in raw.clients.iter().flat_map(|client| &client.value.networks) {
        let network = values::network(at, &mut Diagnostics::default());
        if network.is_some_and(|network| trusted_proxies.iter().any(|proxies| proxies.contains(&network))) {
            diagnostics.warning(
                "client-is-proxy",
                at.span,
                format!(
                    "`{}` is part of `trusted-proxies`, and a proxy's address identifies no client",
                    at.value
                ),
                "name only the proxies themselves in trusted-proxies, or give the client a secret instead of networks",
            );
        }
    }
    let all = raw.clients.iter().enumerate();
    all.filter_map(|(index, at)| client(at, secrets.get(&index).cloned(), diagnostics))
        .collect()
}

fn client(at: &At<RawClient>, secret: Option<SecretKey>, diagnostics: &mut Diagnostics) -> Option<NamedClient> {
    let networks = values::networks(&at.value.networks, diagnostics);
    let Some(name) = &at.value.name else {
        missing(at.span, "name", "name = \"backend\"", diagnostics);
        return None;
    };
    let has_secret = secret.is_some() || at.value.secret_file.is_some();
    if at.value.networks.is_empty() && !has_secret {
        diagnostics.error(
            "client-unproven",
            at.span,
            format!("anybody could be `{}`", name.value),
            format!(
                "say where it comes from, `networks = […]`, or give it a secret: secret-file or {}",
                variable(&name.value)
            ),
        );
    }
    if !has_secret {
        for at in at.value.networks.iter().filter(|network| network.value.ends_with("/0")) {
            let message = format!("`{}` is everybody, whose calls would all pass", at.value);
            diagnostics.error(
                "network-too-wide",
                at.span,
                message,
                "name the client's own networks, or give it a secret",
            );
        }
    }
    Some(NamedClient {
        name: name.value.clone(),
        networks,
        secret,
    })
}
