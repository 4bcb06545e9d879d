//! What programs get instead of a page.

use bytes::Bytes;
use serde::Serialize;

use crate::time::Timestamp;

/// Where each error code is explained, as a heading of its own name.
pub const ERROR_DOCS: &str = "https://github.com/linklatch/linklatch/blob/main/docs/errors.md";

/// Content-Type of an envelope.
pub const ENVELOPE_TYPE: &str = "application/json";

#[derive(Serialize)]
struct Envelope<'a> {
    success: bool,
    error: &'a str,
    message: &'a str,
    details: [(); 0],
    retry_after: Option<u64>,
    doc_url: String,
    request_id: &'a str,
    timestamp: String,
}

/// A refusal as JSON; `retry_after` is in seconds.
#[must_use]
#[expect(clippy::expect_used, reason = "text and numbers always make JSON")]
pub fn envelope(code: &str, message: &str, retry_after: Option<u64>, request_id: &str, now: Timestamp) -> Bytes {
    let envelope = Envelope {
        success: false,
        error: code,
        message,
        details: [],
        retry_after,
        doc_url: format!("{ERROR_DOCS}#{code}"),
        request_id,
        timestamp: now.to_string(),
    };
    serde_json::to_vec(&envelope).expect("an envelope is JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Notice;

    const NOW: Timestamp = Timestamp::from_millis(1_764_115_200_123);

    #[test]
    fn an_envelope_has_exactly_its_fields_in_their_order() {
        let notice = Notice::ConfirmationRequired;
        let body = envelope(notice.code(), notice.message(), None, "req_01", NOW);
        assert_eq!(
            body,
            concat!(
                r#"{"success":false,"error":"confirmation_required","#,
                r#""message":"A person has to open the link in a browser and confirm it first.","details":[],"#,
                r#""retry_after":null,"#,
                r#""doc_url":"https://github.com/linklatch/linklatch/blob/main/docs/errors.md#confirmation_required","#,
                r#""request_id":"req_01","timestamp":"2025-11-26T00:00:00.123Z"}"#
            )
        );
    }

    #[test]
    fn a_wait_is_in_seconds_and_text_is_escaped() {
        let body = envelope("busy", "a \"quoted\" word", Some(3), "req_01", NOW);
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["retry_after"], 3);
        assert_eq!(json["message"], "a \"quoted\" word");
    }

    #[test]
    fn every_code_is_explained_and_no_other() {
        let docs = include_str!("../../docs/errors.md");
        let mut explained: Vec<_> = docs.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let mut codes = Notice::ALL.map(Notice::code);
        explained.sort_unstable();
        codes.sort_unstable();
        assert_eq!(explained, codes);
    }
}
