//! Which documents are about the same as a query or as another document, by the vectors of the crate `latent`.
//!
//! The vectors are made from the index while it serves ([`crate::Index::learn`]) and are kept in one file in its directory.
//! They change the order of results and find similar documents; without them, or while the file cannot be used, both
//! are done without. A document that came later gets its vector from its words.
//!
//! The index holds public documents only, so nothing else is learnt from or found.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use latent::{Block, Point, Posting, Vectors};
use tantivy::directory::{Directory as _, MmapDirectory, OwnedBytes};
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::{Postings as _, TermInfo};
use tantivy::query::{EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet as _, Searcher, SegmentReader};

use crate::best::{Ranked, sort_by_score};
use crate::schema::{Fields, LIKENESS, TIE};

/// The file of the vectors.
pub(crate) const FILE: &str = "vectors";

/// Results that are ordered again, in each tier.
pub(crate) const MAX_FUSED: usize = 200;

/// What being about the same counts, next to the words; measured, see docs/SEARCH.md.
const WEIGHT: f32 = 0.4;

/// Documents without the words that are shown after the others.
const MAX_WITHOUT_WORDS: usize = 10;
/// How near they are at least; measured: with less, hardly any is relevant.
const MIN_COSINE: f32 = 0.3;
/// How alike similar documents are at least.
const MIN_SIMILAR: f32 = 0.4;
/// The nearest documents, of which those without the words are looked for.
const MAX_NEAREST: usize = 200;

/// A segment with more documents without a vector waits for the next training.
const MAX_FOLDED: usize = 5_000;

/// The place of a document without a vector.
const NOWHERE: u32 = u32::MAX;

/// The vectors of an index, and where its documents are among them.
pub(crate) struct Related {
    pub(crate) vectors: Vectors<OwnedBytes>,
    segments: RwLock<HashMap<SegmentId, Arc<Places>>>,
}

/// The vectors of a segment's documents.
struct Places {
    of_doc: Vec<u32>,
    /// In the order of the places.
    docs: Vec<(u32, DocId)>,
    /// Of documents that came after the training.
    folded: HashMap<DocId, Point>,
}

impl Related {
    /// Opens the vectors of an index; `None` if there are none yet.
    ///
    /// # Errors
    /// A sentence for the operator, if there is a file and it cannot be used.
    pub(crate) fn open(directory: &Path, progress: u64) -> Result<Option<Self>, String> {
        if !directory.join(FILE).exists() {
            return Ok(None);
        }
        let unusable = |error: &dyn std::fmt::Display| {
            format!("the vectors of the search index cannot be used and are made again: {error}")
        };
        let files = MmapDirectory::open(directory).map_err(|error| unusable(&error))?;
        let file = files
            .open_read(Path::new(FILE))
            .map_err(|error| unusable(&error))?;
        let bytes = file.read_bytes().map_err(|error| unusable(&error))?;
        let vectors = Vectors::open(bytes).map_err(|error| unusable(&error))?;
        if vectors.generation() > progress {
            return Err(unusable(&"they are of a later index"));
        }
        Ok(Some(Self {
            vectors,
            segments: RwLock::default(),
        }))
    }

    /// Finds the documents of new segments, and forgets segments that are gone.
    pub(crate) fn update(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<()> {
        for reader in searcher.segment_readers() {
            self.places(reader, fields)?;
        }
        let current: Vec<SegmentId> = searcher
            .segment_readers()
            .iter()
            .map(SegmentReader::segment_id)
            .collect();
        let mut segments = self
            .segments
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        segments.retain(|segment, _| current.contains(segment));
        Ok(())
    }

    fn places(&self, reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Arc<Places>> {
        let segment = reader.segment_id();
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = segments.get(&segment) {
            return Ok(Arc::clone(places));
        }
        drop(segments);
        let places = Arc::new(Places::read(&self.vectors, reader, fields)?);
        let mut segments = self
            .segments
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        segments.insert(segment, Arc::clone(&places));
        Ok(places)
    }

    /// Returns the point of stems; `None` if none of them has a vector.
    pub(crate) fn point(&self, stems: &[String]) -> Option<Point> {
        let terms = stems.iter().filter_map(|stem| self.vectors.term(stem));
        let entries: Vec<(u32, u8)> = terms.map(|term| (term, 1)).collect();
        self.vectors.point(&entries)
    }

    /// Orders the best documents by their words and by how near they are to `point`, both as shares of the best of them.
    pub(crate) fn fuse(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        point: &Point,
        best: &mut [Ranked],
    ) -> tantivy::Result<()> {
        let fused = best
            .get_mut(..best.len().min(MAX_FUSED))
            .unwrap_or_default();
        let mut cosines = Vec::with_capacity(fused.len());
        for ranked in fused.iter() {
            let reader = searcher.segment_reader(ranked.2.segment_ord);
            let places = self.places(reader, fields)?;
            cosines.push(places.cosine(&self.vectors, point, ranked.2.doc_id));
        }
        let words = Range::new(fused.iter().map(|ranked| ranked.1));
        let nearness = Range::new(cosines.iter().copied());
        for (ranked, cosine) in fused.iter_mut().zip(cosines) {
            let share = (1.0 - WEIGHT) * words.share(ranked.1) + WEIGHT * nearness.share(cosine);
            // Within the scores that they had, so that documents further down the list stay there.
            ranked.1 = words.least + share * words.width;
        }
        sort_by_score(fused);
        Ok(())
    }

    /// Returns the documents nearest to `point` that `others` matches, the nearest first: a few, and none that is not near.
    pub(crate) fn nearest(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        point: &Point,
        others: &dyn Query,
    ) -> tantivy::Result<Vec<DocAddress>> {
        let nearest = self.vectors.nearest(point, MAX_NEAREST, |_| true);
        let weight = others.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut found: Vec<(f32, DocAddress)> = Vec::new();
        for (segment_ord, reader) in (0..).zip(searcher.segment_readers()) {
            let places = self.places(reader, fields)?;
            let near = nearest.iter().filter(|(_, cosine)| *cosine >= MIN_COSINE);
            let mut near: Vec<(DocId, f32)> = near
                .filter_map(|(place, cosine)| Some((places.doc(*place)?, *cosine)))
                .collect();
            near.sort_unstable_by_key(|(doc, _)| *doc);
            let mut matching = weight.scorer(reader, 1.0)?;
            for (doc, cosine) in near {
                if matching.doc() < doc {
                    matching.seek(doc);
                }
                if matching.doc() == doc && is_alive(reader, doc) {
                    found.push((cosine, DocAddress::new(segment_ord, doc)));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found.truncate(MAX_WITHOUT_WORDS);
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    /// Returns the documents most similar to one, the most similar first; nothing if it has no vector.
    pub(crate) fn similar(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        address: DocAddress,
        limit: usize,
    ) -> tantivy::Result<Vec<DocAddress>> {
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            segments.push((reader, self.places(reader, fields)?));
        }
        let own = usize::try_from(address.segment_ord).ok();
        let own = own.and_then(|own| segments.get(own));
        let Some(point) = own.and_then(|(_, own)| own.point(&self.vectors, address.doc_id)) else {
            return Ok(Vec::new());
        };
        // Documents that are gone have a vector until the next training.
        let find = |place: u32| {
            let mut each = (0..).zip(&segments);
            each.find_map(|(segment_ord, (reader, places))| {
                let doc = places.doc(place).filter(|doc| is_alive(reader, *doc))?;
                Some(DocAddress::new(segment_ord, doc))
            })
        };
        let has_document = |place| find(place).is_some();
        let nearest = self
            .vectors
            .nearest(&point, limit + 1, has_document)
            .into_iter();
        let near = nearest.filter(|(_, cosine)| *cosine >= MIN_SIMILAR);
        let found = near.filter_map(|(place, _)| find(place));
        let mut found: Vec<_> = found.filter(|found| *found != address).collect();
        found.truncate(limit);
        Ok(found)
    }
}

fn is_alive(reader: &SegmentReader, doc: DocId) -> bool {
    reader
        .alive_bitset()
        .is_none_or(|alive| alive.is_alive(doc))
}

impl Places {
    fn read(
        vectors: &Vectors<OwnedBytes>,
        reader: &SegmentReader,
        fields: &Fields,
    ) -> tantivy::Result<Self> {
        let ids = ids(reader)?;
        let place = |id: &u64| vectors.place(*id).unwrap_or(NOWHERE);
        let of_doc: Vec<u32> = ids.iter().map(place).collect();
        let with_doc = of_doc.iter().copied().zip(0..);
        let mut docs: Vec<(u32, DocId)> = with_doc.filter(|(place, _)| *place != NOWHERE).collect();
        docs.sort_unstable();
        let missing = of_doc.len() - docs.len();
        let mut folded = HashMap::new();
        if (1..=MAX_FOLDED).contains(&missing) {
            let index = reader.inverted_index(fields.all)?;
            let terms = terms(&index, |word| vectors.term(word))?;
            let postings = postings(&index, &terms, 0..reader.max_doc())?;
            let block = Block::new(of_doc.len(), &postings);
            for ((doc, place), row) in (0..).zip(&of_doc).zip(block.rows()) {
                if *place == NOWHERE
                    && let Some(point) = vectors.point(row)
                {
                    folded.insert(doc, point);
                }
            }
        }
        Ok(Self {
            of_doc,
            docs,
            folded,
        })
    }

    fn doc(&self, place: u32) -> Option<DocId> {
        let at = self.docs.binary_search_by_key(&place, |(place, _)| *place);
        let (_, doc) = self.docs.get(at.ok()?)?;
        Some(*doc)
    }

    fn place(&self, doc: DocId) -> Option<u32> {
        let place = self.of_doc.get(usize::try_from(doc).ok()?)?;
        (*place != NOWHERE).then_some(*place)
    }

    fn cosine(&self, vectors: &Vectors<OwnedBytes>, point: &Point, doc: DocId) -> f32 {
        match self.place(doc) {
            Some(place) => vectors.cosine(point, place),
            None => self.folded.get(&doc).map_or(0.0, |own| own.cosine(point)),
        }
    }

    fn point(&self, vectors: &Vectors<OwnedBytes>, doc: DocId) -> Option<Point> {
        match self.place(doc) {
            Some(place) => vectors.point_at(place),
            None => self.folded.get(&doc).cloned(),
        }
    }
}

/// The least and the greatest of some numbers.
struct Range {
    least: f32,
    width: f32,
}

impl Range {
    fn new(numbers: impl Iterator<Item = f32> + Clone) -> Self {
        let least = numbers.clone().fold(f32::INFINITY, f32::min);
        let greatest = numbers.fold(f32::NEG_INFINITY, f32::max);
        Self {
            least,
            width: (greatest - least).max(0.0),
        }
    }

    /// Returns where a number is between the two, `0..=1`.
    fn share(&self, number: f32) -> f32 {
        if self.width > 0.0 {
            (number - self.least) / self.width
        } else {
            0.0
        }
    }
}

/// Returns the id by which each document of a segment has its vector: the same at each revision.
pub(crate) fn ids(reader: &SegmentReader) -> tantivy::Result<Vec<u64>> {
    let column = |name| -> tantivy::Result<_> {
        let column = reader.fast_fields().u64_lenient(name)?;
        Ok(column.map(|(column, _)| column))
    };
    let (Some(tie), Some(likeness)) = (column(TIE)?, column(LIKENESS)?) else {
        return Ok(Vec::new());
    };
    let id = |doc| {
        let node = crate::Likeness::from_number(likeness.first(doc).unwrap_or_default()).node();
        tie.first(doc).unwrap_or_default() ^ node.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    };
    Ok((0..reader.max_doc()).map(id).collect())
}

/// Returns the words of a segment that have a number.
pub(crate) fn terms(
    index: &InvertedIndexReader,
    number: impl Fn(&str) -> Option<u32>,
) -> tantivy::Result<Vec<(u32, TermInfo)>> {
    let mut found = Vec::new();
    let mut stream = index.terms().stream()?;
    while stream.advance() {
        if let Ok(word) = std::str::from_utf8(stream.key())
            && let Some(number) = number(word)
        {
            found.push((number, stream.value().clone()));
        }
    }
    Ok(found)
}

/// Returns how often each word is in each of some documents of a segment, which count from the first of them.
pub(crate) fn postings(
    index: &InvertedIndexReader,
    terms: &[(u32, TermInfo)],
    documents: std::ops::Range<DocId>,
) -> tantivy::Result<Vec<Posting>> {
    let mut found = Vec::new();
    for (term, info) in terms {
        let mut docs = index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
        if docs.doc() < documents.start {
            docs.seek(documents.start);
        }
        while docs.doc() < documents.end {
            found.push(Posting {
                document: docs.doc() - documents.start,
                term: *term,
                count: u8::try_from(docs.term_freq()).unwrap_or(u8::MAX),
            });
            docs.advance();
        }
    }
    Ok(found)
}
