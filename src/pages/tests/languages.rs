//! The pages in every language.

use super::*;

/// What stands open at the end of a page, and must not.
fn unclosed(page: &str) -> Vec<&str> {
    const ALONE: [&str; 4] = ["!doctype", "meta", "input", "br"];
    let mut open = Vec::new();
    for (at, _) in page.match_indices('<') {
        let tag = page[at + 1..].split('>').next().unwrap();
        let name = tag.split([' ', '\n']).next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{page}"),
            None if tag.ends_with('/') || ALONE.contains(&name) => {}
            None => open.push(name),
        }
    }
    open
}

#[test]
fn pages_are_well_formed_in_every_language() {
    let pages = pages();
    for voice in voices() {
        let locale = pages.locales().iter().nth(voice.language.0).unwrap();
        let notice = NoticeText {
            site: "auth.example.com",
            reference: REFERENCE,
            new_link: Some("/sign-in"),
        };
        let mut all: Vec<_> = Notice::ALL
            .map(|which| text(pages.notice(voice, which, &notice)))
            .into();
        all.push(code_page_in(pages, voice, None));
        all.extend(
            code_troubles()
                .into_iter()
                .map(|again| code_page_in(pages, voice, Some(again))),
        );
        let direction = if ["ar", "he"].contains(&locale.tag()) {
            "rtl"
        } else {
            "ltr"
        };
        for page in all {
            assert!(page.starts_with(&format!(
                "<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">",
                locale.tag()
            )));
            assert_eq!(unclosed(&page), [] as [&str; 0]);
            assert!(!page.contains("{{") && !page.contains(['\u{2068}', '$']), "{page}");
            assert!(page.contains(&format!("<bdi>{REFERENCE}</bdi>")), "{page}");
            assert_eq!(page.matches("<h1>").count(), 1);
        }
    }
}

#[test]
fn the_language_is_changed_by_a_form_of_its_own() {
    let pages = pages();
    for voice in voices().filter(|voice| voice.purpose == Purpose::SignIn) {
        let page = code_page_in(pages, voice, None);
        let tag = pages.set(voice.language).tag.to_str().unwrap();
        let own = format!(r#"<input type="hidden" name="{LANGUAGE_FIELD}" value="{tag}">"#);
        assert!(between(&page, "<main>", "</main>").contains(&own));
        let switch = between(&page, "<footer>", "</footer>");
        assert!(switch.contains(&format!(r#"<select id="language" name="{LANGUAGE_FIELD}">"#)));
        assert!(switch.contains(r#"<label for="language">"#) && !switch.contains(TICKET_FIELD));
        let selected = format!(r#"<option lang="{tag}" value="{tag}" selected>"#);
        assert_eq!(
            (switch.matches(&selected).count(), switch.matches(" selected").count()),
            (1, 1)
        );
        assert!(switch.contains(r#"<input type="hidden" name="linklatch-step" value="press_and_code">"#));
        assert_eq!(switch.matches("<option").count(), pages.locales().iter().len());
    }
    assert!(!notice_of(Notice::Busy, None).contains("<select"));
}

#[test]
fn an_operator_s_texts_stay_text() {
    use crate::diag::{Diagnostics, SourceMap};
    use crate::locales::{SourceFile, lay_over};
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let nasty = "hold-action = \"><script>x</script>{\"{{ticket}}\"}\nlanguage-name = <b>\n";
    let file = sources.add("en.ftl", nasty);
    let files = [SourceFile {
        tag: "en".to_owned(),
        file,
    }];
    let pages = Pages::new(
        None,
        "/.linklatch/",
        Arc::new(lay_over(&files, &sources, &mut diagnostics)),
        &Brand::default(),
    );
    let page = code_page_in(&pages, english(), None);
    assert!(
        !page.contains("<script>") && page.matches(&"t".repeat(300)).count() == 1,
        "{page}"
    );
    assert!(
        page.contains("&quot;&gt;&lt;script&gt;x&lt;/script&gt;&#123;&#123;ticket}}</button>"),
        "{page}"
    );
    assert!(page.contains(">&lt;b&gt;</option>"), "{page}");
    assert_eq!(unclosed(&page), [] as [&str; 0]);
}
