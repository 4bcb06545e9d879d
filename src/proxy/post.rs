//! POSTs to a link: a press of its page, another language for it, or one of the few that pass without.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Response, header};

use super::Proxy;
use super::body::{Body, ReadError};
use super::exchange::Exchange;
use super::handler::Judged;
use crate::gate::{self, Again, Protected};

impl Proxy {
    /// A POST with the ticket's field is ours, and so is one that asks for another language. Another one passes for a
    /// named reason, or gets the page.
    pub(super) async fn post(
        &self,
        exchange: &mut Exchange,
        protected: Protected<Body>,
        judged: Judged,
    ) -> Response<Body> {
        let judged = &judged;
        let snapshot = Arc::clone(&exchange.snapshot);
        let (protected, body) = protected.take_body();
        let form = is_form(protected.request().headers());
        if !form && self.open_target(exchange, &protected).is_none() {
            return self.hold_unticketed(exchange, protected, judged, body).await;
        }
        let read = match body.read(snapshot.limits.body, snapshot.times.body).await {
            Ok(read) => read,
            // What may hold a ticket further on is ours; a large upload is not.
            Err(ReadError::TooLarge(body)) if form => {
                return self.hold_unticketed(exchange, protected, judged, body).await;
            }
            Err(ReadError::TooLarge(body)) => {
                return self.post_without_ticket(exchange, protected, judged, body).await;
            }
            Err(error) => return exchange.unread(&error),
        };
        let language = gate::language_of(if form { &read } else { &[] });
        let speaks = |tag: &String| snapshot.pages.locales().named(tag);
        exchange.language = language.as_ref().and_then(speaks);
        if gate::has_ticket(&read) {
            return self
                .confirm(exchange, protected, judged, if form { &read } else { &[] })
                .await;
        }
        if language.is_some() {
            return self.hold_step(exchange, &protected, judged, gate::step_of(&read));
        }
        match snapshot.gate.pass_one_click(protected, &read, Body::from(read.clone())) {
            Ok(passage) => self.pass(exchange, passage).await,
            Err((protected, body)) => self.post_without_ticket(exchange, protected, judged, body).await,
        }
    }

    async fn post_without_ticket(
        &self,
        exchange: &mut Exchange,
        protected: Protected<()>,
        judged: &Judged,
        body: Body,
    ) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        let Some(opening) = self.open_target(exchange, &protected) else {
            return self.hold_unticketed(exchange, protected, judged, body).await;
        };
        match snapshot.gate.pass_opened_post(protected, opening, exchange.now, body) {
            Ok(passage) => self.pass(exchange, passage).await,
            Err((protected, body)) => self.hold_unticketed(exchange, protected, judged, body).await,
        }
    }

    /// The page, unless the link's mode lets the POST pass.
    async fn hold_unticketed(
        &self,
        exchange: &mut Exchange,
        protected: Protected<()>,
        judged: &Judged,
        body: Body,
    ) -> Response<Body> {
        match exchange
            .snapshot
            .gate
            .pass_by_mode(protected.with_body(body), &judged.verdict)
        {
            Ok(passage) => self.pass(exchange, passage).await,
            Err(protected) => self.hold(exchange, &protected, judged, NO_TICKET),
        }
    }
}

const NO_TICKET: Option<Again> = Some(Again::NoTicket);

/// What the page's form sends, and nothing else.
fn is_form(headers: &HeaderMap) -> bool {
    let essence = |value: &HeaderValue| {
        value.to_str().is_ok_and(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    };
    headers.get(header::CONTENT_TYPE).is_some_and(essence) && !headers.contains_key(header::CONTENT_ENCODING)
}
