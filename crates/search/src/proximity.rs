//! Words that were typed next to each other count more where they are near each other in a document.
//!
//! Only the best documents by their words are looked at: positions are read for those few, and a frequent pair of words
//! costs no more than a rare one.

use std::collections::BTreeMap;

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Searcher, SegmentOrdinal, Term};

use crate::best::{Ranked, sort_by_score};
use crate::schema::Fields;
use crate::statistics::Statistics;

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
    statistics: &Statistics<'_>,
    fields: &Fields,
    pairs: &[(String, String)],
    best: &mut [Ranked],
) -> tantivy::Result<()> {
    if pairs.is_empty() || best.len() < 2 {
        return Ok(());
    }
    let near = best.get_mut(..best.len().min(MAX_NEAR)).unwrap_or_default();
    let weighed: Vec<(Term, Term, f32)> = pairs
        .iter()
        .take(MAX_PAIRS)
        .map(|(first, second)| {
            let term = |word: &str| Term::from_field_text(fields.all, word);
            let (first, second) = (term(first), term(second));
            let weight = statistics.idf(&first)? + statistics.idf(&second)?;
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
                let length = float(u64::from(lengths.fieldnorm(doc)));
                ranked.1 += weight * saturated(nearness, length, statistics.average_length());
            }
        }
    }
    drop(by_segment);
    sort_by_score(near);
    Ok(())
}

/// Returns what a frequency counts in a document of this length, as BM25 has it.
fn saturated(frequency: f32, length: f32, average_length: f32) -> f32 {
    frequency * (K1 + 1.0) / (frequency + K1 * (1.0 - B + B * length / average_length))
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
