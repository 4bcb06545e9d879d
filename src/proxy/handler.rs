//! The request's way, as a straight line.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::{Method, Request, Response};
use hyper::body::Incoming;

use super::body::Body;
use super::exchange::Exchange;
use super::headers::check_framing;
use super::{Connection, Proxy, cookies};
use crate::gate::keys::LinkId;
use crate::gate::verdict::Verdict;
use crate::gate::{OpenTarget, Opening, Protected, Routed, ticket};
use crate::pages::Notice;
use crate::signatures::Action;
use crate::visit::{Fact, Ja4};

impl Proxy {
    /// Answers one request.
    pub async fn handle(&self, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
        let snapshot = self.snapshot.load_full();
        let stall = snapshot.times.stall;
        let mut exchange = Exchange::new(
            Arc::clone(&snapshot),
            &request,
            connection,
            self.clock.now(),
            self.log.is_heard(),
        );
        let response = self
            .answer(&mut exchange, request.map(|body| Body::stream(body, stall)))
            .await;
        exchange.finish(response, &self.log)
    }

    async fn answer(&self, exchange: &mut Exchange, request: Request<Body>) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        if let Err(malformed) = check_framing(&request, snapshot.limits.target) {
            return exchange.malformed(malformed);
        }
        if !(snapshot.hosts.is_empty() || snapshot.hosts.contains(&exchange.host)) {
            return exchange.refuse(Notice::UnknownHost, "unknown_host");
        }
        self.note_hidden(exchange);
        match snapshot.gate.route(request, &exchange.host) {
            Routed::Open(passage) => {
                exchange.note_open(passage.request());
                let asked: Vec<_> = snapshot.gate.asked(passage.request()).collect();
                let response = self.pass(exchange, passage).await;
                if !(response.status().is_client_error() || response.status().is_server_error()) {
                    asked
                        .iter()
                        .for_each(|link| self.memory.visits().ask(link, exchange.now));
                }
                response
            }
            Routed::Protected(protected) => self.protected(exchange, protected).await,
            Routed::Call(call) => self.call(exchange, call).await,
            Routed::Ambiguous(request) => {
                let query = request.uri().query().unwrap_or_default();
                exchange.note_client(request.headers(), &query.split(['=', '&']).collect::<Vec<_>>());
                exchange.refuse(Notice::BadRequest, "ambiguous")
            }
        }
    }

    async fn protected(&self, exchange: &mut Exchange, protected: Protected<Body>) -> Response<Body> {
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
        if !snapshot.gate.is_whole(&protected) {
            return exchange.refuse_link(Notice::LinkIncomplete, "token_shape", link);
        }
        let verdict = self.judge(exchange, &protected);
        let protected = match (verdict.action(), snapshot.gate.pass_allowed(protected, &verdict)) {
            (Action::Refuse, _) => return exchange.refuse(Notice::VisitRefused, "refused_by_signature"),
            (_, Ok(passage)) => return self.pass(exchange, passage).await,
            (_, Err(protected)) => protected,
        };
        match *protected.method() {
            Method::GET | Method::HEAD => self.hold(exchange, &protected, &verdict, None),
            Method::POST => self.post(exchange, protected, &verdict).await,
            Method::OPTIONS => {
                let (protected, body) = protected.take_body();
                let Some(opening) = self.open_target(exchange, &protected) else {
                    return exchange.allow();
                };
                match snapshot.gate.pass_opened_post(protected, opening, exchange.now, body) {
                    Ok(passage) => self.pass(exchange, passage).await,
                    Err(_) => exchange.allow(),
                }
            }
            _ => exchange.method_not_allowed(),
        }
    }

    /// Says once what to do about a proxy in front that is not trusted.
    fn note_hidden(&self, exchange: &Exchange) {
        if exchange.client.is_hidden && !self.told_hidden.swap(true, Ordering::Relaxed) {
            let address = exchange.client.address;
            tracing::warn!(
                "{address} sends X-Forwarded-For and is not trusted, so clients' addresses are not known; if it is your \
                 proxy, add: trusted-proxies = [\"{address}\"]"
            );
        }
    }

    /// What a visit looks like, with what came before it; and remembers it for those after it.
    fn judge<B>(&self, exchange: &mut Exchange, protected: &Protected<B>) -> Verdict {
        let (gate, visits) = (&exchange.snapshot.gate, self.memory.visits());
        let (request, link, now) = (protected.request(), protected.link_id(), exchange.now);
        let ja4 = exchange.client.ja4;
        let mut visit = exchange.visit(request);
        visit.tls = ja4.as_ref().map(|ja4| ja4.as_ref().map(Ja4::as_str));
        let address = exchange.snapshot.addresses.of(visit.client, now);
        visit.asn = address.asn;
        visit.reverse_dns = address.reverse_dns.as_ref().map(|name| &**name);
        let mark = gate.mark(&visit, now);
        let asked = || visits.only_ask(&gate.link(protected).name, now);
        let issued = gate.issued(protected).or_else(asked);
        let counts = visit.counts();
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
        verdict
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
        let remembered = self.memory.open_target(protected.target(), exchange.now);
        remembered.or_else(|| {
            let (_, target) = exchange.opened_by_cookie(protected.request())?;
            (exchange.now < target.until).then_some(target)
        })
    }
}

impl Exchange {
    fn opened_by_cookie<B>(&self, request: &Request<B>) -> Option<(Opening, OpenTarget)> {
        let sealed = cookies::Cookie::Opening.value(request.headers(), self.https)?;
        ticket::open_opening(self.snapshot.gate.keys(), sealed)
    }
}
