//! The signed log of a node as values: keys, notes, checkpoints, trees, tiles, leaves, node documents.
//!
//! Everything the feed protocol (docs/FEED.md, §§2–7) decides from bytes alone is decided here. No I/O, no clock, no
//! randomness: `now` and keys are arguments. Nothing outside this crate compares roots, verifies signatures or reads
//! a leaf.
//!
//! Invariants: a [`PublicKey`] has passed key intake; a [`node::NodeDocument`] has passed the rules of its chain; an
//! [`extend::Verified`] hashes to a root that a known key has signed. None of them can be made in any other way.

pub mod checkpoint;
pub mod extend;
mod fault;
mod keys;
pub mod leaf;
pub mod limits;
pub mod node;
pub mod note;
mod origin;
pub mod policy;
pub mod proof;
pub mod seen;
mod stated;
pub mod tile;
pub mod tree;

pub use fault::{FaultCode, PeerFault};
pub use keys::{
    KeyFault, KeyId, PublicKey, SecretKey, SignatureType, key_id, root_name, witness_name,
};
pub use origin::Origin;
pub use stated::{Stated, short_name};
