//! What the gate answers where it does not pass: code, status and way on of each notice.

use http::StatusCode;

/// A reason why the gate answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The upstream refused a confirmed link.
    LinkInvalid,
    /// The upstream refused a confirmed link that this browser had confirmed before.
    LinkUsed,
    /// The upstream refused a confirmed link that another browser had confirmed before.
    LinkUsedElsewhere,
    /// The upstream refused a confirmed link that is past its time.
    LinkExpired,
    /// The upstream takes no more confirmations for now.
    TooManyTries,
    /// A link was cut or changed on its way.
    LinkIncomplete,
    /// A target or head that two parsers could read differently.
    BadRequest,
    /// Another browser confirmed the link a moment ago.
    OpenedElsewhere,
    /// A program's visit, or a call without its opening.
    ConfirmationRequired,
    /// A call whose body can't be judged.
    CallRefused,
    /// A visit that a signature of the operator's refuses.
    VisitRefused,
    /// A method that a link or a page of the gate does not know.
    MethodNotAllowed,
    /// A host that is not served.
    UnknownHost,
    /// A request that did not arrive whole in time.
    RequestTimeout,
    /// A body over the limit.
    ContentTooLarge,
    /// A target over the limit.
    TargetTooLong,
    /// A confirmation of which certainly no byte was sent.
    ConfirmationNotSent,
    /// A confirmation that broke off after a byte may have been sent.
    ConfirmationUnknown,
    /// A confirmation that was sent and not answered in time.
    ConfirmationTimeout,
    /// No connection to the upstream.
    UpstreamDown,
    /// The upstream broke off or answered nonsense.
    UpstreamBroken,
    /// The upstream did not answer in time.
    UpstreamSlow,
    /// Too much at once.
    Busy,
    /// A fault of the gate.
    Internal,
}

/// The action that a notice's page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Only words.
    None,
    /// The sign-in page, where the operator named it.
    NewLink,
    /// The page's own address, fetched anew.
    TryAgain,
}

struct Facts {
    notice: Notice,
    code: &'static str,
    status: StatusCode,
    action: Action,
    message: &'static str,
}

impl Notice {
    /// Every notice, in the order of its declaration.
    pub const ALL: [Self; FACTS.len()] = {
        let mut all = [Self::Internal; FACTS.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = FACTS[at].notice;
            at += 1;
        }
        all
    };

    /// What programs know it by: the envelope's `error`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.facts().code
    }

    /// The status it is answered with; an invalid link has the upstream's own instead, where there is one.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.facts().status
    }

    /// One sentence for programs and those who write them.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.facts().message
    }

    pub(super) fn action(self) -> Action {
        self.facts().action
    }

    fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }
}

const fn facts(notice: Notice, code: &'static str, status: StatusCode, action: Action, message: &'static str) -> Facts {
    Facts {
        notice,
        code,
        status,
        action,
        message,
    }
}

static FACTS: [Facts; 24] = [
    facts(
        Notice::LinkInvalid,
        "link_invalid",
        StatusCode::BAD_REQUEST,
        Action::NewLink,
        "The link is not valid, or no longer. Ask for a new one.",
    ),
    facts(
        Notice::LinkUsed,
        "link_used",
        StatusCode::GONE,
        Action::NewLink,
        "The link was used before, by this client. Ask for a new one.",
    ),
    facts(
        Notice::LinkUsedElsewhere,
        "link_used_elsewhere",
        StatusCode::GONE,
        Action::NewLink,
        "The link was used before, by another client. Ask for a new one.",
    ),
    facts(
        Notice::LinkExpired,
        "link_expired",
        StatusCode::GONE,
        Action::NewLink,
        "The link is past its time. Ask for a new one.",
    ),
    facts(
        Notice::TooManyTries,
        "too_many_tries",
        StatusCode::TOO_MANY_REQUESTS,
        Action::TryAgain,
        "The upstream takes no more tries for now. Wait, then try again.",
    ),
    facts(
        Notice::LinkIncomplete,
        "link_incomplete",
        StatusCode::BAD_REQUEST,
        Action::NewLink,
        "The link was cut or changed on its way. Use the whole link as it stands in the mail.",
    ),
    facts(
        Notice::BadRequest,
        "bad_request",
        StatusCode::BAD_REQUEST,
        Action::None,
        "The request can be read in more than one way. Send the address in its plain spelling.",
    ),
    facts(
        Notice::OpenedElsewhere,
        "opened_elsewhere",
        StatusCode::CONFLICT,
        Action::NewLink,
        "The link was confirmed by another client a moment ago.",
    ),
    facts(
        Notice::ConfirmationRequired,
        "confirmation_required",
        StatusCode::FORBIDDEN,
        Action::None,
        "A person has to open the link in a browser and confirm it first.",
    ),
    facts(
        Notice::CallRefused,
        "call_refused",
        StatusCode::FORBIDDEN,
        Action::None,
        "The body can't be checked for a token. Send it whole, uncompressed, as JSON or a form, with each field once.",
    ),
    facts(
        Notice::VisitRefused,
        "visit_refused",
        StatusCode::FORBIDDEN,
        Action::None,
        "This site does not let this program or network open its links. Use another, or ask the site with the request id.",
    ),
    facts(
        Notice::MethodNotAllowed,
        "method_not_allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        Action::None,
        "The method is not known here. The Allow header names those that are.",
    ),
    facts(
        Notice::UnknownHost,
        "unknown_host",
        StatusCode::MISDIRECTED_REQUEST,
        Action::None,
        "The host is not served here. Check the address and the DNS entry.",
    ),
    facts(
        Notice::RequestTimeout,
        "request_timeout",
        StatusCode::REQUEST_TIMEOUT,
        Action::None,
        "The request did not arrive whole in time. Send it again.",
    ),
    facts(
        Notice::ContentTooLarge,
        "content_too_large",
        StatusCode::PAYLOAD_TOO_LARGE,
        Action::None,
        "The body is larger than this address takes.",
    ),
    facts(
        Notice::TargetTooLong,
        "target_too_long",
        StatusCode::URI_TOO_LONG,
        Action::None,
        "The path and query are longer than this server takes.",
    ),
    facts(
        Notice::ConfirmationNotSent,
        "confirmation_not_sent",
        StatusCode::BAD_GATEWAY,
        Action::TryAgain,
        "The upstream can't be reached. The link was not used: try again.",
    ),
    facts(
        Notice::ConfirmationUnknown,
        "confirmation_unknown",
        StatusCode::BAD_GATEWAY,
        Action::TryAgain,
        "The upstream broke off. Whether the link was used is not known.",
    ),
    facts(
        Notice::ConfirmationTimeout,
        "confirmation_timeout",
        StatusCode::GATEWAY_TIMEOUT,
        Action::TryAgain,
        "The upstream did not answer in time. Whether the link was used is not known.",
    ),
    facts(
        Notice::UpstreamDown,
        "upstream_down",
        StatusCode::BAD_GATEWAY,
        Action::None,
        "The upstream can't be reached. Nothing was sent to it: try again.",
    ),
    facts(
        Notice::UpstreamBroken,
        "upstream_broken",
        StatusCode::BAD_GATEWAY,
        Action::None,
        "The upstream broke off or sent an answer that is not HTTP.",
    ),
    facts(
        Notice::UpstreamSlow,
        "upstream_slow",
        StatusCode::GATEWAY_TIMEOUT,
        Action::None,
        "The upstream did not answer in time.",
    ),
    facts(
        Notice::Busy,
        "busy",
        StatusCode::SERVICE_UNAVAILABLE,
        Action::None,
        "Too much at once. Try again shortly.",
    ),
    facts(
        Notice::Internal,
        "internal",
        StatusCode::INTERNAL_SERVER_ERROR,
        Action::None,
        "A fault of the gate. Its log has more under the request id.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (at, notice) in Notice::ALL.into_iter().enumerate() {
            assert_eq!(notice as usize, at, "{notice:?}");
        }
        assert_eq!(Notice::Internal as usize + 1, Notice::ALL.len());
    }

    #[test]
    fn codes_are_plain_and_each_its_own() {
        let mut codes: Vec<_> = Notice::ALL.iter().map(|n| n.code()).collect();
        assert!(
            codes
                .iter()
                .all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        );
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Notice::ALL.len());
    }

    #[test]
    fn a_notice_is_never_a_success() {
        assert!(
            Notice::ALL
                .iter()
                .all(|n| n.status().is_client_error() || n.status().is_server_error())
        );
    }
}
