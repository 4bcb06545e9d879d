//! The words on the pages: all of one language in one place.

use super::notice::Notice;
use crate::gate::{Again, Trouble};

/// Everything that a language says.
#[derive(Debug)]
pub(super) struct Words {
    /// Language tag, BCP 47.
    pub(super) language: &'static str,
    /// Before a page's reference.
    pub(super) reference: &'static str,
    /// Label of the link to the sign-in page.
    pub(super) new_link: &'static str,
    /// Label of the link back to the held link's page.
    pub(super) try_again: &'static str,
    /// The page that holds a link.
    pub(super) hold: HoldWords,
    /// The same page where it asks for a code.
    pub(super) code: CodeWords,
    /// The notices, in the order of [`Notice::ALL`].
    pub(super) notices: [NoticeWords; Notice::ALL.len()],
}

impl Words {
    /// The words of `notice`.
    pub(super) fn notice(&self, notice: Notice) -> &NoticeWords {
        let words = &self.notices[notice as usize];
        debug_assert_eq!(words.notice, notice, "the notices stand in their order");
        words
    }
}

/// The page that holds a link.
#[derive(Debug)]
pub(super) struct HoldWords {
    /// Window title: neutral, without the site's or the link's name.
    pub(super) title: &'static str,
    /// Heading.
    pub(super) heading: &'static str,
    /// What to do, above the button.
    pub(super) text: &'static str,
    /// The button: what it does, and nothing that consent tools press.
    pub(super) action: &'static str,
    /// Why this page is there.
    pub(super) why: &'static str,
    /// What to do if the link is a surprise.
    pub(super) unasked: &'static str,
}

/// What the holding page says where it asks for a code.
#[derive(Debug)]
pub(super) struct CodeWords {
    /// What to do, above the field.
    pub(super) text: &'static str,
    /// The field's label; the digits follow it.
    pub(super) label: &'static str,
    /// Why a code is asked for.
    pub(super) why: &'static str,
    /// The press alone was not enough.
    pub(super) needed: &'static str,
    /// Nothing was typed.
    pub(super) missing: &'static str,
    /// A wrong code.
    pub(super) wrong: &'static str,
    /// A wrong code again: there is a wait.
    pub(super) wrong_again: &'static str,
    /// A wrong code: there is another one, and a wait.
    pub(super) wrong_and_replaced: &'static str,
    /// The wait was not over.
    pub(super) too_soon: &'static str,
    /// There is another code.
    pub(super) replaced: &'static str,
}

impl CodeWords {
    /// What was the matter with a press, as far as the code goes.
    pub(super) const fn trouble(&self, again: Again) -> Option<&'static str> {
        match again {
            Again::CodeNeeded => Some(self.needed),
            Again::Code { trouble, .. } => Some(match trouble {
                Trouble::Missing => self.missing,
                Trouble::Wrong => self.wrong,
                Trouble::WrongAgain => self.wrong_again,
                Trouble::WrongAndReplaced => self.wrong_and_replaced,
                Trouble::TooSoon => self.too_soon,
                Trouble::Replaced => self.replaced,
            }),
            _ => None,
        }
    }
}

/// A notice.
#[derive(Debug)]
pub(super) struct NoticeWords {
    /// Whose words these are.
    pub(super) notice: Notice,
    /// Heading and window title.
    pub(super) heading: &'static str,
    /// What happened.
    pub(super) what: &'static str,
    /// The way on.
    pub(super) way: &'static str,
}

const fn words(notice: Notice, heading: &'static str, what: &'static str, way: &'static str) -> NoticeWords {
    NoticeWords {
        notice,
        heading,
        what,
        way,
    }
}

/// English.
pub(super) static ENGLISH: Words = Words {
    language: "en",
    reference: "Reference:",
    new_link: "Send a new link",
    try_again: "Try again",
    hold: HoldWords {
        title: "Continue to sign in",
        heading: "One more step to sign in",
        text: "You opened a sign-in link. Press the button to use it.",
        action: "Continue to sign in",
        why: "Why this page? Mail programs sometimes open links by themselves. Yours stays unused until you press.",
        unasked: "If you didn't ask for this link, close this page.",
    },
    code: CodeWords {
        text: "You opened a sign-in link. Type the digits below and press the button to use it.",
        label: "Type these digits:",
        why: "Why digits? Programs sometimes open links from mails, and this visit looked a little like one. \
              Typing them shows that a person is here. Your link stays unused until then.",
        needed: "One thing more: please type the digits too.",
        missing: "Please type the digits first.",
        wrong: "These digits were not right. Please compare them and type them again.",
        wrong_again: "These digits were not right. Wait ten seconds, then type them again.",
        wrong_and_replaced: "The digits were not right, so here are new ones. Wait a few seconds, then type them.",
        too_soon: "That was a little too soon. Wait ten seconds, then press the button again.",
        replaced: "The digits have changed. Please type the new ones.",
    },
    notices: [
        words(
            Notice::LinkInvalid,
            "This link can't be used",
            "This sign-in link isn't valid.",
            "Request a fresh one to continue.",
        ),
        words(
            Notice::LinkUsed,
            "You have used this link already",
            "Each link works once, and this one has done its work in this browser.",
            "Look in your other tabs: you may be signed in already. If not, ask for a new link.",
        ),
        words(
            Notice::LinkUsedElsewhere,
            "This link was used already",
            "Each link works once. This one was used in another browser, perhaps inside your mail app.",
            "Look there first: you may be signed in. To sign in here, ask for a new link.",
        ),
        words(
            Notice::LinkExpired,
            "This link is too old",
            "Links work for a short time only, and this one's time is over.",
            "Ask for a new one to continue.",
        ),
        words(
            Notice::TooManyTries,
            "Too many tries",
            "The sign-in service takes no more tries for now.",
            "Wait a few minutes, then try again.",
        ),
        words(
            Notice::LinkIncomplete,
            "This link isn't complete",
            "It seems to have been cut or changed on its way to you.",
            "Copy the whole link from your mail into the address bar, or ask for a new one.",
        ),
        words(
            Notice::BadRequest,
            "This address can't be opened",
            "This address can't be opened as it is written.",
            "If it came by mail, open the link there again, or copy it whole.",
        ),
        words(
            Notice::OpenedElsewhere,
            "This link was just opened",
            "It was opened in another window or app a moment ago.",
            "Look there first: you may be signed in already. If that wasn't you, ask for a new link.",
        ),
        words(
            Notice::ConfirmationRequired,
            "Please open the link first",
            "The sign-in link behind this request has not been confirmed yet, or too long ago.",
            "Open the link from your mail and press the button there.",
        ),
        words(
            Notice::CallRefused,
            "This request can't be read",
            "It was sent in a form that can't be checked, so it was not passed on.",
            "Open the link from your mail again.",
        ),
        words(
            Notice::VisitRefused,
            "This link can't be opened here",
            "This site doesn't let this program or network open its links.",
            "Try another browser or network, or ask the site's help desk and name the reference below.",
        ),
        words(
            Notice::MethodNotAllowed,
            "This page can't be used that way",
            "Your browser or program asked in a way that this address doesn't know.",
            "Open the link from your mail again.",
        ),
        words(
            Notice::UnknownHost,
            "This site isn't here",
            "The name in the address belongs to no site on this server.",
            "Check the address for a typing mistake.",
        ),
        words(
            Notice::RequestTimeout,
            "That took too long",
            "Your request didn't arrive whole in time.",
            "Check your connection, go back and try again.",
        ),
        words(
            Notice::ContentTooLarge,
            "That's too much at once",
            "What was sent is larger than this address takes.",
            "Go back and send less.",
        ),
        words(
            Notice::TargetTooLong,
            "This address is too long",
            "It is longer than this server takes.",
            "If it came by mail, open the link there again.",
        ),
        words(
            Notice::ConfirmationNotSent,
            "Sign-in can't be reached right now",
            "The sign-in service isn't answering. Your link has not been used.",
            "Wait a moment, then try again.",
        ),
        words(
            Notice::ConfirmationUnknown,
            "Something went wrong on the way",
            "The sign-in service broke off, so we can't tell whether your link was used.",
            "You can try again. If the link no longer works, ask for a new one.",
        ),
        words(
            Notice::ConfirmationTimeout,
            "Sign-in is taking too long",
            "The sign-in service didn't answer in time, so we can't tell whether your link was used.",
            "You can try again. If the link no longer works, ask for a new one.",
        ),
        words(
            Notice::UpstreamDown,
            "This site can't be reached right now",
            "The service behind this page isn't answering.",
            "Wait a moment, then load the page again.",
        ),
        words(
            Notice::UpstreamBroken,
            "Something went wrong on the way",
            "The service behind this page broke off its answer.",
            "Wait a moment, then load the page again.",
        ),
        words(
            Notice::UpstreamSlow,
            "This is taking too long",
            "The service behind this page didn't answer in time.",
            "Wait a moment, then load the page again.",
        ),
        words(
            Notice::Busy,
            "Very busy right now",
            "More people than usual are here at once.",
            "Wait a moment, then load the page again.",
        ),
        words(
            Notice::Internal,
            "Something went wrong here",
            "This is our mistake, not yours.",
            "Wait a moment, then load the page again. If it stays, tell the site's support the reference below.",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_has_its_own_words() {
        for (words, notice) in ENGLISH.notices.iter().zip(Notice::ALL) {
            assert_eq!(words.notice, notice);
            for sentence in [words.what, words.way] {
                assert!(sentence.ends_with('.'), "{notice:?}: {sentence}");
            }
            assert!(!words.heading.is_empty() && !words.heading.ends_with('.'), "{notice:?}");
        }
    }

    #[test]
    fn an_invalid_link_says_the_agreed_sentence() {
        let words = ENGLISH.notice(Notice::LinkInvalid);
        assert_eq!(
            format!("{} {}", words.what, words.way),
            "This sign-in link isn't valid. Request a fresh one to continue."
        );
    }

    #[test]
    fn no_button_is_one_that_consent_tools_press() {
        for label in [ENGLISH.hold.action, ENGLISH.new_link, ENGLISH.try_again] {
            for word in ["accept", "agree", "allow", "ok"] {
                assert!(!label.to_lowercase().split(' ').any(|w| w == word), "{label}");
            }
        }
    }
}
