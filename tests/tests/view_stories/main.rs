//! Stories of machines that read: the JSON API, feeds, tables and proofs, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod api;
mod feeds;
mod forms;
mod hostile;
mod secrecy;
mod world;
