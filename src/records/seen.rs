//! A visit as a line tells it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::Method;

use super::Outcome;
use super::kind::{Kind, Then};
use crate::gate::evidence::{Doubt, Evidence, Report};
use crate::gate::keys::LinkId;
use crate::gate::link::{Link, SameBrowser};
use crate::gate::verdict::Recalled;
use crate::gate::{Case, Gate};
use crate::time::Timestamp;
use crate::visit::history::Digest;
use crate::visit::{Fact, Visit};

/// A visit as a line tells it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When its head was read.
    pub at: Timestamp,
    /// Its reference.
    pub request_id: Option<Box<str>>,
    /// The link's digest.
    pub link: LinkId,
    /// When the link was issued, where that is known.
    pub issued: Option<Timestamp>,
    /// Its method.
    pub method: Method,
    /// What was done.
    pub outcome: Option<Outcome>,
    /// The verdict of that time.
    pub then: Option<Arc<Then>>,
    /// What the page's script saw of a press.
    pub report: Option<Report>,
    /// The client's address.
    pub client: Fact<IpAddr>,
    /// The autonomous system of that address.
    pub asn: Fact<u32>,
    /// The name of that address.
    pub reverse_dns: Fact<Box<str>>,
    /// What it has alike with other visits.
    pub kind: Arc<Kind>,
    /// Whether its link arrived damaged, and was repaired.
    pub repaired: bool,
    /// The digest of its whole user agent, where the line has only a part of it.
    pub agent: Option<Digest>,
    /// What of its values must not be shown.
    pub secrets: Secrets,
}

/// Tokens that another program wrote into its log. They can't be printed.
#[derive(Clone, Default)]
pub struct Secrets(pub(super) Box<[String]>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// All of them, to be cut out of what is shown.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        self.0.to_vec()
    }
}

impl Seen {
    /// The visit; what came before it is to be filled in.
    #[must_use]
    pub fn as_visit(&self) -> Visit<'_> {
        Visit {
            method: &self.method,
            client: self.client,
            asn: self.asn,
            reverse_dns: self.reverse_dns.as_ref().map(|name| &**name),
            ..self.kind.visit.as_visit()
        }
    }

    /// Its link, as a gate has it: of the same name, else of the same template.
    #[must_use]
    pub fn link<'g>(&self, gate: &'g Gate) -> Option<&'g Link> {
        let named = self.kind.link_name.as_deref().and_then(|name| gate.link_named(name));
        named.or_else(|| gate.link_written(self.kind.route.as_deref()?))
    }

    /// What its treatment hangs on besides its verdict. `visit` is the same visit with what came before it, and `press`
    /// is its [`Seen::evidence`].
    #[must_use]
    pub fn case<'c>(&'c self, visit: Visit<'c>, press: Option<&'c Evidence>, gate: &'c Gate) -> Case<'c> {
        let link = self.link(gate);
        let offered = link.is_none_or(|link| link.same_browser != SameBrowser::Off);
        Case {
            visit,
            link,
            whole: true,
            repaired: self.repaired,
            vouched: offered && self.then.as_ref().is_some_and(|then| then.asked),
            press,
            let_through: self.then.as_ref().and_then(|then| then.let_through()),
            recalled: self.recalled(),
        }
    }

    /// What was found then, as far as its line tells.
    #[must_use]
    pub fn recalled(&self) -> Recalled<'_> {
        self.then.as_ref().map_or(Recalled::NOTHING, |then| then.recalled())
    }

    /// What its press showed, if it was one.
    #[must_use]
    pub fn evidence(&self) -> Option<Evidence> {
        let then = self.then.as_ref().filter(|then| then.press_score.is_some())?;
        Some(Evidence {
            report: self.report,
            decoy: then.doubts.iter().any(|doubt| doubt == Doubt::Decoy.name()),
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use crate::gate::Gate;
    use crate::records::read::Reader;
    use crate::records::{Record, redact};
    use crate::visit::{ClientAddress, Fact, Headers, Visit, text};

    fn value() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z]{1,8}[/;=][0-9]{0,3}",
            "[0-9a-z]{14,20}",
            "short-tok",
            "[ü…\t ]{1,4}",
            "https://a\\.example(/[a-z]{0,4})?",
            "[a-z ]{505,520}",
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.join(" ").trim().to_owned())
    }

    fn field() -> impl Strategy<Value = (String, String)> {
        let name = prop_oneof![
            "(user-agent|accept|accept-language|referer|via|purpose|sec-ch-ua-[a-z]{1,4}|sec-fetch-mode)",
            "x-[0-9a-z]{1,20}",
            "x-short-tok-[a-z]{1,9}",
            "[a-z]{30,34}",
        ];
        (name, value())
    }

    proptest! {
        #[test]
        fn a_line_tells_what_was_or_nothing(
            fields in prop::collection::vec(field(), 0..8),
            others in prop::collection::vec(field(), 4),
            has_token in any::<bool>(),
        ) {
            let tokens: &[&str] = if has_token { &["Short-Tok", "short-tok"] } else { &[] };
            let mut headers = HeaderMap::new();
            for (name, value) in &fields {
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
            }
            let visit = Visit::live(&http::Method::GET, &headers, ClientAddress::UNKNOWN);
            let agent = headers.get("user-agent").map(|agent| redact::text(text(agent.as_bytes()), tokens));
            let mut record = Record {
                timestamp: "2026-11-26T01:27:01.507Z".to_owned(),
                method: "GET".to_owned(),
                user_agent: agent,
                link_id: Some("dfb751396b651f7386b46dd8bfadbe20".to_owned()),
                class: Some("unknown"),
                ..Record::default()
            };
            record.saw(&visit, tokens);
            let line = serde_json::to_string(&record).unwrap();
            let leaks = has_token && line.contains("short-tok");
            prop_assert!(!leaks, "{}", line);
            let gate = Gate::of_nothing();
            let seen = Reader::new(&gate, true).read(line.as_bytes()).unwrap().unwrap();
            let (live, told) = (Headers::Live(&headers), seen.as_visit().headers);
            let names = fields.iter().chain(&others).map(|(name, _)| name.as_str());
            for name in names.chain(["user-agent", "accept-language", "sec-fetch-mode", "upgrade-insecure-requests"]) {
                let (has, value) = (told.has(name), told.get(name));
                prop_assert!(has == live.has(name) || has == Fact::Unrecorded, "{}: {}", name, line);
                prop_assert!(value == live.get(name) || value == Fact::Unrecorded, "{}: {}", name, line);
            }
        }
    }
}
