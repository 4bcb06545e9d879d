//! The demo's HTTP/1.1 client: one request a connection, answers read whole.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};

/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer's body.
const BODY: usize = 256 * 1024;

/// A service's address, as `http://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    https: bool,
    authority: String,
}

/// Why a text is no base address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it as http://host:port, without a path")]
pub struct NotABaseUrl;

impl BaseUrl {
    /// Where a local listener is reached; by loopback if it listens everywhere.
    #[must_use]
    pub fn local(listening: SocketAddr) -> Self {
        let reached = match listening.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], listening.port())),
            IpAddr::V6(ip) if ip.is_unspecified() => {
                SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, listening.port()))
            }
            IpAddr::V4(_) | IpAddr::V6(_) => listening,
        };
        Self {
            https: false,
            authority: reached.to_string(),
        }
    }

    /// Whether it is reached by TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The path and query of `url` if it stands at this address.
    pub(super) fn target_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        let rest = url.strip_prefix(self.to_string().as_str())?;
        if rest.is_empty() {
            Some("/")
        } else {
            rest.starts_with('/').then_some(rest)
        }
    }
}

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let uri: Uri = text.parse().map_err(|_| NotABaseUrl)?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(NotABaseUrl),
        };
        let authority = uri
            .authority()
            .filter(|it| !it.as_str().contains('@'))
            .ok_or(NotABaseUrl)?;
        if uri.path() != "/" || uri.query().is_some() {
            return Err(NotABaseUrl);
        }
        Ok(Self {
            https,
            authority: authority.as_str().to_ascii_lowercase(),
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("no connection")]
    Connect(#[source] io::Error),
    #[error("TLS is not spoken here")]
    Tls,
    #[error("no such address")]
    Target(#[source] http::Error),
    #[error("the exchange broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("no answer in time")]
    TimedOut,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A request to be sent.
#[derive(Debug)]
pub(super) struct Call<'c> {
    /// Where the connection goes.
    pub(super) to: &'c BaseUrl,
    /// Whom the request means, if not `to`.
    pub(super) host: Option<&'c BaseUrl>,
    /// The own address, where the machine has it.
    pub(super) from: Option<IpAddr>,
    pub(super) method: Method,
    pub(super) target: &'c str,
    pub(super) headers: &'c [(&'static str, &'c str)],
    /// A JSON body, if there is one.
    pub(super) json: Option<&'c serde_json::Value>,
    /// The body of a form, encoded.
    pub(super) form: Option<&'c str>,
}

impl<'c> Call<'c> {
    /// A plain GET.
    pub(super) const fn get(to: &'c BaseUrl, target: &'c str) -> Self {
        Self {
            to,
            host: None,
            from: None,
            method: Method::GET,
            target,
            headers: &[],
            json: None,
            form: None,
        }
    }

    /// A POST of a JSON document.
    pub(super) fn post(to: &'c BaseUrl, target: &'c str, json: &'c serde_json::Value) -> Self {
        Self {
            method: Method::POST,
            json: Some(json),
            ..Self::get(to, target)
        }
    }

    /// Sends it and reads the answer, once.
    pub(super) async fn send(self) -> Result<Got, ClientError> {
        tokio::time::timeout(PATIENCE, self.exchange())
            .await
            .unwrap_or(Err(ClientError::TimedOut))
    }

    async fn exchange(self) -> Result<Got, ClientError> {
        if self.to.https {
            return Err(ClientError::Tls);
        }
        let request = self.request().map_err(ClientError::Target)?;
        let stream = connect(&self.to.authority, self.from)
            .await
            .map_err(ClientError::Connect)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let exchange = async {
            let (head, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
            let body = Limited::new(body, BODY)
                .collect()
                .await
                .map_err(ClientError::Broken)?
                .to_bytes();
            Ok(Got {
                status: head.status,
                headers: head.headers,
                body,
            })
        };
        tokio::select! {
            got = exchange => got,
            // When the connection ends first, the exchange says how.
            () = async { let _ = connection.await; std::future::pending().await } => Err(ClientError::TimedOut),
        }
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, http::Error> {
        let (kind, body) = match (self.json, self.form) {
            (Some(json), _) => ("application/json", Bytes::from(json.to_string())),
            (None, Some(form)) => (
                "application/x-www-form-urlencoded",
                Bytes::copy_from_slice(form.as_bytes()),
            ),
            (None, None) => ("", Bytes::new()),
        };
        let mut request = Request::builder().method(&self.method).uri(self.target);
        request = request.header(header::HOST, self.host.unwrap_or(self.to).authority.as_str());
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        request.body(Full::new(body))
    }
}

fn broken(error: hyper::Error) -> ClientError {
    ClientError::Broken(error.into())
}

/// Connects, from an address of one's own where the machine has it and the way is loopback.
async fn connect(authority: &str, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let named = if authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    let mut refused = io::Error::from(io::ErrorKind::NotFound);
    for address in tokio::net::lookup_host(named).await? {
        match connect_to(address, from).await {
            Ok(stream) => return Ok(stream),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

async fn connect_to(address: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let from = from.filter(|ip| address.ip().is_loopback() && ip.is_ipv4() == address.is_ipv4());
    let Some(ip) = from else {
        return TcpStream::connect(address).await;
    };
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    match socket.bind(SocketAddr::new(ip, 0)) {
        Ok(()) => socket.connect(address).await,
        Err(_) => TcpStream::connect(address).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_has_no_path() {
        let base: BaseUrl = "http://Site.example:8080/".parse().unwrap();
        assert_eq!(base.to_string(), "http://site.example:8080");
        for wrong in [
            "site.example",
            "ftp://site.example",
            "http://site.example/x",
            "http://a@b",
            "http://b?c=d",
        ] {
            assert_eq!(wrong.parse::<BaseUrl>(), Err(NotABaseUrl), "{wrong}");
        }
    }

    #[test]
    fn a_listener_everywhere_is_reached_by_loopback() {
        assert_eq!(
            BaseUrl::local(([0, 0, 0, 0], 80).into()).to_string(),
            "http://127.0.0.1:80"
        );
        assert_eq!(
            BaseUrl::local("[::]:81".parse().unwrap()).to_string(),
            "http://[::1]:81"
        );
    }

    #[test]
    fn only_own_links_have_a_target() {
        let base: BaseUrl = "http://site.example:80".parse().unwrap();
        assert_eq!(base.target_of("http://site.example:80/a?b=c"), Some("/a?b=c"));
        assert_eq!(base.target_of("http://site.example:8080/a"), None);
        assert_eq!(base.target_of("http://other.example/a"), None);
    }
}
