//! The bytes of the feed's §2: identifiers, digests, times, base64, visibility and strict JSON; and who reads and acts:
//! viewers and roles.
//!
//! Every value here has exactly one written form, and parsing accepts only that form, so that two
//! implementations never disagree about what was signed. No I/O, no clock, no randomness.

mod account;
pub mod base64;
mod digest;
mod identifiers;
pub mod json;
mod reference;
mod text_form;
mod time;
mod visibility;

pub use account::{AccountId, Role};
pub use digest::Digest;
pub use identifiers::{DocumentId, DocumentRef, NodeId};
pub use reference::{Reference, Relation};
pub use time::{Date, Timestamp};
pub use visibility::{Kept, Viewer, Visibility};
