//! What is remembered when keys are rotated: every state, over every rotation, by real reloads.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::reload::config;
use crate::support::upstream::{answer, signed_in};
use crate::support::{Actor, Gate, Upstream};

/// The seeds of the keys after each reload, newest first.
const ROTATIONS: [&[&[u8]]; 5] = [
    &[&[1]],
    &[&[2, 1]],
    &[&[1, 2], &[2, 1]],
    &[&[2, 1], &[3, 2, 1]],
    // The old key is dropped: what it sealed is void, what is remembered is not.
    &[&[2]],
];

const LINK: &str = "[[link]]\nurl = \"/auth/verify?token={token}\"\nask = \"POST /auth/send-link\"\n";
const CALL: &str = "[[link.call]]\nrequest = \"POST /v1/verify\"\njson = { token = \"{token}\" }\n";

struct Run {
    upstream: Upstream,
    gate: Gate,
    more: String,
    rotation: &'static [&'static [u8]],
}

impl Run {
    async fn new(upstream: Upstream, more: &str, rotation: &'static [&'static [u8]]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", upstream.address);
        let more = format!("[keys]\nfile = \"keys\"\n{LINK}{more}{CALL}");
        std::fs::write(folder.path().join("keys"), keys(&[1])).unwrap();
        let gate = Gate::of(&format!("{top}{more}"), folder).await;
        Self {
            upstream,
            gate,
            more,
            rotation,
        }
    }

    fn rotate(&self) {
        for seeds in self.rotation {
            std::fs::write(self.gate.folder.path().join("keys"), keys(seeds)).unwrap();
            let config = config(&self.gate, &self.upstream, &self.more);
            self.gate.reloader.replace(&config).unwrap();
        }
    }

    /// Whether what was sealed before the rotation still opens.
    fn opens(&self) -> bool {
        self.rotation.iter().all(|seeds| seeds.contains(&1))
    }

    fn link(&self) -> String {
        self.gate.link(&self.gate.token_to_confirm())
    }

    fn sent(&self) -> usize {
        let received = self.upstream.received();
        received
            .iter()
            .filter(|request| request.target.starts_with("/auth/verify"))
            .count()
    }

    async fn finish(self) {
        self.gate.finish(&self.upstream).await;
    }
}

fn keys(seeds: &[u8]) -> String {
    let line = |seed: &u8| format!("{}\n", BASE64URL_NOPAD.encode(&[*seed; 32]));
    seeds.iter().map(line).collect()
}

async fn signing_in() -> Upstream {
    Upstream::start(|_| signed_in("/home").into()).await
}

/// The same browser without cookies: a page of it is the only tie.
fn bare(actor: &Actor) -> Actor {
    Actor {
        cookies: std::sync::Arc::default(),
        ..actor.clone()
    }
}

#[tokio::test]
async fn a_press_under_way_is_shared() {
    for rotation in ROTATIONS {
        let (upstream, told) = Upstream::when_told("/home").await;
        let run = Run::new(upstream, "", rotation).await;
        let (link, person) = (run.link(), run.gate.person());
        let page = person.get(&link).await;
        let first = person.press(&link, &page);
        let others = async {
            run.upstream.has_received(1).await;
            run.rotate();
            let fresh = person.get(&link).await;
            let stranger = run.gate.person();
            let strange = stranger.get(&link).await;
            assert_eq!(stranger.press(&link, &strange).await.status, 409, "{rotation:?}");
            if run.opens() {
                let again = person.press(&link, &page);
                let (second, third, ()) = tokio::join!(person.press(&link, &fresh), again, async { told.notify_one() });
                assert_eq!(
                    (second.status, third.status),
                    (first_status(), first_status()),
                    "{rotation:?}"
                );
            } else {
                let (second, ()) = tokio::join!(person.press(&link, &fresh), async { told.notify_one() });
                assert_eq!(second.status, first_status(), "{rotation:?}");
            }
        };
        let (reply, ()) = tokio::join!(first, others);
        assert_eq!(reply.status, first_status());
        assert_eq!(run.sent(), 1, "{rotation:?}");
        run.finish().await;
    }
}

const fn first_status() -> http::StatusCode {
    http::StatusCode::FOUND
}

#[tokio::test]
async fn a_kept_answer_and_a_spent_ticket_stay() {
    for rotation in ROTATIONS {
        let run = Run::new(signing_in().await, "", rotation).await;
        let (link, person) = (run.link(), run.gate.person());
        let page = person.get(&link).await;
        assert_eq!(person.press(&link, &page).await.status, 302);
        run.rotate();
        if run.opens() {
            assert_eq!(bare(&person).press(&link, &page).await.status, 302, "{rotation:?}");
        }
        assert_eq!(
            person.sign_in(&link).await.header("location"),
            Some("/home"),
            "{rotation:?}"
        );
        assert_eq!(run.gate.person().sign_in(&link).await.status, 409, "{rotation:?}");
        run.gate.clock.advance(Duration::from_secs(61));
        assert!(person.press(&link, &page).await.is_held(), "{rotation:?}");
        let expected = if run.opens() { "ticket_spent" } else { "ticket_not_ours" };
        assert_eq!(run.gate.last_record()["linklatch.reason"], expected);
        assert_eq!(run.sent(), 1, "{rotation:?}");
        run.finish().await;
    }
}

#[tokio::test]
async fn openings_of_calls_and_targets_stay() {
    for (rotation, mode) in ROTATIONS
        .iter()
        .flat_map(|rotation| ["enforce", "observe"].map(|mode| (*rotation, mode)))
    {
        let run = Run::new(signing_in().await, &format!("mode = \"{mode}\"\n"), rotation).await;
        let token = run.gate.token_to_confirm();
        let (link, person) = (run.gate.link(&token), run.gate.person());
        if mode == "enforce" {
            assert_eq!(person.sign_in(&link).await.status, 302);
        } else {
            assert_eq!(person.get(&link).await.status, 302);
        }
        run.rotate();
        let call = format!("{{\"token\":\"{token}\"}}");
        for client in [run.gate.actor(), person.clone()] {
            assert!(
                client.post_json("/v1/verify", &call).await.is_from_upstream(),
                "{rotation:?} {mode}"
            );
            assert!(
                client.post_form(&link, "a=b").await.is_from_upstream(),
                "{rotation:?} {mode}"
            );
        }
        run.finish().await;
    }
}

#[tokio::test]
async fn a_link_that_was_used_stays_used() {
    for once in [true, false] {
        for rotation in ROTATIONS {
            let seen = std::sync::Mutex::new(std::collections::HashSet::new());
            let upstream = Upstream::start(move |received| {
                let fresh = seen.lock().unwrap().insert(received.target.clone());
                if fresh {
                    signed_in("/home")
                } else {
                    answer(400, "text/plain", "used")
                }
                .into()
            })
            .await;
            let run = Run::new(upstream, &format!("once = {once}\n"), rotation).await;
            let (link, person) = (run.link(), run.gate.person());
            assert_eq!(person.sign_in(&link).await.status, 302);
            run.rotate();
            run.gate.clock.advance(Duration::from_secs(3600));
            let used = person.sign_in(&link).await;
            assert!(
                used.body.contains("You have used this link already"),
                "{rotation:?} {used:?}"
            );
            run.gate.clock.advance(Duration::from_secs(61));
            let other = run.gate.person().sign_in(&link).await;
            assert!(other.body.contains("another browser"), "{rotation:?} {other:?}");
            assert_eq!(run.sent(), if once { 1 } else { 3 }, "{rotation:?}");
            run.finish().await;
        }
    }
}

#[tokio::test]
async fn wrong_tries_stay_counted() {
    for rotation in ROTATIONS {
        let run = Run::new(signing_in().await, "", rotation).await;
        let link = run.link();
        let person = run.gate.person().with("user-agent", "curl/8.5.0");
        for _ in 0..20 {
            let page = person.get(&link).await;
            let code = page.code().unwrap();
            let other = if code.starts_with('1') { "2" } else { "1" };
            person.type_code(&link, &page, &format!("{other}{}", &code[1..])).await;
        }
        run.rotate();
        let page = person.get(&link).await;
        assert_eq!(page.code().unwrap().len(), "1 2 3 4 5 6 7 8".len(), "{rotation:?}");
        assert_eq!(person.press(&link, &page).await.status, 302, "{rotation:?}");
        run.finish().await;
    }
}

#[tokio::test]
async fn a_mark_stays_good_for_one_new_link() {
    for rotation in ROTATIONS {
        let run = Run::new(signing_in().await, "", rotation).await;
        let person = run.gate.person().with("user-agent", "curl/8.5.0");
        let (old, first, second) = (run.link(), run.link(), run.link());
        run.gate.person().get(&old).await;
        run.gate.clock.advance(Duration::from_secs(5));
        person.ask_for_mail().await;
        run.gate.clock.advance(Duration::from_secs(5));
        run.rotate();
        assert!(
            person.get(&old).await.code().is_some(),
            "{rotation:?}: it was seen before"
        );
        let vouches = async |link: &str| person.get(link).await.code().is_none();
        assert_eq!(vouches(&first).await, run.opens(), "{rotation:?}");
        run.rotate();
        assert_eq!(vouches(&first).await, run.opens(), "{rotation:?}: bound to it");
        assert!(!vouches(&second).await, "{rotation:?}: a mark is for one link");
        run.finish().await;
    }
}
