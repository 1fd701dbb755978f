//! HTTP to one peer, within the limits of docs/FEED.md §§6 and 9, and what the clocks of peers say of our own.
//!
//! One request gives one typed answer. Nothing here trusts what a peer says: bodies are bytes, cut at their limit while
//! they stream, after decoding; `ledger` and the flows check them. The address that
//! was checked is the address that is connected to, because the resolver itself returns only allowed addresses.
//! No redirects, no cookies, no proxy unless configured.

mod address;
mod base;
mod cause;
mod certificate;
mod client;
mod clocks;
mod dates;
mod fetch;
mod network;
mod resolver;
mod retry_after;
mod trying;

pub use address::AllowList;
pub use base::Base;
pub use certificate::Validity;
pub use client::{PeerClient, WellKnown};
pub use clocks::PeerClocks;
pub use dates::ClockDifference;
pub use fetch::{Answer, Body, Failure, NODE_VERSION};
pub use network::{Limits, Network, Roots, Rules};
pub use retry_after::RetryAfter;
pub use trying::Tried;
