//! The real program: what it prints, how it ends, and what can't stop it.

use std::fs::File;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use http::HeaderMap;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::upstream::{ok, signed_in};
use crate::support::{Actor, Upstream};

const LINK: &str = "/auth/verify?token={token}";

fn serve(upstream: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        &format!("http://{upstream}"),
        "--link",
        LINK,
    ]);
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts it and reads where it listens.
async fn start(mut command: Command) -> (Child, Actor) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address: SocketAddr = loop {
        let line = lines.next_line().await.unwrap().expect("it says where it listens");
        if let Some((_, rest)) = line.split_once("listening on http://") {
            let end = rest
                .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))
                .unwrap_or(rest.len());
            break rest[..end].parse().unwrap();
        }
    };
    assert_ne!(address.port(), 0, "the real port is said");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let actor = Actor {
        address: "127.0.0.1",
        gate: address,
        host: address.to_string(),
        headers: HeaderMap::new(),
        cookies: Arc::default(),
        seen: Arc::default(),
    };
    (child, actor)
}

async fn terminate(child: &mut Child) -> Option<i32> {
    let pid = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    child.wait().await.unwrap().code()
}

#[tokio::test]
async fn a_first_minute_needs_no_file() {
    let upstream = Upstream::start(|_| signed_in("https://elsewhere.example/").into()).await;
    let (mut child, person) = start(serve(upstream.address)).await;
    let reply = person.sign_in("/auth/verify?token=abc").await;
    assert_eq!(reply.header("location"), Some("https://elsewhere.example/"));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for outcome in ["held", "confirmed"] {
        let line: serde_json::Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
        assert_eq!(line["linklatch.outcome"], outcome);
    }
    assert_eq!(terminate(&mut child).await, Some(0));
}

#[tokio::test]
async fn a_closed_pipe_stops_nothing() {
    let upstream = Upstream::start(|_| ok("in").into()).await;
    let (mut child, person) = start(serve(upstream.address)).await;
    drop(child.stdout.take());
    for _ in 0..3 {
        assert!(person.get("/auth/verify?token=abc").await.is_held());
    }
    assert!(person.sign_in("/auth/verify?token=abc").await.is_from_upstream());
    assert_eq!(terminate(&mut child).await, Some(0));
}

#[tokio::test]
async fn a_full_disk_stops_nothing() {
    let upstream = Upstream::start(|_| ok("in").into()).await;
    let mut command = serve(upstream.address);
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    let (mut child, person) = start(command).await;
    for _ in 0..3 {
        assert!(person.get("/auth/verify?token=abc").await.is_held());
    }
    assert_eq!(terminate(&mut child).await, Some(0));
}

#[tokio::test]
async fn a_confirmation_in_flight_is_finished_before_the_end() {
    let (upstream, told) = Upstream::when_told("/home").await;
    let (mut child, person) = start(serve(upstream.address)).await;
    let page = person.get("/auth/verify?token=abc").await;
    let press = person.press("/auth/verify?token=abc", &page);
    let stop = async {
        upstream.has_received(1).await;
        let end = terminate(&mut child);
        told.notify_one();
        end.await
    };
    let (reply, code) = tokio::join!(press, stop);
    assert_eq!((reply.status.as_u16(), code), (302, Some(0)));
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_linklatch"));
    command.args([
        "serve",
        "--listen",
        &address,
        "--upstream",
        "http://127.0.0.1:9",
        "--link",
        LINK,
    ]);
    let mut child = command.env_clear().stderr(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(1), "{text}");
    assert!(text.contains(&address), "{text}");
}
