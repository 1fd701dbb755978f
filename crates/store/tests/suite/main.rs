//! The store's stories, each run on SQLite and, where `WARDROUND_TEST_POSTGRES` names a server, on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the helpers of a test may fail it"
)]

mod accounts;
mod attachments;
mod auditing;
mod copying;
mod drafts;
mod erasing;
mod gaps;
mod harvesting;
mod importing;
mod opening;
mod peers;
mod plans;
mod portable_sql;
mod publishing;
mod pulling;
mod reading;
mod reminding;
mod staging;
mod support;
mod upgrading;
mod verifying;
mod viewing;
mod world;
