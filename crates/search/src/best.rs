//! The best documents of a search, in an order that is the same at every node.
//!
//! Documents of equal rank come by a number that is made of their identity, and not by their place in a segment, which
//! differs from node to node and changes with every merge. Scores count to a ten-thousandth: beyond it, the order in
//! which they were added up shows.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::schema::TIE;

/// Parts of a score that differ.
const SCORE_STEPS: f32 = 10_000.0;

/// What the best documents are chosen by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    /// The score.
    Score,
    /// The values of fast fields, the first one first; the greatest is best, and none is least.
    Values(&'static [&'static str]),
}

/// Collects the best documents.
pub(crate) struct Best {
    pub(crate) by: By,
    pub(crate) limit: usize,
}

/// What a document is ordered by, the greatest first: two values, and what decides between equals.
type Rank = [u64; 3];

/// A document and its rank.
pub(crate) type Ranked = (Rank, Score, DocAddress);

/// The best documents of a segment.
pub(crate) struct SegmentBest {
    by: By,
    limit: usize,
    segment: SegmentOrdinal,
    values: Vec<Option<Column<u64>>>,
    tie: Option<Column<u64>>,
    /// The best ones so far, and some that are not.
    kept: Vec<Ranked>,
    /// The first value of a rank that is still among the best.
    least: u64,
}

impl Collector for Best {
    type Fruit = Vec<Ranked>;
    type Child = SegmentBest;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentBest> {
        let column = |name: &str| -> tantivy::Result<Option<Column<u64>>> {
            Ok(reader
                .fast_fields()
                .u64_lenient(name)?
                .map(|(column, _)| column))
        };
        let values = match self.by {
            By::Score => Vec::new(),
            By::Values(names) => names
                .iter()
                .map(|name| column(name))
                .collect::<tantivy::Result<_>>()?,
        };
        Ok(SegmentBest {
            by: self.by,
            limit: self.limit,
            segment,
            values,
            tie: column(TIE)?,
            kept: Vec::new(),
            least: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        matches!(self.by, By::Score)
    }

    fn merge_fruits(&self, segments: Vec<Vec<Ranked>>) -> tantivy::Result<Vec<Ranked>> {
        let mut all: Vec<Ranked> = segments.into_iter().flatten().collect();
        sort(&mut all);
        all.truncate(self.limit);
        Ok(all)
    }
}

impl SegmentCollector for SegmentBest {
    type Fruit = Vec<Ranked>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let first = match self.by {
            By::Score => steps(score),
            By::Values(_) => value(self.values.first(), doc),
        };
        if self.limit == 0 || first < self.least {
            return;
        }
        let second = value(self.values.get(1), doc);
        let tie = self.tie.as_ref().and_then(|tie| tie.first(doc));
        let rank = [first, second, tie.unwrap_or(0)];
        let address = DocAddress::new(self.segment, doc);
        self.kept.push((rank, score, address));
        if self.kept.len() >= 2 * self.limit + 64 {
            self.forget_worse();
        }
    }

    fn harvest(mut self) -> Vec<Ranked> {
        sort(&mut self.kept);
        self.kept.truncate(self.limit);
        self.kept
    }
}

impl SegmentBest {
    fn forget_worse(&mut self) {
        let at = self.limit.saturating_sub(1);
        self.kept.select_nth_unstable_by(at, |a, b| b.0.cmp(&a.0));
        self.kept.truncate(self.limit);
        self.least = self.kept.get(at).map_or(0, |(rank, _, _)| rank[0]);
    }
}

/// Orders documents, the best first.
fn sort(documents: &mut [Ranked]) {
    documents.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
}

/// Orders documents by their scores, the best first; equal ones keep what decided between them.
pub(crate) fn sort_by_score(documents: &mut [Ranked]) {
    for (rank, score, _) in documents.iter_mut() {
        rank[0] = steps(*score);
    }
    sort(documents);
}

fn value(column: Option<&Option<Column<u64>>>, doc: DocId) -> u64 {
    let column = column.and_then(Option::as_ref);
    column.and_then(|column| column.first(doc)).unwrap_or(0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score is positive, and a conversion from a float stops at the limits"
)]
fn steps(score: Score) -> u64 {
    (score * SCORE_STEPS).round() as u64
}
