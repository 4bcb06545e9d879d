//! What the server's tests share: certificates, a running server, raw clients.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use ipnet::IpNet;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::{Answer, Handler, Redirect, Server, Shared, Unfinished, tls};
use crate::config::{CertificateFiles, Limits, Listener, Times};
use crate::tasks::Tasks;

/// A certificate and its key, in files.
pub(super) struct Pair {
    pub(super) files: CertificateFiles,
}

impl Pair {
    pub(super) fn new(folder: &Path, stem: &str, names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let (certificate, key) = (folder.join(format!("{stem}.crt")), folder.join(format!("{stem}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self {
            files: CertificateFiles { certificate, key },
        }
    }
}

/// Which of the tests' names a certificate is for, as the one that made it wrote it.
pub(super) fn names_in(certificate: &CertificateDer<'_>) -> Vec<String> {
    ParsedCertificate::try_from(certificate).unwrap();
    let known = [
        "old.example",
        "new.example",
        "first.example",
        "*.a.example",
        "auth.a.example",
        "localhost",
    ];
    let holds = |name: &str| certificate.windows(name.len()).any(|part| part == name.as_bytes());
    known
        .iter()
        .filter(|name| holds(name))
        .map(|name| (*name).to_owned())
        .collect()
}

/// A cleartext listener on a free port.
pub(super) fn plain() -> Listener {
    Listener {
        address: "127.0.0.1:0".parse().unwrap(),
        certificates: Vec::new(),
        proxy_protocol: false,
        redirect_to_https: false,
        h2c: false,
    }
}

/// A server that runs until its test ends it.
pub(super) struct Running {
    pub(super) address: SocketAddr,
    pub(super) tasks: Tasks,
    ended: oneshot::Receiver<Unfinished>,
}

/// Settings of a test.
pub(super) struct Setup {
    pub(super) listener: Listener,
    pub(super) times: Times,
    pub(super) limits: Limits,
    pub(super) trusted: Vec<IpNet>,
    pub(super) answer: Answer,
}

impl Default for Setup {
    /// Answers who the client is, on a cleartext listener.
    fn default() -> Self {
        Self {
            listener: plain(),
            times: Times::default(),
            limits: Limits::default(),
            trusted: Vec::new(),
            answer: Arc::new(|request, connection| {
                let text = format!("{} {:?}", connection.peer.ip(), request.version());
                Box::pin(async move { Response::new(bytes::Bytes::from(text).into()) })
            }),
        }
    }
}

impl Setup {
    pub(super) fn start(self) -> Running {
        let tasks = Tasks::default();
        let shared = Shared::new(tasks.clone(), &self.times, &self.limits, &self.trusted);
        let redirect = Handler::Redirect(Arc::new(Redirect::default()));
        let server = Server::bind_all(&[self.listener], shared, &Handler::Answer(self.answer), &redirect).unwrap();
        let address = server.addresses()[0].address;
        let (send, ended) = oneshot::channel();
        tasks.spawn(async move {
            let _ = send.send(server.run().await);
        });
        Running { address, tasks, ended }
    }
}

impl Running {
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and reads until the server closes.
    pub(super) async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut socket = self.connect().await;
        // The server may have closed already.
        let _ = socket.write_all(bytes.as_ref()).await;
        read_to_close(&mut socket).await
    }

    pub(super) async fn stop(self) -> Unfinished {
        self.tasks.stop();
        let unfinished = self.ended.await.unwrap();
        assert_eq!(self.tasks.drain(Duration::from_secs(60)).await, 0, "tasks are left");
        unfinished
    }
}

/// What comes until the connection ends, by a reset too.
pub(super) async fn read_to_close(socket: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    let _ = socket.read_to_end(&mut read).await;
    String::from_utf8_lossy(&read).into_owned()
}

/// A TLS client that takes any certificate.
pub(super) fn client_settings(alpn: &[&[u8]], versions: &[&'static rustls::SupportedProtocolVersion]) -> ClientConfig {
    let mut settings = ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    settings.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    settings.resumption = Resumption::in_memory_sessions(8);
    settings
}

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        tls::provider().signature_verification_algorithms.supported_schemes()
    }
}
