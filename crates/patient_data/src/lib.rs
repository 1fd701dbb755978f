//! Finds text that looks like data of a patient, before it is published.
//!
//! [`check()`] reads the parts of a document as a reader sees them and as they were typed: markup, entities, characters
//! that cannot be seen and digits of other scripts hide nothing. It knows the form of what it looks for, not cases. No
//! I/O and no clock. A [`Finding`] holds its place and a masked value, never the value.

mod acceptance;
mod check;
mod comment;
mod field_names;
mod finding;
mod introduced;
mod kinds;
mod labels;
mod lexicon;
mod mask;
mod name_label;
mod part;
mod reading;
mod sentences;
mod shown;
mod tokens;
mod values;

pub use acceptance::{Acceptance, AcceptanceFault, MAX_REASON, MIN_REASON};
pub use check::{Cleared, check};
pub use comment::{CommentFinding, comment_findings};
pub use finding::{Finding, Kind, Place, Severity};
pub use part::{Form, Part};
pub use shown::{Hidden, shown_file_name, shown_title};
pub use values::Values;
