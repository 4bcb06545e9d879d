//! The pages as browsers, people and scanners meet them.

use super::*;
use crate::brand::Logo;
use crate::diag::{Diagnostics, SourceMap};
use crate::gate::{LANGUAGE_FIELD, TICKET_FIELD, Trouble};
use data_encoding::BASE64;
use std::sync::LazyLock;

const REFERENCE: &str = "req_019ac0de0000700080000000000000ff";

fn pages() -> &'static Pages {
    static PAGES: LazyLock<Pages> = LazyLock::new(|| shipped(None, &Brand::default()));
    &PAGES
}

fn shipped(site_name: Option<&str>, brand: &Brand) -> Pages {
    Pages::new(site_name, "/.linklatch/", Arc::new(Locales::shipped()), brand)
}

/// English, about signing in.
fn english() -> Voice {
    Voice {
        language: Locales::shipped().default(),
        purpose: Purpose::SignIn,
    }
}

/// Every language, for every purpose.
fn voices() -> impl Iterator<Item = Voice> {
    let languages = (0..Locales::shipped().iter().len()).map(Language);
    languages.flat_map(|language| Purpose::ALL.map(|purpose| Voice { language, purpose }))
}

fn hold_of(site: &str, ticket: &str) -> String {
    text(pages().hold(
        english(),
        &Hold {
            site,
            ticket,
            reference: REFERENCE,
            code: None,
            again: None,
            in_app: false,
        },
    ))
}

fn code_page(again: Option<Again>) -> String {
    code_page_in(pages(), english(), again)
}

fn code_page_in(pages: &Pages, voice: Voice, again: Option<Again>) -> String {
    text(pages.hold(
        voice,
        &Hold {
            site: "auth.example.com",
            ticket: &"t".repeat(300),
            reference: REFERENCE,
            code: Some(code()),
            again,
            in_app: false,
        },
    ))
}

/// Eight digits: the most that a page may have to hold.
fn code() -> Code {
    Code::new(20, &[7; 16])
}

/// Every reason why a typed code does not do.
fn code_troubles() -> Vec<Again> {
    let trouble = |trouble| Again::Code {
        trouble,
        code: code(),
        typed: (trouble == Trouble::TooSoon).then_some(code().digits),
    };
    std::iter::once(Again::CodeNeeded)
        .chain(Trouble::ALL.map(trouble))
        .collect()
}

fn notice_of(notice: Notice, new_link: Option<&str>) -> String {
    text(pages().notice(
        english(),
        notice,
        &NoticeText {
            site: "auth.example.com",
            reference: REFERENCE,
            new_link,
        },
    ))
}

fn text(page: Bytes) -> String {
    String::from_utf8(page.into()).unwrap()
}

/// Every page by the name of its file: each notice with and without an address for new links.
fn every_page() -> Vec<(String, String)> {
    let ticket = "t".repeat(300);
    let mut all = vec![("hold".to_owned(), hold_of("auth.example.com", &ticket))];
    all.push(("code".to_owned(), code_page(None)));
    for (at, again) in code_troubles().into_iter().enumerate() {
        all.push((format!("code-again-{at}-{}", again.as_str()), code_page(Some(again))));
    }
    for notice in Notice::ALL {
        all.push((notice.code().to_owned(), notice_of(notice, None)));
        all.push((
            format!("{}-new-link", notice.code()),
            notice_of(notice, Some("/sign-in?from=mail&x=1")),
        ));
    }
    all
}

const HOLD: Hold<'static> = Hold {
    site: "auth.example.com",
    ticket: "t",
    reference: REFERENCE,
    code: None,
    again: None,
    in_app: false,
};

/// What stands between `open` and `close`, first occurrence.
fn between<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    let (_, rest) = page.split_once(open).unwrap_or_else(|| panic!("{open} is missing"));
    rest.split_once(close).unwrap_or_else(|| panic!("{close} is missing")).0
}

#[test]
fn the_holding_page_is_one_form_that_posts_to_its_own_address() {
    let page = hold_of("auth.example.com", "c2VhbGVk");
    assert_eq!(
        page.matches(r#"<form method="post" action="""#).count(),
        2,
        "and one for the language"
    );
    assert_eq!(page.matches("<form").count(), 2);
    // A form without an action loses the query in w3m.
    assert_eq!(page.matches("action=").count(), 2);
    assert!(page.contains(&format!(
        r#"<input type="hidden" name="{TICKET_FIELD}" value="c2VhbGVk">"#
    )));
    assert!(page.contains(r#"<button type="submit">Continue to sign in</button>"#));
    let main = between(&page, "<main>", "</main>");
    assert_eq!(
        main.matches("<button").count() + main.matches("<a ").count(),
        1,
        "the button is all there is to press"
    );
}

#[test]
fn the_code_stands_as_text_in_the_name_of_its_field_above_the_button() {
    let page = code_page(None);
    let form = between(&page, "<form", "</form>");
    let digits = code().digits.spaced();
    let at = |what: &str| form.find(what).unwrap_or_else(|| panic!("{what} in {form}"));
    let shown = format!(r#"<b id="digits" translate="no" dir="ltr">{digits}</b>"#);
    assert!(at(r#"<label id="label" for="code">Type these digits:</label>"#) < at(&shown));
    assert!(at(&shown) < at(r#"<input id="code" name="linklatch-code""#) && at("<input id") < at("<button"));
    assert!(
        form.contains(
            r#"inputmode="numeric" autocomplete="off" maxlength="64" required aria-labelledby="label digits">"#
        )
    );
    assert!(!page.contains("autofocus") && !page.contains("pattern="), "{page}");
}

#[test]
fn a_code_that_did_not_do_is_named_at_its_field_which_has_the_focus() {
    let mut said = std::collections::HashSet::new();
    for again in code_troubles() {
        let page = code_page(Some(again));
        let words = between(&page, r#"<p id="trouble" class="trouble" role="alert">"#, "</p>");
        assert!(
            words.ends_with('.') && said.insert(words.to_owned()),
            "{again:?}: {words}"
        );
        let field = between(&page, r#"<input id="code""#, ">");
        assert!(
            field.ends_with(r#" aria-invalid="true" aria-describedby="trouble" autofocus"#),
            "{field}"
        );
        let typed = between(field, r#" value=""#, "\"");
        let kept = matches!(again, Again::Code { typed: Some(_), .. });
        assert_eq!(
            typed == code().digits.to_string(),
            kept,
            "{again:?}: only what may be right stays"
        );
    }
    assert!(
        !code_page(Some(Again::Expired)).contains("trouble\""),
        "an old page's code was not wrong"
    );
}

#[test]
fn every_page_stands_alone() {
    let foreign = [
        "<link",
        "<img",
        "<iframe",
        "url(",
        "@import",
        "//",
        "javascript:",
        "style=",
        "onclick",
    ];
    for (name, page) in every_page() {
        let script = format!("<script src=\"{}\"></script>", pages().script.path);
        assert_eq!(page.matches("<script").count(), page.matches(&script).count(), "{name}");
        assert_eq!(page.matches("src=").count(), page.matches(&script).count(), "{name}");
        for foreign in foreign {
            assert!(!page.contains(foreign), "{name}: {foreign}");
        }
        assert_eq!(page.matches("<style>").count(), 1, "{name}");
        assert!(!page.contains("{{"), "{name}: a slot was left");
    }
}

#[test]
fn every_page_has_its_landmarks_and_its_reference() {
    for (name, page) in every_page() {
        assert!(
            page.starts_with("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">"),
            "{name}"
        );
        for once in [
            "<title>",
            "<main>",
            "<h1>",
            "<footer>",
            r#"name="viewport""#,
            r#"content="light dark""#,
        ] {
            assert_eq!(page.matches(once).count(), 1, "{name}: {once}");
        }
        assert!(!between(&page, "<title>", "</title>").is_empty(), "{name}");
        assert!(!between(&page, "<h1>", "</h1>").is_empty(), "{name}");
        assert!(page.contains(&format!("Reference: <bdi>{REFERENCE}</bdi>")), "{name}");
        assert!(
            page.contains("<p class=\"site\"><bdi class=\"name\">auth.example.com</bdi></p>"),
            "{name}"
        );
    }
}

#[test]
fn every_notice_leads_on() {
    for notice in Notice::ALL {
        let locales = Locales::shipped();
        let locale = locales.iter().find(|locale| locale.tag() == "en").unwrap();
        let words = |part| locale.text(&format!("{}-{part}", notice.code().replace('_', "-")), Purpose::SignIn);
        for new_link in [None, Some("/sign-in")] {
            let page = notice_of(notice, new_link);
            assert!(
                page.contains(&format!("<p>{} {}</p>", words("what"), words("way"))),
                "{notice:?}"
            );
            assert!(page.matches("<a ").count() <= 1, "{notice:?}: one way, not several");
            assert!(
                !page.contains("<form"),
                "{notice:?}: following links must be all that it offers"
            );
        }
    }
    let invalid = notice_of(Notice::LinkInvalid, Some("/sign-in"));
    assert!(invalid.contains(r#"href="/sign-in">Send a new link</a>"#));
    assert!(!notice_of(Notice::LinkInvalid, None).contains("Send a new link"));
}

#[test]
fn a_failed_confirmation_can_be_tried_again_without_its_token_in_the_page() {
    for notice in [
        Notice::ConfirmationNotSent,
        Notice::ConfirmationUnknown,
        Notice::ConfirmationTimeout,
    ] {
        assert!(
            notice_of(notice, None).contains(r#"href="">Try again</a>"#),
            "{notice:?}"
        );
    }
}

#[test]
fn only_a_link_that_was_certainly_not_sent_is_called_unused() {
    for notice in Notice::ALL {
        let says_unused = notice_of(notice, None).contains("has not been used");
        assert_eq!(says_unused, notice == Notice::ConfirmationNotSent, "{notice:?}");
    }
}

#[test]
fn whatever_is_put_in_stays_text() {
    let nasty = r#""><script>alert('1')</script>&"#;
    let page = text(pages().hold(
        english(),
        &Hold {
            site: nasty,
            ticket: nasty,
            reference: nasty,
            code: None,
            again: None,
            in_app: false,
        },
    ));
    let notice = NoticeText {
        site: nasty,
        reference: nasty,
        new_link: Some(nasty),
    };
    for page in [page, text(pages().notice(english(), Notice::LinkInvalid, &notice))] {
        assert!(!page.contains("<script>"), "{page}");
        assert_eq!(
            page.matches("&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;")
                .count(),
            3,
            "{page}"
        );
    }
}

#[test]
fn the_sites_name_goes_before_its_host() {
    let pages = shipped(Some("Müller & {{Sons}}"), &Brand::default());
    let who = |host| {
        let page = pages.hold(english(), &Hold { site: host, ..HOLD });
        between(&text(page), "<p class=\"site\">", "</p>").to_owned()
    };
    let name = "<bdi class=\"name\">Müller &amp; &#123;&#123;Sons}}</bdi><br>";
    assert_eq!(who("auth.example.com"), format!("{name}<bdi>auth.example.com</bdi>"));
    assert_eq!(
        who("xn--mller-kva.example:8443"),
        format!("{name}<bdi>xn--mller-kva.example:8443</bdi>")
    );
}

#[test]
fn a_logo_stands_in_place_of_the_mark() {
    let brand = Brand {
        logo: Logo::new(b"\x89PNG\r\n\x1a\n".to_vec()),
        ..Brand::default()
    };
    let pages = shipped(Some("Example"), &brand);
    let page = text(pages.hold(english(), &HOLD));
    let path = between(&page, "<img class=\"mark\" src=\"", "\" alt=\"\">");
    assert!(
        path.starts_with("/.linklatch/logo-") && !page.contains("<svg"),
        "{page}"
    );
    let mut headers = HeaderMap::new();
    pages.asset(path).unwrap().set_headers(&mut headers);
    assert_eq!(headers["content-type"], "image/png");
    for script in [false, true] {
        let policy = pages.content_security_policy(script, &[]);
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("; img-src 'self'; style-src"), "{policy}");
        assert_eq!(policy.contains("script-src 'self'"), script);
    }
}

/// A page of the operator's own, with a style sheet of its own.
fn own_page() -> Pages {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let page = include_str!("page.html").replace("</head>", "<style>.own { color: red }\n</style>\n</head>");
    let page = page.replace("<main>", "<header class=\"own\">Example</header><main>");
    let template = PageTemplate::read(sources.add("page.html", page), &sources, &mut diagnostics);
    let brand = Brand {
        template,
        ..Brand::default()
    };
    shipped(None, &brand)
}

#[test]
fn a_page_of_ones_own_is_filled_like_the_shipped_one() {
    let own = own_page();
    let page = text(own.hold(english(), &HOLD));
    assert!(
        page.contains("<header class=\"own\">Example</header>") && !page.contains("{{"),
        "{page}"
    );
    let same = page
        .replace("<style>.own { color: red }\n</style>\n", "")
        .replace("<header class=\"own\">Example</header>", "");
    assert_eq!(same, hold_of("auth.example.com", "t"));
    let policy = own.content_security_policy(true, &[]);
    for style in page
        .split("<style>")
        .skip(1)
        .map(|rest| rest.split_once("</style>").unwrap().0)
    {
        let hash = BASE64.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes()).as_ref());
        assert!(policy.to_str().unwrap().contains(&hash), "{policy:?}");
    }
    assert_eq!(page.matches("<style>").count(), 2);
}

#[test]
fn pages_are_small() {
    for (name, page) in every_page() {
        let most = if name.starts_with("code-") { 6600 } else { 6300 };
        assert!(page.len() < most, "{name}: {} bytes", page.len());
    }
    let pages = pages();
    for voice in voices() {
        let ticket = "t".repeat(300);
        let hold = Hold {
            site: "auth.example.com",
            ticket: &ticket,
            reference: REFERENCE,
            code: None,
            again: None,
            in_app: false,
        };
        let (tag, page) = (&pages.set(voice.language).tag, pages.hold(voice, &hold));
        assert!(page.len() < 6800, "{tag:?}: {} bytes", page.len());
        // Scripts of two and three bytes a letter.
        let longest = code_page_in(pages, voice, Some(Again::CodeNeeded));
        assert!(longest.len() < 7900, "{tag:?}: {} bytes", longest.len());
    }
}

#[test]
fn the_policy_allows_the_pages_own_style_and_nothing_else() {
    let page = hold_of("auth.example.com", "t");
    let style = between(&page, "<style>", "</style>");
    let hash = BASE64.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes()).as_ref());
    let base = format!("default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'");
    assert_eq!(pages().content_security_policy(false, &[]), base);
    assert_eq!(
        pages().content_security_policy(
            false,
            &["https://app.example.com".to_owned(), "https://b.example".to_owned()]
        ),
        format!("{base}; form-action 'self' https://app.example.com https://b.example")
    );
    assert!(
        every_page()
            .iter()
            .all(|(_, page)| between(page, "<style>", "</style>") == style)
    );
}

#[test]
fn a_page_carries_its_headers() {
    let mut headers = HeaderMap::new();
    pages().set_headers(&mut headers, english().language, false, &[]);
    assert_eq!(headers["cache-control"], "no-store, no-transform");
    assert_eq!(headers["referrer-policy"], "strict-origin");
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["x-robots-tag"], "noindex, nofollow");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["x-frame-options"], "DENY");
}

#[test]
fn the_page_s_own_ids_are_kept_from_an_operator_s_page() {
    let app = text(pages().sample(english(), Sample::CodeInApp, "auth.example.com"));
    let all = app + &code_page(Some(Again::CodeNeeded));
    for id in all.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
        let page = include_str!("page.html").replace("<main>", &format!("<main id=\"{id}\">"));
        PageTemplate::read(sources.add("page.html", page), &sources, &mut diagnostics);
        assert!(diagnostics.has_errors(), "{id}");
    }
}

#[test]
fn nothing_moves_and_the_focus_shows() {
    let style = include_str!("page.css");
    assert!(!style.contains("animation") && !style.contains("transition"));
    assert!(between(style, ":focus-visible {", "}").contains("outline:3px solid"));
    assert!(between(style, "button,.button {", "}").contains("min-height:3rem"));
}

/// Leaves every page in `target/pages/`, to be looked at: `cargo test --lib pages -- --ignored`.
#[test]
#[ignore = "writes files for eyes"]
fn pages_to_look_at() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, page) in every_page() {
        std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
    }
    for voice in voices().filter(|voice| voice.purpose == Purpose::SignIn) {
        let page = code_page_in(pages(), voice, Some(Again::CodeNeeded));
        let tag = pages().set(voice.language).tag.to_str().unwrap();
        std::fs::write(folder.join(format!("code-{tag}.html")), page).unwrap();
    }
}

#[test]
fn inside_another_app_the_page_shows_the_way_to_the_browser() {
    let page = |in_app| {
        let hold = Hold {
            site: "auth.example",
            ticket: "sealed",
            reference: "req_01",
            code: None,
            again: None,
            in_app,
        };
        text(pages().hold(english(), &hold))
    };
    assert!(
        page(true)
            .contains("<button type=\"button\" id=\"app-copy\" data-said=\"Link copied\" hidden>Copy link</button>")
    );
    assert!(!page(false).contains("app-copy") && !page(false).contains("{{"));
}

mod languages;
