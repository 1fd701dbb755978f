//! Reads the facet values of a segment's documents from its fast field, group by group.

use std::collections::HashMap;
use std::sync::Arc;

use domain::FacetGroup;
use domain::facet::Values;
use tantivy::columnar::{Column, StrColumn};

use crate::facet_turns::Nodes;
use crate::likeness::Likeness;
use crate::schema::parse_facet;

/// One group in a segment.
pub(crate) struct GroupSets {
    pub(crate) group: FacetGroup,
    /// The group's values, in order.
    pub(crate) values: Vec<Arc<str>>,
    /// What has a counter: sets of values, as places in `values`. In a column of one group whose
    /// sets hardly repeat, each value on its own.
    pub(crate) sets: Vec<Box<[u32]>>,
    /// The nodes whose documents have each value, where anyone can invent values; else empty.
    pub(crate) nodes: Vec<Nodes>,
}

/// A group as it is read: the set of each document is a place in `group.sets`.
pub(crate) struct Read {
    pub(crate) group: GroupSets,
    pub(crate) set_of: Vec<u32>,
}

/// Reads the values of each group and the set of each document in it.
pub(crate) fn read_groups(column: &StrColumn, documents: u32) -> tantivy::Result<Vec<Read>> {
    // The dictionary is in order, so the values of a group follow one another.
    let mut groups: Vec<Gathering> = Vec::new();
    let mut places: Vec<Option<(usize, u32)>> = Vec::new();
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        let text = String::from_utf8_lossy(stream.key());
        let counted = parse_facet(&text).filter(|(group, value)| !group.is_uncounted(value));
        let Some((group, value)) = counted else {
            places.push(None);
            continue;
        };
        if groups.last().is_none_or(|last| last.group != group) {
            groups.push(Gathering::new(group, documents));
        }
        let place = groups.len() - 1;
        if let Some(last) = groups.last_mut() {
            places.push(Some((place, small(last.values.len()))));
            last.values.push(value.into());
        }
    }
    for gathering in &mut groups {
        gathering.known_alone = vec![None; gathering.values.len()];
    }
    for doc in 0..documents {
        for ord in column.term_ords(doc) {
            let place = usize::try_from(ord).ok().and_then(|ord| places.get(ord));
            if let Some((group, value)) = place.copied().flatten()
                && let Some(gathering) = groups.get_mut(group)
            {
                gathering.of_doc.push(value);
            }
        }
        groups.iter_mut().for_each(Gathering::end_document);
    }
    Ok(groups.into_iter().map(Gathering::end).collect())
}

impl Read {
    /// Notes whose documents have each value, for a group whose values anyone can invent. A document that was deleted counts
    /// until its segment is merged.
    pub(crate) fn note_nodes(&mut self, likeness: &Column<u64>) {
        match self.group.group.row().values {
            Values::Products => {}
            Values::Closed(_)
            | Values::Kinds
            | Values::Organisations
            | Values::Years
            | Values::Amounts(_) => return,
        }
        let mut of_sets = vec![Nodes::default(); self.group.sets.len()];
        for (doc, set) in (0_u32..).zip(&self.set_of) {
            let place = usize::try_from(*set).ok();
            let likeness = likeness.first(doc).map(Likeness::from_number);
            if let (Some(nodes), Some(likeness)) =
                (place.and_then(|place| of_sets.get_mut(place)), likeness)
            {
                *nodes = nodes.with(likeness.node());
            }
        }
        let mut of_values = vec![Nodes::default(); self.group.values.len()];
        for (set, nodes) in self.group.sets.iter().zip(of_sets) {
            for value in set {
                let place = usize::try_from(*value).ok();
                if let Some(known) = place.and_then(|place| of_values.get_mut(place)) {
                    *known = known.and(nodes);
                }
            }
        }
        self.group.nodes = of_values;
    }
}

/// A group while its documents are read.
struct Gathering {
    group: FacetGroup,
    values: Vec<Arc<str>>,
    sets: Vec<Box<[u32]>>,
    set_of: Vec<u32>,
    known: HashMap<Box<[u32]>, u32>,
    /// The set of each value alone. Most documents have one value in most groups: those sets are found without hashing.
    known_alone: Vec<Option<u32>>,
    /// The values of the document that is being read.
    of_doc: Vec<u32>,
}

impl Gathering {
    fn new(group: FacetGroup, documents: u32) -> Self {
        Self {
            group,
            values: Vec::new(),
            sets: Vec::new(),
            set_of: Vec::with_capacity(usize::try_from(documents).unwrap_or(0)),
            known: HashMap::new(),
            known_alone: Vec::new(),
            of_doc: Vec::new(),
        }
    }

    /// Finds or adds the set of the document whose values are in `of_doc`.
    fn end_document(&mut self) {
        let values = self.of_doc.as_slice();
        let alone = match values {
            [value] => usize::try_from(*value)
                .ok()
                .and_then(|value| self.known_alone.get_mut(value)),
            _ => None,
        };
        let found = match &alone {
            Some(known) => **known,
            None => self.known.get(values).copied(),
        };
        let set = found.unwrap_or_else(|| {
            let set = small(self.sets.len());
            self.sets.push(values.into());
            match alone {
                Some(known) => *known = Some(set),
                None => _ = self.known.insert(values.into(), set),
            }
            set
        });
        self.set_of.push(set);
        self.of_doc.clear();
    }

    fn end(self) -> Read {
        let group = GroupSets {
            group: self.group,
            values: self.values,
            sets: self.sets,
            nodes: Vec::new(),
        };
        Read {
            group,
            set_of: self.set_of,
        }
    }
}

/// A segment has at most 2³² documents, and so at most as many different sets and combinations.
pub(crate) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
