//! One upstream for all: readers that stop, uploads that wait, requests that are aborted.

use http::Method;

use super::site::{Site, Way};
use super::{CLIENTS, Held, Sender, gate, get, within};
use crate::support::upstream::{Speaks, ok};
use crate::support::{Gate, LINK, Upstream};

const ATTACKER: &str = "127.0.9.1";
const NEIGHBOUR: &str = "127.0.9.2";

#[tokio::test]
async fn readers_that_stop_hold_up_nobody_else() {
    let variants = Way::ALL.into_iter().flat_map(|way| CLIENTS.map(|client| (client, way)));
    for (client, way) in variants {
        for readers in [6, 40] {
            let site = Site::start(way, 200).await;
            let gate = gate(&site, "", "").await;
            let mut held = Vec::new();
            for _ in 0..readers {
                let mut sender = Sender::connect(client, &gate, ATTACKER).await;
                let (parts, answer) = sender.begin(Method::GET, "/big");
                drop(parts);
                let answer = within(answer).await.unwrap();
                assert_eq!(answer.status(), 200);
                held.push((sender, answer));
            }
            for _ in 0..4 {
                let (status, body) = get(client, &gate, NEIGHBOUR, "/medium").await;
                assert_eq!((status, body.len()), (200, 2 << 20), "{client:?} {way:?} {readers}");
            }
            drop(held);
            gate.finish(&site).await;
        }
    }
}

#[tokio::test]
async fn uploads_that_wait_leave_room_whatever_the_peer_s_limit_is() {
    let variants = Way::H2.into_iter().flat_map(|way| CLIENTS.map(|client| (client, way)));
    for ((client, way), limit) in variants.flat_map(|variant| [1, 4, 100].map(|limit| (variant, limit))) {
        let site = Site::start(way, limit).await;
        let gate = gate(&site, "", "").await;
        let uploads = 2 * limit as usize + 1;
        let mut held = Vec::new();
        for _ in 0..uploads {
            let mut sender = Sender::connect(client, &gate, ATTACKER).await;
            let (parts, answer) = sender.begin(Method::POST, "/up");
            parts.send(b"a").unwrap();
            held.push((sender, parts, Held::new(answer)));
        }
        site.has_begun(uploads).await;
        let what = format!("{client:?} {way:?} {limit}");
        assert_eq!(get(client, &gate, NEIGHBOUR, "/small").await.0, 200, "{what}");
        let most = site.connections().iter().map(|seen| seen.most()).max().unwrap();
        assert!(most <= limit as usize && most <= 32, "{most} streams at a time: {what}");
        for (_sender, parts, answer) in held {
            drop(parts);
            assert_eq!(answer.status().await, 200, "{what}");
        }
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn when_all_connections_are_full_a_request_is_refused_at_once_and_a_press_is_not() {
    for (client, way) in CLIENTS.into_iter().zip(Way::H2) {
        let site = Site::start(way, 2).await;
        let gate = gate(&site, "", "connections = 2").await;
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut sender = Sender::connect(client, &gate, ATTACKER).await;
            let (parts, answer) = sender.begin(Method::POST, "/up");
            held.push((sender, parts, Held::new(answer)));
        }
        site.has_begun(4).await;
        let (status, _) = get(client, &gate, NEIGHBOUR, "/small").await;
        assert_eq!(status, 503);
        assert_eq!(gate.last_record()["linklatch.reason"], "upstream_full");
        let link = gate.link(&gate.token_to_confirm());
        assert_eq!(
            gate.person().sign_in(&link).await.status,
            200,
            "a press has a connection of its own"
        );
        drop(held.pop());
        while get(client, &gate, NEIGHBOUR, "/small").await.0 != 200 {}
        drop(held);
        gate.finish(&site).await;
    }
}

/// 16 are the most that one connection resets, and those that run beside the last of them.
#[tokio::test]
async fn aborted_requests_are_no_flood_of_resets_for_one_connection() {
    let variants = Way::H2.into_iter().flat_map(|way| CLIENTS.map(|client| (client, way)));
    for ((client, way), at_a_time) in variants.flat_map(|variant| [1, 20].map(|at_a_time| (variant, at_a_time))) {
        let site = Site::start(way, 200).await;
        let gate = gate(&site, "", "").await;
        let mut neighbour = Sender::connect(client, &gate, NEIGHBOUR).await;
        let (parts, waiting) = neighbour.begin(Method::GET, "/wait");
        drop(parts);
        let waiting = Held::new(waiting);
        site.has_begun(1).await;
        let mut small = Sender::connect(client, &gate, NEIGHBOUR).await;
        for round in 1..=20 * at_a_time.min(5) {
            let begun = site.begun();
            let mut aborted = Vec::new();
            for _ in 0..at_a_time {
                let mut sender = Sender::connect(client, &gate, ATTACKER).await;
                let (parts, answer) = sender.begin(Method::GET, "/wait");
                drop(parts);
                aborted.push((sender, Held::new(answer)));
            }
            site.has_begun(begun + at_a_time).await;
            drop(aborted);
            while site.connections().iter().map(|seen| seen.aborted()).sum::<usize>() < round * at_a_time {
                assert_eq!(small.get("/small").await.0, 200);
            }
        }
        let what = format!("{client:?} {way:?} {at_a_time}");
        let most = site.connections().iter().map(|seen| seen.aborted()).max().unwrap();
        assert!(most < 16 + at_a_time, "{most} on one connection: {what}");
        site.tell();
        assert_eq!(waiting.status().await, 200, "{what}");
        gate.finish(&site).await;
    }
}

/// Only who asks for HTTP/2 gets it, and only where the upstream speaks it.
#[tokio::test]
async fn the_upstream_is_spoken_to_as_the_configuration_says() {
    let folder = tempfile::tempdir().unwrap();
    let own = crate::support::tls::Certificate::write(folder.path(), "own", &["127.0.0.1"]);
    let tls = |alpn: &[&str]| Speaks::Tls(own.server(alpn));
    for (speaks, key, version) in [
        (Speaks::Http1, "", "HTTP/1.1"),
        (Speaks::Http1, "h2 = false", "HTTP/1.1"),
        (Speaks::H2c, "h2 = true", "HTTP/2.0"),
        (Speaks::H2c, "h2c = true", "HTTP/2.0"),
        (tls(&["h2", "http/1.1"]), "", "HTTP/1.1"),
        (tls(&["h2", "http/1.1"]), "h2 = true", "HTTP/2.0"),
        (tls(&["http/1.1"]), "h2 = true", "HTTP/1.1"),
        (tls(&[]), "h2 = true", "HTTP/1.1"),
        (Speaks::Http1, "h2 = true", "502"),
        (Speaks::H2c, "", "502"),
        (tls(&["h2"]), "", "502"),
    ] {
        let scheme = if matches!(speaks, Speaks::Tls(_)) {
            "https"
        } else {
            "http"
        };
        let trust = if scheme == "https" {
            format!("ca-file = {:?}\n", own.certificate)
        } else {
            String::new()
        };
        let upstream = Upstream::speaking(speaks, |received| ok(&format!("{:?}", received.version)).into()).await;
        let config = format!(
            "listen = \"127.0.0.1:0\"\n[[upstream]]\nname = \"api\"\nurl = \"{scheme}://{}\"\n{trust}{key}\n{LINK}",
            upstream.address
        );
        let gate = Gate::of(&config, tempfile::tempdir().unwrap()).await;
        for _ in 0..3 {
            let reply = gate.person().get("/page").await;
            let spoken = if reply.status == 200 {
                reply.body
            } else {
                reply.status.as_u16().to_string()
            };
            assert_eq!(spoken, version, "{scheme} {key}");
        }
        let (one, two) = (gate.person(), gate.person());
        let (one, two) = tokio::join!(one.get("/page"), two.get("/page"));
        assert_eq!(one.status, two.status);
        gate.finish(&upstream).await;
    }
}
