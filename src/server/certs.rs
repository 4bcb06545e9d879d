//! Certificates by name, read again when their files change; the last good set is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{Context, SHA256};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::expiry::not_after;
use crate::config::CertificateFiles;
use crate::tasks::Tasks;
use crate::time::Clock;

/// How often the files are looked at.
pub(crate) const POLL: Duration = Duration::from_secs(10);

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read.
    #[error("cannot read {path}: {source}; check that it is there and that this program may read it")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is no PEM.
    #[error("{path} is not valid PEM: {reason}; write it anew, whole, as text with BEGIN and END lines")]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file has no certificate.
    #[error("{path} has no certificate; it needs the chain in PEM, the server's own certificate first")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file has no key.
    #[error("{path} has no usable private key; it needs one in PEM, without a password")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is another certificate's.
    #[error(
        "the key in {key} does not belong to the certificate in {certificate}; name the two that were made together"
    )]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The certificate can't be understood.
    #[error(
        "the certificate in {path} cannot be used: {reason}; it must be X.509 version 3 with a subject alternative name"
    )]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: rustls::Error,
    },
}

/// A listener's certificates.
#[derive(Debug)]
pub struct Certificates {
    files: Vec<CertificateFiles>,
    provider: Arc<CryptoProvider>,
    current: ArcSwap<Vec<Arc<CertifiedKey>>>,
    /// Of the files' contents as they were last looked at, good or bad.
    seen: ArcSwap<Fingerprint>,
}

/// What tells one state of the files from another.
type Fingerprint = Vec<u8>;

impl Certificates {
    /// Reads all files; the first error ends it.
    pub fn load(files: &[CertificateFiles], provider: Arc<CryptoProvider>) -> Result<Self, CertificateError> {
        let seen = fingerprint(files);
        let current = files
            .iter()
            .map(|pair| load(pair, &provider))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            files: files.to_vec(),
            provider,
            current: ArcSwap::from_pointee(current),
            seen: ArcSwap::from_pointee(seen),
        })
    }

    /// Looks at the files every `interval` until the tasks are stopped.
    pub async fn watch(self: Arc<Self>, interval: Duration, tasks: Tasks) {
        loop {
            tokio::select! {
                () = tasks.stopped() => return,
                () = tokio::time::sleep(interval) => {}
            }
            let certificates = Arc::clone(&self);
            // Files may lie on a slow network drive.
            let _ = tokio::task::spawn_blocking(move || certificates.refresh()).await;
        }
    }

    /// Takes what the files say now if it has changed and is good, else keeps what was.
    pub fn refresh(&self) {
        let now = fingerprint(&self.files);
        if **self.seen.load() == now {
            return;
        }
        match self
            .files
            .iter()
            .map(|pair| load(pair, &self.provider))
            .collect::<Result<Vec<_>, _>>()
        {
            // Written to in between: the next look will find a settled state.
            Ok(_) if fingerprint(&self.files) != now => return,
            Ok(fresh) => {
                tracing::info!(certificates = fresh.len(), "certificates read again");
                self.current.store(Arc::new(fresh));
            }
            Err(error) => tracing::error!("certificates not read again, the old ones stay in use: {error}"),
        }
        self.seen.store(Arc::new(now));
    }

    /// The certificate for a name: one that has it literally, else one with a wildcard for it, else the first.
    fn by_name(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.load();
        let fitting = |name: &str| current.iter().filter(|key| is_for(key, name)).collect::<Vec<_>>();
        let fits = name.map(fitting).unwrap_or_default();
        // A certificate that also fits a name that nobody has does so by its wildcard.
        let sibling = name
            .and_then(|name| name.split_once('.'))
            .map(|(_, parent)| format!("no-such-name-here.{parent}"));
        let literal = fits
            .iter()
            .find(|key| sibling.as_ref().is_none_or(|sibling| !is_for(key, sibling)));
        literal
            .or_else(|| fits.first())
            .copied()
            .or_else(|| current.first())
            .cloned()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.by_name(hello.server_name())
    }
}

fn is_for(key: &CertifiedKey, name: &str) -> bool {
    let Ok(name) = ServerName::try_from(name) else {
        return false;
    };
    let parsed = key.end_entity_cert().and_then(ParsedCertificate::try_from);
    parsed.is_ok_and(|certificate| verify_server_name(&certificate, &name).is_ok())
}

fn load(files: &CertificateFiles, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, CertificateError> {
    let CertificateFiles { certificate, key } = files;
    let not_pem = |path: &Path, error: &pem::Error| CertificateError::NotPem {
        path: path.to_owned(),
        // The library's own words may quote the file, and this file may be a key.
        reason: match error {
            pem::Error::MissingSectionEnd { .. } => "a section has no END line".to_owned(),
            pem::Error::Base64Decode(_) => "a section is not base64".to_owned(),
            _ => "a section cannot be read".to_owned(),
        },
    };
    let text = read(certificate)?;
    let chain = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| not_pem(certificate, &error))?;
    let Some(leaf) = chain.first() else {
        return Err(CertificateError::NoCertificate {
            path: certificate.clone(),
        });
    };
    ParsedCertificate::try_from(leaf).map_err(|reason| CertificateError::BadCertificate {
        path: certificate.clone(),
        reason,
    })?;
    // Better than no TLS at all, and clients say it louder.
    if let Some(end) = not_after(leaf).filter(|end| *end <= Clock::System.now()) {
        let file = certificate.display();
        tracing::warn!(%file, %end, "the certificate has expired, browsers refuse it; renew it");
    }
    let secret = zeroize::Zeroizing::new(read(key)?);
    let private = PrivateKeyDer::from_pem_slice(&secret).map_err(|error| match error {
        pem::Error::NoItemsFound => CertificateError::NoKey { path: key.clone() },
        other => not_pem(key, &other),
    })?;
    let certified = CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => CertificateError::Mismatch {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        _ => CertificateError::NoKey { path: key.clone() },
    })?;
    Ok(Arc::new(certified))
}

#[expect(
    clippy::disallowed_methods,
    reason = "certificates are read here, at start and whenever they change"
)]
fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    std::fs::read(path).map_err(|source| CertificateError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// Of contents, not of dates: Kubernetes swaps files by a link to their folder.
fn fingerprint(files: &[CertificateFiles]) -> Fingerprint {
    let mut digest = Context::new(&SHA256);
    for path in files.iter().flat_map(|pair| [&pair.certificate, &pair.key]) {
        match read(path).map(zeroize::Zeroizing::new) {
            Ok(content) => {
                digest.update(&content.len().to_be_bytes());
                digest.update(&content);
            }
            Err(_) => digest.update(&usize::MAX.to_be_bytes()),
        }
    }
    digest.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{Pair, names_in};
    use crate::server::tls::provider;

    fn served(certificates: &Certificates, name: Option<&str>) -> Vec<String> {
        names_in(certificates.by_name(name).unwrap().end_entity_cert().unwrap())
    }

    fn load_all(pairs: &[&Pair]) -> Result<Certificates, CertificateError> {
        let files: Vec<_> = pairs.iter().map(|pair| pair.files.clone()).collect();
        Certificates::load(&files, provider())
    }

    #[test]
    fn the_name_chooses_and_a_literal_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let first = Pair::new(folder.path(), "first", &["first.example"]);
        let wild = Pair::new(folder.path(), "wild", &["*.a.example"]);
        let literal = Pair::new(folder.path(), "literal", &["auth.a.example"]);
        let certificates = load_all(&[&first, &wild, &literal]).unwrap();
        let cases = [
            (Some("first.example"), "first.example"),
            (Some("auth.a.example"), "auth.a.example"),
            (Some("AUTH.a.example"), "auth.a.example"),
            (Some("other.a.example"), "*.a.example"),
            (Some("deep.other.a.example"), "first.example"),
            (Some("a.example"), "first.example"),
            (Some("unknown.example"), "first.example"),
            (None, "first.example"),
        ];
        for (name, expected) in cases {
            assert_eq!(served(&certificates, name), [expected], "{name:?}");
        }
    }

    #[test]
    fn changed_files_are_taken_and_broken_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let pair = Pair::new(folder.path(), "site", &["old.example"]);
        let certificates = load_all(&[&pair]).unwrap();
        let other = Pair::new(folder.path(), "other", &["new.example"]);

        std::fs::copy(&other.files.certificate, &pair.files.certificate).unwrap();
        certificates.refresh();
        assert_eq!(
            served(&certificates, None),
            ["old.example"],
            "a certificate without its key"
        );

        std::fs::copy(&other.files.key, &pair.files.key).unwrap();
        certificates.refresh();
        assert_eq!(served(&certificates, None), ["new.example"]);

        for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA", "no pem"] {
            std::fs::write(&pair.files.certificate, broken).unwrap();
            certificates.refresh();
            assert_eq!(served(&certificates, None), ["new.example"], "{broken:?}");
        }
        std::fs::remove_file(&pair.files.certificate).unwrap();
        certificates.refresh();
        assert_eq!(served(&certificates, None), ["new.example"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_watcher_sees_a_folder_swapped_by_its_link() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two, link) = (
            folder.path().join("1"),
            folder.path().join("2"),
            folder.path().join("now"),
        );
        for (path, name) in [(&one, "old.example"), (&two, "new.example")] {
            std::fs::create_dir(path).unwrap();
            Pair::new(path, "tls", &[name]);
        }
        std::os::unix::fs::symlink(&one, &link).unwrap();
        let files = CertificateFiles {
            certificate: link.join("tls.crt"),
            key: link.join("tls.key"),
        };
        let certificates = Arc::new(Certificates::load(&[files], provider()).unwrap());
        let tasks = Tasks::default();
        tasks.spawn(Arc::clone(&certificates).watch(Duration::from_millis(5), tasks.clone()));

        let fresh = folder.path().join("fresh");
        std::os::unix::fs::symlink(&two, &fresh).unwrap();
        std::fs::rename(&fresh, &link).unwrap();
        while served(&certificates, None) != ["new.example"] {
            tokio::task::yield_now().await;
        }
        tasks.stop();
        assert_eq!(tasks.drain(Duration::from_secs(60)).await, 0);
    }

    #[test]
    fn errors_name_the_file_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let good = Pair::new(folder.path(), "good", &["a.example"]);
        let other = Pair::new(folder.path(), "other", &["b.example"]);
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let key_text = String::from_utf8(read(&good.files.key).unwrap()).unwrap();
        let key_line = key_text.lines().nth(1).unwrap().to_owned();
        let cut = write("cut.key", &key_text[..key_text.len() / 2]);
        let empty = write("empty.pem", "");
        let junk = write(
            "junk.crt",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        );
        let (certificate, key) = (&good.files.certificate, &good.files.key);
        let cases = [
            (&folder.path().join("gone.crt"), key, "gone.crt"),
            (&empty, key, "no certificate"),
            (&junk, key, "junk.crt cannot be used"),
            (certificate, &empty, "no usable private key"),
            (certificate, certificate, "no usable private key"),
            (certificate, &cut, "cut.key is not valid PEM"),
            (certificate, &other.files.key, "does not belong"),
        ];
        for (certificate, key, expected) in cases {
            let files = CertificateFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            };
            let error = Certificates::load(&[files], provider()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(
                error.contains(';') || error.contains("check that"),
                "no remedy: {error}"
            );
            assert!(!error.contains(&key_line), "shows the key");
        }
    }
}
