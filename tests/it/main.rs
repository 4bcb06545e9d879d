//! The gate as a whole.

mod matching;
