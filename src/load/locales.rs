//! Languages: the shipped ones, and the files of the operator's folder laid over them.

use std::path::{Path, PathBuf};

use super::{Work, folder};
use crate::config::raw::RawPage;
use crate::config::validate::net;
use crate::diag::suggest::nearest;
use crate::diag::{Diagnostics, Span};
use crate::locales::{Locale, Locales, SourceFile, canonical, lay_over};

impl Work<'_> {
    /// Reads what `[page]` says of languages.
    pub(super) fn locales(&mut self, raw: &RawPage) -> Locales {
        let mut locales = match &raw.locales {
            Some(at) => {
                let files = self.locale_files(&net::path(at, self.base), at.span);
                lay_over(&files, &self.sources, &mut self.diagnostics)
            }
            None => Locales::shipped(),
        };
        if let Some(at) = &raw.language
            && !locales.set_default(&at.value)
        {
            let known: Vec<_> = locales.iter().map(Locale::tag).collect();
            let help = match nearest(&at.value, known.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!(
                    "there are {}; a file adds one: [page] locales = \"locales\"",
                    known.join(", ")
                ),
            };
            let message = format!("no texts are there for the language `{}`", at.value);
            self.diagnostics.error("unknown-language", at.span, message, help);
        }
        locales
    }

    fn locale_files(&mut self, folder: &Path, span: Span) -> Vec<SourceFile> {
        self.watched.add(folder);
        let mut files: Vec<SourceFile> = Vec::new();
        for path in listed(folder, span, &mut self.diagnostics) {
            let name = path.display().to_string();
            let text = match self.watched.text(&path, super::MIB) {
                Ok(text) => text,
                Err(reason) => {
                    let help = "make it readable for this user, or move it away";
                    self.diagnostics
                        .error("file-unreadable", None, format!("can't read `{name}`: {reason}"), help);
                    continue;
                }
            };
            let file = self.sources.add(name, text.as_str());
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let start = Span::new(file, 0..0);
            let Some(tag) = canonical(stem) else {
                let help = "name it after its language, as browsers ask for it: de.ftl, pt-BR.ftl, zh-TW.ftl";
                let message = format!("`{stem}` is no language's tag");
                self.diagnostics.error("locale-name-invalid", start, message, help);
                continue;
            };
            if files.iter().any(|known| known.tag == tag) {
                let message = format!("another file is for the language `{tag}` too");
                self.diagnostics.error(
                    "locale-name-invalid",
                    start,
                    message,
                    "put all its texts into one of the two",
                );
                continue;
            }
            files.push(SourceFile { tag, file });
        }
        files
    }
}

/// The Fluent files of a folder, by name.
fn listed(folder: &Path, span: Span, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    match folder::files(folder, "ftl") {
        Ok(files) => files,
        Err(error) => {
            let message = format!("can't read the folder `{}`: {}", folder.display(), super::plain(&error));
            let help = "name the folder in which your language files stand, seen from the configuration file's folder";
            diagnostics.error("folder-unreadable", span, message, help);
            Vec::new()
        }
    }
}
