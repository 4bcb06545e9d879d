//! What goes upstream: a passage as it came, a confirmation once. Nothing else does.

use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use super::Proxy;
use super::body::{Body, Ended, Guard, ReadError};
use super::exchange::{Exchange, X_REQUEST_ID};
use super::places::{Full, Place};
use super::upstream::{SendError, Upstream};
use super::{cookies, headers};
use crate::gate::{Confirmed, Passage};
use crate::memory::Fault;
use crate::records::Outcome;

impl Proxy {
    /// Forwards what may pass, and streams the answer back.
    pub(super) async fn pass(&self, exchange: &mut Exchange, passage: Passage<Body>) -> Response<Body> {
        exchange.note(Outcome::Passed, passage.reason().as_str());
        let snapshot = Arc::clone(&exchange.snapshot);
        let place = match self.in_flight.take(exchange.client.address, &snapshot.limits) {
            Ok(place) => place,
            Err(full) => return self.full(exchange, full),
        };
        let path = passage.request().uri().path();
        let upstream = snapshot.upstream(passage.upstream(), &exchange.host, path);
        let mut request = passage.into_request();
        let websocket = headers::is_websocket(&request);
        let from_client = websocket.then(|| hyper::upgrade::on(&mut request));
        exchange.prepare(&mut request, websocket);
        let sent = Instant::now();
        let answered = upstream.send(request).await;
        exchange.record.upstream = Some(upstream.settings().name.clone());
        exchange.record.upstream_duration = Some(sent.elapsed().as_secs_f64());
        match answered {
            Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => match from_client {
                Some(from_client) => self.upgrade(response, from_client),
                // A tunnel that nobody asked for.
                None => exchange.fault(Fault::Broken),
            },
            Ok(mut response) => {
                headers::remove_hop_by_hop(response.headers_mut());
                response.map(|body| body.guarded(Box::new(InFlight(Some(place)))))
            }
            Err(SendError::Full) => {
                self.counters.refused_upstream_full.add(1);
                exchange.busy("upstream_full")
            }
            Err(SendError::Upload(Ended::Stalled)) => {
                self.counters.uploads_too_slow.add(1);
                exchange.unread(&ReadError::TimedOut)
            }
            Err(error @ SendError::Upload(_)) => exchange.unread(&ReadError::Broken(error.into())),
            Err(SendError::NotSent(fault, error) | SendError::Lost(fault, error)) => {
                tracing::warn!(upstream = upstream.settings().name, error = %chain(&*error), "the upstream did not answer");
                exchange.fault(fault)
            }
        }
    }

    /// Refuses what has no place.
    pub(super) fn full(&self, exchange: &mut Exchange, full: Full) -> Response<Body> {
        match full {
            Full::All => self.counters.refused_in_flight.add(1),
            Full::Address => self.counters.refused_in_flight_of_address.add(1),
        }
        exchange.busy(full.reason())
    }

    /// Joins the two sides of an upgraded connection until one ends.
    fn upgrade(&self, mut response: Response<Body>, from_client: OnUpgrade) -> Response<Body> {
        let from_upstream = hyper::upgrade::on(&mut response);
        let tasks = self.tasks.clone();
        self.tasks.spawn_untracked(async move {
            let Ok((client, upstream)) = tokio::try_join!(from_client, from_upstream) else {
                return;
            };
            let (mut client, mut upstream) = (TokioIo::new(client), TokioIo::new(upstream));
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut upstream) => {}
                () = tasks.stopped() => {}
            }
        });
        let headers = response.headers_mut();
        headers::remove_hop_by_hop(headers);
        headers::set_websocket(headers);
        response.map(|_| Body::Empty)
    }
}

/// Counts a request as under way until its answer's body has ended.
#[derive(Debug)]
struct InFlight(Option<Place>);

impl Guard for InFlight {
    fn ended(&mut self, _: Ended) {
        self.0 = None;
    }
}

impl Exchange {
    /// A request's head as the upstream gets it: who the client is comes from us, the rest from the client.
    fn prepare<B>(&self, request: &mut Request<B>, websocket: bool) {
        // HTTP/2 has no Host, and a redeeming request no authority of its own.
        if !request.headers().contains_key(header::HOST)
            && let Ok(host) = HeaderValue::from_str(&self.own)
        {
            request.headers_mut().insert(header::HOST, host);
        }
        let headers = request.headers_mut();
        let by_proxy = self.client.by_trusted_proxy;
        headers::remove_claims(headers, by_proxy, &self.snapshot.header_rules);
        headers::remove_hop_by_hop(headers);
        cookies::strip(headers);
        headers.remove(header::EXPECT);
        headers::set_forwarded(headers, self.peer, &self.client, &self.own);
        if websocket {
            headers::set_websocket(headers);
        }
        // The upstream's log is to say what ours and the answer say, or what the proxy's says.
        if !(by_proxy && headers::is_one_short_token(headers, &X_REQUEST_ID)) {
            headers.remove(&X_REQUEST_ID);
            headers.extend(self.request_id.parse().ok().map(|id: HeaderValue| (X_REQUEST_ID, id)));
        }
    }

    /// A confirmation as the upstream gets it, and the upstream.
    pub(super) fn prepare_confirmed(&self, confirmed: Confirmed) -> (Request<Body>, Arc<Upstream>) {
        let named = confirmed.upstream();
        let mut request = confirmed.into_request().map(Body::from);
        let upstream = self.snapshot.upstream(named, &self.host, request.uri().path());
        let upstream = Arc::clone(upstream);
        self.prepare(&mut request, false);
        (request, upstream)
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
