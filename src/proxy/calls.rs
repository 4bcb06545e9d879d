//! API calls that may redeem a link's token.

use std::sync::Arc;

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, Response};

use super::Proxy;
use super::body::{Body, ReadError};
use super::exchange::Exchange;
use crate::config::NamedClient;
use crate::gate::keys::LinkId;
use crate::gate::{CallRequest, CallToken, Marked, NamedClientProof};
use crate::pages::Notice;
use crate::records::Outcome;

impl Proxy {
    pub(super) async fn call(&self, exchange: &mut Exchange, call: CallRequest<Body>) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        exchange.record.route = Some(snapshot.gate.call_route(&call));
        let call = match snapshot.gate.pass_watched_call(call) {
            Ok(passage) => {
                exchange.note_client(passage.request().headers(), &[]);
                return self.pass(exchange, passage).await;
            }
            Err(call) => call,
        };
        let needs_body = snapshot.gate.needs_body(&call);
        let (mut call, mut body) = call.take_body();
        if let Some(client) = named_client(exchange, call.request().headers()) {
            exchange.note_client(call.request().headers(), &[]);
            call.headers_mut().remove(CLIENT_SECRET);
            return self
                .pass(exchange, snapshot.gate.pass_named_client(call, &client, body))
                .await;
        }
        let mut read = Bytes::new();
        if needs_body {
            match body.read(snapshot.limits.body, snapshot.times.body).await {
                Ok(bytes) => read = bytes,
                Err(error) => return exchange.unread(&error),
            }
            body = Body::from(read.clone());
        }
        let token = snapshot.gate.call_token(&mut call, &read);
        exchange.note_client(call.request().headers(), &[]);
        match &token {
            CallToken::None => match snapshot.gate.pass_without_token(call, &token, body) {
                Some(passage) => self.pass(exchange, passage).await,
                None => exchange.refuse(Notice::CallRefused, "call_unclear"),
            },
            CallToken::Unclear => exchange.refuse_call(Notice::CallRefused, "call_unclear"),
            CallToken::Links { ids, remembered } => {
                exchange.record.link_id = ids.first().map(ToString::to_string);
                let (opening, visits) = (self.opening(exchange, ids, call.request()), self.memory.visits());
                let sight = visits.sight(remembered, exchange.now, true);
                let gate = &snapshot.gate;
                let passage = match opening {
                    Some(opening) => gate.pass_opened_call(call, &token, opening, exchange.now, body),
                    None => self.asked(exchange, call.request()).and_then(|asked| {
                        let mark = Marked {
                            asked: &asked,
                            ours: exchange.ours(),
                            sight,
                            now: exchange.now,
                        };
                        let binds = |links: &[LinkId]| visits.binds(&asked, links);
                        gate.pass_marked_call(call, &token, &mark, binds, body)
                    }),
                };
                match passage {
                    Some(passage) => self.pass(exchange, passage).await,
                    None => exchange.refuse_call(Notice::ConfirmationRequired, "call_not_opened"),
                }
            }
        }
    }
}

impl Exchange {
    /// Refuses a call: whoever calls an API reads envelopes.
    fn refuse_call(&mut self, notice: Notice, reason: &'static str) -> Response<Body> {
        self.note(Outcome::Refused, reason);
        self.envelope(notice, notice.status())
    }

    /// Says why a body that had to be read was not.
    pub(super) fn unread(&mut self, error: &ReadError) -> Response<Body> {
        match error {
            ReadError::TooLarge(_) => self.refuse(Notice::ContentTooLarge, "body_too_large"),
            ReadError::TimedOut => self.refuse(Notice::RequestTimeout, "body_timeout"),
            ReadError::Broken(_) => self.refuse(Notice::BadRequest, "body_broken"),
        }
    }
}

/// The client that the operator named, if all holds that the configuration asks of it.
fn named_client(exchange: &Exchange, headers: &HeaderMap) -> Option<NamedClientProof> {
    let given = headers
        .get(CLIENT_SECRET)
        .and_then(|value| BASE64URL_NOPAD.decode(value.as_bytes()).ok());
    let proof = |client: &NamedClient| {
        let networks = &client.networks;
        let in_network = (!networks.is_empty()).then(|| exchange.client.address.is_in(networks));
        let secret_matches = client.secret.as_ref().map(|secret| {
            let given = given.as_deref().unwrap_or_default();
            aws_lc_rs::constant_time::verify_slices_are_equal(secret.expose(), given).is_ok()
        });
        NamedClientProof::check(in_network, secret_matches)
    };
    exchange.snapshot.clients.iter().find_map(proof)
}

/// The field in which a named client sends its secret.
pub(super) const CLIENT_SECRET: &str = "x-linklatch-client";
