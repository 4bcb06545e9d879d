//! Where the upstream or the client fails: who is told what.

use tokio::net::TcpSocket;

use crate::support::upstream::ok;
use crate::support::{Gate, LINK, RawUpstream, Upstream};

#[tokio::test]
async fn an_upstream_that_is_down_gets_a_page_or_an_envelope_with_its_reference() {
    let upstream = Upstream::plain().await;
    // Bound and not listening: connections are refused, and nobody else gets the port.
    let down = TcpSocket::new_v4().unwrap();
    down.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = down.local_addr().unwrap();
    let config = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{address}\"\n{LINK}");
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let page = gate.person().get("/page").await;
    assert_eq!(page.status, 502);
    let reference = page.header("x-request-id").unwrap();
    assert!(page.body.contains(reference), "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store, no-transform"));
    let record = gate.last_record();
    assert_eq!(record["request_id"], reference, "{record}");

    let program = gate.actor().with("accept", "application/json");
    let envelope = program.get("/page").await;
    assert_eq!(envelope.status, 502);
    let reference = envelope.header("x-request-id").unwrap();
    assert_eq!(envelope.json()["request_id"], reference);
    assert_eq!(envelope.json()["success"], false);
    assert_eq!(gate.last_record()["request_id"], reference);
    let head = gate.person().head("/page").await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (502, ""));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_silent_upstream_times_out() {
    let upstream = RawUpstream::start().await;
    let config = format!(
        "listen = \"127.0.0.1:0\"\n[[upstream]]\nname = \"api\"\nurl = \"http://{}\"\nresponse-timeout = \"1s\"\n{LINK}",
        upstream.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    let program = gate.actor().with("accept", "application/json");
    let silent = async {
        let mut server = upstream.accept().await;
        server.head().await;
        assert_eq!(server.rest().await, "", "the gate lets go");
    };
    let (answer, ()) = tokio::join!(program.get("/page"), silent);
    assert_eq!(answer.status, 504);
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id").unwrap());
    assert_eq!(gate.last_record()["error.type"], "upstream_timeout");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_upstream_that_talks_nonsense_is_a_bad_gateway() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let many = "X: 1\r\n".repeat(2000);
    for nonsense in [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\n{many}\r\n"),
    ] {
        let person = gate.person();
        let answering = async {
            let mut server = upstream.accept().await;
            server.head().await;
            server.send(nonsense).await;
        };
        let (answer, ()) = tokio::join!(person.get("/page"), answering);
        assert_eq!(answer.status, 502, "{nonsense:.60}");
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to_be_cut() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    for head in [
        "Content-Length: 10\r\n\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let mut client = gate.dial().await;
        client.send("GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n").await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send(format!("HTTP/1.1 200 OK\r\n{head}")).await;
        client.until("half").await;
        drop(server);
        let rest = client.rest().await;
        assert!(!rest.contains("0\r\n\r\n"), "it looks whole: {rest:?}");
    }
    gate.stop().await;
    assert_eq!(gate.last_record()["error.type"], "body_cut_off");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_body_that_the_client_breaks_is_the_clients_fault() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::before(&upstream).await;
    let mut client = gate.dial().await;
    client
        .send("POST /up HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        .await;
    let mut server = upstream.accept().await;
    server.until("ab").await;
    client.send("xyz\r\n").await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(!server.rest().await.contains("0\r\n\r\n"), "it looks whole");
    gate.stop().await;
    assert_eq!(gate.last_record()["linklatch.reason"], "body_broken");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_body_that_stops_is_the_clients_fault() {
    let upstream = RawUpstream::start().await;
    let gate = Gate::with(&upstream, &format!("[times]\nstall = \"1s\"\n{LINK}")).await;
    let mut client = gate.dial().await;
    client
        .send("POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhalf")
        .await;
    let mut server = upstream.accept().await;
    server.until("half").await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    gate.stop().await;
    assert_eq!(gate.last_record()["linklatch.reason"], "body_timeout");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn several_upstreams_are_chosen_by_host_and_path() {
    let (site, api, other) = (
        Upstream::plain().await,
        Upstream::plain().await,
        Upstream::start(|_| ok("other").into()).await,
    );
    let config = format!(
        "listen = \"127.0.0.1:0\"\nhosts = [\"site.example\", \"api.example\", \"other.example\"]\n\
         [[upstream]]\nname = \"site\"\nurl = \"http://{}\"\n\
         [[upstream]]\nname = \"api\"\nurl = \"http://{}\"\npaths = [\"/api/\"]\n\
         [[upstream]]\nname = \"other\"\nurl = \"http://{}\"\nhosts = [\"other.example\"]\n{LINK}",
        site.address, api.address, other.address
    );
    let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
    for (host, path, name) in [
        ("site.example", "/page", "site"),
        ("site.example:8080", "/apidocs", "site"),
        ("API.example", "/api/v1", "api"),
        ("other.example", "/page", "other"),
    ] {
        let mut person = gate.person();
        person.host = host.into();
        assert_eq!(person.get(path).await.status, 200);
        assert_eq!(gate.last_record()["linklatch.upstream.name"], name, "{host}{path}");
    }
    for host in ["evil.example", "127.0.0.1", "site.example.evil.example"] {
        let mut stranger = gate.person();
        stranger.host = host.into();
        assert_eq!(stranger.get("/page").await.status, 421, "{host}");
    }
    assert_eq!(
        (site.received().len(), api.received().len(), other.received().len()),
        (2, 1, 1)
    );
    assert_eq!(site.received()[1].header("host"), Some("site.example:8080"));
    gate.finish(&site).await;
}
