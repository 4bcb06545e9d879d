//! Networks that two signatures name: a visit from there gets the weight of both.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::same::{Told, ordered};
use super::{Lint, act_alike, alone};
use crate::diag::{Diagnostics, Span};

/// A network, the place of its signature, and where it is written.
struct Written {
    network: IpNet,
    entry: usize,
    span: Span,
}

/// What two signatures share: the first such pair of networks, and how many there are.
struct Shared<'w> {
    inner: &'w Written,
    outer: &'w Written,
    count: usize,
}

impl Lint<'_> {
    /// Says which pairs overlap, in one line each.
    pub(super) fn overlaps(&self, told: &Told, diagnostics: &mut Diagnostics) {
        let written = self.networks();
        let mut shared: BTreeMap<(usize, usize), Shared<'_>> = BTreeMap::new();
        // Networks are nested or apart: those that hold the present one lie on a stack.
        let mut holding: Vec<&Written> = Vec::new();
        for inner in &written {
            while holding
                .last()
                .is_some_and(|outer| !outer.network.contains(&inner.network))
            {
                holding.pop();
            }
            for outer in holding
                .iter()
                .rev()
                .take(DEPTH)
                .filter(|outer| outer.entry != inner.entry)
            {
                let pair = ordered(inner.entry, outer.entry);
                let new = Shared { inner, outer, count: 0 };
                shared.entry(pair).or_insert(new).count += 1;
            }
            holding.push(inner);
        }
        for (pair, shared) in shared.into_iter().filter(|(pair, _)| !told.contains(pair)) {
            self.overlap(pair, &shared, diagnostics);
        }
    }

    fn overlap(&self, (one, other): (usize, usize), shared: &Shared<'_>, diagnostics: &mut Diagnostics) {
        let (one, other) = (&self.entries[one].1, &self.entries[other].1);
        if !act_alike(one, other) || !(self.is_own(one) || self.is_own(other)) {
            return;
        }
        let Shared { inner, outer, count } = shared;
        // The operator's place is shown, and the other one named.
        let (shown, named) = if self.own.contains(&inner.span.file) {
            (inner, outer)
        } else {
            (outer, inner)
        };
        let more = if *count > 1 {
            format!(", and {} more", count - 1)
        } else {
            String::new()
        };
        let relation = if inner.network == outer.network {
            format!("both name {}", inner.network)
        } else {
            format!("{} lies in {}", inner.network, outer.network)
        };
        let (line, _) = self.sources.position(named.span);
        let message = format!("`{}` and `{}` overlap: {relation}{more}", one.id, other.id);
        let help = format!(
            "a visit from there gets the weight of both; keep it in one of them; the other stands in {}:{line}",
            self.sources.name(named.span.file)
        );
        diagnostics.warning("network-overlap", shown.span, message, help);
    }

    /// All networks that are enough by themselves, wider ones before those within.
    fn networks(&self) -> Vec<Written> {
        let mut written = Vec::new();
        for (entry, (_, _, raw)) in self.entries.iter().enumerate() {
            for at in alone::enough(&raw.value.condition)
                .into_iter()
                .flat_map(|raw| &raw.network)
            {
                let address = || at.value.parse::<IpAddr>().map(IpNet::from);
                let network = at.value.parse::<IpNet>().or_else(|_| address());
                written.extend(network.ok().map(|network| Written {
                    network,
                    entry,
                    span: at.span,
                }));
            }
        }
        written.sort_by_key(|written| (written.network.network(), written.network.prefix_len(), written.entry));
        written
    }
}

/// Networks around another that are looked at.
const DEPTH: usize = 16;
