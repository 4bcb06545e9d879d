//! What an operator's page may hold.

use super::*;
use crate::diag::render;

/// The shipped page, which is a page like any other.
const SHIPPED: &str = include_str!("../../pages/page.html");

fn read(text: &str) -> (Option<PageTemplate>, Vec<String>) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add("page.html", text);
    let page = PageTemplate::read(file, &sources, &mut diagnostics);
    assert_eq!(page.is_none(), diagnostics.has_errors());
    diagnostics.sort();
    let lines = diagnostics.iter().map(|found| render::line(found, &sources));
    (page, lines.collect())
}

/// The shipped page with something in place of `old`.
fn with(old: &str, new: &str) -> Vec<String> {
    assert!(SHIPPED.contains(old), "{old}");
    read(&SHIPPED.replacen(old, new, 1)).1
}

/// The one problem of the shipped page with `new` at the end of its main part.
fn refused(new: &str) -> String {
    let problems = with("</main>", &format!("{new}</main>"));
    assert_eq!(problems.len(), 1, "{new}: {problems:#?}");
    problems[0].clone()
}

#[test]
fn the_shipped_page_is_fine() {
    let (page, problems) = read(SHIPPED);
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(page.unwrap().text(), SHIPPED);
}

#[test]
fn ordinary_pages_are_fine() {
    for new in [
        "<!-- a note --><hr>",
        "<nav aria-label=\"Help\"><ul><li><a href=\"/help?a=1&amp;b=2\">Help &amp; more</a></li></ul></nav>",
        "<p class='legal'>Example <b>Ltd</b><br>Somewhere</p>",
        "<div class=\"a\"><section id=\"mine\"><p><a href=\"mailto:help@example.com\" rel=\"help\">Write</a></p></section></div>",
        "<p><svg viewBox=\"0 0 8 8\" xmlns=\"http://www.w3.org/2000/svg\" aria-hidden=\"true\"><g fill=\"none\"><path d=\"M0 0\"/></g></svg></p>",
    ] {
        let problems = with("</main>", &format!("{new}</main>"));
        assert!(problems.is_empty(), "{new}: {problems:#?}");
    }
    let style = "<style>.legal > p { color: var(--quiet); } @media (width <= 30em) { p { margin: 0 } }</style></head>";
    assert!(with("</head>", style).is_empty());
}

#[test]
fn comments_and_carriage_returns_do_not_reach_the_page() {
    let page = SHIPPED
        .replace('\n', "\r\n")
        .replace("<main>", "<main><!-- made by hand -->");
    assert_eq!(read(&page).0.unwrap().text(), SHIPPED);
}

#[test]
fn nothing_runs_loads_or_leads_away() {
    for (new, word) in [
        ("<script>x()</script>", "<script>"),
        ("<p onclick=\"x()\">a</p>", "`onclick`"),
        ("<p style=\"color:red\">a</p>", "`style`"),
        ("<div><iframe src=\"/\"></iframe></div>", "<iframe>"),
        ("<a href=\"https://elsewhere.example/\">a</a>", "leads away"),
        ("<a href=\"//elsewhere.example/\">a</a>", "leads away"),
        ("<a href=\"/&#47;elsewhere.example/\">a</a>", "leads away"),
        ("<a href=\"/\\elsewhere.example/\">a</a>", "leads away"),
        ("<a href=\"/\t/elsewhere.example/\">a</a>", "leads away"),
        ("<a href=\"javascript:x()\">a</a>", "leads away"),
        ("<a href=\"/a\" ping=\"/b\">a</a>", "`ping`"),
        ("<form></form>", "<form>"),
        ("<p hidden>a</p>", "`hidden`"),
        ("<p id=\"code\">a</p>", "the id `code`"),
        (
            "<svg><path fill=\"url(https://elsewhere.example/a)\"/></svg>",
            "load nothing",
        ),
        ("<svg xmlns=\"http://www.w3.org/1999/xhtml\"></svg>", "`xmlns`"),
        ("<svg><image href=\"/a\"/></svg>", "<image>"),
        ("<img alt=\"\">", "<img>"),
        ("<h1>a</h1>", "<h1>"),
    ] {
        // An element that is refused is named with what it holds.
        let problems = with("</main>", &format!("{new}</main>"));
        assert!(
            problems.iter().any(|problem| problem.contains(word)),
            "{new}: {problems:#?}"
        );
        assert!(
            problems.iter().all(|problem| problem.starts_with("page.html:")),
            "{problems:#?}"
        );
    }
    for (new, word) in [
        ("<base href=\"https://elsewhere.example/\"></head>", "<base>"),
        ("<meta http-equiv=\"refresh\" content=\"0;url=/\"></head>", "<meta>"),
        ("<link rel=\"stylesheet\" href=\"/a.css\"></head>", "<link>"),
        ("<style>@import \"/a.css\";</style></head>", "`@import`"),
        ("<style>p { background: URL(/a.png) }</style></head>", "`url(`"),
    ] {
        let problems = with("</head>", new);
        assert!(problems[0].contains(word), "{new}: {problems:#?}");
    }
    let fixed = with("width=device-width", "width=device-width, user-scalable=no");
    assert!(fixed[0].contains("enlarge"), "{fixed:?}");
}

#[test]
fn every_slot_is_there_once_and_in_its_place() {
    for rule in &SLOTS {
        let mark = format!("{{{{{}}}}}", rule.name);
        let missing = with(&mark, "");
        assert_eq!(missing.is_empty(), !rule.needed, "{mark}: {missing:?}");
        if matches!(rule.place, Place::Block | Place::Inline) {
            assert!(refused(&mark).contains("stands twice"), "{mark}");
        }
        let commented = with(&mark, &format!("<!-- {mark} -->"));
        assert_eq!(commented.is_empty(), !rule.needed, "{mark}: {commented:?}");
    }
    for (old, new) in [
        ("{{content}}", "<p>{{content}}</p>"),
        ("{{switch}}", "<p><span>{{switch}}</span></p>"),
        ("{{head}}</head>", "</head>{{head}}"),
        ("{{site}}", "<svg>{{site}}</svg>"),
        ("<style>{{style}}", "<style>{{style}} p { color: red }"),
        (
            "lang=\"{{language}}\" dir=\"{{direction}}\"",
            "lang=\"{{direction}}\" dir=\"{{language}}\"",
        ),
        ("<p class=\"site\">{{site}}", "<p class=\"{{site}}\">"),
    ] {
        let problems = with(old, new);
        assert!(
            problems.iter().any(|problem| problem.contains("page-slot")),
            "{new}: {problems:#?}"
        );
    }
    assert!(refused("{{contnet}}").contains("did you mean {{content}}?"));
    assert!(refused("{{ticket}}").contains("no slot is called `ticket`"));
    assert!(refused("{{content").contains("never ends"));
    assert!(with("lang=\"{{language}}\"", "lang=\"de\"")[0].contains("set for good"));
}

#[test]
fn problems_have_their_places() {
    let problems = with("<main>\n", "<main>\n<div onload=\"a\">\n");
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(
        problems[0].starts_with("page.html:13:6: error[page-refused]"),
        "{problems:#?}"
    );
    assert!(problems[1].contains("close <div> first"), "{problems:#?}");
    for new in [
        "<p><div></div></p>",
        "<a href=\"/\"><a href=\"/\"></a></a>",
        "<li>a</li>",
        "<span><p>a</p></span>",
    ] {
        assert!(refused(new).contains("can't stand in <"), "{new}");
    }
    for (old, new, word) in [
        ("<!doctype html>\n", "", "no doctype"),
        ("</html>", "", "never closed"),
        ("<body>", "", "closes nothing"),
        ("</body>", "</body>text", "outside of the body"),
        (
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            "",
            "no viewport",
        ),
        ("<main>", "<main><p", "not well formed"),
        ("<main>", "<main><main></main>", "stands twice"),
    ] {
        let problems = with(old, new);
        assert!(
            problems.iter().any(|problem| problem.contains(word)),
            "{new}: {problems:#?}"
        );
    }
    assert!(!read("").1.is_empty());
}
