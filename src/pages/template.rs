//! Pages cut at their slots once, so that answering one only joins bytes.

use bytes::Bytes;

/// A place in a page that is filled for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The host that was asked for.
    Host,
    /// The request's reference.
    Reference,
    /// The sealed ticket.
    Ticket,
    /// A code's digits.
    Digits,
    /// Why the typed code did not do.
    Trouble,
    /// What was typed.
    Typed,
    /// A notice's title.
    Title,
    /// A notice's heading.
    Heading,
    /// What a notice says has happened.
    What,
    /// The way on that a notice names.
    Way,
    /// Where a notice's action leads.
    Href,
    /// What a notice's action is called.
    Action,
    /// The style sheet, as it is.
    Style,
    /// What a page inside another app says besides, as it is.
    App,
}

const SLOTS: [(&str, Slot); 14] = [
    ("host", Slot::Host),
    ("reference", Slot::Reference),
    ("ticket", Slot::Ticket),
    ("digits", Slot::Digits),
    ("trouble", Slot::Trouble),
    ("typed", Slot::Typed),
    ("title", Slot::Title),
    ("heading", Slot::Heading),
    ("what", Slot::What),
    ("way", Slot::Way),
    ("href", Slot::Href),
    ("action", Slot::Action),
    ("style", Slot::Style),
    ("app", Slot::App),
];

/// A page, cut at its slots.
#[derive(Clone, Debug)]
pub(super) struct Template {
    /// A piece of the page and the slot that follows it.
    pieces: Vec<(String, Slot)>,
    tail: String,
}

impl Template {
    /// Cuts `page` at its slots.
    pub(super) fn new(page: &str) -> Self {
        let (mut pieces, mut piece) = (Vec::new(), String::new());
        let mut rest = page;
        while let Some((before, name, after)) = next_mark(rest) {
            piece.push_str(before);
            match slot(name) {
                Some(slot) => pieces.push((std::mem::take(&mut piece), slot)),
                None => piece.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        Self {
            pieces,
            tail: piece + rest,
        }
    }

    /// The page with every slot filled, escaped but for what is a piece of a page itself, in one allocation of just its
    /// size.
    pub(super) fn fill<'a>(&self, value: impl Fn(Slot) -> &'a str) -> Bytes {
        let size = self
            .pieces
            .iter()
            .map(|(piece, slot)| match slot {
                Slot::Style | Slot::App => piece.len() + value(*slot).len(),
                slot => piece.len() + escaped_len(value(*slot)),
            })
            .sum::<usize>();
        let mut page = Vec::with_capacity(size + self.tail.len());
        for (piece, slot) in &self.pieces {
            page.extend_from_slice(piece.as_bytes());
            match slot {
                Slot::Style | Slot::App => page.extend_from_slice(value(*slot).as_bytes()),
                slot => push_escaped(&mut page, value(*slot)),
            }
        }
        page.extend_from_slice(self.tail.as_bytes());
        debug_assert_eq!(page.len(), size + self.tail.len(), "the size was foretold");
        page.into()
    }
}

/// `template` with each `{{name}}` of `names` replaced for good, before it is cut. Values are not searched.
pub(super) fn set(template: &str, names: &[(&str, &str)]) -> String {
    let (mut page, mut rest) = (String::new(), template);
    while let Some((before, name, after)) = next_mark(rest) {
        page.push_str(before);
        match names.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => page.push_str(value),
            None => page.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    page + rest
}

/// What stands before the next `{{name}}`, the name, and what follows.
fn next_mark(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

/// The lines of `text` without their indentation, joined by `joint`.
pub(super) fn trimmed(text: &str, joint: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(joint)
}

/// A text as it stands in a page that is yet to be cut: escaped, and no slot in it.
pub(super) fn escaped(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(c).ok().and_then(entity) {
            Some(entity) => page.push_str(entity),
            None if c == '{' => page.push_str("&#123;"),
            None => page.push(c),
        }
    }
    page
}

fn slot(name: &str) -> Option<Slot> {
    SLOTS.iter().find(|(known, _)| *known == name).map(|(_, slot)| *slot)
}

/// What stands for `byte` in text and in a double-quoted attribute, the only kind on these pages.
fn entity(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    }
}

fn escaped_len(value: &str) -> usize {
    value.bytes().map(|byte| entity(byte).map_or(1, str::len)).sum()
}

fn push_escaped(page: &mut Vec<u8>, value: &str) {
    let value = value.as_bytes();
    let mut from = 0;
    for (at, byte) in value.iter().enumerate() {
        if let Some(entity) = entity(*byte) {
            page.extend_from_slice(&value[from..at]);
            page.extend_from_slice(entity.as_bytes());
            from = at + 1;
        }
    }
    page.extend_from_slice(&value[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_and_escaped() {
        let template = Template::new(r#"<a title="{{ticket}}">{{host}}{{host}}</a>"#);
        let page = template.fill(|slot| match slot {
            Slot::Ticket => r#""><script>"#,
            _ => "a&b",
        });
        assert_eq!(page, r#"<a title="&quot;&gt;&lt;script&gt;">a&amp;ba&amp;b</a>"#);
    }

    #[test]
    fn a_value_is_not_searched_for_slots() {
        let template = Template::new("{{host}}|{{ticket}}");
        let page = template.fill(|slot| if slot == Slot::Host { "{{ticket}}" } else { "sealed" });
        assert_eq!(page, "{{ticket}}|sealed");
    }
}
