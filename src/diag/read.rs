//! Reads TOML tables key by key and keeps every value's place. Each wrong value is a problem of its own:
//! none hides the next.

use std::any::TypeId;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggest::nearest;
use super::{Diagnostics, FileId, SourceMap, Span};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Its place.
    pub(crate) span: Span,
}

impl<T> At<T> {
    /// A value at its place.
    pub(crate) const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl At<String> {
    /// The place of a stretch of the text; the whole where escapes hide it.
    #[must_use]
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Span {
        let start = match (self.span.end - self.span.start).checked_sub(self.value.len()) {
            Some(0) => self.span.start,
            Some(2) => self.span.start + 1,
            _ => return self.span,
        };
        Span::new(self.span.file, start + range.start..start + range.end)
    }
}

/// A value that a key may hold.
pub(crate) trait Read: Sized {
    /// What it is, for the message.
    const KIND: &'static str;
    /// How to write one, for the remedy.
    const HELP: &'static str;
    /// The value, if it is of this kind.
    fn read(value: &DeValue<'_>, span: Span, diagnostics: &mut Diagnostics) -> Option<Self>;
}

/// A table that knows its keys.
pub(crate) trait ReadTable: Sized + 'static {
    /// Takes every key it knows.
    fn read_table(table: &mut Table<'_, '_>) -> Self;
}

/// A key that a table asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: Shape,
}

/// What a key holds; plain values by their [`Read::KIND`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A value.
    Value(&'static str),
    /// A list of values.
    List(&'static str),
    /// A table.
    Table(TableType),
    /// A list of tables.
    Tables(TableType),
}

/// A kind of table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableType {
    /// Which.
    pub(crate) id: TypeId,
    /// The keys that it asks for.
    pub(crate) keys: fn() -> Vec<Key>,
}

impl TableType {
    fn of<T: ReadTable>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            keys: keys::<T>,
        }
    }
}

/// The keys that a kind of table asks for.
pub(crate) fn keys<T: ReadTable>() -> Vec<Key> {
    let file = SourceMap::default().add("", "");
    let mut table = Table {
        name: String::new(),
        entries: &DeTable::new(),
        span: Span::new(file, 0..0),
        known: Vec::new(),
        top: &[],
        diagnostics: &mut Diagnostics::default(),
    };
    let _ = T::read_table(&mut table);
    table.known
}

/// One table while its keys are taken.
#[derive(Debug)]
pub(crate) struct Table<'t, 'd> {
    /// As in `[name]`; empty at the top.
    name: String,
    entries: &'t DeTable<'t>,
    span: Span,
    known: Vec<Key>,
    /// Keys that stand before the first table of the file.
    top: &'static [&'static str],
    diagnostics: &'d mut Diagnostics,
}

/// Reads a file: every slip of its syntax, every wrong type and every unknown key. `top` are the keys that stand before
/// its first table.
pub(crate) fn parse<T: ReadTable>(
    file: FileId,
    sources: &SourceMap,
    top: &'static [&'static str],
    diagnostics: &mut Diagnostics,
) -> T {
    let (document, mut errors) = DeTable::parse_recoverable(sources.text(file));
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let mut line = None;
    for error in errors {
        let span = Span::new(file, error.span().unwrap_or_default());
        // What follows a slip on its line is mostly its echo.
        let own = Some(sources.line(span));
        if std::mem::replace(&mut line, own) != own {
            let message = error.message().trim_end_matches(", expected nothing");
            if no_value(sources.text(file), span) {
                let help = "write the value after the `=`, text in quotes: \"…\", or remove the line";
                diagnostics.error("syntax", span, "a key without a value", help);
            } else {
                diagnostics.error("syntax", span, message, syntax_help(message));
            }
        }
    }
    table(
        String::new(),
        document.get_ref(),
        Span::new(file, 0..0),
        top,
        diagnostics,
    )
}

/// Whether nothing but an `=` stands before a place and nothing after it on its line.
fn no_value(text: &str, span: Span) -> bool {
    let (before, after) = text.split_at(text.floor_char_boundary(span.start));
    let after = after.lines().next().unwrap_or_default().trim_start();
    before.trim_end_matches([' ', '\t']).ends_with('=') && (after.is_empty() || after.starts_with('#'))
}

fn syntax_help(message: &str) -> &'static str {
    let about = |word| message.contains(word);
    if about("duplicate key") {
        "keep one of the two"
    } else if about("array") {
        "separate a list's items by commas, and close it with `]`"
    } else if about("must be quoted") {
        "put it into quotes: \"…\""
    } else if about("string") || about("escape") {
        "close text on its line with the quote it starts with, and double backslashes, or use 'single quotes'"
    } else if about("table") {
        "a table's name stands in `[…]`, of a list of tables in `[[…]]`, on a line of its own"
    } else {
        "write `key = value` on a line of its own, and put text into quotes: \"…\""
    }
}

fn table<T: ReadTable>(
    name: String,
    entries: &DeTable<'_>,
    span: Span,
    top: &'static [&'static str],
    diagnostics: &mut Diagnostics,
) -> T {
    let mut table = Table {
        name,
        entries,
        span,
        known: Vec::new(),
        top,
        diagnostics,
    };
    let value = T::read_table(&mut table);
    table.report_unknown();
    value
}

impl<'t> Table<'t, '_> {
    fn entry(&mut self, key: &'static str, shape: Shape) -> Option<(&'t DeValue<'t>, Span)> {
        self.known.push(Key { name: key, shape });
        let (_, value) = self.entries.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), self.place(value)))
    }

    fn place<T>(&self, spanned: &Spanned<T>) -> Span {
        place(self.span.file, spanned)
    }

    /// The name of the table `key` in this one.
    fn child(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of `key`, if it is there and of its kind.
    pub(crate) fn take<T: Read>(&mut self, key: &'static str) -> Option<At<T>> {
        let (value, span) = self.entry(key, Shape::Value(T::KIND))?;
        read(&format!("`{key}`"), value, span, T::HELP, self.diagnostics)
    }

    /// The text of `key`, a number with a unit, such as `unit`.
    pub(crate) fn measure(&mut self, key: &'static str, unit: &str) -> Option<At<String>> {
        let (value, span) = self.entry(key, Shape::Value(String::KIND))?;
        let help = match value.as_integer() {
            Some(number) => format!("put it into quotes, with its unit: \"{}{unit}\"", number.as_str()),
            None => String::HELP.to_owned(),
        };
        read(&format!("`{key}`"), value, span, &help, self.diagnostics)
    }

    /// The values of the list `key`.
    pub(crate) fn list<T: Read>(&mut self, key: &'static str) -> Vec<At<T>> {
        let Some((value, span)) = self.entry(key, Shape::List(T::KIND)) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            let help = format!("put it into brackets: `{key} = [ … ]`");
            wrong_type(&format!("`{key}`"), "a list", value, span, &help, self.diagnostics);
            return Vec::new();
        };
        let (what, file) = (format!("an item of `{key}`"), self.span.file);
        items
            .iter()
            .filter_map(|item| read(&what, item.get_ref(), place(file, item), T::HELP, self.diagnostics))
            .collect()
    }

    /// The table `key`.
    pub(crate) fn table<T: ReadTable>(&mut self, key: &'static str) -> Option<At<T>> {
        let (value, span) = self.entry(key, Shape::Table(TableType::of::<T>()))?;
        let name = self.child(key);
        let DeValue::Table(entries) = value else {
            let help = format!("write `[{name}]` and its keys below");
            wrong_type(&format!("`{key}`"), "a table", value, span, &help, self.diagnostics);
            return None;
        };
        Some(At::new(table(name, entries, span, self.top, self.diagnostics), span))
    }

    /// The tables of `[[key]]`, or of a list of `{ … }`.
    pub(crate) fn tables<T: ReadTable>(&mut self, key: &'static str) -> Vec<At<T>> {
        let Some((value, span)) = self.entry(key, Shape::Tables(TableType::of::<T>())) else {
            return Vec::new();
        };
        let name = self.child(key);
        let what = format!("`{key}`");
        let help = format!("write `[[{name}]]` in double brackets for each one, and its keys below");
        let DeValue::Array(items) = value else {
            wrong_type(&what, "a list of tables", value, span, &help, self.diagnostics);
            // What stands in a lone table is looked at all the same.
            let lone = value
                .as_table()
                .map(|entries| table(name, entries, span, self.top, self.diagnostics));
            return lone.map(|value| At::new(value, span)).into_iter().collect();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let span = self.place(item);
            match item.get_ref() {
                DeValue::Table(entries) => {
                    tables.push(At::new(
                        table(name.clone(), entries, span, self.top, self.diagnostics),
                        span,
                    ));
                }
                other => wrong_type(&what, "a list of tables", other, span, &help, self.diagnostics),
            }
        }
        tables
    }

    /// Text, or the tables of `[[key]]`.
    pub(crate) fn text_or_tables<T: ReadTable>(&mut self, key: &'static str) -> (Option<At<String>>, Vec<At<T>>) {
        match self.entries.iter().find(|(name, _)| name.get_ref() == key) {
            Some((_, value)) if !value.get_ref().is_array() && !value.get_ref().is_table() => {
                (self.take(key), Vec::new())
            }
            _ => (None, self.tables(key)),
        }
    }

    fn report_unknown(&mut self) {
        for (name, _) in self.entries {
            let key: &str = name.get_ref();
            if self.known.iter().any(|known| known.name == key) {
                continue;
            }
            let at_top = self.top.iter().find(|top| **top == key.replace('_', "-"));
            let help = match (nearest(key, self.known.iter().map(|known| known.name)), at_top) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, Some(top)) => format!("`{top}` belongs to the top of the file, before the first `[table]`"),
                (None, None) => {
                    let known: Vec<_> = self.known.iter().map(|known| known.name).collect();
                    format!("known here: {}", known.join(", "))
                }
            };
            let message = format!("unknown key `{key}`");
            self.diagnostics.error("unknown-key", self.place(name), message, help);
        }
    }
}

fn place<T>(file: FileId, spanned: &Spanned<T>) -> Span {
    Span::new(file, spanned.span())
}

fn read<T: Read>(
    what: &str,
    value: &DeValue<'_>,
    span: Span,
    help: &str,
    diagnostics: &mut Diagnostics,
) -> Option<At<T>> {
    let before = diagnostics.iter().len();
    let read = T::read(value, span, diagnostics);
    // A value whose inside is wrong has spoken for itself.
    if read.is_none() && diagnostics.iter().len() == before {
        wrong_type(what, T::KIND, value, span, help, diagnostics);
    }
    read.map(|value| At::new(value, span))
}

fn wrong_type(what: &str, wanted: &str, value: &DeValue<'_>, span: Span, help: &str, diagnostics: &mut Diagnostics) {
    let found = match value {
        DeValue::String(_) => "text",
        DeValue::Integer(integer) if integer.as_str().starts_with('-') => "a negative number",
        DeValue::Integer(integer) if integer.as_str().len() > 18 => "a very large number",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    diagnostics.error(
        "wrong-type",
        span,
        format!("{what} must be {wanted}, and is {found}"),
        help,
    );
}

impl Read for String {
    const KIND: &'static str = "text";
    const HELP: &'static str = "put it into quotes";

    fn read(value: &DeValue<'_>, _: Span, _: &mut Diagnostics) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Read for bool {
    const KIND: &'static str = "true or false";
    const HELP: &'static str = "write `true` or `false`, without quotes";

    fn read(value: &DeValue<'_>, _: Span, _: &mut Diagnostics) -> Option<Self> {
        value.as_bool()
    }
}

impl Read for u64 {
    const KIND: &'static str = "a whole number";
    const HELP: &'static str = "write it without quotes, sign and point";

    fn read(value: &DeValue<'_>, _: Span, _: &mut Diagnostics) -> Option<Self> {
        let integer = value.as_integer()?;
        Self::from_str_radix(integer.as_str(), integer.radix()).ok()
    }
}

/// The fields of a table that is the user's own, in the order they stand in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields(pub(crate) Vec<(At<String>, At<Json>)>);

impl Read for Fields {
    const KIND: &'static str = "a table";
    const HELP: &'static str = "write `{ name = \"value\" }`";

    fn read(value: &DeValue<'_>, span: Span, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut fields = Vec::new();
        for (name, value) in value.as_table()? {
            let at = place(span.file, value);
            match json(value.get_ref()) {
                Some(value) => {
                    fields.push((
                        At::new(name.get_ref().to_string(), place(span.file, name)),
                        At::new(value, at),
                    ));
                }
                None => diagnostics.error(
                    "number-too-large",
                    at,
                    format!("the value of `{}` is no JSON number", name.get_ref()),
                    "write it as text, in quotes",
                ),
            }
        }
        fields.sort_by_key(|(name, _)| name.span);
        Some(Self(fields))
    }
}

fn json(value: &DeValue<'_>) -> Option<Json> {
    Some(match value {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Boolean(value) => Json::Bool(*value),
        DeValue::Datetime(time) => Json::String(time.to_string()),
        DeValue::Integer(integer) => Json::Number(i64::from_str_radix(integer.as_str(), integer.radix()).ok()?.into()),
        DeValue::Float(float) => Json::Number(serde_json::Number::from_f64(float.as_str().parse().ok()?)?),
        DeValue::Array(items) => Json::Array(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(entries) => Json::Object(
            entries
                .iter()
                .map(|(name, value)| Some((name.get_ref().to_string(), json(value.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}
