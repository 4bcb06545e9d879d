//! The languages of the pages: their texts, from Fluent files, and which one a browser gets.

mod choice;
mod compile;
mod file;
mod messages;
mod shipped;
mod tag;

use std::sync::{Arc, LazyLock};

use smallvec::SmallVec;

pub use self::compile::{SourceFile, lay_over};
pub(crate) use self::tag::canonical;

/// What a link is for, as far as its pages speak of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It signs a person in.
    #[default]
    SignIn,
    /// It confirms an email address.
    VerifyEmail,
    /// Anything else.
    Other,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::VerifyEmail, Self::Other];

    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::VerifyEmail => "verify-email",
            Self::Other => "other",
        }
    }

    /// The purpose of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// A language's place among those of its [`Locales`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(pub(crate) usize);

/// One language, ready to be spoken.
#[derive(Clone, Debug)]
pub struct Locale {
    tag: Arc<str>,
    /// By message and purpose.
    texts: Vec<[Arc<str>; Purpose::ALL.len()]>,
}

impl Locale {
    /// Its tag, BCP 47.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_rtl(&self) -> bool {
        tag::is_rtl(&self.tag)
    }

    /// The text of a message; variables stand in it as [`variable`] writes them.
    #[must_use]
    pub fn text(&self, id: &str, purpose: Purpose) -> &Arc<str> {
        static NONE: LazyLock<Arc<str>> = LazyLock::new(|| "".into());
        let texts = messages::position(id).and_then(|at| self.texts.get(at));
        debug_assert!(texts.is_some(), "no message is called {id}");
        texts.map_or(&*NONE, |texts| &texts[purpose as usize])
    }
}

/// How the place of a variable is marked in a text.
#[must_use]
pub fn variable(name: &str) -> String {
    file::mark(name)
}

/// The languages of one configuration, and the one for whoever wishes for none of them.
#[derive(Clone, Debug)]
pub struct Locales {
    languages: Vec<Arc<Locale>>,
    default: Language,
}

impl Locales {
    /// The languages that come along, English first in doubt.
    #[must_use]
    pub fn shipped() -> Self {
        static SHIPPED: LazyLock<Locales> = LazyLock::new(compile::shipped);
        SHIPPED.clone()
    }

    /// All of them, in the order in which they are offered.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Locale> {
        self.languages.iter().map(|locale| &**locale)
    }

    /// The language for whoever wishes for none of them.
    #[must_use]
    pub const fn default(&self) -> Language {
        self.default
    }

    /// Makes the language of a tag the default. Whether there is one.
    pub fn set_default(&mut self, tag: &str) -> bool {
        let found = canonical(tag).and_then(|tag| self.named(&tag));
        self.default = found.unwrap_or(self.default);
        found.is_some()
    }

    /// The language of just this tag.
    #[must_use]
    pub fn named(&self, tag: &str) -> Option<Language> {
        self.iter()
            .position(|locale| tag::is_same(&locale.tag, tag))
            .map(Language)
    }

    /// The language that an Accept-Language field wishes for most.
    #[must_use]
    pub fn choose(&self, accept_language: &str) -> Language {
        if accept_language.is_empty() {
            return self.default;
        }
        let tags: SmallVec<[&str; 32]> = self.iter().map(Locale::tag).collect();
        Language(choice::choose(accept_language, &tags, self.default.0))
    }
}

#[cfg(test)]
mod tests;
