//! Certificates of a test's own, and those who believe them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Both versions that the gate speaks.
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

/// A self-signed certificate in files.
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) der: CertificateDer<'static>,
    secret: PrivateKeyDer<'static>,
}

impl Certificate {
    /// Writes `<stem>.crt` and `<stem>.key`.
    pub(crate) fn write(folder: &Path, stem: &str, names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let (certificate, key) = (folder.join(format!("{stem}.crt")), folder.join(format!("{stem}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self {
            certificate,
            key,
            der: made.cert.der().clone(),
            secret: PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap(),
        }
    }

    /// Its entry in a listener's configuration.
    pub(crate) fn entry(&self) -> String {
        format!(
            "[[listener.certificates]]\ncertificate = {:?}\nkey = {:?}\n",
            self.certificate, self.key
        )
    }

    /// A server that shows it.
    pub(crate) fn server(&self, alpn: &[&str]) -> Arc<ServerConfig> {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth();
        let mut config = config
            .with_single_cert(vec![self.der.clone()], self.secret.clone_key())
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}

/// A client that believes these certificates and no other.
pub(crate) fn client(
    trusted: &[&Certificate],
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        roots.add(certificate.der.clone()).unwrap();
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// Connects and verifies the name.
pub(crate) async fn connect(
    connector: &TlsConnector,
    stream: TcpStream,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    connector.connect(name, stream).await
}
