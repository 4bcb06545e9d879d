//! The log's words for what was done, in plain words.

/// What a log's reason says; empty for those that are not known.
pub(super) fn in_words(reason: &str) -> &'static str {
    WORDS
        .iter()
        .find(|(known, _)| *known == reason)
        .map_or("", |(_, words)| words)
}

/// The same as a part of a sentence.
pub(super) fn why(reason: &str) -> String {
    match in_words(reason) {
        "" => format!("reason `{reason}`"),
        words => format!("because {words}"),
    }
}

/// What a log's error says; empty for those that are not known.
pub(super) fn error_in_words(error: &str) -> &'static str {
    ERRORS
        .iter()
        .find(|(known, ..)| *known == error)
        .map_or("", |(_, words, _)| words)
}

/// The notice that a refusal of this reason shows, where it is always the same.
pub(super) fn notice_of(reason: &str) -> Option<&'static str> {
    NOTICES
        .iter()
        .find(|(known, _)| *known == reason)
        .map(|(_, notice)| *notice)
}

/// The notice that an error shows, where it is always the same.
pub(super) fn notice_of_error(error: &str) -> Option<&'static str> {
    let found = ERRORS.iter().find(|(known, ..)| *known == error);
    found.and_then(|(known, _, shows)| shows.then_some(*known))
}

/// Reasons, by outcome as in `docs/log.md`.
const WORDS: [(&str, &str); 48] = [
    ("no_link", "it is no link, or a call without a token"),
    (
        "opened_call",
        "a person had opened the link of its token a short time before",
    ),
    ("opened_post", "a person had opened this link a short time before"),
    ("preflight", "it asks ahead for a call or POST that may pass (CORS)"),
    ("named_client", "the configuration names its client"),
    (
        "one_click_unsubscribe",
        "it is a one-click unsubscribe, which the link allows",
    ),
    ("observe", "its link's mode is `observe`"),
    (
        "adaptive",
        "its link's mode is `adaptive`, and nothing spoke for a machine",
    ),
    ("allowed_by_signature", "a signature lets it pass"),
    ("visit", "the page was shown"),
    ("no_ticket", "it is a POST that does not come from the page's form"),
    (
        "ticket_not_ours",
        "its page was not made by this gate, or its key is gone",
    ),
    ("ticket_expired", "its page was open for too long"),
    ("ticket_of_another_link", "its page belongs to another link"),
    ("ticket_spent", "its page was used before"),
    (
        "code_needed",
        "one press was not enough, so the next page asks for the code",
    ),
    ("code_missing", "no code was typed"),
    ("code_wrong", "a wrong code was typed"),
    ("code_too_soon", "a code was typed before the wait was over"),
    ("code_replaced", "a code was typed that had been replaced"),
    ("cross_site", "the POST came from another site's page"),
    ("fetched_ahead", "it says that it fetches ahead: nobody has pressed"),
    ("press", "one press was enough"),
    ("code", "the button was pressed, with the right code"),
    (
        "mark_and_press",
        "one press was enough: its browser had asked for the mail",
    ),
    ("mark", "opening it was enough: its browser had asked for the mail"),
    (
        "same_browser",
        "this browser had just opened it, or had asked for its mail",
    ),
    ("script", "the script of the page that asks for a press"),
    ("logo", "the pages' logo"),
    ("malformed", "its head can be read in more than one way, or is too long"),
    ("unknown_host", "its host is not among those that are served here"),
    ("refused_by_signature", "a signature refuses it"),
    ("ambiguous", "its address may mean a link, or may not"),
    ("token_shape", "the link's token was cut or changed on its way"),
    ("in_flight_limit", "too many requests were under way"),
    (
        "in_flight_limit_of_address",
        "too many requests of its address were under way",
    ),
    ("upstream_full", "all connections to the API were full"),
    ("method", "links do not know its method"),
    ("options", "it asks only which methods there are"),
    (
        "call_not_opened",
        "no person had opened the link of its token, or too long ago",
    ),
    ("call_unclear", "its body can't be checked for a token"),
    ("body_too_large", "its body is over the limit"),
    ("body_timeout", "its body did not arrive in time"),
    ("body_broken", "the client broke off its body"),
    (
        "opened_elsewhere",
        "another browser had opened the link a moment before",
    ),
    ("link_spent", "the link was sent before, and `once` is set"),
    (
        "used_once_full",
        "no more links can be remembered as sent, and its link has `once` set",
    ),
    (
        "answer_not_kept",
        "it repeats a press whose answer is too long to be kept",
    ),
];

/// Errors, and whether the notice of the same name is shown.
const ERRORS: [(&str, &str, bool); 9] = [
    ("link_invalid", "the API refused the link", true),
    (
        "link_used",
        "the API refused the link, which this browser had used before",
        true,
    ),
    (
        "link_used_elsewhere",
        "the API refused the link, which was used before by another browser or by its own word",
        true,
    ),
    ("link_expired", "the API refused the link, which is past its time", true),
    ("too_many_tries", "the API takes no more tries for now", true),
    ("upstream_unreachable", "the API could not be reached", false),
    ("upstream_timeout", "the API did not answer in time", false),
    ("upstream_broken", "the API broke off, or its answer was no HTTP", false),
    ("body_cut_off", "the answer did not reach the client whole", false),
];

/// What refusals show. Others show what hangs on more than their reason.
const NOTICES: [(&str, &str); 14] = [
    ("unknown_host", "unknown_host"),
    ("refused_by_signature", "visit_refused"),
    ("ambiguous", "bad_request"),
    ("token_shape", "link_incomplete"),
    ("in_flight_limit", "busy"),
    ("in_flight_limit_of_address", "busy"),
    ("upstream_full", "busy"),
    ("method", "method_not_allowed"),
    ("call_not_opened", "confirmation_required"),
    ("call_unclear", "call_refused"),
    ("body_too_large", "content_too_large"),
    ("body_timeout", "request_timeout"),
    ("body_broken", "bad_request"),
    ("opened_elsewhere", "opened_elsewhere"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Notice;

    /// The first words of the rows of a table in the log's page.
    fn rows(before: &str) -> Vec<&'static str> {
        let log = include_str!("../../../docs/log.md");
        let (_, rest) = log.split_once(before).unwrap();
        let rows = rest.lines().skip_while(|line| !line.starts_with('|')).skip(2);
        let rows = rows.take_while(|line| line.starts_with('|'));
        rows.filter_map(|row| row.split('`').nth(1)).collect()
    }

    #[test]
    fn every_reason_and_every_error_of_the_log_has_words() {
        for outcome in ["passed", "held", "confirmed", "served", "refused"] {
            let reasons = rows(&format!("Of `{outcome}`"));
            assert!(reasons.len() > 1, "{outcome}: {reasons:?}");
            for reason in reasons {
                assert!(!in_words(reason).is_empty(), "{reason}");
            }
        }
        let errors = rows("## Errors");
        assert!(errors.len() > 4);
        for error in errors {
            assert!(!error_in_words(error).is_empty(), "{error}");
        }
    }

    #[test]
    fn every_notice_that_is_named_is_one() {
        let shown = ERRORS.iter().filter(|(.., shows)| *shows).map(|(error, ..)| *error);
        for code in NOTICES.iter().map(|(_, code)| *code).chain(shown) {
            assert!(Notice::ALL.iter().any(|notice| notice.code() == code), "{code}");
        }
    }
}
