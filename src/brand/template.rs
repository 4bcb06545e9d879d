//! An operator's own page: checked to hold all that a person needs, and nothing that a browser would have to refuse.

use std::ops::Range;
use std::sync::Arc;

use super::markup::{self, Attribute, Token};
use super::rules::{
    BLOCKS, IDS, OWN_LINE, Place, SHAPE_ATTRIBUTES, SHAPES, SLOTS, SlotRule, TEXTS, VOID, instead, is, is_common,
    is_known, is_path, meaning,
};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, FileId, SourceMap, Span};

/// A page with slots, ready to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageTemplate(Arc<str>);

impl PageTemplate {
    /// Most bytes of a file.
    pub const LIMIT: usize = 64 * 1024;

    /// The page in a source, if nothing is wrong with it.
    pub(crate) fn read(file: FileId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = sources.text(file);
        let (tokens, slip) = markup::tokens(text);
        let mut check = Check::new(file);
        for (range, token) in &tokens {
            check.token(range, token);
        }
        match slip {
            Some((range, what)) => check.syntax(range, what, "every parser must read the page alike: write it plainly"),
            None => check.end(text),
        }
        let fine = !check.found.has_errors();
        diagnostics.append(check.found);
        let kept = tokens.iter().filter(|(_, token)| *token != Token::Comment);
        // Parsers see line feeds alone; the style sheet's hash is made of what they see.
        let page: String = kept.map(|(range, _)| &text[range.clone()]).collect();
        let page = page.replace("\r\n", "\n").replace('\r', "\n");
        fine.then(|| Self(page.into()))
    }

    /// The page.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// One run over a page.
struct Check {
    file: FileId,
    /// The elements that are open.
    open: Vec<(String, Range<usize>)>,
    /// Elements that a page has once.
    once: Vec<&'static str>,
    slots: Vec<&'static str>,
    has_viewport: bool,
    found: Diagnostics,
}

impl Check {
    fn new(file: FileId) -> Self {
        Self {
            file,
            open: Vec::new(),
            once: Vec::new(),
            slots: Vec::new(),
            has_viewport: false,
            found: Diagnostics::default(),
        }
    }

    fn syntax(&mut self, range: Range<usize>, what: impl Into<String>, help: &str) {
        self.found.error("page-syntax", Span::new(self.file, range), what, help);
    }

    fn refuse(&mut self, range: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.found
            .error("page-refused", Span::new(self.file, range.clone()), what, help);
    }

    fn slot(&mut self, range: Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.found.error("page-slot", Span::new(self.file, range), what, help);
    }

    fn inside(&self) -> &str {
        self.open.last().map_or("", |(name, _)| name)
    }

    fn is_in(&self, name: &str) -> bool {
        self.open.iter().any(|(open, _)| open == name)
    }

    fn token(&mut self, range: &Range<usize>, token: &Token<'_>) {
        match token {
            Token::Doctype if range.start == 0 => {}
            Token::Doctype => self.syntax(range.clone(), "the doctype stands first", "move it to the top"),
            Token::Comment => {}
            Token::Text(text) => self.text(range, text),
            Token::Open {
                name,
                attributes,
                closed,
            } => {
                self.open(range, name, attributes);
                if !(VOID.contains(&name.as_str()) || *closed && self.is_in("svg")) {
                    self.open.push((name.clone(), range.clone()));
                }
            }
            Token::Close { name } => self.close(range, name),
        }
    }

    fn close(&mut self, range: &Range<usize>, name: &str) {
        if self.inside() == name {
            self.open.pop();
        } else {
            let open = self.inside().to_owned();
            let help = if open.is_empty() {
                "remove it".to_owned()
            } else {
                format!("close <{open}> first: write </{open}>")
            };
            self.syntax(range.clone(), format!("</{name}> closes nothing that is open"), &help);
            // One slip, not one for each element around it.
            if let Some(at) = self.open.iter().rposition(|(open, _)| open == name) {
                self.open.truncate(at);
            }
        }
    }

    fn text(&mut self, range: &Range<usize>, text: &str) {
        let (mut rest, mut at) = (text, range.start);
        let mut plain = String::new();
        while let Some((before, after)) = rest.split_once("{{") {
            let start = at + before.len();
            let Some((name, left)) = after.split_once("}}") else {
                self.slot(start..start + 2, "the slot never ends", "write }} after its name");
                return;
            };
            let place = start..start + name.len() + 4;
            self.slot_in_text(place.clone(), name, text);
            plain.push_str(before);
            (rest, at) = (left, place.end);
        }
        plain.push_str(rest);
        if self.inside() == "style" {
            return self.style(range, &plain);
        }
        let stray = matches!(self.inside(), "" | "html" | "head") && !plain.trim().is_empty();
        if stray {
            let start = range.start + text.len() - text.trim_start().len();
            self.syntax(
                start..range.start + text.trim_end().len(),
                "text stands outside of the body",
                "move it",
            );
        }
        if plain.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) {
            self.syntax(range.clone(), "the text holds a control character", "remove it");
        }
    }

    fn style(&mut self, range: &Range<usize>, text: &str) {
        let lower = text.to_ascii_lowercase();
        for word in ["@import", "url(", "image-set(", "src(", "<!--"] {
            if lower.contains(word) {
                let help =
                    "pages load nothing: no pictures or fonts, only rules; the logo has its own key: [page] logo";
                self.refuse(range, format!("the style sheet holds `{word}`"), help);
            }
        }
    }

    fn slot_in_text(&mut self, range: Range<usize>, name: &str, whole: &str) {
        let Some(rule) = self.known(range.clone(), name) else {
            return;
        };
        let fits = match rule.place {
            Place::Html(_) => false,
            Place::Alone(element) => self.inside() == element && whole == format!("{{{{{name}}}}}"),
            Place::In(element) => self.inside() == element,
            Place::Block => self.is_in("body") && self.open.iter().skip(2).all(|(open, _)| is(&BLOCKS, open)),
            Place::Inline => self.is_in("body") && !self.is_in("svg"),
        };
        if !fits {
            self.misplaced(range, rule);
        }
    }

    fn misplaced(&mut self, range: Range<usize>, rule: &SlotRule) {
        let name = rule.name;
        let help = match rule.place {
            Place::Html(attribute) => format!("write <html {attribute}=\"{{{{{name}}}}}\">"),
            Place::Alone(element) => format!("write <{element}>{{{{{name}}}}}</{element}>; more <style> may follow"),
            Place::In(element) => format!("put it into <{element}>, outside of other elements"),
            Place::Block => {
                "put it into <body>, or into a <div>, <main>, <section>, <header> or <footer> there".to_owned()
            }
            Place::Inline => "put it into the text of <body>".to_owned(),
        };
        self.slot(range, format!("{{{{{name}}}}} can't stand here"), help);
    }

    /// The rule of a slot, which now has stood once.
    fn known(&mut self, range: Range<usize>, name: &str) -> Option<&'static SlotRule> {
        let Some(rule) = SLOTS.iter().find(|rule| rule.name == name) else {
            let names = SLOTS.each_ref().map(|rule| rule.name);
            let help = match nearest(name, names) {
                Some(meant) => format!("did you mean {{{{{meant}}}}}?"),
                None => format!("there are {}", names.join(", ")),
            };
            self.slot(range, format!("no slot is called `{name}`"), help);
            return None;
        };
        if self.slots.contains(&rule.name) {
            self.slot(range, format!("{{{{{name}}}}} stands twice"), "remove one of the two");
            return None;
        }
        self.slots.push(rule.name);
        Some(rule)
    }

    fn open(&mut self, range: &Range<usize>, name: &str, attributes: &[Attribute<'_>]) {
        if !is_known(name) {
            return self.refuse(range, format!("<{name}> can't stand on this page"), instead(name));
        }
        self.element(range, name);
        if name == "meta" {
            self.meta(range, attributes);
        }
        for attribute in attributes {
            self.attribute(name, attribute);
        }
    }

    fn element(&mut self, range: &Range<usize>, name: &str) {
        let parent = self.inside().to_owned();
        let parent = parent.as_str();
        if let Some(once) = ["html", "head", "body", "main", "title"]
            .into_iter()
            .find(|once| *once == name)
        {
            if self.once.contains(&once) {
                return self.syntax(range.clone(), format!("<{name}> stands twice"), "remove one of the two");
            }
            self.once.push(once);
        }
        let fits = match name {
            "html" => parent.is_empty(),
            "head" => parent == "html" && !self.once.contains(&"body"),
            "body" => parent == "html" && self.once.contains(&"head"),
            "title" | "meta" | "style" => parent == "head",
            "svg" => self.is_in("body") && !self.is_in("svg"),
            "li" => matches!(parent, "ul" | "ol"),
            _ if is(&SHAPES, name) => parent == "svg" || parent == "g",
            _ if is(&BLOCKS, name) || is(&OWN_LINE, name) => {
                // A parser closes paragraphs by itself where a block begins.
                parent == "body" || is(&BLOCKS, parent) || (parent == "li" && matches!(name, "p" | "ul" | "ol"))
            }
            _ => {
                let text = parent == "body" || is(&BLOCKS, parent) || is(&TEXTS, parent);
                text && !matches!(parent, "ul" | "ol") && !(name == "a" && self.is_in("a"))
            }
        };
        if !fits {
            let place = if parent.is_empty() {
                "here".to_owned()
            } else {
                format!("in <{parent}>")
            };
            let help = "<html> holds <head> and then <body>; blocks stand in blocks, not in paragraphs";
            self.syntax(range.clone(), format!("<{name}> can't stand {place}"), help);
        }
    }

    fn meta(&mut self, range: &Range<usize>, attributes: &[Attribute<'_>]) {
        const NAMES: [&str; 5] = ["viewport", "color-scheme", "robots", "theme-color", "description"];
        let value = |name| {
            attributes
                .iter()
                .find(|attribute| attribute.name == name)
                .map(|found| found.value)
        };
        if let Some(charset) = value("charset") {
            if !charset.eq_ignore_ascii_case("utf-8") {
                self.refuse(range, "the page is UTF-8", "write <meta charset=\"utf-8\">");
            }
            return;
        }
        match value("name") {
            Some("viewport") => {
                let content = value("content").unwrap_or_default();
                if content.contains("user-scalable") || content.contains("maximum-scale") {
                    let help = "write content=\"width=device-width, initial-scale=1\"";
                    self.refuse(range, "people must be able to enlarge the page", help);
                }
                self.has_viewport = true;
            }
            Some(name) if NAMES.contains(&name) => {}
            _ => {
                let help = format!("a <meta> has `charset`, or a `name`: {}", NAMES.join(", "));
                self.refuse(range, "this <meta> can't stand on this page", help);
            }
        }
    }

    fn attribute(&mut self, element: &str, attribute: &Attribute<'_>) {
        let Attribute { name, value, range } = attribute;
        let fits = match (element, name.as_str()) {
            ("html", "lang" | "dir") => return self.of_html(attribute),
            ("meta", "charset" | "name" | "content") | ("a", "rel") => true,
            ("a", "href") => {
                if !is_path(value) {
                    let help = "link to a path of this site, \"/help\", or to \"mailto:…\"";
                    self.refuse(range, format!("`{value}` leads away from this site"), help);
                }
                true
            }
            ("svg", "xmlns") => *value == "http://www.w3.org/2000/svg",
            ("svg", "focusable") => true,
            _ if element == "svg" || is(&SHAPES, element) => is(&SHAPE_ATTRIBUTES, name) || is_common(name),
            _ => is_common(name),
        };
        if !fits {
            let help = match name.as_str() {
                "style" => "put the rules into a <style> element and name a class",
                _ if name.starts_with("on") => "pages run the gate's own script alone: remove it",
                _ => "remove it",
            };
            self.refuse(range, format!("`{name}` can't stand on <{element}>"), help);
        } else if name == "id" && IDS.contains(value) {
            self.refuse(
                range,
                format!("the page's own parts have the id `{value}`"),
                "choose another one",
            );
        } else if value.to_ascii_lowercase().contains("url(") {
            self.refuse(range, "pages load nothing", "name a colour");
        }
        if value.contains("{{") {
            let help = "slots stand in text; only language and direction are attributes, of <html>";
            self.slot(range.clone(), "no slot can stand in this attribute", help);
        }
    }

    /// `lang` and `dir` of the whole page.
    fn of_html(&mut self, attribute: &Attribute<'_>) {
        let Attribute { name, value, range } = attribute;
        let slot = value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        let Some(slot) = slot else {
            let help = "the page speaks many languages: write lang=\"{{language}}\" dir=\"{{direction}}\"";
            return self.slot(range.clone(), format!("`{name}` is set for good"), help);
        };
        if let Some(rule) = self.known(range.clone(), slot)
            && rule.place != Place::Html(if name == "lang" { "lang" } else { "dir" })
        {
            self.misplaced(range.clone(), rule);
        }
    }

    /// What is missing.
    fn end(&mut self, text: &str) {
        let end = text.trim_end().len()..text.len();
        if !text.to_ascii_lowercase().starts_with("<!doctype html>") {
            self.syntax(0..0, "the page has no doctype", "begin it with <!doctype html>");
        }
        if let Some((name, range)) = self.open.pop() {
            self.syntax(
                range,
                format!("<{name}> is never closed"),
                &format!("write </{name}> at its end"),
            );
        }
        for element in ["html", "head", "body"] {
            if !self.once.contains(&element) {
                let help = "start from a copy of the shipped page, as docs/branding.md shows it";
                self.syntax(end.clone(), format!("there is no <{element}>"), help);
            }
        }
        for rule in SLOTS.iter().filter(|rule| rule.needed) {
            if !self.slots.contains(&rule.name) {
                let name = rule.name;
                let help = format!("add {{{{{name}}}}}: {}", meaning(name));
                self.slot(end.clone(), format!("the page has no {{{{{name}}}}}"), help);
            }
        }
        if !self.has_viewport {
            let help = "add <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
            self.syntax(end, "the page has no viewport", help);
        }
    }
}

#[cfg(test)]
mod tests;
