//! Whether a text quotes a document word for word, where, and whether a proof shows that the document was signed.
//!
//! One rule is bent: every run of white space counts as one space, since pages, mails and slides break lines elsewhere.
//! Letters, letter case, punctuation and quotation marks must be the same. Where only marks differ, that is said; it is not word
//! for word.

mod evidence;
mod folding;
mod passage;
mod place;

pub use evidence::{Evidence, EvidenceFault, Proved, prove};
pub use folding::Difference;
pub use passage::passage;
pub use place::{MAX_QUOTE_BYTES, Match, Part, Place, QuoteFault, find};
