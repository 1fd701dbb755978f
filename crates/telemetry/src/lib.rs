//! What the program reports of itself to its operator: its log, its metrics, and what the system says of the process.
//!
//! It knows no node: what is reported comes from its callers. No address of a reader and no query is in any of it.

pub mod captured;
pub mod figures;
mod log;
pub mod metric_names;
mod other_user;
pub mod process;
pub mod readings;
mod version;

pub use log::{LogFilter, chain, init, init_with_spans};
pub use other_user::{alone, as_user, for_owner, give_to, user_name};
pub use version::{VERSION, commit, set_commit, version};
