//! How a confirmed token goes upstream, and what the answer means.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};

use super::link::{Confirm, FieldValue, Link, Outcome, Redeem, UpstreamId};
use super::passage::Protected;
use super::recognise::Values;

/// A person's confirmation, to be sent upstream once. Only [`super::Gate::confirm`] makes one.
#[derive(Debug)]
pub struct Confirmed {
    request: Request<Bytes>,
    link: LinkPlace,
    upstream: Option<UpstreamId>,
}

/// A link's place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkPlace(pub(super) usize);

impl Confirmed {
    pub(super) fn new(link: &Link, place: LinkPlace, protected: Protected<()>) -> Self {
        let Protected { request, values, .. } = protected;
        let (original, ()) = request.into_parts();
        let mut headers = original.headers;
        strip_form_post(&mut headers);
        if link.asks_json() {
            // A compressed answer could not be read.
            headers.remove(header::ACCEPT_ENCODING);
        }
        let (method, uri, body) = match &link.confirm {
            Confirm::Replay => (Method::GET, original.uri, Bytes::new()),
            Confirm::Form(redeem) => {
                headers.insert(header::CONTENT_TYPE, FORM);
                (
                    redeem.method.clone(),
                    redeem_uri(redeem, &values),
                    form_body(redeem, &values),
                )
            }
            Confirm::Json(redeem) => {
                headers.insert(header::CONTENT_TYPE, JSON);
                (
                    redeem.method.clone(),
                    redeem_uri(redeem, &values),
                    json_body(redeem, &values),
                )
            }
        };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        *request.extensions_mut() = original.extensions;
        Self {
            request,
            link: place,
            upstream: link.upstream,
        }
    }

    /// The link that it confirms.
    #[must_use]
    pub const fn link(&self) -> LinkPlace {
        self.link
    }

    /// The upstream that the link names.
    #[must_use]
    pub const fn upstream(&self) -> Option<UpstreamId> {
        self.upstream
    }

    /// The request, to be sent.
    #[must_use]
    pub fn into_request(self) -> Request<Bytes> {
        self.request
    }
}

/// Leaves a plain navigation: cookies and negotiation stay, what the form's POST brought goes.
fn strip_form_post(headers: &mut HeaderMap) {
    for name in [
        header::ORIGIN,
        header::REFERER,
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::TRANSFER_ENCODING,
        header::EXPECT,
        header::CACHE_CONTROL,
        header::RANGE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
        header::IF_MODIFIED_SINCE,
        header::IF_UNMODIFIED_SINCE,
        header::IF_RANGE,
    ] {
        headers.remove(name);
    }
}

fn redeem_uri(redeem: &Redeem, values: &Values) -> Uri {
    // Filling percent-encodes all but letters and digits, and the template itself was checked when it was read.
    redeem.url.fill(|hole| values.get(hole)).parse().unwrap_or_default()
}

fn form_body(redeem: &Redeem, values: &Values) -> Bytes {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let pairs = redeem.fields.iter().map(|(name, value)| {
        let text = match value {
            FieldValue::Hole(hole) => values.get(hole).unwrap_or_default().to_owned(),
            FieldValue::Constant(serde_json::Value::String(text)) => text.clone(),
            FieldValue::Constant(other) => other.to_string(),
        };
        format!("{}={}", encode(name), encode(&text))
    });
    pairs.collect::<Vec<_>>().join("&").into()
}

fn json_body(redeem: &Redeem, values: &Values) -> Bytes {
    let fields = redeem.fields.iter().map(|(name, value)| {
        let value = match value {
            FieldValue::Hole(hole) => values.get(hole).unwrap_or_default().into(),
            FieldValue::Constant(constant) => constant.clone(),
        };
        (name.clone(), value)
    });
    serde_json::Value::Object(fields.collect()).to_string().into()
}

/// What an upstream's answer to a confirmation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The person is in.
    Success,
    /// The link was refused: the person needs the failure page.
    Failure,
    /// The same, because it was used before.
    Used,
    /// The same, because it is past its time.
    Expired,
    /// The upstream takes no more tries for now.
    TooMany,
    /// The upstream says it to the person itself.
    AsItIs,
}

impl Link {
    /// Whether its answers are told apart by a JSON field.
    #[must_use]
    pub fn asks_json(&self) -> bool {
        [&self.success, &self.failure, &self.used, &self.expired]
            .iter()
            .any(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.json.is_some()))
    }

    /// What an answer means. `json` is its body where that is JSON and was read whole.
    #[must_use]
    pub fn meaning(&self, status: StatusCode, headers: &HeaderMap, json: Option<&serde_json::Value>) -> Meaning {
        let shows = |outcome: &Option<Outcome>| outcome.as_ref().map(|outcome| outcome.shows(status, headers, json));
        if shows(&self.expired) == Some(true) {
            return Meaning::Expired;
        }
        if shows(&self.used) == Some(true) {
            return Meaning::Used;
        }
        let failure = if status == StatusCode::TOO_MANY_REQUESTS {
            Meaning::TooMany
        } else {
            Meaning::Failure
        };
        match (shows(&self.failure), shows(&self.success)) {
            (Some(true), _) | (None | Some(false), Some(false)) => return failure,
            (_, Some(true)) => return Meaning::Success,
            (_, None) => {}
        }
        let html = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
        if status.is_client_error() && !html {
            failure
        } else if status.is_success() || status.is_redirection() {
            Meaning::Success
        } else {
            Meaning::AsItIs
        }
    }

    /// Whether an answer shows that the upstream turned the token away and spent nothing. What a 5xx left behind is not
    /// known, unless it says that it did not begin (503, RFC 9110 section 15.6.4) or the link calls it a failure.
    #[must_use]
    pub fn turned_away(&self, status: StatusCode, headers: &HeaderMap, json: Option<&serde_json::Value>) -> bool {
        let told = [&self.failure, &self.used, &self.expired];
        let mut told = told.into_iter().flatten();
        let unknown = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
        told.any(|outcome| outcome.shows(status, headers, json))
            || !(unknown || self.meaning(status, headers, json) == Meaning::Success)
    }

    /// Where a person goes after a success that has no page of its own.
    #[must_use]
    pub fn then(&self) -> Option<&str> {
        match &self.confirm {
            Confirm::Replay => None,
            Confirm::Form(redeem) | Confirm::Json(redeem) => redeem.then.as_deref(),
        }
    }
}

impl Outcome {
    fn shows(&self, status: StatusCode, headers: &HeaderMap, json: Option<&serde_json::Value>) -> bool {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let cookie_set = |name: &String| {
            headers.get_all(header::SET_COOKIE).iter().any(|line| {
                text(line)
                    .split_once('=')
                    .is_some_and(|(given, _)| given.trim() == name)
            })
        };
        let located = |pattern: &regex::Regex| {
            headers
                .get(header::LOCATION)
                .is_some_and(|l| pattern.is_match(&text(l)))
        };
        let present = |field: &String| {
            json.and_then(|json| json.get(field))
                .is_some_and(|value| !value.is_null() && value.as_bool() != Some(false))
        };
        (self.status.is_empty() || self.status.contains(&status.as_u16()))
            && self.location.as_ref().is_none_or(located)
            && self.cookie.as_ref().is_none_or(cookie_set)
            && self.json.as_ref().is_none_or(present)
    }
}

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
