//! What is known of a client's address: its autonomous system and its confirmed name, for signatures that ask.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use linklatch::load::{self, Environment};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::dns::{Nameserver, reverse};
use crate::support::process::Process;
use crate::support::{Actor, Gate, LINK, Upstream, mmdb};

fn signature(id: &str, condition: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"t\"\nconfidence = \"hint\"\nkind = \"crawler\"\nsource = [\"s\"]\n\
         seen = 2026-08-11\n{condition}\n"
    )
}

/// A folder with these signatures in `own`.
fn folder(signatures: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    let text: String = signatures
        .iter()
        .map(|(id, condition)| signature(id, condition))
        .collect();
    fs::write(folder.path().join("own/own.toml"), text).unwrap();
    folder
}

/// Its proxy is whoever comes from 127.0.0.1.
async fn gate(upstream: &Upstream, keys: &str, folder: tempfile::TempDir) -> Gate {
    let address = upstream.address;
    let toml = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{address}\"\ntrusted-proxies = [\"127.0.0.1\"]\n\
         {LINK}[signatures]\nfolder = \"own\"\n{keys}"
    );
    Gate::of(&toml, folder).await
}

async fn with_names(upstream: &Upstream, nameserver: SocketAddr) -> Gate {
    let keys = format!("reverse-dns = true\nnameservers = [\"{nameserver}\"]\n");
    let named = ("own-named", "reverse-dns = [\"*.scanner.example\"]");
    // Holds only where it is known that there is no such name.
    let nameless = (
        "own-nameless",
        "network = [\"127.0.0.0/8\", \"2001:db8::/32\"]\nnot = [{ reverse-dns = [\"*.scanner.example\"] }]",
    );
    gate(upstream, &keys, folder(&[named, nameless])).await
}

async fn visit(gate: &Gate, actor: &Actor) -> Value {
    assert!(actor.get(&gate.link(&gate.token())).await.is_held());
    gate.last_record()
}

fn finds(record: &Value, id: &str) -> bool {
    let findings = record["linklatch.verdict.findings"].as_array();
    findings.is_some_and(|findings| findings.iter().any(|finding| finding == id))
}

/// Visits until a visit is found by one of these two, however long the look-up takes.
async fn visit_until_known(gate: &Gate, actor: &Actor) -> Value {
    loop {
        let record = visit(gate, actor).await;
        if finds(&record, "own-named") || finds(&record, "own-nameless") {
            return record;
        }
    }
}

#[tokio::test]
async fn a_name_informs_the_visit_after_the_first() {
    let nameserver = Nameserver::start(&[
        ("1.1.0.127.in-addr.arpa", "=1.net.example"),
        ("1.net.example", "Crawl-1.Scanner.example"),
        ("crawl-1.scanner.example", "=pool.example"),
        ("pool.example", "127.0.0.9"),
        ("pool.example", "127.0.1.1"),
    ])
    .await;
    let upstream = Upstream::plain().await;
    let gate = with_names(&upstream, nameserver.address).await;
    let scanner = gate.actor();
    assert!(scanner.get("/page").await.is_from_upstream());
    let first = visit(&gate, &scanner).await;
    assert!(!finds(&first, "own-named") && first.get("client.domain").is_none());
    let known = visit_until_known(&gate, &scanner).await;
    assert!(finds(&known, "own-named"));
    assert_eq!(known["client.domain"], "crawl-1.scanner.example");
    visit(&gate, &scanner).await;
    assert_eq!(
        nameserver.asked(),
        [reverse(scanner.address), "crawl-1.scanner.example".into()]
    );
    assert!(scanner.get("/page").await.is_from_upstream());
    assert!(gate.last_record().get("client.domain").is_none());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_ipv6_address_behind_a_proxy_has_a_name_too() {
    let nameserver = Nameserver::start(&[
        (
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            "crawl-6.scanner.example",
        ),
        (
            "c.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            "crawl-6.scanner.example",
        ),
        ("crawl-6.scanner.example", "127.0.0.1"),
        ("crawl-6.scanner.example", "=pool.example"),
        ("pool.example", "2001:db8::567:89ab"),
    ])
    .await;
    let upstream = Upstream::plain().await;
    let gate = with_names(&upstream, nameserver.address).await;
    let mut proxy = gate.actor();
    proxy.address = "127.0.0.1";
    let scanner = proxy.clone().with("x-forwarded-for", "2001:db8::567:89ab");
    let known = visit_until_known(&gate, &scanner).await;
    assert!(finds(&known, "own-named"), "{known}");
    assert_eq!(known["client.domain"], "crawl-6.scanner.example");
    // Its neighbour has the name, and the name has not its address.
    let liar = visit_until_known(&gate, &proxy.with("x-forwarded-for", "2001:db8::567:89ac")).await;
    assert!(finds(&liar, "own-nameless") && liar["client.domain"] == "", "{liar}");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_name_that_does_not_own_up_to_the_address_is_none() {
    let nameserver = Nameserver::start(&[
        ("1.1.0.127.in-addr.arpa", "liar.scanner.example"),
        ("liar.scanner.example", "127.0.0.9"),
        ("1.2.0.127.in-addr.arpa", "gone.scanner.example"),
    ])
    .await;
    let upstream = Upstream::plain().await;
    let gate = with_names(&upstream, nameserver.address).await;
    // One whose name has another address, one whose name has none, one without a name.
    for actor in [gate.actor(), gate.actor(), gate.actor()] {
        let record = visit_until_known(&gate, &actor).await;
        assert!(
            !finds(&record, "own-named") && finds(&record, "own-nameless"),
            "{record}"
        );
        assert_eq!(record["client.domain"], "");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_name_is_asked_for_again_while_it_counts_and_forgotten_after_an_hour() {
    let nameserver = Nameserver::start(&[
        ("1.1.0.127.in-addr.arpa", "crawl.scanner.example"),
        ("crawl.scanner.example", "127.0.1.1"),
    ])
    .await;
    let upstream = Upstream::plain().await;
    let gate = with_names(&upstream, nameserver.address).await;
    let scanner = gate.actor();
    visit_until_known(&gate, &scanner).await;
    gate.clock.advance(Duration::from_secs(40 * 60));
    assert!(finds(&visit(&gate, &scanner).await, "own-named"));
    nameserver.was_asked(4).await;
    gate.clock.advance(Duration::from_secs(61 * 60));
    assert!(!finds(&visit(&gate, &scanner).await, "own-named"));
    assert!(finds(&visit_until_known(&gate, &scanner).await, "own-named"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_silent_nameserver_holds_nobody_up() {
    let nameserver = Nameserver::silent().await;
    let upstream = Upstream::plain().await;
    let gate = with_names(&upstream, nameserver.address).await;
    let person = gate.person();
    for _ in 0..3 {
        let record = visit(&gate, &person).await;
        assert!(!finds(&record, "own-named") && !finds(&record, "own-nameless"));
    }
    nameserver.was_asked(1).await;
    let link = gate.link(&gate.token_to_confirm());
    assert!(person.sign_in(&link).await.is_from_upstream());
    assert!(nameserver.asked().iter().all(|name| *name == reverse(person.address)));
    // The look-up is still under way: the stop does not wait for it.
    gate.finish(&upstream).await;
}

/// One address block whose nameserver hangs keeps nobody else's name from being looked up.
#[tokio::test]
async fn a_block_whose_names_hang_starves_no_other() {
    for (blocks, each, others) in [(1, 70, 12), (3, 25, 10), (6, 12, 8)] {
        let hanging = |block: usize| format!(".{block}.51.198.in-addr.arpa");
        let nameserver = Nameserver::hanging_at(&[], (0..blocks).map(hanging).collect()).await;
        let upstream = Upstream::plain().await;
        let gate = with_names(&upstream, nameserver.address).await;
        let mut proxy = gate.actor();
        proxy.address = "127.0.0.1";
        let visit = async |address: String| {
            let visitor = proxy.clone().with("x-forwarded-for", &address);
            assert!(visitor.get(&gate.link("a-token-that-everybody-has")).await.is_held());
        };
        for host in 0..each {
            for block in 0..blocks {
                visit(format!("198.51.{block}.{host}")).await;
            }
        }
        for other in 0..others {
            // One visit each: it is looked up then, or not at all.
            visit(format!("203.0.{other}.7")).await;
        }
        let all = |asked: &[String]| (0..others).all(|other| asked.contains(&format!("7.{other}.0.203.in-addr.arpa")));
        let mut heard = 0;
        while !all(&nameserver.asked()) {
            heard += 1;
            tokio::time::timeout(Duration::from_secs(20), nameserver.was_asked(heard))
                .await
                .expect("somebody found no place");
        }
        gate.finish(&upstream).await;
    }
}

#[tokio::test]
async fn nobody_is_asked_where_no_signature_asks_or_the_operator_does_not_allow_it() {
    let nameserver = Nameserver::start(&[]).await;
    let upstream = Upstream::plain().await;
    let named = [("own-named", "reverse-dns = [\"*.scanner.example\"]")];
    let nameservers = format!("nameservers = [\"{}\"]\n", nameserver.address);
    let not_allowed = gate(&upstream, &nameservers, folder(&named)).await;
    let disabled = folder(&[]);
    let asking = linklatch::signatures::Signatures::asking_reverse_dns;
    let shipped = load::signatures(
        None,
        &mut linklatch::diag::SourceMap::default(),
        &mut linklatch::diag::Diagnostics::default(),
    );
    let disable = |id: &str| format!("[[disable]]\nid = \"{id}\"\nreason = \"r\"\n");
    let text: String = asking(&shipped).map(|signature| disable(&signature.id)).collect();
    fs::write(disabled.path().join("own/own.toml"), text).unwrap();
    let unasked = gate(&upstream, &format!("reverse-dns = true\n{nameservers}"), disabled).await;
    for gate in [not_allowed, unasked] {
        let actor = gate.actor();
        for _ in 0..3 {
            visit(&gate, &actor).await;
        }
        gate.finish(&upstream).await;
    }
    // A question of our own is the first that it hears.
    let client = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut own = simple_dns::Packet::new_query(1);
    own.set_flags(simple_dns::PacketFlag::RECURSION_DESIRED);
    own.questions.push(simple_dns::Question::new(
        simple_dns::Name::new("own.example").unwrap(),
        simple_dns::TYPE::A.into(),
        simple_dns::CLASS::IN.into(),
        false,
    ));
    client
        .send_to(&own.build_bytes_vec().unwrap(), nameserver.address)
        .await
        .unwrap();
    nameserver.was_asked(1).await;
    assert_eq!(nameserver.asked(), ["own.example"]);
}

#[tokio::test]
async fn an_autonomous_system_is_found_in_the_operator_s_database() {
    let upstream = Upstream::plain().await;
    let folder = folder(&[("own-system", "asn = [64500]"), ("own-other", "asn = [64501]")]);
    let entries = [
        ("127.0.1.0/24", mmdb::geolite(64500)),
        ("127.0.2.0/24", mmdb::ipinfo(64501)),
        ("127.0.3.0/24", mmdb::country()),
    ];
    mmdb::write(&folder.path().join("asn.mmdb"), mmdb::today(), &entries);
    let gate = gate(&upstream, "asn-database = \"asn.mmdb\"\n", folder).await;
    let actors = [gate.actor(), gate.actor(), gate.actor(), gate.actor()];
    let expected = [Some((64500, "own-system")), Some((64501, "own-other")), None, None];
    for (actor, expected) in actors.iter().zip(expected) {
        let record = visit(&gate, actor).await;
        for id in ["own-system", "own-other"] {
            let found = expected.is_some_and(|(_, own)| own == id);
            assert_eq!(finds(&record, id), found, "{}: {record}", actor.address);
        }
        let system = record.get("client.as.number").and_then(Value::as_u64);
        assert_eq!(system, Some(expected.map_or(0, |(system, _)| system)));
    }
    assert!(actors[0].get("/page").await.is_from_upstream());
    assert!(gate.last_record().get("client.as.number").is_none());
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_broken_database_on_sighup_changes_nothing() {
    let upstream = Upstream::plain().await;
    let folder = folder(&[("own-system", "asn = [64500]")]);
    let (file, database) = (folder.path().join("linklatch.toml"), folder.path().join("asn.mmdb"));
    let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
    let signatures = "[signatures]\nfolder = \"own\"\nasn-database = \"asn.mmdb\"\n";
    fs::write(&file, format!("{top}{LINK}{signatures}")).unwrap();
    mmdb::write(&database, mmdb::today(), &[("127.0.0.0/8", mmdb::geolite(64500))]);
    let process = Process::start(&["serve", "--config", file.to_str().unwrap()]);
    let line = process.says("listening on http://").await;
    let (_, rest) = line.split_once("listening on http://").unwrap();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
    let actor = Actor::at(rest[..end.unwrap_or(rest.len())].parse().unwrap());
    let system = async |visitor: &str| {
        let held = actor
            .clone()
            .with("user-agent", visitor)
            .get("/auth/verify?token=abcdefghijklmnop")
            .await;
        assert!(held.is_held());
        let record: Value = serde_json::from_str(&process.says(visitor).await).unwrap();
        record["client.as.number"].as_u64()
    };
    assert_eq!(system("visitor-1").await, Some(64500));

    let whole = fs::read(&database).unwrap();
    fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    process.signal("HUP").await;
    process.says("the configuration stays as it was").await;
    assert!(process.said().contains("asn-database-invalid"), "{}", process.said());
    assert_eq!(system("visitor-2").await, Some(64500));

    mmdb::write(&database, mmdb::today(), &[("127.0.0.0/8", mmdb::geolite(64501))]);
    process.signal("HUP").await;
    process.says("in force: 1 link").await;
    assert_eq!(system("visitor-3").await, Some(64501));
}

/// The codes of a configuration's warnings, or of its errors.
fn codes(folder: &Path, keys: &str) -> (Vec<&'static str>, String) {
    let file = folder.join("linklatch.toml");
    let toml = format!("upstream = \"http://127.0.0.1:3000\"\n{LINK}[signatures]\nfolder = \"own\"\n{keys}");
    fs::write(&file, toml).unwrap();
    let (diagnostics, text) = match load::config(&file, &Environment::default()) {
        Ok(loaded) => (loaded.warnings.clone(), loaded.warnings_text(false)),
        Err(report) => (report.diagnostics.clone(), report.text(false)),
    };
    (diagnostics.iter().map(|diagnostic| diagnostic.code).collect(), text)
}

#[test]
fn what_own_signatures_ask_for_in_vain_is_said_once() {
    let match_asn = "asn = [64500]\nmatch = [{ asn = 64500 }]";
    let asking = [
        ("own-1", match_asn),
        ("own-2", "asn = [64501]\nmatch = [{ asn = 64501 }]"),
        ("own-3", "asn = [64502]\nmatch = [{ asn = 64502 }]"),
        (
            "own-4",
            "user-agent = ['own']\nnot = [{ reverse-dns = [\"a.example\"] }]\nmatch = [{ user-agent = \"own\" }]",
        ),
    ];
    let folder = folder(&asking);
    let (found, text) = codes(folder.path(), "");
    assert_eq!(found, ["not-looked-up", "not-looked-up"], "{text}");
    assert!(
        text.contains("`own-1` asks for asn, which is not looked up, and so do 2 others"),
        "{text}"
    );
    assert!(
        text.contains("`own-4` asks for reverse-dns, which is not looked up\n"),
        "{text}"
    );
    let database = folder.path().join("asn.mmdb");
    let keys = "asn-database = \"asn.mmdb\"\nreverse-dns = true\nnameservers = [\"192.0.2.53\", \"[::1]:5353\"]\n";
    mmdb::write(&database, mmdb::today(), &[("192.0.2.0/24", mmdb::geolite(64500))]);
    assert_eq!(codes(folder.path(), keys), (Vec::new(), String::new()));
    mmdb::write(&database, 1_500_000_000, &[("192.0.2.0/24", mmdb::geolite(64500))]);
    let (found, text) = codes(folder.path(), keys);
    assert_eq!(found, ["asn-database-stale"]);
    assert!(text.contains("`asn.mmdb` is of 2017-07-14"), "{text}");
    mmdb::write(&database, mmdb::today(), &[("192.0.2.0/24", mmdb::country())]);
    let (found, text) = codes(folder.path(), keys);
    assert_eq!(found, ["asn-database-invalid"]);
    assert!(text.contains("`Test` holds no autonomous systems"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damage_to_a_database_makes_it_stumble(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("asn.mmdb");
        let entries = [("192.0.2.0/24", mmdb::geolite(64500)), ("198.51.100.0/24", mmdb::ipinfo(64501))];
        mmdb::write(&file, mmdb::today(), &entries);
        #[expect(clippy::disallowed_methods, reason = "a test reads what it wrote")]
        let mut content = fs::read(&file).unwrap();
        for (at, byte) in damage {
            let at = at.index(content.len());
            content[at] = byte;
        }
        content.truncate(cut.map_or(content.len(), |at| at.index(content.len())));
        if let Ok(database) = linklatch::asn::AsnDatabase::read(content) {
            let _ = database.built().date();
            for address in ["192.0.2.7", "198.51.100.7", "203.0.113.7", "2001:db8::7"] {
                let _ = database.number(address.parse().unwrap());
            }
        }
    }
}
