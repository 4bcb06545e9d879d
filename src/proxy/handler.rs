//! The request's way, as a straight line.

use std::sync::Arc;

use http::{Method, Request, Response};
use hyper::body::Incoming;

use super::body::Body;
use super::client::Source;
use super::exchange::Exchange;
use super::headers::check_framing;
use super::{Connection, Proxy, cookies};
use crate::gate::keys::LinkId;
use crate::gate::{Again, OpenTarget, Opening, Protected, Routed, ticket};
use crate::pages::Notice;
use crate::signatures::Action;
use crate::visit::{Fact, Visit};

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
        match snapshot.gate.route(request, &exchange.host) {
            Routed::Open(passage) => {
                exchange.note_open(passage.request());
                self.pass(exchange, passage).await
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
            exchange.note_client(request.headers(), &protected.secrets());
        }
        if !snapshot.gate.is_whole(&protected) {
            return exchange.refuse_link(Notice::LinkIncomplete, "token_shape", link);
        }
        let address = snapshot.addresses.of(exchange.client.address, exchange.now);
        exchange.note_address(&address);
        let mut visit = Visit::live(request.method(), request.headers(), exchange.client.address);
        visit.asn = address.asn;
        visit.reverse_dns = address.reverse_dns.as_ref().map(|name| &**name);
        // Behind a proxy the version is the proxy's.
        if exchange.client.source == Source::Connection {
            visit.version = Fact::Known(request.version());
        }
        let verdict = snapshot.gate.judge(&visit);
        if exchange.heard {
            exchange.record.class = Some(verdict.class.as_str());
            exchange.record.findings = verdict
                .findings
                .iter()
                .map(|finding| finding.name.as_str().to_owned())
                .collect();
        }
        let protected = match (verdict.action(), snapshot.gate.pass_allowed(protected, &verdict)) {
            (Action::Refuse, _) => return exchange.refuse(Notice::VisitRefused, "refused_by_signature"),
            (_, Ok(passage)) => return self.pass(exchange, passage).await,
            (_, Err(protected)) => protected,
        };
        match *protected.method() {
            Method::GET | Method::HEAD => exchange.hold(&protected, &verdict, "visit"),
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

/// Why a POST without a ticket is held.
pub(super) const NO_TICKET: &str = Again::NoTicket.as_str();
