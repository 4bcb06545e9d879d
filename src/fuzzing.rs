//! What the fuzz targets (`fuzz/`) reach besides the public API. No other build has this module.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::Path;

use http::HeaderMap;
use simple_dns::TYPE;
use tokio::io::AsyncRead;

use crate::addresses::message::{self, Record};
use crate::brand::PageTemplate;
use crate::config::validate::{self, Secrets};
use crate::config::{self, Config};
use crate::diag::{Diagnostics, SourceMap};
use crate::gate::keys::{BrowserSecret, KeyRing, Purpose, Random, TargetId};
use crate::locales;
use crate::proxy::cookies;
use crate::secret::SecretKey;
use crate::server::proxy_protocol;

/// The purposes of [`seal`].
pub const PURPOSES: usize = 3;

/// Seals any bytes for a purpose: a ticket, an opening, or the mark of a browser that asked for a mail.
#[must_use]
pub fn seal(keys: &KeyRing, purpose: usize, plain: &[u8], random: &Random) -> String {
    let purposes: [Purpose; PURPOSES] = [Purpose::Ticket, Purpose::Opening, Purpose::Asked];
    keys.seal(purposes[purpose], plain.to_vec(), random)
}

/// The target of a digest.
#[must_use]
pub const fn target(digest: [u8; 16]) -> TargetId {
    TargetId::from_bytes(digest)
}

/// The value of the opening's cookie.
#[must_use]
pub fn opening_cookie(headers: &HeaderMap, https: bool) -> Option<&str> {
    cookies::Cookie::Opening.value(headers, https)
}

/// The secret in the browser's cookie.
#[must_use]
pub fn browser_cookie(headers: &HeaderMap, https: bool) -> Option<BrowserSecret> {
    cookies::browser(headers, https)
}

/// The text of the browser's cookie.
#[must_use]
pub fn browser_text(browser: BrowserSecret) -> String {
    cookies::browser_text(browser)
}

/// Takes the gate's own cookies out of a request.
pub fn strip_cookies(headers: &mut HeaderMap) {
    cookies::strip(headers);
}

/// Reads a PROXY header: `None` where it is none, `Some(None)` where it names no client.
pub async fn proxy_header(io: &mut (impl AsyncRead + Unpin)) -> Option<Option<SocketAddr>> {
    proxy_protocol::read(io).await.ok()
}

/// What a DNS message says: addresses, names, and whether that is all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsAnswer {
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its names.
    pub names: Vec<String>,
    /// Whether it is all of them.
    pub whole: bool,
}

/// Reads a DNS message as the answer to a question: `None` where it is none, `Some(None)` where it is a failure.
#[must_use]
pub fn dns_answer(message: &[u8], id: u16, name: &str, kind: u16) -> Option<Option<DnsAnswer>> {
    let question = message::question(id, name, TYPE::from(kind))?;
    let answer = message::answer(message, &question)?;
    Some(answer.map(|answer| {
        let (mut addresses, mut names) = (Vec::new(), Vec::new());
        for record in answer.records {
            match record {
                Record::Address(address) => addresses.push(address),
                Record::Name(name) => names.push(name),
            }
        }
        DnsAnswer {
            addresses,
            names,
            whole: answer.whole,
        }
    }))
}

/// Whether a name can be asked for.
#[must_use]
pub fn can_be_asked(name: &str) -> bool {
    message::question(0, name, TYPE::A).is_some()
}

/// A text of the user's, read: what it means, and all that is wrong with it.
#[derive(Debug)]
pub struct Read<T> {
    /// What it means.
    pub value: T,
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// Where that stands.
    pub sources: SourceMap,
}

/// Reads a configuration, without the files that it names.
#[must_use]
pub fn configuration(text: &str) -> Read<Option<Config>> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add("linklatch.toml", text);
    let raw = config::raw::parse(file, &sources, &mut diagnostics);
    Read {
        value: validate::config(&raw, Secrets::default(), Path::new(""), &mut diagnostics),
        diagnostics,
        sources,
    }
}

/// Reads a page template.
#[must_use]
pub fn page_template(text: &str) -> Read<Option<PageTemplate>> {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add("page.html", text);
    Read {
        value: PageTemplate::read(file, &sources, &mut diagnostics),
        diagnostics,
        sources,
    }
}

/// A language tag in its one spelling; `None` if it is none.
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    locales::canonical(text)
}

/// Reads a key file; the places of the lines that are no keys.
pub fn key_file(text: &str) -> Result<Vec<SecretKey>, Vec<Range<usize>>> {
    config::keys::parse(text)
}

/// A key as it stands in a file.
#[must_use]
pub fn key_line(key: &SecretKey) -> String {
    config::keys::show(key).to_string()
}
