//! linklatch.

fn main() {}
