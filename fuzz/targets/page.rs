//! What operators write for people: page templates, which begin with `<`, and language files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linklatch::brand::PageTemplate;
use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::fuzzing::page_template;
use linklatch::locales::{Locales, Purpose, SourceFile, lay_over};
use linklatch_fuzz::check_problems;

fuzz_target!(|text: &str| {
    if text.starts_with('<') {
        template(text);
    } else {
        language(text);
    }
});

/// A page that is fine is fine again, and runs nothing.
fn template(text: &str) {
    let read = page_template(text);
    check_problems(&read.diagnostics, &read.sources);
    assert_eq!(read.value.is_some(), !read.diagnostics.has_errors());
    let Some(page) = read.value else { return };
    let again = page_template(page.text()).value;
    assert_eq!(again.as_ref().map(PageTemplate::text), Some(page.text()));
    let lower = page.text().to_ascii_lowercase();
    for bad in ["<script", "<iframe", "<object", "<base", "javascript:", "<!--"] {
        assert!(!lower.contains(bad), "{bad}");
    }
}

/// A language of the operator's own, and German reworded.
fn language(text: &str) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let files = ["de", "eo"].map(|tag| SourceFile {
        tag: tag.to_owned(),
        file: sources.add(format!("{tag}.ftl"), text),
    });
    let locales = lay_over(&files, &sources, &mut diagnostics);
    check_problems(&diagnostics, &sources);
    assert_eq!(locales.iter().len(), Locales::shipped().iter().len() + 1);
    for tag in ["de", "eo"] {
        let locale = locales
            .iter()
            .find(|locale| locale.tag() == tag)
            .expect("it was laid over");
        for purpose in Purpose::ALL {
            for id in ["hold-title", "hold-action", "reference"] {
                let said = locale.text(id, purpose);
                // With an error nothing is started, and no text is too long without one.
                assert!(
                    diagnostics.has_errors() || (1..=2000).contains(&said.len()),
                    "{id}: {said}"
                );
            }
        }
    }
}
