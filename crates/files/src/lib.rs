//! Documents as markdown files: importing a folder (`import`), publishing one file (`publish`), exporting all documents
//! (`export`), and checking files without a node (`check`).
//!
//! `tree` finds the files of a folder and decodes them; it follows no links out of the folder and refuses binary files.

mod attached;
pub mod check;
pub mod export;
pub mod import;
pub mod publish;
mod screening;
mod tree;

pub use screening::PatientDataFinding;
pub use tree::WalkError;
