//! The memory against one that never forgets, over random presses: what was spent is not sent again, and what was not
//! spent can be sent.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

/// So few tickets have room that made-up ones would push each other out at once.
const SMALL: Room = Room { tickets: 16, once: 64 };
const ENTRIES: u64 = 16;
const TARGETS: u8 = 6;
const ANSWER: Duration = Duration::from_secs(60);
const LIFE: Duration = Duration::from_secs(900);

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A press of a fresh page, or of one that was opened before.
    Press {
        target: u8,
        browser: u8,
        reused: Option<u8>,
        settled: Settled,
    },
    /// So many presses of made-up tokens, which the upstream refuses.
    MadeUp(u16),
    Pause(u16),
}

fn settled() -> impl Strategy<Value = Settled> {
    prop_oneof![
        3 => Just(Settled::Answered),
        2 => Just(Settled::Refused),
        1 => Just(Settled::Lost(Fault::TimedOut)),
        1 => Just(Settled::NotSent(Fault::Unreachable)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let press = (0..TARGETS, 0..3u8, proptest::option::of(any::<u8>()), settled());
    prop_oneof![
        4 => press.prop_map(|(target, browser, reused, settled)| Step::Press { target, browser, reused, settled }),
        2 => (1..200u16).prop_map(Step::MadeUp),
        1 => (1..120u16).prop_map(Step::Pause),
    ]
}

/// A page that was opened: its target, its ticket, when.
type Page = (u8, Random, Timestamp);

struct Model {
    memory: Memory,
    keys: KeyRing,
    now: Timestamp,
    drawn: u64,
    pages: Vec<Page>,
    /// What was spent, or may have been.
    tickets: HashSet<Random>,
    targets: HashSet<u8>,
    /// Until when a target's answer is kept, and whether others may push it out: it was a refusal.
    kept: Vec<(Timestamp, bool)>,
}

impl Model {
    fn new() -> Self {
        let start = Timestamp::from_millis(1_000_000);
        let bounds = Bounds {
            entries: ENTRIES,
            ticket: LIFE,
            since: start,
            ..BOUNDS
        };
        Self {
            memory: Memory::new(bounds),
            keys: KeyRing::new(&[SecretKey::new([1; 32])]).unwrap(),
            now: start,
            drawn: 0,
            pages: Vec::new(),
            tickets: HashSet::new(),
            targets: HashSet::new(),
            kept: vec![(start, false); TARGETS.into()],
        }
    }

    fn draw(&mut self) -> Random {
        self.drawn += 1;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.drawn.to_be_bytes());
        nonce
    }

    fn press(&self, name: &str, ticket: Random, issued: Timestamp, browser: u8, once: bool) -> Press {
        Press {
            link: self.keys.test_link_id(name),
            target: self.keys.test_target_id(name),
            owner: self.keys.owner(BrowserSecret([browser; 16])),
            ticket,
            issued,
            once,
            now: self.now,
        }
    }

    fn settle(&self, lease: Lease, settled: Settled) {
        match settled {
            Settled::NotSent(fault) => lease.give_back(fault),
            settled => lease.settle(settled, self.now.after(ANSWER)),
        }
    }

    /// Targets of even numbers may be sent once.
    fn step(&mut self, step: Step) {
        match step {
            Step::Pause(seconds) => self.now = self.now.after(Duration::from_secs(seconds.into())),
            Step::MadeUp(presses) => {
                for _ in 0..presses {
                    let ticket = self.draw();
                    self.now = self.now.after(Duration::from_millis(1));
                    let name = format!("made-up-{}", self.drawn);
                    let press = self.press(&name, ticket, self.now, 9, true);
                    let Claimed::First(_, lease, _) = self.memory.claim(press, ANSWER, SMALL) else {
                        panic!("a made-up press is one as any other")
                    };
                    self.settle(*lease, Settled::Refused);
                }
            }
            Step::Press {
                target,
                browser,
                reused,
                settled,
            } => {
                self.now = self.now.after(Duration::from_millis(1));
                let page =
                    reused.and_then(|number| self.pages.get(usize::from(number) % self.pages.len().max(1)).copied());
                let (target, ticket, issued) = page.unwrap_or_else(|| (target, self.draw(), self.now));
                self.pages.push((target, ticket, issued));
                // What is too old is no ticket any more.
                if self.now.since(issued) <= LIFE {
                    self.claim(target, browser, (ticket, issued), settled);
                }
            }
        }
    }

    fn claim(&mut self, target: u8, browser: u8, (ticket, issued): (Random, Timestamp), settled: Settled) {
        let once = target.is_multiple_of(2);
        let press = self.press(&target.to_string(), ticket, issued, browser, once);
        let (until, is_refusal) = self.kept[usize::from(target)];
        let is_kept = self.now < until;
        let is_spent = self.tickets.contains(&ticket) || (once && self.targets.contains(&target));
        match self.memory.claim(press, ANSWER, SMALL) {
            Claimed::First(_, lease, _) => {
                assert!(
                    (!is_kept || is_refusal) && !is_spent,
                    "{target} was spent, and is sent again"
                );
                self.settle(*lease, settled);
                if !matches!(settled, Settled::NotSent(_)) {
                    self.kept[usize::from(target)] = (self.now.after(ANSWER), settled == Settled::Refused);
                }
                if matches!(settled, Settled::Answered | Settled::Lost(_)) {
                    self.tickets.insert(ticket);
                    self.targets.insert(target);
                }
            }
            Claimed::Shared(_) | Claimed::Elsewhere => assert!(is_kept, "nothing is kept of {target}"),
            // A refused ticket may be remembered, and an old one may have to be taken for a spent one.
            Claimed::TicketSpent => assert!(
                issued < self.now || self.tickets.contains(&ticket),
                "a fresh page is dead"
            ),
            Claimed::LinkSpent => assert!(is_spent, "{target} was not spent"),
            Claimed::Full => panic!("made-up presses leave room"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_spent_stays_spent_whatever_comes_between(steps in prop::collection::vec(step(), 1..40)) {
        let mut model = Model::new();
        for step in steps {
            model.step(step);
        }
    }

    /// The same for one use, a flood of any size and mix, and the second press.
    #[test]
    fn no_flood_makes_a_used_link_new(
        floods in prop::collection::vec((1..1500u16, 0..40u16), 1..4),
        reused in any::<bool>(),
        lost in any::<bool>(),
    ) {
        let mut model = Model::new();
        let settled = if lost { Settled::Lost(Fault::Broken) } else { Settled::Answered };
        model.step(Step::Press { target: 0, browser: 1, reused: None, settled });
        for (presses, pause) in floods {
            model.step(Step::MadeUp(presses));
            model.step(Step::Pause(pause));
        }
        model.step(Step::Pause(61));
        let (target, ticket, issued) = if reused { model.pages[0] } else { (0, model.draw(), model.now) };
        let press = model.press(&target.to_string(), ticket, issued, 1, true);
        let claimed = model.memory.claim(press, ANSWER, SMALL);
        prop_assert!(matches!(claimed, Claimed::TicketSpent | Claimed::LinkSpent), "{claimed:?}");
    }

    /// Real uses beyond what has room: tickets as old as a forgotten one count as spent, and fresh ones do not.
    #[test]
    fn a_forgotten_ticket_is_not_sent_again(uses in 1..100u16, again in any::<prop::sample::Index>()) {
        let mut model = Model::new();
        let mut tickets = Vec::new();
        for number in 0..uses {
            model.now = model.now.after(Duration::from_secs(1));
            let (ticket, now) = (model.draw(), model.now);
            let press = model.press(&format!("real-{number}"), ticket, now, 1, false);
            let Claimed::First(_, lease, _) = model.memory.claim(press, ANSWER, SMALL) else {
                return Err(TestCaseError::fail("a fresh page is dead"));
            };
            lease.settle(Settled::Answered, now);
            tickets.push(press);
        }
        let press = *again.get(&tickets);
        prop_assert!(matches!(model.memory.claim(press, ANSWER, SMALL), Claimed::TicketSpent));
    }
}

#[test]
fn a_once_link_that_can_t_be_remembered_is_refused_until_there_is_room() {
    let mut model = Model::new();
    let room = |once| Room { once, ..SMALL };
    let mut claim = |name: &str, once| {
        let ticket = model.draw();
        model.now = model.now.after(Duration::from_millis(1));
        model.memory.claim(
            model.press(name, ticket, model.now, 1, true),
            Duration::ZERO,
            room(once),
        )
    };
    let Claimed::First(_, first, _) = claim("1", 2) else {
        panic!("there is room")
    };
    let Claimed::First(_, second, _) = claim("2", 2) else {
        panic!("there is room")
    };
    assert!(
        matches!(claim("3", 2), Claimed::Full),
        "what is under way takes a place"
    );
    second.give_back(Fault::Unreachable);
    first.settle(Settled::Answered, Timestamp::from_millis(0));
    let Claimed::First(_, third, _) = claim("3", 2) else {
        panic!("a place was given back")
    };
    third.settle(Settled::Lost(Fault::Broken), Timestamp::from_millis(0));
    assert!(matches!(claim("4", 2), Claimed::Full));
    assert!(
        matches!(claim("1", 2), Claimed::LinkSpent),
        "and no used one is forgotten for it"
    );
    assert!(matches!(claim("4", 3), Claimed::First(..)), "the bound was raised");
}

#[test]
fn a_used_link_takes_less_than_64_bytes() {
    for number in [100, 1_000, 10_000, 15_000] {
        let mut used = Aging::new(Duration::from_secs(2_592_000));
        let kept = allocation_counter::measure(|| {
            for key in 0..number {
                used.put([key, 0], (), Timestamp::from_millis(key * 1000), usize::MAX);
            }
        });
        let each = kept.bytes_max / number as u64;
        assert!(each < 64, "{each} bytes for each of {number}");
        drop(used);
    }
}
