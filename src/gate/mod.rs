//! The decision: pure, without I/O, clock or randomness of its own.

pub mod link;
pub mod template;
