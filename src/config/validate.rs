//! Raw to ready.
