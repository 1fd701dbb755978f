//! A clause that decides whether a document matches and adds nothing to its score.
//!
//! tantivy's `ConstScoreQuery` does the same. But it hides from the query around it that a clause
//! matches every document of a segment, as the clause for what the reader may see does on almost
//! every node; each match is then looked up in a list of all documents. This clause shows it, and
//! the query around it leaves the clause out: a quarter of the time of a search.

use tantivy::query::{AllScorer, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader, Term};

/// Matches what the query inside matches, with score 0 next to clauses that score.
#[derive(Debug)]
pub(crate) struct Filter(pub(crate) Box<dyn Query>);

impl Clone for Filter {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Filter {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        match scoring {
            EnableScoring::Enabled { searcher, .. } => {
                let unscored = EnableScoring::disabled_from_searcher(searcher);
                Ok(Box::new(FilterWeight(self.0.weight(unscored)?)))
            }
            disabled @ EnableScoring::Disabled { .. } => self.0.weight(disabled),
        }
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

struct FilterWeight(Box<dyn Weight>);

impl Weight for FilterWeight {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(without_score(self.0.scorer(reader, 1.0)?))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.0.count(reader)
    }
}

/// A scorer of all documents stays what it is, since only then does a `BooleanQuery` leave it out, and its score with it.
fn without_score(scorer: Box<dyn Scorer>) -> Box<dyn Scorer> {
    if scorer.is::<AllScorer>() {
        scorer
    } else {
        Box::new(ConstScorer::new(scorer, 0.0))
    }
}
