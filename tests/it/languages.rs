//! The pages' languages: chosen, changed on the page, reworded by the operator.

use std::sync::Arc;

use linklatch::load::{self, Environment};
use linklatch::locales::Locales;

use crate::support::upstream::{answer, signed_in};
use crate::support::{Actor, Gate, LINK, Reply, Upstream};

fn speaks(reply: &Reply, tag: &str) -> bool {
    let said = reply.header("content-language") == Some(tag);
    assert_eq!(said, reply.body.contains(&format!("<html lang=\"{tag}\"")), "{reply:?}");
    said
}

fn wishing(actor: Actor, field: &str) -> Actor {
    actor.with("accept-language", field)
}

/// Changes the language as the form at the page's foot does.
async fn switch(actor: &Actor, link: &str, tag: &str) -> Reply {
    actor.post_form(link, &format!("linklatch-language={tag}")).await
}

#[tokio::test]
async fn a_browser_gets_the_language_that_it_wishes_for() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(
        &upstream,
        &format!("hosts = [\"127.0.0.1\"]\n[page]\nlanguage = \"nl\"\n{LINK}"),
    )
    .await;
    let link = gate.link(&gate.token());
    for (field, tag) in [
        ("de-CH, de;q=0.9, en;q=0.5", "de"),
        ("pt-BR", "pt"),
        ("zh-TW, ja;q=0.2", "ja"),
        ("zh", "zh-CN"),
        ("nb, sv;q=0.5", "nl"),
        ("he-IL", "he"),
        ("de;q=zero", "nl"),
    ] {
        let page = wishing(gate.person(), field).get(&link).await;
        assert!(page.is_held() && speaks(&page, tag), "{field}: {:?}", page.headers);
        assert_eq!(page.header("vary"), Some("accept-language"));
        assert_eq!(page.body.contains(" dir=\"rtl\">\n<head>"), tag == "he");
    }
    let nowhere = Actor {
        host: "elsewhere.example".to_owned(),
        ..wishing(gate.person(), "uk")
    };
    let notice = nowhere.get("/").await;
    assert_eq!(notice.status, 421);
    assert!(speaks(&notice, "uk"));
    let program = wishing(gate.person(), "de")
        .with("accept", "application/json")
        .get(&link)
        .await;
    assert_eq!(program.json()["error"], "confirmation_required");
    assert!(
        program.json()["message"]
            .as_str()
            .unwrap()
            .starts_with("A person has to")
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_language_is_changed_on_the_page_and_stays_after_the_press() {
    let upstream = Upstream::start(|_| answer(410, "text/plain", "gone").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = wishing(gate.person(), "en");
    let page = person.get(&link).await;
    assert!(speaks(&page, "en"));
    let page = switch(&person, &link, "uk").await;
    assert!(page.is_held() && speaks(&page, "uk"));
    assert_eq!(gate.last_record()["linklatch.reason"], "visit");
    assert_eq!(upstream.received().len(), 0, "nothing is spent");
    let form = format!("{}&linklatch-language=uk", person.form(&page));
    let notice = person.post_form(&link, &form).await;
    assert_eq!((notice.status.as_u16(), upstream.received().len()), (410, 1));
    assert!(
        speaks(&notice, "uk") && notice.body.contains("Це посилання"),
        "{}",
        notice.body
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_code_page_changes_its_language_and_asks_on() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let scanner = gate.person().with("user-agent", "curl/8.5.0");
    assert!(scanner.get(&link).await.code().is_some());
    let page = switch(&scanner, &link, "fr").await;
    let code = page.code().expect("the code is asked for in any language");
    assert!(speaks(&page, "fr"));
    let form = |code: &str, page: &Reply| {
        format!(
            "linklatch-ticket={}&linklatch-language=fr&linklatch-code={}",
            page.ticket(),
            code.replace(' ', "")
        )
    };
    let again = scanner.post_form(&link, &form("", &page)).await;
    assert!(speaks(&again, "fr"));
    assert_eq!(again.trouble(), Some("Veuillez d’abord saisir les chiffres."));
    assert_eq!(upstream.received().len(), 0);
    assert_eq!(scanner.post_form(&link, &form(&code, &again)).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn whoever_was_asked_for_a_code_is_asked_for_it_in_another_language_too() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token_to_confirm());
    let without_script = gate.person();
    let page = without_script.get(&link).await;
    assert!(page.code().is_none() && page.body.contains("name=\"linklatch-step\" value=\"press\""));
    let page = without_script
        .post_form(&link, &format!("linklatch-ticket={}", page.ticket()))
        .await;
    assert!(page.code().is_some() && page.body.contains("name=\"linklatch-step\" value=\"press_and_code\""));
    let form = "linklatch-step=press_and_code&linklatch-language=pl";
    let page = without_script.post_form(&link, form).await;
    assert!(speaks(&page, "pl") && page.trouble().is_none());
    let code = page.code().unwrap();
    assert_eq!(without_script.type_code(&link, &page, &code).await.status, 302);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn to_change_the_language_never_spends_anything() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let config = "[[link]]\nurl = \"/auth/verify?token={token}\"\none-click-unsubscribe = true\n";
    let gate = Gate::with(&upstream, config).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    for tag in [
        "de",
        "xx",
        "",
        "%F0%9F%92%A5",
        "de&linklatch-language=fr",
        "de&List-Unsubscribe=One-Click",
    ] {
        assert!(switch(&person, &link, tag).await.is_held(), "{tag}");
    }
    for locale in Locales::shipped().iter() {
        let page = switch(&person, &link, locale.tag()).await;
        assert!(page.is_held() && speaks(&page, locale.tag()));
    }
    let foreign = person.clone().with("sec-fetch-site", "cross-site");
    assert!(switch(&foreign, &link, "de").await.is_held());
    assert_eq!(upstream.received().len(), 0);
    // Where a press has opened the link for POSTs, this one is still ours.
    assert_eq!(person.sign_in(&link).await.status, 302);
    assert!(person.post_form(&link, "name=value").await.is_from_upstream());
    let before = upstream.received().len();
    assert!(speaks(&switch(&person, &link, "ja").await, "ja"));
    assert_eq!(upstream.received().len(), before);
    // No GET chooses anything.
    let page = gate.person().get(&format!("{link}&linklatch-language=de")).await;
    assert!(page.is_held() && speaks(&page, "en"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn pages_speak_of_what_a_link_is_for() {
    let upstream = Upstream::plain().await;
    let link = |name: &str, purpose: &str| format!("[[link]]\nurl = \"/{name}/{{token}}\"\n{purpose}\n");
    let config = [
        link("a", "").as_str(),
        &link("b", "purpose = \"verify-email\"\ntoken = '[a-z]+'"),
        &link("c", "purpose = \"other\""),
    ]
    .concat();
    let gate = Gate::with(&upstream, &config).await;
    let person = gate.person();
    for (target, heading, says_sign_in) in [
        ("/a/some-token", "One more step to sign in", true),
        ("/b/sometoken", "One more step to confirm your email address", false),
        ("/c/some-token", "One more step", false),
    ] {
        let page = person.get(target).await;
        assert!(
            page.is_held() && page.body.contains(&format!("<h1>{heading}</h1>")),
            "{}",
            page.body
        );
        assert_eq!(page.body.contains("sign"), says_sign_in, "{target}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_operator_s_files_are_laid_over_and_broken_ones_change_nothing() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let locales = gate.folder.path().join("locales");
    std::fs::create_dir(&locales).unwrap();
    let write = |name: &str, text: &str| std::fs::write(locales.join(name), text).unwrap();
    let file = gate.folder.path().join("next.toml");
    let address = upstream.address;
    let top =
        format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{address}\"\n[page]\nlocales = \"locales\"\n{LINK}");
    std::fs::write(&file, top).unwrap();
    let load = || load::config(&file, &Environment::default());
    write("de.ftl", "hold-action = Auf geht's\n");
    write("da.ftl", "language-name = Dansk\nhold-action = Log ind\n");
    let loaded = load().unwrap();
    assert!(
        loaded.warnings_text(false).contains("da.ftl:1:1"),
        "{}",
        loaded.warnings_text(false)
    );
    gate.reloader.replace(&loaded.config).unwrap();
    let link = gate.link(&gate.token());
    let german = wishing(gate.person(), "de").get(&link).await;
    assert!(speaks(&german, "de") && german.body.contains(">Auf geht's</button>"));
    assert!(german.body.contains(">Dansk</option>"));
    let danish = wishing(gate.person(), "da-DK, de;q=0.5").get(&link).await;
    assert!(speaks(&danish, "da") && danish.body.contains(">Log ind</button>"));
    assert!(danish.body.contains("One more step to sign in"), "English stands in");
    write("de.ftl", "hold-action = Los\nhold-actoin = Los\n");
    let report = load().unwrap_err();
    let said = report.text(false);
    assert!(
        said.contains("de.ftl:2:1") && said.contains("did you mean `hold-action`?"),
        "{said}"
    );
    let german = wishing(gate.person(), "de").get(&link).await;
    assert!(german.body.contains(">Auf geht's</button>"));
    gate.finish(&upstream).await;
}

#[test]
fn languages_that_come_along_are_made_once() {
    let (one, two) = (Locales::shipped(), Locales::shipped());
    let name = |locales: &Locales| Arc::clone(locales.iter().next().unwrap().text("language-name", Default::default()));
    assert!(Arc::ptr_eq(&name(&one), &name(&two)));
}
