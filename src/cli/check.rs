//! `linklatch check`: all problems of a file, then what it protects.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::recognise::recognise;
use super::{CheckArgs, Exit, Format, overrides, render};
use crate::config::{Config, Listener, Upstream};
use crate::diag::{Diagnostics, SourceMap, render as diag_render};
use crate::gate::link::{Call, Confirm, Link, Mode, SameBrowser};
use crate::load::{self, Environment, Loaded};
use crate::locales::Locale;
use crate::signatures::{Action, Signatures};

pub(super) fn run(args: &CheckArgs, environment: &Environment) -> anyhow::Result<Exit> {
    if let Some(folder) = &args.signatures {
        return signatures_alone(folder, args.format);
    }
    // One of the two is there: the command line's definition asks for it.
    let Some(path) = args.config.as_ref().or(args.file.as_ref()) else {
        return Ok(Exit::Usage);
    };
    let result = load::config(path, environment);
    if let (Some(url), Ok(loaded)) = (&args.url, &result) {
        return one_address(url, loaded, args.format);
    }
    if args.format == Format::Json {
        let (diagnostics, sources, loaded) = match &result {
            Ok(loaded) => (&loaded.warnings, &loaded.sources, Some(loaded)),
            Err(report) => (&report.diagnostics, &report.sources, None),
        };
        let answer = json!({
            "ok": loaded.is_some(),
            "diagnostics": problems(diagnostics, sources),
            "effective": loaded.map(effective),
        });
        render::out(&render::json(&answer))?;
    } else {
        match &result {
            Ok(loaded) => {
                render::err(&loaded.warnings_text(true))?;
                render::out(&summary(&path.display().to_string(), loaded))?;
            }
            Err(report) => render::err(&report.text(true))?,
        }
    }
    Ok(match result {
        Ok(_) => Exit::Fine,
        Err(report) if report.usage => Exit::Usage,
        Err(_) => Exit::Bad,
    })
}

/// Which link an address is.
fn one_address(url: &str, loaded: &Loaded, format: Format) -> anyhow::Result<Exit> {
    let Some(answer) = recognise(url, &loaded.config)? else {
        // The address is not quoted: there may be a token in it.
        render::err("error: --url takes an address as it stands in the mail, or its path and query\n")?;
        return Ok(Exit::Usage);
    };
    match format {
        Format::Json => render::out(&render::json(&answer.json()))?,
        Format::Text => {
            render::err(&loaded.warnings_text(true))?;
            render::out(&answer.text())?;
        }
    }
    Ok(answer.exit())
}

/// "Fine" is said only where nothing was said before it.
fn conclusion(name: &str, warnings: &Diagnostics) -> String {
    match warnings.iter().count() {
        0 => format!("{name} is fine"),
        1 => format!("{name} can be used, with 1 warning"),
        count => format!("{name} can be used, with {count} warnings"),
    }
}

/// A folder of signature files, without a configuration.
fn signatures_alone(folder: &Path, format: Format) -> anyhow::Result<Exit> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let signatures = load::signatures(Some(folder), &mut sources, &mut diagnostics);
    diagnostics.sort();
    let is_fine = !diagnostics.has_errors();
    if format == Format::Json {
        let effective = is_fine.then(|| json!({ "signatures": effective_signatures(&signatures, &sources) }));
        let answer = json!({
            "ok": is_fine,
            "diagnostics": problems(&diagnostics, &sources),
            "effective": effective,
        });
        render::out(&render::json(&answer))?;
    } else {
        render::err(&diag_render::all(&diagnostics, &sources, true))?;
        if is_fine {
            let known = known(&signatures, Some(folder), &[], &sources);
            let conclusion = conclusion(&folder.display().to_string(), &diagnostics);
            render::out(&format!("{conclusion}\n\n{known}"))?;
        }
    }
    Ok(if is_fine { Exit::Fine } else { Exit::Bad })
}

fn summary(name: &str, loaded: &Loaded) -> String {
    let config = &loaded.config;
    let mut text = format!("{}\n\nlistens on\n", conclusion(name, &loaded.warnings));
    // Writing to a string can't fail.
    for listener in &config.listeners {
        let _ = writeln!(text, "  {}", listener_line(listener));
    }
    let _ = writeln!(text, "\nsends to");
    for (index, upstream) in config.upstreams.iter().enumerate() {
        let _ = writeln!(text, "  {} {}", upstream.name, upstream_line(upstream, index == 0));
    }
    let _ = writeln!(text, "\nkeeps shut until a person opens it");
    for link in &config.links {
        let host = link.host.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  {} {host}{}", link.name, link.url);
        if let Some(line) = mode_line(link.mode) {
            let _ = writeln!(text, "    mode {line}");
        }
        if link.same_browser == SameBrowser::Pass {
            let _ = writeln!(text, "    opened without a press by the browser that asked for it");
        }
        let _ = writeln!(text, "    then {}", confirm_line(link));
        for call in &link.calls {
            let _ = writeln!(text, "    and only then lets pass {}", call_line(call));
        }
        if let Some(page) = &link.new_link {
            let _ = writeln!(text, "    new links at {page}");
        }
    }
    let _ = writeln!(text, "\nseals with\n  {}", keys_line(loaded));
    let _ = write!(
        text,
        "\n{}",
        known(
            &config.signatures,
            loaded.folder.as_deref(),
            &lookup_lines(config),
            &loaded.sources
        )
    );
    text
}

/// What scanners are known by: how many signatures, those that do more than weigh, and what was changed of them.
fn known(signatures: &Signatures, folder: Option<&Path>, lookups: &[String], sources: &SourceMap) -> String {
    let entries = signatures.entries();
    let observed = entries.iter().filter(|signature| signature.observed).count();
    let mut text = format!(
        "knows scanners by\n  {} signatures, {observed} of them only observed\n",
        entries.len()
    );
    let _ = writeln!(text, "  {}", overrides::own_line(signatures, folder, sources));
    for line in lookups {
        let _ = writeln!(text, "  {line}");
    }
    for (action, what) in [
        (Action::Allow, "lets pass without a press"),
        (Action::Refuse, "refuses"),
    ] {
        let ids = in_force(signatures, action);
        if !ids.is_empty() {
            let _ = writeln!(text, "  {what}: {}", ids.join(", "));
        }
    }
    for line in overrides::lines(signatures, sources) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

fn keys_line(loaded: &Loaded) -> String {
    match (loaded.config.keys.len(), &loaded.keys_from) {
        (1, Some(from)) => format!("1 key from {from}"),
        (count, Some(from)) => format!("{count} keys from {from}"),
        (_, None) => "a key of each run".to_owned(),
    }
}

/// What signatures ask about a client's address, and where it is known from.
fn lookup_lines(config: &Config) -> Vec<String> {
    let lookups = &config.lookups;
    let database = match &lookups.asn {
        Some(database) => format!("from a database of {}", database.built().date()),
        None => "not looked up".to_owned(),
    };
    let nameservers = match lookups.nameservers.as_slice() {
        [] => "not looked up".to_owned(),
        asked => {
            let asked: Vec<_> = asked.iter().map(ToString::to_string).collect();
            format!("from {}", asked.join(", "))
        }
    };
    let asking = [
        (config.signatures.asking_asn().count(), "asn", database),
        (
            config.signatures.asking_reverse_dns().count(),
            "reverse-dns",
            nameservers,
        ),
    ];
    let asking = asking.into_iter().filter(|(count, ..)| *count > 0);
    asking
        .map(|(count, what, from)| {
            let ask = if count == 1 { "asks" } else { "ask" };
            format!("{count} of them {ask} for {what}: {from}")
        })
        .collect()
}

/// The ids of the signatures that do this.
fn in_force(signatures: &Signatures, action: Action) -> Vec<&str> {
    let doing = signatures
        .entries()
        .iter()
        .filter(|signature| signature.action == action && !signature.observed);
    doing.map(|signature| &*signature.id).collect()
}

fn listener_line(listener: &Listener) -> String {
    let scheme = if listener.certificates.is_empty() {
        "http"
    } else {
        "https"
    };
    let mut line = format!("{scheme}://{}", listener.address);
    for (on, note) in [
        (listener.proxy_protocol, ", behind the PROXY protocol"),
        (listener.redirect_to_https, ", redirects to https"),
        (listener.h2c, ", HTTP/2 in cleartext"),
    ] {
        if on {
            line.push_str(note);
        }
    }
    line
}

fn upstream_url(upstream: &Upstream) -> String {
    let scheme = if upstream.tls { "https" } else { "http" };
    let host = if upstream.host.contains(':') {
        format!("[{}]", upstream.host)
    } else {
        upstream.host.clone()
    };
    format!("{scheme}://{host}:{}", upstream.port)
}

fn upstream_line(upstream: &Upstream, first: bool) -> String {
    let mut line = upstream_url(upstream);
    for (name, list) in [("hosts", &upstream.hosts), ("paths", &upstream.paths)] {
        if !list.is_empty() {
            let _ = write!(line, ", {name} {}", list.join(" "));
        }
    }
    if first {
        line.push_str(", also for all that no other serves");
    }
    line
}

fn confirm_line(link: &Link) -> String {
    let once = if link.once { ", once" } else { "" };
    match &link.confirm {
        Confirm::Replay => format!("sends the request as it came{once}"),
        Confirm::Form(redeem) => format!("sends {} {} with a form{once}", redeem.method, redeem.url),
        Confirm::Json(redeem) => format!("sends {} {} with JSON{once}", redeem.method, redeem.url),
    }
}

/// The word for a value in the file.
fn named<T: Copy + PartialEq>(all: &[(&'static str, T)], value: T) -> Option<&'static str> {
    all.iter().find(|(_, one)| *one == value).map(|(name, _)| *name)
}

/// Whom a link's pages stop, where that is not everybody's one press.
const fn mode_line(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Enforce => None,
        Mode::Strict => Some("strict: everybody types a code, but for the browser that asked for it"),
        Mode::Adaptive => Some("adaptive: shut only to what may be a machine; all else opens it at once"),
        Mode::Observe => Some("observe: not shut at all; the log says what would have been asked"),
    }
}

fn call_line(call: &Call) -> String {
    format!("{} {}", call.method, call.url)
}

fn problems(diagnostics: &Diagnostics, sources: &SourceMap) -> Vec<Value> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic
                .span
                .map(|span| (sources.name(span.file), sources.position(span)));
            json!({
                "severity": diagnostic.severity.as_str(),
                "code": diagnostic.code,
                "message": diagnostic.message,
                "file": place.map(|(name, _)| name),
                "line": place.map(|(_, (line, _))| line),
                "column": place.map(|(_, (_, column))| column),
                "help": diagnostic.help,
            })
        })
        .collect()
}

fn effective(loaded: &Loaded) -> Value {
    let config = &loaded.config;
    let database = config.lookups.asn.as_ref();
    let mut signatures = effective_signatures(&config.signatures, &loaded.sources);
    signatures["asn-database"] = json!(database.map(|database| database.built().date().to_string()));
    signatures["nameservers"] = json!(config.lookups.nameservers);
    json!({
        "listeners": config.listeners.iter().map(listener_line).collect::<Vec<_>>(),
        "upstreams": config.upstreams.iter().map(|upstream| json!({
            "name": upstream.name,
            "url": upstream_url(upstream),
            "hosts": upstream.hosts,
            "paths": upstream.paths,
        })).collect::<Vec<_>>(),
        "links": config.links.iter().map(|link| json!({
            "name": &*link.name,
            "url": link.url.source(),
            "host": link.host,
            "purpose": link.purpose.as_str(),
            "confirm": match link.confirm {
                Confirm::Replay => "replay",
                Confirm::Form(_) => "form",
                Confirm::Json(_) => "json",
            },
            "mode": named(&Mode::ALL, link.mode),
            "same-browser": named(&SameBrowser::ALL, link.same_browser),
            "once": link.once,
            "new-link": link.new_link,
            "calls": link.calls.iter().map(call_line).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "keys": { "count": config.keys.len(), "from": loaded.keys_from },
        "languages": config.page.locales.iter().map(Locale::tag).collect::<Vec<_>>(),
        "signatures": signatures,
    })
}

fn effective_signatures(signatures: &Signatures, sources: &SourceMap) -> Value {
    let observed = signatures.entries().iter().filter(|signature| signature.observed);
    json!({
        "count": signatures.entries().len(),
        "observed": observed.map(|signature| &*signature.id).collect::<Vec<_>>(),
        "allow": in_force(signatures, Action::Allow),
        "refuse": in_force(signatures, Action::Refuse),
        "overrides": overrides::json(signatures, sources),
    })
}
