//! A link as it stands in the mail, with `{token}` in the token's place.

use std::fmt;
use std::ops::Range;

use super::spelling::{self, MAX_SEGMENTS};

/// The name of the hole that holds the one-time token.
pub const TOKEN: &str = "token";

/// A path and query with named holes: `/auth/verify?token={token}&type={type}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: String,
    segments: Vec<Pattern>,
    /// The segments as careless readers compare them, where that is another text.
    loosened: Option<Vec<Pattern>>,
    query: Vec<(String, Pattern)>,
}

/// One path segment or field value: plain text, with at most one hole in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    prefix: String,
    hole: Option<String>,
    suffix: String,
}

/// Why a template was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where, in bytes of the template.
    pub span: Range<usize>,
}

impl Template {
    /// Reads a template. It starts with `/`; path segments and query values may hold one `{name}` each.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        if !source.starts_with('/') {
            return Err(TemplateError::new(
                "a link starts with '/'",
                "write the path and query as they stand in the mail, without scheme and host",
                0..source.chars().next().map_or(0, char::len_utf8),
            ));
        }
        if let Some(at) = source.find('#') {
            return Err(TemplateError::new(
                "a fragment never reaches a server",
                "what stands behind '#' stays in the browser and can't be protected; leave it out",
                at..source.len(),
            ));
        }
        if let Some((at, c)) = source.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
            return Err(TemplateError::new(
                "a link holds no white space",
                "remove it",
                at..at + c.len_utf8(),
            ));
        }
        let (path, query) = source
            .split_once('?')
            .map_or((source, None), |(path, query)| (path, Some(query)));
        let mut segments = Vec::new();
        let mut offset = 1;
        for raw in path[1..].split('/') {
            segments.push(Pattern::parse(raw, offset)?);
            offset += raw.len() + 1;
        }
        segments.pop_if(|last| last.is_empty());
        let mut fields = Vec::new();
        let mut offset = path.len() + 1;
        for raw in query.unwrap_or_default().split('&').filter(|raw| !raw.is_empty()) {
            let Some((name, value)) = raw.split_once('=') else {
                return Err(TemplateError::new(
                    format!("the field `{raw}` has no value"),
                    format!("write `{raw}={{{raw}}}` for any value, or a plain value that must be equal"),
                    offset..offset + raw.len(),
                ));
            };
            fields.push((decode(name), Pattern::parse(value, offset + name.len() + 1)?));
            offset += raw.len() + 1;
        }
        if segments.len() > MAX_SEGMENTS {
            return Err(TemplateError::new(
                format!("a link has at most {MAX_SEGMENTS} path segments"),
                "shorten its path",
                0..path.len(),
            ));
        }
        let loosened: Vec<Pattern> = segments.iter().map(Pattern::loosened).collect();
        let template = Self {
            source: source.to_owned(),
            loosened: (loosened != segments).then_some(loosened),
            segments,
            query: fields,
        };
        template.check_names()?;
        Ok(template)
    }

    fn check_names(&self) -> Result<(), TemplateError> {
        let mut seen: Vec<&str> = Vec::new();
        for name in self.holes() {
            if seen.contains(&name) {
                let at = self.source.rfind(&format!("{{{name}}}")).unwrap_or(0);
                return Err(TemplateError::new(
                    format!("`{{{name}}}` stands twice"),
                    "give each place a name of its own",
                    at..at + name.len() + 2,
                ));
            }
            seen.push(name);
        }
        for (index, (name, _)) in self.query.iter().enumerate() {
            if self.query[..index].iter().any(|(earlier, _)| earlier == name) {
                let at = self.source.rfind(&format!("&{name}=")).map_or(0, |at| at + 1);
                return Err(TemplateError::new(
                    format!("the field `{name}` stands twice"),
                    "a request with a doubled field is refused; name it once",
                    at..at + name.len(),
                ));
            }
        }
        Ok(())
    }

    /// The template as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The path's segments, decoded.
    #[must_use]
    pub fn segments(&self) -> &[Pattern] {
        &self.segments
    }

    /// The segments narrow and without what nobody sees, where that is another text: careless readers take that off
    /// what came, so it fits no more what this template writes out.
    pub(super) fn loosened(&self) -> Option<&[Pattern]> {
        self.loosened.as_deref()
    }

    /// The query's fields, names decoded.
    #[must_use]
    pub fn query(&self) -> &[(String, Pattern)] {
        &self.query
    }

    /// The names of all holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.segments
            .iter()
            .chain(self.query.iter().map(|(_, value)| value))
            .filter_map(Pattern::hole)
    }

    /// Fills the holes, percent-encoding what is put in. `value` gives each hole's text.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut out = String::with_capacity(self.source.len() + 64);
        let mut rest = self.source.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            let text = value(name).unwrap_or_default();
            out.extend(percent_encoding::utf8_percent_encode(
                text,
                percent_encoding::NON_ALPHANUMERIC,
            ));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

impl Pattern {
    /// Reads one segment or value; `offset` is where it starts in the template.
    pub(super) fn parse(raw: &str, offset: usize) -> Result<Self, TemplateError> {
        let Some((prefix, rest)) = raw.split_once('{') else {
            if let Some(at) = raw.find('}') {
                return Err(TemplateError::new(
                    "a `}` without its `{`",
                    "write a hole as `{name}`; a plain brace as %7D",
                    offset + at..offset + at + 1,
                ));
            }
            return Ok(Self {
                prefix: decode(raw),
                hole: None,
                suffix: String::new(),
            });
        };
        let start = offset + prefix.len();
        let Some((name, suffix)) = rest.split_once('}') else {
            return Err(TemplateError::new(
                "a `{` without its `}`",
                "write a hole as `{name}`; a plain brace as %7B",
                start..start + 1,
            ));
        };
        let span = start..start + name.len() + 2;
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(valid) {
            return Err(TemplateError::new(
                format!("`{{{name}}}` is no name"),
                "use letters, digits, '-' and '_'",
                span,
            ));
        }
        if suffix.contains(['{', '}']) {
            return Err(TemplateError::new(
                "two holes in one place can't be told apart",
                "keep one `{name}` for each path segment or field value",
                span,
            ));
        }
        Ok(Self {
            prefix: decode(prefix),
            hole: Some(name.to_owned()),
            suffix: decode(suffix),
        })
    }

    /// The hole's name, if there is one.
    #[must_use]
    pub fn hole(&self) -> Option<&str> {
        self.hole.as_deref()
    }

    /// Whether the hole takes all up to the end.
    pub(super) fn ends_in_hole(&self) -> bool {
        self.hole.is_some() && self.suffix.is_empty()
    }

    fn loosened(&self) -> Self {
        Self {
            prefix: spelling::loosened(&self.prefix),
            hole: self.hole.clone(),
            suffix: spelling::loosened(&self.suffix),
        }
    }

    fn is_empty(&self) -> bool {
        self.hole.is_none() && self.prefix.is_empty()
    }

    /// What the hole holds when `text` fits: `Some("")` for a plain pattern that is equal.
    ///
    /// `fold` compares the plain parts without case. A hole holds at least one byte.
    #[must_use]
    pub fn capture<'t>(&self, text: &'t str, fold: bool) -> Option<&'t str> {
        let same = |a: &str, b: &str| if fold { fold_eq(a, b) } else { a == b };
        let Some(_) = self.hole else {
            return same(text, &self.prefix).then_some("");
        };
        let end = text.len().checked_sub(self.suffix.len())?;
        let inner = text.get(self.prefix.len()..end).filter(|inner| !inner.is_empty())?;
        (same(&text[..self.prefix.len()], &self.prefix) && same(&text[end..], &self.suffix)).then_some(inner)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl TemplateError {
    fn new(message: impl Into<String>, help: impl Into<String>, span: Range<usize>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
            span,
        }
    }
}

/// Equal when case is ignored, beyond ASCII too: some routers fold the whole of Unicode.
pub(super) fn fold_eq(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && fold(a).eq(fold(b)))
}

/// Upper, then lower case: the long s and the Kelvin sign meet their plain letters.
fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_segments_and_fields() {
        let template = Template::parse("/r/{token}.html/x?type=magiclink&user%5Btoken%5D={other}").unwrap();
        assert_eq!(template.segments().len(), 3);
        assert_eq!(template.query()[1].0, "user[token]");
        assert_eq!(template.holes().collect::<Vec<_>>(), ["token", "other"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let cases = [
            ("auth", "a link starts with '/'", 0..1),
            ("/a#b", "a fragment never reaches a server", 2..4),
            ("/a?b", "the field `b` has no value", 3..4),
            ("/{a}{b}", "two holes in one place can't be told apart", 1..4),
            ("/{token}?x={token}", "`{token}` stands twice", 11..18),
            ("/{", "a `{` without its `}`", 1..2),
            ("/{to ken}", "a link holds no white space", 4..5),
            ("/x?a={a}&a={b}", "the field `a` stands twice", 9..10),
        ];
        for (source, message, span) in cases {
            let error = Template::parse(source).unwrap_err();
            assert_eq!((error.message.as_str(), error.span), (message, span), "{source}");
        }
    }

    #[test]
    fn a_pattern_captures_between_its_plain_parts() {
        let pattern = Pattern::parse("Go-{token}.html", 0).unwrap();
        assert_eq!(pattern.capture("go-AbC.HTML", true), Some("AbC"));
        assert_eq!(pattern.capture("go-AbC.HTML", false), None);
        assert_eq!(pattern.capture("Go-.html", false), None);
        assert_eq!(pattern.capture("é", true), None);
    }

    #[test]
    fn filling_encodes_what_is_put_in() {
        let template = Template::parse("/v/{token}?e={email}").unwrap();
        let filled = template.fill(|name| Some(if name == "token" { "a/b" } else { "x@y" }));
        assert_eq!(filled, "/v/a%2Fb?e=x%40y");
    }
}
