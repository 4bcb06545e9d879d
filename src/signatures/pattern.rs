//! One pattern of a signature: ASCII, upper and lower case alike, and bounded.
//!
//! Header fields are read as ASCII, so classes such as `\w` need no more. The engine is linear in the text, but each byte
//! may cost as much as the pattern has states: both are bounded.

use regex::bytes::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::syntax;

use crate::diag::read::At;
use crate::diag::{Diagnostics, values};

/// Bytes of a user agent, and of any other field, that are looked at.
pub(super) const LOOKED_AT: usize = 512;
/// States of one pattern.
const STATES: usize = 2000;
/// Bytes of one pattern while it is compiled.
const SIZE: usize = 1024 * 1024;

/// How patterns are read.
pub(super) fn syntax() -> syntax::Config {
    syntax::Config::new().case_insensitive(true).unicode(false).utf8(false)
}

/// A pattern and its number of states, if it can be used.
pub(super) fn compile(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<(Regex, usize)> {
    let states = states(at, diagnostics)?;
    Some((values::checked_pattern(build(&at.value), at.span, diagnostics)?, states))
}

/// The number of states of a pattern that can be used; cheaper than compiling it whole.
pub(super) fn states(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let nfa = NFA::compiler()
        .syntax(syntax())
        .configure(NFA::config().nfa_size_limit(Some(SIZE)))
        .build(&at.value);
    match nfa {
        Ok(nfa) if nfa.states().len() <= STATES => Some(nfa.states().len()),
        Err(error) if error.size_limit().is_none() => {
            // The engine above says better what is wrong.
            values::checked_pattern(build(&at.value), at.span, diagnostics)?;
            None
        }
        _ => {
            let help = "use smaller repetitions: those within others multiply";
            diagnostics.error("regex-too-large", at.span, "the pattern is too large", help);
            None
        }
    }
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).unicode(false).size_limit(SIZE).build()
}

/// Whether a field's value, as far as it is looked at, matches.
pub(super) fn matches(regex: &Regex, value: &str) -> bool {
    regex.is_match(&value.as_bytes()[..value.len().min(LOOKED_AT)])
}

/// The part of a field's value that matches, to be shown; `None` also for an empty one, which shows nothing.
pub(super) fn found(regex: &Regex, value: &str) -> Option<String> {
    let found = regex.find(&value.as_bytes()[..value.len().min(LOOKED_AT)])?;
    (!found.is_empty()).then(|| String::from_utf8_lossy(found.as_bytes()).into_owned())
}

/// A pattern that was compiled before, alone.
pub(super) fn alone(pattern: &str) -> Option<Regex> {
    build(pattern).ok()
}

/// Whether no text at all can match.
pub(super) fn is_never(pattern: &str) -> bool {
    syntax::parse_with(pattern, &syntax()).is_ok_and(|hir| hir.properties().minimum_len().is_none())
}

/// Whether every text matches.
pub(super) fn is_always(pattern: &str) -> bool {
    syntax::parse_with(pattern, &syntax())
        .is_ok_and(|hir| hir.properties().minimum_len() == Some(0) && hir.properties().look_set().is_empty())
}

/// Whether an empty text, or one of blanks, may match.
pub(super) fn may_be_blank(pattern: &str) -> bool {
    alone(pattern).is_some_and(|regex| {
        ["", " ", "  ", "\t", "   "]
            .iter()
            .any(|blank| regex.is_match(blank.as_bytes()))
    })
}
