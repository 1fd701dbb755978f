//! Stories of the program as an operator meets it: its binary, its messages, its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod accounts;
mod configuring;
mod damage;
mod directories;
mod documents;
mod full_disk;
mod keeping;
mod peers;
mod program;
mod recovering;
mod scripts;
mod starting;
mod supervised;
