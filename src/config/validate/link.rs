//! Links.

use std::sync::Arc;

use regex::Regex;

use super::{confirm, names, net, server};
use crate::config::origin::Origin;
use crate::config::raw::{Raw, RawLink, RawOutcome};
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::diag::values;
use crate::gate::link::{Link, MIN_LENGTH, Mode, Outcome, SameBrowser, UpstreamId};
use crate::gate::template::{TOKEN, Template};
use crate::locales::Purpose;

/// For how long links may live: what became of one is remembered no longer.
const LIFETIME_DAYS: u32 = 30;

/// All links.
pub(super) fn links(raw: &Raw, hosts: &[String], diagnostics: &mut Diagnostics) -> Vec<Link> {
    names::unique_names(
        raw.links.iter().filter_map(|at| at.value.name.as_ref()),
        "link",
        diagnostics,
    );
    let upstreams = server::upstream_names(raw);
    let mut names: Vec<String> = raw
        .links
        .iter()
        .filter_map(|at| at.value.name.as_ref())
        .map(|name| name.value.clone())
        .collect();
    let mut shapes: Vec<(String, Option<String>)> = Vec::new();
    let mut links = Vec::new();
    for at in &raw.links {
        let host = at.value.host.as_ref().and_then(|host| net::host(host, diagnostics));
        super::not_served(at.value.host.as_slice(), hosts, diagnostics);
        let url = url(at, diagnostics);
        if let (Some(template), Some(written)) = (&url, &at.value.url) {
            let shape = (shape(template), host.clone());
            if shapes.contains(&shape) {
                let help = "remove one of the two, or tell them apart by `host`";
                diagnostics.error("duplicate-link", written.span, "another link has the same url", help);
            }
            shapes.push(shape);
        }
        links.extend(link(at, url, host, &upstreams, &mut names, diagnostics));
    }
    links
}

/// The template without the names of its holes.
pub(super) fn shape(template: &Template) -> String {
    template.fill(|_| Some("-"))
}

fn link(
    at: &At<RawLink>,
    url: Option<Template>,
    host: Option<String>,
    upstreams: &[&str],
    names: &mut Vec<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Link> {
    let raw = &at.value;
    let upstream = raw
        .upstream
        .as_ref()
        .and_then(|name| upstream(name, upstreams, diagnostics));
    let (token_shape, min_length) = tokens(raw, diagnostics);
    let new_link = raw
        .new_link
        .as_ref()
        .and_then(|at| net::destination("new-link", at, diagnostics));
    let [success, failure, used, expired] = outcomes(raw, diagnostics);
    let mode = names::named("mode", raw.mode.as_ref(), &Mode::ALL, diagnostics);
    let same_browser = same_browser(raw, diagnostics);
    let lifetime = raw.lifetime.as_ref();
    let lifetime = lifetime.and_then(|at| values::duration_of_days("lifetime", at, LIFETIME_DAYS, diagnostics));
    // What follows is about the holes of a url that was understood.
    let url = url?;
    let belongs = belongs(raw, &url, diagnostics);
    let confirm = confirm::confirm(raw.confirm.as_ref(), &url, diagnostics);
    let calls = raw
        .calls
        .iter()
        .filter_map(|call| confirm::call(call, &url, &belongs, diagnostics))
        .collect();
    let issued = raw.issued.as_ref();
    let issued = issued.filter(|at| confirm::is_hole(&at.value, at.span, &url, diagnostics));
    let ask = raw.ask.as_ref().and_then(|at| confirm::ask(at, diagnostics));
    let given = raw.name.as_ref().map(|name| name.value.clone());
    let name = given.unwrap_or_else(|| default_name(&url, names));
    let on = |flag: &Option<At<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    Some(Link {
        name: Arc::from(name),
        purpose: purpose(raw, diagnostics)?,
        url,
        host,
        upstream,
        token_shape,
        belongs,
        case_sensitive: on(&raw.case_sensitive),
        confirm: confirm?,
        calls,
        ask,
        mode,
        same_browser,
        lifetime,
        issued: issued.map(|at| at.value.clone()),
        min_length: min_length?,
        success,
        failure,
        used,
        expired,
        new_link,
        redirects_to: redirects_to(raw, diagnostics),
        once: on(&raw.once),
        one_click_unsubscribe: on(&raw.one_click_unsubscribe),
    })
}

/// What whole tokens look like, and how long they are in a call at least.
fn tokens(raw: &RawLink, diagnostics: &mut Diagnostics) -> (Option<Regex>, Option<usize>) {
    let shape = raw.token.as_ref();
    let shape = shape.and_then(|token| values::whole_pattern(token, diagnostics));
    let min_length = raw.min_length.as_ref().map_or(Some(MIN_LENGTH), |at| {
        net::count("min-length", at, &(1..=4096), diagnostics)
    });
    (shape, min_length)
}

fn redirects_to(raw: &RawLink, diagnostics: &mut Diagnostics) -> Vec<String> {
    let origins = raw.redirects_to.iter().filter_map(|at| net::origin(at, diagnostics));
    origins.map(|origin: Origin| origin.to_string()).collect()
}

fn same_browser(raw: &RawLink, diagnostics: &mut Diagnostics) -> SameBrowser {
    let given = raw.same_browser.as_ref();
    let same_browser = names::named("same-browser", given, &SameBrowser::ALL, diagnostics);
    if let Some(at) = given.filter(|_| raw.ask.is_none() && same_browser == SameBrowser::Pass) {
        let help = "name the request by which a person asks for the mail: ask = \"POST /auth/send-link\"";
        diagnostics.error(
            "same-browser-without-ask",
            at.span,
            "no browser is known to have asked",
            help,
        );
    }
    same_browser
}

fn url(at: &At<RawLink>, diagnostics: &mut Diagnostics) -> Option<Template> {
    let Some(url) = &at.value.url else {
        names::missing(at.span, "url", "url = \"/auth/verify?token={token}\"", diagnostics);
        return None;
    };
    let template = template(url, diagnostics)?;
    if !template.holes().any(|hole| hole == TOKEN) {
        let help = "write {token} in the token's place: \"/auth/verify?token={token}\"";
        diagnostics.error("link-without-token", url.span, "the link holds no `{token}`", help);
        return None;
    }
    if template.segments().is_empty() {
        let help = "write the path as it stands in the mail; if it really is \"/\", give the link a `host` of its own";
        if at.value.host.is_none() {
            diagnostics.warning(
                "link-at-root",
                url.span,
                "every visit of the front page may be this link",
                help,
            );
        }
    }
    Some(template)
}

/// A template, its problems placed inside the text.
pub(super) fn template(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Template> {
    template_in(at, 0, diagnostics)
}

/// A template that starts at byte `start` of the text.
pub(super) fn template_in(at: &At<String>, start: usize, diagnostics: &mut Diagnostics) -> Option<Template> {
    let text = &at.value[start..];
    Template::parse(text)
        .map_err(|error| {
            let help = match whole_url(text) {
                Some((host, rest)) if start > 0 => format!("write \"{rest}\", and the link's host = \"{host}\""),
                Some((host, rest)) => {
                    format!("write url = \"{rest}\" and host = \"{host}\" in a file, or the flag --link '{rest}'")
                }
                None => error.help,
            };
            let span = at.part(start + error.span.start..start + error.span.end);
            diagnostics.error("template-invalid", span, error.message, help);
        })
        .ok()
}

/// Host and target of a URL that was written whole.
fn whole_url(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (authority, _) = rest.split_once('/')?;
    let origin = Origin::parse(&text[..text.len() - rest.len() + authority.len()]).ok()?;
    Some((origin.host, &rest[authority.len()..]))
}

fn upstream(at: &At<String>, upstreams: &[&str], diagnostics: &mut Diagnostics) -> Option<UpstreamId> {
    let found = upstreams.iter().position(|name| *name == at.value);
    if found.is_none() && !upstreams.is_empty() {
        let help = names::none_of(&at.value, upstreams);
        diagnostics.error(
            "unknown-upstream",
            at.span,
            format!("no upstream is named `{}`", at.value),
            help,
        );
    }
    found.map(UpstreamId)
}

fn purpose(raw: &RawLink, diagnostics: &mut Diagnostics) -> Option<Purpose> {
    let Some(at) = &raw.purpose else {
        return Some(Purpose::default());
    };
    let found = Purpose::named(&at.value);
    if found.is_none() {
        let help = names::none_of(&at.value, &Purpose::ALL.map(Purpose::as_str));
        let message = format!("`{}` is nothing that the pages know a link to be for", at.value);
        diagnostics.error("unknown-purpose", at.span, message, help);
    }
    found
}

fn belongs(raw: &RawLink, url: &Template, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut belongs = Vec::new();
    for at in &raw.belongs {
        if at.value == TOKEN {
            diagnostics.error(
                "belongs-token",
                at.span,
                "the token belongs to itself already",
                "remove it",
            );
        } else if belongs.contains(&at.value) {
            diagnostics.error(
                "belongs-twice",
                at.span,
                format!("`{}` is named twice", at.value),
                "remove one",
            );
        } else if confirm::is_hole(&at.value, at.span, url, diagnostics) {
            belongs.push(at.value.clone());
        }
    }
    belongs
}

/// The path's plain words, made unique: `auth-verify`, `auth-verify-2`.
fn default_name(url: &Template, names: &mut Vec<String>) -> String {
    let path = url.source().split('?').next().unwrap_or_default();
    let words: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.contains('{'))
        .map(|segment| {
            segment
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                .collect()
        })
        .filter(|word: &String| !word.is_empty())
        .collect();
    let base = if words.is_empty() {
        "link".to_owned()
    } else {
        words.join("-").to_ascii_lowercase()
    };
    let name = std::iter::once(base.clone())
        .chain((2..).map(|n: u32| format!("{base}-{n}")))
        .find(|name| !names.contains(name))
        .unwrap_or(base);
    names.push(name.clone());
    name
}

/// Success, failure, used, expired.
fn outcomes(raw: &RawLink, diagnostics: &mut Diagnostics) -> [Option<Outcome>; 4] {
    let mut read = |key: &str, at: &Option<At<RawOutcome>>| at.as_ref().and_then(|at| outcome(key, at, diagnostics));
    [
        read("success", &raw.success),
        read("failure", &raw.failure),
        read("used", &raw.used),
        read("expired", &raw.expired),
    ]
}

fn outcome(key: &str, at: &At<RawOutcome>, diagnostics: &mut Diagnostics) -> Option<Outcome> {
    let raw = &at.value;
    if raw.empty {
        let help = "name at least one of status, location, cookie and json, or remove the table";
        diagnostics.error("outcome-empty", at.span, format!("`{key}` says nothing"), help);
    }
    let mut status = Vec::new();
    for at in &raw.status {
        match u16::try_from(at.value).ok().filter(|code| (200..=599).contains(code)) {
            Some(code) => status.push(code),
            None => diagnostics.error(
                "status-invalid",
                at.span,
                format!("{} is not the status of an answer", at.value),
                "write numbers from 200 to 599: status = [302]",
            ),
        }
    }
    for (name, value) in [("cookie", &raw.cookie), ("json", &raw.json)] {
        if let Some(at) = value.as_ref().filter(|at| at.value.trim().is_empty()) {
            diagnostics.error(
                "name-invalid",
                at.span,
                format!("`{name}` is empty"),
                "write a name, or remove it",
            );
        }
    }
    Some(Outcome {
        status,
        location: raw.location.as_ref().and_then(|at| values::pattern(at, diagnostics)),
        cookie: raw.cookie.as_ref().map(|at| at.value.clone()),
        json: raw.json.as_ref().map(|at| at.value.clone()),
    })
}
