//! Single mends: each undoes one kind of damage in a target.

use std::ops::Range;

use http::Uri;

use super::Repair;
use super::form::Form;
use crate::gate::link::Link;
use crate::gate::spelling::{decode_field, decode_once, is_invisible};
use crate::gate::template::{Pattern, TOKEN, fold_eq};
use crate::gate::wrapper::{self, End};

/// A target as it may have been.
#[derive(Clone, Debug)]
pub(super) struct Mend {
    pub(super) target: String,
    pub(super) by: Vec<Repair>,
    /// What the token must show of itself, where its link names no shape.
    pub(super) needs: Form,
}

impl Mend {
    fn new(target: String, by: Repair, needs: Form) -> Self {
        Self {
            target,
            by: vec![by],
            needs,
        }
    }
}

/// Where the token's text stands in a target, as it is written.
#[derive(Debug)]
pub(super) struct Place<'l> {
    range: Range<usize>,
    pattern: &'l Pattern,
    in_query: bool,
}

impl<'l> Place<'l> {
    pub(super) fn of_token(link: &'l Link, target: &str) -> Option<Self> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let is_token = |pattern: &Pattern| pattern.hole() == Some(TOKEN);
        if let Some((name, pattern)) = link.url.query().iter().find(|(_, pattern)| is_token(pattern)) {
            let mut start = path.len() + 1;
            for pair in query.split('&') {
                let (raw, value) = pair.split_once('=').unwrap_or((pair, ""));
                if !value.is_empty() && fold_eq(&decode_field(raw), name) {
                    let from = start + raw.len() + 1;
                    return Some(Self {
                        range: from..from + value.len(),
                        pattern,
                        in_query: true,
                    });
                }
                start += pair.len() + 1;
            }
            return None;
        }
        let at = link.url.segments().iter().position(is_token)?;
        let mut start = 0;
        let mut seen = 0;
        for segment in path.split('/') {
            if !segment.is_empty() {
                if seen == at {
                    return Some(Self {
                        range: start..start + segment.len(),
                        pattern: &link.url.segments()[at],
                        in_query: false,
                    });
                }
                seen += 1;
            }
            start += segment.len() + 1;
        }
        None
    }

    fn text(&self, raw: &str) -> String {
        if self.in_query {
            decode_field(raw)
        } else {
            String::from_utf8_lossy(&decode_once(raw.as_bytes())).into_owned()
        }
    }

    /// The token, decoded.
    pub(super) fn token(&self, target: &str) -> Option<String> {
        let text = self.text(&target[self.range.clone()]);
        self.pattern.capture(&text, true).map(str::to_owned)
    }

    fn replaced(&self, target: &str, value: &str) -> String {
        format!("{}{value}{}", &target[..self.range.start], &target[self.range.end..])
    }
}

/// Whether a target that is no link, or may be one, bears traces of damage.
pub(super) fn has_trace(target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let holds = |mark: &str| find_folded(query, mark).is_some();
    junk_at_end(target, true).is_some()
        || ["&amp;", "&amp%3b", "=3d", "](", "%5d(", "%5d%28", "?"]
            .into_iter()
            .any(holds)
        || (query.contains("%3") && query.split('&').any(|pair| !pair.contains('=')))
        || (!target.contains('?') && find_folded(path, "%3f").is_some())
        || path.contains('%')
}

/// A field of the link's own stands behind an escaped `&`.
pub(super) fn of_escaped_name(link: &Link, target: &str) -> Option<Mend> {
    let (path, query) = target.split_once('?').filter(|(_, query)| query.contains('&'))?;
    let plain = unescaped(query);
    if plain == query {
        return None;
    }
    let named = |query: &str, name: &str| {
        let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
        names.any(|raw| fold_eq(&decode_field(raw), name))
    };
    let mut names = link.url.query().iter().map(|(name, _)| name);
    names
        .any(|name| !named(query, name) && named(&plain, name))
        .then(|| Mend::new(format!("{path}?{plain}"), Repair::HtmlEscape, Form::Any))
}

/// Mends of what stands around the fields.
pub(super) fn of_whole(link: &Link, target: &str, has_token: bool) -> Vec<Mend> {
    let mut mends = Vec::new();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let with_query = |query: &str| format!("{path}?{query}");
    mends.extend(of_escaped_name(link, target));
    let signs = query.matches('=').count();
    let quoted = query.matches("=3D").count() + query.matches("=3d").count();
    if signs > 0 && signs == quoted {
        let plain = query.replace("=3D", "=").replace("=3d", "=");
        // One field alone may begin so by chance.
        let needs = if signs > 1 { Form::Any } else { Form::Rigid };
        mends.push(Mend::new(with_query(&plain), Repair::QuotedPrintable, needs));
    }
    for rest in ["](http", "%5d(http", "%5d%28http", "]%28http"] {
        if let Some(at) = find_folded(target, rest) {
            mends.push(Mend::new(target[..at].to_owned(), Repair::Markdown, Form::Any));
        }
    }
    if !has_token {
        mends.extend(of_names(link, target));
    }
    mends
}

/// Mends of a query whose fields can't be told apart.
fn of_names(link: &Link, target: &str) -> Vec<Mend> {
    let Some((path, query)) = target.split_once('?') else {
        let encoded = find_folded(target, "%3f").filter(|_| !link.url.query().is_empty());
        let mend = |at: usize| {
            let target = format!("{}?{}", &target[..at], &target[at + 3..]);
            Mend::new(target, Repair::PercentEncoding, Form::Any)
        };
        return encoded.map(mend).into_iter().collect();
    };
    let mut mends = Vec::new();
    let is_name = |raw: &str| link.url.query().iter().any(|(name, _)| fold_eq(raw, name));
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match find_folded(pair, "%3d").filter(|_| !pair.contains('=')) {
            Some(at) if is_name(&decode_field(&pair[..at])) => match find_folded(pair, "%26") {
                Some(_) => replace_folded(&replace_folded(pair, "%3d", "="), "%26", "&"),
                None => format!("{}={}", &pair[..at], &pair[at + 3..]),
            },
            _ => pair.to_owned(),
        })
        .collect();
    let plain = pairs.join("&");
    if plain != query {
        mends.push(Mend::new(format!("{path}?{plain}"), Repair::PercentEncoding, Form::Any));
    }
    // `?utm_source=x?token=…`: what a mailing system put before the link's own query.
    // One at a time: a hostile target has hundreds.
    let mut start = 0;
    let joined = query.split('&').find_map(|pair| {
        let at = pair.starts_with("utm_").then(|| pair.find('?')).flatten();
        let at = at.map(|at| start + at);
        start += pair.len() + 1;
        at
    });
    if let Some(at) = joined {
        let target = format!("{path}?{}&{}", &query[..at], &query[at + 1..]);
        mends.push(Mend::new(target, Repair::SecondQuery, Form::Any));
    }
    mends
}

/// Mends of a target's end, where that is not the token's.
pub(super) fn of_end(target: &str) -> Vec<Mend> {
    let mut mends = Vec::new();
    let mut rest = target;
    while let Some((shorter, _)) = junk_at_end(rest, true).filter(|_| mends.len() < MAX_JUNK) {
        rest = shorter;
        mends.push(Mend::new(rest.to_owned(), Repair::Punctuation, Form::Any));
    }
    mends
}

/// Mends of the token's text.
pub(super) fn of_value(target: &str, place: &Place<'_>, host: &str) -> Vec<Mend> {
    let raw = &target[place.range.clone()];
    let mut mends = Vec::from_iter(of_wrapper(target, place, host));
    let mut add = |value: String, by: Repair, needs: Form| {
        if !value.is_empty() && value != raw {
            mends.push(Mend::new(place.replaced(target, &value), by, needs));
        }
    };
    let mut rest = raw;
    let mut needs = Form::Any;
    for _ in 0..MAX_JUNK {
        let Some((shorter, sure)) = junk_at_end(rest, place.in_query) else {
            break;
        };
        (rest, needs) = (shorter, needs.max(sure));
        add(rest.to_owned(), Repair::Punctuation, needs);
    }
    let units = units(raw, place.in_query);
    let text_of = |units: &[Unit<'_>]| units.iter().map(|unit| unit.raw).collect::<String>();
    let before = units.iter().take_while(|unit| is_opening(unit.text)).count();
    for count in 1..=before.min(MAX_JUNK) {
        add(text_of(&units[count..]), Repair::Punctuation, Form::Plain);
    }
    if let Some(at) = units.iter().position(|unit| matches!(unit.text, '<' | '>' | '"')) {
        add(text_of(&units[..at]), Repair::Punctuation, Form::Plain);
    }
    let unquoted = raw.strip_prefix("3D").or_else(|| raw.strip_prefix("3d")).unwrap_or(raw);
    let plain = ["=3D", "=3d", "%3D3D", "%3d3d"]
        .iter()
        .fold(unquoted.to_owned(), |text, quoted| text.replace(quoted, "="));
    let needs = if plain == unquoted { Form::Rigid } else { Form::Named };
    add(plain, Repair::QuotedPrintable, needs);
    add(decoded_again(raw), Repair::PercentEncoding, Form::Plain);
    of_spaces(&units, &mut add);
    if let Some(at) = units.iter().position(|unit| unit.text == '?') {
        let (token, second) = (text_of(&units[..at]), text_of(&units[at + 1..]));
        let needs = if second.starts_with("utm_") {
            Form::Any
        } else {
            Form::Plain
        };
        if place.in_query {
            add(format!("{token}&{second}"), Repair::SecondQuery, needs);
        } else if place.range.end == target.len() {
            add(format!("{token}?{second}"), Repair::SecondQuery, needs);
        }
    }
    mends
}

/// White space in a token was put in, or was a `+`.
fn of_spaces(units: &[Unit<'_>], add: &mut impl FnMut(String, Repair, Form)) {
    if !units.iter().any(|unit| is_space(unit.text)) {
        return;
    }
    let is_plain = |unit: &Unit<'_>| unit.text == ' ';
    let needs = if units.iter().any(is_plain) {
        Form::Rigid
    } else {
        Form::Plain
    };
    let kept = units.iter().filter(|unit| !is_space(unit.text));
    add(kept.map(|unit| unit.raw).collect(), Repair::WhiteSpace, needs);
    // A soft line break is a `=` at a line's end (RFC 2045 section 6.7).
    let breaks = |at: usize| units[at].text == '=' && units.get(at + 1).is_some_and(|next| is_space(next.text));
    let kept = (0..units.len()).filter(|at| !is_space(units[*at].text) && !breaks(*at));
    add(kept.map(|at| units[at].raw).collect(), Repair::QuotedPrintable, needs);
    if units.iter().filter(|unit| is_space(unit.text)).all(is_plain) {
        let plus = units.iter().map(|unit| if is_plain(unit) { "%2B" } else { unit.raw });
        add(plus.collect(), Repair::Plus, Form::Named);
    }
}

/// The token's value is a whole link, or a wrapper around one: this very link, on the host that was asked.
fn of_wrapper(target: &str, place: &Place<'_>, host: &str) -> Option<Mend> {
    let raw = &target[place.range.clone()];
    // Put in as it is, a wrapper's own fields follow behind `&`.
    let text = if raw.contains("://") {
        target[place.range.start..].to_owned()
    } else {
        place.text(raw)
    };
    text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("http"))?;
    let End::Plain(url) = wrapper::unwrap(&text).end else {
        return None;
    };
    let uri: Uri = url.parse().ok()?;
    let own = uri.host()?.trim_end_matches('.').eq_ignore_ascii_case(host);
    let inner = uri.path_and_query().filter(|_| own)?;
    Some(Mend::new(inner.as_str().to_owned(), Repair::Wrapper, Form::Any))
}

/// A character as it is written, and what it means.
struct Unit<'t> {
    raw: &'t str,
    text: char,
}

fn units(raw: &str, in_query: bool) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let escaped = |count: &usize| {
            let bytes = decode_escapes(rest.get(..count * 3)?)?;
            let mut chars = std::str::from_utf8(&bytes).ok()?.chars();
            chars.next().filter(|_| chars.next().is_none())
        };
        let found = (1..=4).find_map(|count| Some((count * 3, escaped(&count)?)));
        let plain = if first == '+' && in_query { ' ' } else { first };
        let (length, text) = found.unwrap_or_else(|| (first.len_utf8(), plain));
        let (raw, after) = rest.split_at(length);
        units.push(Unit { raw, text });
        rest = after;
    }
    units
}

/// The bytes of a text that is all escapes.
fn decode_escapes(text: &str) -> Option<Vec<u8>> {
    let escape = |escape: &[u8]| match escape {
        [b'%', digits @ ..] => u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok(),
        _ => None,
    };
    text.as_bytes().chunks(3).map(escape).collect()
}

/// A text without its last sign, where that belongs to the text around a link; and how sure that is.
fn junk_at_end(text: &str, in_query: bool) -> Option<(&str, Form)> {
    // A character takes at most four escapes.
    let tail = text.len().saturating_sub(12);
    let tail = (tail..text.len()).find(|at| text.is_char_boundary(*at))?;
    // The cut may have split an escape; the last sign is whole.
    let last = units(&text[tail..], in_query).pop()?;
    let sure = match last.text {
        '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '|' | '\\' | '^' | '`' => Form::Plain,
        '.' | '!' | '?' | ':' | '*' => Form::Rigid,
        '=' => Form::Named,
        c if !c.is_ascii() => Form::Plain,
        _ => return None,
    };
    Some((&text[..text.len() - last.raw.len()], sure))
}

const fn is_opening(c: char) -> bool {
    matches!(c, '<' | '(' | '[' | '{' | '"' | '\'' | '=') || !c.is_ascii()
}

/// White space, and characters that nobody sees.
fn is_space(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// `%25` of an escape that was encoded again, undone.
fn decoded_again(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once("%25") {
        out.push_str(before);
        let digits = after.as_bytes().get(..2);
        let escape = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        out.push_str(if escape { "%" } else { "%25" });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn unescaped(query: &str) -> String {
    ["&amp;", "&amp%3b"]
        .iter()
        .fold(query.to_owned(), |text, escape| replace_folded(&text, escape, "&"))
}

/// Where `what`, in lower case, first stands in a text in any case.
fn find_folded(text: &str, what: &str) -> Option<usize> {
    let mut windows = text.as_bytes().windows(what.len());
    windows.position(|window| window.eq_ignore_ascii_case(what.as_bytes()))
}

fn replace_folded(text: &str, what: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_folded(rest, what) {
        out.push_str(&rest[..at]);
        out.push_str(with);
        rest = &rest[at + what.len()..];
    }
    out.push_str(rest);
    out
}

/// How many signs around a link are taken off.
const MAX_JUNK: usize = 8;
