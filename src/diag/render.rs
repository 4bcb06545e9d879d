//! Problems as text: like a compiler's for people, one line each for logs.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity, SourceMap};

/// The problem with its place, the quoted line, a caret and the remedy.
#[must_use]
pub fn text(diagnostic: &Diagnostic, sources: &SourceMap, coloured: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
    let help = Level::HELP.message(&diagnostic.help);
    let group = match diagnostic.span {
        Some(span) => {
            let source = sources.text(span.file);
            let start = source.floor_char_boundary(span.start);
            // One line is quoted, however long the table or text is.
            let line = sources.line(span);
            let end = source.floor_char_boundary(span.end.min(line.end)).max(start);
            title
                .element(
                    Snippet::source(&source[line.start..line.end])
                        .line_start(sources.position(span).0)
                        .path(sources.name(span.file))
                        .annotation(AnnotationKind::Primary.span(start - line.start..end - line.start)),
                )
                .element(help)
        }
        None => title.element(help),
    };
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group])
}

/// The problems as [`text`] shows them, a blank line after each, and their number; empty where there are none.
#[must_use]
pub fn all(diagnostics: &Diagnostics, sources: &SourceMap, coloured: bool) -> String {
    let mut shown: String = diagnostics
        .iter()
        .take(SHOWN)
        .map(|diagnostic| text(diagnostic, sources, coloured) + "\n\n")
        .collect();
    let count = |severity: Severity| match (diagnostics.count(severity), severity.as_str()) {
        (0, _) => None,
        (1, word) => Some(format!("1 {word}")),
        (n, word) => Some(format!("{n} {word}s")),
    };
    let counts: Vec<_> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter_map(count)
        .collect();
    if !counts.is_empty() {
        shown.push_str(&counts.join(", "));
        if diagnostics.iter().len() > SHOWN {
            let _ = write!(shown, "; the first {SHOWN} are shown");
        }
        shown.push('\n');
    }
    shown
}

/// The problems as [`line()`] shows them, and how bad each is.
pub fn lines(diagnostics: &Diagnostics, sources: &SourceMap) -> impl Iterator<Item = (Severity, String)> {
    let rest = diagnostics.iter().skip(SHOWN);
    let more = rest.len();
    let worst = rest.map(|diagnostic| diagnostic.severity).min();
    let more = worst.map(|worst| (worst, format!("and {more} more")));
    let first = diagnostics.iter().take(SHOWN);
    first
        .map(|diagnostic| (diagnostic.severity, line(diagnostic, sources)))
        .chain(more)
}

/// `file:line:column: error[code]: message; help`.
#[must_use]
pub fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = diagnostic.span.map_or_else(String::new, |span| {
        let (line, column) = sources.position(span);
        format!("{}:{line}:{column}: ", sources.name(span.file))
    });
    let Diagnostic {
        severity,
        code,
        message,
        help,
        ..
    } = diagnostic;
    let line = format!("{place}{}[{code}]: {message}; {help}", severity.as_str());
    // What a user wrote may be quoted in it, over several lines even.
    line.replace(char::is_control, " ")
}

/// Nobody reads more at a time.
const SHOWN: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Span;

    fn sample() -> (Diagnostics, SourceMap) {
        let mut sources = SourceMap::default();
        let file = sources.add("gate.toml", "listen = \"x\"\nlisen = 1\n");
        let mut diagnostics = Diagnostics::default();
        diagnostics.error(
            "unknown-key",
            Span::new(file, 13..18),
            "unknown key `lisen`",
            "did you mean `listen`?",
        );
        (diagnostics, sources)
    }

    #[test]
    fn people_see_the_line() {
        let (diagnostics, sources) = sample();
        let text = text(diagnostics.iter().next().unwrap(), &sources, false);
        let expected = "\
error[unknown-key]: unknown key `lisen`
 --> gate.toml:2:1
  |
2 | lisen = 1
  | ^^^^^
  |
  = help: did you mean `listen`?";
        assert_eq!(text, expected);
    }

    #[test]
    fn logs_get_one_line() {
        let (diagnostics, sources) = sample();
        let line = line(diagnostics.iter().next().unwrap(), &sources);
        assert_eq!(
            line,
            "gate.toml:2:1: error[unknown-key]: unknown key `lisen`; did you mean `listen`?"
        );
    }

    #[test]
    fn of_very_many_problems_the_first_are_shown() {
        let (mut diagnostics, sources) = sample();
        for _ in 0..2 * SHOWN {
            diagnostics.error("x", None, "no", "none");
        }
        let shown = all(&diagnostics, &sources, false);
        assert_eq!(shown.matches("error[").count(), SHOWN);
        assert!(shown.ends_with("1001 errors; the first 500 are shown\n"), "{shown}");
        let lines: Vec<_> = lines(&diagnostics, &sources).collect();
        assert_eq!(lines.len(), SHOWN + 1);
        assert_eq!(lines[SHOWN], (Severity::Error, "and 501 more".to_owned()));
    }
}
