//! Stories of one node's own documents: published, withdrawn, imported, exported, over a real database and index.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod checking;
mod exporting;
mod importing;
mod nasty;
mod publishing;
mod withdrawing;
mod world;
