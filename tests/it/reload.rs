//! A changed configuration is put in force whole, or not at all.

use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use linklatch::load::{self, Environment};

use crate::support::process::Process;
use crate::support::upstream::signed_in;
use crate::support::{Actor, Gate, LINK, Upstream};

pub(crate) fn config(gate: &Gate, upstream: &Upstream, more: &str) -> linklatch::config::Config {
    let file = gate.folder.path().join("next.toml");
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    std::fs::write(&file, format!("{top}{more}")).unwrap();
    load::config(&file, &Environment::default())
        .unwrap_or_else(|report| panic!("{}", report.text(false)))
        .config
}

#[tokio::test]
async fn what_is_remembered_and_sealed_survives_a_reload() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = Gate::before(&upstream).await;
    let (link, invite) = (gate.link(&gate.token_to_confirm()), format!("/invite/{}", gate.token()));
    let person = gate.person();
    let page = person.get(&link).await;
    let more = format!("{LINK}[[link]]\nurl = \"/invite/{{token}}\"\n");
    gate.reloader.replace(&config(&gate, &upstream, &more)).unwrap();
    assert!(person.get(&invite).await.is_held(), "the new link is held");
    assert_eq!(
        person.press(&link, &page).await.status,
        302,
        "the page from before works"
    );
    gate.reloader.replace(&config(&gate, &upstream, LINK)).unwrap();
    assert_eq!(person.press(&link, &page).await.status, 302, "its answer is still kept");
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_link_that_was_sent_once_is_not_sent_again_by_a_fresh_key() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let folder = tempfile::tempdir().unwrap();
    let key = |seed: u8| format!("{}\n", BASE64URL_NOPAD.encode(&[seed; 32]));
    let keys = folder.path().join("keys");
    std::fs::write(&keys, key(1)).unwrap();
    let more = format!("[keys]\nfile = \"keys\"\n{LINK}once = true\n");
    let toml = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n{more}",
        upstream.address
    );
    let gate = Gate::of(&toml, folder).await;
    let link = gate.link(&gate.token_to_confirm());
    assert_eq!(gate.person().sign_in(&link).await.status, 302);
    for rotated in [key(2) + &key(1), key(2)] {
        std::fs::write(&keys, rotated).unwrap();
        gate.reloader.replace(&config(&gate, &upstream, &more)).unwrap();
        // For as long as the answer is kept, another browser reads that it was opened elsewhere.
        gate.clock.advance(std::time::Duration::from_secs(61));
        assert_eq!(gate.person().sign_in(&link).await.status, 410);
    }
    assert_eq!(upstream.received().len(), 1);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_reload_loses_no_request() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let next = config(&gate, &upstream, LINK);
    let client = gate.actor();
    let traffic = async {
        for _ in 0..100 {
            let (page, link) = (client.get("/page"), gate.link(&gate.token()));
            let (passed, held) = tokio::join!(page, client.get(&link));
            assert!(passed.is_from_upstream() && held.is_held());
        }
    };
    let reloads = async {
        for _ in 0..100 {
            gate.reloader.replace(&next).unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(traffic, reloads);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn sighup_reads_the_file_again_and_a_broken_one_changes_nothing() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linklatch.toml");
    let write = |more: &str| {
        let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
        std::fs::write(&file, format!("{top}{more}")).unwrap();
    };
    write(&format!("watch = false\n{LINK}"));
    let process = Process::start(&["serve", "--config", file.to_str().unwrap()]);
    let address = listening(&process).await;
    let actor = Actor::at(address);
    assert!(actor.get("/invite/abc").await.is_from_upstream());

    write(&format!("watch = false\n{LINK}[[link]]\nurl = \"/invite/{{token}}\"\n"));
    process.signal("HUP").await;
    process.says("in force: 2 links").await;
    assert!(actor.get("/invite/abc").await.is_held());

    write("watch = false\n[[link]]\nurl = \"/invite/{tokn}\"\n[[link]]\nurl = \"/?token={token}\"\n");
    process.signal("HUP").await;
    process.says("the configuration stays as it was").await;
    let problem = process.says("link-without-token").await;
    assert!(
        problem.contains("linklatch.toml:5") && problem.contains("ERROR"),
        "{problem}"
    );
    let doubt = process.says("link-at-root").await;
    assert!(doubt.contains("linklatch.toml:7") && doubt.contains("WARN"), "{doubt}");
    assert!(actor.get("/invite/abc").await.is_held());

    write(&format!("{LINK}[log]\nformat = \"json\"\n"));
    process.signal("HUP").await;
    process.says("takes effect after a restart: [log]").await;
    assert!(actor.get("/invite/abc").await.is_from_upstream());
}

async fn listening(process: &Process) -> SocketAddr {
    let line = process.says("listening on http://").await;
    let (_, rest) = line.split_once("listening on http://").unwrap();
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))
        .unwrap_or(rest.len());
    rest[..end].parse().unwrap()
}

/// What the gate says of a visit, in its log.
async fn class(process: &Process, actor: &Actor, token: &str) -> String {
    let link = format!("/auth/verify?token={token}");
    let held = actor.clone().with("x-request-id", token).get(&link).await;
    let request = held.header("x-request-id").unwrap().to_owned();
    let line = process.says(&format!("\"request_id\":\"{request}\"")).await;
    let record: serde_json::Value = serde_json::from_str(&line).unwrap();
    record["linklatch.verdict.class"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn changed_files_are_read_again_by_themselves() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("signatures/local")).unwrap();
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    let signatures = "[signatures]\nfolder = \"signatures\"\n";
    std::fs::write(path("linklatch.toml"), format!("{top}{signatures}{LINK}")).unwrap();
    let process = Process::start(&["serve", "--config", path("linklatch.toml").to_str().unwrap()]);
    let scanner = Actor::at(listening(&process).await)
        .with(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 AcmeGate/2",
        )
        .with("accept-language", "en");
    assert_eq!(class(&process, &scanner, "one").await, "unknown");

    let entry = "[[signature]]\nid = \"acme\"\ntitle = \"Acme\"\nkind = \"gateway\"\nconfidence = \"certain\"\n\
                 source = [\"our mail team\"]\nseen = 2026-11-01\nuser-agent = ['\\bAcmeGate/']\n\
                 match = [{ user-agent = \"Firefox/140.0 AcmeGate/2\" }]\n";
    std::fs::write(path("signatures/local/acme.toml"), entry).unwrap();
    process.says("in force: 1 link").await;
    assert_eq!(class(&process, &scanner, "two").await, "scanner");

    std::fs::write(path("signatures/local/acme.toml"), entry.replace("title", "titel")).unwrap();
    process.says("the configuration stays as it was").await;
    assert!(process.said().contains("acme.toml:3:1"), "{}", process.said());
    assert_eq!(class(&process, &scanner, "three").await, "scanner");

    std::fs::write(path("signatures/local/acme.toml"), entry.replace("certain", "hint")).unwrap();
    process.says_times("in force: 1 link", 2).await;
    assert_eq!(class(&process, &scanner, "four").await, "unknown");
    assert_eq!(
        process.said().matches("stays as it was").count(),
        1,
        "what is broken is told once"
    );
}

#[tokio::test]
async fn changed_language_files_are_read_again_by_themselves() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("locales")).unwrap();
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    std::fs::write(
        path("linklatch.toml"),
        format!("{top}[page]\nlocales = \"locales\"\n{LINK}"),
    )
    .unwrap();
    let process = Process::start(&["serve", "--config", path("linklatch.toml").to_str().unwrap()]);
    let person = Actor::at(listening(&process).await).with("accept-language", "en");
    let says = async |button: &str| {
        let page = person.get("/auth/verify?token=some-token-of-a-mail").await;
        assert!(page.body.contains(&format!(">{button}</button>")), "{}", page.body);
    };
    says("Continue to sign in").await;

    std::fs::write(path("locales/en.ftl"), "hold-action = Go on\n").unwrap();
    process.says("in force: 1 link").await;
    says("Go on").await;

    std::fs::write(path("locales/en.ftl"), "hold-action = Further\nhold-txet = Hello\n").unwrap();
    process.says("the configuration stays as it was").await;
    assert!(process.said().contains("en.ftl:2:1"), "{}", process.said());
    says("Go on").await;

    std::fs::write(path("locales/en.ftl"), "hold-action = Further\n").unwrap();
    process.says_times("in force: 1 link", 2).await;
    says("Further").await;
}

#[tokio::test]
async fn a_reload_at_any_moment_gives_the_old_verdict_or_the_new() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let own = gate.folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let weighing = |weight: u8| {
        let entry = format!(
            "[[signature]]\nid = \"acme\"\ntitle = \"Acme\"\nkind = \"gateway\"\nweight = {weight}\nsource = [\"our mail team\"]\n\
             seen = 2026-11-01\nuser-agent = ['\\bAcmeGate/']\nmatch = [{{ user-agent = \"Firefox/140.0 AcmeGate/2\" }}]\n"
        );
        std::fs::write(own.join("acme.toml"), entry).unwrap();
        config(&gate, &upstream, &format!("[signatures]\nfolder = \"own\"\n{LINK}"))
    };
    let sets = [weighing(30), weighing(70)];
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 AcmeGate/2";
    let visitor = gate.person().with("user-agent", agent);
    gate.reloader.replace(&sets[0]).unwrap();
    let traffic = async {
        for _ in 0..60 {
            gate.clock.advance(std::time::Duration::from_secs(11));
            assert!(visitor.get(&gate.link(&gate.token())).await.is_held());
        }
    };
    let reloads = async {
        for round in 0..60 {
            gate.reloader.replace(&sets[(round + 1) % 2]).unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(traffic, reloads);
    gate.reloader.replace(&sets[1]).unwrap();
    visitor.get(&gate.link(&gate.token())).await;
    for record in gate.records() {
        let (score, class) = (&record["linklatch.verdict.score"], &record["linklatch.verdict.class"]);
        assert!(
            (score == 30 && class == "unknown") || (score == 70 && class == "suspect"),
            "{record}"
        );
    }
    assert_eq!(gate.last_record()["linklatch.verdict.score"], 70);
    gate.finish(&upstream).await;
}
