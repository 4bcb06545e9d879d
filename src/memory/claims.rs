//! Which presses are under way, and what was spent. One lock guards it: each decision is whole.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;

use super::aging::Aging;
use super::{Press, Settled};
use crate::gate::keys::{Random, TargetId};
use crate::time::Timestamp;

/// The claims of this process.
#[derive(Debug)]
pub(super) struct Claims {
    /// Presses under way. Never evicted: their number is bounded by whoever sends them.
    pub(super) flights: HashMap<TargetId, Flight>,
    /// Tickets and marks that confirmed, may have, or are about to. If one is forgotten, all that are as old count as
    /// spent: that costs a person a fresh page.
    tickets: Aging<()>,
    /// Tickets whose link the upstream turned away: to forget one costs another refusal.
    refused: Aging<()>,
    /// Targets of `once` links that were spent, or may have been. None makes room for another.
    once: Aging<()>,
    /// Places in `once` that presses under way may take.
    reserved: usize,
    /// Whether it was said that `once` is full.
    told_full: bool,
}

#[derive(Debug)]
pub(super) struct Flight {
    pub(super) press: Press,
    pub(super) end: watch::Receiver<Option<Settled>>,
}

/// Why a press can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turned {
    TicketSpent,
    LinkSpent,
    Full,
}

/// How much is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Tickets.
    pub tickets: usize,
    /// Spent targets of `once` links.
    pub once: usize,
}

impl Claims {
    /// `ticket` is a ticket's life.
    pub(super) fn new(ticket: Duration) -> Self {
        Self {
            flights: HashMap::new(),
            tickets: Aging::new(ticket.max(MARK_LIFE)),
            refused: Aging::new(ticket),
            once: Aging::new(ONCE_LIFE),
            reserved: 0,
            told_full: false,
        }
    }

    /// Begins a press, if it may be sent. Nobody else's is under way for its target.
    pub(super) fn begin(
        &mut self,
        press: &Press,
        room: Room,
        end: watch::Receiver<Option<Settled>>,
    ) -> Result<(), Turned> {
        if self.is_spent(press.ticket, press.issued) {
            return Err(Turned::TicketSpent);
        }
        if press.once {
            self.once.expire(press.now);
            if self.once.get(press.target).is_some() {
                return Err(Turned::LinkSpent);
            }
            let full = self.once.len() + self.reserved >= room.once;
            if full && !self.told_full {
                tracing::warn!(
                    "{} used links are remembered for `once`, and there is room for no more: until some are 30 days old, \
                     presses of links with `once` are refused; raise `[limits] used-once` and reload",
                    self.once.len()
                );
            }
            self.told_full = full;
            if full {
                return Err(Turned::Full);
            }
            self.reserved += 1;
        }
        self.tickets.expire(press.now);
        self.tickets.put(press.ticket, (), press.issued, room.tickets);
        let flight = Flight { press: *press, end };
        self.flights.insert(press.target, flight);
        Ok(())
    }

    fn is_spent(&self, ticket: Random, issued: Timestamp) -> bool {
        let forgotten = self.tickets.forgotten();
        self.tickets.get(ticket).is_some()
            || self.refused.get(ticket).is_some()
            || forgotten.is_some_and(|forgotten| issued <= forgotten)
    }

    /// Ends a press that was begun.
    pub(super) fn end(&mut self, press: &Press, settled: Settled, room: Room) {
        self.flights.remove(&press.target);
        if press.once {
            self.reserved -= 1;
        }
        match settled {
            Settled::NotSent(_) => drop(self.tickets.take(press.ticket)),
            Settled::Refused => {
                self.tickets.take(press.ticket);
                self.refused.expire(press.now);
                self.refused.put(press.ticket, (), press.issued, room.tickets);
            }
            Settled::Answered | Settled::Lost(_) if press.once => {
                self.once.put(press.target, (), press.now, usize::MAX);
            }
            Settled::Answered | Settled::Lost(_) => {}
        }
    }
}

/// How long it counts that a browser's mark was spent: as long as a mark is good for.
const MARK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// Long enough that no link outlives it.
const ONCE_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
