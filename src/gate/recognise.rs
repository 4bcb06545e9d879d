//! Whether a request means a protected link, or an API call that redeems one's token.

use http::{HeaderMap, Method, Uri};

use super::link::{Call, Link};
use super::spelling::{self, Naming, Reading};
use super::template::{Pattern, TOKEN, Template, fold_eq};
use crate::secret::Token;

/// What a target (path and query) is to a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Nothing.
    No,
    /// Two parsers could differ on whether it fits.
    Ambiguous,
    /// It fits; the values stand in the order of the template's holes, absent ones empty.
    Fits(Values),
}

/// The text of a template's holes, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(pub(super) Vec<(String, String)>);

impl Values {
    pub(super) fn get(&self, hole: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == hole)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn token(&self) -> Option<Token> {
        self.get(TOKEN)
            .filter(|token| !token.trim().is_empty())
            .map(|token| Token::new(token.to_owned()))
    }
}

/// A request's target, read as far as all templates need it.
#[derive(Debug)]
pub(super) struct Target<'r> {
    path: &'r str,
    query: &'r str,
    readings: Vec<Reading>,
}

impl<'r> Target<'r> {
    pub(super) fn new(uri: &'r Uri) -> Self {
        let path = uri.path();
        let readings = if spelling::is_plain(path) {
            Vec::new()
        } else {
            spelling::readings(path)
        };
        Self {
            path,
            query: uri.query().unwrap_or_default(),
            readings,
        }
    }

    /// How the whole target relates to a link: it must carry a token.
    pub(super) fn link(&self, link: &Link) -> Match {
        self.fit(&link.url, !link.case_sensitive, |hole| {
            hole == TOKEN || link.belongs.iter().any(|b| b == hole)
        })
    }

    /// How the path relates to a call, and what its query already gives.
    pub(super) fn call(&self, call: &Call) -> Match {
        self.fit(&call.url, true, |_| true)
    }

    fn fit(&self, template: &Template, fold: bool, once: impl Fn(&str) -> bool + Copy) -> Match {
        if self.readings.is_empty() {
            let segments = self.path.split('/').filter(|segment| !segment.is_empty());
            return match spelling::capture(template.segments(), segments, fold) {
                Some(captured) => fit_query(template, &captured, self.query, once),
                None => Match::No,
            };
        }
        let mut ambiguous = false;
        for reading in &self.readings {
            let segments = reading.segments.iter().map(String::as_str);
            let Some(captured) = spelling::capture(template.segments(), segments, fold) else {
                continue;
            };
            let query = reading.query.as_deref().unwrap_or(self.query);
            match fit_query(template, &captured, query, once) {
                Match::No => {}
                fits @ Match::Fits(_) if !reading.odd => return fits,
                Match::Fits(_) | Match::Ambiguous => ambiguous = true,
            }
        }
        if ambiguous { Match::Ambiguous } else { Match::No }
    }
}

/// Fits the query to the template. `once` names the holes that may not stand twice.
fn fit_query(template: &Template, captured: &[&str], query: &str, once: impl Fn(&str) -> bool) -> Match {
    let path_holes = template.segments().iter().filter_map(Pattern::hole);
    let mut values: Vec<(String, String)> = path_holes
        .zip(captured)
        .map(|(hole, text)| (hole.to_owned(), (*text).to_owned()))
        .collect();
    let mut ambiguous = false;
    for (name, pattern) in template.query() {
        let found = find(query, name);
        let Some(hole) = pattern.hole() else {
            let equal = |value: &String| means(value, pattern);
            match found {
                Found { odd: false, ref values }
                    if values.len() == 1 && pattern.capture(&values[0], true).is_some() => {}
                Found { ref values, .. } if values.iter().any(equal) => ambiguous = true,
                Found { .. } => return Match::No,
            }
            continue;
        };
        let text = found.values.iter().find_map(|value| pattern.capture(value, true));
        if once(hole) && (found.odd || found.values.len() > 1) {
            ambiguous |= found.values.iter().any(|value| !value.trim().is_empty());
        }
        values.push((hole.to_owned(), text.unwrap_or_default().to_owned()));
    }
    let values = Values(values);
    let carries = template.holes().all(|hole| hole != TOKEN) || values.token().is_some();
    match (ambiguous, carries) {
        (true, _) => Match::Ambiguous,
        (false, true) => Match::Fits(values),
        (false, false) => Match::No,
    }
}

/// Whether a lenient server may take `value` for the plain pattern.
fn means(value: &str, pattern: &Pattern) -> bool {
    let again = spelling::decode_field(value);
    [value, value.trim(), again.trim()]
        .iter()
        .any(|text| pattern.capture(text, true).is_some())
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Whether any of the values stands under a name, or behind a separator, that only careless parsers take.
    pub(super) odd: bool,
    /// The decoded values.
    pub(super) values: Vec<String>,
}

/// All values of a field in a query or form.
pub(super) fn find(query: &str, name: &str) -> Found {
    let mut found = split(query, name);
    // A careless server decodes the query before it splits it. Values that hold an encoded query of their own are
    // common and honest, so this counts only where the field is not there otherwise.
    let mut text = query.to_owned();
    for _ in 0..spelling::MAX_DECODINGS {
        if !(found.values.is_empty() && text.contains('%')) {
            break;
        }
        let decoded = String::from_utf8_lossy(&spelling::decode_once(text.as_bytes())).into_owned();
        if decoded == text {
            break;
        }
        found = Found {
            odd: true,
            ..split(&decoded, name)
        };
        text = decoded;
    }
    found
}

fn split(query: &str, name: &str) -> Found {
    let mut found = Found::default();
    for pair in query.split('&') {
        let mut add = |part: &str, careful: bool| {
            let (raw, value) = part.split_once('=').unwrap_or((part, ""));
            let naming = spelling::compare_name(raw, name);
            if naming != Naming::Other {
                found.odd |= !careful || naming == Naming::Odd;
                found.values.push(spelling::decode_field(value));
            }
        };
        add(pair, true);
        // Some servers also split at semicolons.
        pair.split(';').skip(1).for_each(|part| add(part, false));
    }
    found
}

/// What a call's body, headers and target say of the token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// No token of this link.
    No,
    /// It can't be told.
    Unclear,
    /// The values of the link's holes.
    Token(Values),
}

/// A body as a call's fields see it.
#[derive(Debug)]
pub(super) enum Fields {
    /// No body.
    None,
    /// `application/x-www-form-urlencoded`.
    Form(String),
    /// A JSON object's fields in order, doubled ones included.
    Json(Vec<(String, serde_json::Value)>),
}

impl Fields {
    fn find(&self, name: &str) -> Found {
        match self {
            Self::None => Found::default(),
            Self::Form(text) => find(text, name),
            Self::Json(fields) => {
                let values = fields.iter().filter(|(key, _)| fold_eq(key.trim(), name));
                let mut found = Found::default();
                for (_, value) in values {
                    match value {
                        serde_json::Value::Null => {}
                        serde_json::Value::String(text) => found.values.push(text.clone()),
                        serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                            found.odd = true;
                            found.values.push(value.to_string());
                        }
                        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
                            found.values.push(value.to_string());
                        }
                    }
                }
                found
            }
        }
    }
}

/// Looks for the token wherever a lenient server may: the named place, the query, a form, a JSON object.
pub(super) fn carried(
    link: &Link,
    call: &Call,
    in_target: &Values,
    query: &str,
    headers: &HeaderMap,
    body: &Fields,
) -> Carried {
    let mut values = Values::default();
    let mut unclear = false;
    let names = call
        .url
        .query()
        .iter()
        .filter_map(|(name, pattern)| Some((name.as_str(), pattern.hole()?)));
    let names = names.chain(call.fields.iter().map(|(name, hole)| (name.as_str(), hole.as_str())));
    let mut all: Vec<(&str, Vec<String>)> = in_path(call, in_target);
    for (name, hole) in names {
        for found in [find(query, name), body.find(name)] {
            unclear |= found.odd && !found.values.is_empty();
            push(&mut all, hole, found.values);
        }
    }
    for (name, hole) in &call.headers {
        let given = headers
            .get_all(name)
            .iter()
            .map(|value| bearer(&String::from_utf8_lossy(value.as_bytes())));
        push(&mut all, hole, given.collect());
    }
    for (hole, mut given) in all {
        given.dedup();
        unclear |= given.len() > 1;
        values
            .0
            .push((hole.to_owned(), given.into_iter().next().unwrap_or_default()));
    }
    match values.get(TOKEN) {
        _ if unclear => Carried::Unclear,
        Some(token) if is_token(link, token) => Carried::Token(values),
        _ => Carried::No,
    }
}

fn in_path<'c>(call: &'c Call, in_target: &Values) -> Vec<(&'c str, Vec<String>)> {
    let holes = call.url.segments().iter().filter_map(Pattern::hole);
    holes
        .map(|hole| (hole, in_target.get(hole).map(str::to_owned).into_iter().collect()))
        .collect()
}

fn push<'h>(all: &mut Vec<(&'h str, Vec<String>)>, hole: &'h str, given: Vec<String>) {
    let given = given.into_iter().filter(|value| !value.trim().is_empty());
    match all.iter_mut().find(|(known, _)| *known == hole) {
        Some((_, values)) => values.extend(given),
        None => all.push((hole, given.collect())),
    }
}

/// A header's value without an authentication scheme (RFC 9110 section 11.4).
fn bearer(value: &str) -> String {
    match value.trim().split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim().to_owned(),
        _ => value.trim().to_owned(),
    }
}

/// Whether a value is the link's token rather than a code that a person typed.
fn is_token(link: &Link, value: &str) -> bool {
    let value = value.trim();
    value.chars().count() >= link.min_length || link.token_shape.as_ref().is_some_and(|shape| shape.is_match(value))
}

/// Whether the request's method is the call's; HEAD counts as GET.
pub(super) fn same_method(call: &Method, request: &Method) -> bool {
    call == request || (*call == Method::GET && *request == Method::HEAD)
}
