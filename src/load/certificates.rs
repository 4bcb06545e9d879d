//! Certificates, their keys, and upstreams' authorities: judged as `serve` judges them.

use zeroize::Zeroizing;

use super::{Work, bytes_up_to};
use crate::certificates::{self, File, Pair, Validity};
use crate::config::raw::{Raw, RawCertificate};
use crate::config::{canonical_host, validate::net};
use crate::diag::Span;
use crate::diag::read::At;
use crate::time::{Clock, Timestamp};

impl Work<'_> {
    /// Reads every pair: it must fit. One that clients would refuse by its dates, or by its names, is warned of.
    pub(super) fn certificates(&mut self, raw: &Raw) {
        let now = Clock::System.now();
        let all: Vec<_> = raw.listeners.iter().flat_map(|at| &at.value.certificates).collect();
        let pairs: Vec<Pair> = all.iter().filter_map(|at| self.pair(at, now)).collect();
        // Where one could not be read, its names are not known.
        if let Some(first) = all.first().filter(|_| pairs.len() == all.len()) {
            self.names(raw, &pairs, first.span);
        }
    }

    fn pair(&mut self, at: &At<RawCertificate>, now: Timestamp) -> Option<Pair> {
        let (certificate_at, key_at) = (at.value.certificate.as_ref(), at.value.key.as_ref());
        let chain = certificate_at.and_then(|at| self.bytes(at));
        let key = key_at.and_then(|at| self.bytes(at)).map(Zeroizing::new);
        let (certificate_at, key_at) = (certificate_at?, key_at?);
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        match Pair::parse(&chain?, &key?, &provider) {
            Ok(pair) => {
                self.private(key_at, &net::path(key_at, self.base));
                if let Some(validity) = pair.validity {
                    self.dates(certificate_at, validity, now);
                }
                Some(pair)
            }
            Err(problem) => {
                let at = match problem.file() {
                    File::Certificate => certificate_at,
                    File::Key => key_at,
                };
                let message = format!("`{}` {problem}", at.value);
                self.diagnostics
                    .error("certificate-invalid", at.span, message, problem.help());
                None
            }
        }
    }

    fn dates(&mut self, at: &At<String>, validity: Validity, now: Timestamp) {
        if validity.holds(now) {
            return;
        }
        let (message, help) = if now < validity.start {
            (
                format!(
                    "the certificate in `{}` is valid only from {} on",
                    at.value, validity.start
                ),
                "clients refuse it until then; check this machine's clock",
            )
        } else {
            (
                format!("the certificate in `{}` expired at {}", at.value, validity.end),
                "clients refuse it; renew it",
            )
        };
        self.diagnostics
            .warning("certificate-out-of-date", at.span, message, help);
    }

    /// Every host that is named must be in one of the certificates.
    fn names(&mut self, raw: &Raw, pairs: &[Pair], certificates: Span) {
        for host in &raw.hosts {
            let name = canonical_host(&host.value);
            if !pairs.iter().any(|pair| pair.is_for(name.trim_matches(['[', ']']))) {
                let message = format!("no certificate is for `{name}`, which `hosts` names");
                let help = "browsers refuse the connection; add a certificate for this name";
                self.diagnostics
                    .warning("certificate-name-missing", certificates, message, help);
            }
        }
    }

    /// Reads the certificates that upstreams are verified by.
    pub(super) fn authorities(&mut self, raw: &Raw) {
        for at in raw
            .upstreams
            .iter()
            .filter_map(|upstream| upstream.value.ca_file.as_ref())
        {
            self.watched.add(&net::path(at, self.base));
            let Some(text) = self.bytes(at) else { continue };
            let Err(problem) = certificates::authorities(&text) else {
                continue;
            };
            let message = format!("`{}` {problem}", at.value);
            let help = "name a PEM file of the authority that signs the upstream's certificate";
            self.diagnostics.error("certificate-invalid", at.span, message, help);
        }
    }

    fn bytes(&mut self, at: &At<String>) -> Option<Vec<u8>> {
        let read = bytes_up_to(&net::path(at, self.base), LARGEST).and_then(|bytes| match bytes.is_empty() {
            true => Err("it is empty".to_owned()),
            false => Ok(bytes),
        });
        match read {
            Ok(bytes) => Some(bytes),
            Err(reason) => {
                let help =
                    "a path is seen from the folder of the configuration file, and must be readable for this user";
                let message = format!("can't read `{}`: {reason}", at.value);
                self.diagnostics.error("file-unreadable", at.span, message, help);
                None
            }
        }
    }
}

/// More than all public authorities together.
const LARGEST: usize = 4 * 1024 * 1024;
