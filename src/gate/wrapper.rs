//! Links that a mail gateway, a mail service or a messenger put around other links, undone.
//!
//! What a wrapper looks like stands in one table (`formats`). Nothing is fetched: a wrapper that keeps its address on
//! the vendor's own servers is [`Unwrapped::Opaque`]. Time and memory grow with the link's length, up to
//! [`MAX_LENGTH`] and [`MAX_LEVELS`].

mod formats;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

use self::formats::{Holds, WRAPPERS, Wrapper};

/// Longer links are not looked at, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How many wrappers around each other are undone.
pub const MAX_LEVELS: usize = 5;

/// What one link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwrapped {
    /// No wrapper that is known.
    NotAWrapper,
    /// A wrapper around `url`.
    Target {
        /// Whose wrapper.
        vendor: &'static str,
        /// The link inside, `http` or `https`, in printable ASCII.
        url: String,
    },
    /// A wrapper that does not hold its address: the vendor alone can undo it.
    Opaque {
        /// Whose wrapper.
        vendor: &'static str,
    },
    /// A wrapper that should hold an address, but none can be read: cut off or altered on its way.
    Damaged {
        /// Whose wrapper.
        vendor: &'static str,
    },
}

/// A link with all its wrappers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The wrappers, the outermost first.
    pub levels: Vec<Level>,
    /// What is inside them.
    pub end: End,
}

/// One wrapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Whose it is.
    pub vendor: &'static str,
    /// The wrapper itself, in printable ASCII.
    pub url: String,
}

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At this link, which is no known wrapper; without levels it is the link that was given.
    Plain(String),
    /// At the last level, which does not hold its address.
    Opaque,
    /// At the last level, whose address can't be read.
    Damaged,
    /// After [`MAX_LEVELS`], with a wrapper still inside.
    TooDeep,
    /// At once: the link is longer than [`MAX_LENGTH`].
    TooLong,
}

/// A kind of wrapper, for documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whose it is.
    pub vendor: &'static str,
    /// Host names; `*` stands for any text within a label.
    pub hosts: &'static [&'static str],
    /// Whether the address can be read from it.
    pub undone: bool,
}

/// All kinds that are known, a vendor's together.
pub fn known() -> impl Iterator<Item = Known> {
    WRAPPERS.iter().map(|wrapper| Known {
        vendor: wrapper.vendor,
        hosts: wrapper.hosts,
        undone: !matches!(wrapper.holds, Holds::Nothing),
    })
}

/// Undoes the outermost wrapper.
#[must_use]
pub fn unwrap_once(url: &str) -> Unwrapped {
    if url.len() > MAX_LENGTH {
        return Unwrapped::NotAWrapper;
    }
    let text = unescape(clean(url));
    let Some((parts, wrapper)) = recognise(&text) else {
        return Unwrapped::NotAWrapper;
    };
    let vendor = wrapper.vendor;
    if matches!(wrapper.holds, Holds::Nothing) {
        return Unwrapped::Opaque { vendor };
    }
    match wrapper.holds.read(&parts).and_then(address) {
        Some(url) => Unwrapped::Target { vendor, url },
        None => Unwrapped::Damaged { vendor },
    }
}

/// Undoes all wrappers around a link.
#[must_use]
pub fn unwrap(url: &str) -> Chain {
    let mut levels = Vec::new();
    let mut url = printable(clean(url).as_bytes());
    let end = loop {
        if url.len() > MAX_LENGTH {
            break End::TooLong;
        }
        let (vendor, next) = match unwrap_once(&url) {
            Unwrapped::NotAWrapper => break End::Plain(url),
            Unwrapped::Target { vendor, url } => (vendor, Ok(url)),
            Unwrapped::Opaque { vendor } => (vendor, Err(End::Opaque)),
            Unwrapped::Damaged { vendor } => (vendor, Err(End::Damaged)),
        };
        if levels.len() == MAX_LEVELS {
            break End::TooDeep;
        }
        levels.push(Level { vendor, url });
        match next {
            Ok(inner) => url = inner,
            Err(end) => break end,
        }
    };
    Chain { levels, end }
}

/// A link, taken apart.
struct Parts<'u> {
    /// Whether a name stands before the host, as no vendor's links have it: `https://vendor@elsewhere/` is a trick.
    user: bool,
    /// Lower-case, without port.
    host: String,
    /// From the first slash to `?` or `#`; `/` where there is none.
    path: &'u str,
    /// Between `?` and `#`.
    query: &'u str,
    /// All that follows the authority.
    rest: &'u str,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Option<Self> {
        let rest = ["http:", "https:"].iter().find_map(|scheme| after(url, scheme))?;
        let rest = rest.strip_prefix('/')?.trim_start_matches('/');
        let (authority, rest) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
        let (user, host) = match authority.rsplit_once('@') {
            Some((_, host)) => (true, host),
            None => (false, authority),
        };
        let host = host.split(':').next().unwrap_or_default();
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let before = rest.split('#').next().unwrap_or_default();
        let (path, query) = before.split_once('?').unwrap_or((before, ""));
        let path = if path.is_empty() { "/" } else { path };
        (!host.is_empty()).then_some(Self {
            user,
            host,
            path,
            query,
            rest,
        })
    }

    /// The first field of this name, as it is written.
    fn field(&self, name: &str) -> Option<&'u str> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}

fn recognise(text: &str) -> Option<(Parts<'_>, &'static Wrapper)> {
    let parts = Parts::of(text).filter(|parts| !parts.user)?;
    let wrapper = WRAPPERS.iter().find(|wrapper| {
        wrapper.hosts.iter().any(|host| is_host(host, &parts.host))
            && wrapper.paths.iter().any(|path| is_like(path, parts.path))
    })?;
    Some((parts, wrapper))
}

/// Label by label, so that a name which only ends alike is another's.
fn is_host(pattern: &str, host: &str) -> bool {
    let (mut patterns, mut labels) = (pattern.split('.'), host.split('.'));
    loop {
        match (patterns.next(), labels.next()) {
            (None, None) => return true,
            (Some(pattern), Some(label)) if !label.is_empty() && is_like(pattern, label) => {}
            _ => return false,
        }
    }
}

/// `*` stands for any text, at one place.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end),
    }
}

/// What follows `prefix`, in any case.
fn after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Without what mail text puts around a link.
fn clean(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
}

/// HTML's references to characters that matter in links, each read once.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        out.push_str(before);
        let known = REFERENCES
            .iter()
            .find_map(|(name, c)| Some((after(reference, name)?, *c)));
        let (left, c) = known.unwrap_or((reference, '&'));
        out.push(c);
        rest = left;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

const REFERENCES: &[(&str, char)] = &[
    ("amp;", '&'),
    ("#38;", '&'),
    ("#x26;", '&'),
    ("lt;", '<'),
    ("gt;", '>'),
    ("quot;", '"'),
    ("#34;", '"'),
    ("#39;", '\''),
    ("#x27;", '\''),
];

/// The target as a whole address; encoded more than once on its way, it is decoded again.
fn address(mut target: String) -> Option<String> {
    for _ in 0..=MAX_DECODED {
        if Parts::of(&target).is_some() {
            // `//` may have been merged on the way.
            let (scheme, rest) = target.split_once('/')?;
            return Some(if rest.starts_with('/') {
                target
            } else {
                format!("{scheme}//{rest}")
            });
        }
        target = decoded(&target);
    }
    None
}

/// How often a target may have been encoded beyond what its format asks for.
const MAX_DECODED: usize = 2;

/// Percent-decoded once.
fn decoded(text: &str) -> String {
    printable(&percent_decode_str(text).collect::<Vec<u8>>())
}

/// What no printable ASCII writes is percent-encoded: nothing here can break a line, steer a terminal or look like
/// something else, and it is the same link.
fn printable(bytes: &[u8]) -> String {
    const UNPRINTABLE: &AsciiSet = &CONTROLS.add(b' ');
    percent_encode(bytes, UNPRINTABLE).to_string()
}
