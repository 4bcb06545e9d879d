//! One request: from its head to its answer.

pub mod body;
pub mod client;
pub mod headers;

use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;

use self::body::Body;

/// What the connection says about a request.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// The client's end; from the PROXY header where the listener has one.
    pub peer: SocketAddr,
    /// Our end.
    pub local: SocketAddr,
    /// Whether it is TLS.
    pub tls: bool,
}

/// What a request may reach.
#[derive(Debug)]
pub struct Proxy {}

impl Proxy {
    /// Answers one request.
    pub async fn handle(&self, _request: Request<Incoming>, _connection: &Connection) -> Response<Body> {
        Response::new(Body::Empty)
    }
}
