//! What the ranking needs to know of the whole index, the same at each node that holds the same documents.
//!
//! The figures of tantivy depend on how a node came by its documents: they count deleted ones, and the lengths of a part that
//! was written again without some of its documents are estimated. Here deleted documents do not count, and lengths are added
//! up from those of the documents, each rounded as the index keeps it.

use std::cell::RefCell;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::HashMap;
use tantivy::index::SegmentId;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet as _, Opstamp, Searcher, SegmentReader, Term};

use crate::schema::Fields;

/// Deleted documents of a segment that are looked up one by one. Beyond it, they count in how many documents a term is.
const MAX_DELETED: usize = 256;

/// Words in the documents of a segment, in the concatenated texts and in the titles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Words {
    all: u64,
    title: u64,
    /// The deleted documents, if they are few.
    deleted: Arc<[DocId]>,
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
            return Ok(words.clone());
        }
        drop(known);
        let words = Words {
            all: added_up(reader, fields.all)?,
            title: added_up(reader, fields.title)?,
            deleted: deleted(reader),
        };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(state, words.clone());
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

/// Returns the deleted documents of a segment, in their order; none if they are many.
fn deleted(reader: &SegmentReader) -> Arc<[DocId]> {
    let Some(alive) = reader.alive_bitset() else {
        return Arc::default();
    };
    let count = usize::try_from(reader.num_deleted_docs()).unwrap_or(usize::MAX);
    if count > MAX_DELETED {
        return Arc::default();
    }
    let all = 0..reader.max_doc();
    all.filter(|doc| !alive.is_alive(*doc)).collect()
}

/// Returns how many documents of a segment have a term, without the deleted ones that are known.
fn frequency_in(reader: &SegmentReader, deleted: &[DocId], term: &Term) -> tantivy::Result<u64> {
    let index = reader.inverted_index(term.field())?;
    let mut frequency = u64::from(index.doc_freq(term)?);
    if frequency == 0 || deleted.is_empty() {
        return Ok(frequency);
    }
    let Some(mut documents) = index.read_postings(term, IndexRecordOption::Basic)? else {
        return Ok(0);
    };
    for doc in deleted {
        if documents.doc() < *doc {
            documents.seek(*doc);
        }
        if documents.doc() == *doc {
            frequency = frequency.saturating_sub(1);
        }
    }
    Ok(frequency)
}

/// What one search knows of the index. It remembers what it has looked up.
pub(crate) struct Statistics<'a> {
    searcher: &'a Searcher,
    title: Field,
    documents: u64,
    all: u64,
    title_words: u64,
    /// The deleted documents of each segment.
    deleted: Vec<Arc<[DocId]>>,
    frequencies: RefCell<HashMap<Term, u64>>,
}

impl<'a> Statistics<'a> {
    pub(crate) fn new(
        searcher: &'a Searcher,
        fields: &Fields,
        lengths: &Lengths,
    ) -> tantivy::Result<Self> {
        let (mut all, mut title_words) = (0, 0);
        let mut deleted = Vec::new();
        for reader in searcher.segment_readers() {
            let of_segment = lengths.words(reader, fields)?;
            all += of_segment.all;
            title_words += of_segment.title;
            deleted.push(of_segment.deleted);
        }
        Ok(Self {
            searcher,
            title: fields.title,
            documents: searcher.num_docs(),
            all,
            title_words,
            deleted,
            frequencies: RefCell::default(),
        })
    }

    /// Returns how many words a document has on average in the concatenated text, at least 1.
    pub(crate) fn average_length(&self) -> f32 {
        (float(self.all) / float(self.documents).max(1.0)).max(1.0)
    }

    /// Returns how many documents have a term.
    pub(crate) fn frequency(&self, term: &Term) -> tantivy::Result<u64> {
        if let Some(known) = self.frequencies.borrow().get(term) {
            return Ok(*known);
        }
        let mut found = 0;
        for (reader, deleted) in self.searcher.segment_readers().iter().zip(&self.deleted) {
            found += frequency_in(reader, deleted, term)?;
        }
        let found = found.min(self.documents);
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
            self.title_words
        } else {
            self.all
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
