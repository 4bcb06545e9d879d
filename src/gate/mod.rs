//! The decision: pure, without I/O, clock or randomness of its own.

pub mod link;
pub mod template;

/// The page's form field that carries a sealed ticket.
pub const TICKET_FIELD: &str = "linklatch-ticket";
