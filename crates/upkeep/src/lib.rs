//! The work that keeps a node for years: backups and restores.
//!
//! A backup is one file, of the same form for both engines (`archive`). What reads one trusts nothing in it: neither
//! names, nor lengths, nor that it is whole.

pub mod archive;
pub mod background;
pub mod backup;
pub mod restore;
