//! Hosts, networks, durations, sizes and patterns: the values that many tables have.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use http::HeaderName;

use crate::config::origin::{self, Origin};
use crate::config::raw::Raw;
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::diag::units;
use crate::gate::header_rules::{HeaderRules, NamePattern};

/// A canonical host.
pub(super) fn host(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    origin::host(&at.value)
        .map_err(|help| diagnostics.error("host-invalid", at.span, format!("`{}` is no host", at.value), help))
        .ok()
}

/// Canonical hosts.
pub(super) fn hosts(list: &[At<String>], diagnostics: &mut Diagnostics) -> Vec<String> {
    list.iter().filter_map(|at| host(at, diagnostics)).collect()
}

/// Nameservers; on port 53 where no other is named.
pub(crate) fn nameservers(list: &[At<String>], diagnostics: &mut Diagnostics) -> Vec<SocketAddr> {
    let parsed = list.iter().filter_map(|at| {
        let address = at.value.parse::<SocketAddr>().ok();
        let address = address.or_else(|| Some(nameserver(at.value.parse().ok()?)));
        if address.is_none() {
            let message = format!("`{}` is no address of a nameserver", at.value);
            let help = "write its address: \"192.0.2.53\", or with a port: \"127.0.0.1:5353\", \"[::1]:5353\"";
            diagnostics.error("nameserver-invalid", at.span, message, help);
        }
        address
    });
    parsed.collect()
}

/// A nameserver on its usual port.
pub(crate) fn nameserver(address: IpAddr) -> SocketAddr {
    SocketAddr::new(address, 53)
}

/// An origin.
pub(super) fn origin(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Origin> {
    Origin::parse(&at.value)
        .map_err(|help| {
            let message = format!("`{}` is not scheme, host and port", shown_url(&at.value));
            diagnostics.error("url-invalid", at.span, message, help);
        })
        .ok()
}

/// A URL without what may be secret in it.
fn shown_url(url: &str) -> &str {
    if url.contains('@') { "…" } else { url }
}

/// A size within `range`, in bytes.
pub(super) fn size(
    key: &str,
    at: &At<String>,
    range: &RangeInclusive<usize>,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    match units::size(&at.value) {
        Some(size) if range.contains(&size) => Some(size),
        Some(_) => {
            let (least, most) = (units::show_size(*range.start()), units::show_size(*range.end()));
            let message = format!("`{key}` is out of range");
            diagnostics.error(
                "out-of-range",
                at.span,
                message,
                format!("it may be from {least} to {most}"),
            );
            None
        }
        None => {
            let message = format!("`{}` is no size", at.value);
            diagnostics.error("size-invalid", at.span, message, units::SIZE_HELP);
            None
        }
    }
}

/// A count within `range`.
pub(super) fn count(
    key: &str,
    at: &At<u64>,
    range: &RangeInclusive<u64>,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let inside = Some(at.value)
        .filter(|value| range.contains(value))
        .and_then(|value| usize::try_from(value).ok());
    if inside.is_none() {
        let help = format!("it may be from {} to {}", range.start(), range.end());
        diagnostics.error("out-of-range", at.span, format!("`{key}` is out of range"), help);
    }
    inside
}

/// The field in which trusted proxies tell a client's JA4.
pub(super) fn fingerprint_header(raw: &Raw, diagnostics: &mut Diagnostics) -> Option<HeaderName> {
    let at = raw.tls_fingerprint_header.as_ref()?;
    if raw.trusted_proxies.is_empty() {
        let help = "name the proxy's addresses: trusted-proxies = [\"10.0.0.0/8\"]";
        diagnostics.warning(
            "fingerprint-header-untrusted",
            at.span,
            "nobody is trusted to tell a client's TLS fingerprint",
            help,
        );
    }
    let name = HeaderName::from_bytes(at.value.as_bytes()).ok();
    if name.is_none() {
        let help = "write the field's name, such as \"x-ja4\"";
        let message = format!("`{}` is no header field", at.value);
        diagnostics.error("header-invalid", at.span, message, help);
    }
    name
}

/// What the operator says of header fields. The one that tells a client's JA4 is a trusted proxy's.
pub(super) fn header_rules(
    raw: &Raw,
    fingerprint_header: Option<&HeaderName>,
    diagnostics: &mut Diagnostics,
) -> HeaderRules {
    let pass = patterns(&raw.headers.pass, diagnostics);
    for at in &raw.headers.pass {
        if NamePattern::new(&at.value).is_some_and(|pattern| pattern.is_never()) {
            diagnostics.error(
                "header-never-passes",
                at.span,
                format!("`{}` never goes upstream", at.value),
                "have the application send the path and method that it means; names may have letters, digits and hyphens",
            );
        }
    }
    let mut drop = patterns(&raw.headers.drop, diagnostics);
    drop.extend(fingerprint_header.and_then(|name| NamePattern::new(name.as_str())));
    HeaderRules { pass, drop }
}

fn patterns(list: &[At<String>], diagnostics: &mut Diagnostics) -> Vec<NamePattern> {
    let pattern = |at: &At<String>| {
        let pattern = NamePattern::new(&at.value);
        if pattern.is_none() {
            let help =
                "write a field's name, such as \"x-user\", or the beginning of names and a star, such as \"x-user-*\"";
            let message = format!("`{}` is no header field", at.value);
            diagnostics.error("header-invalid", at.span, message, help);
        }
        pattern
    };
    list.iter().filter_map(pattern).collect()
}

/// A path in the file, seen from the file's own folder.
pub(crate) fn path(at: &At<String>, base: &Path) -> PathBuf {
    base.join(&at.value)
}

/// A path on this site, or an http(s) URL: where a person may be sent.
pub(super) fn destination(key: &str, at: &At<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = at.value.as_str();
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '\\');
    let local = text.starts_with('/') && !text.starts_with("//");
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let remote = rest.is_some_and(|rest| {
        let authority_len = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Origin::parse(&text[..text.len() - rest.len() + authority_len]).is_ok()
    });
    if plain && (local || remote) {
        return Some(text.to_owned());
    }
    diagnostics.error(
        "destination-invalid",
        at.span,
        format!("`{key}` leads nowhere"),
        "write a path on this site, \"/sign-in\", or a whole URL, \"https://app.example.com/sign-in\"",
    );
    None
}
