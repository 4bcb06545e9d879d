//! A vendor's bare word in a user agent: people's own programs carry it.

use super::alone;
use crate::diag::read::At;
use crate::diag::{Diagnostics, Span};
use crate::signatures::Signature;
use crate::signatures::raw::RawSignature;
use crate::visit::USER_AGENTS_OF_PEOPLE;

/// Says where a pattern, without any other condition, finds a browser that carries such a word.
pub(super) fn look(signature: &Signature, raw: &RawSignature, diagnostics: &mut Diagnostics) {
    if signature.weight < 0 {
        return;
    }
    let patterns = alone::enough(&raw.condition)
        .into_iter()
        .flat_map(|raw| &raw.user_agent);
    let found: Vec<(&str, Span)> = patterns.filter_map(|at| Some((word(at)?, at.span))).collect();
    for (word, span) in found {
        let message = format!("`{}` takes the bare word {word} for a scanner", signature.id);
        let help = format!("people's own programs say {word} too: write the scanner's whole name");
        diagnostics.warning("bare-word", span, message, help);
    }
}

/// The word by which a pattern finds a browser that it does not find without.
fn word(at: &At<String>) -> Option<&'static str> {
    let regex = regex::bytes::RegexBuilder::new(&at.value)
        .case_insensitive(true)
        .unicode(false)
        .build()
        .ok()?;
    let finds = |text: &str| regex.is_match(text.as_bytes());
    let browser = USER_AGENTS_OF_PEOPLE[0];
    let finds_with = |word: &str| {
        let forms = [
            format!("{browser} {word}"),
            format!("{browser} {word}/16.0"),
            format!("{word}/16.0"),
        ];
        forms.iter().any(|text| finds(text))
    };
    // What finds any browser, or any other word, is not about this one.
    let is_about_words = !finds(browser) && !finds_with("Another");
    WORDS.into_iter().find(|word| is_about_words && finds_with(word))
}

/// Words of mail programs, office suites, antivirus programs' browsers and chats: they stand in user agents of people.
const WORDS: [&str; 12] = [
    "Norton",
    "Avira",
    "Avast",
    "AVG",
    "Comodo",
    "Comodo_Dragon",
    "McAfee",
    "Outlook",
    "Microsoft Office",
    "Microsoft Outlook",
    "Viber",
    "Salesforce",
];
