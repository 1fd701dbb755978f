//! Documents as markdown files: importing a folder (`import`), exporting all documents (`export`), and checking files
//! without a node (`check`).
//!
//! `tree` finds the files of a folder and decodes them; it follows no links out of the folder and refuses binary files.

pub mod check;
pub mod export;
pub mod import;
mod tree;

pub use tree::WalkError;
