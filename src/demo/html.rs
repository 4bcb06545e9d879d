//! What the demo's pages share: frame, style, escaping.

use std::fmt::Write as _;

use crate::time::Timestamp;

/// The style of site and mailbox.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page's frame. All but the title is HTML already.
pub(super) struct Frame<'p> {
    /// Whose page it is.
    pub(super) brand: &'p str,
    /// Beside the brand.
    pub(super) aside: &'p str,
    /// Plain text.
    pub(super) title: &'p str,
    /// In the head.
    pub(super) head: &'p str,
    /// A narrow column for a form, else a wide one.
    pub(super) narrow: bool,
}

impl Frame<'_> {
    /// The whole page around `body`.
    pub(super) fn around(&self, body: &str) -> String {
        let Self {
            brand,
            aside,
            title,
            head,
            narrow,
        } = self;
        let title = escape(title);
        let class = if *narrow { " class=\"narrow\"" } else { "" };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/style.css\">\n{head}</head>\n<body>\n\
             <header><a class=\"brand\" href=\"/\">{brand}</a><span>{aside}</span></header>\n\
             <main{class}>\n{body}</main>\n</body>\n</html>\n"
        )
    }
}

/// Text made safe between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// An instant as hours, minutes and seconds, in UTC.
pub(super) fn clock_time(at: Timestamp) -> String {
    let whole = at.to_string();
    let mut shown = String::new();
    let _ = write!(
        shown,
        "<time datetime=\"{whole}\">{} UTC</time>",
        whole.get(11..19).unwrap_or_default()
    );
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_leaves_no_way_out() {
        assert_eq!(
            escape("<b a=\"x\" c='y'>&amp;"),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;"
        );
    }

    #[test]
    fn a_title_is_text() {
        let frame = Frame {
            brand: "B",
            aside: "",
            title: "</title><script>",
            head: "",
            narrow: true,
        };
        assert!(frame.around("").contains("<title>&lt;/title&gt;&lt;script&gt;</title>"));
    }

    #[test]
    fn times_are_short() {
        let shown = clock_time(Timestamp::from_millis(1_764_115_200_123));
        assert_eq!(shown, "<time datetime=\"2025-11-26T00:00:00.123Z\">00:00:00 UTC</time>");
    }
}
