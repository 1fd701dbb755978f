//! Words that were typed next to each other count more where they are near each other in a document.
//!
//! Only the best documents by their words are looked at: positions are read for those few, and a frequent pair of words
//! costs no more than a rare one.

use std::collections::BTreeMap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Searcher, SegmentOrdinal, Term};

use crate::best::{Ranked, sort_by_score};
use crate::schema::Fields;

/// Documents that are looked at.
pub(crate) const MAX_NEAR: usize = 100;
/// Pairs of words that are looked for.
const MAX_PAIRS: usize = 12;
/// Places of a word in a document that are compared.
const MAX_PLACES: usize = 64;

/// Words further apart are not near.
const WINDOW: u32 = 5;
/// What a pair counts, as a share of what its words count; measured, see docs/SEARCH.md.
const WEIGHT: f32 = 0.15;

/// As in tantivy's BM25, so that a pair counts like a word.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Adds to the scores of the best documents what their pairs of near words count, and orders them again.
pub(crate) fn add(
    searcher: &Searcher,
    fields: &Fields,
    pairs: &[(String, String)],
    best: &mut [Ranked],
) -> tantivy::Result<()> {
    if pairs.is_empty() || best.len() < 2 {
        return Ok(());
    }
    let near = best.get_mut(..best.len().min(MAX_NEAR)).unwrap_or_default();
    let statistics = Statistics::new(searcher, fields)?;
    let weighed: Vec<(Term, Term, f32)> = pairs
        .iter()
        .take(MAX_PAIRS)
        .map(|(first, second)| {
            let term = |word: &str| Term::from_field_text(fields.all, word);
            let (first, second) = (term(first), term(second));
            let weight = statistics.idf(searcher, &first)? + statistics.idf(searcher, &second)?;
            Ok((first, second, WEIGHT * weight))
        })
        .collect::<tantivy::Result<_>>()?;
    // Postings are read forwards, so the documents of each segment come in their order.
    let mut by_segment: BTreeMap<SegmentOrdinal, Vec<&mut Ranked>> = BTreeMap::new();
    for ranked in near.iter_mut() {
        by_segment
            .entry(ranked.2.segment_ord)
            .or_default()
            .push(ranked);
    }
    for (segment, documents) in &mut by_segment {
        documents.sort_unstable_by_key(|ranked| ranked.2.doc_id);
        let reader = searcher.segment_reader(*segment);
        let index = reader.inverted_index(fields.all)?;
        let lengths = reader.get_fieldnorms_reader(fields.all)?;
        for (first, second, weight) in &weighed {
            let read = |term| index.read_postings(term, IndexRecordOption::WithFreqsAndPositions);
            let (Some(mut first), Some(mut second)) = (read(first)?, read(second)?) else {
                continue;
            };
            for ranked in documents.iter_mut() {
                let doc = ranked.2.doc_id;
                let nearness = nearness(places(&mut first, doc), places(&mut second, doc));
                ranked.1 += weight * statistics.saturated(nearness, &lengths, doc);
            }
        }
    }
    drop(by_segment);
    sort_by_score(near);
    Ok(())
}

/// What BM25 needs of the whole index.
struct Statistics {
    documents: f32,
    average_length: f32,
}

impl Statistics {
    fn new(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut words = 0;
        for segment in searcher.segment_readers() {
            words += segment.inverted_index(fields.all)?.total_num_tokens();
        }
        let documents: u64 = searcher
            .segment_readers()
            .iter()
            .map(|segment| u64::from(segment.max_doc()))
            .sum();
        let documents = float(documents).max(1.0);
        Ok(Self {
            documents,
            average_length: (float(words) / documents).max(1.0),
        })
    }

    fn idf(&self, searcher: &Searcher, term: &Term) -> tantivy::Result<f32> {
        let with = float(searcher.doc_freq(term)?);
        Ok((1.0 + ((self.documents - with).max(0.0) + 0.5) / (with + 0.5)).ln())
    }

    fn saturated(&self, frequency: f32, lengths: &FieldNormReader, doc: u32) -> f32 {
        let length = float(u64::from(lengths.fieldnorm(doc))) / self.average_length;
        frequency * (K1 + 1.0) / (frequency + K1 * (1.0 - B + B * length))
    }
}

/// Returns the places of a word in a document, in order; none if the document does not have it.
fn places(postings: &mut SegmentPostings, doc: u32) -> Vec<u32> {
    let mut places = Vec::new();
    if postings.doc() < doc {
        postings.seek(doc);
    }
    if postings.doc() == doc {
        postings.positions(&mut places);
        places.truncate(MAX_PLACES);
    }
    places
}

/// Returns how often the second word is near the first: next to it counts 1, further away less.
fn nearness(first: Vec<u32>, second: Vec<u32>) -> f32 {
    let each = first.iter().map(|place| {
        let distances = second.iter().map(|other| other.abs_diff(*place));
        let nearest = distances
            .filter(|distance| (1..=WINDOW).contains(distance))
            .min();
        nearest.map_or(0.0, |distance| 1.0 / float(u64::from(distance)))
    });
    each.sum()
}

#[expect(clippy::cast_precision_loss, reason = "statistics need no more digits")]
fn float(count: u64) -> f32 {
    count as f32
}
