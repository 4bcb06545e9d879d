//! All user-agent patterns in one automaton that says which of them match.
//!
//! A `RegexSet` builds in quadratic time, because of the prefilter that it extracts, and falls off a cliff once its lazy
//! automaton outgrows a fixed cache. Here there is no prefilter, the cache grows with the patterns, and one pass over a text
//! names every pattern in it.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::hybrid::dfa::{Cache, DFA, OverlappingState};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use smallvec::SmallVec;

use super::pattern;

/// The numbers of patterns, ascending; few match at a time.
pub(super) type Matching = SmallVec<[usize; 8]>;

/// The compiled patterns.
pub(super) struct UserAgents {
    automaton: Option<(DFA, Pool<Cache, NewCache>)>,
}

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl fmt::Debug for UserAgents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserAgents").finish_non_exhaustive()
    }
}

impl UserAgents {
    /// No patterns.
    pub(super) const fn none() -> Self {
        Self { automaton: None }
    }

    /// Compiles patterns that were each checked to compile alone. Their places are their numbers.
    pub(super) fn new(patterns: &[String]) -> Result<Self, String> {
        if patterns.is_empty() {
            return Ok(Self::none());
        }
        let cache = (patterns.len() * CACHE_PER_PATTERN).max(CACHE_AT_LEAST);
        let config = DFA::config().match_kind(MatchKind::All).cache_capacity(cache);
        let nfa = thompson::Config::new().utf8(false).nfa_size_limit(Some(NFA_LIMIT));
        let dfa = DFA::builder()
            .configure(config)
            .thompson(nfa)
            .syntax(pattern::syntax())
            .build_many(patterns)
            .map_err(|error| error.to_string())?;
        let made = dfa.clone();
        let caches: Pool<Cache, NewCache> = Pool::new(Box::new(move || made.create_cache()));
        Ok(Self {
            automaton: Some((dfa, caches)),
        })
    }

    /// The numbers of the patterns that match, as far as a text is looked at.
    pub(super) fn matching(&self, user_agent: &str) -> Matching {
        let mut matching = Matching::new();
        let Some((dfa, caches)) = &self.automaton else {
            return matching;
        };
        let input = Input::new(user_agent).range(..user_agent.len().min(pattern::LOOKED_AT));
        let (mut cache, mut state) = (caches.get(), OverlappingState::start());
        // It fails only where it was told to give up, or to quit at some byte; it was not.
        while dfa.try_search_overlapping_fwd(&mut cache, &input, &mut state).is_ok() {
            let Some(end) = state.get_match() else { break };
            let number = end.pattern().as_usize();
            if let Err(place) = matching.binary_search(&number) {
                matching.insert(place, number);
            }
        }
        matching
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
        assert_eq!(agents.matching("Mozilla/5.0 BingPreview/1.0b").as_slice(), [0]);
        assert_eq!(agents.matching("curl/8.1 (a bot; Bot)").as_slice(), [1, 2, 3]);
        assert_eq!(agents.matching("Mozilla/5.0 Firefox/140.0").as_slice(), [0usize; 0]);
        assert_eq!(set(&[]).matching("anything").as_slice(), [0usize; 0]);
    }

    #[test]
    fn a_long_user_agent_is_looked_at_as_far_as_it_is_said() {
        let agents = set(&["probe", "end$"]);
        let long = |before: usize, rest: &str| format!("{}{rest}", "a".repeat(before));
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 5, "probe")).as_slice(), [0]);
        assert_eq!(
            agents.matching(&long(pattern::LOOKED_AT - 4, "probe")).as_slice(),
            [0usize; 0]
        );
        // A cut is no end.
        assert_eq!(
            agents.matching(&long(pattern::LOOKED_AT - 3, "end more")).as_slice(),
            [0usize; 0]
        );
        assert_eq!(agents.matching(&long(pattern::LOOKED_AT - 3, "end")).as_slice(), [1]);
    }

    proptest! {
        #[test]
        fn it_agrees_with_each_pattern_alone(text in "[a-d ]{0,24}") {
            let patterns = ["a+b", "^c", "d$", "abc", "b.d", r"\bcad\b"];
            let alone: Vec<_> = (0..patterns.len())
                .filter(|at| regex::RegexBuilder::new(patterns[*at]).case_insensitive(true).build().unwrap().is_match(&text))
                .collect();
            prop_assert_eq!(set(&patterns).matching(&text).to_vec(), alone);
        }
    }
}
