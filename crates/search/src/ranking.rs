//! The documents that have the words of a search, ranked, both tiers in one pass.
//!
//! Each clause is read once, some thousand documents at a time, and adds to the score of each of its documents. A query
//! for each tier would read the clauses two or three times, and ask each of them about each document.

use std::mem;

use domain::{FacetGroup, Kind};
use tantivy::collector::{Collector as _, SegmentCollector as _};
use tantivy::query::{AllScorer, EnableScoring, Query as _, Scorer, Weight};
use tantivy::{
    DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED, Term,
};

use crate::best::{Best, By, Kept, Ranked, SegmentBest};
use crate::clauses::AnyOf;
use crate::facets::{Counting, Counts, SegmentCounting};
use crate::matching::exactly;
use crate::plan::{Plan, Tier};
use crate::schema::Fields;
use crate::statistics::Statistics;
use crate::window::Window;

/// Marks a document that has a word of the same family as one that was typed. The other bits count the words that it has
/// of those that it has to have, at most [`crate::MAX_QUERY_TOKENS`].
const HAS_FAMILY: u8 = 0x80;

/// What the words of a note that a trust tried what a case study describes count, as a share of what the same words of
/// other documents do. It repeats the title of the case study in a short text, and would come before it.
const OF_ADOPTION: Score = 0.4;

/// The documents of one tier.
pub(crate) struct OfTier {
    /// The best of them, in order.
    pub(crate) best: Vec<Ranked>,
    /// How many there are, and of what; of the second tier the facets only if the first one is empty.
    pub(crate) counts: Counts,
}

/// The documents of both tiers.
pub(crate) struct Tiers {
    pub(crate) with_all: OfTier,
    pub(crate) with_some: OfTier,
}

/// Ranks the documents of a plan by their scores, but for those with one of the terms `without`; `limit` is how many of the
/// best of each tier are wanted.
pub(crate) fn tiers(
    (searcher, statistics): (&Searcher, &Statistics<'_>),
    fields: &Fields,
    (plan, without): (&Plan, &[Term]),
    limit: usize,
    counting: &Counting<'_>,
) -> tantivy::Result<Tiers> {
    let weights = Weights::new((searcher, statistics), fields, plan, without)?;
    let best = Best {
        by: By::Score,
        limit,
    };
    let (mut all, mut some) = (Collected::default(), Collected::default());
    let (mut window, mut is_any_with_all) = (Window::new(), false);
    for (ordinal, reader) in (0..).zip(searcher.segment_readers()) {
        let mut found = Found {
            with_all: all.collecting(&best, counting, (ordinal, reader))?,
            with_some: some.collecting(&best, counting, (ordinal, reader))?,
            is_any_with_all,
        };
        let segment = weights.segment(reader, &mut window)?;
        segment.read(reader, &mut found);
        is_any_with_all = found.is_any_with_all;
        all.add(found.with_all);
        some.add(found.with_some);
    }
    Ok(Tiers {
        with_all: all.end(&best, counting)?,
        with_some: some.end(&best, counting)?,
    })
}

/// The clauses of a plan, ready for each segment.
struct Weights {
    /// What every result has to be, whatever words it has.
    gate: Box<dyn Weight>,
    /// Whether the gate has phrases, which count.
    gate_scores: bool,
    required: Vec<Vec<Box<dyn Weight>>>,
    families: Vec<Vec<Box<dyn Weight>>>,
    bonus: Vec<Vec<Box<dyn Weight>>>,
    adoptions: Box<dyn Weight>,
}

impl Weights {
    fn new(
        (searcher, statistics): (&Searcher, &Statistics<'_>),
        fields: &Fields,
        plan: &Plan,
        without: &[Term],
    ) -> tantivy::Result<Self> {
        let scoring = || EnableScoring::enabled_from_statistics_provider(statistics, searcher);
        let weights = |words: &[AnyOf]| {
            let of_any = |any: &AnyOf| any.0.iter().map(|query| query.weight(scoring())).collect();
            words.iter().map(of_any).collect::<tantivy::Result<_>>()
        };
        let adoptions = exactly(fields.facet(FacetGroup::Kind, Kind::Adoption.as_str()));
        let unscored = EnableScoring::disabled_from_searcher(searcher);
        let mut found = Self {
            adoptions: adoptions.weight(unscored)?,
            gate: plan.gate(without).weight(scoring())?,
            gate_scores: plan.has_phrases(),
            required: Vec::new(),
            families: Vec::new(),
            bonus: Vec::new(),
        };
        if let Some(words) = &plan.words {
            found.required = weights(&words.required)?;
            found.families = weights(&words.families)?;
            found.bonus = weights(&words.bonus)?;
        }
        Ok(found)
    }

    fn segment<'a>(
        &self,
        reader: &SegmentReader,
        window: &'a mut Window,
    ) -> tantivy::Result<Segment<'a>> {
        let scorers = |words: &[Vec<Box<dyn Weight>>]| {
            let of_any = |any: &Vec<Box<dyn Weight>>| {
                let each = any.iter().map(|weight| weight.scorer(reader, 1.0));
                each.collect()
            };
            words
                .iter()
                .map(of_any)
                .collect::<tantivy::Result<Vec<Scorers>>>()
        };
        let gate = self.gate.scorer(reader, 1.0)?;
        let required = scorers(&self.required)?;
        // Without words, everything that passes the gate is a result.
        let leads = self.gate_scores || required.is_empty() && self.families.is_empty();
        let gate = match (leads, gate.is::<AllScorer>()) {
            (true, _) => Gate::Leads(gate),
            (false, true) => Gate::Open,
            (false, false) => Gate::Follows(gate),
        };
        Ok(Segment {
            gate,
            gate_scores: self.gate_scores,
            required,
            families: scorers(&self.families)?,
            bonus: scorers(&self.bonus)?,
            adoptions: self.adoptions.scorer(reader, 1.0)?,
            window,
        })
    }
}

/// What results have to be.
enum Gate {
    /// Each document of it is a result, whatever words it has.
    Leads(Box<dyn Scorer>),
    /// Of the documents with words, those that are in it are results.
    Follows(Box<dyn Scorer>),
    /// All documents with words are results.
    Open,
}

/// The clauses of one word in one segment.
type Scorers = Vec<Box<dyn Scorer>>;

/// The clauses in one segment.
struct Segment<'a> {
    gate: Gate,
    gate_scores: bool,
    required: Vec<Scorers>,
    families: Vec<Scorers>,
    bonus: Vec<Scorers>,
    adoptions: Box<dyn Scorer>,
    window: &'a mut Window,
}

impl Segment<'_> {
    /// Hands over all results of the segment, in their order.
    fn read(mut self, reader: &SegmentReader, found: &mut Found) {
        let deleted = reader.alive_bitset();
        let words = u8::try_from(self.required.len()).unwrap_or(HAS_FAMILY - 1);
        // Words of which no document has more than a relative are not all there in any.
        let may_be_all = words > 0 || self.families.is_empty();
        loop {
            let start = self.next();
            if start >= TERMINATED {
                return;
            }
            self.fill(start);
            self.each(start, |doc, score, has| {
                if deleted.is_none_or(|alive| alive.is_alive(doc)) {
                    let tier = if may_be_all && has & !HAS_FAMILY == words {
                        Tier::All
                    } else {
                        Tier::Some
                    };
                    found.push(tier, doc, score);
                }
            });
        }
    }

    /// Returns the next document that may be a result.
    fn next(&self) -> DocId {
        if let Gate::Leads(gate) = &self.gate {
            return gate.doc();
        }
        let words = self.required.iter().chain(&self.families);
        let docs = words.flatten().map(|clause| clause.doc());
        docs.min().unwrap_or(TERMINATED)
    }

    /// Adds up the scores of the documents from `start` on.
    fn fill(&mut self, start: DocId) {
        self.window.clear();
        for word in &mut self.required {
            self.window.add(start, word, |has| has + 1);
        }
        for word in &mut self.families {
            self.window.add(start, word, |has| has | HAS_FAMILY);
        }
        for word in &mut self.bonus {
            self.window.add(start, word, |has| has);
        }
        self.window
            .scale(start, self.adoptions.as_mut(), OF_ADOPTION);
    }

    /// Calls `result` with each result of the window: the document, its score and the words that it has.
    fn each(&mut self, start: DocId, mut result: impl FnMut(DocId, Score, u8)) {
        let of_window = self.window.has.iter().zip(&self.window.scores);
        let of_window = (start..).zip(of_window);
        match &mut self.gate {
            Gate::Leads(gate) => {
                for (doc, (has, score)) in of_window {
                    if gate.doc() == doc {
                        let own = if self.gate_scores { gate.score() } else { 0.0 };
                        result(doc, score + own, *has);
                        gate.advance();
                    }
                }
            }
            Gate::Follows(gate) => {
                for (doc, (has, score)) in of_window.filter(|(_, (has, _))| **has > 0) {
                    if gate.doc() < doc {
                        gate.seek(doc);
                    }
                    if gate.doc() == doc {
                        result(doc, *score, *has);
                    }
                }
            }
            Gate::Open => {
                for (doc, (has, score)) in of_window.filter(|(_, (has, _))| **has > 0) {
                    result(doc, *score, *has);
                }
            }
        }
    }
}

/// The results of a segment while they come.
struct Found {
    with_all: Collecting,
    with_some: Collecting,
    /// Whether a document with all the words has come, here or before.
    is_any_with_all: bool,
}

impl Found {
    fn push(&mut self, tier: Tier, doc: DocId, score: Score) {
        let of_tier = match tier {
            Tier::All => {
                self.is_any_with_all = true;
                &mut self.with_all
            }
            Tier::Some => &mut self.with_some,
        };
        of_tier.best.collect(doc, score);
        // The facets of the second tier are shown where the first one is empty.
        if tier == Tier::Some && self.is_any_with_all {
            of_tier.uncounted += 1;
        } else {
            of_tier.counting.collect(doc, score);
        }
    }
}

/// What is collected of one tier in a segment.
struct Collecting {
    best: SegmentBest,
    counting: SegmentCounting,
    /// Documents that are not in `counting`.
    uncounted: u64,
}

/// What was collected of one tier in the segments so far.
#[derive(Default)]
struct Collected {
    best: Kept,
    counting: Vec<SegmentCounting>,
    uncounted: u64,
}

impl Collected {
    /// Begins with a segment.
    fn collecting(
        &mut self,
        best: &Best,
        counting: &Counting<'_>,
        (ordinal, reader): (SegmentOrdinal, &SegmentReader),
    ) -> tantivy::Result<Collecting> {
        Ok(Collecting {
            best: best.in_segment(mem::take(&mut self.best), ordinal, reader)?,
            counting: counting.for_segment(ordinal, reader)?,
            uncounted: 0,
        })
    }

    fn add(&mut self, segment: Collecting) {
        self.best = segment.best.into_kept();
        self.counting.push(segment.counting);
        self.uncounted += segment.uncounted;
    }

    fn end(self, best: &Best, counting: &Counting<'_>) -> tantivy::Result<OfTier> {
        let mut counts = counting.merge_fruits(self.counting)?;
        counts.total += self.uncounted;
        Ok(OfTier {
            best: best.end(self.best),
            counts,
        })
    }
}
