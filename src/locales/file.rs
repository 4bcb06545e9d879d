//! A file of texts (Fluent): what stands in it, and where.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource, VariantKey};
use fluent_syntax::parser::{ErrorKind, ParserError, parse_runtime};
use fluent_syntax::unicode::unescape_unicode_to_string;

use super::Purpose;
use super::messages::PURPOSE;

/// The entries of a file by name; those of terms begin with `-`.
#[derive(Debug, Default)]
pub(super) struct Texts<'t>(BTreeMap<String, (&'t str, Pattern<&'t str>)>);

/// What is wrong at a place of a text, which is a part of the file's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong<'t> {
    pub(super) place: &'t str,
    pub(super) kind: Kind,
}

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is no Fluent.
    Syntax(String),
    /// An entry of a name that was there before.
    Twice,
    /// A message with attributes, or nothing else.
    Attributes,
    /// A variable that is not known.
    Variable,
    /// A message or term that is not there.
    Reference,
    /// A variant's name that is no purpose.
    Variant,
    /// Fluent of which these texts make no use.
    TooMuch,
    /// Texts that hold themselves, or a very long text.
    TooLong,
}

impl<'t> Texts<'t> {
    /// Reads a file as far as it can be read.
    pub(super) fn read(text: &'t str) -> (Self, Vec<Wrong<'t>>) {
        let (resource, errors) = match parse_runtime(text) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, errors)) => (resource, errors),
        };
        let mut wrong: Vec<_> = errors.iter().map(|error| syntax(text, error)).collect();
        (Self::of(resource, &mut wrong), wrong)
    }

    fn of(resource: Resource<&'t str>, wrong: &mut Vec<Wrong<'t>>) -> Self {
        let mut texts = BTreeMap::new();
        for entry in resource.body {
            let (id, name, value, attributes) = match entry {
                Entry::Message(message) => (
                    message.id.name,
                    message.id.name.to_owned(),
                    message.value,
                    message.attributes,
                ),
                Entry::Term(term) => (
                    term.id.name,
                    format!("-{}", term.id.name),
                    Some(term.value),
                    term.attributes,
                ),
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => continue,
            };
            if let Some(attribute) = attributes.first() {
                let place = attribute.id.name;
                wrong.push(Wrong {
                    place,
                    kind: Kind::Attributes,
                });
            }
            let Some(value) = value else { continue };
            if texts.insert(name, (id, value)).is_some() {
                wrong.push(Wrong {
                    place: id,
                    kind: Kind::Twice,
                });
            }
        }
        Self(texts)
    }

    /// Every entry: its name, and its name's place in the text.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &'t str)> {
        self.0.iter().map(|(name, (place, _))| (name.as_str(), *place))
    }

    fn get(&self, name: &str) -> Option<&Pattern<&'t str>> {
        self.0.get(name).map(|(_, pattern)| pattern)
    }
}

/// Texts over texts: the first that has an entry tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layers<'l, 't>(pub(super) &'l [&'l Texts<'t>]);

impl<'t> Layers<'_, 't> {
    /// The text of a message or term for a purpose. Variables stand as [`mark`] writes them.
    pub(super) fn text(&self, name: &str, known: &[&str], purpose: Purpose) -> Option<Result<String, Wrong<'t>>> {
        let pattern = self.get(name)?;
        let mut out = String::new();
        let reading = Reading {
            layers: self,
            known,
            purpose,
            references: Cell::new(0),
        };
        let result = reading.pattern(pattern, 0, &mut out);
        // A text may be written on several lines.
        Some(result.map(|()| out.replace('\n', " ")))
    }

    fn get(&self, name: &str) -> Option<&Pattern<&'t str>> {
        self.0.iter().find_map(|texts| texts.get(name))
    }
}

struct Reading<'l, 't> {
    layers: &'l Layers<'l, 't>,
    known: &'l [&'l str],
    purpose: Purpose,
    /// How many were followed.
    references: Cell<usize>,
}

impl<'t> Reading<'_, 't> {
    fn pattern(&self, pattern: &Pattern<&'t str>, depth: usize, out: &mut String) -> Result<(), Wrong<'t>> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => out.push_str(value),
                PatternElement::Placeable { expression } => self.expression(expression, depth, out)?,
            }
        }
        Ok(())
    }

    fn expression(&self, expression: &Expression<&'t str>, depth: usize, out: &mut String) -> Result<(), Wrong<'t>> {
        let (selector, variants) = match expression {
            Expression::Inline(inline) => return self.inline(inline, depth, out),
            Expression::Select { selector, variants } => (selector, variants),
        };
        match selector {
            InlineExpression::VariableReference { id } if id.name == PURPOSE => {}
            InlineExpression::VariableReference { id } => return wrong(id.name, Kind::Variable),
            other => return wrong(place(other), Kind::TooMuch),
        }
        let mut chosen = None;
        for variant in variants {
            let (VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name }) = &variant.key;
            let Some(purpose) = Purpose::named(name) else {
                return wrong(name, Kind::Variant);
            };
            if purpose == self.purpose || (variant.default && chosen.is_none()) {
                chosen = Some(variant);
            }
        }
        chosen.map_or(Ok(()), |variant| self.pattern(&variant.value, depth, out))
    }

    fn inline(&self, inline: &InlineExpression<&'t str>, depth: usize, out: &mut String) -> Result<(), Wrong<'t>> {
        let (name, at) = match inline {
            InlineExpression::StringLiteral { value } => {
                out.push_str(&unescape_unicode_to_string(value));
                return Ok(());
            }
            InlineExpression::NumberLiteral { value } => {
                out.push_str(value);
                return Ok(());
            }
            InlineExpression::VariableReference { id } if self.known.contains(&id.name) => {
                out.push_str(&mark(id.name));
                return Ok(());
            }
            InlineExpression::VariableReference { id } => return wrong(id.name, Kind::Variable),
            InlineExpression::Placeable { expression } => return self.expression(expression, depth, out),
            InlineExpression::MessageReference { id, attribute: None } => (id.name.to_owned(), id.name),
            InlineExpression::TermReference {
                id,
                attribute: None,
                arguments: None,
            } => (format!("-{}", id.name), id.name),
            other => return wrong(place(other), Kind::TooMuch),
        };
        self.references.update(|count| count + 1);
        if depth >= DEEPEST || self.references.get() > MOST {
            return wrong(at, Kind::TooLong);
        }
        match self.layers.get(&name) {
            Some(pattern) => self.pattern(pattern, depth + 1, out),
            None => wrong(at, Kind::Reference),
        }
    }
}

/// How a variable stands in a text: between isolates, as it will stand on the page.
pub(super) fn mark(variable: &str) -> String {
    format!("\u{2068}${variable}\u{2069}")
}

/// Where a part of a text is in it, if it is one.
pub(super) fn range(text: &str, part: &str) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start + part.len();
    (end <= text.len()).then_some(start..end)
}

fn wrong<'t, T>(place: &'t str, kind: Kind) -> Result<T, Wrong<'t>> {
    Err(Wrong { place, kind })
}

fn place<'t>(inline: &InlineExpression<&'t str>) -> &'t str {
    match inline {
        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => value,
        InlineExpression::FunctionReference { id, .. }
        | InlineExpression::MessageReference { id, .. }
        | InlineExpression::TermReference { id, .. }
        | InlineExpression::VariableReference { id } => id.name,
        InlineExpression::Placeable { .. } => "",
    }
}

fn syntax<'t>(text: &'t str, error: &ParserError) -> Wrong<'t> {
    let start = text.floor_char_boundary(error.pos.start);
    let end = text.floor_char_boundary(error.pos.end).max(start);
    let message = match &error.kind {
        ErrorKind::ExpectedToken(token) => format!("`{token}` is missing here"),
        ErrorKind::ExpectedMessageField { entry_id } => format!("`{entry_id}` has no text"),
        ErrorKind::ExpectedTermField { entry_id } => format!("`-{entry_id}` has no text"),
        ErrorKind::MissingDefaultVariant => "none of the variants is the default".to_owned(),
        ErrorKind::UnbalancedClosingBrace => "a `}` without its `{`".to_owned(),
        other => {
            let text = other.to_string();
            let mut chars = text.chars();
            let first = chars.next().into_iter().flat_map(char::to_lowercase);
            first.chain(chars).collect()
        }
    };
    Wrong {
        place: &text[start..end],
        kind: Kind::Syntax(message),
    }
}

/// References inside references.
const DEEPEST: usize = 8;
/// References of one text.
const MOST: usize = 100;
/// Bytes of a text.
pub(super) const LONGEST: usize = 2000;
