//! Certificates and keys from PEM text: whether TLS can use them, for which names, and for how long.
//!
//! It reads no files: `check` and `serve` judge the same bytes by the same rules.

mod validity;

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

pub use self::validity::Validity;

/// A certificate chain with its private key.
#[derive(Clone, Debug)]
pub struct Pair {
    /// What TLS shows, leaf first.
    pub certified: Arc<CertifiedKey>,
    /// When the leaf is valid; `None` if its dates cannot be read.
    pub validity: Option<Validity>,
}

/// Which of a pair's two files a problem is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The certificate chain's.
    Certificate,
    /// The private key's.
    Key,
}

/// Why a pair can't be used. Its text never quotes a file: one of the two is a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The file is not valid PEM.
    NotPem(File, &'static str),
    /// The certificate's file has no certificate.
    NoCertificate,
    /// The key's file has no key that can be used.
    NoKey,
    /// The certificate can't be understood.
    BadCertificate(rustls::Error),
    /// The key belongs to another certificate.
    Mismatch,
}

impl Problem {
    /// The file to look at.
    #[must_use]
    pub const fn file(&self) -> File {
        match self {
            Self::NotPem(file, _) => *file,
            Self::NoCertificate | Self::BadCertificate(_) => File::Certificate,
            Self::NoKey | Self::Mismatch => File::Key,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotPem(..) => "write the whole file again, as text with BEGIN and END lines",
            Self::NoCertificate => "the file needs the chain in PEM, the server's own certificate first",
            Self::NoKey => "the file needs one private key in PEM, without a password",
            Self::BadCertificate(_) => "it must be X.509 version 3 with a subject alternative name",
            Self::Mismatch => "name the certificate and the key that were made together",
        }
    }
}

/// What is wrong, to stand behind the file's name.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem(_, reason) => write!(f, "is not valid PEM: {reason}"),
            Self::NoCertificate => f.write_str("has no certificate"),
            Self::NoKey => f.write_str("has no usable private key"),
            Self::BadCertificate(reason) => write!(f, "holds a certificate that cannot be used: {reason}"),
            Self::Mismatch => f.write_str("holds a key that does not belong to the certificate"),
        }
    }
}

impl Pair {
    /// Reads a chain and its key.
    pub fn parse(chain: &[u8], key: &[u8], provider: &CryptoProvider) -> Result<Self, Problem> {
        let chain = certificates(chain)?;
        let leaf = chain.first().ok_or(Problem::NoCertificate)?;
        ParsedCertificate::try_from(leaf).map_err(Problem::BadCertificate)?;
        let validity = Validity::of(leaf);
        let private = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            pem::Error::NoItemsFound => Problem::NoKey,
            other => not_pem(File::Key, &other),
        })?;
        let certified = CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Problem::Mismatch,
            _ => Problem::NoKey,
        })?;
        Ok(Self {
            certified: Arc::new(certified),
            validity,
        })
    }

    /// Whether the certificate is for a name, literally or by its wildcard.
    #[must_use]
    pub fn is_for(&self, name: &str) -> bool {
        let Ok(name) = ServerName::try_from(name) else {
            return false;
        };
        let parsed = self.certified.end_entity_cert().and_then(ParsedCertificate::try_from);
        parsed.is_ok_and(|certificate| verify_server_name(&certificate, &name).is_ok())
    }
}

/// The certificates by which a peer is verified: at least one.
pub fn authorities(text: &[u8]) -> Result<RootCertStore, Problem> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(text)? {
        roots.add(certificate).map_err(Problem::BadCertificate)?;
    }
    if roots.is_empty() {
        return Err(Problem::NoCertificate);
    }
    Ok(roots)
}

fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, Problem> {
    CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| not_pem(File::Certificate, &error))
}

/// In our own words: the library's may quote the file.
const fn not_pem(file: File, error: &pem::Error) -> Problem {
    let reason = match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no END line",
        pem::Error::Base64Decode(_) => "a section is not base64",
        _ => "a section cannot be read",
    };
    Problem::NotPem(file, reason)
}
