//! Reads the facet values of a segment's documents from its fast field, group by group.

use std::collections::HashMap;
use std::sync::Arc;

use domain::FacetGroup;
use tantivy::columnar::StrColumn;

use crate::schema::parse_facet;

/// One group in a segment.
pub(crate) struct GroupSets {
    pub(crate) group: FacetGroup,
    /// The group's values, in order.
    pub(crate) values: Vec<Arc<str>>,
    /// What has a counter: sets of values, as places in `values`. In a column of one group whose
    /// sets hardly repeat, each value on its own.
    pub(crate) sets: Vec<Box<[u32]>>,
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
