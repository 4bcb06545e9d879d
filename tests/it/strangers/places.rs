//! Places for requests under way: one address has a share of them, and no more.

use http::Method;

use super::site::{Site, Way};
use super::{CLIENTS, Client, Held, Sender, gate, get};

const ATTACKER: &str = "127.0.9.1";
const NEIGHBOUR: &str = "127.0.9.2";
const LIMITS: &str = "[limits]\nin-flight = 8\nin-flight-per-address = 3\n";

/// What keeps a request under way.
const HELD: [(Method, &str); 3] = [(Method::POST, "/up"), (Method::GET, "/wait"), (Method::GET, "/big")];

#[tokio::test]
async fn one_address_has_its_share_and_all_others_theirs() {
    let variants = CLIENTS.into_iter().flat_map(|client| HELD.map(|held| (client, held)));
    for ((client, held), way) in variants.flat_map(|variant| [Way::Http1, Way::H2c].map(|way| (variant.clone(), way))) {
        let what = format!("{client:?} {held:?} {way:?}");
        let site = Site::start(way, 200).await;
        let gate = gate(&site, LIMITS, "").await;
        let mut senders = Vec::new();
        for _ in 0..3 {
            let mut sender = Sender::connect(Client::Http2, &gate, ATTACKER).await;
            let begun = site.begun();
            let (parts, answer) = sender.begin(held.0.clone(), held.1);
            let parts = (held.0 == Method::POST).then_some(parts);
            senders.push((sender, parts, Held::new(answer)));
            site.has_begun(begun + 1).await;
        }
        assert_eq!(get(client, &gate, ATTACKER, "/small").await.0, 503, "{what}");
        assert_eq!(gate.last_record()["linklatch.reason"], "in_flight_limit_of_address");
        assert_eq!(get(client, &gate, NEIGHBOUR, "/small").await.0, 200, "{what}");
        // Pages and presses have nothing to do with it.
        let mut person = gate.person();
        person.address = ATTACKER;
        let link = gate.link(&gate.token_to_confirm());
        assert_eq!(person.sign_in(&link).await.status, 200, "{what}");
        drop(senders.pop());
        while get(client, &gate, ATTACKER, "/small").await.0 != 200 {}
        drop(senders);
        gate.finish(&site).await;
    }
}

#[tokio::test]
async fn who_speaks_for_nobody_has_no_share() {
    for (trusted, fields, share) in [
        (true, &[][..], false),
        (true, &[("x-forwarded-for", "unknown")], false),
        (true, &[("x-forwarded-for", "203.0.113.7")], true),
        (true, &[("forwarded", "for=\"[2001:db8::7]\"")], true),
        (false, &[("x-forwarded-for", "203.0.113.7")], false),
        (false, &[], true),
    ] {
        let site = Site::start(Way::Http1, 200).await;
        let trust = if trusted {
            "trusted-proxies = [\"127.0.0.0/8\"]\n"
        } else {
            ""
        };
        let gate = gate(&site, &format!("{trust}{LIMITS}"), "").await;
        let mut held = Vec::new();
        for _ in 0..3 {
            let actor = fields
                .iter()
                .fold(gate.actor(), |actor, (name, value)| actor.with(name, value));
            let mut actor = actor;
            actor.address = ATTACKER;
            let begun = site.begun();
            held.push(tokio::spawn(async move { actor.get("/wait").await }));
            site.has_begun(begun + 1).await;
        }
        let actor = fields
            .iter()
            .fold(gate.actor(), |actor, (name, value)| actor.with(name, value));
        let mut actor = actor;
        actor.address = ATTACKER;
        let expected = if share { 503 } else { 200 };
        assert_eq!(actor.get("/small").await.status, expected, "{trusted} {fields:?}");
        held.iter().for_each(tokio::task::JoinHandle::abort);
        drop(held);
        gate.finish(&site).await;
    }
}
