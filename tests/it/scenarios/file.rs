//! A scenario as its file tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// What happened to the links of some mails, visit by visit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Scenario {
    /// What was reported, in a sentence.
    pub(super) about: String,
    /// Where: `https://…`, or "everyday use".
    pub(super) source: Vec<String>,
    /// The date of the newest source.
    #[serde(deserialize_with = "date")]
    pub(super) seen: String,
    /// The link, as the configuration has it.
    #[serde(default = "usual_link")]
    pub(super) link: String,
    /// What the link's tokens look like, for the configuration.
    pub(super) shape: Option<String>,
    /// What tokens are made of.
    #[serde(default)]
    pub(super) token: TokenKind,
    /// Whether the mail is asked for through the gate, at 0 s.
    #[serde(default)]
    pub(super) ask: bool,
    /// Why it is fair that a person types the code here; needed wherever one does.
    pub(super) code_is_fair: Option<String>,
    /// Why a machine gets through here; needed wherever one does.
    pub(super) known_gap: Option<String>,
    /// Who takes part, by name.
    pub(super) actor: BTreeMap<String, Actor>,
    /// What they do, in order.
    pub(super) event: Vec<Event>,
    /// What has come of it in the end.
    pub(super) expect: Expect,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TokenKind {
    /// It tells nothing.
    #[default]
    Random,
    /// A JSON Web Token, issued at 0 s.
    Jwt,
    /// A UUID version 7, of 0 s.
    UuidV7,
}

/// A browser, or what passes for one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Actor {
    /// The person whose it is; a machine has none. One person may have several devices.
    pub(super) person: Option<String>,
    /// Its address, as a trusted proxy in front tells it.
    pub(super) address: String,
    /// The number of that address's autonomous system.
    pub(super) asn: Option<u32>,
    /// What it calls itself; nothing where absent.
    pub(super) user_agent: Option<String>,
    /// Whether it sends what browsers send: Accept, Accept-Language, Sec-Fetch-*.
    #[serde(default = "yes")]
    pub(super) browser_fields: bool,
    /// Further fields, or `false` for one that it does not send.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Field>,
    /// The JA4 fingerprint of its TLS.
    pub(super) ja4: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Field {
    Value(String),
    Absent(Absent),
}

/// `false`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "bool")]
pub(super) struct Absent;

impl TryFrom<bool> for Absent {
    type Error = &'static str;

    fn try_from(sent: bool) -> Result<Self, Self::Error> {
        if sent { Err("a value, or false") } else { Ok(Self) }
    }
}

/// One thing that somebody does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Event {
    /// When, from 0 s on: "3s", "23s 134ms", "4h".
    #[serde(deserialize_with = "time")]
    pub(super) at: Duration,
    pub(super) who: String,
    pub(super) does: Does,
    /// Which mail's link; there is one mail where none is named.
    #[serde(default = "usual_mail")]
    pub(super) mail: String,
    /// What is requested in the link's place: `{token}`, `{cut}` (without its last character), `{damaged}` (with
    /// another one in its place).
    pub(super) target: Option<String>,
    /// Another address than before, from here on.
    pub(super) address: Option<String>,
    /// Further fields of this request.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Field>,
    /// What the page's script reports of a press. Where nothing is said, people's browsers report a person's, and machines
    /// run no script.
    pub(super) report: Option<String>,
    /// So many of this kind, one after the other, each with a mail and cookies of its own.
    pub(super) crowd: Option<u32>,
    /// The time between them.
    #[serde(default, deserialize_with = "time")]
    pub(super) every: Duration,
    /// What it looks like; where none is named, nothing is judged.
    pub(super) class: Option<Class>,
    /// What is found. Of a machine at least these, of a person exactly these.
    #[serde(default)]
    pub(super) findings: Vec<String>,
    /// What comes of it; the page for a visit, and an answer from upstream for a press, where it is not named.
    pub(super) outcome: Option<Outcome>,
    /// How many tokens have been sent upstream by now.
    pub(super) upstream: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) enum Does {
    #[serde(rename = "HEAD")]
    Head,
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "OPTIONS")]
    Options,
    /// A form of its own, without a ticket.
    #[serde(rename = "POST")]
    Post,
    /// Everything that the page from before points to.
    #[serde(rename = "follow every link")]
    Follow,
    /// The button of the page from before, its code's field left empty.
    #[serde(rename = "press")]
    Press,
    /// The same, with rubbish in every field.
    #[serde(rename = "fill and press")]
    Fill,
    /// The same, with the code, if the page asks for one.
    #[serde(rename = "press and type")]
    Type,
    /// GET, read, press and type.
    #[serde(rename = "sign in")]
    SignIn,
}

impl Does {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
            Self::Follow => "follows every link",
            Self::Press => "presses",
            Self::Fill => "fills and presses",
            Self::Type => "presses and types",
            Self::SignIn => "signs in",
        }
    }

    pub(super) const fn presses(self) -> bool {
        matches!(self, Self::Press | Self::Fill | Self::Type | Self::SignIn)
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Class {
    Unknown,
    Suspect,
    Scanner,
}

impl Class {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Suspect => "suspect",
            Self::Scanner => "scanner",
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Held,
    Confirmed,
    Shared,
    Refused,
}

impl Outcome {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Shared => "shared",
            Self::Refused => "refused",
        }
    }
}

/// What has come of it in the end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Expect {
    /// How many tokens were sent upstream.
    pub(super) upstream: usize,
    /// By whose press, each named once.
    #[serde(default)]
    pub(super) by: Vec<String>,
}

impl Scenario {
    /// Reads a file's text; what is wrong with it names the file, and the line where there is one.
    pub(super) fn read(name: &str, text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            format!("{name}:{line}: {}", error.message())
        })?;
        let wrong = scenario.wrong();
        wrong.map_or(Ok(scenario), |wrong| Err(format!("{name}: {wrong}")))
    }

    fn wrong(&self) -> Option<String> {
        let named = |source: &String| source.starts_with("https://") || source == EVERYDAY;
        if self.source.is_empty() || !self.source.iter().all(named) {
            return Some(format!("a source is an https:// address, or \"{EVERYDAY}\""));
        }
        if self.event.is_empty() {
            return Some("nothing happens".into());
        }
        for (at, event) in self.event.iter().enumerate() {
            if !self.actor.contains_key(&event.who) {
                return Some(format!("event {}: nobody is called {}", at + 1, event.who));
            }
            let judged = !matches!(event.does, Does::Follow | Does::Options) && event.outcome != Some(Outcome::Refused);
            if judged && event.class.is_none() {
                return Some(format!("event {}: what class does it have?", at + 1));
            }
        }
        let idle = self
            .actor
            .keys()
            .find(|name| self.event.iter().all(|event| event.who != **name));
        let idle = idle.map(|name| format!("{name} does nothing"));
        idle.or_else(|| self.expect.by.iter().find_map(|name| self.unknown(name)))
    }

    fn unknown(&self, name: &str) -> Option<String> {
        (!self.actor.contains_key(name)).then(|| format!("nobody is called {name}"))
    }
}

/// The source of what needs no report.
const EVERYDAY: &str = "everyday use";

fn usual_link() -> String {
    "/auth/verify?token={token}".into()
}

fn usual_mail() -> String {
    "mail".into()
}

const fn yes() -> bool {
    true
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span: Option<jiff::SignedDuration> = text.parse().ok();
    let time = span.and_then(|span| span.try_into().ok());
    time.ok_or_else(|| D::Error::custom(format!("{text:?} is no time, such as \"23s 134ms\"")))
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    if date.date.is_none() || date.time.is_some() {
        return Err(D::Error::custom("a date, such as 2026-07-03"));
    }
    Ok(date.to_string())
}
