//! What the program does, one flow a module: each joins `store`, `search`, `peering` and `ledger`, which never see each
//! other.

pub mod check;
pub mod erase;
pub mod export;
pub mod fields;
pub mod files;
pub mod import;
pub mod index;
pub mod publish;
pub mod withdraw;
