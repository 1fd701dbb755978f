//! Counts per facet value, exact, in the same pass as the hits.
//!
//! Each segment has a table in memory of the values of each document, all groups one after the
//! other, so that counting a document is a few additions. It takes about 4 bytes a value; reading
//! the fast fields group by group took eight times as long.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::entry::FacetGroup;
use crate::searching::{Facet, FacetValue};

/// Values of one group beyond this many are left out of the answer, the rarest first.
const MAX_VALUES: usize = 300;

/// The tables of all segments in use.
#[derive(Default)]
pub(crate) struct Tables(RwLock<HashMap<SegmentId, Arc<Table>>>);

/// The facet values of the documents of one segment. Immutable: a segment's documents only ever
/// get deleted, and deleted ones are never counted.
struct Table {
    /// What the codes stand for, by group and value.
    values: Vec<(FacetGroup, Arc<str>)>,
    /// The codes of document `n` are `codes[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    codes: Vec<u32>,
}

impl Tables {
    /// Makes the tables of new segments and forgets those of segments that are gone.
    pub(crate) fn update(&self, searcher: &Searcher) -> tantivy::Result<()> {
        for reader in searcher.segment_readers() {
            self.table(reader)?;
        }
        let current: Vec<SegmentId> = searcher
            .segment_readers()
            .iter()
            .map(SegmentReader::segment_id)
            .collect();
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tables.retain(|segment, _| current.contains(segment));
        Ok(())
    }

    fn table(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Table>> {
        let segment = reader.segment_id();
        if let Some(table) = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&segment)
        {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(Table::read(reader)?);
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tables.insert(segment, Arc::clone(&table));
        Ok(table)
    }
}

impl Table {
    fn read(reader: &SegmentReader) -> tantivy::Result<Self> {
        let mut values = Vec::new();
        let mut columns: Vec<(u32, StrColumn)> = Vec::new();
        let mut groups = FacetGroup::ALL;
        groups.sort();
        for group in groups {
            let Some(column) = reader.fast_fields().str(group.as_str())? else {
                continue;
            };
            columns.push((small(values.len()), column.clone()));
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                values.push((group, String::from_utf8_lossy(stream.key()).into()));
            }
        }
        let mut starts = vec![0];
        let mut codes = Vec::new();
        for doc in 0..reader.max_doc() {
            for (first, column) in &columns {
                codes.extend(
                    column
                        .term_ords(doc)
                        .map(|ord| first.saturating_add(u32::try_from(ord).unwrap_or(u32::MAX))),
                );
            }
            starts.push(small(codes.len()));
        }
        codes.shrink_to_fit();
        Ok(Self {
            values,
            starts,
            codes,
        })
    }

    fn codes(&self, doc: DocId) -> &[u32] {
        let place = |at: usize| {
            self.starts
                .get(at)
                .and_then(|start| usize::try_from(*start).ok())
        };
        let Ok(doc) = usize::try_from(doc) else {
            return &[];
        };
        let (Some(from), Some(to)) = (place(doc), place(doc + 1)) else {
            return &[];
        };
        self.codes.get(from..to).unwrap_or_default()
    }
}

/// A segment has at most 2³² documents, and tantivy refuses one with as many values.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Counts the matching documents, and the values of `groups` among them.
pub(crate) struct Counting<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) groups: &'a [FacetGroup],
}

/// What [`Counting`] finds.
#[derive(Default)]
pub(crate) struct Counts {
    /// How many documents match.
    pub(crate) total: u64,
    values: Vec<Counted>,
}

/// A value and how many documents have it.
struct Counted {
    group: FacetGroup,
    value: Arc<str>,
    count: u64,
}

impl Counts {
    /// Returns the counts of one group: the most frequent value first, then by value.
    pub(crate) fn facet(&self, group: FacetGroup) -> Facet {
        let mut values: Vec<FacetValue> = self
            .values
            .iter()
            .filter(|counted| counted.group == group)
            .map(|counted| FacetValue {
                value: counted.value.as_ref().to_owned(),
                count: counted.count,
            })
            .collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(MAX_VALUES);
        Facet { group, values }
    }
}

/// The counting of one segment.
pub(crate) struct SegmentCounting {
    /// `None` where no group is wanted.
    table: Option<Arc<Table>>,
    counts: Vec<u32>,
    total: u64,
}

impl Collector for Counting<'_> {
    type Fruit = Counts;
    type Child = SegmentCounting;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentCounting> {
        let table = if self.groups.is_empty() {
            None
        } else {
            Some(self.tables.table(reader)?)
        };
        let counts = vec![0; table.as_ref().map_or(0, |table| table.values.len())];
        Ok(SegmentCounting {
            table,
            counts,
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<SegmentCounting>) -> tantivy::Result<Counts> {
        let mut counts = Counts::default();
        for segment in segments {
            counts.total += segment.total;
            let Some(table) = segment.table else { continue };
            let more = segment
                .counts
                .into_iter()
                .zip(&table.values)
                .filter(|(count, (group, _))| *count > 0 && self.groups.contains(group))
                .map(|(count, (group, value))| Counted {
                    group: *group,
                    value: Arc::clone(value),
                    count: u64::from(count),
                });
            counts.values = added(std::mem::take(&mut counts.values), more);
        }
        Ok(counts)
    }
}

/// Adds up two lists of counts. Both are in the order of [`Table::values`], and so is the sum.
fn added(known: Vec<Counted>, more: impl Iterator<Item = Counted>) -> Vec<Counted> {
    let mut sum = Vec::with_capacity(known.len() + more.size_hint().0);
    let (mut known, mut more) = (known.into_iter().peekable(), more.peekable());
    loop {
        let next = match (known.peek(), more.peek()) {
            (Some(a), Some(b)) => (a.group, &a.value).cmp(&(b.group, &b.value)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return sum,
        };
        let mut counted = None;
        if next.is_le() {
            counted = known.next();
        }
        if next.is_ge()
            && let Some(other) = more.next()
        {
            let count = counted.map_or(0, |counted| counted.count);
            counted = Some(Counted {
                count: count + other.count,
                ..other
            });
        }
        sum.extend(counted);
    }
}

impl SegmentCollector for SegmentCounting {
    type Fruit = Self;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        let Some(table) = &self.table else { return };
        for code in table.codes(doc) {
            if let Some(count) = usize::try_from(*code)
                .ok()
                .and_then(|at| self.counts.get_mut(at))
            {
                *count += 1;
            }
        }
    }

    fn harvest(self) -> Self {
        self
    }
}
