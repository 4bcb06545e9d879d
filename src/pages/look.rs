//! How pages look: the page around their content, the mark on it, the style sheet.

use super::template::{escaped, set, trimmed};
use crate::brand::Palette;

/// The page that comes along.
pub(super) const PAGE: &str = include_str!("page.html");

/// What every page of a configuration has in common, whatever its language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'b> {
    /// The page around the content.
    pub(super) page: &'b str,
    pub(super) site_name: Option<&'b str>,
    /// Path of the logo.
    pub(super) logo: Option<&'b str>,
}

impl Look<'_> {
    /// The logo, or a mark of these lines.
    pub(super) fn mark(&self, lines: &str) -> String {
        match self.logo {
            Some(path) => set(&trimmed(include_str!("logo.html"), ""), &[("logo", path)]),
            None => set(&trimmed(include_str!("mark.html"), ""), &[("lines", lines)]),
        }
    }

    /// Who asks: the site's name, and always its host, so that a link that somebody else asked for is noticed.
    pub(super) fn site(&self) -> String {
        match self.site_name {
            Some(name) => format!("<bdi class=\"name\">{}</bdi><br><bdi>{{{{host}}}}</bdi>", escaped(name)),
            None => "<bdi class=\"name\">{{host}}</bdi>".to_owned(),
        }
    }

    /// The content of each of the page's style elements, as browsers hash it.
    pub(super) fn styles<'s>(&'s self, style: &'s str) -> impl Iterator<Item = &'s str> {
        let elements = self.page.split("<style").skip(1);
        let inside = elements.filter_map(|element| element.split_once('>')?.1.split_once("</"));
        inside.map(move |(inside, _)| if inside.trim() == "{{style}}" { style } else { inside })
    }
}

/// The style sheet in the colours of a palette.
pub(super) fn style(palette: &Palette) -> String {
    let (light, dark) = (palette.light.css(), palette.dark.css());
    let rules = trimmed(include_str!("page.css"), "")
        .replace(" {", "{")
        .replace(";}", "}");
    format!(":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{rules}")
}
