//! Listeners and upstreams.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::names::{missing, unique_names};
use super::net;
use crate::config::origin::Origin;
use crate::config::raw::{Raw, RawCertificate, RawListener, RawUpstream};
use crate::config::{CertificateFiles, Listener, Upstream};
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::diag::values;

/// Where to listen when nothing is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// The name of the upstream that has none.
pub(super) const DEFAULT_UPSTREAM: &str = "default";
/// HTTP/2 connections to an upstream: with 32 requests each they take the default of `in-flight`.
const MAX_H2_CONNECTIONS: usize = 128;

/// All listeners; the default one where none is named.
pub(super) fn listeners(raw: &Raw, base: &Path, diagnostics: &mut Diagnostics) -> Vec<Listener> {
    let mut taken: Vec<SocketAddr> = Vec::new();
    let mut all = Vec::new();
    if let Some(at) = &raw.listen
        && let Some(address) = address(at, &mut taken, diagnostics)
    {
        all.push(plain_listener(address));
    }
    for at in &raw.listeners {
        all.extend(listener(
            at,
            base,
            &mut taken,
            raw.trusted_proxies.is_empty(),
            diagnostics,
        ));
    }
    if raw.listen.is_none() && raw.listeners.is_empty() {
        all.push(plain_listener(DEFAULT_LISTEN));
    }
    redirects_lead_somewhere(raw, diagnostics);
    all
}

const fn plain_listener(address: SocketAddr) -> Listener {
    Listener {
        address,
        certificates: Vec::new(),
        proxy_protocol: false,
        redirect_to_https: false,
        h2c: false,
    }
}

fn listener(
    at: &At<RawListener>,
    base: &Path,
    taken: &mut Vec<SocketAddr>,
    nobody_trusted: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Listener> {
    let raw = &at.value;
    let on = |flag: &Option<At<bool>>| flag.as_ref().filter(|flag| flag.value).map(|flag| flag.span);
    let certificates: Vec<CertificateFiles> = raw
        .certificates
        .iter()
        .filter_map(|pair| certificate(pair, base, diagnostics))
        .collect();
    if let Some(span) = on(&raw.proxy_protocol)
        && nobody_trusted
    {
        let help = "name the balancer's addresses: trusted-proxies = [\"10.0.0.0/8\"]";
        diagnostics.error(
            "proxy-protocol-untrusted",
            span,
            "nobody is trusted to send the PROXY header",
            help,
        );
    }
    for (flag, name) in [(&raw.redirect_to_https, "redirect-to-https"), (&raw.h2c, "h2c")] {
        if let Some(span) = on(flag)
            && !raw.certificates.is_empty()
        {
            let message = format!("`{name}` is for cleartext, and this listener has certificates");
            diagnostics.error(
                "listener-conflict",
                span,
                message,
                "remove one of the two, or make two listeners",
            );
        }
    }
    let Some(address_at) = &raw.address else {
        missing(at.span, "address", "address = \"0.0.0.0:443\"", diagnostics);
        return None;
    };
    Some(Listener {
        address: address(address_at, taken, diagnostics)?,
        certificates,
        proxy_protocol: on(&raw.proxy_protocol).is_some(),
        redirect_to_https: on(&raw.redirect_to_https).is_some(),
        h2c: on(&raw.h2c).is_some(),
    })
}

fn certificate(at: &At<RawCertificate>, base: &Path, diagnostics: &mut Diagnostics) -> Option<CertificateFiles> {
    for (value, key) in [(&at.value.certificate, "certificate"), (&at.value.key, "key")] {
        if value.is_none() {
            missing(
                at.span,
                key,
                "{ certificate = \"auth.pem\", key = \"auth.key\" }",
                diagnostics,
            );
        }
    }
    Some(CertificateFiles {
        certificate: net::path(at.value.certificate.as_ref()?, base),
        key: net::path(at.value.key.as_ref()?, base),
    })
}

fn address(at: &At<String>, taken: &mut Vec<SocketAddr>, diagnostics: &mut Diagnostics) -> Option<SocketAddr> {
    let text = at.value.as_str();
    let Ok(address) = text.parse::<SocketAddr>() else {
        let help = match text.split_once(':') {
            Some(("", port)) => {
                format!("write \"0.0.0.0:{port}\" for all addresses, \"127.0.0.1:{port}\" for this machine")
            }
            Some(("localhost", port)) => format!("write \"127.0.0.1:{port}\""),
            _ if text.parse::<u16>().is_ok() => format!("write \"0.0.0.0:{text}\" or \"127.0.0.1:{text}\""),
            _ => "write an address and a port: \"127.0.0.1:8080\", \"[::]:443\"".to_owned(),
        };
        diagnostics.error(
            "address-invalid",
            at.span,
            format!("`{text}` is no address to listen on"),
            help,
        );
        return None;
    };
    let same_family = |other: &&SocketAddr| other.is_ipv4() == address.is_ipv4();
    let overlaps = |other: &SocketAddr| {
        other.port() == address.port()
            && (other.ip() == address.ip() || other.ip().is_unspecified() || address.ip().is_unspecified())
    };
    if address.port() != 0
        && let Some(other) = taken.iter().filter(same_family).find(|other| overlaps(other))
    {
        let message = format!("`{address}` and `{other}` can't both be listened on");
        diagnostics.error(
            "address-taken",
            at.span,
            message,
            "give each listener an address or port of its own",
        );
        return None;
    }
    taken.push(address);
    Some(address)
}

fn redirects_lead_somewhere(raw: &Raw, diagnostics: &mut Diagnostics) {
    let tls = raw.listeners.iter().any(|at| !at.value.certificates.is_empty());
    let public = raw
        .public_url
        .as_ref()
        .is_some_and(|at| at.value.starts_with("https://"));
    for at in &raw.listeners {
        if let Some(flag) = at
            .value
            .redirect_to_https
            .as_ref()
            .filter(|flag| flag.value && !tls && !public)
        {
            diagnostics.error(
                "redirect-without-https",
                flag.span,
                "redirects to https, but no listener has a certificate",
                "give another listener certificates, or name the https origin: public-url = \"https://…\"",
            );
        }
    }
}

/// An upstream that is one of the gate's own listeners would call the gate again and again.
pub(super) fn upstreams_are_others(raw: &Raw, listeners: &[Listener], diagnostics: &mut Diagnostics) {
    let urls = raw.upstreams.iter().filter_map(|at| at.value.url.as_ref());
    for at in raw.upstream.iter().chain(urls) {
        // What is wrong with the url itself is said elsewhere.
        let Ok(origin) = Origin::parse(&at.value) else { continue };
        let host = origin.host.trim_matches(['[', ']']);
        let address = host.parse::<IpAddr>().ok();
        let is_same = |listener: &&Listener| {
            let (own, port) = (listener.address.ip(), listener.address.port());
            port == origin.effective_port()
                && (address == Some(own) || (origin.is_local() && (own.is_unspecified() || own.is_loopback())))
        };
        if let Some(listener) = listeners.iter().find(is_same) {
            let message = format!(
                "`{}` is this gate itself, which listens on {}",
                at.value, listener.address
            );
            let help = "write the address of your auth API";
            diagnostics.error("upstream-is-gate", at.span, message, help);
        }
    }
}

/// The upstreams' names in their order, also of those with other problems.
pub(super) fn upstream_names(raw: &Raw) -> Vec<&str> {
    if raw.upstream.is_some() {
        return vec![DEFAULT_UPSTREAM];
    }
    raw.upstreams
        .iter()
        .map(|at| at.value.name.as_ref().map_or("", |name| name.value.as_str()))
        .collect()
}

/// All upstreams; the short form is one without limits.
pub(super) fn upstreams(raw: &Raw, base: &Path, diagnostics: &mut Diagnostics) -> Vec<Upstream> {
    if let Some(url) = &raw.upstream {
        let name = At::new(DEFAULT_UPSTREAM.to_owned(), url.span);
        let short = RawUpstream {
            name: Some(name),
            url: Some(url.clone()),
            ..RawUpstream::default()
        };
        return upstream(&At::new(short, url.span), base, diagnostics)
            .into_iter()
            .collect();
    }
    unique_names(
        raw.upstreams.iter().filter_map(|at| at.value.name.as_ref()),
        "upstream",
        diagnostics,
    );
    let all: Vec<Upstream> = raw
        .upstreams
        .iter()
        .filter_map(|at| upstream(at, base, diagnostics))
        .collect();
    for (index, at) in raw.upstreams.iter().enumerate().skip(1) {
        let RawUpstream {
            name: Some(name),
            hosts,
            paths,
            ..
        } = &at.value
        else {
            continue;
        };
        let named = raw
            .links
            .iter()
            .any(|link| link.value.upstream.as_ref().is_some_and(|u| u.value == name.value));
        let texts = |list: &[At<String>]| list.iter().map(|at| at.value.clone()).collect::<Vec<_>>();
        let shadowed = raw.upstreams[..index]
            .iter()
            .any(|earlier| texts(&earlier.value.hosts) == texts(hosts) && texts(&earlier.value.paths) == texts(paths));
        if shadowed && !named {
            diagnostics.warning(
                "upstream-unused",
                at.span,
                format!("no request goes to `{}`", name.value),
                "name the `hosts` or `paths` that it serves, different from the others'",
            );
        }
    }
    all
}

fn upstream(at: &At<RawUpstream>, base: &Path, diagnostics: &mut Diagnostics) -> Option<Upstream> {
    let raw = &at.value;
    let hosts = net::hosts(&raw.hosts, diagnostics);
    for path in raw.paths.iter().filter(|path| !path.value.starts_with('/')) {
        let help = format!("write \"/{}\"", path.value);
        diagnostics.error("path-invalid", path.span, format!("`{}` is no path", path.value), help);
    }
    let mut timeout = |key, value: &Option<At<String>>, default| match value {
        Some(at) => values::duration(key, at, diagnostics),
        None => Some(Duration::from_secs(default)),
    };
    let connect_timeout = timeout("connect-timeout", &raw.connect_timeout, 5);
    let response_timeout = timeout("response-timeout", &raw.response_timeout, 30);
    let connections = raw.connections.as_ref();
    let connections = connections.map_or(Some(MAX_H2_CONNECTIONS), |at| {
        net::count("connections", at, &(1..=100_000), diagnostics)
    });
    let origin = raw.url.as_ref().and_then(|url| net::origin(url, diagnostics));
    for (value, key, example) in [
        (&raw.name, "name", "name = \"auth\""),
        (&raw.url, "url", "url = \"http://127.0.0.1:3000\""),
    ] {
        if value.is_none() {
            missing(at.span, key, example, diagnostics);
        }
    }
    let origin = origin?;
    if let Some(flag) = raw.h2c.as_ref().filter(|flag| flag.value && origin.https) {
        let help = "write h2 = true in its place: it serves both";
        diagnostics.error(
            "upstream-conflict",
            flag.span,
            "`h2c` is for cleartext, and the url is https",
            help,
        );
    }
    if let Some(ca) = raw.ca_file.as_ref().filter(|_| !origin.https) {
        let help = "write the url with https://, or remove it";
        diagnostics.error(
            "upstream-conflict",
            ca.span,
            "`ca-file` is for TLS, and the url is http",
            help,
        );
    }
    Some(Upstream {
        name: raw.name.as_ref()?.value.clone(),
        tls: origin.https,
        host: origin.host.trim_matches(['[', ']']).to_owned(),
        port: origin.effective_port(),
        hosts,
        paths: raw.paths.iter().map(|path| path.value.clone()).collect(),
        // `h2c` is the older name, for cleartext alone.
        h2: [&raw.h2, &raw.h2c].into_iter().flatten().any(|flag| flag.value),
        connections: connections?,
        ca_file: raw.ca_file.as_ref().map(|ca| net::path(ca, base)),
        connect_timeout: connect_timeout?,
        response_timeout: response_timeout?,
    })
}
