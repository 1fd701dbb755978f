//! What a node does, one flow a module: each joins `store`, `search`, `peering` and `ledger`, which never see each
//! other.

pub mod cosign;
pub mod fields;
pub mod gaps;
pub(crate) mod guard;
pub mod nudge;
mod peer_names;
pub mod peers;
pub mod publish;
pub mod pull;
pub mod reading;
pub mod recover;
pub mod screening;
pub mod signing;
pub mod withdraw;
