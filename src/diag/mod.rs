//! Problems in what the user wrote, for people: collected, placed, and each with a remedy.

pub(crate) mod read;
pub mod render;
pub mod source;
pub(crate) mod suggest;
pub(crate) mod units;
pub(crate) mod values;

pub use source::{FileId, SourceMap, Span};

/// How much a problem matters, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is started with it.
    Error,
    /// It works, but likely not as meant.
    Warning,
}

impl Severity {
    /// The word that opens the message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Its stable name, kebab-case.
    pub code: &'static str,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// Where, if it has a place.
    pub span: Option<Span>,
    /// What to do.
    pub help: String,
}

/// All problems found in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Notes an error.
    pub fn error(
        &mut self,
        code: &'static str,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.note(Severity::Error, code, span.into(), message.into(), help.into());
    }

    /// Notes a warning.
    pub fn warning(
        &mut self,
        code: &'static str,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.note(Severity::Warning, code, span.into(), message.into(), help.into());
    }

    fn note(&mut self, severity: Severity, code: &'static str, span: Option<Span>, message: String, help: String) {
        self.0.push(Diagnostic {
            severity,
            code,
            message,
            span,
            help,
        });
    }

    /// Whether any of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many of one severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    }

    /// All of them, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts them into the order of their places; what has none comes last.
    pub fn sort(&mut self) {
        self.0
            .sort_by_key(|diagnostic| diagnostic.span.map_or((true, None), |span| (false, Some(span))));
    }

    /// Keeps only what `keep` wants.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.0.retain(keep);
    }

    /// Takes over all of `other`.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}
