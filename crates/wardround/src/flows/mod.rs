//! What the program does, one flow a module: each joins `store`, `search`, `peering` and `ledger`, which never see each
//! other.

pub mod check;
pub mod cosign;
pub mod erase;
pub mod export;
pub mod fields;
pub mod files;
pub mod import;
pub mod index;
pub mod nudge;
pub mod peers;
pub mod publish;
pub mod pull;
pub mod reading;
pub mod search;
pub mod ticker;
pub mod verify;
pub mod withdraw;
