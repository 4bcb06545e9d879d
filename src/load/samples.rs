//! Each link and call recognises its own sample, or the configuration protects less than it says.

use std::sync::Arc;

use crate::config::Config;
use crate::config::raw::Raw;
use crate::diag::{Diagnostics, Span};
use crate::gate::Taken;
use crate::gate::keys::KeyRing;
use crate::secret::SecretKey;

/// Runs every sample through the gate of a valid configuration, whose links stand in `raw` in the same order.
pub(super) fn check(config: &Config, raw: &Raw, diagnostics: &mut Diagnostics) {
    // Nothing is sealed with it, and its digests go nowhere.
    let Some(keys) = KeyRing::new(&[SecretKey::new([0; 32])]) else {
        return;
    };
    let gate = config.gate(Arc::new(keys));
    for (place, link) in raw.links.iter().enumerate() {
        let span = link.value.url.as_ref().map_or(link.span, |url| url.span);
        report(&gate.sample_of_link(place), "link", span, diagnostics);
        for (index, call) in link.value.calls.iter().enumerate() {
            let span = call.value.request.as_ref().map_or(call.span, |request| request.span);
            report(&gate.sample_of_call(place, index), "call", span, diagnostics);
        }
    }
}

fn report(taken: &Taken, what: &str, span: Span, diagnostics: &mut Diagnostics) {
    let (message, help) = match taken {
        Taken::Itself => return,
        Taken::Another(other) => (
            format!("a request for this {what} is taken for `{other}`, which stands before it"),
            "put the narrower one first, or take one of them out".to_owned(),
        ),
        Taken::Ambiguous => (
            format!("a request for this {what} would be refused: it can be read in more than one way"),
            "write the path as requests have it: no dot segments, no `//`, nothing encoded twice".to_owned(),
        ),
        Taken::Open => (
            format!("this {what} does not recognise its own sample, so it would protect nothing"),
            "write the path and the fields as requests have them".to_owned(),
        ),
    };
    diagnostics.error("sample-missed", span, message, help);
}
