//! A query that only moves forward through its documents.
//!
//! tantivy's `Exclude` asks each excluded query about every candidate by `seek_danger`, also about
//! documents before the query's current one and after its last one. `PhraseScorer` of tantivy 0.27
//! does not allow that: it asserts `target >= self.doc()` in debug builds
//! (<https://github.com/quickwit-oss/tantivy/issues/2811>). This wrapper leaves `seek_danger` to the
//! trait's default, which uses `doc` and `seek` alone. Remove it when phrases can be excluded without
//! it: the test `hostile_queries_neither_fail_nor_take_long` says so.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, Term};

/// Matches what the query inside matches, with its score.
#[derive(Debug)]
pub(crate) struct Stepwise(pub(crate) Box<dyn Query>);

impl Clone for Stepwise {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Stepwise {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(StepwiseWeight(self.0.weight(scoring)?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

struct StepwiseWeight(Box<dyn Weight>);

impl Weight for StepwiseWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(StepwiseScorer(self.0.scorer(reader, boost)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

struct StepwiseScorer(Box<dyn Scorer>);

// `seek_danger` is deliberately left to the trait: its default uses `doc` and `seek` only.
impl DocSet for StepwiseScorer {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for StepwiseScorer {
    fn score(&mut self) -> Score {
        self.0.score()
    }
}
