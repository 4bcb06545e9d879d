//! The documents tell the truth: configurations are understood, links lead somewhere, words are all there.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use linklatch::config::Config;
use linklatch::gate::keys::KeyRing;
use linklatch::gate::{Again, Gate, PassReason, Repair, Routed, Step, Trouble};
use linklatch::load::{self, Environment};
use linklatch::pages::Notice;
use linklatch::records::{Outcome, Record};
use linklatch::secret::SecretKey;
use regex::Regex;

#[expect(clippy::disallowed_methods, reason = "a test reads the documents")]
fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(PathBuf::from));
    pages
}

/// The fenced blocks of a language, with the line that each begins at.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<(usize, &'t str)> {
    let open = format!("```{language}\n");
    let starts = text
        .match_indices(&open)
        .filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
    let block = |(at, _): (usize, &str)| {
        let body = &text[at + open.len()..];
        let end = body.find("\n```").expect("a block that ends");
        (text[..at].lines().count() + 1, &body[..=end])
    };
    starts.map(block).collect()
}

/// A block alone, or with an upstream and a link where it shows less.
fn whole(block: &str) -> String {
    let has = |key: &str| block.lines().any(|line| line.starts_with(key));
    let mut text = String::new();
    if !has("upstream = ") && !has("[[upstream]]") {
        text.push_str("upstream = \"http://127.0.0.1:3000\"\n");
    }
    text.push_str(block);
    if !has("[[link]]") {
        text.push_str("\n[[link]]\nurl = \"/auth/verify?token={token}\"\n");
    }
    text
}

fn config_of(block: &str, place: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let key = "A".repeat(43);
    for (name, content) in [
        ("linklatch.key", &*key),
        ("backend.secret", &*key),
        ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let made = rcgen::generate_simple_self_signed(["auth.example.com".to_owned()]).unwrap();
    fs::write(folder.path().join("auth.pem"), made.cert.pem()).unwrap();
    fs::write(folder.path().join("auth.key"), made.signing_key.serialize_pem()).unwrap();
    for name in ["linklatch.key", "backend.secret", "auth.key"] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::create_dir(folder.path().join("locales")).unwrap();
    let path = folder.path().join("linklatch.toml");
    fs::write(&path, whole(block)).unwrap();
    let loaded =
        load::config(&path, &Environment::default()).unwrap_or_else(|report| panic!("{place}\n{}", report.text(false)));
    assert!(loaded.warnings.is_empty(), "{place}\n{}", loaded.warnings_text(false));
    loaded.config
}

#[test]
fn every_configuration_is_understood() {
    let mut count = 0;
    // One page is about signatures, and has a test of its own.
    for page in pages().into_iter().filter(|page| !page.ends_with("docs/signatures.md")) {
        for (line, block) in blocks(&read(&page), "toml") {
            config_of(block, &format!("{}:{line}", page.display()));
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_page_on_branding_shows_the_shipped_page() {
    let page = read("docs/branding.md");
    let [(_, shown)] = blocks(&page, "html")[..] else {
        panic!("one page")
    };
    assert_eq!(shown, read("src/pages/page.html"));
}

/// Links as these systems mail them, and one that must pass, by the recipe's heading.
const MAILED: &[(&str, &str, &str)] = &[
    (
        "better-auth",
        "/api/auth/magic-link/verify?token=EwFghTbzQkXyJm&callbackURL=%2Fdashboard",
        "/api/auth/get-session",
    ),
    (
        "Auth.js (NextAuth)",
        "/api/auth/callback/nodemailer?callbackUrl=https%3A%2F%2Fa.example%2F&token=b1946ac92492d234&email=a%40b.example",
        "/api/auth/callback/github?code=abc&state=def",
    ),
    (
        "Supabase Auth",
        "/auth/v1/verify?token=pkce_6f1ed002ab5595859014ebf0951522d9&type=magiclink&redirect_to=https://a.example/",
        "/auth/v1/user",
    ),
    (
        "Ory Kratos",
        "/self-service/recovery?flow=6f1ed002&token=Xb9uQ2",
        "/self-service/recovery?flow=6f1ed002",
    ),
    (
        "Keycloak",
        "/realms/main/login-actions/action-token?key=eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIx.c2ln&client_id=app&tab_id=x",
        "/realms/main/protocol/openid-connect/token",
    ),
    (
        "FusionAuth",
        "/oauth2/passwordless/Mca2Aq0jZ3Nz?tenantId=1&client_id=2&redirect_uri=https%3A%2F%2Fa.example&state=3",
        "/oauth2/authorize?client_id=2",
    ),
    (
        "Laravel",
        "/email/verify/7/5baa61e4c9b93f3f?expires=1790000000&signature=9f86d081884c7d65",
        "/email/verify",
    ),
    (
        "Devise (devise-passwordless)",
        "/users/magic_link?user%5Bemail%5D=a%40b.example&user%5Bremember_me%5D=false&user%5Btoken%5D=eyJfcmFpbHMiOnt9",
        "/users/sign_in",
    ),
    (
        "django-sesame",
        "/sesame/login/?sesame=AAAAAAGZ4bqP8kxn3",
        "/sesame/login/",
    ),
    (
        "django-magiclink",
        "/login/verify/?token=kVbTQ9&email=a%40b.example",
        "/login/",
    ),
    (
        "django-allauth",
        "/accounts/confirm-email/MQ:1tKj2x:q0Fh-4/",
        "/accounts/confirm-email/",
    ),
    ("Flask-Security", "/us-verify-link?id=3f2a&code=123456", "/us-signin"),
    (
        "passport-magic-link, passport-magic-login",
        "/auth/magiclogin/callback?token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        "/auth/magiclogin",
    ),
    (
        "Ghost",
        "/members/?token=EwFghTbzQkXyJm&action=signin&r=https%3A%2F%2Fa.example",
        "/members/api/session/",
    ),
    (
        "Matrix Synapse",
        "/_matrix/client/unstable/registration/email/submit_token?token=KxTq&client_secret=s3&sid=Ab",
        "/_matrix/client/versions",
    ),
];

#[test]
fn the_recipes_hold_the_links_that_these_systems_mail() {
    let page = read("docs/recipes.md");
    for (heading, mailed, open) in MAILED {
        let (_, part) = page
            .split_once(&format!("\n## {heading}\n"))
            .unwrap_or_else(|| panic!("{heading}"));
        let config = config_of(blocks(part, "toml")[0].1, heading);
        let keys = KeyRing::new(&[SecretKey::new([7; 32])]).unwrap();
        let gate = Gate::new(
            config.links,
            keys.into(),
            &[],
            config.signatures,
            (config.checks, config.doubts),
            config.times.ticket,
        );
        let route = |target: &str| gate.route(http::Request::get(target).body(()).unwrap(), "auth.example.com");
        assert!(
            matches!(route(mailed), Routed::Protected(_)),
            "{heading}: {mailed} passes"
        );
        assert!(matches!(route(open), Routed::Open(_)), "{heading}: {open} is held");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let link = Regex::new(r"[^!]\[[^\]]*\]\(([^)]+)\)").unwrap();
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.replace(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'), "")
    };
    for page in pages() {
        let text = read(&page);
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.starts_with("https://") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() {
                page.clone()
            } else {
                page.parent().unwrap().join(file)
            };
            assert!(path.exists(), "{}: {target}", page.display());
            let there = || {
                read(&path)
                    .lines()
                    .any(|line| line.starts_with('#') && anchor(line) == fragment)
            };
            assert!(fragment.is_empty() || there(), "{}: {target}", page.display());
        }
    }
}

#[test]
fn the_readme_shows_what_check_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_linklatch"))
        .args(["check", "--config", "config/minimal.toml"])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout)
        .unwrap()
        .replace("config/minimal.toml", "linklatch.toml");
    assert!(read("README.md").contains(&said), "{said}");
    let smallest = read("config/minimal.toml");
    assert!(
        blocks(&read("README.md"), "toml")
            .iter()
            .any(|(_, block)| *block == smallest)
    );
}

#[test]
fn the_wrappers_page_shows_what_unwrap_says() {
    let page = read("docs/wrappers.md");
    let [(_, example)] = blocks(&page, "console")[..] else {
        panic!("one example")
    };
    let (command, said) = example.split_once('\n').unwrap();
    let link = command.strip_prefix("$ linklatch unwrap '").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_linklatch"))
        .args(["unwrap", link.trim_end_matches('\'')])
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), said);
}

/// Follows the page word by word: its files written, its commands run where their files are there.
#[test]
fn the_page_on_signatures_works_as_written() {
    let page = unindented(&read("docs/signatures.md"));
    let [folder, signature, except, changes, switched_off] = blocks(&page, "toml")[..] else {
        panic!("the folder, a signature, an exception, changes, a switch")
    };
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    write("linklatch.toml", &whole(folder.1));
    fs::copy("tests/fixtures/explain/visits.log", home.path().join("linklatch.log")).unwrap();
    fs::create_dir_all(home.path().join("signatures/local")).unwrap();
    write("signatures/local/ours.toml", signature.1);
    write("signatures/local/exceptions.toml", except.1);
    write("signatures/local/changes.toml", changes.1);
    let program = Path::new(env!("CARGO_BIN_EXE_linklatch")).parent().unwrap();
    let run = |commands: &str| {
        let shell = Command::new("sh")
            .args(["-euc", commands])
            .current_dir(home.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&shell.stdout).into_owned() + &String::from_utf8_lossy(&shell.stderr);
        (shell.status.success(), said)
    };
    let scripts = blocks(&page, "sh");
    let lines: Vec<&str> = scripts.iter().flat_map(|(_, script)| script.lines()).collect();
    // What asks for a person's reference, or looks for a line in a real log, has nothing to find here.
    let asked = |line: &&&str| !line.contains("req_") && !line.starts_with("grep");
    for line in lines.iter().filter(asked) {
        let (fine, said) = run(line);
        // A difference is an answer too.
        assert!(fine || line.contains("signatures diff"), "{line}: {said}");
    }
    let (_, said) = run("linklatch check linklatch.toml");
    for part in [
        "our-mail-filter",
        "microsoft-detonation-network",
        "http-libraries-cloudfront",
    ] {
        assert!(
            said.contains(part)
                || run("linklatch signatures list --signatures signatures")
                    .1
                    .contains(part),
            "{part}: {said}"
        );
    }
    write("signatures/local/switch.toml", switched_off.1);
    let (fine, said) = run("linklatch check linklatch.toml");
    assert!(fine && said.contains("people were asked for codes"), "{said}");
}

/// Without the indentation of lists.
fn unindented(page: &str) -> String {
    let lines = page.lines().map(|line| line.strip_prefix("   ").unwrap_or(line));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// A record with every field; the compiler asks for new ones.
fn full_record() -> Record {
    let some = || Some("text".to_owned());
    Record {
        timestamp: String::new(),
        request_id: String::new(),
        method: String::new(),
        scheme: "https",
        host: some(),
        path: some(),
        route: some(),
        version: "2",
        client: some(),
        client_as: Some(64500),
        client_domain: some(),
        user_agent: some(),
        ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1".parse().ok(),
        status: 200,
        outcome: Outcome::Held,
        reason: Some("visit"),
        link: some(),
        link_id: some(),
        link_repaired: some(),
        link_age: Some(0.5),
        score: Some(50),
        peer: some(),
        fields: vec!["accept".into()],
        cut: vec!["accept".into()],
        agent: some(),
        form: Some("page"),
        notice: Some("link_invalid"),
        values: [("http.request.header.<name>".to_owned(), ["*/*".to_owned()])].into(),
        class: Some("unknown"),
        findings: vec!["head".into()],
        asked: true,
        step: Some("press"),
        doubts: vec!["no-report"],
        press_score: Some(50),
        report: some(),
        upstream: some(),
        upstream_duration: Some(0.0),
        duration: 0.0,
        error: Some("link_invalid"),
    }
}

#[test]
fn every_field_of_the_log_is_described() {
    let page = read("docs/log.md");
    let record = serde_json::to_value(full_record()).unwrap();
    for name in record.as_object().unwrap().keys() {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
    let known: BTreeSet<&String> = record.as_object().unwrap().keys().collect();
    for (_, block) in blocks(&page, "json") {
        let example: serde_json::Value = serde_json::from_str(block).unwrap();
        for name in example.as_object().unwrap().keys() {
            assert!(known.contains(name), "{name}");
        }
    }
}

#[test]
fn every_word_of_the_log_is_described() {
    let page = read("docs/log.md");
    let mut words: BTreeSet<String> = [
        Outcome::Passed,
        Outcome::Held,
        Outcome::Confirmed,
        Outcome::Shared,
        Outcome::Refused,
        Outcome::Served,
    ]
    .map(|outcome| outcome.as_str().to_owned())
    .into();
    let passes = [
        PassReason::NoLink,
        PassReason::OpenedCall,
        PassReason::OpenedPost,
        PassReason::Preflight,
        PassReason::NamedClient,
        PassReason::OneClickUnsubscribe,
    ];
    words.extend(passes.map(|reason| reason.as_str().to_owned()));
    let again = [
        Again::NoTicket,
        Again::NotOurs,
        Again::Expired,
        Again::OtherTarget,
        Again::CrossSite,
        Again::FetchedAhead,
        Again::Spent,
        Again::CodeNeeded,
    ];
    words.extend(again.map(|again| again.as_str().to_owned()));
    words.extend(Repair::ALL.map(|repair| repair.as_str().to_owned()));
    words.extend(Trouble::ALL.map(|trouble| trouble.as_str().to_owned()));
    words.extend([Step::Press, Step::PressAndCode].map(|step| step.proof().to_owned()));
    let refused = [
        Notice::LinkInvalid,
        Notice::LinkUsed,
        Notice::LinkUsedElsewhere,
        Notice::LinkExpired,
        Notice::TooManyTries,
    ];
    words.extend(refused.map(|notice| notice.code().to_owned()));
    words.extend(words_in_the_proxy());
    for word in words {
        assert!(page.contains(&format!("| `{word}` |")), "{word}");
    }
}

/// Reasons and errors as the proxy notes them.
fn words_in_the_proxy() -> BTreeSet<String> {
    let noted = Regex::new(r#"(?:note|refuse|refuse_call|refuse_link|hold)\([^;"]*?"([a-z_]+)""#).unwrap();
    let errors = Regex::new(r#"(?:error = Some\(|Fault::\w+ => (?:\([\w:]+, )?)"([a-z_]+)""#).unwrap();
    let mut words = BTreeSet::new();
    for file in fs::read_dir("src/proxy").unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "rs") {
            let text = read(&file);
            for found in noted.captures_iter(&text).chain(errors.captures_iter(&text)) {
                words.insert(found[1].to_owned());
            }
        }
    }
    for known in [
        "same_browser",
        "visit",
        "malformed",
        "upstream_timeout",
        "body_cut_off",
        "opened_elsewhere",
    ] {
        assert!(
            words.contains(known),
            "{known} was not found: does the pattern still fit?"
        );
    }
    words
}

/// A test as a document names it: its file, and its name in it.
fn named_tests(text: &str) -> Vec<(String, String)> {
    let name = Regex::new(r"`((?:src|tests)/[a-z0-9_/]+\.rs)::([a-z0-9_]+)`").unwrap();
    let names = name.captures_iter(text);
    names.map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

/// Whether a file has a test of that name.
fn is_test(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.contains(&format!("fn {name}(")));
    at.is_some_and(|at| {
        let attributes = lines[..at]
            .iter()
            .rev()
            .take_while(|line| !line.is_empty() && !line.ends_with('}'));
        attributes
            .into_iter()
            .any(|line| matches!(*line, "#[test]" | "#[tokio::test]") || line.starts_with("#[tokio::test("))
    })
}

#[test]
fn every_attack_in_the_threat_model_names_a_test_that_is_there() {
    let text = read("docs/threat-model.md");
    let named = named_tests(&text);
    assert!(named.len() >= 40, "{}", named.len());
    for (file, name) in &named {
        assert!(is_test(&read(file), name), "{file} has no test {name}");
    }
    let attacks: Vec<_> = text
        .split("\n## ")
        .filter(|section| section.starts_with("Attacks"))
        .flat_map(|section| section.lines().filter(|line| line.starts_with("| ")).skip(1))
        .collect();
    assert!(attacks.len() >= 20, "{}", attacks.len());
    for row in attacks {
        assert!(!named_tests(row).is_empty(), "no test holds this: {row}");
    }
    // What is named so and is no test would be found.
    assert!(is_test("#[test]\nfn one() {}\n", "one") && !is_test("fn one() {}\n", "one") && !is_test("", "one"));
}
