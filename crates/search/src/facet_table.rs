//! The facet values of each document in memory, laid out for counting.
//!
//! Each segment has a table in memory that says which counters each document adds to. One counter
//! for each value would make that twenty additions a document, so groups are counted together
//! where their values repeat: the values that a document has in one group are one *set*, groups
//! with few different sets share a *column*, and each combination of sets in a column has a
//! counter. A document adds to about nine counters; what they say of each value is worked out at
//! the end. Reading the fast fields group by group took twenty times as long.

use std::collections::HashMap;
use std::iter::repeat;
use std::sync::{Arc, PoisonError, RwLock};

use domain::FacetGroup;
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use crate::best::column;
use crate::facet_reading::{GroupSets, Read, read_groups, small};
use crate::facet_turns::Nodes;
use crate::schema::{FACETS, LIKENESS};

/// Groups share a column up to this many counters: 16 kB, which stay in a processor's first cache.
const MAX_SHARED_COUNTERS: usize = 4_096;

/// A column has at most one counter for this number of documents. With more, reading the counters would
/// cost what counting saves.
const MIN_DOCUMENTS_PER_COUNTER: usize = 16;

/// The tables of all segments in use.
#[derive(Default)]
pub(crate) struct Tables(RwLock<HashMap<SegmentId, Arc<Table>>>);

/// The facet values of the documents of one segment. Immutable: a segment's documents only ever
/// get deleted, and deleted ones are never counted.
pub(crate) struct Table {
    columns: Vec<Column>,
    /// Document `n` adds to `counters[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    counters: Vec<u32>,
    /// How many counters there are, those of all columns one after the other.
    pub(crate) counter_count: usize,
}

/// Groups that are counted together.
struct Column {
    groups: Vec<GroupSets>,
    /// The first counter of the column; there are as many as combinations of the groups' sets.
    first: usize,
    len: usize,
}

/// A column in the making.
struct Shared {
    groups: Vec<GroupSets>,
    len: usize,
    /// What each document adds to, numbered from the column's first counter.
    adds: Adds,
}

enum Adds {
    /// One counter a document.
    One(Vec<u32>),
    /// As many as the set of the document has values: the sets, and the set of each document.
    Each(Vec<Box<[u32]>>, Vec<u32>),
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

    pub(crate) fn table(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Table>> {
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
        let documents = usize::try_from(reader.max_doc()).unwrap_or(usize::MAX);
        let mut groups = match reader.fast_fields().str(FACETS)? {
            Some(column) => read_groups(&column, reader.max_doc())?,
            None => Vec::new(),
        };
        if let Some(likeness) = column(reader, LIKENESS)? {
            groups
                .iter_mut()
                .for_each(|read| read.note_nodes(&likeness));
        }
        Ok(Self::new(groups, documents))
    }

    /// Lays out the groups of `documents` documents.
    fn new(mut groups: Vec<Read>, documents: usize) -> Self {
        let max_len = MAX_SHARED_COUNTERS.min(documents / MIN_DOCUMENTS_PER_COUNTER);
        // Groups with few sets first, so that as many as possible share a column.
        groups.sort_by_key(|read| read.group.sets.len());
        let mut columns: Vec<Shared> = Vec::new();
        for read in groups {
            let read = match columns.last_mut() {
                Some(last) => last.join(read, max_len),
                None => Some(read),
            };
            columns.extend(read.map(|read| Shared::new(read, documents)));
        }
        let mut firsts = Vec::with_capacity(columns.len());
        let mut counter_count = 0;
        for column in &columns {
            firsts.push(counter_count);
            counter_count += column.len;
        }
        let mut starts = Vec::with_capacity(documents + 1);
        starts.push(0);
        let mut counters = Vec::with_capacity(documents * columns.len());
        for doc in 0..documents {
            for (column, first) in columns.iter().zip(&firsts) {
                let first = small(*first);
                counters.extend(
                    column
                        .adds
                        .counters(doc)
                        .iter()
                        .map(|number| first + number),
                );
            }
            starts.push(small(counters.len()));
        }
        counters.shrink_to_fit();
        let columns = columns
            .into_iter()
            .zip(firsts)
            .map(|(column, first)| Column {
                groups: column.groups,
                first,
                len: column.len,
            });
        Self {
            columns: columns.collect(),
            starts,
            counters,
            counter_count,
        }
    }

    /// Returns the counters that a document adds to.
    pub(crate) fn counters(&self, doc: DocId) -> &[u32] {
        let start = |doc: usize| {
            self.starts
                .get(doc)
                .and_then(|start| usize::try_from(*start).ok())
        };
        let Ok(doc) = usize::try_from(doc) else {
            return &[];
        };
        let (Some(from), Some(to)) = (start(doc), start(doc + 1)) else {
            return &[];
        };
        self.counters.get(from..to).unwrap_or_default()
    }
}

impl Shared {
    /// Makes the column of one group.
    fn new(read: Read, documents: usize) -> Self {
        let Read { mut group, set_of } = read;
        let sets = group.sets.len();
        let adds = if sets > documents / MIN_DOCUMENTS_PER_COUNTER && sets > group.values.len() {
            let values = (0..small(group.values.len())).map(|value| [value].into());
            let sets = std::mem::replace(&mut group.sets, values.collect());
            Adds::Each(sets, set_of)
        } else {
            Adds::One(set_of)
        };
        Self {
            len: group.sets.len(),
            groups: vec![group],
            adds,
        }
    }

    /// Takes another group in, unless that makes more than `max_len` counters; then returns it.
    fn join(&mut self, read: Read, max_len: usize) -> Option<Read> {
        let count = read.group.sets.len();
        let Adds::One(counters) = &mut self.adds else {
            return Some(read);
        };
        if self.len * count > max_len {
            return Some(read);
        }
        // A counter's number has the sets of the groups as its digits, the last group's lowest.
        for (counter, set) in counters.iter_mut().zip(&read.set_of) {
            *counter = *counter * small(count) + set;
        }
        self.len *= count;
        self.groups.push(read.group);
        None
    }
}

impl Adds {
    /// Returns the counters that a document adds to.
    fn counters(&self, doc: usize) -> &[u32] {
        match self {
            Self::One(counters) => counters.get(doc..=doc).unwrap_or_default(),
            Self::Each(sets, set_of) => set_of
                .get(doc)
                .and_then(|set| sets.get(usize::try_from(*set).ok()?))
                .map_or(&[], AsRef::as_ref),
        }
    }
}

/// A value and how many documents have it.
pub(crate) struct Counted {
    pub(crate) group: FacetGroup,
    pub(crate) value: Arc<str>,
    pub(crate) count: u64,
    /// Whose documents have it, whether they match or not; none where values are of a fixed vocabulary.
    pub(crate) nodes: Nodes,
}

impl Table {
    /// Returns how many documents have each value of `groups`, those that none has left out, in
    /// the order of groups and values.
    pub(crate) fn counted(&self, counts: &[u32], groups: &[FacetGroup]) -> Vec<Counted> {
        let mut by_group: Vec<Vec<Counted>> = Vec::new();
        let is_wanted = |sets: &GroupSets| groups.contains(&sets.group);
        let wanted = |column: &&Column| column.groups.iter().any(is_wanted);
        for column in self.columns.iter().filter(wanted) {
            let counts = counts.get(column.first..column.first + column.len);
            let mut counts: Vec<u64> = counts
                .unwrap_or_default()
                .iter()
                .map(|count| u64::from(*count))
                .collect();
            // The last group is the lowest digit of a counter's number: add up over all others,
            // then add up over it, and continue with the group before.
            for sets in column.groups.iter().rev() {
                let mut of_sets = vec![0; sets.sets.len()];
                let mut rest = Vec::with_capacity(counts.len() / sets.sets.len().max(1));
                for chunk in counts.chunks(sets.sets.len().max(1)) {
                    for (sum, count) in of_sets.iter_mut().zip(chunk) {
                        *sum += count;
                    }
                    rest.push(chunk.iter().sum());
                }
                if is_wanted(sets) {
                    by_group.push(sets.counted(&of_sets));
                }
                counts = rest;
            }
        }
        by_group.sort_by_key(|values| values.first().map(|counted| counted.group));
        by_group.into_iter().flatten().collect()
    }
}

impl GroupSets {
    /// Returns the counts of the group's values from those of its sets.
    fn counted(&self, of_sets: &[u64]) -> Vec<Counted> {
        let mut of_values = vec![0_u64; self.values.len()];
        for (set, count) in self.sets.iter().zip(of_sets) {
            for value in set {
                let sum = usize::try_from(*value)
                    .ok()
                    .and_then(|value| of_values.get_mut(value));
                if let Some(sum) = sum {
                    *sum += count;
                }
            }
        }
        let nodes = self.nodes.iter().copied().chain(repeat(Nodes::default()));
        self.values
            .iter()
            .zip(of_values)
            .zip(nodes)
            .filter(|((_, count), _)| *count > 0)
            .map(|((value, count), nodes)| Counted {
                group: self.group,
                value: Arc::clone(value),
                count,
                nodes,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A group of `values` values; document `n` has those that `of` says.
    fn read(group: FacetGroup, values: u32, documents: u32, of: impl Fn(u32) -> Vec<u32>) -> Read {
        let mut sets: Vec<Box<[u32]>> = Vec::new();
        let set_of = (0..documents).map(|doc| {
            let set = of(doc).into_boxed_slice();
            let known = sets.iter().position(|known| *known == set);
            small(known.unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            }))
        });
        let set_of = set_of.collect();
        let values = (0..values).map(|value| format!("v{value:02}").into());
        let group = GroupSets {
            group,
            values: values.collect(),
            sets,
            nodes: Vec::new(),
        };
        Read { group, set_of }
    }

    #[test]
    fn groups_that_are_counted_together_are_counted_as_each_alone() {
        use FacetGroup::{Kind, Result, Stage, System, Topic, Wgll};
        type Of = Box<dyn Fn(u32) -> Vec<u32>>;
        let spread = |doc: u32, by: u32| doc.wrapping_mul(2_654_435_761).rotate_left(by);
        let of: [(FacetGroup, u32, Of); 6] = [
            (
                Topic,
                40,
                Box::new(move |doc| {
                    let mut values: Vec<u32> = (0..3).map(|n| spread(doc, 3 * n) % 40).collect();
                    values.sort_unstable();
                    values.dedup();
                    values
                }),
            ),
            (Kind, 2, Box::new(|doc| vec![doc % 2])),
            (Result, 4, Box::new(move |doc| vec![spread(doc, 7) % 4])),
            (Wgll, 3, Box::new(|doc| (0..doc % 4).collect())),
            (Stage, 5, Box::new(|_| Vec::new())),
            (System, 50, Box::new(move |doc| vec![spread(doc, 11) % 50])),
        ];
        let groups = [Kind, Topic, Result, Wgll, Stage, System];
        for documents in [0, 1, 20, 700, 3_000] {
            let reads = of
                .iter()
                .map(|(group, values, of)| read(*group, *values, documents, of));
            let table = Table::new(reads.collect(), usize::try_from(documents).unwrap());
            if documents == 3_000 {
                assert!(
                    table.columns.len() < groups.len(),
                    "nothing is counted together"
                );
            }
            let mut counts = vec![0; table.counter_count];
            let mut expected: HashMap<(FacetGroup, String), u64> = HashMap::new();
            for doc in (0..documents).filter(|doc| doc % 3 != 1) {
                for counter in table.counters(doc) {
                    counts[usize::try_from(*counter).unwrap()] += 1;
                }
                for (group, _, of) in &of {
                    for value in of(doc) {
                        *expected
                            .entry((*group, format!("v{value:02}")))
                            .or_default() += 1;
                    }
                }
            }
            let counted = table.counted(&counts, &groups);
            let places: Vec<_> = counted.iter().map(|c| (c.group, c.value.clone())).collect();
            assert!(places.is_sorted(), "{documents} documents");
            let found: HashMap<_, _> = counted
                .into_iter()
                .map(|counted| {
                    (
                        (counted.group, counted.value.as_ref().to_owned()),
                        counted.count,
                    )
                })
                .collect();
            assert_eq!(found, expected, "{documents} documents");
            let one = table.counted(&counts, &[Wgll]);
            assert!(one.iter().all(|counted| counted.group == Wgll));
        }
    }
}
