//! Files that people attach: what they are, what they are called, and pictures written again without metadata.
//!
//! A file is what its bytes say, never what its name or the browser says. Bytes in, bytes out: no I/O. The work on a file
//! is a [`Job`], so that it can be done in a process of its own with limits that the system keeps.

mod job;
mod kind;
mod name;
mod picture;

pub use job::{
    Conversion, ConvertedPicture, ConvertedSection, Job, MAX_OUTCOME_BYTES, Outcome, read_outcome,
    run,
};
pub use kind::{Kind, Refused, is_package, sniff};
pub use name::{clean_name, unique_name};
pub use picture::{MAX_PIXELS, MAX_SHOWN_SIDE, MAX_SIDE, Rewritten, rewrite};

/// The largest attachment, in bytes.
pub const MAX_BYTES: usize = office::limits::MAX_FILE_BYTES;
/// Most attachments of a document.
pub const MAX_COUNT: usize = office::limits::MAX_PICTURES;
