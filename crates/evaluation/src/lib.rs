//! How well a search ranks: collections with known answers, measures for each query, and comparisons of two runs.
//!
//! It reads and writes files of TREC's forms and computes; it does not search. The measures agree with those of
//! `trec_eval` (<https://github.com/usnistgov/trec_eval>); every query with a relevant document counts, also one that
//! found nothing, as with its option `-c`.

mod collection;
mod comparison;
mod measures;
mod run;

pub use collection::{Collection, CollectionError, Document, Grades, Query};
pub use comparison::{Comparison, Difference};
pub use measures::{Figures, QueryFigures, RECALL_RANKS, measure};
pub use run::Run;
