//! The demo's HTTP/1.1 server: one handler a service, bodies read whole, nothing kept.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::tasks::Tasks;

/// Connections that one service holds at a time.
const CONNECTIONS: usize = 512;
/// Bytes of a request's body.
const BODY: usize = 16 * 1024;
/// How long a request's head, and then its body, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Only our own style and script; nothing is framed, nothing comes from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a handler gives back.
pub(super) type Answer = Response<Full<Bytes>>;

/// A request, read whole.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    query: String,
    body: Bytes,
}

impl Received {
    /// The first query field of this name, decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        form_field(self.query.as_bytes(), name)
    }

    /// A text field of the body, be it JSON or a form.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        if self.has_type("application/json") {
            let body: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&self.body).ok()?;
            return Some(body.get(name)?.as_str()?.to_owned());
        }
        self.is_form().then(|| form_field(&self.body, name)).flatten()
    }

    /// Whether the body comes from a plain HTML form.
    pub(super) fn is_form(&self) -> bool {
        self.has_type("application/x-www-form-urlencoded")
    }

    /// The body read as JSON of a known shape.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        self.has_type("application/json")
            .then(|| serde_json::from_slice(&self.body).ok())
            .flatten()
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(header::COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    fn has_type(&self, wanted: &str) -> bool {
        let given = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        given
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case(wanted)
    }
}

/// Serves until the tasks are stopped.
pub(super) async fn serve<H, F>(listener: TcpListener, tasks: Tasks, handler: H)
where
    H: Fn(Received) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            listener.accept().await.ok().map(|(stream, _)| (stream, slot))
        };
        tokio::select! {
            () = tasks.stopped() => return,
            accepted = accepted => match accepted {
                Some((stream, slot)) => tasks.spawn(connection(stream, slot, tasks.clone(), handler.clone())),
                // Out of file descriptors, most likely: let some connections end first.
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn connection<H, F>(stream: TcpStream, slot: OwnedSemaphorePermit, tasks: Tasks, handler: H)
where
    H: Fn(Received) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(|request| {
        let handler = &handler;
        async move {
            Ok::<_, Infallible>(match receive(request).await {
                Ok(received) => handler(received).await,
                Err(status) => text(status, "The request's body is too large, too slow or broken.\n"),
            })
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        _ = connection.as_mut() => true,
        () = tasks.stopped() => false,
    };
    if !ended {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
    drop(slot);
}

async fn receive(request: Request<Incoming>) -> Result<Received, StatusCode> {
    let (head, body) = request.into_parts();
    let read = tokio::time::timeout(PATIENCE, Limited::new(body, BODY).collect());
    let body = match read.await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => return Err(StatusCode::BAD_REQUEST),
        Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
    };
    Ok(Received {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    })
}

/// The first field of this name in `a=b&c=d`, decoded.
pub(super) fn form_field(form: &[u8], name: &str) -> Option<String> {
    form.split(|&byte| byte == b'&').find_map(|pair| {
        let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        let (key, value) = pair.split_at(at);
        (decode(key) == name).then(|| decode(value.strip_prefix(b"=").unwrap_or(value)))
    })
}

fn decode(raw: &[u8]) -> String {
    let spaced: Vec<u8> = raw.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_encoding::percent_decode(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

/// A page.
pub(super) fn html(status: StatusCode, page: String) -> Answer {
    answer(status, "text/html; charset=utf-8", page.into())
}

/// A JSON document.
pub(super) fn json(status: StatusCode, document: &serde_json::Value) -> Answer {
    answer(status, "application/json", document.to_string().into())
}

/// A line of plain text.
pub(super) fn text(status: StatusCode, line: &'static str) -> Answer {
    answer(status, "text/plain; charset=utf-8", Bytes::from_static(line.as_bytes()))
}

/// The shared style.
pub(super) fn style() -> Answer {
    answer(
        StatusCode::OK,
        "text/css; charset=utf-8",
        Bytes::from_static(super::html::STYLE.as_bytes()),
    )
}

/// A script of ours.
pub(super) fn script(source: &'static str) -> Answer {
    answer(
        StatusCode::OK,
        "text/javascript; charset=utf-8",
        Bytes::from_static(source.as_bytes()),
    )
}

/// On to another page of this site, with GET.
pub(super) fn see_other(location: &'static str) -> Answer {
    let mut answer = text(StatusCode::SEE_OTHER, "");
    set(&mut answer, header::LOCATION, location);
    answer
}

/// The path is there, the method is not.
pub(super) fn method_not_allowed(allowed: &'static str) -> Answer {
    let mut answer = text(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not answer that method.\n",
    );
    set(&mut answer, header::ALLOW, allowed);
    answer
}

fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    set(&mut answer, header::CONTENT_TYPE, kind);
    set(&mut answer, header::CACHE_CONTROL, "no-store");
    set(&mut answer, header::CONTENT_SECURITY_POLICY, POLICY);
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut answer, header::REFERRER_POLICY, "strict-origin");
    answer
}

fn set(answer: &mut Answer, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_fields_are_decoded() {
        let form = b"a=1&email=eve%2Bx%40example.com&note=two+words&email=second&flag";
        assert_eq!(form_field(form, "email").as_deref(), Some("eve+x@example.com"));
        assert_eq!(form_field(form, "note").as_deref(), Some("two words"));
        assert_eq!(form_field(form, "flag").as_deref(), Some(""));
        assert_eq!(form_field(form, "mail"), None);
    }
}
