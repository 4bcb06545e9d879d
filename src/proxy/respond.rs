//! Answers of the gate's own: pages for people, envelopes for programs.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

use super::body::Body;
use super::cookies::{self, Cookie};
use super::exchange::Exchange;
use super::handler::Judged;
use super::headers::Malformed;
use super::{Proxy, random};
use crate::gate::keys::BrowserSecret;
use crate::gate::link::Link;
use crate::gate::verdict::Verdict;
use crate::gate::{Again, Code, Protected, Step};
use crate::memory::Fault;
use crate::pages::{self, Asset, Hold, Notice, NoticeText, Voice};
use crate::records::Outcome;
use crate::visit::browser::is_in_app;
use crate::visit::text;

impl Proxy {
    /// The page that holds a link: the way on for a person, harmless to everything else. `again` is why a POST gets it.
    pub(super) fn hold<B>(
        &self,
        exchange: &mut Exchange,
        protected: &Protected<B>,
        judged: &Judged,
        again: Option<Again>,
    ) -> Response<Body> {
        let code = self.code(exchange, protected, judged, again);
        exchange.hold(protected, (&judged.verdict, code), again)
    }

    /// The same page once more, which asks for no less than `step`.
    pub(super) fn hold_step<B>(
        &self,
        exchange: &mut Exchange,
        protected: &Protected<B>,
        judged: &Judged,
        step: Step,
    ) -> Response<Body> {
        let again = (step == Step::PressAndCode).then_some(Again::CodeNeeded);
        let code = self.code(exchange, protected, judged, again);
        exchange.hold(protected, (&judged.verdict, code), None)
    }

    fn code<B>(
        &self,
        exchange: &Exchange,
        protected: &Protected<B>,
        judged: &Judged,
        again: Option<Again>,
    ) -> Option<Code> {
        let of_link = self.memory.tries().of_link(protected.remembered().0);
        let gate = &exchange.snapshot.gate;
        gate.code(judged.step(gate.link(protected)), again, of_link, random)
    }
}

impl Exchange {
    fn hold<B>(
        &mut self,
        protected: &Protected<B>,
        (verdict, code): (&Verdict, Option<Code>),
        again: Option<Again>,
    ) -> Response<Body> {
        let snapshot = self.snapshot.clone();
        self.note(Outcome::Held, again.map_or("visit", Again::as_str));
        if self.program {
            return self.envelope(Notice::ConfirmationRequired, Notice::ConfirmationRequired.status());
        }
        let request = protected.request();
        let browser = cookies::browser(request.headers(), self.https).unwrap_or_else(|| BrowserSecret(random()));
        self.record.step = Some(Step::with(code.as_ref()).as_str());
        let ticket = snapshot.gate.hold(
            protected,
            (verdict, code),
            self.client.address,
            browser,
            self.now,
            random(),
        );
        let link = snapshot.gate.link(protected);
        let voice = self.voice(Some(link));
        let agent = request.headers().get(header::USER_AGENT);
        let agent = agent.map_or("", |agent| text(agent.as_bytes()));
        let page = snapshot.pages.hold(
            voice,
            &Hold {
                site: &self.authority,
                ticket: &ticket,
                reference: &self.request_id,
                code,
                again,
                in_app: is_in_app(agent),
            },
        );
        let mut response = self.page((page, voice), StatusCode::OK, true, &link.redirects_to);
        if let Some(cookie) = Cookie::Browser.set(&cookies::browser_text(browser), self.https, None) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Refuses, and says so to whoever asks.
    pub(super) fn refuse(&mut self, notice: Notice, reason: &'static str) -> Response<Body> {
        self.note(Outcome::Refused, reason);
        self.notice(notice, notice.status(), None)
    }

    /// Too much is under way; a moment later it will do.
    pub(super) fn busy(&mut self, reason: &'static str) -> Response<Body> {
        let mut response = self.refuse(Notice::Busy, reason);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        response
    }

    /// Refuses, with the link's own way on.
    pub(super) fn refuse_link(&mut self, notice: Notice, reason: &'static str, link: &Link) -> Response<Body> {
        self.note(Outcome::Refused, reason);
        self.notice(notice, notice.status(), Some(link))
    }

    /// Refuses a request that has no one reading.
    pub(super) fn malformed(&mut self, malformed: Malformed) -> Response<Body> {
        let notice = match malformed {
            Malformed::TargetTooLong => Notice::TargetTooLong,
            Malformed::Connect => Notice::MethodNotAllowed,
            Malformed::NoHost
            | Malformed::ManyHosts
            | Malformed::InvalidHost
            | Malformed::HostMismatch
            | Malformed::InvalidTarget
            | Malformed::MethodTooLong
            | Malformed::TwoLengths
            | Malformed::InvalidLength
            | Malformed::InvalidEncoding => Notice::BadRequest,
        };
        self.note(Outcome::Refused, "malformed");
        let mut response = self.notice(notice, malformed.status(), None);
        if malformed == Malformed::Connect {
            response.headers_mut().insert(header::ALLOW, ALLOW);
        }
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// Says that the upstream did not answer what passed.
    pub(super) fn fault(&mut self, fault: Fault) -> Response<Body> {
        let (notice, error) = match fault {
            Fault::Unreachable => (Notice::UpstreamDown, "upstream_unreachable"),
            Fault::TimedOut => (Notice::UpstreamSlow, "upstream_timeout"),
            Fault::Broken => (Notice::UpstreamBroken, "upstream_broken"),
        };
        self.record.error = Some(error);
        self.notice(notice, notice.status(), None)
    }

    /// A notice for a person, or its envelope for a program.
    pub(super) fn notice(&mut self, notice: Notice, status: StatusCode, link: Option<&Link>) -> Response<Body> {
        if self.program {
            return self.envelope(notice, status);
        }
        self.record.notice = Some(notice.code());
        let text = NoticeText {
            site: &self.authority,
            reference: &self.request_id,
            new_link: link.and_then(|link| link.new_link.as_deref()),
        };
        let voice = self.voice(link);
        let page = self.snapshot.pages.notice(voice, notice, &text);
        self.page((page, voice), status, false, &[])
    }

    /// The envelope, whoever asks.
    pub(super) fn envelope(&mut self, notice: Notice, status: StatusCode) -> Response<Body> {
        self.record.notice = Some(notice.code());
        self.record.form = Some("json");
        let body = pages::envelope(notice.code(), notice.message(), None, &self.request_id, self.now);
        let mut response = self.respond(body, status);
        pages::envelope_headers(response.headers_mut());
        response
    }

    /// Says which methods a link knows.
    pub(super) fn allow(&mut self) -> Response<Body> {
        self.note(Outcome::Refused, "options");
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(header::ALLOW, ALLOW);
        response
    }

    /// Refuses a method that a link does not know.
    pub(super) fn method_not_allowed(&mut self) -> Response<Body> {
        let mut response = self.refuse(Notice::MethodNotAllowed, "method");
        response.headers_mut().insert(header::ALLOW, ALLOW);
        response
    }

    fn page(
        &mut self,
        (page, voice): (Bytes, Voice),
        status: StatusCode,
        script: bool,
        redirects_to: &[String],
    ) -> Response<Body> {
        self.record.form = Some("page");
        let mut response = self.respond(page, status);
        let pages = &self.snapshot.pages;
        pages.set_headers(response.headers_mut(), voice.language, script, redirects_to);
        if self.https && has_name(&self.host) {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        }
        response
    }

    /// A file of the pages' own.
    pub(super) fn asset(&mut self, asset: &Asset, method: &Method) -> Response<Body> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return self.method_not_allowed();
        }
        self.note(Outcome::Served, asset.name);
        let mut response = self.respond(asset.content.clone(), StatusCode::OK);
        asset.set_headers(response.headers_mut());
        response
    }

    /// A whole body; for HEAD its length alone, because hyper would send it on HTTP/2.
    fn respond(&self, body: Bytes, status: StatusCode) -> Response<Body> {
        let length = body.len();
        let mut response = Response::new(if self.head { Body::Empty } else { Body::from(body) });
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.reserve(FIELDS);
        headers.insert(header::CONTENT_LENGTH, length.into());
        response
    }
}

/// Neither localhost nor an address: there HSTS would outlive a developer's certificate.
fn has_name(host: &str) -> bool {
    let local = host.is_empty() || host == "localhost" || host.ends_with(".localhost");
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    !local && !address
}

/// As many as a page has, so that they are hashed once.
const FIELDS: usize = 16;
const ALLOW: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
