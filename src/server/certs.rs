//! Certificates by name, read again when their files change; the last good set is kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{Context, SHA256};
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::certificates::{self, Pair, Problem, Validity};
use crate::config::CertificateFiles;
use crate::tasks::Tasks;
use crate::time::{Clock, Timestamp};

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
    /// A file holds nothing that can be used.
    #[error("{path} {problem}; {}", problem.help())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
    /// It is read again, and clients would refuse it while they accept the one in use.
    #[error("the certificate in {path} is valid from {} until {}; renew it", validity.start, validity.end)]
    OutOfDate {
        /// The file.
        path: PathBuf,
        /// When it is valid.
        validity: Validity,
    },
}

/// A listener's certificates.
#[derive(Debug)]
pub struct Certificates {
    files: Vec<CertificateFiles>,
    provider: Arc<CryptoProvider>,
    clock: Clock,
    current: ArcSwap<Vec<Pair>>,
    /// Of the files' contents as they were last looked at, good or bad.
    seen: ArcSwap<Fingerprint>,
    /// What the log last said of each certificate's dates.
    said: Mutex<Vec<Option<Reminder>>>,
}

/// What tells one state of the files from another.
type Fingerprint = Vec<u8>;

/// What a certificate's dates ask an operator to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reminder {
    /// Clients do not accept it yet.
    Early,
    /// It ends within three weeks: a renewal has likely failed.
    Weeks,
    /// It ends within a week.
    Days,
    /// Clients no longer accept it.
    Ended,
}

impl Reminder {
    fn of(validity: Validity, now: Timestamp) -> Option<Self> {
        if now < validity.start {
            return Some(Self::Early);
        }
        if !validity.holds(now) {
            return Some(Self::Ended);
        }
        match validity.left(now) {
            left if left <= 7 * DAY => Some(Self::Days),
            left if left <= 21 * DAY => Some(Self::Weeks),
            _ => None,
        }
    }
}

impl Certificates {
    /// Reads all files; the first error ends it. Whether they are in date is measured by `clock`.
    pub fn load(
        files: &[CertificateFiles],
        provider: Arc<CryptoProvider>,
        clock: Clock,
    ) -> Result<Self, CertificateError> {
        let seen = fingerprint(files);
        let current = files
            .iter()
            .map(|pair| load(pair, &provider))
            .collect::<Result<Vec<_>, _>>()?;
        let certificates = Self {
            files: files.to_vec(),
            provider,
            clock,
            current: ArcSwap::from_pointee(current),
            seen: ArcSwap::from_pointee(seen),
            said: Mutex::new(vec![None; files.len()]),
        };
        certificates.remind();
        Ok(certificates)
    }

    /// Looks at the files every `interval` until the tasks are stopped.
    pub async fn watch(self: Arc<Self>, interval: Duration, tasks: Tasks) {
        loop {
            let look = async {
                tokio::time::sleep(interval).await;
                // Whoever writes a file in pieces may be halfway, with a chain that can be read and lacks its end.
                while self.is_changing(interval / 10).await {}
            };
            tokio::select! {
                () = tasks.stopped() => return,
                () = look => {}
            }
            let certificates = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || {
                certificates.refresh();
                certificates.remind();
            })
            .await;
        }
    }

    /// Whether the files have changed since they were last read, and change again within `interval`.
    async fn is_changing(self: &Arc<Self>, interval: Duration) -> bool {
        let look = || {
            let certificates = Arc::clone(self);
            // Files may lie on a slow network drive.
            tokio::task::spawn_blocking(move || fingerprint(&certificates.files))
        };
        let Ok(first) = look().await else { return false };
        if **self.seen.load() == first {
            return false;
        }
        tokio::time::sleep(interval).await;
        look().await.is_ok_and(|second| second != first)
    }

    /// Takes what the files say now if it has changed and is good, else keeps what was.
    ///
    /// A pair that clients would refuse by its dates never replaces one that they accept.
    pub fn refresh(&self) {
        let now = fingerprint(&self.files);
        if **self.seen.load() == now {
            return;
        }
        match self.fresh() {
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

    fn fresh(&self) -> Result<Vec<Pair>, CertificateError> {
        let (current, now) = (self.current.load(), self.clock.now());
        let in_date = |pair: &Pair| pair.validity.is_none_or(|validity| validity.holds(now));
        let pairs = self.files.iter().zip(current.iter()).map(|(files, old)| {
            let pair = load(files, &self.provider)?;
            match pair.validity.filter(|validity| !validity.holds(now)) {
                Some(validity) if in_date(old) => Err(CertificateError::OutOfDate {
                    path: files.certificate.clone(),
                    validity,
                }),
                _ => Ok(pair),
            }
        });
        pairs.collect()
    }

    /// Warns once for each certificate that ends soon, again a week before its end, and when it has ended.
    fn remind(&self) {
        for (file, validity, reminder) in self.reminders() {
            let (file, days) = (
                file.display(),
                validity.left(self.clock.now()).as_secs() / DAY.as_secs(),
            );
            match reminder {
                // Better than no TLS at all, and clients say it louder.
                Reminder::Ended => {
                    tracing::warn!(%file, end = %validity.end, "the certificate has expired, browsers refuse it; renew it");
                }
                Reminder::Early => {
                    let start = validity.start;
                    tracing::warn!(%file, %start, "the certificate is not valid yet; check this machine's clock");
                }
                Reminder::Weeks | Reminder::Days => {
                    tracing::warn!(%file, end = %validity.end, days, "the certificate ends soon; renew it");
                }
            }
        }
    }

    /// What the log has not said yet.
    fn reminders(&self) -> Vec<(&Path, Validity, Reminder)> {
        let now = self.clock.now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.current.load();
        let all = self.files.iter().zip(current.iter()).zip(said.iter_mut());
        all.filter_map(|((files, pair), said)| {
            let validity = pair.validity?;
            let reminder = Reminder::of(validity, now);
            let new = std::mem::replace(said, reminder) != reminder;
            Some((&*files.certificate, validity, reminder.filter(|_| new)?))
        })
        .collect()
    }

    /// The certificate for a name: one that has it literally, else one with a wildcard for it, else the first.
    fn by_name(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.load();
        let fitting = |name: &str| current.iter().filter(|pair| pair.is_for(name)).collect::<Vec<_>>();
        let fits = name.map(fitting).unwrap_or_default();
        // A certificate that also fits a name that nobody has does so by its wildcard.
        let sibling = name
            .and_then(|name| name.split_once('.'))
            .map(|(_, parent)| format!("no-such-name-here.{parent}"));
        let literal = fits
            .iter()
            .find(|pair| sibling.as_ref().is_none_or(|sibling| !pair.is_for(sibling)));
        literal
            .or_else(|| fits.first())
            .copied()
            .or_else(|| current.first())
            .map(|pair| Arc::clone(&pair.certified))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.by_name(hello.server_name())
    }
}

fn load(files: &CertificateFiles, provider: &CryptoProvider) -> Result<Pair, CertificateError> {
    let chain = read(&files.certificate)?;
    let key = zeroize::Zeroizing::new(read(&files.key)?);
    Pair::parse(&chain, &key, provider).map_err(|problem| CertificateError::Unusable {
        path: match problem.file() {
            certificates::File::Certificate => files.certificate.clone(),
            certificates::File::Key => files.key.clone(),
        },
        problem,
    })
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

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests;
