//! Stories of what a node shows of itself and its peers, over HTTP: the JSON API, feeds, tables, proofs, and pages about
//! organisations.

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
mod reaching;
mod secrecy;
mod world;
