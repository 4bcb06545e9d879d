//! What a whole set may hold: beyond it, matching, starting or memory would suffer.

use crate::diag::{Diagnostics, Span};

/// What was used so far, and where a limit was passed.
#[derive(Debug, Default)]
pub(super) struct Budget {
    patterns: Count,
    states: Count,
    networks: Count,
    examples: Count,
}

#[derive(Debug, Default)]
struct Count {
    used: usize,
    passed_at: Option<Span>,
}

impl Count {
    fn add(&mut self, more: usize, limit: usize, span: Span) {
        self.used += more;
        if self.used > limit && self.passed_at.is_none() {
            self.passed_at = Some(span);
        }
    }
}

impl Budget {
    /// A pattern and its states. Small patterns don't count by their states: a text is rarely in more than a few of these.
    pub(super) fn pattern(&mut self, states: usize, span: Span) {
        self.patterns.add(1, PATTERNS, span);
        if states > SMALL {
            self.states.add(states, STATES, span);
        }
    }

    /// Networks of a list.
    pub(super) fn networks(&mut self, count: usize, span: Span) {
        self.networks.add(count, NETWORKS, span);
    }

    /// An example.
    pub(super) fn example(&mut self, span: Span) {
        self.examples.add(1, EXAMPLES, span);
    }

    /// Says which limits were passed; whether one was.
    pub(super) fn is_exceeded(&mut self, diagnostics: &mut Diagnostics) -> bool {
        let counts = [
            (&self.patterns, "the set has more than 20,000 patterns", "remove some"),
            (
                &self.states,
                "the large patterns of the set are too large together",
                "use smaller repetitions",
            ),
            (
                &self.networks,
                "the set has more than 4,000,000 networks",
                "remove some, or join them",
            ),
            (&self.examples, "the set has more than 100,000 examples", "remove some"),
        ];
        let passed = counts
            .into_iter()
            .filter_map(|(count, what, help)| Some((count.passed_at?, what, help)));
        let mut any = false;
        for (span, what, help) in passed {
            diagnostics.error("set-too-large", span, what, help);
            any = true;
        }
        any
    }
}

const PATTERNS: usize = 20_000;
/// States of a pattern that still counts as small.
const SMALL: usize = 200;
/// States of all patterns that are larger.
const STATES: usize = 5_000;
const NETWORKS: usize = 4_000_000;
const EXAMPLES: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceMap;

    #[test]
    fn what_passes_a_limit_is_said_where_it_did() {
        let span = |at| Span::new(SourceMap::default().add("", ""), at..at);
        let said = |budget: &mut Budget| {
            let mut diagnostics = Diagnostics::default();
            assert_eq!(budget.is_exceeded(&mut diagnostics), !diagnostics.is_empty());
            diagnostics
                .iter()
                .map(|problem| (problem.span.unwrap().start, problem.message.clone()))
                .collect::<Vec<_>>()
        };
        let mut budget = Budget::default();
        (0..PATTERNS).for_each(|at| budget.pattern(SMALL, span(at)));
        budget.networks(NETWORKS, span(0));
        (0..EXAMPLES).for_each(|at| budget.example(span(at)));
        budget.pattern(STATES, span(7));
        assert_eq!(
            said(&mut budget),
            [(7, "the set has more than 20,000 patterns".to_owned())]
        );
        budget.pattern(SMALL + 1, span(8));
        budget.networks(1, span(9));
        budget.example(span(10));
        let places: Vec<_> = said(&mut budget).into_iter().map(|(at, _)| at).collect();
        assert_eq!(places, [7, 8, 9, 10]);
    }
}
