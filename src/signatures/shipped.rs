//! The signature files that stand inside the program.

/// Name and text of each file of `scanner-signatures/`.
pub const SHIPPED: &[(&str, &str)] = &[];
