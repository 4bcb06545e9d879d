//! Every language that comes along is whole; an operator's file is read, checked and laid over it.

use std::collections::BTreeSet;

use super::file::{Layers, Texts};
use super::messages::MESSAGES;
use super::shipped::SHIPPED;
use super::*;
use crate::diag::{Diagnostics, SourceMap, render};

fn own(files: &[(&str, &str)]) -> (Locales, Vec<String>) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let files: Vec<_> = files
        .iter()
        .map(|(tag, text)| SourceFile {
            tag: canonical(tag).unwrap(),
            file: sources.add(format!("{tag}.ftl"), *text),
        })
        .collect();
    let locales = lay_over(&files, &sources, &mut diagnostics);
    diagnostics.sort();
    let lines = render::lines(&diagnostics, &sources).map(|(_, line)| line);
    (locales, lines.collect())
}

fn text<'l>(locales: &'l Locales, tag: &str, id: &str, purpose: Purpose) -> &'l str {
    let Language(at) = locales.named(tag).unwrap();
    locales.languages[at].text(id, purpose)
}

#[test]
fn every_shipped_language_has_every_text() {
    let known: BTreeSet<_> = MESSAGES.iter().map(|message| message.id).collect();
    for (tag, file) in SHIPPED {
        assert_eq!(canonical(tag).as_deref(), Some(tag));
        let (texts, wrong) = Texts::read(file);
        assert_eq!(wrong, [], "{tag}");
        let written: BTreeSet<_> = texts
            .entries()
            .map(|(name, _)| name)
            .filter(|name| !name.starts_with('-'))
            .collect();
        assert_eq!(written, known, "{tag}");
        let (english, _) = Texts::read(shipped::file("en").unwrap());
        for message in MESSAGES {
            for purpose in Purpose::ALL {
                let read = |texts: &Texts<'_>| {
                    let layers = [texts];
                    Layers(&layers)
                        .text(message.id, message.holds, purpose)
                        .unwrap()
                        .unwrap()
                };
                let text = read(&texts);
                for held in message.holds {
                    assert_eq!(text.matches(&variable(held)).count(), 1, "{tag}: {}", message.id);
                }
                assert!(
                    !text.trim().is_empty() && text.len() < 500,
                    "{tag}: {}: {text}",
                    message.id
                );
                assert!(
                    !text.contains(['<', '>', '\n', '"']) && !text.contains("  "),
                    "{tag}: {text}"
                );
                let translated = tag == "en" || text.chars().count() < 12 || text != read(&english);
                assert!(translated, "{tag}: {} is English", message.id);
                let sentence = ["-what", "-way"].iter().any(|end| message.id.ends_with(end));
                assert!(!sentence || text.ends_with(['.', '。', '।']), "{tag}: {text}");
                assert!(
                    !message.id.ends_with("-heading") || !text.ends_with(['.', '。', '।']),
                    "{tag}: {text}"
                );
            }
        }
    }
}

#[test]
fn what_a_link_is_for_is_said_in_every_language() {
    for locale in Locales::shipped().iter() {
        for id in ["hold-title", "hold-heading", "hold-text", "hold-action", "code-text"] {
            let said: BTreeSet<_> = Purpose::ALL.iter().map(|purpose| locale.text(id, *purpose)).collect();
            assert_eq!(said.len(), Purpose::ALL.len(), "{}: {id}", locale.tag());
        }
    }
}

#[test]
fn no_button_is_one_that_consent_tools_press() {
    let locales = Locales::shipped();
    for locale in locales.iter() {
        for (id, purpose) in [
            "hold-action",
            "new-link",
            "try-again",
            "language-change",
            "app-open",
            "app-copy",
        ]
        .iter()
        .flat_map(|id| Purpose::ALL.map(|purpose| (*id, purpose)))
        {
            let label = locale.text(id, purpose).to_lowercase();
            let words: Vec<_> = label.split_whitespace().collect();
            for word in [
                "accept",
                "agree",
                "allow",
                "ok",
                "akzeptieren",
                "zustimmen",
                "erlauben",
                "accepter",
                "autoriser",
                "aceptar",
                "acepto",
                "permitir",
                "aceitar",
                "accetta",
                "accetto",
                "consenti",
                "akkoord",
                "accepteren",
                "toestaan",
                "akceptuj",
                "zgadzam",
                "kabul",
                "onayla",
                "прийняти",
                "дозволити",
                "موافق",
                "قبول",
                "אישור",
                "स्वीकार",
                "同意",
                "接受",
                "允许",
                "許可",
                "동의",
                "허용",
                "확인",
            ] {
                assert!(!words.contains(&word), "{}: {label}", locale.tag());
            }
        }
    }
}

#[test]
fn a_file_rewords_message_by_message() {
    let (locales, said) = own(&[
        ("de", "hold-action = Los geht's\n"),
        ("en", "-reload = Come back later.\n"),
    ]);
    assert_eq!(said, [] as [String; 0]);
    assert_eq!(text(&locales, "de", "hold-action", Purpose::Other), "Los geht's");
    let shipped = Locales::shipped();
    let title = |locales| text(locales, "de", "hold-title", Purpose::SignIn).to_owned();
    assert_eq!(title(&locales), title(&shipped));
    assert_eq!(text(&locales, "en", "busy-way", Purpose::SignIn), "Come back later.");
}

#[test]
fn a_file_adds_a_language_and_english_stands_in() {
    let (locales, said) = own(&[(
        "da",
        "language-name = Dansk\nhold-action = { $purpose ->\n [sign-in] Log ind\n *[other] Fortsæt\n }\n",
    )]);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("da.ftl:1:1: warning[missing-text]: the language lacks `language`, "),
        "{}",
        said[0]
    );
    assert_eq!(locales.iter().len(), SHIPPED.len() + 1);
    assert_eq!(locales.choose("da-DK, en"), locales.named("da").unwrap());
    assert_eq!(text(&locales, "da", "hold-action", Purpose::SignIn), "Log ind");
    assert_eq!(text(&locales, "da", "hold-action", Purpose::VerifyEmail), "Fortsæt");
    assert_eq!(text(&locales, "da", "new-link", Purpose::SignIn), "Send a new link");
}

#[test]
fn texts_that_hold_themselves_end() {
    let endless =
        "-a = { -b }{ -b }{ -b }{ -b }{ -b }{ -b }{ -b }{ -b }\n-b = { -a }{ -a }{ -a }\nbusy-way = { -a }.\n";
    let (locales, said) = own(&[("en", endless)]);
    assert!(said.iter().all(|line| line.contains("error[text-invalid]")), "{said:?}");
    assert!(!said.is_empty());
    let long = "a".repeat(400);
    let bomb: String = (0..8)
        .map(|n| format!("-t{n} = {}\n", format!("{{ -t{} }}", n + 1).repeat(10)))
        .collect();
    let (_, said) = own(&[("en", &format!("{bomb}-t8 = {long}\nbusy-way = {{ -t0 }}\n"))]);
    assert!(said.iter().any(|line| line.contains("error[text-invalid]")), "{said:?}");
    assert_eq!(locales.iter().len(), SHIPPED.len());
}
