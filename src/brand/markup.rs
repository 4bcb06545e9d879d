//! A small part of HTML, which every parser reads alike: what is not in it is an error.

use std::ops::Range;

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Doctype,
    Comment,
    /// Text; the whole of a title or style sheet too.
    Text(&'t str),
    Open {
        name: String,
        attributes: Vec<Attribute<'t>>,
        /// Whether it ends with `/>`.
        closed: bool,
    },
    Close {
        name: String,
    },
}

/// An attribute; its value is empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute<'t> {
    pub(super) name: String,
    pub(super) value: &'t str,
    pub(super) range: Range<usize>,
}

/// What is wrong, and where.
pub(super) type Wrong = (Range<usize>, &'static str);

/// The pieces of a page with their places, up to the first slip.
pub(super) fn tokens(text: &str) -> (Vec<(Range<usize>, Token<'_>)>, Option<Wrong>) {
    let mut reader = Reader { text, at: 0 };
    let mut tokens: Vec<(Range<usize>, Token<'_>)> = Vec::new();
    while reader.at < text.len() {
        let raw = match tokens.last() {
            Some((
                _,
                Token::Open {
                    name, closed: false, ..
                },
            )) => match name.as_str() {
                "style" => Some("</"),
                "title" => Some("<"),
                _ => None,
            },
            _ => None,
        };
        let start = reader.at;
        match reader.token(raw) {
            Ok(token) => tokens.push((start..reader.at, token)),
            Err(wrong) => return (tokens, Some(wrong)),
        }
    }
    (tokens, None)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Takes as much as `wanted` likes.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        self.at += if found { prefix.len() } else { 0 };
        found
    }

    fn space(&mut self) -> bool {
        !self.take_while(|c| c.is_ascii_whitespace()).is_empty()
    }

    fn name(&mut self) -> String {
        self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_'))
            .to_ascii_lowercase()
    }

    fn wrong<T>(&self, start: usize, what: &'static str) -> Result<T, Wrong> {
        let end = self.text.len().min(self.at.max(start + 1));
        Err((start..end, what))
    }

    /// The next piece; inside of an element whose content is no markup, all before `raw`.
    fn token(&mut self, raw: Option<&str>) -> Result<Token<'t>, Wrong> {
        let start = self.at;
        let text_end = match raw {
            Some(end) => self.rest().find(end),
            None => self.rest().find('<').or_else(|| Some(self.rest().len())),
        };
        let Some(length) = text_end else {
            return self.wrong(start, "it never ends");
        };
        if length > 0 {
            self.at += length;
            return Ok(Token::Text(&self.text[start..self.at]));
        }
        if self.take("<!--") {
            return self.comment(start);
        }
        if self.take("<!") {
            let word = self.take_while(|c| c != '>');
            if word.eq_ignore_ascii_case("doctype html") && self.take(">") {
                return Ok(Token::Doctype);
            }
            return self.wrong(start, "only <!doctype html> and comments begin with <!");
        }
        if self.take("</") {
            let name = self.name();
            self.space();
            if !name.is_empty() && self.take(">") {
                return Ok(Token::Close { name });
            }
            return self.wrong(start, "this is no end of an element");
        }
        self.take("<");
        let name = self.name();
        if name.is_empty() {
            return self.wrong(start, "this < begins no element");
        }
        self.open(start, name)
    }

    fn comment(&mut self, start: usize) -> Result<Token<'t>, Wrong> {
        let Some((inside, _)) = self.rest().split_once("--") else {
            return self.wrong(start, "the comment never ends");
        };
        let begins_well = !inside.starts_with(['>', '-']);
        self.at += inside.len();
        if begins_well && self.take("-->") {
            return Ok(Token::Comment);
        }
        self.wrong(start, "a comment has two hyphens only at its ends")
    }

    fn open(&mut self, start: usize, name: String) -> Result<Token<'t>, Wrong> {
        let mut attributes: Vec<Attribute<'t>> = Vec::new();
        loop {
            let spaced = self.space();
            let closed = self.take("/");
            if self.take(">") {
                return Ok(Token::Open {
                    name,
                    attributes,
                    closed,
                });
            }
            let at = self.at;
            if closed || !spaced {
                return self.wrong(start, "the tag is not well formed");
            }
            let attribute = self.attribute()?;
            if attributes.iter().any(|known| known.name == attribute.name) {
                return self.wrong(at, "the attribute stands twice");
            }
            attributes.push(attribute);
        }
    }

    fn attribute(&mut self) -> Result<Attribute<'t>, Wrong> {
        let start = self.at;
        let name = self.name();
        if name.is_empty() {
            return self.wrong(start, "the tag is not well formed");
        }
        let mut value = "";
        if self.take("=") {
            let Some(quote) = ["\"", "'"].into_iter().find(|quote| self.take(quote)) else {
                return self.wrong(start, "the value needs quotes");
            };
            value = self.take_while(|c| !quote.contains(c));
            if !self.take(quote) {
                return self.wrong(start, "the value's quote never ends");
            }
        }
        Ok(Attribute {
            name,
            value,
            range: start..self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn a_page_is_read() {
        let text = "<!DOCTYPE html><P Class='a' hidden>x &lt;</p\n><br/><style>a > b{}</style><!-- c -->";
        let (found, wrong) = tokens(text);
        assert_eq!(wrong, None);
        let kinds: Vec<String> = found
            .iter()
            .map(|(_, token)| match token {
                Token::Doctype => "doctype".to_owned(),
                Token::Comment => "comment".to_owned(),
                Token::Text(text) => format!("{text:?}"),
                Token::Open { name, attributes, .. } => {
                    let attributes: Vec<_> = attributes.iter().map(|a| format!("{}={}", a.name, a.value)).collect();
                    format!("{name}[{}]", attributes.join(","))
                }
                Token::Close { name } => format!("/{name}"),
            })
            .collect();
        let expected = [
            "doctype",
            "p[class=a,hidden=]",
            "\"x &lt;\"",
            "/p",
            "br[]",
            "style[]",
            "\"a > b{}\"",
            "/style",
            "comment",
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn what_parsers_could_read_differently_is_refused() {
        for text in [
            "a < b",
            "<p",
            "<p class=a>",
            "<p class=\"a>",
            "<p a='1' a='2'>",
            "<p a='1'b='2'>",
            "<p / >",
            "<p \"a\">",
            "</>",
            "</p a='1'>",
            "<!--> x -->",
            "<!---> x -->",
            "<!-- a -- b -->",
            "<!-- a --!> b -->",
            "<!-- a",
            "<![CDATA[ a ]]>",
            "<?xml ?>",
            "<style>a{}",
            "<title>a",
        ] {
            let (_, wrong) = tokens(text);
            let (range, _) = wrong.unwrap_or_else(|| panic!("{text} was read"));
            assert!(range.start < range.end && range.end <= text.len(), "{text}: {range:?}");
        }
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_whole(text in "(<|>|/|!|-|\"|'|=|a|p|style|title| |é|\\{\\{){0,40}") {
            let (found, wrong) = tokens(&text);
            let mut at = 0;
            for (range, _) in found {
                prop_assert_eq!(range.start, at);
                at = range.end;
            }
            prop_assert_eq!(at == text.len(), wrong.is_none());
        }
    }
}
