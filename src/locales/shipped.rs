//! The languages that come along.

/// Their tags and files, in the order of their own names.
pub(super) const SHIPPED: [(&str, &str); 16] = [
    ("de", include_str!("../../config/locales/de.ftl")),
    ("en", include_str!("../../config/locales/en.ftl")),
    ("es", include_str!("../../config/locales/es.ftl")),
    ("fr", include_str!("../../config/locales/fr.ftl")),
    ("it", include_str!("../../config/locales/it.ftl")),
    ("nl", include_str!("../../config/locales/nl.ftl")),
    ("pl", include_str!("../../config/locales/pl.ftl")),
    ("pt", include_str!("../../config/locales/pt.ftl")),
    ("tr", include_str!("../../config/locales/tr.ftl")),
    ("uk", include_str!("../../config/locales/uk.ftl")),
    ("ar", include_str!("../../config/locales/ar.ftl")),
    ("he", include_str!("../../config/locales/he.ftl")),
    ("hi", include_str!("../../config/locales/hi.ftl")),
    ("zh-CN", include_str!("../../config/locales/zh-CN.ftl")),
    ("ja", include_str!("../../config/locales/ja.ftl")),
    ("ko", include_str!("../../config/locales/ko.ftl")),
];

/// The language that stands in where another one lacks a text.
pub(super) const ENGLISH: &str = "en";

/// The file of a language, if it comes along.
pub(super) fn file(tag: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(shipped, _)| *shipped == tag)
        .map(|(_, text)| *text)
}
