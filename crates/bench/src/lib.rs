//! Real figures of the search library and of whole nodes, next to a well-known peer in the same run.
//!
//! Wall time is noisy on a shared machine, so CPU time is measured and quoted. All documents are
//! invented and the same in every run.

mod corpus;
mod document;
mod fts5;
mod known;
mod library;
pub mod measure;
mod nodes;
mod publishing;
pub mod report;
mod served;
mod writing;

use std::path::Path;

pub use report::Figure;

/// Measures the search library with `documents` documents; `scratch` is an empty directory.
///
/// # Errors
/// From the disk.
pub async fn library(scratch: &Path, documents: u64) -> anyhow::Result<Vec<Figure>> {
    library::measure(scratch, documents).await
}

/// Measures whole nodes with `documents` documents, each a process of `program`; `say` gets what is under way.
///
/// # Errors
/// From the disk, and when a node does not do what is measured.
pub async fn nodes(
    scratch: &Path,
    program: &Path,
    documents: u64,
    say: impl FnMut(&str),
) -> anyhow::Result<Vec<Figure>> {
    nodes::measure(scratch, program, documents, say).await
}

/// Writes the files of a number of documents into a directory, to import them by hand.
///
/// # Errors
/// From the disk.
pub fn write_files(directory: &Path, documents: u64) -> anyhow::Result<()> {
    corpus::write_files(directory, 0..documents).map(drop)
}
