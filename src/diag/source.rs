//! Texts that problems stand in: files, command-line flags, environment variables.

use std::ops::Range;

/// One text of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A stretch of bytes in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Span {
    /// A stretch of `file`.
    #[must_use]
    pub const fn new(file: FileId, range: Range<usize>) -> Self {
        Self {
            file,
            start: range.start,
            end: range.end,
        }
    }
}

/// The texts by number.
#[derive(Clone, Debug, Default)]
pub struct SourceMap(Vec<Source>);

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
}

impl SourceMap {
    /// Adds a text under the name that people know it by: a path, a flag, a variable.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.0.push(Source {
            name: name.into(),
            text: text.into(),
        });
        FileId(self.0.len() - 1)
    }

    /// Adds a text that must never be shown: places in it are right, its characters are not.
    pub fn add_secret(&mut self, name: impl Into<String>, text: &str) -> FileId {
        let masked: String = text
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { '*' })
            .collect();
        self.add(name, masked)
    }

    /// A span of the whole text.
    #[must_use]
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0..self.text(file).len())
    }

    /// The name of a text.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        self.0.get(file.0).map_or("", |source| &source.name)
    }

    /// A text.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.0.get(file.0).map_or("", |source| &source.text)
    }

    /// The whole line where a span starts, without its end.
    #[must_use]
    pub fn line(&self, span: Span) -> Span {
        let text = self.text(span.file);
        let start = text.floor_char_boundary(span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        Span::new(span.file, line_start..line_end)
    }

    /// All texts with their names, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|source| (source.name.as_str(), source.text.as_str()))
    }

    /// Line and column where a span starts, from one, in characters.
    #[must_use]
    pub fn position(&self, span: Span) -> (usize, usize) {
        let text = self.text(span.file);
        let before = &text[..text.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_characters_from_one() {
        let mut sources = SourceMap::default();
        let file = sources.add("x.toml", "a = 1\nbé = 2\n");
        assert_eq!(sources.position(Span::new(file, 0..1)), (1, 1));
        assert_eq!(sources.position(Span::new(file, 10..11)), (2, 4));
        assert_eq!(sources.position(Span::new(file, 99..100)), (3, 1));
        assert_eq!(sources.line(Span::new(file, 11..12)), Span::new(file, 6..13));
        assert_eq!(sources.line(Span::new(file, 99..100)), Span::new(file, 14..14));
    }

    #[test]
    fn a_secret_text_keeps_its_lines_only() {
        let mut sources = SourceMap::default();
        let file = sources.add_secret("key", "ab\ncé\n");
        assert_eq!(sources.text(file), "**\n***\n");
    }
}
