//! All user-agent patterns in one automaton that says which of them match.
//!
//! A plain `RegexSet` builds in quadratic time, because of the prefilter that it extracts, and falls off a cliff once
//! its lazy automaton outgrows a fixed cache. Here the prefilter is off and the cache grows with the patterns.

use regex_automata::meta::{Config, Regex};
use regex_automata::{Input, MatchKind, PatternSet};

use super::pattern;

/// The compiled patterns.
#[derive(Debug)]
pub(super) struct UserAgents {
    patterns: usize,
    regex: Option<Regex>,
}

impl UserAgents {
    /// No patterns.
    pub(super) const fn none() -> Self {
        Self {
            patterns: 0,
            regex: None,
        }
    }

    /// Compiles patterns that were each checked to compile alone. Their places are their numbers.
    pub(super) fn new(patterns: &[String]) -> Result<Self, String> {
        if patterns.is_empty() {
            return Ok(Self {
                patterns: 0,
                regex: None,
            });
        }
        let cache = (patterns.len() * CACHE_PER_PATTERN).max(CACHE_AT_LEAST);
        let config = Config::new()
            .match_kind(MatchKind::All)
            .utf8_empty(false)
            .auto_prefilter(false)
            .nfa_size_limit(Some(NFA_LIMIT))
            .hybrid_cache_capacity(cache);
        let regex = Regex::builder()
            .configure(config)
            .syntax(pattern::syntax())
            .build_many(patterns)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            patterns: patterns.len(),
            regex: Some(regex),
        })
    }

    /// The numbers of the patterns that match, ascending, as far as a text is looked at. Allocates only where one does.
    pub(super) fn matching(&self, user_agent: &str) -> Vec<usize> {
        let input = Input::new(user_agent).range(..user_agent.len().min(pattern::LOOKED_AT));
        let Some(regex) = self.regex.as_ref().filter(|regex| regex.is_match(input.clone())) else {
            return Vec::new();
        };
        let mut set = PatternSet::new(self.patterns);
        regex.which_overlapping_matches(&input, &mut set);
        set.iter().map(|pattern| pattern.as_usize()).collect()
    }
}

const CACHE_PER_PATTERN: usize = 32 * 1024;
const CACHE_AT_LEAST: usize = 2 * 1024 * 1024;
const NFA_LIMIT: usize = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(patterns: &[&str]) -> UserAgents {
        UserAgents::new(&patterns.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn every_pattern_that_matches_is_named() {
        let agents = set(&["bingpreview", r"bot\b", r"^curl/\d", "(?-i)Bot"]);
        assert_eq!(agents.matching("Mozilla/5.0 BingPreview/1.0b"), [0]);
        assert_eq!(agents.matching("curl/8.1 (a bot; Bot)"), [1, 2, 3]);
        assert_eq!(agents.matching("Mozilla/5.0 Firefox/140.0"), [0usize; 0]);
        assert_eq!(set(&[]).matching("anything"), [0usize; 0]);
    }

    #[test]
    fn a_long_user_agent_is_looked_at_as_far_as_it_is_said() {
        let agents = set(&["probe", "end$"]);
        let long = |before: usize, rest: &str| format!("{}{rest}", "a".repeat(before));
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 5, "probe")), [0]);
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 4, "probe")), [0usize; 0]);
        // A cut is no end.
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 3, "end more")), [0usize; 0]);
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 3, "end")), [1]);
    }

    proptest! {
        #[test]
        fn it_agrees_with_each_pattern_alone(text in "[a-d ]{0,24}") {
            let patterns = ["a+b", "^c", "d$", "abc", "b.d", r"\bcad\b"];
            let alone: Vec<_> = (0..patterns.len())
                .filter(|at| regex::RegexBuilder::new(patterns[*at]).case_insensitive(true).build().unwrap().is_match(&text))
                .collect();
            prop_assert_eq!(set(&patterns).matching(&text), alone);
        }
    }
}
