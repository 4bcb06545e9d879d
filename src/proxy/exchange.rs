//! What is known of one request while it is answered, and the record that it leaves.

use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use uuid::Builder;

use super::body::{Body, Ended, Guard};
use super::client::{self, Client, Source};
use super::{Connection, Snapshot, random};
use crate::config::canonical_host;
use crate::gate::Ours;
use crate::gate::link::Link;
use crate::locales::{Language, Purpose};
use crate::pages::Voice;
use crate::records::{Outcome, Record, redact};
use crate::telemetry::log::Log;
use crate::time::Timestamp;
use crate::visit::{self, Fact, Visit, version_name};

/// One request and its answer.
pub(super) struct Exchange {
    pub(super) snapshot: Arc<Snapshot>,
    /// The other end of the connection, whoever that is: it does not identify the client.
    pub(super) peer: std::net::IpAddr,
    pub(super) client: Client,
    /// The host with its port, as the client knows us.
    pub(super) authority: String,
    /// The host with its port, as the request itself names it.
    pub(super) own: String,
    /// The canonical host.
    pub(super) host: String,
    pub(super) https: bool,
    pub(super) now: Timestamp,
    pub(super) head: bool,
    /// Whether a program asks rather than a person's browser.
    pub(super) program: bool,
    pub(super) request_id: String,
    pub(super) record: Record,
    /// The language that was chosen on a page of ours.
    pub(super) language: Option<Language>,
    /// What the browser wishes for.
    accept_language: Option<HeaderValue>,
    /// Whether the record is going to be read; its texts cost something.
    pub(super) heard: bool,
    started: Instant,
}

impl Exchange {
    pub(super) fn new<B>(
        snapshot: Arc<Snapshot>,
        request: &Request<B>,
        connection: &Connection,
        now: Timestamp,
        heard: bool,
    ) -> Self {
        let headers = request.headers();
        let client = client::client(
            connection,
            headers,
            &snapshot.trusted_proxies,
            snapshot.fingerprint_header.as_ref(),
        );
        let own = request
            .uri()
            .authority()
            .map(http::uri::Authority::as_str)
            .or_else(|| text(headers, header::HOST));
        // A trusted proxy may pass a client's own X-Forwarded-Host on: it may say what people see, not where we route.
        let asked = client.host.as_deref().or(own).unwrap_or_default();
        let (authority, https) = match &snapshot.public_url {
            // One gate may serve several hosts; the public URL speaks for its own and where nothing else is known.
            Some(url) if asked.is_empty() || canonical_host(&url.authority) == canonical_host(asked) => {
                (url.authority.clone(), url.https)
            }
            Some(url) => (asked.to_owned(), url.https),
            None => (asked.to_owned(), client.https),
        };
        let visit = Visit::live(request.method(), headers, client.address);
        let peer = connection.peer.ip().to_canonical();
        let request_id = request_id(now);
        let record = if heard {
            Record {
                timestamp: now.to_string(),
                request_id: request_id.clone(),
                method: method_name(request.method()),
                scheme: if https { "https" } else { "http" },
                version: version_name(request.version()),
                client: client.address.known().map(|address| address.to_string()),
                peer: client.address.known().is_none().then(|| peer.to_string()),
                ..Record::default()
            }
        } else {
            Record::default()
        };
        Self {
            peer,
            host: canonical_host(own.unwrap_or_default()),
            own: own.unwrap_or_default().to_owned(),
            head: request.method() == Method::HEAD,
            program: visit.is_program(),
            snapshot,
            client,
            authority,
            https,
            now,
            request_id,
            record,
            language: None,
            accept_language: accept_language(headers),
            heard,
            started: Instant::now(),
        }
    }

    /// Notes what may be said of a request that is not for a link.
    pub(super) fn note_open<B>(&mut self, request: &Request<B>) {
        if !self.heard {
            return;
        }
        self.record.path = Some(redact::path(request.uri().path()));
        self.note_client(request.headers(), &[]);
    }

    /// Notes what a client calls itself; `tokens` are what this request carries of them.
    pub(super) fn note_client(&mut self, headers: &HeaderMap, tokens: &[&str]) {
        if !self.heard {
            return;
        }
        self.record.host = (!self.host.is_empty()).then(|| redact::text(&self.host, tokens));
        self.record.user_agent = headers
            .get(header::USER_AGENT)
            .map(|agent| redact::text(visit::text(agent.as_bytes()), tokens));
    }

    /// A request as classification sees it.
    pub(super) fn visit<'r, B>(&self, request: &'r Request<B>) -> Visit<'r> {
        let mut visit = Visit::live(request.method(), request.headers(), self.client.address);
        visit.secure = Fact::Known(self.https);
        // Behind a proxy the version is the proxy's.
        if self.client.source == Source::Connection {
            visit.version = Fact::Known(request.version());
        }
        visit
    }

    /// How a page of ours speaks: the language chosen on one before, or what the browser wishes for.
    pub(super) fn voice(&self, link: Option<&Link>) -> Voice {
        let wished = self.accept_language.as_ref().and_then(|value| value.to_str().ok());
        let locales = self.snapshot.pages.locales();
        Voice {
            language: self
                .language
                .unwrap_or_else(|| locales.choose(wished.unwrap_or_default())),
            purpose: link.map_or(Purpose::Other, |link| link.purpose),
        }
    }

    /// Which requests come from our own pages.
    pub(super) fn ours(&self) -> Ours<'_> {
        let public = self.snapshot.public_url.as_ref();
        let public_authority = public.map_or("", |url| url.authority.as_str());
        Ours {
            authorities: [&self.authority, &self.own, public_authority],
            ports: public.is_some(),
        }
    }

    pub(super) fn note(&mut self, outcome: Outcome, reason: &'static str) {
        self.record.outcome = outcome;
        self.record.reason = Some(reason);
    }

    /// Gives the answer its reference, and has the record written when its body ends.
    pub(super) fn finish(self, mut response: Response<Body>, log: &Log) -> Response<Body> {
        if !response.headers().contains_key(&X_REQUEST_ID)
            && let Ok(value) = self.request_id.parse()
        {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        if !self.heard {
            return response;
        }
        let mut record = self.record;
        record.status = response.status().as_u16();
        let end = End {
            record: Some(record),
            started: self.started,
            log: log.clone(),
        };
        response.map(|body| body.guarded(Box::new(end)))
    }
}

/// Writes the record once the answer's body has ended or broken.
#[derive(Debug)]
struct End {
    record: Option<Record>,
    started: Instant,
    log: Log,
}

impl Guard for End {
    fn ended(&mut self, how: Ended) {
        let Some(mut record) = self.record.take() else { return };
        record.duration = self.started.elapsed().as_secs_f64();
        if how != Ended::Whole && record.error.is_none() {
            record.error = Some("body_cut_off");
        }
        self.log.write(&record);
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The field as one line, wherever it was cut. Nearly always it is one; then nothing is copied.
fn accept_language(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut lines = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    let first = lines.next()?;
    let more: Vec<_> = lines.take(8).map(HeaderValue::as_bytes).collect();
    if more.is_empty() {
        return Some(first.clone());
    }
    HeaderValue::from_bytes(&[&[first.as_bytes()], more.as_slice()].concat().join(&b","[..])).ok()
}

/// `req_` and a version 7 UUID: sorts by time, and can't be guessed.
fn request_id(now: Timestamp) -> String {
    let random = random();
    let (Some(bytes), Ok(millis)) = (random.first_chunk::<10>(), u64::try_from(now.as_millis())) else {
        return "req_".to_owned();
    };
    format!(
        "req_{}",
        Builder::from_unix_timestamp_millis(millis, bytes).into_uuid().simple()
    )
}

/// Known methods by name; others are `_OTHER`, as OpenTelemetry asks.
fn method_name(method: &Method) -> String {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    if KNOWN.contains(method) {
        method.as_str().to_owned()
    } else {
        "_OTHER".to_owned()
    }
}

pub(super) const X_REQUEST_ID: header::HeaderName = header::HeaderName::from_static("x-request-id");
