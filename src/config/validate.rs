//! Raw to ready: everything that can be known to be wrong is said here, all at once.

pub(crate) mod client;
mod confirm;
mod link;
mod names;
pub(crate) mod net;
mod page;
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::raw::Raw;
use super::{Config, Limits, Log, LogFormat, Lookups, PublicUrl, Times};
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::diag::values;
use crate::gate::checks::Checks;
use crate::gate::evidence::Doubts;
use crate::secret::SecretKey;
use crate::signatures::Signatures;

/// What was read from key files and the environment.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// Sealing keys, newest first.
    pub(crate) keys: Vec<SecretKey>,
    /// Secrets of clients, by the client's place in the file.
    pub(crate) clients: BTreeMap<usize, SecretKey>,
}

/// The configuration, unless anything is wrong with it. Paths are seen from `base`.
pub(crate) fn config(raw: &Raw, secrets: Secrets, base: &Path, diagnostics: &mut Diagnostics) -> Option<Config> {
    let hosts = net::hosts(&raw.hosts, diagnostics);
    let trusted_proxies = values::networks(&raw.trusted_proxies, diagnostics);
    for at in raw.trusted_proxies.iter().filter(|at| at.value.ends_with("/0")) {
        let help = "name the proxies' own networks: everybody can claim any address like this";
        diagnostics.warning(
            "network-too-wide",
            at.span,
            "everybody's forwarding headers are believed",
            help,
        );
    }
    let fingerprint_header = net::fingerprint_header(raw, diagnostics);
    let config = Config {
        signatures: Arc::new(Signatures::none()),
        lookups: Lookups::default(),
        checks: checks(raw, diagnostics),
        watch: raw.watch.as_ref().is_none_or(|at| at.value),
        listeners: server::listeners(raw, base, diagnostics),
        public_url: raw
            .public_url
            .as_ref()
            .and_then(|at| public_url(at, &hosts, diagnostics)),
        upstreams: server::upstreams(raw, base, diagnostics),
        links: link::links(raw, &hosts, diagnostics),
        hosts,
        header_rules: net::header_rules(raw, fingerprint_header.as_ref(), diagnostics),
        fingerprint_header,
        clients: client::clients(raw, &secrets.clients, &trusted_proxies, diagnostics),
        trusted_proxies,
        doubts: doubts(raw, diagnostics),
        page: page::page(&raw.page, diagnostics),
        keys: secrets.keys,
        times: times(raw, diagnostics),
        limits: limits(raw, diagnostics),
        log: log(raw, diagnostics),
    };
    server::upstreams_are_others(raw, &config.listeners, diagnostics);
    for at in &raw.upstreams {
        not_served(&at.value.hosts, &config.hosts, diagnostics);
    }
    if raw.upstream.is_none() && raw.upstreams.is_empty() {
        let help = "say where your auth API listens: upstream = \"http://127.0.0.1:3000\" in a file, or the flag \
                    --upstream http://127.0.0.1:3000";
        diagnostics.error("missing-upstream", None, "no `upstream` is named", help);
    }
    if raw.links.is_empty() {
        let help = "write the link as it stands in your mail: [[link]] url = \"/auth/verify?token={token}\" in a file, or \
                    the flag --link '/auth/verify?token={token}'";
        diagnostics.error(
            "missing-link",
            None,
            "no `link` is named, so nothing would be protected",
            help,
        );
    }
    (!diagnostics.has_errors()).then_some(config)
}

fn public_url(at: &At<String>, hosts: &[String], diagnostics: &mut Diagnostics) -> Option<PublicUrl> {
    let origin = net::origin(at, diagnostics)?;
    if !origin.https && !origin.is_local() {
        let help = format!("use https: \"https://{}\"", origin.host);
        diagnostics.warning(
            "public-url-cleartext",
            at.span,
            "tokens cross the network in cleartext",
            help,
        );
    }
    not_served(&[At::new(origin.host.clone(), at.span)], hosts, diagnostics);
    Some(PublicUrl {
        https: origin.https,
        authority: origin.authority(),
    })
}

/// Warns of hosts that the list of served hosts leaves out.
fn not_served(named: &[At<String>], hosts: &[String], diagnostics: &mut Diagnostics) {
    for at in named {
        let host = super::canonical_host(&at.value);
        if !hosts.is_empty() && !hosts.contains(&host) {
            let help = format!("add \"{host}\" to `hosts`");
            diagnostics.warning(
                "host-not-served",
                at.span,
                format!("`{host}` is not among `hosts`"),
                help,
            );
        }
    }
}

fn checks(raw: &Raw, diagnostics: &mut Diagnostics) -> Checks {
    let mut checks = Checks::default();
    for (check, at) in &raw.checks.weights {
        if let Some(weight) = weight(check.name(), at, diagnostics) {
            checks.reweigh(*check, weight);
        }
    }
    let early = raw.checks.early_within.as_ref();
    if let Some(early) = early.and_then(|at| values::duration("early-within", at, diagnostics)) {
        checks.early_within = early;
    }
    checks
}

fn doubts(raw: &Raw, diagnostics: &mut Diagnostics) -> Doubts {
    let mut doubts = Doubts::default();
    for (doubt, at) in &raw.evidence.0 {
        if let Some(weight) = weight(doubt.name(), at, diagnostics) {
            doubts.reweigh(*doubt, weight);
        }
    }
    doubts
}

fn weight(key: &str, at: &At<u64>, diagnostics: &mut Diagnostics) -> Option<i32> {
    let weight = net::count(key, at, &(0..=1000), diagnostics)?;
    i32::try_from(weight).ok()
}

fn times(raw: &Raw, diagnostics: &mut Diagnostics) -> Times {
    let mut times = Times::default();
    for (key, at) in &raw.times.0 {
        let Some(duration) = values::duration(key, at, diagnostics) else {
            continue;
        };
        match *key {
            "ticket" => times.ticket = duration,
            "answer" => times.answer = duration,
            "opening" => times.opening = duration,
            "handshake" => times.handshake = duration,
            "header" => times.header = duration,
            "body" => times.body = duration,
            "stall" => times.stall = duration,
            _ => times.shutdown = duration,
        }
    }
    times
}

fn limits(raw: &Raw, diagnostics: &mut Diagnostics) -> Limits {
    const KIB: usize = 1024;
    const MIB: usize = 1024 * 1024;
    let mut limits = Limits::default();
    for (key, at) in &raw.limits.counts {
        let Some(count) = net::count(key, at, &(1..=100_000_000), diagnostics) else {
            continue;
        };
        match *key {
            "connections" => limits.connections = count,
            "connections-per-address" => limits.connections_per_address = count,
            "in-flight" => limits.in_flight = count,
            "used-once" => limits.used_once = count,
            "in-flight-per-address" => limits.in_flight_per_address = count,
            _ => limits.remembered = at.value,
        }
    }
    for (key, at) in &raw.limits.sizes {
        let (slot, range) = match *key {
            "target" => (&mut limits.target, 256..=64 * KIB),
            // The HTTP/1 reader works with 8 KiB at least.
            "head" => (&mut limits.head, 8 * KIB..=MIB),
            "body" => (&mut limits.body, KIB..=16 * MIB),
            "answer" => (&mut limits.answer, KIB..=16 * MIB),
            "least-rate" => (&mut limits.least_rate, 0..=1024 * MIB),
            _ => (&mut limits.answers, MIB..=4096 * MIB),
        };
        if let Some(size) = net::size(key, at, &range, diagnostics) {
            *slot = size;
        }
    }
    if limits.target > limits.head {
        let named = raw
            .limits
            .sizes
            .iter()
            .find(|(key, _)| matches!(*key, "target" | "head"));
        let span = named.map(|(_, at)| at.span);
        diagnostics.error(
            "limits-conflict",
            span,
            "`target` is larger than `head`, which it is a part of",
            "make `head` the larger one",
        );
    }
    limits
}

fn log(raw: &Raw, diagnostics: &mut Diagnostics) -> Log {
    const FORMATS: [&str; 3] = ["auto", "json", "text"];
    let requests = raw.log.requests.as_ref().is_none_or(|at| at.value);
    let Some(at) = &raw.log.format else {
        return Log {
            requests,
            ..Log::default()
        };
    };
    let format = match at.value.as_str() {
        "auto" => LogFormat::Auto,
        "json" => LogFormat::Json,
        "text" => LogFormat::Text,
        other => {
            let help = names::none_of(other, &FORMATS);
            diagnostics.error("unknown-value", at.span, format!("`format` can't be `{other}`"), help);
            LogFormat::Auto
        }
    };
    Log { format, requests }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::config::raw;
    use crate::diag::{SourceMap, render};
    use crate::gate::link::{Confirm, FieldValue, UpstreamId};

    const WHOLE: &str = r#"
listen = "127.0.0.1:0"
public-url = "https://Auth.example.com:443/"
hosts = ["AUTH.example.com."]
trusted-proxies = ["10.0.0.0/24", "192.0.2.7"]
tls-fingerprint-header = "X-JA4"
times = { ticket = "1h30m", stall = "250ms" }
limits = { remembered = 1_000, answer = "1MiB" }

[[listener]]
address = "[::]:443"
certificates = [{ certificate = "auth.pem", key = "/keys/auth.key" }]
proxy-protocol = true

[[upstream]]
name = "auth"
url = "http://127.0.0.1:3000"

[[upstream]]
name = "mail"
url = "https://[2001:db8::1]"
paths = ["/unsubscribe"]

[[client]]
name = "backend"
networks = ["10.1.0.0/16"]

[[link]]
url = "/auth/{kind}/verify?token={token}&email={email}"
upstream = "mail"
token = 'a|b'
belongs = ["email"]
redirects-to = ["https://app.example.com:443"]
[link.confirm]
as = "json"
request = "PUT /v1/{kind}?t={token}"
fields = { z = "{email}", a = [1, { deep = true }], m = "plain" }
then = "/welcome"
[[link.call]]
request = "POST /v1/verify"
form = { token = "{token}" }
headers = { X-Email = "{email}" }
[link.success]
status = [302]
location = '^/app'

[[link]]
url = "/auth/verify/{token}"
[[link]]
url = "/auth/verify/again/{token}"
[[link]]
url = "/{token}""#;

    fn read(text: &str) -> (Option<Config>, Vec<String>) {
        let mut sources = SourceMap::default();
        let mut diagnostics = Diagnostics::default();
        let file = sources.add("gate.toml", text);
        let raw = raw::parse(file, &sources, &mut diagnostics);
        let config = config(&raw, Secrets::default(), Path::new("/etc/gate"), &mut diagnostics);
        (
            config,
            diagnostics
                .iter()
                .map(|diagnostic| render::line(diagnostic, &sources))
                .collect(),
        )
    }

    fn good(text: &str) -> Config {
        let (config, problems) = read(text);
        assert!(problems.is_empty(), "{problems:#?}");
        config.unwrap()
    }

    #[test]
    fn a_whole_file_comes_out_ready() {
        let config = good(WHOLE);
        assert_eq!(config.public_url.unwrap().authority, "auth.example.com");
        assert_eq!(config.hosts, ["auth.example.com"]);
        assert_eq!(config.trusted_proxies[1].to_string(), "192.0.2.7/32");
        assert_eq!(config.fingerprint_header.unwrap(), "x-ja4");
        assert_eq!(config.times.ticket.as_secs(), 5400);
        assert_eq!((config.limits.remembered, config.limits.answer), (1_000, 1024 * 1024));
        let pair = &config.listeners[1].certificates[0];
        assert_eq!(
            (&*pair.certificate, &*pair.key),
            (Path::new("/etc/gate/auth.pem"), Path::new("/keys/auth.key"))
        );
        let mail = &config.upstreams[1];
        assert_eq!((mail.tls, &*mail.host, mail.port), (true, "2001:db8::1", 443));

        let link = &config.links[0];
        assert_eq!(link.upstream, Some(UpstreamId(1)));
        let shape = link.token_shape.as_ref().unwrap();
        assert!(shape.is_match("a") && !shape.is_match("ab") && !shape.is_match("b\n"));
        assert_eq!(link.redirects_to, ["https://app.example.com"]);
        let Confirm::Json(redeem) = &link.confirm else {
            panic!("{:?}", link.confirm)
        };
        assert_eq!(redeem.method, "PUT");
        let fields: Vec<&str> = redeem.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(fields, ["z", "a", "m"]);
        assert!(matches!(&redeem.fields[0].1, FieldValue::Hole(hole) if hole == "email"));
        assert!(matches!(&redeem.fields[1].1, FieldValue::Constant(json) if json[1]["deep"] == true));
        assert_eq!(link.calls[0].fields, [("token".to_owned(), "token".to_owned())]);
        assert_eq!(link.calls[0].headers[0].0, "x-email");
        let names: Vec<&str> = config.links.iter().map(|link| &*link.name).collect();
        assert_eq!(names, ["auth-verify", "auth-verify-2", "auth-verify-again", "link"]);
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        let config = good("upstream = 'http://a.example'\n[[link]]\nurl = '/v/{token}'\n");
        assert_eq!(config.listeners[0].address.to_string(), "127.0.0.1:8080");
        assert_eq!(
            (config.upstreams[0].port, config.upstreams[0].connect_timeout.as_secs()),
            (80, 5)
        );
        assert_eq!(
            (config.links[0].min_length, config.times, config.limits),
            (16, Times::default(), Limits::default())
        );
    }

    #[test]
    fn an_escape_in_a_text_keeps_its_place_honest() {
        let (config, problems) = read("upstream = 'http://a.example'\n[[link]]\nurl = \"/v\\u002f{tok en}\"\n");
        assert!(config.is_none());
        assert!(
            problems[0].starts_with("gate.toml:3:7: error[template-invalid]"),
            "{}",
            problems[0]
        );
    }

    proptest! {
        /// Whatever is typed into a file, problems come out, and each can be shown.
        #[test]
        fn no_text_makes_it_stumble(at in 0..WHOLE.len(), length in 0..9_usize, typed in "[\\[\\]{}\"'=#.,\\\\\\nué/0-]{0,3}") {
            let start = WHOLE.floor_char_boundary(at);
            let end = WHOLE.floor_char_boundary((at + length).min(WHOLE.len())).max(start);
            let mut text = WHOLE.to_owned();
            text.replace_range(start..end, &typed);
            let mut sources = SourceMap::default();
            let mut diagnostics = Diagnostics::default();
            let file = sources.add("gate.toml", text);
            let raw = raw::parse(file, &sources, &mut diagnostics);
            let config = config(&raw, Secrets::default(), Path::new(""), &mut diagnostics);
            prop_assert_eq!(config.is_none(), diagnostics.has_errors());
            for diagnostic in diagnostics.iter() {
                prop_assert!(!render::text(diagnostic, &sources, false).is_empty());
                prop_assert!(!render::line(diagnostic, &sources).contains(char::is_control));
            }
        }
    }
}
