//! A call's body, whatever its type says: as JSON and as a form.

use std::fmt;

use http::{HeaderMap, header};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

use super::name::{Name, Naming};
use super::{Found, find, split};

/// A body as a call's fields see it. Servers that parse JSON or forms whatever the type says are common (Hono's
/// `c.req.json()`, Go's `json.Decoder`, `request.json()`), so every body that is text is looked through as both.
#[derive(Debug, Default)]
pub(in crate::gate) struct Fields {
    /// The text, as a form.
    form: String,
    /// A JSON object's fields in order, doubled ones included.
    json: Option<Vec<(String, Value)>>,
}

/// The body can't be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclear;

impl Fields {
    /// Reads a body. What is neither text nor of a type that says so is unclear, and so is what begins like JSON and is
    /// no object.
    pub(in crate::gate) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unclear> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        if !is_text(headers) {
            return Err(Unclear);
        }
        let text = std::str::from_utf8(body).map_err(|_| Unclear)?;
        // Lenient readers skip these.
        let start = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
        let json = start.starts_with(BEGINS_JSON).then(|| object(start)).transpose()?;
        Ok(Self {
            form: text.to_owned(),
            json,
        })
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, Option<usize>) {
        let form = self.form.split('&').filter(|pair| !pair.is_empty()).count();
        (form, self.json.as_ref().map(Vec::len))
    }

    /// All values of a field, in each reading.
    pub(in crate::gate) fn find(&self, name: &str) -> impl Iterator<Item = Found> {
        let form = match self.json {
            None => find(&self.form, name),
            // An encoded query in an object's text is honest.
            Some(_) => split(&self.form, &Name::new(name)),
        };
        let json = self.json.as_ref().map(|fields| find_json(fields, &Name::new(name)));
        std::iter::once(form).chain(json)
    }
}

/// Whether the header fields say that the body is a form, JSON, plain text or nothing in particular, in UTF-8 and not
/// compressed.
fn is_text(headers: &HeaderMap) -> bool {
    let encoded = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| value != "identity");
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (content_type, None, false) = (types.next(), types.next(), encoded) else {
        return false;
    };
    let Some(content_type) = content_type else {
        return true;
    };
    let Ok(content_type) = content_type.to_str() else {
        return false;
    };
    let content_type = content_type.to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let foreign = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim_end().starts_with("charset") && !matches!(value, "utf-8" | "utf8")
    };
    let known = matches!(
        essence,
        "" | "application/x-www-form-urlencoded" | "application/json" | "text/plain"
    );
    (known || essence.ends_with("+json")) && !parts.any(foreign)
}

fn object(text: &str) -> Result<Vec<(String, Value)>, Unclear> {
    let mut json = serde_json::Deserializer::from_str(text);
    let fields = json.deserialize_map(Object).map_err(|_| Unclear)?;
    json.end().map_err(|_| Unclear)?;
    Ok(fields)
}

fn find_json(fields: &[(String, Value)], name: &Name<'_>) -> Found {
    let mut found = Found::default();
    for (key, value) in fields {
        let naming = name.compare(key);
        if naming == Naming::Other {
            continue;
        }
        found.odd |= naming == Naming::Odd || value.is_array() || value.is_object();
        match value {
            Value::Null => {}
            Value::String(text) => found.values.push(text.clone()),
            other => found.values.push(other.to_string()),
        }
    }
    found
}

/// An object's fields in order, doubled ones too: parsers differ on which of them counts.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, Value)>;

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

/// What a JSON value that may hold fields begins with, and the comments and guards that lenient parsers skip before it
/// (Gson takes `//`, `#` and `)]}'`). No form begins so.
const BEGINS_JSON: [char; 7] = ['{', '[', '"', '\'', '/', '#', ')'];
