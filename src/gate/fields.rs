//! A call's body as the fields that it holds.

use std::fmt;

use http::{HeaderMap, header};
use serde::de::{Deserializer as _, MapAccess, Visitor};

use super::recognise::Fields;

/// The body can't be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclear;

impl Fields {
    /// Reads a body by its type. What can't be read as one thing only is unclear.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unclear> {
        if body.is_empty() {
            return Ok(Self::None);
        }
        let encoded = headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(|value| value != "identity");
        let mut types = headers.get_all(header::CONTENT_TYPE).iter();
        let (Some(content_type), None, false) = (types.next(), types.next(), encoded) else {
            return Err(Unclear);
        };
        let content_type = content_type.to_str().map_err(|_| Unclear)?.to_ascii_lowercase();
        let mut parts = content_type.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let foreign = |part: &str| {
            part.strip_prefix("charset=")
                .is_some_and(|set| set.trim_matches('"') != "utf-8")
        };
        if parts.any(foreign) {
            return Err(Unclear);
        }
        let text = std::str::from_utf8(body).map_err(|_| Unclear)?;
        if essence == "application/x-www-form-urlencoded" {
            return Ok(Self::Form(text.to_owned()));
        }
        if essence == "application/json" || essence.ends_with("+json") {
            let mut json = serde_json::Deserializer::from_str(text);
            let fields = json.deserialize_map(Object).map_err(|_| Unclear)?;
            json.end().map_err(|_| Unclear)?;
            return Ok(Self::Json(fields));
        }
        Err(Unclear)
    }
}

/// An object's fields in order, doubled ones too: parsers differ on which of them counts.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, serde_json::Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content_type: &'static str, body: &str) -> Result<usize, Unclear> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        Fields::parse(&headers, body.as_bytes()).map(|fields| match fields {
            Fields::None => 0,
            Fields::Form(text) => text.split('&').count(),
            Fields::Json(fields) => fields.len(),
        })
    }

    #[test]
    fn doubled_fields_are_kept_and_other_shapes_are_unclear() {
        assert_eq!(
            parse("application/json; charset=UTF-8", r#"{"token": 1, "token": 2}"#),
            Ok(2)
        );
        assert_eq!(parse("application/x-www-form-urlencoded", "a=1&a=2"), Ok(2));
        for (content_type, body) in [
            ("application/json", "[1]"),
            ("application/json", "{\"token\": 'x'}"),
            ("application/json", "{} {}"),
            ("application/json; charset=utf-16", "{}"),
            ("multipart/form-data; boundary=x", "--x--"),
            ("text/plain", "{\"token\": \"x\"}"),
        ] {
            assert_eq!(parse(content_type, body), Err(Unclear), "{content_type} {body}");
        }
        assert_eq!(parse("text/plain", ""), Ok(0));
    }

    #[test]
    fn a_compressed_body_is_unclear() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(Fields::parse(&headers, b"{}").err(), Some(Unclear));
    }
}
