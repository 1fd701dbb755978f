//! The database as a whole, on SQLite or PostgreSQL: opening and upgrading it, transactions, copies, erasing what was
//! deleted, and what can go wrong.
//!
//! What the tables hold, and the statements that read and write them, is in `store`.

mod copies;
mod engine;
mod error;
mod maintenance;
mod open;
mod postgres;
mod upgrade;

pub use copies::file_options;
pub use engine::Database;
pub use error::StoreError;
pub use maintenance::STATEMENTS as MAINTENANCE_STATEMENTS;
pub use open::{Options, SchemaVersion};
pub use upgrade::BUNDLE_ENTRIES;
