//! Values as people write them into files: networks, durations, patterns.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets};
use regex::{Regex, RegexBuilder};

use super::read::At;
use super::{Diagnostics, Span, units};

/// Networks; a single address is one too.
pub(crate) fn networks(list: &[At<String>], diagnostics: &mut Diagnostics) -> Vec<IpNet> {
    list.iter().filter_map(|at| network(at, diagnostics)).collect()
}

/// A network; a single address is one too.
pub(crate) fn network(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<IpNet> {
    let text = at.value.as_str();
    let parsed = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let Ok(network) = parsed else {
        diagnostics.error(
            "network-invalid",
            at.span,
            format!("`{text}` is no network"),
            network_help(text),
        );
        return None;
    };
    if let Some(mapped) = as_ipv4(network) {
        diagnostics.error(
            "network-mapped",
            at.span,
            format!("`{text}` is an IPv4 network in IPv6 dress"),
            format!("write it as it is compared: \"{}\"", mapped.trunc()),
        );
        return None;
    }
    if network.trunc() != network {
        diagnostics.error(
            "network-host-bits",
            at.span,
            format!("`{text}` names an address inside its network"),
            format!(
                "write \"{}\" for the network, or \"{}\" for the one address",
                network.trunc(),
                network.addr()
            ),
        );
        return None;
    }
    Some(network)
}

/// The other ways in which people write networks.
fn network_help(text: &str) -> String {
    let meant = text
        .split_once('/')
        .and_then(|(address, mask)| IpNet::with_netmask(address.trim().parse().ok()?, mask.trim().parse().ok()?).ok())
        .map(|network| format!("\"{}\"", network.trunc()))
        .or_else(|| range(text));
    match meant {
        Some(meant) => format!("write {meant}"),
        None => "write an address or a network: \"192.0.2.7\", \"10.0.0.0/8\", \"2001:db8::/32\"".to_owned(),
    }
}

/// The networks of a range such as `192.0.2.0-192.0.2.255`.
fn range(text: &str) -> Option<String> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let networks: Vec<_> = Ipv4Subnets::new(first, last, 0).take(9).collect();
    let quoted: Vec<_> = networks.iter().map(|network| format!("\"{network}\"")).collect();
    (1..9).contains(&quoted.len()).then(|| quoted.join(", "))
}

fn as_ipv4(network: IpNet) -> Option<Ipv4Net> {
    let IpNet::V6(network) = network else { return None };
    Ipv4Net::new(network.addr().to_ipv4_mapped()?, network.prefix_len().checked_sub(96)?).ok()
}

/// A duration between a millisecond and a day.
pub(crate) fn duration(key: &str, at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Duration> {
    duration_of_days(key, at, 1, diagnostics)
}

/// A duration between a millisecond and so many days.
pub(crate) fn duration_of_days(
    key: &str,
    at: &At<String>,
    days: u32,
    diagnostics: &mut Diagnostics,
) -> Option<Duration> {
    match units::duration(&at.value) {
        Some(duration) if !duration.is_zero() && duration <= DAY * days => Some(duration),
        Some(_) => {
            let message = format!("`{key}` is out of range");
            let help = format!("it may be from 1ms to {days}d");
            diagnostics.error("out-of-range", at.span, message, help);
            None
        }
        None => {
            let message = format!("`{}` is no duration", at.value);
            diagnostics.error("duration-invalid", at.span, message, units::DURATION_HELP);
            None
        }
    }
}

/// A pattern of a whole text.
pub(crate) fn whole_pattern(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Regex> {
    pattern(at, diagnostics)?;
    let anchored = At::new(format!(r"\A(?:{})\z", at.value), at.span);
    pattern(&anchored, diagnostics)
}

/// A pattern that may match anywhere.
pub(crate) fn pattern(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Regex> {
    let regex = RegexBuilder::new(&at.value).size_limit(PATTERN_LIMIT).build();
    checked_pattern(regex, at.span, diagnostics)
}

/// A pattern as it was compiled, or what is wrong with it.
pub(crate) fn checked_pattern<T>(
    compiled: Result<T, regex::Error>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match compiled {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            let help = "use smaller repetitions, or ASCII classes such as [0-9] in place of \\d";
            diagnostics.error("regex-too-large", span, "the pattern is too large", help);
            None
        }
        Err(error) => {
            let text = error.to_string();
            let reason = text
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned();
            let help = "patterns are those of https://docs.rs/regex; 'single quotes' keep backslashes as they are";
            diagnostics.error(
                "regex-invalid",
                span,
                format!("the pattern is not understood: {reason}"),
                help,
            );
            None
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Bytes of a compiled pattern.
const PATTERN_LIMIT: usize = 1024 * 1024;
