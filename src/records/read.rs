//! A line of a log, and what it tells of a visit: the same facts that the verdict hung on, and honest gaps.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use http::{Method, Version};
use memchr::memmem::Finder;

use super::Outcome;
use super::combined::Combined;
use super::line::Line;
use super::redact;
use crate::gate::keys::LinkId;
use crate::gate::verdict::Class;
use crate::gate::{Gate, Routed};
use crate::time::Timestamp;
use crate::visit::{Fact, VisitBuf, version_named};

/// Reads lines of our own log, and of the access logs of nginx and Apache ("combined").
#[derive(Debug)]
pub struct Reader<'g> {
    gate: &'g Gate,
    /// Whether a proxy in front is believed: then HTTP versions may be the proxy's.
    behind_proxy: bool,
    link_key: Finder<'static>,
    seed: u64,
}

/// A visit as a line tells it.
#[derive(Clone, Debug)]
pub struct Seen<'l> {
    /// When its head was read.
    pub at: Timestamp,
    /// Its reference.
    pub request_id: Option<Cow<'l, str>>,
    /// The link's digest.
    pub link: LinkId,
    /// The link's name.
    pub link_name: Option<Cow<'l, str>>,
    /// The link's template.
    pub route: Option<Cow<'l, str>>,
    /// When the link was issued, where that is known.
    pub issued: Option<Timestamp>,
    /// What was done.
    pub outcome: Option<Outcome>,
    /// The verdict of that time.
    pub then: Option<Then<'l>>,
    /// The client's address.
    pub client: Fact<IpAddr>,
    /// The autonomous system of that address.
    pub asn: Fact<u32>,
    /// The name of that address.
    pub reverse_dns: Fact<Cow<'l, str>>,
    method: Method,
    version: Fact<Version>,
    tls: Fact<Option<Cow<'l, str>>>,
    secure: Fact<bool>,
    names: Fact<Vec<Cow<'l, str>>>,
    values: Vec<(Cow<'l, str>, Cow<'l, str>)>,
}

/// A verdict as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Then<'l> {
    /// The class.
    pub class: Class,
    /// What the findings added up to.
    pub score: Option<i32>,
    /// What matched.
    pub findings: Vec<Cow<'l, str>>,
    /// What the page asked of a person.
    pub step: Option<Cow<'l, str>>,
}

/// Why a line can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(&'static str);

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
            seed: RandomState::new().hash_one(0),
        }
    }

    /// The visit of a line; `None` for one of a request that was not judged: it was for no link, or its token was cut.
    pub fn read<'l>(&self, line: &'l [u8]) -> Result<Option<Seen<'l>>, Unreadable> {
        let ours = line.first() == Some(&b'{');
        if ours && self.link_key.find(line).is_none() {
            return Ok(None);
        }
        let text = std::str::from_utf8(line).map_err(|_| Unreadable("it is not UTF-8 text"))?;
        if ours {
            let line: Line<'l> = serde_json::from_str(text).map_err(|_| Unreadable("it is no whole JSON object"))?;
            self.own(line)
        } else {
            let line = Combined::parse(text).ok_or(Unreadable(
                "it is neither one of our JSON lines nor nginx's or Apache's \"combined\" form",
            ))?;
            self.combined(&line)
        }
    }

    fn own<'l>(&self, line: Line<'l>) -> Result<Option<Seen<'l>>, Unreadable> {
        let (Some(id), Some(class)) = (line.link_id, line.class) else {
            return Ok(None);
        };
        let at = line.timestamp.as_deref().and_then(Timestamp::parse);
        let at = at.ok_or(Unreadable("its `timestamp` is no time"))?;
        let link = LinkId::from_hex(&id).ok_or(Unreadable("its `linklatch.link.id` is no digest"))?;
        let class = Class::named(&class).ok_or(Unreadable("its `linklatch.verdict.class` is not known"))?;
        let method = line.method.as_deref().unwrap_or_default();
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| Unreadable("its method is no method"))?;
        let client = line.client.as_deref().and_then(|client| client.parse().ok());
        let forwarded = line.fields.iter().flatten().any(|name| FORWARDED.contains(&&**name));
        let direct = client.is_some() && !(forwarded && self.behind_proxy);
        let secure = line.scheme.as_deref().map(|scheme| scheme == "https");
        let tls = match line.ja4 {
            Some(print) => Fact::Known(Some(print)),
            None if direct && secure == Some(false) => Fact::Known(None),
            None => Fact::Unrecorded,
        };
        let mut values = line.values;
        values.extend(line.user_agent.map(|agent| (Cow::Borrowed("user-agent"), agent)));
        let version = line.version.as_deref().filter(|_| direct).and_then(version_named);
        Ok(Some(Seen {
            at,
            request_id: line.request_id,
            link,
            link_name: line.link,
            route: line.route,
            issued: line
                .age
                .map(|age| at.before(Duration::from_millis((age * 1000.0).round() as u64))),
            outcome: line.outcome.as_deref().and_then(Outcome::named),
            then: Some(Then {
                class,
                score: line.score,
                findings: line.findings,
                step: line.step,
            }),
            client: Fact::of(client),
            asn: Fact::of(line.asn),
            reverse_dns: Fact::of(line.domain),
            method,
            version: Fact::of(version),
            tls,
            secure: Fact::of(secure),
            names: Fact::of(line.fields),
            values,
        }))
    }

    /// The link is recognised as `serve` does it; of its token only the digest stays.
    fn combined<'l>(&self, line: &Combined<'_>) -> Result<Option<Seen<'l>>, Unreadable> {
        let mut request = http::Request::new(());
        *request.method_mut() = line.method.parse().map_err(|_| Unreadable("its method is no method"))?;
        *request.uri_mut() = line.target.parse().map_err(|_| Unreadable("its target is no target"))?;
        let protected = match self.gate.route(request, "") {
            Routed::Protected(protected) if self.gate.is_whole(&protected) => protected,
            Routed::Protected(_) | Routed::Open(_) | Routed::Call(_) | Routed::Ambiguous(_) => return Ok(None),
        };
        let agent = redact::text(&line.user_agent, &protected.secrets());
        let link = self.gate.link(&protected);
        Ok(Some(Seen {
            at: line.at,
            request_id: None,
            link: protected.link_id(),
            link_name: Some(Cow::Owned(link.name.to_string())),
            route: Some(Cow::Owned(link.url.to_string())),
            issued: self.gate.issued(&protected),
            outcome: None,
            then: None,
            client: Fact::of(line.client),
            asn: Fact::Unrecorded,
            reverse_dns: Fact::Unrecorded,
            method: protected.method().clone(),
            version: Fact::of(version_named(line.version).filter(|_| !self.behind_proxy)),
            tls: Fact::Unrecorded,
            secure: Fact::Unrecorded,
            names: Fact::Unrecorded,
            values: vec![(Cow::Borrowed("user-agent"), Cow::Owned(agent))],
        }))
    }

    /// Equal for visits that are equal but for where they come from and what came before.
    #[must_use]
    pub fn likeness(&self, seen: &Seen<'_>) -> u64 {
        let mut hash = Likeness(self.seed);
        hash.add(seen.method.as_str());
        hash.add(match seen.version {
            Fact::Known(Version::HTTP_10) => "0",
            Fact::Known(Version::HTTP_2) => "2",
            Fact::Known(_) => "1",
            Fact::Unrecorded => "",
        });
        hash.add(match seen.secure {
            Fact::Known(true) => "s",
            Fact::Known(false) => "c",
            Fact::Unrecorded => "",
        });
        hash.add(match &seen.tls {
            Fact::Known(Some(print)) => print,
            Fact::Known(None) => "-",
            Fact::Unrecorded => "",
        });
        match &seen.names {
            Fact::Known(names) => names.iter().for_each(|name| hash.add(name)),
            Fact::Unrecorded => hash.add("\u{0}"),
        }
        for (name, value) in &seen.values {
            hash.add(name);
            hash.add(value);
        }
        hash.0
    }
}

impl Reader<'_> {
    /// Equal for equal user agents.
    #[must_use]
    pub fn agent_likeness(&self, seen: &Seen<'_>) -> u64 {
        let mut hash = Likeness(self.seed);
        let agent = seen.values.iter().find(|(name, _)| name == "user-agent");
        hash.add(agent.map_or("", |(_, agent)| agent));
        // None is not the same as one that was not recorded.
        hash.word(u64::from(agent.is_none() && seen.names == Fact::Unrecorded));
        hash.0
    }
}

impl Seen<'_> {
    /// The visit; where it comes from and what came before are to be filled in.
    #[must_use]
    pub fn to_visit(&self) -> VisitBuf {
        VisitBuf {
            method: self.method.clone(),
            version: self.version,
            names: self
                .names
                .as_ref()
                .map(|names| names.iter().map(ToString::to_string).collect()),
            values: self
                .values
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
            client: Fact::Unrecorded,
            tls: self.tls.as_ref().map(|print| print.as_ref().map(ToString::to_string)),
            asn: Fact::Unrecorded,
            reverse_dns: Fact::Unrecorded,
            secure: self.secure,
            history: Fact::Unrecorded,
        }
    }
}

/// A quick hash with a seed that is drawn for each run: whoever fills the log can't steer it.
struct Likeness(u64);

impl Likeness {
    fn add(&mut self, text: &str) {
        let mut pieces = text.as_bytes().chunks_exact(8);
        for piece in &mut pieces {
            self.word(piece.first_chunk().map_or(0, |word| u64::from_le_bytes(*word)));
        }
        let mut rest = [0; 8];
        rest[..pieces.remainder().len()].copy_from_slice(pieces.remainder());
        self.word(u64::from_le_bytes(rest));
        self.word(text.len() as u64);
    }

    fn word(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93_u128;
        self.0 = (wide as u64) ^ ((wide >> 64) as u64).rotate_left(29);
    }
}

/// Where a trusted proxy speaks of its client.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gate::checks::Checks;
    use crate::gate::keys::KeyRing;
    use crate::secret::SecretKey;
    use crate::signatures::Signatures;

    const LINE: &str = r#"{"timestamp":"2026-11-26T01:27:01.507Z","request_id":"req_1","http.request.method":"GET","url.scheme":"https","network.protocol.version":"1.1","client.address":"192.0.2.7","user_agent.original":"a\u00e4","linklatch.visit.fields":["host","accept","x-scan"],"http.request.header.accept":["*/*"],"linklatch.outcome":"held","linklatch.link.id":"dfb751396b651f7386b46dd8bfadbe20","linklatch.link.age":2.4,"linklatch.verdict.class":"suspect","linklatch.verdict.score":50,"linklatch.verdict.findings":["head"]}"#;

    fn gate() -> Gate {
        let keys = Arc::new(KeyRing::new(&[SecretKey::new([1; 32])]).unwrap());
        Gate::new(
            Vec::new(),
            keys,
            &[],
            Arc::new(Signatures::none()),
            Checks::default(),
            Duration::ZERO,
        )
    }

    #[test]
    fn a_line_tells_what_was_recorded_and_no_more() {
        let gate = gate();
        let seen = Reader::new(&gate, true).read(LINE.as_bytes()).unwrap().unwrap();
        assert_eq!(seen.link.to_string(), "dfb751396b651f7386b46dd8bfadbe20");
        assert_eq!(seen.issued, Timestamp::parse("2026-11-26T01:26:59.107Z"));
        assert_eq!(
            (seen.outcome, seen.then.as_ref().unwrap().score),
            (Some(Outcome::Held), Some(50))
        );
        let visit = seen.to_visit();
        let headers = visit.as_visit().headers;
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
        assert_eq!((visit.tls, seen.asn), (Fact::Unrecorded, Fact::Unrecorded));
    }

    #[test]
    fn behind_a_proxy_the_version_is_the_proxy_s() {
        let gate = gate();
        let forwarded = LINE.replace("x-scan", "x-forwarded-for");
        let version = |trusts| {
            let read = Reader::new(&gate, trusts).read(forwarded.as_bytes());
            read.unwrap().unwrap().version
        };
        assert_eq!(
            (version(true), version(false)),
            (Fact::Unrecorded, Fact::Known(Version::HTTP_11))
        );
    }

    #[test]
    fn other_requests_are_passed_over_and_broken_lines_are_told() {
        let gate = gate();
        let reader = Reader::new(&gate, true);
        let read = |line: &str| reader.read(line.as_bytes()).map(|seen| seen.is_some());
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
    fn visits_are_alike_if_they_differ_in_nothing_but_their_origin() {
        let gate = gate();
        let reader = Reader::new(&gate, true);
        let likeness = |line: &str| reader.likeness(&reader.read(line.as_bytes()).unwrap().unwrap());
        let own = likeness(LINE);
        for (old, new) in [
            ("192.0.2.7", "192.0.2.8"),
            ("req_1", "req_2"),
            ("dfb7", "0000"),
            ("01.507", "02.000"),
        ] {
            assert_eq!(likeness(&LINE.replace(old, new)), own, "{new}");
        }
        for (old, new) in [
            ("*/*", "*"),
            ("GET", "HEAD"),
            ("https", "http"),
            ("\"1.1\"", "\"2\""),
            ("x-scan", "x-scam"),
            ("00e4", "00e5"),
        ] {
            assert_ne!(likeness(&LINE.replace(old, new)), own, "{new}");
        }
    }
}
