//! A line of a log, and what it tells of a visit: the same facts that the verdict hung on, and honest gaps.

use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use memchr::memmem::{self, Finder};

use super::answered::{Answered, Reference};
use super::combined::Combined;
use super::kind::{Kind, Then};
use super::likeness::Seed;
use super::line::{self, Line};
use super::past::Recent;
pub use super::seen::{Secrets, Seen};
use super::wrapped::{self, Plain};
use super::{Outcome, redact};
use crate::gate::evidence::Report;
use crate::gate::keys::LinkId;
use crate::gate::{Gate, Routed};
use crate::time::Timestamp;
use crate::visit::history::Digest;
use crate::visit::{Fact, VisitBuf, version_named};

/// Reads lines of our own log, and of the access logs of nginx and Apache ("combined").
#[derive(Debug)]
pub struct Reader<'g> {
    gate: &'g Gate,
    /// Whether a proxy in front is believed: then HTTP versions may be the proxy's.
    behind_proxy: bool,
    link_key: Finder<'static>,
    seed: Seed,
    /// Whose requests are kept, judged or not.
    sought: Option<Reference>,
    matches: Matches,
    /// What many lines have alike is read once.
    kinds: Recent<u64, Arc<Kind>>,
    verdicts: Recent<u64, Arc<Then>>,
}

/// Requests that a reference names.
#[derive(Debug, Default)]
pub struct Matches {
    /// The first of them, each once.
    pub first: Vec<Answered>,
    /// How many more lines there are of others.
    pub more: u64,
    /// How many lines are of any request.
    pub requests: u64,
}

/// Why a line can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub(super) &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'g> Reader<'g> {
    /// A reader that knows links as `gate` does.
    #[must_use]
    pub fn new(gate: &'g Gate, behind_proxy: bool) -> Self {
        Self {
            gate,
            behind_proxy,
            link_key: Finder::new("\"linklatch.link.id\""),
            seed: Seed::default(),
            sought: None,
            matches: Matches::default(),
            kinds: Recent::new(ALIKE),
            verdicts: Recent::new(ALIKE),
        }
    }

    /// The same reader, which also keeps the requests that a reference names.
    #[must_use]
    pub fn seeking(mut self, reference: Reference) -> Self {
        self.sought = Some(reference);
        self
    }

    /// The requests that the reference named so far.
    #[must_use]
    pub const fn matches(&self) -> &Matches {
        &self.matches
    }

    /// The visit of a line; `None` for one of a request that was not judged: it was for no link, or its token was cut.
    pub fn read(&mut self, line: &[u8]) -> Result<Option<Seen>, Unreadable> {
        let text = |line| std::str::from_utf8(line).map_err(|_| Unreadable("it is not UTF-8 text"));
        match wrapped::plain(line)? {
            Plain::Json(line) => {
                self.keep(&line);
                if self.link_key.find(&line).is_none() {
                    return Ok(None);
                }
                self.own(text(&line)?)
            }
            Plain::Other(line) => {
                let line = Combined::parse(text(&line)?).ok_or(Unreadable(
                    "it is neither one of our JSON lines nor nginx's or Apache's \"combined\" form",
                ))?;
                self.combined(&line)
            }
        }
    }

    /// The request of a line of ours, judged or not.
    #[must_use]
    pub fn request(line: &[u8]) -> Option<Answered> {
        match wrapped::plain(line) {
            Ok(Plain::Json(line)) => std::str::from_utf8(&line).ok().and_then(Answered::of),
            Ok(Plain::Other(_)) | Err(_) => None,
        }
    }

    /// Keeps the request of a line, where it is one that is sought.
    fn keep(&mut self, line: &[u8]) {
        let Some(sought) = &self.sought else { return };
        if memmem::find(line, b"\"request_id\"").is_some() {
            self.matches.requests += 1;
        }
        let part = sought.part().as_bytes();
        if memmem::find(line, part).is_none() {
            return;
        }
        let request = std::str::from_utf8(line).ok().and_then(Answered::of);
        let Some(request) = request.filter(|request| sought.fits(&request.request_id)) else {
            return;
        };
        let known = &mut self.matches.first;
        if known.iter().any(|known| known.request_id == request.request_id) {
            return;
        }
        if sought.is(&request.request_id) || known.len() < MATCHES {
            known.push(request);
        } else {
            self.matches.more += 1;
        }
    }

    fn own(&mut self, text: &str) -> Result<Option<Seen>, Unreadable> {
        let line = Line::of(text, &self.seed).ok_or(BROKEN)?;
        if line.link_id.is_empty() || line.class.is_empty() {
            return Ok(None);
        }
        let at = line::text(line.timestamp).and_then(|at| Timestamp::parse(&at));
        let at = at.ok_or(Unreadable("its `timestamp` is no time"))?;
        let link = line::text(line.link_id).and_then(|id| LinkId::from_hex(&id));
        let then = match self.verdicts.get(&line.verdict) {
            Some(then) => Arc::clone(then),
            None => self.verdicts.keep(line.verdict, Arc::new(Then::of(text)?)),
        };
        let client = line::text(line.client).and_then(|client| client.parse().ok());
        // Whether the address is known tells what else is.
        let alike = line.kind ^ u64::from(client.is_some());
        let kind = match self.kinds.get(&alike) {
            Some(kind) => Arc::clone(kind),
            None => {
                let kind = Kind::of(text, client.is_some(), self.behind_proxy, &self.seed).ok_or(BROKEN)?;
                self.kinds.keep(alike, Arc::new(kind))
            }
        };
        let method = line::text(line.method).and_then(|name| name.parse().ok());
        let age: Option<f64> = line.age.parse().ok();
        let report = (!line.report.is_empty()).then(|| line::text(line.report)).flatten();
        Ok(Some(Seen {
            at,
            request_id: line::text(line.request_id).map(Into::into),
            link: link.ok_or(Unreadable("its `linklatch.link.id` is no digest"))?,
            issued: age.map(|age| at.before(Duration::from_millis((age * 1000.0).round() as u64))),
            method: method.ok_or(Unreadable("its method is no method"))?,
            outcome: line::text(line.outcome).and_then(|word| Outcome::named(&word)),
            then: Some(then),
            report: report.and_then(|words| Report::read(&words)),
            client: Fact::of(client),
            asn: Fact::of(line.asn.parse().ok()),
            reverse_dns: Fact::of(line::text(line.domain).map(Into::into)),
            kind,
            repaired: !line.repaired.is_empty(),
            agent: line::text(line.agent).and_then(|digest| Digest::from_str_radix(&digest, 16).ok()),
            secrets: Secrets::default(),
        }))
    }

    /// The link is recognised as `serve` does it; of its token only the digest stays.
    fn combined(&mut self, line: &Combined<'_>) -> Result<Option<Seen>, Unreadable> {
        let mut request = http::Request::new(());
        *request.method_mut() = line.method.parse().map_err(|_| Unreadable("its method is no method"))?;
        *request.uri_mut() = line.target.parse().map_err(|_| Unreadable("its target is no target"))?;
        let protected = match self.gate.route(request, "") {
            Routed::Protected(protected) if self.gate.is_whole(&protected) => protected,
            Routed::Protected(_) | Routed::Open(_) | Routed::Call(_) | Routed::Ambiguous(_) => return Ok(None),
        };
        let (agent, secrets) = (&*line.user_agent, protected.secrets());
        let link = self.gate.link(&protected);
        let shown = redact::text(agent, &secrets);
        let hash = self.seed.hash_one((line.version, agent, &shown, &*link.name));
        let kind = match self.kinds.get(&hash) {
            Some(kind) => Arc::clone(kind),
            None => {
                let visit = VisitBuf {
                    version: Fact::of(version_named(line.version).filter(|_| !self.behind_proxy)),
                    values: vec![("user-agent".to_owned(), agent.to_owned())],
                    ..VisitBuf::unrecorded(Method::GET)
                };
                let (name, route) = (link.name.to_string(), link.url.to_string());
                let cut = vec![("user-agent".to_owned(), shown)];
                let kind = Kind::new(visit, cut, Some(name), Some(route), &self.seed);
                self.kinds.keep(hash, Arc::new(kind))
            }
        };
        Ok(Some(Seen {
            at: line.at,
            request_id: None,
            link: protected.link_id(),
            issued: self.gate.issued(&protected),
            method: protected.method().clone(),
            outcome: None,
            then: None,
            report: None,
            client: Fact::of(line.client),
            asn: Fact::Unrecorded,
            reverse_dns: Fact::Unrecorded,
            kind,
            repaired: protected.repaired().is_some(),
            agent: None,
            secrets: Secrets(
                secrets
                    .iter()
                    .filter(|secret| agent.contains(**secret))
                    .map(ToString::to_string)
                    .collect(),
            ),
        }))
    }
}

/// So many requests are kept that a part of a reference names.
const MATCHES: usize = 20;
const BROKEN: Unreadable = Unreadable("it is no whole JSON object");
/// So many kinds of visits, and of verdicts, are remembered.
const ALIKE: usize = 16_384;

#[cfg(test)]
mod tests {
    use http::Version;

    use super::*;

    const LINE: &str = r#"{"timestamp":"2026-11-26T01:27:01.507Z","request_id":"req_1","http.request.method":"GET","url.scheme":"https","network.protocol.version":"1.1","client.address":"192.0.2.7","user_agent.original":"a\u00e4","linklatch.visit.fields":["host","accept","x-scan"],"http.request.header.accept":["*/*"],"linklatch.outcome":"held","linklatch.link.id":"dfb751396b651f7386b46dd8bfadbe20","linklatch.link.age":2.4,"linklatch.verdict.class":"suspect","linklatch.verdict.score":50,"linklatch.verdict.findings":["head"]}"#;

    #[test]
    fn a_line_tells_what_was_recorded_and_no_more() {
        let gate = Gate::of_nothing();
        let seen = Reader::new(&gate, true).read(LINE.as_bytes()).unwrap().unwrap();
        assert_eq!(seen.link.to_string(), "dfb751396b651f7386b46dd8bfadbe20");
        assert_eq!(seen.issued, Timestamp::parse("2026-11-26T01:26:59.107Z"));
        assert_eq!(
            (seen.outcome, seen.then.as_ref().unwrap().score),
            (Some(Outcome::Held), Some(50))
        );
        let (visit, headers) = (&seen.kind.visit, seen.as_visit().headers);
        assert_eq!(headers.get("user-agent"), Fact::Known(Some("aä")));
        assert_eq!(
            (headers.get("x-scan"), headers.has("x-scan")),
            (Fact::Unrecorded, Fact::Known(true))
        );
        assert_eq!(headers.get("accept-language"), Fact::Known(None));
        assert_eq!(
            (visit.version, visit.secure),
            (Fact::Known(Version::HTTP_11), Fact::Known(true))
        );
        assert_eq!((&visit.tls, seen.asn), (&Fact::Unrecorded, Fact::Unrecorded));
    }

    #[test]
    fn that_an_address_has_no_system_and_no_name_is_known() {
        let gate = Gate::of_nothing();
        let none = LINE.replace(
            "\"client.address\"",
            "\"client.as.number\":0,\"client.domain\":\"\",\"client.address\"",
        );
        let seen = Reader::new(&gate, true).read(none.as_bytes()).unwrap().unwrap();
        assert_eq!((seen.asn, seen.reverse_dns), (Fact::Known(0), Fact::Known("".into())));
    }

    #[test]
    fn behind_a_proxy_the_version_is_the_proxy_s() {
        let gate = Gate::of_nothing();
        let forwarded = LINE.replace("x-scan", "x-forwarded-for");
        let version = |trusts| {
            let read = Reader::new(&gate, trusts).read(forwarded.as_bytes());
            read.unwrap().unwrap().kind.visit.version
        };
        assert_eq!(
            (version(true), version(false)),
            (Fact::Unrecorded, Fact::Known(Version::HTTP_11))
        );
    }

    #[test]
    fn other_requests_are_passed_over_and_broken_lines_are_told() {
        let gate = Gate::of_nothing();
        let mut reader = Reader::new(&gate, true);
        let mut read = |line: &str| reader.read(line.as_bytes()).map(|seen| seen.is_some());
        assert_eq!(read("{\"url.path\":\"/\"}"), Ok(false));
        assert_eq!(
            read(&LINE.replace("linklatch.verdict.class", "x")),
            Ok(false),
            "it was refused before it was judged"
        );
        for (old, new) in [
            ("2026", "x"),
            ("dfb7", "d"),
            ("suspect", "friend"),
            ("\"GET\"", "\"G T\""),
            ("}", ""),
        ] {
            assert!(read(&LINE.replace(old, new)).is_err(), "{new}");
        }
    }

    #[test]
    fn visits_are_alike_if_they_differ_in_nothing_but_their_method_and_origin() {
        let gate = Gate::of_nothing();
        let mut reader = Reader::new(&gate, true);
        let mut kind = |line: &str| reader.read(line.as_bytes()).unwrap().unwrap().kind;
        let own = kind(LINE);
        for (old, new) in [
            ("192.0.2.7", "192.0.2.8"),
            ("req_1", "req_2"),
            ("dfb7", "0000"),
            ("01.507", "02.000"),
            ("GET", "HEAD"),
        ] {
            assert!(Arc::ptr_eq(&kind(&LINE.replace(old, new)), &own), "{new}");
        }
        for (old, new) in [
            ("*/*", "*"),
            ("https", "http"),
            ("\"1.1\"", "\"2\""),
            ("x-scan", "x-scam"),
            ("00e4", "00e5"),
        ] {
            assert_ne!(kind(&LINE.replace(old, new)), own, "{new}");
        }
    }
}
