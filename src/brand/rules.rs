//! What may stand on an operator's page, and where.

/// Where a slot belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The value of this attribute of the `html` element.
    Html(&'static str),
    /// The text of this element.
    In(&'static str),
    /// The same, and nothing else in it: browsers hash a style sheet as a whole.
    Alone(&'static str),
    /// Between blocks of the body.
    Block,
    /// Anywhere in the body's text.
    Inline,
}

pub(super) struct SlotRule {
    pub(super) name: &'static str,
    pub(super) place: Place,
    /// Whether a page must have it.
    pub(super) needed: bool,
}

const fn slot(name: &'static str, place: Place) -> SlotRule {
    SlotRule {
        name,
        place,
        needed: true,
    }
}

pub(super) const SLOTS: [SlotRule; 10] = [
    slot("language", Place::Html("lang")),
    slot("direction", Place::Html("dir")),
    slot("title", Place::In("title")),
    slot("style", Place::Alone("style")),
    slot("head", Place::In("head")),
    SlotRule {
        name: "mark",
        place: Place::Inline,
        needed: false,
    },
    slot("site", Place::Inline),
    slot("content", Place::Block),
    slot("switch", Place::Block),
    slot("reference", Place::Inline),
];

/// Elements in which blocks stand.
pub(super) const BLOCKS: [&str; 8] = ["main", "header", "footer", "section", "article", "nav", "aside", "div"];
/// Elements in which text stands, and nothing but what is part of it.
pub(super) const TEXTS: [&str; 17] = [
    "p", "h2", "h3", "span", "a", "strong", "em", "b", "i", "small", "bdi", "abbr", "br", "li", "ul", "ol", "hr",
];
/// Elements that are blocks among those.
pub(super) const OWN_LINE: [&str; 7] = ["p", "h2", "h3", "li", "ul", "ol", "hr"];
pub(super) const SHAPES: [&str; 8] = ["g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"];
/// Elements without an end, also those that can't stand on a page.
pub(super) const VOID: [&str; 13] = [
    "meta", "br", "hr", "area", "base", "col", "embed", "img", "input", "link", "source", "track", "wbr",
];

/// Attributes that may stand anywhere, besides `aria-…` and `data-…`.
const ATTRIBUTES: [&str; 7] = ["class", "id", "lang", "dir", "role", "title", "translate"];
pub(super) const SHAPE_ATTRIBUTES: [&str; 27] = [
    "viewbox",
    "width",
    "height",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "fill-rule",
    "clip-rule",
    "fill-opacity",
    "stroke-opacity",
    "opacity",
    "transform",
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "points",
];
/// Names in the page that its own parts refer to.
pub(super) const IDS: [&str; 8] = [
    "label", "digits", "code", "trouble", "language", "app-open", "app-copy", "app-said",
];

pub(super) fn is(list: &[&str], name: &str) -> bool {
    list.contains(&name)
}

pub(super) fn is_known(name: &str) -> bool {
    let frame = ["html", "head", "body", "title", "meta", "style", "svg"];
    is(&frame, name) || is(&BLOCKS, name) || is(&TEXTS, name) || is(&SHAPES, name)
}

pub(super) fn is_common(name: &str) -> bool {
    is(&ATTRIBUTES, name) || name.starts_with("aria-") || name.starts_with("data-")
}

/// A path of this site, a place on the page or a mail address, as every browser reads it.
pub(super) fn is_path(value: &str) -> bool {
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'{' | b'}'));
    let references = value.match_indices('&').all(|(at, _)| value[at..].starts_with("&amp;"));
    let own = value.starts_with('/') && !value.starts_with("//");
    plain && references && (own || value.starts_with('#') || value.starts_with("mailto:"))
}

/// What to do in place of an element that can't stand on the page.
pub(super) fn instead(name: &str) -> &'static str {
    match name {
        "script" | "noscript" => "pages run the gate's own script alone, which {{head}} brings: remove it",
        "form" | "input" | "button" | "select" | "textarea" | "label" => {
            "{{content}} and {{switch}} bring the page's forms: remove yours"
        }
        "img" | "picture" | "image" => {
            "the logo has its own key, [page] logo, and {{mark}} shows it; or draw with <svg>"
        }
        "link" => "put the rules into a <style> element",
        "h1" => "{{content}} brings the page's heading: use <p> or <h2>",
        "base" | "iframe" | "object" | "embed" => "pages load nothing and lead nowhere else: remove it",
        _ => "use <div>, <p> or <span> and a class",
    }
}

pub(super) fn meaning(slot: &str) -> &'static str {
    match slot {
        "language" => "<html lang=\"{{language}}\" dir=\"{{direction}}\">, which screen readers need",
        "direction" => "<html lang=\"{{language}}\" dir=\"{{direction}}\">, or some languages run the wrong way",
        "title" => "<title>{{title}}</title>, the window's title",
        "style" => {
            "<style>{{style}}</style>, the shipped rules and your colours; your own may follow in another <style>"
        }
        "head" => "in <head>, the script that tells how the button was pressed",
        "site" => "who asks: the site's name and host",
        "content" => "the texts, the form and its button",
        "switch" => "the form that changes the language",
        _ => "what a person tells your help desk",
    }
}
