//! `linklatch check --url`: what a configuration makes of one address.
//!
//! It never repeats the address: there is a token in it.

use std::sync::Arc;

use http::{Request, Uri};
use serde_json::{Value, json};

use super::{Exit, set};
use crate::config::{Config, canonical_host};
use crate::gate::wrapper::{self, End};
use crate::gate::{Gate, Routed};

/// What a GET of the address is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A link that a person has to confirm.
    Link {
        name: String,
        template: String,
        /// What of it is undone first, where it arrived damaged.
        repaired: Option<String>,
        /// Whether its token looks as the configuration says.
        is_whole: bool,
    },
    /// An API call that waits for its link's confirmation.
    Call(String),
    /// It has no one reading.
    Ambiguous,
    /// Its host is not served.
    OtherHost(String),
    /// A mail gateway's own link: what is inside it may be one of ours.
    Wrapped(&'static str),
    /// It passes.
    Open,
}

/// What `text`, a whole address or a path, is to the gate of a configuration.
pub(super) fn recognise(text: &str, config: &Config) -> anyhow::Result<Option<Answer>> {
    // A fragment never reaches a server.
    let sent = text.split('#').next().unwrap_or_default();
    let Ok(uri) = sent.parse::<Uri>() else {
        return Ok(None);
    };
    let known = config.hosts.first().map_or("localhost", String::as_str);
    let host = canonical_host(uri.host().unwrap_or(known));
    let gate = config.gate(Arc::new(set::keys()?));
    Ok(Some(if config.hosts.is_empty() || config.hosts.contains(&host) {
        match routed(&gate, &uri, &host) {
            Answer::Open => wrapped(text).unwrap_or(Answer::Open),
            other => other,
        }
    } else {
        wrapped(text).unwrap_or(Answer::OtherHost(host))
    }))
}

fn routed(gate: &Gate, uri: &Uri, host: &str) -> Answer {
    let mut request = Request::new(());
    *request.uri_mut() = uri.clone();
    match gate.route(request, host) {
        Routed::Protected(protected) => {
            let link = gate.link(&protected);
            Answer::Link {
                name: link.name.to_string(),
                template: link.url.to_string(),
                repaired: protected.repaired(),
                is_whole: gate.is_whole(&protected),
            }
        }
        Routed::Call(call) => Answer::Call(gate.call_route(&call)),
        Routed::Ambiguous(_) => Answer::Ambiguous,
        Routed::Open(_) => Answer::Open,
    }
}

fn wrapped(text: &str) -> Option<Answer> {
    let chain = wrapper::unwrap(text);
    let inside = matches!(chain.end, End::Plain(_));
    let outermost = chain.levels.first().filter(|_| inside)?;
    Some(Answer::Wrapped(outermost.vendor))
}

impl Answer {
    /// 0 for a link; a script asks "is this one of ours?".
    pub(super) const fn exit(&self) -> Exit {
        match self {
            Self::Link { is_whole: true, .. } => Exit::Fine,
            Self::Link { is_whole: false, .. }
            | Self::Call(_)
            | Self::Ambiguous
            | Self::OtherHost(_)
            | Self::Wrapped(_)
            | Self::Open => Exit::Bad,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Link {
                name,
                template,
                repaired,
                is_whole,
            } => {
                let mut text = format!("this address is link `{name}`: {template}\n");
                if let Some(repaired) = repaired {
                    text += &format!("  it arrived damaged; repaired: {repaired}\n");
                }
                if !is_whole {
                    text += "  its token does not look as `token` says: people see the page for incomplete links\n";
                }
                text
            }
            Self::Call(route) => format!("this address is an API call that waits for its link: {route}\n"),
            Self::Ambiguous => {
                "this address is refused: servers can read it in more than one way, and one reading is a link\n"
                    .to_owned()
            }
            Self::OtherHost(host) => format!("this address is refused: `{host}` is not among `hosts`\n"),
            Self::Wrapped(vendor) => format!(
                "this address leads to {vendor}, not to linklatch; `linklatch unwrap` shows what is inside, and \
                 `check --url` takes that\n"
            ),
            Self::Open => "this address passes: it is no link of this configuration\n".to_owned(),
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Link {
                name,
                template,
                repaired,
                is_whole,
            } => json!({ "is": "link", "link": name, "url": template, "repaired": repaired, "whole": is_whole }),
            Self::Call(route) => json!({ "is": "call", "route": route }),
            Self::Ambiguous => json!({ "is": "ambiguous" }),
            Self::OtherHost(host) => json!({ "is": "other-host", "host": host }),
            Self::Wrapped(vendor) => json!({ "is": "wrapped", "by": vendor }),
            Self::Open => json!({ "is": "no-link" }),
        }
    }
}
