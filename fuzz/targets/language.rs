//! Accept-Language, and language tags.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linklatch::fuzzing::language_tag;
use linklatch::locales::Locales;

static LOCALES: LazyLock<Locales> = LazyLock::new(Locales::shipped);

fuzz_target!(|field: &str| {
    let chosen = LOCALES.choose(field);
    assert!(LOCALES.iter().any(|locale| LOCALES.named(locale.tag()) == Some(chosen)));
    assert_eq!(LOCALES.choose(&field.to_ascii_uppercase()), chosen, "capitals matter");
    assert_eq!(LOCALES.choose(&field.replace(',', " , ")), chosen, "spaces matter");
    if let Some(language) = LOCALES.named(field) {
        assert_eq!(chosen, language, "a language is not itself");
    }
    // Of what is wished for most the first counts, unless it is ruled out later.
    if !field.contains(";") {
        let german = LOCALES.named("de").expect("it is shipped");
        assert_eq!(LOCALES.choose(&format!("de,{field}")), german);
    }
    if let Some(tag) = language_tag(field) {
        assert_eq!(language_tag(&tag).as_ref(), Some(&tag), "it has two spellings");
        assert!(tag.len() <= 35 && tag.is_ascii());
    }
});
