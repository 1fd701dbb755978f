//! Documents as files: trees of markdown in (`import`), out (`export`), and looked at without a node (`check`).
//!
//! `tree` walks a folder and decodes what it finds; it neither follows links out of the folder nor reads what is no text.

pub mod check;
pub mod export;
pub mod import;
mod tree;

pub use tree::WalkError;
