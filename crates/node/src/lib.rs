//! A running node: what it is, what it does when asked (`flows`) and what it does by itself (`background`).
//!
//! [`Node`] holds the database, the index, the keys and the settings, and knows no flow. Flows join `store`, `search`,
//! `peering` and `ledger`, and know neither HTTP requests nor pages nor the command line.

pub mod answers;
pub mod audit;
mod authorities;
pub mod background;
pub mod clock;
mod clock_check;
mod data_directory;
pub mod disk;
pub mod eraser;
mod error;
pub mod file_reader;
pub mod flows;
pub mod gaps;
pub mod hindrance;
pub mod identity;
pub mod log_roots;
mod node;
pub mod node_documents;
pub mod nudges;
pub mod queue;
pub mod reads;
pub mod refusals;
pub mod refused_logs;
pub mod renderings;
mod signing;
mod start_check;
pub mod urls;
mod verified_documents;
pub mod work;
pub mod writable;

pub use authorities::peer_network;
pub use clock_check::clock_fault;
pub use data_directory::{DirectoryError, DirectoryLock, owner, warn_if_others_can_enter};
pub use error::{NO_IDENTITY, NodeError};
pub use indexer;
pub use node::{DATABASE_FILE, Node, OpenError, Wakers, database};
pub use start_check::{StartCheck, check_start};
