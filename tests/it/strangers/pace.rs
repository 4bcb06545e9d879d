//! A least rate for bodies: who sends or takes one in trickles makes room, and who waits for somebody else stays.

use http::Method;
use http_body_util::BodyExt as _;

use super::site::{Site, Way};
use super::{CLIENTS, Held, Sender, gate, get, within};

const ATTACKER: &str = "127.0.9.1";
const NEIGHBOUR: &str = "127.0.9.2";
const WAYS: [Way; 3] = [Way::Http1, Way::H2c, Way::TlsH2];
/// No test keeps this rate up.
const LIMITS: &str = "[times]\nstall = \"1s\"\n[limits]\nin-flight = 4\nleast-rate = \"1024MiB\"\n";
/// Whoever sends or takes what there is keeps this one up.
const EASY: &str = "[times]\nstall = \"1s\"\n[limits]\nin-flight = 4\nleast-rate = \"16KiB\"\n";

#[tokio::test]
async fn uploads_that_trickle_make_room() {
    for (client, way) in CLIENTS.into_iter().flat_map(|client| WAYS.map(|way| (client, way))) {
        let site = Site::start(way, 200).await;
        let gate = gate(&site, LIMITS, "").await;
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut sender = Sender::connect(client, &gate, ATTACKER).await;
            let (parts, answer) = sender.begin(Method::POST, "/up");
            parts.send(b"a").unwrap();
            held.push((sender, parts, Held::new(answer)));
        }
        site.has_begun(4).await;
        // Each time that the neighbour asks, every upload goes on by a byte.
        let asking = async {
            while get(client, &gate, NEIGHBOUR, "/small").await.0 != 200 {
                for (_, parts, _) in &held {
                    let _ = parts.send(b"a");
                }
            }
        };
        within(asking).await;
        for (_sender, _parts, answer) in held {
            assert_eq!(answer.status().await, 408, "{client:?} {way:?}");
        }
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn readers_that_trickle_make_room() {
    let variants = CLIENTS.into_iter().flat_map(|client| WAYS.map(|way| (client, way)));
    for ((client, way), one_connection) in variants.flat_map(|variant| [false, true].map(|one| (variant, one))) {
        if one_connection && client == super::Client::Http1 {
            continue;
        }
        let site = Site::start(way, 200).await;
        let gate = gate(&site, LIMITS, "").await;
        let (mut senders, mut held) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            if senders.is_empty() || !one_connection {
                senders.push(Sender::connect(client, &gate, ATTACKER).await);
            }
            let (parts, answer) = senders.last_mut().unwrap().begin(Method::GET, "/big");
            drop(parts);
            held.push(within(answer).await.unwrap().into_body());
        }
        // Each time that the neighbour asks, every reader takes a part, until all of them were left.
        let asking = async {
            while !held.is_empty() {
                get(client, &gate, NEIGHBOUR, "/small").await;
                let mut go_on = Vec::new();
                for mut body in held.drain(..) {
                    if let Some(Ok(_)) = body.frame().await {
                        go_on.push(body);
                    }
                }
                held = go_on;
            }
        };
        within(asking).await;
        assert_eq!(
            get(client, &gate, NEIGHBOUR, "/small").await.0,
            200,
            "{client:?} {way:?}"
        );
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn who_waits_for_the_other_side_stays() {
    for (client, way) in CLIENTS.into_iter().flat_map(|client| WAYS.map(|way| (client, way))) {
        let what = format!("{client:?} {way:?}");
        let site = Site::start(way, 200).await;
        let gate = gate(&site, EASY, "").await;
        let mut reading = Sender::connect(client, &gate, NEIGHBOUR).await;
        let (parts, answer) = reading.begin(Method::GET, "/events");
        drop(parts);
        let events = within(answer).await.unwrap();
        let mut writing = Sender::connect(client, &gate, NEIGHBOUR).await;
        let (parts, answer) = writing.begin(Method::POST, "/deaf");
        (0..512).for_each(|_| parts.send(&[b'x'; 16 * 1024]).unwrap());
        drop(parts);
        let deaf = tokio::spawn(async move { answer.await.unwrap().into_body().collect().await.unwrap() });
        site.has_begun(2).await;
        // It ends when as much time has passed as anybody may pause.
        let mut slow = Sender::connect(client, &gate, ATTACKER).await;
        let (_parts, answer) = slow.begin(Method::POST, "/up");
        assert_eq!(Held::new(answer).status().await, 408, "{what}");
        site.tell();
        assert_eq!(within(deaf).await.unwrap().to_bytes().len(), 512 * 16 * 1024, "{what}");
        let events = within(events.into_body().collect()).await.unwrap();
        assert_eq!(events.to_bytes(), "event", "{what}");
        gate.finish(&site).await;
    }
}

/// With 0 the pause alone counts, as long as something comes.
#[tokio::test]
async fn without_a_rate_a_trickle_goes_on() {
    for client in CLIENTS {
        let site = Site::start(Way::Http1, 200).await;
        let gate = gate(&site, "[times]\nstall = \"1s\"\n[limits]\nleast-rate = \"0B\"\n", "").await;
        let mut slow = Sender::connect(client, &gate, ATTACKER).await;
        let (_parts, answer) = slow.begin(Method::POST, "/up");
        let slow = Held::new(answer);
        let mut trickling = Sender::connect(client, &gate, ATTACKER).await;
        let (parts, answer) = trickling.begin(Method::POST, "/up");
        let trickling = Held::new(answer);
        while !slow.0.is_finished() {
            parts.send(b"a").unwrap();
            assert_eq!(get(client, &gate, NEIGHBOUR, "/small").await.0, 200);
        }
        assert_eq!(slow.status().await, 408);
        drop(parts);
        assert_eq!(trickling.status().await, 200);
        gate.finish(&site).await;
    }
}
