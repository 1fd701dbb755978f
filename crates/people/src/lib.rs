//! What people who sign in do at a node: accounts, drafts, attached files, review, the readers of their work; and the
//! background work for them.
//!
//! Each module joins `store` with the crate that holds the same thing as values (`accounts`, `drafting`, `attachments`).
//! These flows know neither HTTP requests nor pages nor the command line.

pub mod about;
pub mod accounts;
pub mod attachments;
pub mod background;
pub mod care;
pub mod drafts;
pub mod review;
pub mod review_mails;
pub mod versions;
pub mod work;
