//! Files of Office: what becomes of them, and what none of them can do.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod all_words;
mod documents;
mod hostile;
mod papers;
mod presentations;
mod round_trip;
mod samples;
mod support;
