//! From files to languages: the shipped ones, and the operator's laid over them message by message.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::file::{Kind, LONGEST, Layers, Texts, Wrong, mark, range};
use super::messages::{MESSAGES, Message, PURPOSE, position};
use super::shipped::{ENGLISH, SHIPPED, file};
use super::{Language, Locale, Locales, Purpose};
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, FileId, SourceMap, Span};

/// A file of the operator's.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its language's tag, in the spelling that is compared.
    pub tag: String,
    /// Its text.
    pub file: FileId,
}

/// The languages that come along.
pub(super) fn shipped() -> Locales {
    let (english, _) = Texts::read(file(ENGLISH).unwrap_or_default());
    let languages = SHIPPED.iter().map(|(tag, text)| {
        let (own, _) = Texts::read(text);
        Arc::new(locale(tag, Layers(&[&own, &english])))
    });
    let languages: Vec<_> = languages.collect();
    let default = languages.iter().position(|locale| &*locale.tag == ENGLISH);
    Locales {
        default: Language(default.unwrap_or_default()),
        languages,
    }
}

/// The shipped languages with `files` over them. What is wrong is in `diagnostics`.
pub fn lay_over(files: &[SourceFile], sources: &SourceMap, diagnostics: &mut Diagnostics) -> Locales {
    let mut locales = Locales::shipped();
    let read = |source: &SourceFile| Texts::read(sources.text(source.file));
    let (shipped_english, _) = Texts::read(file(ENGLISH).unwrap_or_default());
    let own_english = files.iter().find(|source| source.tag == ENGLISH);
    let own_english = own_english.map(|source| read(source).0).unwrap_or_default();
    for source in files {
        let (own, wrong) = read(source);
        let (base, _) = Texts::read(file(&source.tag).unwrap_or_default());
        let layers = [&own, &base, &own_english, &shipped_english];
        let layers = Layers(&layers);
        let mut check = Check {
            file: source.file,
            sources,
            diagnostics: &mut *diagnostics,
            told: BTreeSet::new(),
        };
        wrong.into_iter().for_each(|wrong| check.wrong(&wrong, None));
        check.entries(&own, layers);
        if file(&source.tag).is_none() {
            check.missing(&own);
        }
        let locale = Arc::new(locale(&source.tag, layers));
        match locales.named(&source.tag) {
            Some(Language(at)) => locales.languages[at] = locale,
            None => locales.languages.push(locale),
        }
    }
    locales
}

fn locale(tag: &str, layers: Layers<'_, '_>) -> Locale {
    let texts = MESSAGES.iter().map(|message| {
        let text = |purpose| -> Arc<str> {
            let text = layers.text(message.id, message.holds, purpose);
            text.and_then(Result::ok).unwrap_or_default().into()
        };
        let first = text(Purpose::SignIn);
        // Most texts are the same for all.
        let other = |purpose| {
            Some(text(purpose))
                .filter(|text| *text != first)
                .unwrap_or_else(|| Arc::clone(&first))
        };
        [Arc::clone(&first), other(Purpose::VerifyEmail), other(Purpose::Other)]
    });
    Locale {
        tag: tag.into(),
        texts: texts.collect(),
    }
}

/// One file while it is checked.
struct Check<'c> {
    file: FileId,
    sources: &'c SourceMap,
    diagnostics: &'c mut Diagnostics,
    /// Places that were spoken of: one text is read for several purposes.
    told: BTreeSet<Span>,
}

impl Check<'_> {
    fn entries(&mut self, own: &Texts<'_>, layers: Layers<'_, '_>) {
        for (name, place) in own.entries() {
            let known = position(name).and_then(|at| MESSAGES.get(at));
            if known.is_none() && !name.starts_with('-') {
                let help = match nearest(name, MESSAGES.iter().map(|message| message.id)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => {
                        "the names are those of config/locales/en.ftl; a term of your own begins with `-`".to_owned()
                    }
                };
                let span = self.span(place);
                self.diagnostics
                    .error("unknown-message", span, format!("no message is called `{name}`"), help);
                continue;
            }
            // A term may stand in any message.
            let any: Vec<_> = MESSAGES.iter().flat_map(|message| message.holds).copied().collect();
            let holds = known.map_or(&*any, |message| message.holds);
            for purpose in Purpose::ALL {
                match layers.text(name, holds, purpose) {
                    Some(Ok(text)) => self.text(name, place, known, &text),
                    Some(Err(wrong)) => self.wrong(&wrong, Some((place, holds))),
                    None => {}
                }
            }
        }
    }

    /// What is wrong with a text that can be read.
    fn text(&mut self, name: &str, place: &str, message: Option<&Message>, text: &str) {
        let span = self.span(place);
        if self.told.contains(&span) {
            return;
        }
        let mut problem = |code, says: String, help: &str| {
            self.told.insert(span);
            self.diagnostics.error(code, span, says, help);
        };
        if text.len() > LONGEST {
            let says = format!("`{name}` is longer than {LONGEST} bytes");
            problem("text-invalid", says, "write less: people read a line or two");
        } else if text.trim().is_empty() {
            problem(
                "text-invalid",
                format!("`{name}` says nothing"),
                "write a text, or remove the message",
            );
        } else if let Some(held) = message.and_then(|m| m.holds.iter().find(|held| !text.contains(&mark(held)))) {
            let help = format!("write {{ ${held} }} where it is to stand");
            problem("missing-placeholder", format!("`{name}` lacks `{{ ${held} }}`"), &help);
        } else if has_markup(text) {
            self.told.insert(span);
            let help = "write plain text: a tag or an entity is shown as it is written";
            self.diagnostics
                .warning("markup-in-text", span, format!("`{name}` holds markup"), help);
        }
    }

    /// Something that can't be read; `entry` is where it was come upon, and the variables that may stand there.
    fn wrong(&mut self, wrong: &Wrong<'_>, entry: Option<(&str, &[&'static str])>) {
        let within = range(self.sources.text(self.file), wrong.place).is_some();
        let span = self.span(if within {
            wrong.place
        } else {
            entry.map_or("", |(place, _)| place)
        });
        if !self.told.insert(span) {
            return;
        }
        let (code, says, help) = described(wrong, entry.map_or(&[], |(_, holds)| holds));
        self.diagnostics.error(code, span, says, help);
    }

    /// What a language of the operator's own lacks.
    fn missing(&mut self, own: &Texts<'_>) {
        let written: BTreeSet<_> = own.entries().map(|(name, _)| name).collect();
        let missing: Vec<_> = MESSAGES
            .iter()
            .map(|m| m.id)
            .filter(|id| !written.contains(id))
            .collect();
        let Some((first, more)) = missing.split_first() else {
            return;
        };
        let mut says = format!("the language lacks `{first}`");
        for id in more.iter().take(NAMED - 1) {
            says += &format!(", `{id}`");
        }
        if missing.len() > NAMED {
            says += &format!(" and {} more", missing.len() - NAMED);
        }
        let span = Span::new(self.file, 0..0);
        let help = "English stands in; write them: config/locales/en.ftl has all";
        self.diagnostics.warning("missing-text", span, says, help);
    }

    fn span(&self, part: &str) -> Span {
        let range = range(self.sources.text(self.file), part).unwrap_or_default();
        Span::new(self.file, range)
    }
}

/// Code, message and remedy; `holds` are the variables that may stand there.
fn described(wrong: &Wrong<'_>, holds: &[&'static str]) -> (&'static str, String, String) {
    let place = wrong.place;
    match &wrong.kind {
        Kind::Syntax(says) => (
            "syntax",
            says.clone(),
            "write `name = text`; further lines of a text are indented; a plain brace is {\"{\"}".to_owned(),
        ),
        Kind::Twice => (
            "duplicate-message",
            format!("`{place}` stands here twice"),
            "keep one of the two".to_owned(),
        ),
        Kind::Attributes => (
            "text-invalid",
            format!("`.{place}` is an attribute, and no message has any"),
            "write a message of its own: name = text".to_owned(),
        ),
        Kind::Variable => (
            "unknown-placeholder",
            format!("`${place}` can't stand here"),
            variable_help(place, holds),
        ),
        Kind::Reference => (
            "unknown-message",
            format!("`{place}` is referred to and not there"),
            "write it, or remove the reference".to_owned(),
        ),
        Kind::Variant => (
            "unknown-variant",
            format!("`{place}` is no purpose of a link"),
            variant_help(place),
        ),
        Kind::TooMuch => (
            "text-invalid",
            "functions, attributes and arguments are not understood here".to_owned(),
            "texts may hold variables, terms, and variants of $purpose".to_owned(),
        ),
        Kind::TooLong => (
            "text-invalid",
            format!("`{place}` makes the text endless, or very long"),
            "a text must not refer to itself, not through others either".to_owned(),
        ),
    }
}

fn variable_help(written: &str, holds: &[&'static str]) -> String {
    let meant = nearest(written, holds.iter().copied().chain([PURPOSE])).filter(|meant| *meant != written);
    match meant {
        Some(meant) => format!("did you mean `${meant}`?"),
        None if holds.is_empty() => "this message holds none; `$purpose` can only choose between variants".to_owned(),
        None => {
            let known: Vec<_> = holds.iter().map(|name| format!("{{ ${name} }}")).collect();
            format!("known here: {}", known.join(", "))
        }
    }
}

fn variant_help(written: &str) -> String {
    let words = Purpose::ALL.map(Purpose::as_str);
    nearest(written, words).map_or_else(
        || format!("the purposes are {}", words.join(", ")),
        |meant| format!("did you mean `[{meant}]`?"),
    )
}

/// Whether a text would be read as HTML, if it were not escaped.
fn has_markup(text: &str) -> bool {
    let tag = text.match_indices('<').any(|(at, _)| {
        let next = text[at + 1..].chars().next();
        next.is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '!')
    });
    let entity = text.match_indices('&').any(|(at, _)| {
        let name = text[at + 1..].split(';').next().unwrap_or_default();
        let ends = text[at + 1 + name.len()..].starts_with(';');
        ends && !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
    });
    tag || entity
}

/// Missing texts that are named.
const NAMED: usize = 5;
