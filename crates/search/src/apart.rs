//! Results of a search by words in which documents of one node that are nearly the same count once.
//!
//! The best of them keeps its place, and the others come at the end of the list, behind those that have some of the words
//! only: a node that publishes one text forty times fills no page. Every hit is in the list exactly once. A search without
//! copies among its best documents is as it was; one with copies is run again without them.

use std::collections::HashSet;

use foldhash::HashMap;
use tantivy::{DocAddress, Term};

use crate::best::{self, Ranked};
use crate::facets::Counting;
use crate::likeness::Likeness;
use crate::plan::Tier;
use crate::ranking::{self, OfTier, Tiers};
use crate::run::{MAX_ORDERED_AGAIN, Run};
use crate::turns::Turn;

/// Times that a search is run again: behind one flood of copies there can be another.
const MAX_ROUNDS: usize = 3;

/// What was found without copies.
pub(crate) struct Apart {
    /// The best document of each likeness that was left out.
    firsts: HashMap<Likeness, (Tier, Ranked)>,
    /// All documents without those likenesses.
    others: Tiers,
}

/// The best document of each likeness, and the likenesses of more than one.
#[derive(Default)]
struct Seen {
    firsts: HashMap<Likeness, (Tier, Ranked)>,
    repeated: HashSet<Likeness>,
}

impl Run<'_> {
    /// Returns what was found without copies; `None` if there are none among the best documents. `wanted` is how many of each
    /// tier are looked for.
    pub(crate) fn apart(&self, tiers: &Tiers, wanted: usize) -> tantivy::Result<Option<Apart>> {
        // Who asks for one organisation, or for the copies, gets them as they are.
        if !(self.plan.is_of_all_nodes() && self.live.fields.has_likeness()) {
            return Ok(None);
        }
        let mut seen = Seen::default();
        self.look_at(tiers, &mut seen)?;
        let counting = Counting {
            tables: &self.live.tables,
            groups: &[],
        };
        let mut found = None;
        for _ in 0..MAX_ROUNDS {
            let repeated = seen.repeated.clone();
            if repeated.is_empty() {
                break;
            }
            let fields = &self.live.fields;
            let terms = repeated
                .iter()
                .filter_map(|likeness| fields.like(*likeness));
            let terms: Vec<Term> = terms.collect();
            let plan = (self.plan, terms.as_slice());
            let of_index = (self.searcher, self.statistics);
            let others = ranking::tiers(of_index, fields, plan, wanted, &counting)?;
            self.look_at(&others, &mut seen)?;
            let is_last = seen.repeated.len() == repeated.len();
            found = Some((repeated, others));
            if is_last {
                break;
            }
        }
        Ok(found.map(|(repeated, others)| {
            seen.firsts
                .retain(|likeness, _| repeated.contains(likeness));
            Apart {
                firsts: seen.firsts,
                others,
            }
        }))
    }

    /// Notes which of the best documents are nearly the same.
    fn look_at(&self, tiers: &Tiers, seen: &mut Seen) -> tantivy::Result<()> {
        for (tier, of_tier) in [(Tier::All, &tiers.with_all), (Tier::Some, &tiers.with_some)] {
            let window = of_tier
                .best
                .get(..MAX_ORDERED_AGAIN)
                .unwrap_or(&of_tier.best);
            for candidate in best::with_likeness(self.searcher, window)? {
                let (ranked, likeness) = (candidate.ranked, candidate.likeness);
                let (_, first) = seen.firsts.entry(likeness).or_insert((tier, ranked));
                if first.2 != ranked.2 {
                    seen.repeated.insert(likeness);
                }
            }
        }
        Ok(())
    }

    /// Returns a page of a search with copies: `tiers` has all documents.
    pub(crate) fn page_apart(
        &self,
        tiers: &Tiers,
        apart: &Apart,
        mut offset: usize,
        limit: usize,
    ) -> tantivy::Result<Vec<(Tier, Turn)>> {
        let firsts = apart.firsts.iter();
        let likenesses: HashMap<DocAddress, Likeness> = firsts
            .map(|(likeness, (_, first))| (first.2, *likeness))
            .collect();
        let mut hits = Vec::new();
        // Step 1: both tiers, with the first of all that are nearly the same.
        for (tier, of_tier) in [
            (Tier::All, &apart.others.with_all),
            (Tier::Some, &apart.others.with_some),
        ] {
            let firsts = apart.firsts.values().filter(|(of, _)| *of == tier);
            let mut list: Vec<Ranked> = firsts.map(|(_, first)| *first).collect();
            let total = usize::try_from(of_tier.counts.total).unwrap_or(usize::MAX);
            let total = total.saturating_add(list.len());
            list.extend(&of_tier.best);
            best::sort(&mut list);
            let missing = limit - hits.len();
            if missing > 0 && offset < total {
                hits.extend(self.page(tier, list, offset, missing)?);
            }
            offset = offset.saturating_sub(total);
        }
        for (_, turn) in &mut hits {
            turn.shared_with_later = likenesses.get(&turn.ranked.2).copied();
        }
        // Step 2: the copies.
        for (tier, of_tier) in [(Tier::All, &tiers.with_all), (Tier::Some, &tiers.with_some)] {
            let missing = limit - hits.len();
            if missing == 0 {
                break;
            }
            let copies = self.copies(of_tier, apart, &likenesses)?;
            let count = copies.len();
            let page = copies.into_iter().skip(offset).take(missing);
            hits.extend(page.map(|ranked| (tier, Turn::new(ranked))));
            offset = offset.saturating_sub(count);
        }
        Ok(hits)
    }

    /// Returns the documents of a tier that are nearly the same as one that comes first.
    fn copies(
        &self,
        of_tier: &OfTier,
        apart: &Apart,
        firsts: &HashMap<DocAddress, Likeness>,
    ) -> tantivy::Result<Vec<Ranked>> {
        let all = best::with_likeness(self.searcher, &of_tier.best)?.into_iter();
        let copies = all.filter(|candidate| {
            apart.firsts.contains_key(&candidate.likeness)
                && !firsts.contains_key(&candidate.ranked.2)
        });
        Ok(copies.map(|candidate| candidate.ranked).collect())
    }
}
