//! A person's confirmation: ticket, claim, one upstream request, its answer.

use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::body::Body;
use super::cookies::{self, Cookie};
use super::exchange::Exchange;
use super::handler::Judged;
use super::send::Sending;
use super::{Proxy, Snapshot};
use crate::gate::keys::{BrowserSecret, LinkId, TargetId};
use crate::gate::link::Link;
use crate::gate::{
    self, Again, Brought, Confirmed, Meaning, OpenTarget, Opening, Protected, Submission, Unsealed,
    ticket::{self, Ticket},
};
use crate::memory::{Claimed, Fault, Lease, Press, Settled, UsedBy, Waiting};
use crate::pages::Notice;
use crate::records::Outcome;
use crate::visit::history::Digest;

impl Proxy {
    /// Ticket, claim, one upstream request, its answer.
    pub(super) async fn confirm(
        &self,
        exchange: &mut Exchange,
        protected: Protected<()>,
        judged: &Judged,
        form: &[u8],
    ) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        let ticket = gate::ticket_of(form);
        let evidence = gate::evidence_of(form);
        let weighed = snapshot.gate.weigh(&exchange.visit(protected.request()), &evidence);
        exchange.record.pressed(&evidence, &weighed);
        let submission = Submission {
            ticket: ticket.as_deref(),
            typed: gate::code_of(form),
            verdict: &judged.verdict,
            weighed: &weighed,
            vouched: judged.vouched.is_some(),
            ours: exchange.ours(),
            now: exchange.now,
        };
        let unsealed = match snapshot.gate.unseal(&submission, &protected) {
            Ok(Brought::Press(unsealed)) => Ok(unsealed),
            Ok(Brought::Code(attempt)) => self.memory.tries().judge(attempt, &super::random()),
            Ok(Brought::Doubted(ticket)) => {
                let to = self.press_of(exchange, &snapshot, &protected, &ticket);
                match self.memory.repeated(&to.press) {
                    Some(waiting) => return self.share(exchange, to, waiting).await,
                    None => Err(Again::CodeNeeded),
                }
            }
            Err(again) => Err(again),
        };
        let unsealed = match unsealed {
            Ok(unsealed) => unsealed,
            Err(again) => return self.hold(exchange, &protected, judged, Some(again)),
        };
        let proof = match &judged.vouched {
            Some(_) => "mark_and_press",
            None => unsealed.ticket().step().proof(),
        };
        self.redeem(exchange, protected, judged, unsealed, proof).await
    }

    /// The visit of the browser that asked for the mail, where nothing more is asked of it.
    pub(super) async fn confirm_at_once(
        &self,
        exchange: &mut Exchange,
        protected: Protected<()>,
        judged: Judged,
        unsealed: Unsealed,
    ) -> Response<Body> {
        self.redeem(exchange, protected, &judged, unsealed, "mark").await
    }

    /// Claims the target; one request goes upstream, whose answer all presses of its browser get.
    async fn redeem(
        &self,
        exchange: &mut Exchange,
        protected: Protected<()>,
        judged: &Judged,
        unsealed: Unsealed,
        proof: &'static str,
    ) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        let to = self.press_of(exchange, &snapshot, &protected, unsealed.ticket());
        let link = to.link;
        match self.memory.claim(to.press, snapshot.times.answer, snapshot.room()) {
            Claimed::First(spend, lease, waiting) => {
                exchange.note(Outcome::Confirmed, proof);
                let confirmed = snapshot.gate.confirm(unsealed, protected, spend);
                self.first(exchange, to, confirmed, (lease, waiting)).await
            }
            Claimed::Shared(waiting) => self.share(exchange, to, waiting).await,
            Claimed::Elsewhere => exchange.refuse_link(Notice::OpenedElsewhere, "opened_elsewhere", link),
            Claimed::LinkSpent => exchange.refuse_link(to.notice(Meaning::Failure), "link_spent", link),
            Claimed::Full => exchange.refuse_link(Notice::Internal, "used_once_full", link),
            Claimed::TicketSpent => self.hold(exchange, &protected, judged, Some(Again::Spent)),
        }
    }

    /// A press of a ticket.
    fn press_of<'s>(
        &self,
        exchange: &Exchange,
        snapshot: &'s Snapshot,
        protected: &Protected<()>,
        ticket: &Ticket,
    ) -> To<'s> {
        let link = snapshot.gate.link(protected);
        // Two tabs may have been opened before the first cookie was set; the cookie is the browser's.
        let headers = protected.request().headers();
        let browser = cookies::browser(headers, exchange.https).unwrap_or(ticket.browser);
        let (link_id, target) = protected.remembered();
        let press = Press {
            link: link_id,
            target,
            owner: snapshot.gate.keys().owner(browser),
            ticket: ticket.nonce,
            issued: ticket.issued,
            once: link.once,
            now: exchange.now,
        };
        let asked = self.memory.visits().only_ask(&link.name, exchange.now);
        let ends = snapshot.gate.ends(protected, asked);
        To {
            press,
            sealed: (protected.link_id(), protected.target()),
            browser,
            link,
            used: self.memory.uses().before(&press),
            ended: ends.is_some_and(|end| end <= exchange.now),
        }
    }

    /// Answers a press as the one that it repeats.
    async fn share(&self, exchange: &mut Exchange, to: To<'_>, waiting: Waiting) -> Response<Body> {
        exchange.note(Outcome::Shared, "same_browser");
        self.settled(exchange, to, waiting).await
    }

    /// Sends a confirmation, once, and answers its press.
    async fn first(
        &self,
        exchange: &mut Exchange,
        to: To<'_>,
        confirmed: Confirmed,
        (lease, waiting): (Box<Lease>, Waiting),
    ) -> Response<Body> {
        let snapshot = Arc::clone(&exchange.snapshot);
        let place = match self.confirming.take(exchange.client.address, &snapshot.limits) {
            Ok(place) => place,
            Err(full) => {
                lease.give_back(Fault::Unreachable);
                return self.full(exchange, full);
            }
        };
        let place_of_link = confirmed.link();
        let (request, upstream) = exchange.prepare_confirmed(confirmed);
        exchange.record.upstream = Some(upstream.settings().name.clone());
        let sending = Sending {
            snapshot,
            memory: Arc::clone(&self.memory),
            clock: self.clock.clone(),
            upstream,
            browser: to.browser,
            press: to.press,
            link: place_of_link,
            place,
        };
        let (first, answer) = oneshot::channel();
        let sent = Instant::now();
        // The call outlives the connection that caused it: a browser may drop the first of two presses.
        self.tasks.spawn(sending.run(request, lease, first));
        let response = match answer.await {
            Ok(response) => {
                let mut response = exchange.deliver(to, response);
                exchange.set_opening(&mut response, exchange.opening_of(to.sealed, None));
                response
            }
            Err(_) => self.settled(exchange, to, waiting).await,
        };
        exchange.record.upstream_duration = Some(sent.elapsed().as_secs_f64());
        response
    }

    /// Waits for a confirmation's end and tells its browser.
    async fn settled(&self, exchange: &mut Exchange, to: To<'_>, waiting: Waiting) -> Response<Body> {
        let To {
            press, browser, link, ..
        } = to;
        match waiting.settled().await {
            settled @ (Settled::Answered | Settled::Refused) => {
                let sealed = self.memory.answer(&press, settled).unwrap_or_else(|| [].into());
                let plain = exchange
                    .snapshot
                    .gate
                    .keys()
                    .open_answer(browser, press.target, &sealed);
                match plain.and_then(|plain| Answer::from_bytes(&plain)) {
                    Some(Answer {
                        status,
                        headers,
                        body: Some(body),
                    }) => {
                        let mut response = Response::new(Body::from(body));
                        *response.status_mut() = status;
                        *response.headers_mut() = headers;
                        exchange.deliver(to, response)
                    }
                    Some(Answer {
                        headers, body: None, ..
                    }) => exchange.deliver_head(headers, link),
                    None => exchange.refuse_link(Notice::OpenedElsewhere, "opened_elsewhere", link),
                }
            }
            Settled::NotSent(fault) => exchange.not_confirmed(Notice::ConfirmationNotSent, fault, link),
            Settled::Lost(Fault::TimedOut) => {
                exchange.not_confirmed(Notice::ConfirmationTimeout, Fault::TimedOut, link)
            }
            Settled::Lost(fault) => exchange.not_confirmed(Notice::ConfirmationUnknown, fault, link),
        }
    }
}

/// A press, and what its answer is told by: as it was before the press.
#[derive(Clone, Copy)]
struct To<'l> {
    press: Press,
    /// What its link and target are called in cookies.
    sealed: (LinkId, TargetId),
    /// Whose it is.
    browser: BrowserSecret,
    link: &'l Link,
    used: UsedBy,
    /// Whether the link is past its time.
    ended: bool,
}

impl To<'_> {
    /// Why a link was refused. What the upstream says counts; else what the gate remembers, then the clock.
    const fn notice(self, meaning: Meaning) -> Notice {
        match (meaning, self.used) {
            (Meaning::TooMany, _) => Notice::TooManyTries,
            (Meaning::Expired, _) => Notice::LinkExpired,
            (_, UsedBy::ThisBrowser) => Notice::LinkUsed,
            (Meaning::Used, UsedBy::Nobody) | (_, UsedBy::Another) => Notice::LinkUsedElsewhere,
            (_, UsedBy::Nobody) if self.ended => Notice::LinkExpired,
            (_, UsedBy::Nobody) => Notice::LinkInvalid,
        }
    }
}

impl Exchange {
    /// The upstream's answer, or the failure page where it says no without a page of its own.
    fn deliver(&mut self, to: To<'_>, mut response: Response<Body>) -> Response<Body> {
        let link = to.link;
        let json = match response.body() {
            Body::Full(bytes) => serde_json::from_slice(bytes).ok(),
            Body::Empty | Body::Stream(_) => None,
        };
        let status = response.status();
        let unread = matches!(response.body(), Body::Stream(_)) && link.asks_json();
        match link.meaning(status, response.headers(), json.as_ref()) {
            _ if self.program || unread => response,
            Meaning::Success if link.then().is_some() && !status.is_redirection() => {
                let cookies = take_cookies(response.headers_mut());
                let mut redirect = Response::new(Body::Empty);
                *redirect.status_mut() = StatusCode::SEE_OTHER;
                *redirect.headers_mut() = cookies;
                if let Some(then) = link.then().and_then(|then| HeaderValue::from_str(then).ok()) {
                    redirect.headers_mut().insert(header::LOCATION, then);
                }
                redirect
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                redirect
            }
            Meaning::Success | Meaning::AsItIs => response,
            meaning => self.refused(to.notice(meaning), link, &response),
        }
    }

    /// The failure page for a person, with what else the upstream's answer brought.
    fn refused(&mut self, notice: Notice, link: &Link, response: &Response<Body>) -> Response<Body> {
        self.record.error = Some(notice.code());
        let status = response.status();
        let said = status.is_client_error() || status.is_server_error();
        let mut page = self.notice(notice, if said { status } else { StatusCode::GONE }, Some(link));
        let kept = [header::SET_COOKIE, header::RETRY_AFTER];
        for (name, value) in response.headers().iter().filter(|(name, _)| kept.contains(name)) {
            page.headers_mut().append(name, value.clone());
        }
        page
    }

    /// What is left of an answer over the size cap: where it led, and its cookies.
    fn deliver_head(&mut self, mut headers: HeaderMap, link: &Link) -> Response<Body> {
        if headers.contains_key(header::LOCATION) {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::SEE_OTHER;
            *response.headers_mut() = headers;
            return response;
        }
        let mut page = self.refuse_link(Notice::OpenedElsewhere, "answer_not_kept", link);
        page.headers_mut().extend(take_cookies(&mut headers));
        page
    }

    fn not_confirmed(&mut self, notice: Notice, fault: Fault, link: &Link) -> Response<Body> {
        self.record.error = Some(match fault {
            Fault::Unreachable => "upstream_unreachable",
            Fault::TimedOut => "upstream_timeout",
            Fault::Broken => "upstream_broken",
        });
        self.notice(notice, notice.status(), Some(link))
    }

    /// What is left open from now on: the target, and the calls of every link with this token, or of one alone.
    pub(super) fn opening_of(&self, (link, target): (LinkId, TargetId), of: Option<Digest>) -> (Opening, OpenTarget) {
        let until = self.now.after(self.snapshot.times.opening);
        (Opening { link, of, until }, OpenTarget { target, until })
    }

    /// The opening, for replicas that can't see each other.
    pub(super) fn set_opening(&self, response: &mut Response<Body>, (opening, target): (Opening, OpenTarget)) {
        let life = self.snapshot.times.opening;
        let keys = self.snapshot.gate.keys();
        let sealed = ticket::seal_opening(keys, opening, target.target, &super::random());
        if let Some(cookie) = Cookie::Opening.set(&sealed, self.https, Some(life)) {
            cookies::add(response.headers_mut(), cookie);
        }
    }
}

fn take_cookies(headers: &mut HeaderMap) -> HeaderMap {
    let cookies = headers.get_all(header::SET_COOKIE).iter();
    cookies.map(|value| (header::SET_COOKIE, value.clone())).collect()
}
