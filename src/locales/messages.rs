//! The messages that a language has texts for.

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Its name in files.
    pub(super) id: &'static str,
    /// The variables that its text must hold, each.
    pub(super) holds: &'static [&'static str],
}

/// The variable that tells what a link is for, in any message.
pub(super) const PURPOSE: &str = "purpose";

const fn plain(id: &'static str) -> Message {
    Message { id, holds: &[] }
}

macro_rules! messages {
    ($($id:literal $([$held:literal])?,)* ; $($notice:literal,)*) => {
        /// All of them, in the order of the English file.
        pub(super) static MESSAGES: &[Message] = &[
            $(messages!(@ $id $($held)?),)*
            $(
                plain(concat!($notice, "-heading")),
                plain(concat!($notice, "-what")),
                plain(concat!($notice, "-way")),
            )*
        ];
    };
    (@ $id:literal) => { plain($id) };
    (@ $id:literal $held:literal) => { Message { id: $id, holds: &[$held] } };
}

messages! {
    "language-name",
    "language",
    "language-change",
    "reference" ["reference"],
    "new-link",
    "try-again",
    "hold-title",
    "hold-heading",
    "hold-text",
    "hold-action",
    "hold-why",
    "hold-unasked",
    "code-text",
    "code-label",
    "code-why",
    "code-needed",
    "code-missing",
    "code-wrong",
    "code-wrong-again",
    "code-wrong-and-replaced",
    "code-too-soon",
    "code-replaced",
    "app-note",
    "app-open",
    "app-copy",
    "app-copied",
    ;
    "link-invalid",
    "link-used",
    "link-used-elsewhere",
    "link-expired",
    "too-many-tries",
    "link-incomplete",
    "bad-request",
    "opened-elsewhere",
    "confirmation-required",
    "call-refused",
    "visit-refused",
    "method-not-allowed",
    "unknown-host",
    "request-timeout",
    "content-too-large",
    "target-too-long",
    "confirmation-not-sent",
    "confirmation-unknown",
    "confirmation-timeout",
    "upstream-down",
    "upstream-broken",
    "upstream-slow",
    "busy",
    "internal",
}

/// The place of a message in [`MESSAGES`].
pub(super) fn position(id: &str) -> Option<usize> {
    MESSAGES.iter().position(|message| message.id == id)
}
