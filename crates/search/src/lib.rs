//! Full-text search over documents: entries in, a page of results out.
//!
//! The index is derived and may be deleted at any time: it is filled from the database, and every
//! commit carries the number of the last change it has applied. This crate does no network I/O,
//! knows nothing of the database and decides nothing about who may read a document beyond the
//! visibility written into the entry; the caller checks each hit against the document's row.
//!
//! Calls block and use a CPU: an asynchronous caller runs them on a blocking thread.

mod analyzer;
mod apart;
mod asking;
mod beginnings;
mod best;
mod clauses;
mod compounds;
mod english;
mod entry;
mod error;
mod expansions;
mod facet_reading;
mod facet_table;
mod facet_turns;
mod facets;
mod families;
mod filter;
mod highlight;
mod index;
mod instead;
mod keys;
mod learning;
mod letters;
mod likeness;
mod live;
mod maintenance;
mod matching;
mod nearby;
mod opening;
pub mod params;
mod plan;
mod proximity;
mod query;
mod ranking;
mod related;
mod request;
mod results;
mod run;
mod schema;
mod searching;
mod snippet;
mod sought;
mod spellings;
mod splitting;
mod statistics;
mod stems;
mod stepwise;
mod subject;
mod suggest;
mod turns;
mod typed;
mod vocabulary;
mod window;
mod words;

pub use entry::{Change, Entry, Key};
pub use error::IndexError;
pub use expansions::Expansions;
pub use facets::{Facet, FacetValue};
pub use highlight::Marker;
pub use index::{Index, Opened, Status};
pub use learning::{Learnt, MIN_LEARNT_DOCUMENTS};
pub use likeness::Likeness;
pub use maintenance::Erased;
pub use query::{MAX_QUERY_BYTES, MAX_QUERY_TOKENS, Query};
pub use request::{SearchRequest, Sort};
pub use results::{Alike, Hit, ResultPage};
pub use searching::{MAX_PER_PAGE, MAX_REACHABLE_HITS};
pub use sought::Corrected;
pub use suggest::{MAX_SUGGESTIONS, SuggestedTitle};
pub use typed::stems;
