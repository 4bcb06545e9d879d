//! Whole clouds, taken for certain: people work on virtual desktops there, and behind its gateways.

use ipnet::IpNet;

use super::alone;
use crate::diag::{Diagnostics, Span};
use crate::signatures::raw::RawSignature;
use crate::signatures::{Action, Signature};

/// Says where a signature that decides by itself asks for no more than a cloud.
pub(super) fn look(signature: &Signature, raw: &RawSignature, diagnostics: &mut Diagnostics) {
    let decides = signature.weight >= CERTAIN || signature.action != Action::Weigh;
    if signature.weight < 0 || !decides {
        return;
    }
    let Some((what, span)) = alone::enough(&raw.condition).into_iter().find_map(widest) else {
        return;
    };
    let (message, help) = match signature.action {
        Action::Weigh => (
            format!("`{}` takes {what} for certain", signature.id),
            "people are there too: write confidence = \"hint\", or add another condition",
        ),
        Action::Refuse => (
            format!("`{}` refuses {what}", signature.id),
            "people are there too: add another condition, or weigh it as a hint",
        ),
        Action::Allow => (
            format!("`{}` lets {what} pass without a press", signature.id),
            "anybody can rent an address there: name your own addresses",
        ),
    };
    diagnostics.warning("whole-cloud", span, message, help);
}

fn widest(raw: &crate::signatures::raw::RawCondition) -> Option<(String, Span)> {
    let wide = raw.network.iter().find(|at| at.value.parse().is_ok_and(is_wide));
    let listed = raw.network_file.iter().find_map(|list| {
        let format = list.value.format.as_ref()?;
        let (_, cloud) = LISTS.iter().find(|(name, _)| *name == format.value)?;
        Some((format!("all of {cloud}"), list.span))
    });
    let system = raw.asn.iter().find_map(|at| {
        let (_, cloud) = SYSTEMS.iter().find(|(number, _)| u64::from(*number) == at.value)?;
        Some((format!("all of {cloud}"), at.span))
    });
    wide.map(|at| (format!("the whole of {}", at.value), at.span))
        .or(listed)
        .or(system)
}

/// As wide as what registries give to a continent's providers, not to one company's mail filter.
const fn is_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() <= 8,
        IpNet::V6(network) => network.prefix_len() <= 20,
    }
}

const CERTAIN: i32 = 100;
/// Published lists of whole clouds, by their form.
const LISTS: [(&str, &str); 3] = [
    ("azure-service-tags", "Azure"),
    ("aws", "Amazon's cloud"),
    ("google", "Google's networks"),
];
/// Autonomous systems of clouds where everybody can rent a machine, by their names in the registries (ARIN, RIPE) in 2026.
const SYSTEMS: [(u32, &str); 9] = [
    (8075, "Microsoft (MICROSOFT-CORP-MSN-AS-BLOCK)"),
    (16509, "Amazon (AMAZON-02)"),
    (14618, "Amazon (AMAZON-AES)"),
    (15169, "Google (GOOGLE)"),
    (396_982, "Google Cloud (GOOGLE-CLOUD-PLATFORM)"),
    (31898, "Oracle Cloud (ORACLE-BMC-31898)"),
    (14061, "DigitalOcean (DIGITALOCEAN-ASN)"),
    (16276, "OVH (OVH)"),
    (24940, "Hetzner (HETZNER-AS)"),
];
