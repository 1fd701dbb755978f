//! The audit as values: who did what to which object, and the chain of hashes that shows an edited or removed row.
//!
//! Invariant: a row has ids, names of staff at the time, words of this program and reasons that people state. It never has
//! a password, a token, an e-mail address, or a text of a document. No I/O, no clock, no randomness.

mod act;
mod by;
mod chain;
mod entry;
mod filter;

pub use act::Act;
pub use by::{By, Operator};
pub use chain::{Chain, Head, Row, hash};
pub use entry::{Entry, MAX_DETAIL_CHARS, MAX_WHY_CHARS, Object};
pub use filter::AuditFilter;
