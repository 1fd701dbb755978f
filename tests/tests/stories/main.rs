//! Stories of whole nodes: the real router, store and index, on both engines, over real sockets.
//!
//! They are one program, because linking a node takes longer than running most of its stories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails, and one that cannot run says so"
)]

mod federation;
mod program;
mod publishing;
mod reading;
mod signing_in;
mod writing;
