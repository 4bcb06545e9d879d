//! A protected route: how to recognise its requests, and how to confirm it upstream.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use regex::Regex;

use super::template::Template;
use crate::locales::Purpose;

/// The upstream's place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UpstreamId(pub usize);

/// One protected link, ready to use.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name in logs and reports.
    pub name: Arc<str>,
    /// What it is for, as its pages say it.
    pub purpose: Purpose,
    /// The link as it stands in the mail.
    pub url: Template,
    /// The only host it is served on; canonical: lower case, no port, no final dot.
    pub host: Option<String>,
    /// The upstream it is confirmed at; the one that serves the request's host and path where absent.
    pub upstream: Option<UpstreamId>,
    /// What the whole token looks like.
    pub token_shape: Option<Regex>,
    /// Holes of `url`, besides the token, without which the token means nothing.
    pub belongs: Vec<String>,
    /// Whether the upstream's router tells `/Verify` from `/verify`.
    pub case_sensitive: bool,
    /// How a confirmation goes upstream.
    pub confirm: Confirm,
    /// The API calls that redeem the same token.
    pub calls: Vec<Call>,
    /// The request by which a person asks for the mail.
    pub ask: Option<Ask>,
    /// Whom its pages stop.
    pub mode: Mode,
    /// What the browser that asked for the mail has to do.
    pub same_browser: SameBrowser,
    /// For how long it works, if that is known.
    pub lifetime: Option<Duration>,
    /// The hole whose value is the time of issue.
    pub issued: Option<String>,
    /// From how many characters on a value in a call is this link's token, not a code that a person typed.
    pub min_length: usize,
    /// What an answer must show to count as success.
    pub success: Option<Outcome>,
    /// What an answer shows that counts as failure.
    pub failure: Option<Outcome>,
    /// What the answer to a used link shows.
    pub used: Option<Outcome>,
    /// What the answer to an expired link shows.
    pub expired: Option<Outcome>,
    /// The page where a person asks for a new link.
    pub new_link: Option<String>,
    /// All origins that the answer may redirect to; when given, the page's policy allows just these.
    pub redirects_to: Vec<String>,
    /// Whether the gate itself sends each target upstream only once.
    pub once: bool,
    /// Whether RFC 8058 one-click unsubscribe POSTs pass.
    pub one_click_unsubscribe: bool,
}

impl Link {
    /// A link of which nothing but name and url is said.
    #[must_use]
    pub fn new(name: &str, url: Template) -> Self {
        Self {
            name: name.into(),
            purpose: Purpose::default(),
            url,
            host: None,
            upstream: None,
            token_shape: None,
            belongs: Vec::new(),
            case_sensitive: false,
            confirm: Confirm::Replay,
            calls: Vec::new(),
            ask: None,
            mode: Mode::default(),
            same_browser: SameBrowser::default(),
            lifetime: None,
            issued: None,
            min_length: MIN_LENGTH,
            success: None,
            failure: None,
            used: None,
            expired: None,
            new_link: None,
            redirects_to: Vec::new(),
            once: false,
            one_click_unsubscribe: false,
        }
    }
}

/// From how many characters on a value in a call is a token, where nothing is said.
pub const MIN_LENGTH: usize = 16;

/// Whom a link's pages stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everybody; what may be a machine types a code.
    #[default]
    Enforce,
    /// Everybody; all but the browser that asked for the mail type a code.
    Strict,
    /// Only what may be a machine; all else passes at once.
    Adaptive,
    /// Nobody: everything passes, and is logged as if it were enforced.
    Observe,
}

impl Mode {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 4] = [
        ("enforce", Self::Enforce),
        ("strict", Self::Strict),
        ("adaptive", Self::Adaptive),
        ("observe", Self::Observe),
    ];
}

/// What the browser that asked for a mail has to do to use its link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameBrowser {
    /// Nothing: opening it confirms it.
    Pass,
    /// One press, whatever its visit looks like.
    #[default]
    Press,
    /// What every other browser has to do.
    Off,
}

impl SameBrowser {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 3] = [("pass", Self::Pass), ("press", Self::Press), ("off", Self::Off)];
}

/// How a confirmed token goes upstream.
#[derive(Clone, Debug)]
pub enum Confirm {
    /// The original GET, path and query as they came.
    Replay,
    /// A POST with a form body.
    Form(Redeem),
    /// A POST with a JSON body.
    Json(Redeem),
}

/// A request of its own that redeems the token.
#[derive(Clone, Debug)]
pub struct Redeem {
    /// Usually POST.
    pub method: Method,
    /// Path and query, its holes filled from the link's.
    pub url: Template,
    /// The body's fields in order.
    pub fields: Vec<(String, FieldValue)>,
    /// Where a person goes after success; the upstream's own answer where absent.
    pub then: Option<String>,
}

/// What a field of a redeeming body holds.
#[derive(Clone, Debug)]
pub enum FieldValue {
    /// The text of one of the link's holes.
    Hole(String),
    /// A constant.
    Constant(serde_json::Value),
}

/// An API call that redeems a link's token.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, and the query fields that carry the token or what belongs to it.
    pub url: Template,
    /// Body fields, JSON or form, that carry the token or what belongs to it: (field name, hole).
    pub fields: Vec<(String, String)>,
    /// Header fields that carry them: (name, hole).
    pub headers: Vec<(http::HeaderName, String)>,
}

/// A request that has a mail sent.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its method.
    pub method: Method,
    /// Its path, and query fields it must have.
    pub url: Template,
}

/// How an upstream's answer looks. All that is named must hold; statuses and patterns are alternatives in their list.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Status codes.
    pub status: Vec<u16>,
    /// A pattern of the Location.
    pub location: Option<Regex>,
    /// The name of a cookie that is set.
    pub cookie: Option<String>,
    /// A field of a JSON answer that is present and neither false nor null.
    pub json: Option<String>,
}
