//! The operator's logo and page.

use std::path::Path;

use super::Work;
use crate::brand::{Brand, Logo, PageTemplate};
use crate::config::raw::RawPage;
use crate::config::validate::net;
use crate::diag::Span;
use crate::diag::read::At;

impl Work<'_> {
    /// Reads the files that `[page]` names into the brand.
    pub(super) fn brand(&mut self, raw: &RawPage) -> Brand {
        Brand {
            logo: raw.logo.as_ref().and_then(|at| self.logo(at)),
            template: raw.template.as_ref().and_then(|at| self.template(at)),
            ..Brand::default()
        }
    }

    fn logo(&mut self, at: &At<String>) -> Option<Logo> {
        let path = net::path(at, self.base);
        let content = self.watched.bytes(&path, Logo::LIMIT);
        let content = content
            .map_err(|reason| self.unreadable(&path, at.span, &reason))
            .ok()?;
        let logo = Logo::new(content);
        if logo.is_none() {
            let message = format!("`{}` is no picture that every browser shows", at.value);
            let help =
                "name an SVG, PNG, WebP or JPEG file; an SVG begins with <svg xmlns=\"http://www.w3.org/2000/svg\"";
            self.diagnostics.error("logo-invalid", at.span, message, help);
        }
        logo
    }

    fn template(&mut self, at: &At<String>) -> Option<PageTemplate> {
        let path = net::path(at, self.base);
        let text = self.watched.text(&path, PageTemplate::LIMIT);
        let text = text.map_err(|reason| self.unreadable(&path, at.span, &reason)).ok()?;
        let file = self.sources.add(path.display().to_string(), text.as_str());
        PageTemplate::read(file, &self.sources, &mut self.diagnostics)
    }

    fn unreadable(&mut self, path: &Path, span: Span, reason: &str) {
        let help = "a path is seen from the folder of the configuration file, and must be readable for this user";
        let message = format!("can't read `{}`: {reason}", path.display());
        self.diagnostics.error("file-unreadable", span, message, help);
    }
}
