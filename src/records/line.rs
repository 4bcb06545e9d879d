//! One of our own lines, borrowed from its text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::VALUE;

/// What of a line is needed to judge its visit again. Unknown fields are skipped.
#[derive(Debug, Default)]
pub(super) struct Line<'l> {
    pub(super) timestamp: Option<Cow<'l, str>>,
    pub(super) request_id: Option<Cow<'l, str>>,
    pub(super) method: Option<Cow<'l, str>>,
    pub(super) scheme: Option<Cow<'l, str>>,
    pub(super) route: Option<Cow<'l, str>>,
    pub(super) version: Option<Cow<'l, str>>,
    pub(super) client: Option<Cow<'l, str>>,
    pub(super) user_agent: Option<Cow<'l, str>>,
    pub(super) ja4: Option<Cow<'l, str>>,
    pub(super) asn: Option<u32>,
    pub(super) domain: Option<Cow<'l, str>>,
    pub(super) fields: Option<Vec<Cow<'l, str>>>,
    pub(super) values: Vec<(Cow<'l, str>, Cow<'l, str>)>,
    pub(super) outcome: Option<Cow<'l, str>>,
    pub(super) link: Option<Cow<'l, str>>,
    pub(super) link_id: Option<Cow<'l, str>>,
    pub(super) age: Option<f64>,
    pub(super) class: Option<Cow<'l, str>>,
    pub(super) score: Option<i32>,
    pub(super) findings: Vec<Cow<'l, str>>,
    pub(super) step: Option<Cow<'l, str>>,
}

impl<'de> Deserialize<'de> for Line<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Line<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Line<'de>, M::Error> {
        let mut line = Line::default();
        while let Some(Text(key)) = map.next_key()? {
            let place = match &*key {
                "timestamp" => &mut line.timestamp,
                "request_id" => &mut line.request_id,
                "http.request.method" => &mut line.method,
                "url.scheme" => &mut line.scheme,
                "http.route" => &mut line.route,
                "network.protocol.version" => &mut line.version,
                "client.address" => &mut line.client,
                "user_agent.original" => &mut line.user_agent,
                "tls.client.ja4" => &mut line.ja4,
                "client.domain" => &mut line.domain,
                "linklatch.outcome" => &mut line.outcome,
                "linklatch.link.name" => &mut line.link,
                "linklatch.link.id" => &mut line.link_id,
                "linklatch.verdict.class" => &mut line.class,
                "linklatch.step" => &mut line.step,
                "linklatch.visit.fields" => {
                    line.fields = Some(map.next_value::<Texts<'de>>()?.0);
                    continue;
                }
                "linklatch.verdict.findings" => {
                    line.findings = map.next_value::<Texts<'de>>()?.0;
                    continue;
                }
                "client.as.number" => {
                    line.asn = map.next_value()?;
                    continue;
                }
                "linklatch.link.age" => {
                    line.age = map.next_value()?;
                    continue;
                }
                "linklatch.verdict.score" => {
                    line.score = map.next_value()?;
                    continue;
                }
                other => {
                    if let Some(name) = other.strip_prefix(VALUE) {
                        let mut values = map.next_value::<Texts<'de>>()?.0;
                        if !values.is_empty() {
                            line.values.push((own_part(&key, name.len()), values.swap_remove(0)));
                        }
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                    continue;
                }
            };
            *place = Some(map.next_value::<Text<'de>>()?.0);
        }
        Ok(line)
    }
}

/// The last bytes of a key, borrowed for as long as the key is.
fn own_part<'l>(key: &Cow<'l, str>, length: usize) -> Cow<'l, str> {
    let start = key.len() - length;
    match key {
        Cow::Borrowed(key) => Cow::Borrowed(&key[start..]),
        Cow::Owned(key) => Cow::Owned(key[start..].to_owned()),
    }
}

/// A text, borrowed where it has no escapes.
struct Text<'l>(Cow<'l, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AnyText).map(Text)
    }
}

struct AnyText;

impl<'de> Visitor<'de> for AnyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct Texts<'l>(Vec<Cow<'l, str>>);

impl<'de> Deserialize<'de> for Texts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ManyTexts).map(Texts)
    }
}

struct ManyTexts;

impl<'de> Visitor<'de> for ManyTexts {
    type Value = Vec<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
        let mut texts = Vec::new();
        while let Some(Text(text)) = seq.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}
