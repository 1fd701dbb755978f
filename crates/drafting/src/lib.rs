//! Drafts as values: what was typed, field by field and section by section, and what is still wrong with it.
//!
//! A draft has two views, the sections of a form and one Markdown file, and is kept exactly as it was typed, also where it
//! is wrong. `domain::front_matter` alone decides what can be published; this crate says where on the form a fault is.
//! No I/O, no clock, no randomness; and no HTML.

pub mod check;
mod content;
mod difference;
mod file;
pub mod form;
mod merge;
mod notes;
pub mod partial;
mod raw;
mod remarks;
mod state;
mod stored;
mod wording;

pub use check::{Checked, Place};
pub use content::{BASED_ON, Content, Converted, MAX_CONTENT_BYTES, Put, PutError, Saved};
pub use difference::{Difference, Piece, difference, difference_within};
pub use form::{Choice, Field, Fold, Form, Groups, Input, Section};
pub use merge::{Labels, Merged, TYPED_LABEL, merge, saved_label};
pub use notes::{MAX_COMMENTS, MAX_NOTE_CHARS, Note, Notes, paragraphs};
pub use raw::Pairs;
pub use remarks::{Warning, remarks};
pub use state::State;
pub use stored::MAX_TITLE_BYTES;
pub use wording::sentence;
