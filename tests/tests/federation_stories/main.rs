//! Stories of several nodes over real sockets: what honest ones agree on, and what a lying one achieves, which is nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails"
)]

mod chain;
mod content;
mod converging;
mod epochs;
mod forger;
mod lying;
mod peers;
mod serving;
mod world;
