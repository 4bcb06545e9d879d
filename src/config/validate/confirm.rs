//! How a link's token is redeemed: the confirmation, and the calls of an app.

use http::{HeaderName, Method};
use serde_json::Value as Json;

use super::link::{shape, template_in};
use super::{names, net};
use crate::config::raw::{RawCall, RawConfirm};
use crate::diag::read::{At, Fields};
use crate::diag::{Diagnostics, Span};
use crate::gate::link::{Ask, Call, Confirm, FieldValue, Redeem};
use crate::gate::template::{TOKEN, Template};

const KINDS: [&str; 3] = ["replay", "form", "json"];
const WRITING: [Method; 4] = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
const ASKING: [Method; 3] = [Method::POST, Method::PUT, Method::GET];
const CALLING: [Method; 5] = [Method::POST, Method::GET, Method::PUT, Method::PATCH, Method::DELETE];

/// How a confirmation goes upstream; a replay where nothing is said.
pub(super) fn confirm(at: Option<&At<RawConfirm>>, link: &Template, diagnostics: &mut Diagnostics) -> Option<Confirm> {
    let Some(At { value: raw, span }) = at else {
        return Some(Confirm::Replay);
    };
    let Some(kind) = &raw.r#as else {
        names::missing(*span, "as", "as = \"replay\", \"form\" or \"json\"", diagnostics);
        return None;
    };
    match kind.value.as_str() {
        "replay" => {
            let extra = [
                ("request", raw.request.as_ref().map(|at| at.span)),
                ("fields", raw.fields.as_ref().map(|at| at.span)),
                ("then", raw.then.as_ref().map(|at| at.span)),
            ];
            for (key, span) in extra.into_iter().filter_map(|(key, span)| Some((key, span?))) {
                let message = format!("a replay sends the request as it came, so `{key}` means nothing");
                diagnostics.error(
                    "confirm-conflict",
                    span,
                    message,
                    "remove it, or write as = \"form\" or \"json\"",
                );
            }
            Some(Confirm::Replay)
        }
        "form" => redeem(raw, *span, link, true, diagnostics).map(Confirm::Form),
        "json" => redeem(raw, *span, link, false, diagnostics).map(Confirm::Json),
        other => {
            let help = names::none_of(other, &KINDS);
            diagnostics.error("unknown-value", kind.span, format!("`as` can't be `{other}`"), help);
            None
        }
    }
}

fn redeem(raw: &RawConfirm, span: Span, link: &Template, form: bool, diagnostics: &mut Diagnostics) -> Option<Redeem> {
    let fields = fields(raw.fields.as_ref(), link, form, diagnostics);
    let then = raw
        .then
        .as_ref()
        .and_then(|at| net::destination("then", at, diagnostics));
    let (method, url) = request(raw.request.as_ref(), span, &WRITING, link, diagnostics)?;
    let carried = url.holes().any(|hole| hole == TOKEN)
        || fields
            .iter()
            .any(|(_, value)| matches!(value, FieldValue::Hole(hole) if hole == TOKEN));
    if !carried {
        let help = "put it into the body: fields = { token = \"{token}\" }";
        diagnostics.error(
            "confirm-without-token",
            span,
            "the confirmation carries no `{token}`",
            help,
        );
    }
    Some(Redeem {
        method,
        url,
        fields,
        then,
    })
}

fn fields(
    raw: Option<&At<Fields>>,
    link: &Template,
    form: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, FieldValue)> {
    let mut fields = Vec::new();
    for (name, at) in raw.into_iter().flat_map(|at| &at.value.0) {
        if form && !matches!(at.value, Json::String(_) | Json::Number(_) | Json::Bool(_)) {
            let help = "write text, a number, true or false; or confirm with as = \"json\"";
            diagnostics.error(
                "field-invalid",
                at.span,
                format!("a form can't hold the value of `{}`", name.value),
                help,
            );
        }
        let value = match hole(at, link, diagnostics) {
            Some(hole) => FieldValue::Hole(hole),
            None => FieldValue::Constant(at.value.clone()),
        };
        fields.push((name.value.clone(), value));
    }
    fields
}

/// The hole that `"{name}"` means; text that only contains one is a problem.
fn hole(at: &At<Json>, link: &Template, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = at.value.as_str()?;
    let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match name {
        Some(name) => {
            is_hole(name, at.span, link, diagnostics);
            Some(name.to_owned())
        }
        None => {
            if let Some(hole) = link.holes().find(|hole| text.contains(&format!("{{{hole}}}"))) {
                let message = format!("`{{{hole}}}` does not stand alone here");
                diagnostics.error(
                    "hole-not-alone",
                    at.span,
                    message,
                    format!("write \"{{{hole}}}\" and nothing else"),
                );
            }
            None
        }
    }
}

/// Whether the link has this hole; says so where not.
pub(super) fn is_hole(name: &str, span: Span, link: &Template, diagnostics: &mut Diagnostics) -> bool {
    let holes: Vec<&str> = link.holes().collect();
    let known = holes.contains(&name);
    if !known {
        let help = names::none_of(name, &holes);
        diagnostics.error(
            "unknown-hole",
            span,
            format!("the link's url has no `{{{name}}}`"),
            help,
        );
    }
    known
}

fn request(
    at: Option<&At<String>>,
    table: Span,
    methods: &[Method],
    link: &Template,
    diagnostics: &mut Diagnostics,
) -> Option<(Method, Template)> {
    let Some(at) = at else {
        names::missing(table, "request", "request = \"POST /v1/auth/verify\"", diagnostics);
        return None;
    };
    let (method, template) = method_and_path(at, methods, diagnostics)?;
    for hole in template.holes() {
        is_hole(hole, at.span, link, diagnostics);
    }
    Some((method, template))
}

fn method_and_path(at: &At<String>, methods: &[Method], diagnostics: &mut Diagnostics) -> Option<(Method, Template)> {
    let (word, target) = at.value.split_once(' ').unwrap_or(("", &at.value));
    let Some(method) = methods.iter().find(|method| method.as_str() == word) else {
        let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
        let message = if word.is_empty() {
            "the method is missing".to_owned()
        } else {
            format!("`{word}` can't be used here")
        };
        let help = format!(
            "write one of {}, a space and the path: \"POST /v1/auth/verify\"",
            names.join(", ")
        );
        diagnostics.error("method-invalid", at.span, message, help);
        return None;
    };
    if !target.starts_with('/') {
        let help = format!("write the path on the upstream: \"{method} /v1/auth/verify\"");
        diagnostics.error("path-invalid", at.span, format!("`{target}` is no path"), help);
        return None;
    }
    let template = template_in(at, at.value.len() - target.len(), diagnostics)?;
    Some((method.clone(), template))
}

/// The request by which a person asks for the mail.
pub(super) fn ask(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Ask> {
    let (method, url) = method_and_path(at, &ASKING, diagnostics)?;
    Some(Ask { method, url })
}

/// A call that redeems the token.
pub(super) fn call(
    at: &At<RawCall>,
    link: &Template,
    belongs: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<Call> {
    let raw = &at.value;
    if let (Some(_), Some(form)) = (&raw.json, &raw.form) {
        let help = "keep one: a body's fields are found in JSON and forms alike";
        diagnostics.error(
            "call-conflict",
            form.span,
            "a call has one body, `json` or `form`",
            help,
        );
    }
    let fields = call_fields(raw.json.as_ref().or(raw.form.as_ref()), link, diagnostics);
    let headers = call_headers(raw.headers.as_ref(), link, diagnostics);
    let (method, url) = request(raw.request.as_ref(), at.span, &CALLING, link, diagnostics)?;
    if method == Method::GET {
        if shape(&url) == shape(link) {
            let help = "remove the call: a GET of the link is what people and scanners do, and it stays shut";
            diagnostics.error("call-is-link", at.span, "this call is the link itself", help);
        }
        if !fields.is_empty() {
            let help = "write POST, or put the token into the query: \"GET /check?token={token}\"";
            diagnostics.error("call-conflict", at.span, "a GET has no body", help);
        }
    }
    let carried = |name: &str| {
        url.holes().any(|hole| hole == name)
            || fields.iter().any(|(_, hole)| hole == name)
            || headers.iter().any(|(_, hole)| hole == name)
    };
    for name in std::iter::once(TOKEN)
        .chain(belongs.iter().map(String::as_str))
        .filter(|name| !carried(name))
    {
        let help =
            format!("say where it stands: json = {{ {name} = \"{{{name}}}\" }}, or in the query, or in `headers`");
        diagnostics.error(
            "call-incomplete",
            at.span,
            format!("the call carries no `{{{name}}}`"),
            help,
        );
    }
    Some(Call {
        method,
        url,
        fields,
        headers,
    })
}

fn call_fields(raw: Option<&At<Fields>>, link: &Template, diagnostics: &mut Diagnostics) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, at) in raw.into_iter().flat_map(|at| &at.value.0) {
        let before = diagnostics.iter().len();
        match hole(at, link, diagnostics) {
            Some(hole) => fields.push((name.value.clone(), hole)),
            None if diagnostics.iter().len() == before => {
                let help = format!(
                    "write \"{{token}}\" or another hole of the url, or leave `{}` out",
                    name.value
                );
                diagnostics.error(
                    "call-constant",
                    at.span,
                    "a call names only where the link's values stand",
                    help,
                );
            }
            None => {}
        }
    }
    fields
}

fn call_headers(raw: Option<&At<Fields>>, link: &Template, diagnostics: &mut Diagnostics) -> Vec<(HeaderName, String)> {
    for (name, _) in raw.into_iter().flat_map(|at| &at.value.0) {
        if HeaderName::from_bytes(name.value.as_bytes()).is_err() {
            let help = "use letters, digits and '-': headers = { x-token = \"{token}\" }";
            diagnostics.error(
                "name-invalid",
                name.span,
                format!("`{}` is no header's name", name.value),
                help,
            );
        }
    }
    let fields = call_fields(raw, link, diagnostics);
    fields
        .into_iter()
        .filter_map(|(name, hole)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, hole)))
        .collect()
}
