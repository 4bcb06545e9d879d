//! The operator's brand: on the pages, in their policy, reloaded, previewed.

use std::path::Path;

use linklatch::load::{self, Environment};

use crate::support::process::Process;
use crate::support::upstream::signed_in;
use crate::support::{Actor, Gate, LINK, Reply, Upstream};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path fill="#7a1fa2"/></svg>"##;
const TEMPLATE: &str = include_str!("../../src/pages/page.html");

/// A gate with these files beside its configuration.
async fn gate(upstream: &Upstream, page: &str, files: &[(&str, &str)]) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    Gate::of(&format!("{top}[page]\n{page}{LINK}"), folder).await
}

fn policy(reply: &Reply) -> &str {
    reply.header("content-security-policy").unwrap()
}

/// The path of the page's logo.
fn logo(page: &Reply) -> &str {
    let (_, rest) = page.body.split_once("<img class=\"mark\" src=\"").expect("a logo");
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn the_page_shows_who_asks_and_from_which_host() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream, "site-name = \"Example\"\n", &[]).await;
    let link = gate.link(&gate.token());
    let page = gate.person().get(&link).await;
    let who = "<bdi class=\"name\">Example</bdi><br><bdi>";
    assert!(
        page.body.contains(&format!("{who}{}</bdi>", gate.address)),
        "{}",
        page.body
    );
    let international = Actor {
        host: "xn--mller-kva.example".to_owned(),
        ..gate.person()
    };
    let page = international.get(&link).await;
    assert!(
        page.body.contains(&format!("{who}xn--mller-kva.example</bdi>")),
        "{}",
        page.body
    );
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_logo_is_served_for_good_and_can_run_nothing() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream, "logo = \"logo.svg\"\n", &[("logo.svg", SVG)]).await;
    let link = gate.link(&gate.token());
    let person = gate.person();
    let page = person.get(&link).await;
    assert!(policy(&page).contains("; img-src 'self'; "), "{}", policy(&page));
    let path = logo(&page).to_owned();
    assert!(path.starts_with("/.linklatch/logo-"), "{path}");
    let picture = person.get(&path).await;
    assert_eq!((picture.status.as_u16(), &*picture.body), (200, SVG));
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert_eq!(
        picture.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
    let own = policy(&picture);
    assert!(own.starts_with("default-src 'none'; ") && own.ends_with("sandbox") && !own.contains("script-src"));
    assert_eq!(gate.last_record()["linklatch.reason"], "logo");
    assert_eq!(
        person.head(&path).await.header("content-length"),
        Some(&*SVG.len().to_string())
    );
    assert_eq!(person.post_form(&path, "").await.status, 405);

    let other = SVG.replace("7a1fa2", "000000");
    std::fs::write(gate.folder.path().join("logo.svg"), other).unwrap();
    let next = load::config(&gate.folder.path().join("linklatch.toml"), &Environment::default());
    gate.reloader.replace(&next.unwrap().config).unwrap();
    assert_ne!(logo(&person.get(&link).await), path, "a changed logo has another name");
    assert_eq!(upstream.received().len(), 0);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn without_a_logo_pages_load_no_pictures() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let page = gate.person().get(&gate.link(&gate.token())).await;
    assert!(!policy(&page).contains("img-src") && !page.body.contains("<img"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_page_of_ones_own_leads_to_the_upstream_like_the_shipped_one() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let own = TEMPLATE.replace("</head>", "<style>.own { color: var(--ink) }</style>\n</head>");
    let own = own.replace("<main>", "<header class=\"own\">Example</header>\n<main>");
    let page = "template = \"page.html\"\naccent = \"#7a1fa2\"\n";
    let gate = gate(&upstream, page, &[("page.html", &own)]).await;
    let link = gate.link(&gate.token_to_confirm());
    let person = gate.person();
    let page = person.get(&link).await;
    assert!(page.is_held() && page.body.contains("<header class=\"own\">Example</header>"));
    assert!(page.body.contains("--accent:#7a1fa2;"), "{}", page.body);
    assert_eq!(policy(&page).matches("'sha256-").count(), 2, "{}", policy(&page));
    assert_eq!(person.press(&link, &page).await.status, 302);
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

fn write(folder: &Path, upstream: &Upstream, template: &str) {
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    let toml = format!("{top}[page]\ntemplate = \"page.html\"\n{LINK}");
    std::fs::write(folder.join("linklatch.toml"), toml).unwrap();
    std::fs::write(folder.join("page.html"), template).unwrap();
}

#[tokio::test]
async fn a_broken_page_changes_nothing_until_it_is_mended() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &upstream, TEMPLATE);
    let file = folder.path().join("linklatch.toml");
    let process = Process::start(&["serve", "--config", file.to_str().unwrap()]);
    let line = process.says("listening on http://").await;
    let address = line.split("http://").nth(1).unwrap().trim_end_matches(['"', '}', ',']);
    let address = address.split(['"', ' ']).next().unwrap().parse().unwrap();
    let person = Actor::at(address);
    let link = "/auth/verify?token=abc";
    assert!(person.get(link).await.is_held());

    std::fs::write(folder.path().join("page.html"), TEMPLATE.replace("{{content}}", "")).unwrap();
    let problem = process.says("page-slot").await;
    assert!(
        problem.contains("page.html:") && problem.contains("{{content}}"),
        "{problem}"
    );
    process.says("the configuration stays as it was").await;
    assert!(person.get(link).await.is_held());

    let mended = TEMPLATE.replace("<main>", "<main class=\"mended\">");
    std::fs::write(folder.path().join("page.html"), mended).unwrap();
    process.says("in force").await;
    assert!(person.get(link).await.body.contains("<main class=\"mended\">"));
}

/// Where a preview listens.
async fn preview(arguments: &[&str]) -> (Process, Actor) {
    let process = Process::start(&[&["preview", "--listen", "127.0.0.1:0"], arguments].concat());
    let line = process.says("every page is at http://").await;
    let (_, address) = line.split_once("http://").unwrap();
    let actor = Actor::at(address.trim_end_matches('/').parse().unwrap());
    (process, actor)
}

#[tokio::test]
async fn the_preview_shows_every_page_as_the_gate_would() {
    let (_process, designer) = preview(&[]).await;
    let list = designer.get("/index.json").await.json();
    let pages = list["pages"].as_array().unwrap();
    assert!(pages.len() > 1000, "{}", pages.len());
    let paths: std::collections::HashSet<_> = pages.iter().map(|page| page["path"].as_str()).collect();
    assert_eq!(paths.len(), pages.len(), "each page has a path of its own");
    let mut titles = std::collections::HashSet::new();
    for page in pages {
        // Every language and purpose once, every state once; all of them in one language would take long enough.
        let (language, purpose, state) = (&page["language"], &page["purpose"], &page["state"]);
        if !(language == "en" || (state == "code-wrong" || state == "link-used-new-link")) {
            continue;
        }
        let reply = designer.get(page["path"].as_str().unwrap()).await;
        let place = format!("{language} {purpose} {state}");
        assert_eq!(reply.status.as_u16(), page["status"], "{place}");
        assert_eq!(reply.header("content-language"), language.as_str(), "{place}");
        assert!(
            reply.body.contains("auth.example.com</bdi>") && policy(&reply).contains("style-src 'sha256-"),
            "{place}"
        );
        assert_eq!(
            policy(&reply).contains("script-src 'self'"),
            reply.body.contains("<script"),
            "{place}"
        );
        assert!(!reply.body.contains("{{"), "{place}");
        titles.insert(
            reply
                .body
                .split_once("<h1>")
                .unwrap()
                .1
                .split('<')
                .next()
                .unwrap()
                .to_owned(),
        );
    }
    assert!(titles.len() > 20, "{titles:?}");
    let page = designer.get("/de/sign-in/press").await;
    assert!(page.is_held());
    let pressed = designer.post_form("/de/sign-in/press", "linklatch-ticket=sample").await;
    assert_eq!(pressed.body, page.body, "buttons lead nowhere");
    let script = page
        .body
        .split_once("<script src=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    assert_eq!(designer.get(script).await.status, 200);
    let head = designer.head("/de/sign-in/press").await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    for path in ["/", "/de/", "/de"] {
        assert!(designer.get(path).await.body.contains("<a href=\"/de/"), "{path}");
    }
    for path in ["/xx/", "/de/sign-in/nothing", "/de/nothing/press", "/xx"] {
        assert_eq!(designer.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_preview_shows_what_is_wrong_and_then_what_was_mended() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &upstream, "<p>");
    let file = folder.path().join("linklatch.toml");
    let toml = std::fs::read_to_string(&file).unwrap();
    let toml = toml.replace(LINK, "site-name = \"Example\"\n[keys]\nfile = \"not-here.key\"\n") + LINK;
    std::fs::write(&file, toml).unwrap();
    let (_process, designer) = preview(&["--config", file.to_str().unwrap()]).await;
    let broken = designer.get("/en/sign-in/press").await;
    assert_eq!(broken.status, 500);
    assert!(
        broken.body.contains("error[page-slot]") && broken.body.contains("page.html:1:"),
        "{}",
        broken.body
    );
    assert!(!broken.body.contains("not-here.key"), "{}", broken.body);
    std::fs::write(folder.path().join("page.html"), TEMPLATE).unwrap();
    let mended = designer.get("/en/sign-in/press").await;
    assert!(
        mended.is_held() && mended.body.contains(">Example</bdi>"),
        "{}",
        mended.body
    );
}
