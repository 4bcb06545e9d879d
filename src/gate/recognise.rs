//! Whether a request means a protected link, or an API call that redeems one's token.

use http::{HeaderMap, Method, Uri};

use super::fields::{Fields, Found, find, others};
use super::link::{Ask, Call, Confirm, Link};
use super::spelling::{self, Reading, Readings};
use super::template::{Pattern, TOKEN, Template};
use crate::secret::Token;

/// What a target (path and query) is to a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Nothing.
    No,
    /// Two parsers could differ on whether it fits: these are the values that it may have, as far as they can be told.
    Ambiguous(Vec<Values>),
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
    readings: Readings,
}

impl<'r> Target<'r> {
    pub(super) fn new(uri: &'r Uri) -> Self {
        let path = uri.path();
        Self {
            path,
            query: uri.query().unwrap_or_default(),
            readings: Readings::of(path),
        }
    }

    /// How the whole target relates to a link: it must carry a token.
    pub(super) fn link(&self, link: &Link) -> Match {
        let once = |hole: &str| hole == TOKEN || link.belongs.iter().any(|b| b == hole);
        let matched = self.fit(&link.url, !link.case_sensitive, |captured, query| {
            match fit_query(&link.url, captured, query, once) {
                Match::Fits(values) if values.token().is_none() => Match::No,
                matched => matched,
            }
        });
        match matched {
            Match::Fits(values) if self.has_controls() || !can_be_said(&values, &link.confirm) => {
                Match::Ambiguous(Vec::new())
            }
            matched => matched,
        }
    }

    /// The link's plain spellings that the target may mean, where parsers could differ on it.
    pub(super) fn plain_spellings(&self, link: &Link) -> Vec<String> {
        let Match::Ambiguous(all) = self.link(link) else {
            return Vec::new();
        };
        let mut spellings: Vec<String> = Vec::new();
        for values in all.iter().filter(|values| values.token().is_some()) {
            let mut spelling = link.url.fill(|hole| values.get(hole));
            for other in others(self.query, link.url.query().iter().map(|(name, _)| name.as_str())) {
                spelling.push(if spelling.contains('?') { '&' } else { '?' });
                spelling.push_str(other);
            }
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        spellings
    }

    fn has_controls(&self) -> bool {
        spelling::has_controls(self.path) || spelling::has_controls(self.query)
    }

    /// Whether it is a request for a mail.
    pub(super) fn ask(&self, ask: &Ask) -> bool {
        let fits = self.fit(&ask.url, true, |captured, query| {
            fit_query(&ask.url, captured, query, |_| false)
        });
        matches!(fits, Match::Fits(_))
    }

    /// How the path relates to a call, and what its query already gives: the token may stand elsewhere.
    pub(super) fn call(&self, call: &Call) -> Match {
        self.fit(&call.url, true, |captured, query| {
            fit_query(&call.url, captured, query, |_| true)
        })
    }

    fn fit(&self, template: &Template, fold: bool, fit_query: impl Fn(&[&str], &str) -> Match) -> Match {
        let readings = match &self.readings {
            Readings::Plain => {
                let segments = self.path.split('/').filter(|segment| !segment.is_empty());
                return match spelling::capture(template.segments(), segments, fold) {
                    Some(captured) => fit_query(&captured, self.query),
                    None => Match::No,
                };
            }
            Readings::Many(readings) => readings,
            Readings::TooMany => return Match::Ambiguous(Vec::new()),
        };
        let mut meant: Option<Vec<Values>> = None;
        let mut seen = Vec::new();
        for reading in readings {
            let Some(captured) = capture(template, reading, fold) else {
                continue;
            };
            for query in queries(reading, self.query) {
                // Many readings of a path leave the same question.
                let question = (reading.odd, captured.clone(), query);
                if seen.contains(&question) {
                    continue;
                }
                let matched = fit_query(&captured, &question.2);
                seen.push(question);
                match matched {
                    Match::No => {}
                    fits @ Match::Fits(_) if !reading.odd => return fits,
                    Match::Fits(values) => meant.get_or_insert_default().push(values),
                    Match::Ambiguous(values) => meant.get_or_insert_default().extend(values),
                }
            }
        }
        meant.map_or(Match::No, Match::Ambiguous)
    }
}

/// What a template's holes hold in a reading; one that careless routers take is compared as they compare.
fn capture<'r>(template: &Template, reading: &'r Reading, fold: bool) -> Option<Vec<&'r str>> {
    let segments = || reading.segments.iter().map(String::as_str);
    spelling::capture(template.segments(), segments(), fold).or_else(|| {
        let loosened = template.loosened().filter(|_| reading.odd)?;
        spelling::capture(loosened, segments(), fold)
    })
}

/// What a router takes for the query. Whoever ends the path before the `?` may take what stands there, what stands
/// behind the `?`, or all of it.
fn queries(reading: &Reading, came: &str) -> Vec<String> {
    match &reading.query {
        None => vec![came.to_owned()],
        Some(own) if came.is_empty() => vec![own.clone()],
        Some(own) => vec![own.clone(), came.to_owned(), format!("{own}?{came}")],
    }
}

/// Whether a confirmation can send the values as they are: a body of its own says text, and what was none would change.
fn can_be_said(values: &Values, confirm: &Confirm) -> bool {
    let is_text = |(_, value): &(String, String)| !value.contains(char::REPLACEMENT_CHARACTER);
    matches!(confirm, Confirm::Replay) || values.0.iter().all(is_text)
}

/// Fits the query to the template. `once` names the holes that may not stand twice.
fn fit_query(template: &Template, captured: &[&str], query: &str, once: impl Fn(&str) -> bool) -> Match {
    let path_holes = template.segments().iter().filter_map(Pattern::hole);
    let mut choices: Vec<(String, Vec<String>)> = path_holes
        .zip(captured)
        .map(|(hole, text)| (hole.to_owned(), vec![(*text).to_owned()]))
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
        let fitting = found.values.iter().filter_map(|value| pattern.capture(value, true));
        let mut texts: Vec<String> = fitting.map(str::to_owned).collect();
        if once(hole) {
            let doubled = found.odd || found.values.len() > 1;
            ambiguous |= doubled && found.values.iter().any(|value| !value.trim().is_empty());
            ambiguous |= texts.is_empty() && found.values.iter().any(|value| means(value, pattern));
        }
        texts.dedup();
        choices.push((hole.to_owned(), texts));
    }
    if ambiguous {
        Match::Ambiguous(combined(&choices))
    } else {
        let first = |(hole, texts): (String, Vec<String>)| (hole, texts.into_iter().next().unwrap_or_default());
        Match::Fits(Values(choices.into_iter().map(first).collect()))
    }
}

/// Every choice of one text for each hole, as far as they are few.
fn combined(choices: &[(String, Vec<String>)]) -> Vec<Values> {
    let mut all = vec![Values::default()];
    for (hole, texts) in choices {
        let nothing = [String::new()];
        let texts = if texts.is_empty() { &nothing } else { texts.as_slice() };
        let with = |values: &Values| {
            let values = values.clone();
            texts.iter().map(move |text| {
                let mut values = values.clone();
                values.0.push((hole.clone(), text.clone()));
                values
            })
        };
        all = all.iter().flat_map(with).take(MAX_MEANT).collect();
    }
    all
}

/// Whether a lenient server may take `value` for the plain pattern.
fn means(value: &str, pattern: &Pattern) -> bool {
    spelling::careless(value).any(|text| pattern.capture(text.trim(), true).is_some())
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
        for found in std::iter::once(find(query, name)).chain(body.find(name)) {
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

/// Whether an upstream may take the request's method for the call's. A HEAD is routed as a GET, and by tinyhttp as any
/// method; some fold case; and a POST can name the method that it stands for, in a `_method` field or a header.
pub(super) fn same_method(call: &Method, request: &Method) -> bool {
    let is = |method: &Method| request.as_str().eq_ignore_ascii_case(method.as_str());
    is(call) || is(&Method::HEAD) || (*call != Method::GET && is(&Method::POST))
}

/// More than one is as good as many: such a target has no one meaning.
const MAX_MEANT: usize = 4;
