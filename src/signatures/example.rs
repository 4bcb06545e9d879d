//! A signature's own examples: visits that it must match, must not match, or does not match yet.

use super::raw::RawExample;
use crate::diag::read::At;
use crate::diag::{Diagnostics, Span, values};
use crate::time::Timestamp;
use crate::visit::history::{Digest, History, Mark};
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

/// What an example does not name is an ordinary browser's, on its first visit.
pub(super) fn visit(raw: &At<RawExample>, diagnostics: &mut Diagnostics) -> Option<VisitBuf> {
    let mut visit = request(&raw.value, diagnostics)?;
    let raw = &raw.value;
    let mut earlier = Vec::new();
    for at in &raw.earlier {
        let before = match &at.value.before {
            Some(before) => values::duration("before", before, diagnostics)?,
            None => {
                let help = "say how long before this visit it was: before = \"2s\"";
                diagnostics.error("missing-key", at.span, "`before` is missing", help);
                return None;
            }
        };
        earlier.push((before, &at.value, request(&at.value, diagnostics)?));
    }
    earlier.sort_by_key(|(before, ..)| std::cmp::Reverse(*before));
    let mut history = History::first(Mark::of(&visit.as_visit(), NOW, digest));
    for (before, raw, visit) in earlier {
        let at = Timestamp::from_millis(NOW.as_millis() - i64::try_from(before.as_millis()).unwrap_or(0));
        let machine = raw.machine.as_ref().is_some_and(|machine| machine.value);
        let mark = Mark {
            machine,
            ..Mark::of(&visit.as_visit(), at, digest)
        };
        let link = raw
            .link
            .as_ref()
            .map_or(history.link, |link| digest(link.value.as_bytes()));
        if link == history.link {
            history.track = history.track.after(mark);
        }
        if mark.address == history.mark.address {
            history.trail = history.trail.after(link, mark);
        }
    }
    if let Some(age) = &raw.age {
        let age = values::duration("age", age, diagnostics)?;
        history.issued = Some(Timestamp::from_millis(-i64::try_from(age.as_millis()).unwrap_or(0)));
    }
    visit.history = Fact::Known(history);
    Some(visit)
}

/// Equal for equal bytes; an example has nothing to hide.
fn digest(bytes: &[u8]) -> Digest {
    // FNV-1a, 32 bits.
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// When every example takes place.
const NOW: Timestamp = Timestamp::from_millis(0);

fn request(raw: &RawExample, diagnostics: &mut Diagnostics) -> Option<VisitBuf> {
    let mut visit = VisitBuf::ordinary();
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
        visit.tls = Fact::Known(Some(super::compile::ja4(print, diagnostics)?.to_string()));
    }
    if let Some(asn) = &raw.asn {
        visit.asn = Fact::Known(super::compile::system(asn, diagnostics)?);
    }
    if let Some(name) = &raw.reverse_dns {
        visit.reverse_dns = Fact::Known(name.value.clone());
    }
    Some(visit)
}
