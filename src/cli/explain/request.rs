//! The request that is explained: from flags, a curl command, a raw head, or a log line.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Version};

use super::ExplainArgs;
use crate::cli::set::{Set, Stop};
use crate::diag::units;
use crate::gate::Routed;
use crate::gate::evidence::{Evidence, Report};
use crate::gate::verdict::Recalled;
use crate::records::Outcome;
use crate::records::answered::Answered;
use crate::records::kind::Then;
use crate::records::read::Seen;
use crate::records::redact;
use crate::time::{Clock, Timestamp};
use crate::visit::history::{History, Mark};
use crate::visit::{Fact, VisitBuf, version_named};

/// A request as it was given.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) method: String,
    pub(super) host: String,
    pub(super) target: String,
    pub(super) version: Option<String>,
    pub(super) secure: Option<bool>,
    pub(super) fields: Vec<(String, String)>,
}

/// A visit to be explained, and what is known around it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) visit: VisitBuf,
    pub(super) place: Place,
    /// What was mended of a link that arrived damaged.
    pub(super) repaired: Option<String>,
    /// What must not be shown.
    pub(super) secrets: Vec<String>,
    /// What is told of values that are not known whole: to be shown, never to be judged.
    pub(super) cut: Vec<(String, String)>,
    pub(super) line: Option<FromLine>,
    /// Whether all that came before it is known.
    pub(super) whole_past: bool,
    /// What its press shows; `None`: it is none, or nothing is known of it.
    pub(super) evidence: Option<Evidence>,
}

/// What a line says besides.
#[derive(Debug)]
pub(super) struct FromLine {
    pub(super) at: Timestamp,
    pub(super) request_id: Option<String>,
    pub(super) outcome: Option<Outcome>,
    pub(super) then: Option<Arc<Then>>,
    /// All that its line has, where it is one of ours.
    pub(super) answered: Option<Answered>,
}

/// What the request is for.
#[derive(Debug)]
pub(super) enum Place {
    /// It was not said, or nothing tells links from other paths.
    Unknown(Option<String>),
    /// A link: its name and template, as far as they are known.
    Link(Option<String>, Option<String>),
    /// A link whose token does not look as tokens do.
    CutLink(String),
    /// No link.
    Open(String),
    /// A call that may carry a link's token.
    Call(String),
    /// It may mean a link, or may not.
    Ambiguous,
}

impl Asked {
    /// The visit that flags alone describe.
    pub(super) fn of_flags(args: &ExplainArgs) -> Self {
        let visit = if args.browser {
            VisitBuf::ordinary()
        } else {
            VisitBuf::unrecorded(Method::GET)
        };
        Self {
            visit: VisitBuf {
                client: Fact::Unrecorded,
                tls: Fact::Unrecorded,
                asn: Fact::Unrecorded,
                reverse_dns: Fact::Unrecorded,
                ..visit
            },
            place: Place::Unknown(None),
            repaired: None,
            secrets: Vec::new(),
            cut: Vec::new(),
            line: None,
            whole_past: false,
            evidence: None,
        }
    }

    /// A whole request; its fields are all that it has.
    pub(super) fn of_request(parsed: &Parsed, set: &Set) -> Result<Self, Stop> {
        let mut visit = VisitBuf::unrecorded(method(&parsed.method)?);
        visit.names = Fact::Known(Vec::new());
        visit.version = match &parsed.version {
            Some(name) => Fact::Known(version(name)?),
            None => Fact::Unrecorded,
        };
        visit.secure = Fact::of(parsed.secure);
        for (name, value) in &parsed.fields {
            // Of several equal names the first counts.
            if visit.as_visit().headers.get(name.to_ascii_lowercase()) == Fact::Known(None) {
                visit.set(name, value);
            }
        }
        let mut asked = Self {
            visit,
            ..Self::of_flags(&ExplainArgs::default())
        };
        asked.find_place(parsed, set)?;
        Ok(asked)
    }

    /// A visit of a log.
    pub(super) fn of_line(seen: &Seen, history: History, whole_past: bool) -> Self {
        // An access log has whole values; they are judged, and cut only to be shown.
        let is_unknown = |(name, _): &&(String, String)| seen.as_visit().header(name.as_str()).is_none();
        Self {
            visit: VisitBuf {
                method: seen.method.clone(),
                client: seen.client,
                asn: seen.asn,
                reverse_dns: seen.reverse_dns.as_ref().map(ToString::to_string),
                history: Fact::Known(history),
                ..seen.kind.visit.clone()
            },
            place: Place::Link(seen.kind.link_name.clone(), seen.kind.route.clone()),
            repaired: seen.repaired.then(String::new),
            secrets: seen.secrets.to_vec(),
            cut: seen.kind.cut.iter().filter(is_unknown).cloned().collect(),
            line: Some(FromLine {
                at: seen.at,
                request_id: seen.request_id.as_ref().map(ToString::to_string),
                outcome: seen.outcome,
                then: seen.then.clone(),
                answered: None,
            }),
            whole_past,
            evidence: seen.evidence(),
        }
    }

    /// Adds all that its line has.
    pub(super) fn answered(mut self, answered: Answered) -> Self {
        self.repaired = answered.get("linklatch.link.repaired").map(str::to_owned);
        if let Some(line) = &mut self.line {
            line.answered = Some(answered);
        }
        self
    }

    /// What its line says was found.
    pub(super) fn recalled(&self) -> Recalled<'_> {
        let then = self.line.as_ref().and_then(|line| line.then.as_ref());
        then.map_or(Recalled::NOTHING, |then| then.recalled())
    }

    fn find_place(&mut self, parsed: &Parsed, set: &Set) -> Result<(), Stop> {
        let mut request = http::Request::new(());
        *request.method_mut() = self.visit.method.clone();
        // The target is not quoted: it may hold a token.
        let target = parsed
            .target
            .parse()
            .map_err(|_| Stop::Usage("the request's target is no URL or path".to_owned()))?;
        *request.uri_mut() = target;
        let uri = request.uri();
        let path = redact::path(uri.path());
        let host = uri.host().map_or_else(|| parsed.host.clone(), str::to_owned);
        let pieces = parsed.target.split(['/', '?', '&', '=', '#']);
        self.secrets = pieces.filter(|piece| piece.len() >= 6).map(str::to_owned).collect();
        if !set.knows_links {
            self.place = Place::Unknown(Some(path));
            return Ok(());
        }
        self.place = match set.gate.route(request, &crate::config::canonical_host(&host)) {
            Routed::Protected(protected) => {
                self.secrets.extend(protected.secrets().into_iter().map(str::to_owned));
                let link = set.gate.link(&protected);
                self.repaired = protected.repaired();
                if set.gate.is_whole(&protected) {
                    Place::Link(Some(link.name.to_string()), Some(link.url.to_string()))
                } else {
                    Place::CutLink(link.name.to_string())
                }
            }
            Routed::Call(call) => Place::Call(set.gate.call_route(&call)),
            Routed::Ambiguous(_) => Place::Ambiguous,
            Routed::Open(_) => Place::Open(path),
        };
        Ok(())
    }

    /// Whether nothing at all is known of it.
    pub(super) fn is_blank(&self) -> bool {
        let visit = &self.visit;
        let is_unnamed = self.line.is_none() && matches!(self.place, Place::Unknown(None));
        is_unnamed
            && visit.names == Fact::Unrecorded
            && visit.values.is_empty()
            && visit.client == Fact::Unrecorded
            && visit.tls == Fact::Unrecorded
            && visit.asn == Fact::Unrecorded
            && visit.reverse_dns == Fact::Unrecorded
            && visit.version == Fact::Unrecorded
            && visit.secure == Fact::Unrecorded
            && matches!(visit.history, Fact::Unrecorded)
            && visit.method == Method::GET
    }

    /// Lays the flags over what was given otherwise.
    pub(super) fn overlay(&mut self, args: &ExplainArgs) -> Result<(), Stop> {
        let visit = &mut self.visit;
        if let Some(name) = &args.method {
            visit.method = method(name)?;
        }
        match args.user_agent.as_deref() {
            None => {}
            Some("") if visit.names != Fact::Unrecorded => visit.remove("user-agent"),
            Some(agent) => visit.set("user-agent", agent),
        }
        let is_given = |name: &str| visit.as_visit().header(name).is_some();
        self.cut.retain(|(name, _)| !is_given(name));
        for field in &args.header {
            let (name, value) = field
                .split_once(':')
                .ok_or_else(|| Stop::Usage(format!("`{field}` is no header field; write 'name: value'")))?;
            match value.trim() {
                "" => visit.remove(name.trim()),
                value => visit.set(name.trim(), value),
            }
        }
        if let Some(name) = &args.http_version {
            visit.version = Fact::Known(version(name)?);
        }
        visit.client = args.client.map_or(visit.client, Fact::Known);
        visit.asn = args.asn.map_or(visit.asn, Fact::Known);
        if let Some(name) = &args.reverse_dns {
            visit.reverse_dns = Fact::Known(name.clone());
        }
        if let Some(print) = &args.tls {
            visit.tls = Fact::Known(Some(print.clone()));
        }
        match args.scheme.as_deref() {
            None => {}
            Some("https") => visit.secure = Fact::Known(true),
            Some("http") => visit.secure = Fact::Known(false),
            Some(other) => return Err(Stop::Usage(format!("`{other}` is no scheme; write http or https"))),
        }
        if let Some(age) = &args.age {
            let age = units::duration(age)
                .ok_or_else(|| Stop::Usage(format!("--age: `{age}` is no duration; {}", units::DURATION_HELP)))?;
            self.set_age(age);
        }
        if let Some(words) = &args.press {
            self.evidence = Some(Evidence {
                report: report(words)?,
                decoy: self.evidence.is_some_and(|evidence| evidence.decoy),
            });
        }
        Ok(())
    }

    /// A first visit to a link of that age.
    fn set_age(&mut self, age: Duration) {
        let now = Clock::System.now();
        let mark = Mark::of(&self.visit.as_visit(), now, |_| 0);
        let history = match self.visit.history {
            Fact::Known(history) => history,
            Fact::Unrecorded => History::first(mark),
        };
        self.visit.history = Fact::Known(History {
            issued: Some(history.mark.at.before(age)),
            ..history
        });
    }
}

/// A raw request head: the request line, then fields.
pub(super) fn raw(text: &str) -> Result<Parsed, String> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let mut parts = first.split_ascii_whitespace();
    let (Some(method), Some(target)) = (parts.next(), parts.next()) else {
        return Err("the first line is no request line; it looks like: GET /path HTTP/1.1".to_owned());
    };
    let mut fields = Vec::new();
    for (number, line) in lines.enumerate().take_while(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("line {} is no header field", number + 2))?;
        fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let host = fields
        .iter()
        .find(|(name, _)| name == "host")
        .map(|(_, value)| value.clone());
    Ok(Parsed {
        method: method.to_owned(),
        host: host.unwrap_or_default(),
        target: target.to_owned(),
        version: parts
            .next()
            .and_then(|name| name.strip_prefix("HTTP/"))
            .map(str::to_owned),
        secure: None,
        fields,
    })
}

/// A report as the log has it; the first word may be left out.
fn report(words: &str) -> Result<Option<Report>, Stop> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(None);
    }
    let text = format!("1 {}", words.strip_prefix("1 ").unwrap_or(words));
    let report = Report::read(&text);
    let known = report.map(|report| report.to_string()).unwrap_or_default();
    let unknown = text
        .split(' ')
        .find(|word| !word.contains('=') && !known.split(' ').any(|known| known == *word));
    match unknown {
        Some(word) => Err(Stop::Usage(format!(
            "--press: `{word}` is no word of a report, or another one says otherwise; {PRESS_HELP}"
        ))),
        None => Ok(report),
    }
}

const PRESS_HELP: &str = "one looks like: trusted active mouse focus hover moves=22 seen=2100";

/// A visit of which nothing is known but its method.
fn method(name: &str) -> Result<Method, Stop> {
    let wrong = |_| Stop::Usage(format!("`{name}` is no method; write GET, HEAD, POST or OPTIONS"));
    Method::from_bytes(name.as_bytes()).map_err(wrong)
}

fn version(name: &str) -> Result<Version, Stop> {
    version_named(name).ok_or_else(|| Stop::Usage(format!("`{name}` is no HTTP version; write 1.0, 1.1 or 2")))
}
