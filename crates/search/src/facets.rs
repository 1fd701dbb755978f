//! Counts per facet value, exact, in the same pass as the hits.

use std::cmp::Ordering;
use std::sync::Arc;

use domain::FacetGroup;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::facet_table::{Counted, Table, Tables};
use crate::facet_turns;

/// Values of one group beyond this many are left out of the answer.
const MAX_VALUES: usize = 300;

/// The counts of one group: the most frequent value first, and of products that of the most nodes. A group's own filter does not narrow
/// its counts, so that each count says what choosing that value would add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Which group.
    pub group: FacetGroup,
    /// Its values; those that no result has are absent.
    pub values: Vec<FacetValue>,
}

/// One value and how many results have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value as the index holds it.
    pub value: String,
    /// How many results have it.
    pub count: u64,
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

impl Counts {
    /// Returns the counts of one group, in the order of [`facet_turns::sort`].
    pub(crate) fn facet(&self, group: FacetGroup) -> Facet {
        let of_group = |counted: &&Counted| counted.group == group;
        let mut values: Vec<&Counted> = self.values.iter().filter(of_group).collect();
        facet_turns::sort(&mut values);
        let first = values.into_iter().take(MAX_VALUES);
        let values = first.map(|counted| FacetValue {
            value: counted.value.as_ref().to_owned(),
            count: counted.count,
        });
        Facet {
            group,
            values: values.collect(),
        }
    }
}

/// The counting of one segment.
pub(crate) struct SegmentCounting {
    /// `None` where no group is wanted.
    table: Option<Arc<Table>>,
    /// One for each counter of the table; empty before the first document.
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
        Ok(SegmentCounting {
            table,
            counts: Vec::new(),
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
            let Some(table) = segment.table.as_ref().filter(|_| segment.total > 0) else {
                continue;
            };
            let more = table.counted(&segment.counts, self.groups);
            counts.values = added(std::mem::take(&mut counts.values), more);
        }
        Ok(counts)
    }
}

/// Adds up two lists of counts. Both are in the order of groups and values, and so is the sum.
fn added(known: Vec<Counted>, more: Vec<Counted>) -> Vec<Counted> {
    let mut sum = Vec::with_capacity(known.len().max(more.len()));
    let (mut known, mut more) = (known.into_iter().peekable(), more.into_iter().peekable());
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
            counted = Some(match counted {
                Some(counted) => Counted {
                    count: counted.count + other.count,
                    nodes: counted.nodes.and(other.nodes),
                    ..counted
                },
                None => other,
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
        if self.counts.is_empty() {
            self.counts.resize(table.counter_count, 0);
        }
        for counter in table.counters(doc) {
            if let Some(count) = usize::try_from(*counter)
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
