//! A signature's own examples: visits that it must match, must not match, or does not match yet.

use super::raw::RawExample;
use crate::diag::read::At;
use crate::diag::{Diagnostics, Span};
use crate::visit::{Fact, VisitBuf};

/// One example, ready to be run.
#[derive(Clone, Debug)]
pub struct Example {
    /// The signature's place in [`super::Signatures::entries`].
    pub signature: usize,
    /// What is expected.
    pub expectation: Expectation,
    /// The visit.
    pub visit: VisitBuf,
    /// Where it stands.
    pub span: Span,
}

/// What an example expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The signature matches.
    Match,
    /// The signature does not match.
    NotMatch,
    /// The signature ought to match, and does not yet.
    KnownGap,
}

/// What an example does not name is an ordinary browser's.
pub(super) fn visit(raw: &At<RawExample>, diagnostics: &mut Diagnostics) -> Option<VisitBuf> {
    let mut visit = VisitBuf::ordinary();
    let raw = &raw.value;
    match raw.user_agent.as_ref().map(|agent| agent.value.as_str()) {
        None => {}
        Some("") => visit.remove("user-agent"),
        Some(agent) => visit.set("user-agent", agent),
    }
    if let Some(client) = &raw.client {
        let Ok(address) = client.value.parse() else {
            let message = format!("`{}` is no address", client.value);
            diagnostics.error(
                "address-invalid",
                client.span,
                message,
                "write one address: \"192.0.2.7\"",
            );
            return None;
        };
        visit.client = Fact::Known(address);
    }
    if let Some(method) = &raw.method {
        visit.method = super::compile::method(method, diagnostics)?;
    }
    if let Some(version) = &raw.http_version {
        visit.version = Fact::Known(super::compile::version(version, diagnostics)?);
    }
    for (name, value) in raw.header.iter().flat_map(|fields| &fields.value.0) {
        match &value.value {
            serde_json::Value::String(text) => visit.set(&name.value, text),
            serde_json::Value::Bool(true) => visit.set(&name.value, ""),
            serde_json::Value::Bool(false) => visit.remove(&name.value),
            _ => {
                let message = format!("the field `{}` is text, true or false", name.value);
                diagnostics.error(
                    "wrong-type",
                    value.span,
                    message,
                    "false takes an ordinary browser's field out",
                );
            }
        }
    }
    if let Some(print) = &raw.tls {
        visit.tls = Fact::Known(Some(print.value.clone()));
    }
    if let Some(asn) = &raw.asn {
        visit.asn = Fact::Known(super::compile::system(asn, diagnostics)?);
    }
    if let Some(name) = &raw.reverse_dns {
        visit.reverse_dns = Fact::Known(name.value.clone());
    }
    Some(visit)
}
