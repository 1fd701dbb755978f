//! Stories of the program as an operator meets it: its binary, its messages, its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that cannot run says so"
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
