//! What commands print; colours only where they are seen. A reader that went away is no error.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use crate::records::redact;

/// Prints to standard output.
pub(super) fn out(text: &str) -> io::Result<()> {
    finish(anstream::stdout().lock(), text)
}

/// Prints to standard error.
pub(super) fn err(text: &str) -> io::Result<()> {
    finish(anstream::stderr().lock(), text)
}

/// A text as standard error shows it: without colours where nobody sees them.
pub(super) fn for_stderr(text: &str) -> String {
    if is_stderr_coloured() {
        text.to_owned()
    } else {
        anstream::adapter::strip_str(text).to_string()
    }
}

/// Whether standard error shows colours.
pub(super) fn is_stderr_coloured() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// A JSON answer, with everything that can't be seen escaped.
pub(super) fn json(answer: &serde_json::Value) -> String {
    redact::visible_json(&format!("{answer:#}\n")).into_owned()
}

fn finish(mut to: impl Write, text: &str) -> io::Result<()> {
    let text = shown(text);
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// A text with everything escaped that can't be seen. Line breaks and colours are our own, and stay.
fn shown(text: &str) -> String {
    let parts = text.split_inclusive(|c: char| c.is_ascii_control());
    let parts = parts.flat_map(|part| {
        let words = part.trim_end_matches(|c: char| c.is_ascii_control());
        [redact::visible(words), part[words.len()..].into()]
    });
    parts.collect()
}

/// A heading, with an empty line before all but the first.
pub(super) fn heading(text: &mut String, title: &str) {
    let bold = anstyle::Style::new().bold().underline();
    let gap = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}{bold}{title}{bold:#}");
}

/// A label and what belongs to it, in two columns.
pub(super) fn row(text: &mut String, label: &str, value: &str) {
    wrapped(text, &format!("  {label:<19} "), value);
}

/// A text in lines of at most [`WIDTH`] columns; the first starts with `indent`, the others below where it ends. What
/// would steer a terminal becomes a space, and what can't be seen is escaped: it may stand in a stranger's log.
pub(super) fn wrapped(text: &mut String, indent: &str, words: &str) {
    let width = indent.chars().count();
    let mut column = width;
    text.push_str(indent);
    for (at, word) in words.split(' ').enumerate() {
        let word: String = word.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let word = redact::visible(&word);
        let length = word.chars().count();
        if at > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(width));
            column = width;
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(&word);
        column += length;
    }
    text.push('\n');
}

/// Columns of a terminal that people have.
const WIDTH: usize = 100;

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_is_told_steers_a_terminal() {
        let mut text = String::new();
        super::row(&mut text, "client", "a\u{1b}[31mb\u{9b}c");
        assert_eq!(text, format!("  {:<20}a [31mb c\n", "client"));
    }

    #[test]
    fn a_long_label_stays_apart_from_its_text() {
        for label in ["  sec-ch-ua-platform", "  sec-ch-ua-full-version-list"] {
            let mut text = String::new();
            super::row(&mut text, label, "x");
            assert_eq!(text, format!("  {label} x\n"));
        }
    }

    #[test]
    fn what_is_printed_hides_nothing_and_keeps_its_lines_and_colours() {
        for hidden in ['\u{202e}', '\u{200b}', '\u{85}', '\u{feff}', '\u{e0041}', '\u{ad}'] {
            let text = format!("\u{1b}[1ma{hidden}b\u{1b}[0m\n\n  {hidden}\n");
            let escaped = hidden.escape_unicode();
            let expected = format!("\u{1b}[1ma{escaped}b\u{1b}[0m\n\n  {escaped}\n");
            assert_eq!(super::shown(&text), expected);
            let json = super::json(&serde_json::json!({ "agent": hidden.to_string() }));
            assert!(json.is_ascii() && json.lines().count() == 3, "{json}");
            let mut row = String::new();
            super::row(&mut row, "agent", &hidden.to_string());
            assert!(!row.contains(hidden), "{row}");
        }
    }
}
