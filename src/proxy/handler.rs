//! The request's way, as a straight line.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::{Method, Request, Response};
use hyper::body::Incoming;

use self::Answering::{Later, Now};
use super::body::Body;
use super::client::Source;
use super::exchange::Exchange;
use super::headers::check_framing;
use super::{Connection, Proxy, cookies};
use crate::gate::keys::{LinkId, TargetId};
use crate::gate::link::{Link, Mode, SameBrowser};
use crate::gate::verdict::Verdict;
use crate::gate::{Asked, Network, OpenTarget, Opening, Passage, Protected, Routed, Step, Vouched, ticket};
use crate::pages::Notice;
use crate::signatures::Action;
use crate::visit::history::{Digest, FirstSight};
use crate::visit::{Fact, Ja4};

/// What a visit looks like, and the mark of its browser, if that vouches for the link.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) vouched: Option<Vouched>,
}

impl Judged {
    /// What its page asks of a person.
    pub(super) fn step(&self, link: &Link) -> Step {
        Step::called_for(link.mode, self.verdict.score, self.vouched.is_some())
    }
}

/// An answer of the gate's own; or what waits for a body or an upstream, boxed: it is large, and the gate's own answers,
/// which most are, carry no room for it.
enum Answering<'e> {
    Now(Response<Body>),
    Later(Pin<Box<dyn Future<Output = Response<Body>> + Send + 'e>>),
}

impl<'e> Answering<'e> {
    fn later(waiting: impl Future<Output = Response<Body>> + Send + 'e) -> Self {
        Later(Box::pin(waiting))
    }
}

impl Proxy {
    /// Answers one request.
    pub async fn handle(&self, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
        let snapshot = self.snapshot.load_full();
        let pace = snapshot.pace();
        let mut exchange = Exchange::new(
            Arc::clone(&snapshot),
            &request,
            connection,
            self.clock.now(),
            self.log.is_heard(),
        );
        let rules = &snapshot.header_rules;
        let request = request.map(|body| Body::stream(body, pace).with_rules(rules));
        let response = match self.answer(&mut exchange, request) {
            Now(response) => response,
            Later(waiting) => waiting.await,
        };
        exchange.finish(response, &self.log)
    }

    fn answer<'e>(&'e self, exchange: &'e mut Exchange, request: Request<Body>) -> Answering<'e> {
        let snapshot = Arc::clone(&exchange.snapshot);
        if let Err(malformed) = check_framing(&request, snapshot.limits.target) {
            return Now(exchange.malformed(malformed));
        }
        if !(snapshot.hosts.is_empty() || snapshot.hosts.contains(&exchange.host)) {
            return Now(exchange.refuse(Notice::UnknownHost, "unknown_host"));
        }
        if let Some(asset) = snapshot.pages.asset(request.uri().path()) {
            exchange.note_open(&request);
            return Now(exchange.asset(asset, request.method()));
        }
        self.note_hidden(exchange);
        match snapshot.gate.route(request, &exchange.host) {
            Routed::Open(passage) => Answering::later(self.open(exchange, passage)),
            Routed::Protected(protected) => self.protected(exchange, protected),
            Routed::Call(call) => Answering::later(self.call(exchange, call)),
            Routed::Ambiguous(request) => {
                let query = request.uri().query().unwrap_or_default();
                exchange.note_client(request.headers(), &query.split(['=', '&']).collect::<Vec<_>>());
                Now(exchange.refuse(Notice::BadRequest, "ambiguous"))
            }
        }
    }

    /// What is no link passes; where it asks for mails, that is noted, and its browser marked.
    async fn open(&self, exchange: &mut Exchange, passage: Passage<Body>) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        exchange.note_open(passage.request());
        let asked: Vec<_> = snapshot.gate.asked(passage.request()).collect();
        let ours = exchange.ours().sent_by_site(passage.request().headers());
        let mut response = self.pass(exchange, passage).await;
        if !(asked.is_empty() || response.status().is_client_error() || response.status().is_server_error()) {
            let visits = self.memory.visits();
            asked.iter().for_each(|link| visits.ask(&link.name, exchange.now));
            if ours {
                exchange.mark(&asked, &mut response);
            }
        }
        response
    }

    fn protected<'e>(&'e self, exchange: &'e mut Exchange, protected: Protected<Body>) -> Answering<'e> {
        let snapshot = Arc::clone(&exchange.snapshot);
        let request = protected.request();
        let link = snapshot.gate.link(&protected);
        if exchange.heard {
            exchange.record.route = Some(link.url.to_string());
            exchange.record.link = Some(link.name.to_string());
            exchange.record.link_id = Some(protected.link_id().to_string());
            exchange.record.link_repaired = protected.repaired();
            exchange.record.ja4 = exchange.client.ja4.known().flatten();
            exchange.note_client(request.headers(), &protected.secrets());
        }
        let watches = link.mode == Mode::Observe;
        if !watches && !snapshot.gate.is_whole(&protected) {
            return Now(exchange.refuse_link(Notice::LinkIncomplete, "token_shape", link));
        }
        let judged = self.judge(exchange, &protected);
        let protected = match (
            judged.verdict.action(),
            snapshot.gate.pass_allowed(protected, &judged.verdict),
        ) {
            (Action::Refuse, _) if !watches => {
                return Now(exchange.refuse(Notice::VisitRefused, "refused_by_signature"));
            }
            (_, Ok(passage)) => return Answering::later(self.pass(exchange, passage)),
            (_, Err(protected)) => protected,
        };
        if *protected.method() == Method::POST {
            return Answering::later(self.post(exchange, protected, judged));
        }
        let (sealed, remembered) = ((protected.link_id(), protected.target()), protected.remembered());
        let protected = match snapshot.gate.pass_by_mode(protected, &judged.verdict) {
            Ok(passage) => {
                exchange.record.step = Some(judged.step(link).as_str());
                let of = snapshot.gate.name_of(link);
                return Answering::later(self.pass_and_open(exchange, passage, of, (sealed, remembered)));
            }
            Err(protected) => protected,
        };
        match (protected.method(), &judged.vouched) {
            (&Method::GET, Some(vouched)) if snapshot.gate.confirms_at_once(&protected) => {
                let network = Network::of(exchange.client.address);
                let unsealed = snapshot.gate.unseal_vouched(&protected, vouched, network);
                let (protected, _) = protected.take_body();
                Answering::later(self.confirm_at_once(exchange, protected, judged, unsealed))
            }
            (&Method::GET | &Method::HEAD, _) => Now(self.hold(exchange, &protected, &judged, None)),
            (&Method::OPTIONS, _) => Answering::later(self.options(exchange, protected)),
            _ => Now(exchange.method_not_allowed()),
        }
    }

    /// Passes what its link's mode lets pass; a GET leaves the link open for its app's calls.
    async fn pass_and_open(
        &self,
        exchange: &mut Exchange,
        passage: Passage<Body>,
        of: Digest,
        (sealed, remembered): ((LinkId, TargetId), (LinkId, TargetId)),
    ) -> Response<Body> {
        let opens = *passage.request().method() == Method::GET;
        let mut response = self.pass(exchange, passage).await;
        if opens {
            let (opening, target) = exchange.opening_of(remembered, Some(of));
            self.memory.open(opening, target, exchange.now);
            exchange.set_opening(&mut response, exchange.opening_of(sealed, Some(of)));
        }
        response
    }

    /// A preflight passes while its target is open for POSTs.
    async fn options(&self, exchange: &mut Exchange, protected: Protected<Body>) -> Response<Body> {
        let (protected, body) = protected.take_body();
        let Some(opening) = self.open_target(exchange, &protected) else {
            return exchange.allow();
        };
        let gate = &exchange.snapshot.gate;
        match gate.pass_opened_post(protected, opening, exchange.now, body) {
            Ok(passage) => self.pass(exchange, passage).await,
            Err(_) => exchange.allow(),
        }
    }

    /// Says once what to do about a proxy in front that is not trusted.
    fn note_hidden(&self, exchange: &Exchange) {
        let Source::UntrustedProxy(field) = &exchange.client.source else {
            return;
        };
        if !self.told_hidden.swap(true, Ordering::Relaxed) {
            let address = exchange.peer;
            tracing::warn!(
                "{address} sends {field} and is not trusted, so clients' addresses are not known; if it is your \
                 proxy, add: trusted-proxies = [\"{address}\"]"
            );
        }
    }

    /// What a visit looks like, with what came before it; and remembers it for those after it.
    fn judge<B>(&self, exchange: &mut Exchange, protected: &Protected<B>) -> Judged {
        let (gate, visits) = (&exchange.snapshot.gate, self.memory.visits());
        let (request, (link, _), now) = (protected.request(), protected.remembered(), exchange.now);
        let ja4 = exchange.client.ja4;
        let mut visit = exchange.visit(request);
        visit.tls = ja4.as_ref().map(|ja4| ja4.as_ref().map(Ja4::as_str));
        let address = exchange.snapshot.addresses.of(visit.client, now);
        visit.asn = address.asn;
        visit.reverse_dns = address.reverse_dns.as_ref().map(|name| &**name);
        let mark = visits.mark(&visit, now);
        let asked = || visits.only_ask(&gate.link(protected).name, now);
        let issued = gate.issued(protected).or_else(asked);
        let counts = visit.counts();
        let sight = visits.sight(&[link], now, counts);
        let history = if counts {
            visits.note(link, mark, issued)
        } else {
            visits.history(link, mark, issued)
        };
        visit.history = Fact::Known(&history);
        let verdict = gate.judge(&visit);
        if counts && verdict.is_machine() {
            visits.suspect(link, &mark);
        }
        if exchange.heard {
            exchange.record.saw(&visit, &protected.secrets());
            exchange.record.judged(&visit, &verdict);
        }
        let vouched = self.vouched(exchange, protected, &sight);
        exchange.record.asked = vouched.is_some();
        Judged { verdict, vouched }
    }

    /// The mark of the visit's browser, if it vouches for the link. What looks ahead binds none.
    fn vouched<B>(&self, exchange: &Exchange, protected: &Protected<B>, sight: &FirstSight) -> Option<Vouched> {
        let request = protected.request();
        let asked = self.asked(exchange, request)?;
        let opens = matches!(*request.method(), Method::GET | Method::POST) && !exchange.visit(request).is_prefetch();
        let binds = |mark: &Asked| self.memory.visits().binds(mark, &[protected.remembered().0]);
        let gate = &exchange.snapshot.gate;
        opens
            .then(|| gate.vouch(protected, asked, sight, exchange.now, binds))
            .flatten()
    }

    /// The mark of a request's browser: it asked for a mail.
    pub(super) fn asked<B>(&self, exchange: &Exchange, request: &Request<B>) -> Option<Asked> {
        let sealed = cookies::Cookie::Asked.value(request.headers(), exchange.https)?;
        exchange.snapshot.gate.open_asked(sealed)
    }

    /// The opening of one of these links: remembered here, or sealed in the browser's cookie.
    pub(super) fn opening<B>(&self, exchange: &Exchange, links: &[LinkId], request: &Request<B>) -> Option<Opening> {
        let remembered = links.iter().find_map(|link| self.memory.opening(*link, exchange.now));
        remembered.or_else(|| {
            let (opening, _) = exchange.opened_by_cookie(request)?;
            (links.contains(&opening.link) && exchange.now < opening.until).then_some(opening)
        })
    }

    /// The same for a link's own target: what was confirmed, and not what shares its token.
    pub(super) fn open_target<B>(&self, exchange: &Exchange, protected: &Protected<B>) -> Option<OpenTarget> {
        let remembered = self.memory.open_target(protected.remembered().1, exchange.now);
        remembered.or_else(|| {
            let (_, target) = exchange.opened_by_cookie(protected.request())?;
            (exchange.now < target.until).then_some(target)
        })
    }
}

impl Exchange {
    /// Marks the browser that asked for the mails of these links.
    fn mark(&self, asked: &[&Link], response: &mut Response<Body>) {
        let mut marked = asked
            .iter()
            .filter(|link| link.same_browser != SameBrowser::Off)
            .peekable();
        if marked.peek().is_none() {
            return;
        }
        let names = marked.map(|link| &*link.name);
        let sealed = self.snapshot.gate.seal_asked(names, self.now, &super::random());
        if let Some(cookie) = cookies::Cookie::Asked.set(&sealed, self.https, None) {
            cookies::add(response.headers_mut(), cookie);
        }
    }

    fn opened_by_cookie<B>(&self, request: &Request<B>) -> Option<(Opening, OpenTarget)> {
        let sealed = cookies::Cookie::Opening.value(request.headers(), self.https)?;
        ticket::open_opening(self.snapshot.gate.keys(), sealed)
    }
}
