//! A confirmation on its way: sent once, its answer kept for its browser.

use std::sync::Arc;

use http::response::Parts;
use http::{Request, Response, StatusCode, header};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::body::{Body, ReadError};
use super::forward::chain;
use super::places::Place;
use super::upstream::{SendError, Upstream};
use super::{Snapshot, headers, random};
use crate::gate::keys::BrowserSecret;
use crate::gate::{LinkPlace, Meaning, OpenTarget, Opening};
use crate::memory::{Fault, Lease, Memory, Press, Settled};
use crate::time::Clock;

/// What a confirmation needs once its connection may be gone.
pub(super) struct Sending {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) memory: Arc<Memory>,
    pub(super) clock: Clock,
    pub(super) upstream: Arc<Upstream>,
    pub(super) browser: BrowserSecret,
    pub(super) press: Press,
    pub(super) link: LinkPlace,
    /// Counts it as under way.
    pub(super) place: Place,
}

impl Sending {
    /// Sends, and settles the lease whatever happens. The answer goes to `first`, the press that caused it, and is kept
    /// for others of the same browser.
    pub(super) async fn run(self, request: Request<Body>, lease: Box<Lease>, first: oneshot::Sender<Response<Body>>) {
        self.send(request, lease, first).await;
        drop(self.place);
    }

    async fn send(&self, request: Request<Body>, lease: Box<Lease>, first: oneshot::Sender<Response<Body>>) {
        let response = match self.upstream.send_once(request).await {
            Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                tracing::warn!("a confirmation was answered with a tunnel that nobody asked for");
                self.settle(lease, Settled::Lost(Fault::Broken));
                return;
            }
            Ok(response) => response,
            Err(SendError::NotSent(fault, error)) => {
                tracing::warn!(error = %chain(&*error), "a confirmation was not sent; its link stays whole");
                lease.give_back(fault);
                return;
            }
            Err(SendError::Lost(fault, error)) => {
                tracing::warn!(error = %chain(&*error), "a confirmation was sent and not answered");
                self.settle(lease, Settled::Lost(fault));
                return;
            }
            // Its body is our own, and so is its connection.
            Err(SendError::Upload(_) | SendError::Full) => {
                self.settle(lease, Settled::Lost(Fault::Broken));
                return;
            }
        };
        let now = self.clock.now();
        let until = now.after(self.snapshot.times.opening);
        let (link, target) = (self.press.link, self.press.target);
        let opening = Opening { link, of: None, until };
        self.memory.open(opening, OpenTarget { target, until }, now);
        let (mut parts, body) = response.into_parts();
        headers::remove_hop_by_hop(&mut parts.headers);
        if [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT].contains(&parts.status) {
            // It was the answer to a GET. After the person's POST a browser would send the form there, ticket and all.
            parts.status = StatusCode::SEE_OTHER;
        }
        match body
            .read(self.snapshot.limits.answer, self.upstream.settings().response_timeout)
            .await
        {
            Ok(body) => {
                parts.headers.remove(header::CONTENT_LENGTH);
                let headers = parts.headers.clone();
                let answer = Answer {
                    status: parts.status,
                    headers,
                    body: Some(body.clone()),
                };
                self.keep(lease, &answer, Response::from_parts(parts, Body::from(body)), first);
            }
            Err(ReadError::TooLarge(body)) => {
                let answer = Answer::head_only(parts.status, &parts.headers);
                self.keep(lease, &answer, Response::from_parts(parts, body), first);
            }
            Err(ReadError::TimedOut) => self.cut_off(lease, &parts, Fault::TimedOut, first),
            Err(ReadError::Broken(error)) => {
                tracing::warn!(%error, "a confirmation's answer broke off");
                self.cut_off(lease, &parts, Fault::Broken, first);
            }
        }
    }

    /// The head came and the body did not: a redirect needs no body to sign its person in.
    fn cut_off(&self, lease: Box<Lease>, parts: &Parts, fault: Fault, first: oneshot::Sender<Response<Body>>) {
        if !parts.headers.contains_key(header::LOCATION) {
            self.settle(lease, Settled::Lost(fault));
            return;
        }
        let answer = Answer::head_only(parts.status, &parts.headers);
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers.clone();
        self.keep(lease, &answer, response, first);
    }

    fn keep(
        &self,
        lease: Box<Lease>,
        answer: &Answer,
        response: Response<Body>,
        first: oneshot::Sender<Response<Body>>,
    ) {
        let gate = &self.snapshot.gate;
        let (link, body) = (gate.link_at(self.link), answer.body.as_deref());
        let json = body.and_then(|body| serde_json::from_slice(body).ok());
        let (status, headers) = (answer.status, &answer.headers);
        let read = body.is_some() || !link.asks_json();
        if read && link.meaning(status, headers, json.as_ref()) == Meaning::Success {
            self.memory.uses().note(&self.press, link.lifetime);
        }
        let settled = match read && link.turned_away(status, headers, json.as_ref()) {
            true => Settled::Refused,
            false => Settled::Answered,
        };
        let keys = gate.keys();
        let sealed = keys.seal_answer(self.browser, self.press.target, answer.to_bytes(), &random());
        self.memory.keep(&self.press, settled, sealed.into());
        // Nobody listens where the first press's connection is gone.
        let _ = first.send(response);
        self.settle(lease, settled);
    }

    fn settle(&self, lease: Box<Lease>, settled: Settled) {
        lease.settle(settled, self.clock.now().after(self.snapshot.times.answer));
    }
}
