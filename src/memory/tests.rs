//! Claims, answers and openings.

mod model;

use super::aging::Aging;
use super::*;
use crate::gate::keys::{BrowserSecret, KeyRing};
use crate::secret::SecretKey;

fn claim(memory: &Memory, press: Press) -> Claimed {
    memory.claim(press, Duration::from_secs(60), ROOM)
}

const HOUR: Duration = Duration::from_secs(3600);
const BOUNDS: Bounds = Bounds {
    entries: 1000,
    answers: 100,
    opening: HOUR,
    answer: HOUR,
    ticket: HOUR,
    since: Timestamp::from_millis(0),
};
const ROOM: Room = Room {
    tickets: 1000,
    once: 1000,
};

fn memory() -> Memory {
    Memory::new(BOUNDS)
}

fn press(browser: u8, ticket: u8) -> Press {
    let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
    Press {
        link: keys.test_link_id("token"),
        target: keys.test_target_id("/verify?token=token"),
        owner: keys.owner(BrowserSecret([browser; 16])),
        ticket: [ticket; 16],
        issued: Timestamp::from_millis(0),
        once: false,
        now: Timestamp::from_millis(0),
    }
}

fn later(press: Press, seconds: u64) -> Press {
    Press {
        now: press.now.after(Duration::from_secs(seconds)),
        ..press
    }
}

#[tokio::test]
async fn overlapping_presses_share_one_call() {
    let memory = memory();
    let Claimed::First(_, lease, first) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    let Claimed::Shared(second) = claim(&memory, press(1, 1)) else {
        panic!("not shared")
    };
    let Claimed::Shared(third) = claim(&memory, press(1, 2)) else {
        panic!("another tab is not shared")
    };
    assert!(matches!(claim(&memory, press(2, 3)), Claimed::Elsewhere));
    lease.settle(Settled::Answered, press(1, 1).now.after(Duration::from_secs(60)));
    for waiting in [first, second, third] {
        assert_eq!(waiting.settled().await, Settled::Answered);
    }
    assert!(matches!(claim(&memory, later(press(1, 1), 59)), Claimed::Shared(_)));
    assert!(matches!(claim(&memory, later(press(1, 1), 60)), Claimed::TicketSpent));
    assert!(matches!(claim(&memory, later(press(1, 4), 60)), Claimed::First(..)));
}

#[tokio::test]
async fn a_press_is_repeated_by_its_own_ticket_and_browser() {
    let memory = memory();
    assert!(memory.repeated(&press(1, 1)).is_none());
    let Claimed::First(_, lease, _) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    let under_way = memory.repeated(&press(1, 1)).unwrap();
    lease.settle(Settled::Answered, press(1, 1).now.after(Duration::from_secs(60)));
    let ended = memory.repeated(&later(press(1, 1), 59)).unwrap();
    for waiting in [under_way, ended] {
        assert_eq!(waiting.settled().await, Settled::Answered);
    }
    for other in [press(1, 2), press(2, 1), later(press(1, 1), 60)] {
        assert!(memory.repeated(&other).is_none());
    }
}

#[tokio::test]
async fn a_claim_is_given_back_when_nothing_was_sent() {
    let memory = memory();
    let Claimed::First(_, lease, waiting) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    lease.give_back(Fault::Unreachable);
    assert_eq!(waiting.settled().await, Settled::NotSent(Fault::Unreachable));
    assert!(
        matches!(claim(&memory, press(1, 1)), Claimed::First(..)),
        "the same page works again"
    );
}

#[tokio::test]
async fn a_lease_that_vanishes_is_lost_and_holds_its_time() {
    let memory = memory();
    let Claimed::First(_, lease, waiting) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    drop(lease);
    assert_eq!(waiting.settled().await, Settled::Lost(Fault::Broken));
    assert!(matches!(claim(&memory, later(press(1, 2), 59)), Claimed::Shared(_)));
    assert!(matches!(claim(&memory, later(press(1, 2), 60)), Claimed::First(..)));
}

#[tokio::test]
async fn a_link_that_may_be_sent_once_is_sent_once() {
    let memory = memory();
    let once = |browser, ticket| Press {
        once: true,
        ..press(browser, ticket)
    };
    let Claimed::First(_, lease, _) = claim(&memory, once(1, 1)) else {
        panic!("not the first")
    };
    lease.settle(Settled::Lost(Fault::TimedOut), once(1, 1).now);
    assert!(matches!(claim(&memory, later(once(2, 2), 600)), Claimed::LinkSpent));
}

#[test]
fn of_many_racing_presses_one_is_the_first() {
    let memory = memory();
    let firsts = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for ticket in 0..16 {
            let (memory, firsts) = (memory.clone(), &firsts);
            scope.spawn(move || {
                if let Claimed::First(_, lease, _) = claim(&memory, press(1, ticket)) {
                    firsts.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    lease.settle(Settled::Lost(Fault::Broken), Timestamp::from_millis(1));
                }
            });
        }
    });
    assert_eq!(firsts.into_inner(), 1);
}

#[test]
fn kept_answers_are_bounded_by_their_bytes() {
    let memory = memory();
    memory.keep(&press(1, 1), Settled::Answered, Arc::from([0; 60]));
    assert_eq!(
        memory
            .answer(&press(1, 1), Settled::Answered)
            .map(|sealed| sealed.len()),
        Some(60)
    );
    memory.keep(&press(1, 1), Settled::Answered, Arc::from([0; 101]));
    memory.answered.answers.run_pending_tasks();
    assert_eq!(
        memory.answer(&press(1, 1), Settled::Answered),
        None,
        "an answer over the whole bound is not kept"
    );
}

#[test]
fn presses_under_way_are_never_pushed_out() {
    let bounds = Bounds { entries: 10, ..BOUNDS };
    let memory = Memory::new(bounds);
    let keys = KeyRing::new(&[SecretKey::new([1; 32])]).unwrap();
    let Claimed::First(_, lease, _) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    for number in 0..200u8 {
        let other = Press {
            link: keys.test_link_id(&number.to_string()),
            ticket: [number; 16],
            ..press(3, 0)
        };
        if let Claimed::First(_, lease, _) = claim(&memory, other) {
            lease.settle(Settled::Answered, other.now);
        }
    }
    memory.answered.ended.run_pending_tasks();
    assert!(matches!(claim(&memory, press(1, 2)), Claimed::Shared(_)));
    drop(lease);
}

#[test]
fn an_opening_holds_for_its_time_and_its_target() {
    let memory = memory();
    let (link, target, until) = (press(1, 1).link, press(1, 1).target, Timestamp::from_millis(10));
    let (now, confirmed) = (Timestamp::from_millis(0), Opening { link, of: None, until });
    let passed = Opening {
        of: Some(7),
        ..confirmed
    };
    for opening in [passed, confirmed, passed] {
        memory.open(opening, OpenTarget { target, until }, now);
    }
    assert_eq!(
        memory.opening(link, Timestamp::from_millis(9)),
        Some(confirmed),
        "what a person opened stays open"
    );
    assert_eq!(
        memory.open_target(target, Timestamp::from_millis(9)),
        Some(OpenTarget { target, until })
    );
    assert_eq!(memory.opening(link, until), None);
    memory.open(passed, OpenTarget { target, until }, until);
    assert_eq!(memory.opening(link, now), Some(passed), "no longer than its time");
    assert_eq!(memory.open_target(target, until), None);
}

#[test]
fn a_use_is_remembered_for_the_browsers_that_it_worked_in() {
    let memory = memory();
    let (uses, now) = (memory.uses(), press(1, 1));
    assert_eq!(uses.before(&now), UsedBy::Nobody);
    uses.note(&now, None);
    assert_eq!(uses.before(&now), UsedBy::ThisBrowser);
    assert_eq!(uses.before(&press(2, 1)), UsedBy::Another);
    uses.note(&press(2, 1), Some(HOUR * 48));
    assert_eq!(uses.before(&later(now, 47 * 3600)), UsedBy::ThisBrowser);
    assert_eq!(uses.before(&later(press(2, 1), 47 * 3600)), UsedBy::ThisBrowser);
    assert_eq!(uses.before(&later(now, 48 * 3600)), UsedBy::Nobody);
}

#[tokio::test]
async fn a_spent_ticket_is_known_when_all_else_is_forgotten() {
    let memory = Memory::new(Bounds {
        opening: Duration::ZERO,
        answer: Duration::ZERO,
        ..BOUNDS
    });
    let Claimed::First(_, lease, _) = claim(&memory, press(1, 1)) else {
        panic!("not the first")
    };
    lease.settle(Settled::Answered, press(1, 1).now);
    assert!(matches!(claim(&memory, later(press(1, 1), 1)), Claimed::TicketSpent));
}
