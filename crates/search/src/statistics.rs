//! What the ranking needs to know of the whole index, the same at each node that holds the same documents.
//!
//! The figures of tantivy depend on how a node came by its documents: they count deleted ones, and the lengths of a part that
//! was written again without some of its documents are estimated. Here lengths are added up from those of the documents, each
//! rounded as the index keeps it.

use std::cell::RefCell;
use std::sync::{PoisonError, RwLock};

use foldhash::HashMap;
use tantivy::index::SegmentId;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Opstamp, Searcher, SegmentReader, Term};

use crate::schema::Fields;

/// Words in the documents of a segment, in the concatenated texts and in the titles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Words {
    all: u64,
    title: u64,
}

/// A segment with its deletions.
type SegmentState = (SegmentId, Option<Opstamp>);

/// The words of each segment of an index.
#[derive(Default)]
pub(crate) struct Lengths(RwLock<HashMap<SegmentState, Words>>);

impl Lengths {
    /// Adds up the words of new segments, and forgets those of segments that are gone.
    pub(crate) fn update(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<()> {
        for reader in searcher.segment_readers() {
            self.words(reader, fields)?;
        }
        let current: Vec<SegmentState> = searcher.segment_readers().iter().map(state).collect();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|segment, _| current.contains(segment));
        Ok(())
    }

    fn words(&self, reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Words> {
        let state = state(reader);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(words) = known.get(&state) {
            return Ok(*words);
        }
        drop(known);
        let words = Words {
            all: added_up(reader, fields.all)?,
            title: added_up(reader, fields.title)?,
        };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(state, words);
        Ok(words)
    }
}

fn state(reader: &SegmentReader) -> SegmentState {
    (reader.segment_id(), reader.delete_opstamp())
}

/// Returns the words that the documents have in a field.
fn added_up(reader: &SegmentReader, field: Field) -> tantivy::Result<u64> {
    let Some(lengths) = reader.fieldnorms_readers().get_field(field)? else {
        return Ok(reader.inverted_index(field)?.total_num_tokens());
    };
    let each = reader.doc_ids_alive();
    Ok(each.map(|doc| u64::from(lengths.fieldnorm(doc))).sum())
}

/// What one search knows of the index. It remembers what it has looked up.
pub(crate) struct Statistics<'a> {
    searcher: &'a Searcher,
    title: Field,
    documents: u64,
    words: Words,
    frequencies: RefCell<HashMap<Term, u64>>,
}

impl<'a> Statistics<'a> {
    pub(crate) fn new(
        searcher: &'a Searcher,
        fields: &Fields,
        lengths: &Lengths,
    ) -> tantivy::Result<Self> {
        let mut words = Words::default();
        for reader in searcher.segment_readers() {
            let of_segment = lengths.words(reader, fields)?;
            words.all += of_segment.all;
            words.title += of_segment.title;
        }
        Ok(Self {
            searcher,
            title: fields.title,
            documents: searcher.num_docs(),
            words,
            frequencies: RefCell::default(),
        })
    }

    /// Returns how many words a document has on average in the concatenated text, at least 1.
    pub(crate) fn average_length(&self) -> f32 {
        (float(self.words.all) / float(self.documents).max(1.0)).max(1.0)
    }

    /// Returns how many documents have a term. Deleted ones count until their part of the index is written again, which
    /// takes a minute at most.
    pub(crate) fn frequency(&self, term: &Term) -> tantivy::Result<u64> {
        if let Some(known) = self.frequencies.borrow().get(term) {
            return Ok(*known);
        }
        let found = self.searcher.doc_freq(term)?.min(self.documents);
        self.frequencies.borrow_mut().insert(term.clone(), found);
        Ok(found)
    }

    /// Returns how much a term says, as BM25 has it: more of a rare one.
    pub(crate) fn idf(&self, term: &Term) -> tantivy::Result<f32> {
        let with = float(self.frequency(term)?);
        let without = float(self.documents) - with;
        Ok((1.0 + (without + 0.5) / (with + 0.5)).ln())
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let words = if field == self.title {
            self.words.title
        } else {
            self.words.all
        };
        // tantivy divides by the average length.
        Ok(words.max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.frequency(term)
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more digits")]
fn float(count: u64) -> f32 {
    count as f32
}
