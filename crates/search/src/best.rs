//! The best documents of a search, in an order that is the same at every node.
//!
//! Documents of equal rank come by a number that is made of their identity, and not by their place in a segment, which
//! differs from node to node and changes with every merge. Scores count to a ten-thousandth: beyond it, the order in
//! which they were added up shows.

use std::cmp::Ordering;
use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt as _};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::likeness::Likeness;
use crate::schema::{LIKENESS, TIE};

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

/// A hit with what decides about its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) ranked: Ranked,
    pub(crate) likeness: Likeness,
}

/// The values of a segment that its documents are ordered by.
struct Columns {
    by: By,
    segment: SegmentOrdinal,
    values: Vec<Option<Column<u64>>>,
    tie: Option<Column<u64>>,
}

impl Columns {
    fn open(by: By, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Self> {
        let values = match by {
            By::Score => Vec::new(),
            By::Values(names) => names
                .iter()
                .map(|name| column(reader, name))
                .collect::<tantivy::Result<_>>()?,
        };
        let tie = column(reader, TIE)?;
        Ok(Self {
            by,
            segment,
            values,
            tie,
        })
    }

    /// Returns the first value of a document's rank.
    fn first(&self, doc: DocId, score: Score) -> u64 {
        match self.by {
            By::Score => steps(score),
            By::Values(_) => value(self.values.first(), doc),
        }
    }

    fn ranked(&self, first: u64, doc: DocId, score: Score) -> Ranked {
        let second = value(self.values.get(1), doc);
        let tie = self.tie.as_ref().and_then(|tie| tie.first(doc));
        let address = DocAddress::new(self.segment, doc);
        ([first, second, tie.unwrap_or(0)], score, address)
    }
}

/// The best documents so far, and some that are not.
#[derive(Default)]
pub(crate) struct Kept {
    documents: Vec<Ranked>,
    /// The first value of a rank that is still among the best.
    least: u64,
    /// A score below this one is not among the best: most documents are passed over without making a rank of it.
    least_score: Score,
}

impl Kept {
    fn push(&mut self, ranked: Ranked, limit: usize) {
        self.documents.push(ranked);
        if self.documents.len() >= 2 * limit + 64 {
            let at = limit.saturating_sub(1);
            self.documents
                .select_nth_unstable_by(at, |a, b| b.0.cmp(&a.0));
            self.documents.truncate(limit);
            if let Some((rank, score, _)) = self.documents.get(at) {
                self.least = rank[0];
                // Scores of one step are equal.
                self.least_score = score - 1.0 / SCORE_STEPS;
            }
        }
    }

    /// Returns the best documents, in order.
    fn best(mut self, limit: usize) -> Vec<Ranked> {
        if limit > 0 && self.documents.len() > limit {
            self.documents.select_nth_unstable_by(limit - 1, order);
        }
        self.documents.truncate(limit);
        sort(&mut self.documents);
        self.documents
    }
}

/// The best documents of a segment.
pub(crate) struct SegmentBest {
    columns: Columns,
    limit: usize,
    kept: Kept,
}

impl Best {
    /// Goes on with another segment. What is known of those before it passes over most documents of this one.
    pub(crate) fn in_segment(
        &self,
        kept: Kept,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentBest> {
        Ok(SegmentBest {
            columns: Columns::open(self.by, segment, reader)?,
            limit: self.limit,
            kept,
        })
    }

    /// Returns the best documents of all segments, in order.
    pub(crate) fn end(&self, kept: Kept) -> Vec<Ranked> {
        kept.best(self.limit)
    }
}

impl SegmentBest {
    pub(crate) fn into_kept(self) -> Kept {
        self.kept
    }
}

impl Collector for Best {
    type Fruit = Vec<Ranked>;
    type Child = SegmentBest;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentBest> {
        self.in_segment(Kept::default(), segment, reader)
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
        if matches!(self.columns.by, By::Score) && score < self.kept.least_score {
            return;
        }
        let first = self.columns.first(doc, score);
        if self.limit > 0 && first >= self.kept.least {
            let ranked = self.columns.ranked(first, doc, score);
            self.kept.push(ranked, self.limit);
        }
    }

    fn harvest(self) -> Vec<Ranked> {
        self.kept.best(self.limit)
    }
}

/// Collects the best documents of each node, by values.
pub(crate) struct BestOfEach {
    pub(crate) by: &'static [&'static str],
    pub(crate) limit: usize,
}

/// The best documents of each node in a segment.
pub(crate) struct SegmentBestOfEach {
    columns: Columns,
    likeness: Option<Column<u64>>,
    limit: usize,
    nodes: Vec<(u64, Kept)>,
    by_node: HashMap<u64, usize>,
    /// The node of the last document: most documents come after one of the same node.
    last: usize,
}

impl Collector for BestOfEach {
    type Fruit = Vec<Candidate>;
    type Child = SegmentBestOfEach;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentBestOfEach> {
        Ok(SegmentBestOfEach {
            columns: Columns::open(By::Values(self.by), segment, reader)?,
            likeness: column(reader, LIKENESS)?,
            limit: self.limit,
            nodes: Vec::new(),
            by_node: HashMap::new(),
            last: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Candidate>>) -> tantivy::Result<Vec<Candidate>> {
        let mut all: Vec<Candidate> = segments.into_iter().flatten().collect();
        all.sort_unstable_by(|a, b| order(&a.ranked, &b.ranked));
        // Each segment gave the best of each node; of all segments together that is too many.
        let mut of_node: HashMap<u64, usize> = HashMap::new();
        all.retain(|candidate| {
            let count = of_node.entry(candidate.likeness.node()).or_default();
            *count += 1;
            *count <= self.limit
        });
        Ok(all)
    }
}

impl SegmentCollector for SegmentBestOfEach {
    type Fruit = Vec<Candidate>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let node = self.likeness(doc).node();
        if self
            .nodes
            .get(self.last)
            .is_none_or(|(last, _)| *last != node)
        {
            let next = self.nodes.len();
            self.last = *self.by_node.entry(node).or_insert(next);
            if self.last == next {
                self.nodes.push((node, Kept::default()));
            }
        }
        let first = self.columns.first(doc, score);
        if let Some((_, kept)) = self.nodes.get_mut(self.last)
            && first >= kept.least
        {
            kept.push(self.columns.ranked(first, doc, score), self.limit);
        }
    }

    fn harvest(mut self) -> Vec<Candidate> {
        let nodes = std::mem::take(&mut self.nodes);
        let best = nodes
            .into_iter()
            .flat_map(|(_, kept)| kept.best(self.limit));
        best.map(|ranked| Candidate {
            ranked,
            likeness: self.likeness(ranked.2.doc_id),
        })
        .collect()
    }
}

impl SegmentBestOfEach {
    fn likeness(&self, doc: DocId) -> Likeness {
        let number = self.likeness.as_ref().and_then(|column| column.first(doc));
        Likeness::from_number(number.unwrap_or(0))
    }
}

/// Returns documents with their likenesses.
pub(crate) fn with_likeness(
    searcher: &Searcher,
    documents: &[Ranked],
) -> tantivy::Result<Vec<Candidate>> {
    let mut columns: HashMap<SegmentOrdinal, Option<Column<u64>>> = HashMap::new();
    let mut found = Vec::with_capacity(documents.len());
    for ranked in documents {
        let DocAddress {
            segment_ord,
            doc_id,
        } = ranked.2;
        let column = match columns.entry(segment_ord) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(column(searcher.segment_reader(segment_ord), LIKENESS)?)
            }
        };
        let number = column.as_ref().and_then(|column| column.first(doc_id));
        found.push(Candidate {
            ranked: *ranked,
            likeness: Likeness::from_number(number.unwrap_or(0)),
        });
    }
    Ok(found)
}

/// Orders documents, the best first.
pub(crate) fn sort(documents: &mut [Ranked]) {
    documents.sort_unstable_by(order);
}

fn order(a: &Ranked, b: &Ranked) -> Ordering {
    b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2))
}

/// Orders documents by their scores, the best first; equal ones keep what decided between them.
pub(crate) fn sort_by_score(documents: &mut [Ranked]) {
    for (rank, score, _) in documents.iter_mut() {
        rank[0] = steps(*score);
    }
    sort(documents);
}

/// Returns the numbers that the documents of a segment have in a fast field.
pub(crate) fn column(reader: &SegmentReader, name: &str) -> tantivy::Result<Option<Column<u64>>> {
    let column = reader.fast_fields().u64_lenient(name)?;
    Ok(column.map(|(column, _)| column))
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
