//! A request in the form that its connection takes.

use http::{Request, Uri, Version, header};

use crate::proxy::body::Body;

/// The same request once more, unless its body streams.
pub(super) fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let body = match request.body() {
        Body::Empty => Body::Empty,
        Body::Full(bytes) => Body::Full(bytes.clone()),
        Body::Stream(_) => return None,
    };
    let mut copy = Request::new(body);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

/// Origin form, with a Host.
pub(super) fn as_http1(mut request: Request<Body>, authority: &str) -> Request<Body> {
    *request.version_mut() = Version::HTTP_11;
    if !request.headers().contains_key(header::HOST)
        && let Ok(host) = authority_of(&request, authority).parse()
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let path_and_query = request.uri().path_and_query().cloned();
    let mut parts = http::uri::Parts::default();
    parts.path_and_query = Some(path_and_query.unwrap_or_else(|| http::uri::PathAndQuery::from_static("/")));
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    request
}

/// Absolute form: the Host becomes `:authority` (RFC 9113 section 8.3.1).
pub(super) fn as_http2(mut request: Request<Body>, tls: bool, authority: &str) -> Request<Body> {
    *request.version_mut() = Version::HTTP_2;
    let host = request.headers_mut().remove(header::HOST);
    let host = host.as_ref().and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_else(|| authority_of(&request, authority));
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(if tls {
        http::uri::Scheme::HTTPS
    } else {
        http::uri::Scheme::HTTP
    });
    parts.authority = host.parse().ok();
    parts.path_and_query = request.uri().path_and_query().cloned();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// The authority of a request that was made ready for another connection, or the upstream's own.
fn authority_of<'r>(request: &'r Request<Body>, own: &'r str) -> &'r str {
    request.uri().authority().map_or(own, http::uri::Authority::as_str)
}
