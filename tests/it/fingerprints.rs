//! TLS fingerprints: of real clients' bytes, over real connections, and as a trusted proxy tells them.

use std::path::Path;
use std::sync::{Arc, Mutex};

use linklatch::visit::client_hello;
use rustls::ClientConnection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsConnector;

use crate::support::tls::{Certificate, VERSIONS, client, connect};
use crate::support::{Gate, LINK, Peer, Upstream};

const FIXTURES: &str = "tests/fixtures/client-hellos";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/client_hello.py");
const SOME: &str = "t13d1516h2_8daaf6152771_e5627efa2ab1";

#[test]
fn real_clients_have_the_fingerprints_that_another_program_computed() {
    let table = std::fs::read_to_string(Path::new(FIXTURES).join("README.md")).unwrap();
    let rows = table.lines().filter_map(|line| {
        let (file, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
        Some((file, rest.split_once('`')?.0))
    });
    let rows: Vec<_> = rows.collect();
    for (file, expected) in &rows {
        let records = std::fs::read(Path::new(FIXTURES).join(file)).unwrap();
        assert_eq!(client_hello::ja4(&records).unwrap().as_str(), *expected, "{file}");
    }
    let files = std::fs::read_dir(FIXTURES).unwrap().count();
    assert_eq!(files, rows.len() + 1, "every file has its row");
    let shuffled = ["chromium-1.bin", "chromium-2.bin"].map(|file| rows.iter().find(|row| row.0 == file).unwrap().1);
    assert_eq!(shuffled[0], shuffled[1]);
}

/// What a client that shows nobody's session is going to look like.
fn expected(connector: &TlsConnector, name: &str) -> String {
    let name = name.to_owned().try_into().unwrap();
    let mut connection = ClientConnection::new(Arc::clone(connector.config()), name).unwrap();
    let mut records = Vec::new();
    connection.write_tls(&mut records).unwrap();
    client_hello::ja4(&records).unwrap().to_string()
}

/// A way to a gate on which one client's ClientHello is kept, and split into records of `size` bytes.
struct Relay {
    port: u16,
    hello: Arc<Mutex<Vec<u8>>>,
}

impl Relay {
    async fn before(gate: &Gate, size: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, gate) = (listener.local_addr().unwrap().port(), gate.address);
        let hello = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&hello);
        tokio::spawn(async move {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(gate).await.unwrap();
            let mut head = [0; 5];
            near.read_exact(&mut head).await.unwrap();
            let mut body = vec![0; u16::from_be_bytes([head[3], head[4]]).into()];
            near.read_exact(&mut body).await.unwrap();
            *kept.lock().unwrap() = [&head[..], &body].concat();
            for piece in body.chunks(size) {
                let length = u16::try_from(piece.len()).unwrap().to_be_bytes();
                far.write_all(&[&head[..3], &length, piece].concat()).await.unwrap();
            }
            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
        });
        Self { port, hello }
    }

    /// The JA4 of what was kept, as the script computes it.
    async fn ja4(&self, folder: &Path) -> String {
        let file = folder.join("hello.bin");
        let hello = self.hello.lock().unwrap().clone();
        tokio::fs::write(&file, hello).await.unwrap();
        let said = Command::new("python3").args([SCRIPT, "ja4"]).arg(file).output().await;
        let said = String::from_utf8(said.expect("install python3").stdout).unwrap();
        said.split_whitespace().next().expect("a fingerprint").to_owned()
    }
}

#[tokio::test]
async fn the_record_says_what_a_clients_own_bytes_say() {
    let upstream = Upstream::plain().await;
    let gate = Gate::on_tls(&upstream, &["localhost"], "").await;
    let mut seen = Vec::new();
    for (size, ways) in [
        (1 << 14, &["--http1.1"][..]),
        (1 << 14, &["--http2"]),
        (100, &["--http2"]),
        (7, &["--http1.1", "--tls-max", "1.2"]),
    ] {
        let relay = Relay::before(&gate, size).await;
        let link = format!("https://localhost:{}{}", relay.port, gate.link(&gate.token()));
        let curl = Command::new("curl")
            .args(["--noproxy", "*", "-4", "-sS", "-k", &link])
            .args(ways)
            .output();
        let page = String::from_utf8(curl.await.expect("install curl").stdout).unwrap();
        assert!(page.contains("linklatch-ticket"), "{page}");
        let ja4 = relay.ja4(gate.folder.path()).await;
        assert_eq!(gate.last_record()["tls.client.ja4"], ja4.as_str(), "{ways:?}");
        seen.push(ja4);
    }
    assert!(
        seen[0].starts_with("t13d") && seen[0][8..].starts_with("h1_"),
        "{seen:?}"
    );
    assert!(seen[1][8..].starts_with("h2_"), "{seen:?}");
    assert_eq!(seen[1], seen[2], "records do not count");
    assert!(seen[3].starts_with("t12d"), "{seen:?}");
    gate.finish(&upstream).await;
}

/// A signature that refuses those who look like this.
async fn refuse(folder: &Path, ja4: &str) {
    let signature = format!(
        "[[signature]]\nid = \"own-tls\"\ntitle = \"t\"\nconfidence = \"certain\"\nkind = \"library\"\n\
         source = [\"s\"]\nseen = 2026-08-11\naction = \"refuse\"\ntls = [{ja4:?}]\nmatch = [{{ tls = {ja4:?} }}]\n"
    );
    tokio::fs::create_dir_all(folder.join("own")).await.unwrap();
    tokio::fs::write(folder.join("own/own.toml"), signature).await.unwrap();
}

async fn get(connector: &TlsConnector, stream: TcpStream, target: &str) -> String {
    let mut peer = Peer::new(connect(connector, stream, "one.example").await.unwrap());
    peer.send(format!(
        "GET {target} HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n"
    ))
    .await;
    peer.rest().await
}

#[tokio::test]
async fn a_signature_asks_for_the_fingerprint_of_the_connection() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let own = Certificate::write(folder.path(), "one", &["one.example"]);
    let [unwanted, other] = [&["http/1.1"][..], &[]].map(|alpn| client(&[&own], alpn, &VERSIONS));
    let [unwanted_ja4, other_ja4] = [&unwanted, &other].map(|connector| expected(connector, "one.example"));
    assert_ne!(unwanted_ja4, other_ja4);
    refuse(folder.path(), &unwanted_ja4).await;
    let listener = |more: &str| format!("[[listener]]\naddress = \"127.0.0.1:0\"\n{more}");
    let config = format!(
        "upstream = \"http://{}\"\ntrusted-proxies = [\"127.0.8.0/24\"]\nsignatures.folder = \"own\"\n{}{}{}{}{LINK}",
        upstream.address,
        listener(&own.entry()),
        listener(&format!("proxy-protocol = true\n{}", own.entry())),
        listener(""),
        listener("proxy-protocol = true\n"),
    );
    let gate = Gate::of(&config, folder).await;
    let link = gate.link(&gate.token());

    let answer = get(&other, gate.actor().connect().await, &link).await;
    assert!(answer.contains("linklatch-ticket"), "{answer}");
    assert_eq!(gate.last_record()["tls.client.ja4"], other_ja4.as_str());
    let answer = get(&unwanted, gate.actor().connect().await, &link).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert_eq!(gate.last_record()["tls.client.ja4"], unwanted_ja4.as_str());
    assert_eq!(gate.last_record()["linklatch.reason"], "refused_by_signature");

    // A balancer that names the client and passes its TLS on.
    let mut balancer = gate.actor();
    (balancer.address, balancer.gate) = ("127.0.8.1", gate.addresses[1]);
    let proxied = b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n";
    let mut stream = balancer.connect().await;
    stream.write_all(proxied).await.unwrap();
    let fresh = client(&[&own], &["http/1.1"], &VERSIONS);
    assert!(get(&fresh, stream, &link).await.starts_with("HTTP/1.1 403 "));
    assert_eq!(gate.last_record()["client.address"], "203.0.113.7");

    // No TLS, or TLS that somebody else ended.
    let mut cleartext = gate.actor();
    cleartext.gate = gate.addresses[2];
    assert!(cleartext.get(&link).await.is_held());
    assert_eq!(gate.last_record().get("tls.client.ja4"), None);
    balancer.gate = gate.addresses[3];
    let mut peer = Peer::new(balancer.connect().await);
    let request = format!("GET {link} HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n");
    peer.send([proxied, request.as_bytes()].concat()).await;
    assert!(peer.rest().await.contains("linklatch-ticket"));
    assert_eq!(gate.last_record().get("tls.client.ja4"), None);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_trusted_proxy_tells_the_fingerprint_and_nobody_else() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    refuse(folder.path(), SOME).await;
    let config = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\ntrusted-proxies = [\"127.0.8.0/24\"]\n\
         tls-fingerprint-header = \"X-JA4\"\nsignatures.folder = \"own\"\n{LINK}",
        upstream.address
    );
    let gate = Gate::of(&config, folder).await;
    let link = gate.link(&gate.token());
    let (stranger, mut proxy) = (gate.actor(), gate.actor());
    proxy.address = "127.0.8.1";
    let proxy = proxy.with("x-forwarded-for", "203.0.113.7");

    assert_eq!(proxy.clone().with("x-ja4", SOME).get(&link).await.status, 403);
    assert_eq!(gate.last_record()["tls.client.ja4"], SOME);
    let other = SOME.replace("h2", "h1");
    assert!(proxy.clone().with("x-ja4", &other).get(&link).await.is_held());
    assert_eq!(gate.last_record()["tls.client.ja4"], other.as_str());
    for actor in [
        stranger.clone().with("x-ja4", SOME),
        proxy.clone().with("x-ja4", &SOME[1..]),
        proxy.clone(),
    ] {
        assert!(actor.get(&link).await.is_held());
        assert_eq!(gate.last_record().get("tls.client.ja4"), None);
    }

    stranger.with("x-ja4", SOME).get("/page").await;
    assert_eq!(upstream.received().pop().unwrap().header("x-ja4"), None);
    proxy.with("x-ja4", SOME).get("/page").await;
    assert_eq!(upstream.received().pop().unwrap().header("x-ja4"), Some(SOME));
    gate.finish(&upstream).await;
}
