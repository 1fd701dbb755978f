//! Making the vectors of an index, while it serves.
//!
//! It takes minutes of a processor for a large index, so the caller says after each part whether to continue. The file
//! is written whole and renamed, so a training that is cut off changes nothing.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use latent::{Block, MAX_DOCUMENTS, MAX_TERMS, Point, Trainer, Vectors};
use tantivy::collector::DocSetCollector;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, SegmentReader, Term};

use crate::entry::Key;
use crate::error::IndexError;
use crate::index::Index;
use crate::keys::Keys;
use crate::live::Live;
use crate::opening::remove;
use crate::related::{FILE, Related, ids, postings, terms};
use crate::schema::Fields;

/// With fewer documents, too few words occur together to learn from.
pub const MIN_LEARNT_DOCUMENTS: u64 = 500;

/// Documents that are read at a time. Their words take about 20 MB.
const BLOCK_DOCUMENTS: u32 = 8_192;

/// How often all documents are read. More passes change the ranking by less than a thousandth.
const PASSES: usize = 3;

/// The file of the vectors while it is written.
const UNFINISHED: &str = "vectors.new";

/// The same documents give the same vectors.
const SEED: u64 = 0x5741_5244_524F_554E;

/// A word in fewer documents connects nothing.
const MIN_DOCUMENTS_OF_WORD: u32 = 2;

/// The vectors of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Learnt {
    /// There are none yet.
    Nothing,
    /// They are used.
    Vectors {
        /// How many documents had one when they were made.
        documents: usize,
        /// The number of the last change that they were made from.
        progress: u64,
    },
    /// The file cannot be used: a sentence for the operator.
    Unusable(String),
}

impl Index {
    /// Returns what is known of related documents.
    pub fn learnt(&self) -> Learnt {
        let live = self.live();
        match live.related() {
            Ok(None) => Learnt::Nothing,
            Ok(Some(related)) => Learnt::Vectors {
                documents: related.vectors.documents(),
                progress: related.vectors.generation(),
            },
            Err(fault) => Learnt::Unusable(fault),
        }
    }

    /// Learns from all documents which are about the same, and lets searches use that. `goes_on` is asked after each
    /// part; if it says no, or there are fewer than [`MIN_LEARNT_DOCUMENTS`], nothing changes. Blocks for a long time.
    ///
    /// # Errors
    /// `Full` and `Other`, from the disk; `Damaged`.
    pub fn learn(&self, goes_on: &dyn Fn() -> bool) -> Result<(), IndexError> {
        let erasures = self.erasures.load(Ordering::Acquire);
        let live = self.live();
        let progress = self.progress();
        let searcher = live.reader.searcher();
        let fail = |error| IndexError::from_tantivy(self.directory(), error);
        if live.is_earlier || searcher.num_docs() < MIN_LEARNT_DOCUMENTS {
            return Ok(());
        }
        let lesson = Lesson {
            searcher: &searcher,
            fields: &live.fields,
            goes_on,
        };
        let Some(vectors) = lesson.vectors(progress).map_err(fail)? else {
            return Ok(());
        };
        // What was erased meanwhile may be among the words; the next lesson is without it. Erasing holds the writer.
        let _held = self.hold_writer();
        let is_current = self.erasures.load(Ordering::Acquire) == erasures;
        if !is_current || !Arc::ptr_eq(&live, &self.live()) {
            return Ok(());
        }
        self.use_vectors(&live, vectors)
    }

    /// Takes the words and the documents that are gone out of the vectors.
    pub(crate) fn erase_vectors(&self, live: &Live) -> Result<(), IndexError> {
        let fail = |error| IndexError::from_tantivy(self.directory(), error);
        let unfinished = self.directory().join(UNFINISHED);
        remove(&unfinished).map_err(|error| IndexError::from_io(&unfinished, error))?;
        let Ok(Some(related)) = live.related() else {
            // What cannot be read may still hold words.
            let file = self.directory().join(FILE);
            return remove(&file).map_err(|error| IndexError::from_io(&file, error));
        };
        let searcher = live.reader.searcher();
        let mut words: HashSet<String> = HashSet::new();
        let mut documents: HashSet<u64> = HashSet::new();
        for reader in searcher.segment_readers() {
            let index = reader.inverted_index(live.fields.all).map_err(fail)?;
            let mut stream = index.terms().stream().map_err(|error| fail(error.into()))?;
            while stream.advance() {
                if let Ok(word) = std::str::from_utf8(stream.key())
                    && related.vectors.term(word).is_some()
                {
                    words.insert(word.to_owned());
                }
            }
            let ids = ids(reader).map_err(fail)?;
            let alive = reader
                .doc_ids_alive()
                .filter_map(|doc| usize::try_from(doc).ok());
            documents.extend(alive.filter_map(|doc| ids.get(doc)));
        }
        let kept = related
            .vectors
            .without(|word| words.contains(word), |id| documents.contains(&id));
        let is_same = kept.documents() == related.vectors.documents()
            && kept.words().count() == related.vectors.words().count();
        if is_same {
            return Ok(());
        }
        self.use_vectors(live, kept)
    }

    fn use_vectors(&self, live: &Live, vectors: Vectors<Vec<u8>>) -> Result<(), IndexError> {
        let written = self.write_vectors(&vectors.into_bytes());
        written.map_err(|error| IndexError::from_io(self.directory(), error))?;
        live.open_related(self.directory(), self.progress())
            .map_err(|error| IndexError::from_tantivy(self.directory(), error))
    }

    fn write_vectors(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.directory().join(UNFINISHED);
        let mut file = fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, self.directory().join(FILE))
    }

    /// Returns the documents that are most similar to one, the most similar first; none before something was learnt.
    ///
    /// # Errors
    /// As for [`Index::search`].
    pub fn similar(&self, key: Key, limit: usize) -> Result<Vec<Key>, IndexError> {
        let live = self.live();
        let run = AssertUnwindSafe(|| live.similar(key, limit));
        catch_unwind(run)
            .map_err(|_| self.damaged("looking for similar documents panicked"))?
            .map_err(|error| IndexError::from_tantivy(self.directory(), error))
    }

    /// Removes what was learnt.
    ///
    /// # Errors
    /// `Other`, from the disk.
    pub fn forget(&self) -> Result<(), IndexError> {
        self.live().set_related(Ok(None));
        let file = self.directory().join(FILE);
        remove(&file).map_err(|error| IndexError::from_io(&file, error))
    }
}

impl Live {
    fn similar(&self, key: Key, limit: usize) -> tantivy::Result<Vec<Key>> {
        let Ok(Some(related)) = self.related() else {
            return Ok(Vec::new());
        };
        let searcher = self.reader.searcher();
        let term = Term::from_field_text(self.fields.key, &key.to_string());
        let of_key = TermQuery::new(term, IndexRecordOption::Basic);
        let found = searcher.search(&of_key, &DocSetCollector)?;
        let Some(address) = found.into_iter().next() else {
            return Ok(Vec::new());
        };
        let similar = related.similar(&searcher, &self.fields, address, limit)?;
        let mut keys = Keys::new(&searcher, &self.fields);
        let similar = similar.into_iter();
        similar.map(|address| Ok(keys.get(address)?.0)).collect()
    }

    /// Opens the vectors, or keeps why they cannot be used.
    pub(crate) fn open_related(
        &self,
        directory: &std::path::Path,
        progress: u64,
    ) -> tantivy::Result<()> {
        let related = match Related::open(directory, progress) {
            Ok(Some(related)) => {
                related.update(&self.reader.searcher(), &self.fields)?;
                Ok(Some(Arc::new(related)))
            }
            Ok(None) => Ok(None),
            Err(fault) => Err(fault),
        };
        self.set_related(related);
        Ok(())
    }
}

/// One training.
struct Lesson<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    goes_on: &'a dyn Fn() -> bool,
}

impl Lesson<'_> {
    /// Returns the vectors; `None` if it was cut off.
    fn vectors(&self, progress: u64) -> tantivy::Result<Option<Vectors<Vec<u8>>>> {
        // Step 1: the words that get a vector, and what each counts.
        let words = self.words()?;
        let all = self.searcher.num_docs();
        let weights = words.iter().map(|(_, with)| (real(all) / real(*with)).ln());
        let mut trainer = Trainer::new(weights.collect(), SEED);
        let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
        // Step 2: the passes over all documents.
        for pass in 1..=PASSES {
            let goes_on = self.each_block(&words, |block, _| trainer.add(block))?;
            if !goes_on {
                return Ok(None);
            }
            if pass < PASSES {
                trainer.end_pass();
            }
        }
        let space = trainer.finish().space();
        // Step 3: a vector for each document.
        let mut points: Vec<(u64, Point)> = Vec::new();
        let goes_on = self.each_block(&words, |block, ids| {
            for (row, id) in block.rows().zip(ids) {
                if let Some(point) = space.point(row)
                    && points.len() < MAX_DOCUMENTS
                {
                    points.push((*id, point));
                }
            }
        })?;
        Ok(goes_on.then(|| Vectors::new(&space, &words, points, progress)))
    }

    /// Returns the words with the most documents, in order, each with its number of documents. Words of half of all
    /// documents say nothing.
    fn words(&self) -> tantivy::Result<Vec<(String, u64)>> {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.all)?;
            let mut stream = index.terms().stream()?;
            while stream.advance() {
                let documents = stream.value().doc_freq;
                if documents < MIN_DOCUMENTS_OF_WORD {
                    continue;
                }
                if let Ok(word) = std::str::from_utf8(stream.key())
                    && word.len() > 1
                    && !word.starts_with(|c: char| c.is_ascii_digit())
                {
                    *counts.entry(word.to_owned()).or_default() += u64::from(documents);
                }
            }
        }
        let half = self.searcher.num_docs() / 2;
        let mut words: Vec<(String, u64)> = counts
            .into_iter()
            .filter(|(_, with)| *with <= half)
            .collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MAX_TERMS);
        words.sort();
        Ok(words)
    }

    /// Gives all documents, some at a time, with their ids; returns whether all were given.
    fn each_block(
        &self,
        words: &[String],
        mut each: impl FnMut(&Block, &[u64]),
    ) -> tantivy::Result<bool> {
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(self.fields.all)?;
            let terms = terms(&index, |word| {
                let found = words.binary_search_by(|known| known.as_str().cmp(word));
                u32::try_from(found.ok()?).ok()
            })?;
            let ids = ids(reader)?;
            for (start, ids) in (0..).step_by(step()).zip(ids.chunks(step())) {
                let block = block(reader, &index, &terms, start, ids.len())?;
                each(&block, ids);
                if !(self.goes_on)() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn step() -> usize {
    usize::try_from(BLOCK_DOCUMENTS).unwrap_or(usize::MAX)
}

/// Returns the rows of some documents of a segment; those that are gone have no words.
fn block(
    reader: &SegmentReader,
    index: &InvertedIndexReader,
    terms: &[(u32, TermInfo)],
    start: u32,
    count: usize,
) -> tantivy::Result<Block> {
    let end = start.saturating_add(BLOCK_DOCUMENTS).min(reader.max_doc());
    let mut postings = postings(index, terms, start..end)?;
    if let Some(alive) = reader.alive_bitset() {
        postings.retain(|posting| alive.is_alive(start + posting.document));
    }
    Ok(Block::new(count, &postings))
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more digits")]
fn real(count: u64) -> f32 {
    count as f32
}
