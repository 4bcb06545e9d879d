//! The reasons of held and confirmed requests, in words.

/// What a log's reason says; empty for those that say it themselves.
pub(super) fn in_words(reason: &str) -> &'static str {
    match reason {
        "visit" => "the page was shown",
        "no_ticket" => "a POST that does not come from the page's form",
        "ticket_not_ours" => "its page was not made by this gate, or its key is gone",
        "ticket_expired" => "its page was open for too long",
        "ticket_of_another_link" => "its page belongs to another link",
        "ticket_spent" => "its page was used before",
        "code_needed" => "one press was not enough, so the next page asks for the code",
        "code_missing" => "no code was typed",
        "code_wrong" => "a wrong code was typed",
        "code_too_soon" => "a code was typed before the wait was over",
        "code_replaced" => "a code was typed that had been replaced",
        "cross_site" => "the POST came from another site's page",
        "fetched_ahead" => "it says that it fetches ahead: nobody has pressed",
        "press" => "one press was enough",
        "code" => "pressed, with the right code",
        "mark_and_press" => "one press was enough: its browser had asked for the mail",
        "mark" => "opening it was enough: its browser had asked for the mail",
        "same_browser" => "this browser had just confirmed it",
        "observe" => "its link's mode is `observe`",
        "adaptive" => "its link's mode is `adaptive`, and nothing spoke for a machine",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_a_page_or_a_press_has_words() {
        let log = include_str!("../../../docs/log.md");
        for outcome in ["Of `held`", "Of `confirmed`"] {
            let (_, rest) = log.split_once(outcome).unwrap();
            let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|')).skip(2);
            let reasons: Vec<_> = rows.filter_map(|row| row.split('`').nth(1)).collect();
            assert!(reasons.len() > 4, "{outcome}: {reasons:?}");
            for reason in reasons {
                assert!(!in_words(reason).is_empty(), "{reason}");
            }
        }
    }
}
