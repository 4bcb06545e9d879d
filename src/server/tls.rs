//! TLS 1.2 and 1.3 as this server speaks it.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{Acceptor, ProducesTickets, ServerSessionMemoryCache};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

use super::certs::Certificates;
use super::recorder::Recorder;
use crate::visit::{Ja4, client_hello};

/// HTTP/2 by its ALPN name.
pub(crate) const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Sessions of clients that can't keep a ticket.
const SESSIONS: usize = 4096;

/// The one cryptography provider.
#[must_use]
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Makes and reads session tickets; one for the whole process, so that a session resumes on every listener.
pub(crate) fn ticketer() -> Result<Arc<dyn ProducesTickets>, rustls::Error> {
    aws_lc_rs::Ticketer::new()
}

/// The settings of one listener. No early data: it can be replayed.
pub(crate) fn settings(
    certificates: Arc<Certificates>,
    ticketer: Arc<dyn ProducesTickets>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut settings = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    settings.alpn_protocols = vec![H2.to_vec(), HTTP1.to_vec()];
    settings.session_storage = ServerSessionMemoryCache::new(SESSIONS);
    settings.ticketer = ticketer;
    Ok(Arc::new(settings))
}

/// Both halves of a handshake, and what the client looks like. Between them the ClientHello is known and nothing is
/// answered yet. It is read from a record of its bytes: rustls does not tell its extensions.
pub(crate) async fn accept<IO>(io: IO, settings: Arc<ServerConfig>) -> io::Result<(TlsStream<IO>, Option<Ja4>)>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let start = LazyConfigAcceptor::new(Acceptor::default(), Recorder::new(io)).await?;
    let ja4 = client_hello::ja4(&start.io.read);
    let start = StartHandshake::from_parts(start.accepted, start.io.io);
    Ok((start.into_stream(settings).await?, ja4))
}
