//! One search under way: the documents of its page in order, and its counts.

use std::collections::HashSet;

use domain::FacetGroup;
use latent::Point;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Searcher};

use crate::best::{Best, BestOfEach, By};
use crate::facets::{Counting, Counts, Facet, FacetValue};
use crate::live::Live;
use crate::plan::{Plan, Tier};
use crate::proximity;
use crate::related::{self, Related};
use crate::request::Sort;
use crate::results::Alike;
use crate::schema::{ADOPTIONS, REVIEWED, SORT_AT};
use crate::turns::{self, Turn};

/// One search under way.
pub(crate) struct Run<'a> {
    pub(crate) live: &'a Live,
    /// What orders results by their subject, too, and where the query is in it.
    pub(crate) related: Option<(&'a Related, &'a Point)>,
    pub(crate) per_page: usize,
    pub(crate) searcher: &'a Searcher,
    pub(crate) plan: &'a Plan,
    pub(crate) sort: Sort,
}

/// What was found.
pub(crate) struct Found {
    /// The documents of the page, in order.
    pub(crate) hits: Vec<(Tier, Turn)>,
    /// How many documents have all the words.
    pub(crate) with_all: u64,
    /// How many have some of them only.
    pub(crate) with_some: u64,
    /// The counts of the groups without a filter.
    counts: Counts,
    /// Which documents were counted.
    counted: Tier,
}

impl Run<'_> {
    pub(crate) fn found(
        &self,
        offset: usize,
        limit: usize,
        groups: &[FacetGroup],
    ) -> tantivy::Result<Found> {
        let filtered: Vec<FacetGroup> = self.plan.filtered().collect();
        let together: Vec<FacetGroup> = groups
            .iter()
            .copied()
            .filter(|group| !filtered.contains(group))
            .collect();
        let (mut hits, mut counts) = self.tier(Tier::All, offset, limit, &together)?;
        let (with_all, mut with_some, mut counted) = (counts.total, 0, Tier::All);
        let missing = limit - hits.len();
        if self.plan.has_partial()
            && missing == 0
            && let Some(any) = self.plan.with_any_word()
        {
            // The page is full. To count needs no scores, and those with all the words have some.
            let with_any = u64::try_from(self.searcher.search(&any, &Count)?).unwrap_or(u64::MAX);
            with_some = with_any.saturating_sub(with_all);
        } else if self.plan.has_partial() {
            let all = usize::try_from(with_all).unwrap_or(usize::MAX);
            let groups = if all == 0 { together.as_slice() } else { &[] };
            let (partial, of_partial) =
                self.tier(Tier::Some, offset.saturating_sub(all), missing, groups)?;
            with_some = of_partial.total;
            hits.extend(partial);
            if all == 0 {
                (counts, counted) = (of_partial, Tier::Some);
            }
        }
        Ok(Found {
            hits,
            with_all,
            with_some,
            counts,
            counted,
        })
    }

    /// Returns the documents of one tier from `offset` on, and counts all of them.
    fn tier(
        &self,
        tier: Tier,
        offset: usize,
        limit: usize,
        groups: &[FacetGroup],
    ) -> tantivy::Result<(Vec<(Tier, Turn)>, Counts)> {
        let matcher = self.plan.matcher(tier, None);
        let counting = Counting {
            tables: &self.live.tables,
            groups,
        };
        if limit == 0 {
            return Ok((Vec::new(), self.searcher.search(&matcher, &counting)?));
        }
        if let By::Values(names) = self.by()
            && self.plan.is_of_all_nodes()
            && self.live.fields.has_likeness()
        {
            let (turns, counts) = self.in_turn(&matcher, names, (offset, limit), counting)?;
            return Ok((turns.into_iter().map(|turn| (tier, turn)).collect(), counts));
        }
        // Near words are looked for among the best documents, whatever page is shown, so that pages do not overlap.
        let related = self
            .related
            .filter(|_| self.by_score() && offset < related::MAX_FUSED);
        let nears = self.by_score()
            && !self.plan.pairs.is_empty()
            && (offset < proximity::MAX_NEAR || related.is_some());
        let wanted = offset.saturating_add(limit);
        let best = Best {
            by: self.by(),
            limit: match (related, nears) {
                (Some(_), _) => wanted.max(related::MAX_FUSED),
                (None, true) => wanted.max(proximity::MAX_NEAR),
                (None, false) => wanted,
            },
        };
        let (mut best, counts) = self.searcher.search(&matcher, &(best, counting))?;
        if nears {
            proximity::add(
                self.searcher,
                &self.live.fields,
                &self.plan.pairs,
                &mut best,
            )?;
        }
        if let Some((related, point)) = related {
            related.fuse(self.searcher, &self.live.fields, point, &mut best)?;
        }
        let page = best.into_iter().skip(offset).take(limit);
        Ok((
            page.map(|ranked| (tier, Turn::new(ranked))).collect(),
            counts,
        ))
    }

    /// Returns the documents of a list in which nodes take turns, and counts all of them.
    fn in_turn(
        &self,
        matcher: &dyn tantivy::query::Query,
        by: &'static [&'static str],
        (offset, limit): (usize, usize),
        counting: Counting<'_>,
    ) -> tantivy::Result<(Vec<Turn>, Counts)> {
        // Step 1: the beginning of the list, from the best documents of each node.
        let of_each = BestOfEach {
            by,
            limit: turns::MAX_TURNS,
        };
        let (candidates, counts) = self.searcher.search(matcher, &(of_each, counting))?;
        let wanted = offset.saturating_add(limit);
        let first = turns::take(&candidates, self.per_page, wanted);
        let mut page: Vec<Turn> = first.iter().skip(offset).take(limit).copied().collect();
        let is_last = usize::try_from(counts.total).is_ok_and(|total| first.len() >= total);
        if page.len() >= limit || is_last {
            return Ok((page, counts));
        }
        // Step 2: all others, in the order of the list.
        let taken: HashSet<DocAddress> = first.iter().map(|turn| turn.ranked.2).collect();
        let best = Best {
            by: By::Values(by),
            limit: wanted,
        };
        let others = self.searcher.search(matcher, &best)?.into_iter();
        let others = others.filter(|(_, _, address)| !taken.contains(address));
        let skipped = offset.saturating_sub(first.len());
        let missing = limit - page.len();
        page.extend(others.skip(skipped).take(missing).map(Turn::new));
        Ok((page, counts))
    }

    /// Returns how many hits wait since they are nearly the same as this one.
    pub(crate) fn alike(&self, tier: Tier, turn: &Turn) -> tantivy::Result<Option<Alike>> {
        let Some(likeness) = turn.shared_with_later else {
            return Ok(None);
        };
        let Some(term) = self.live.fields.like(likeness) else {
            return Ok(None);
        };
        let term = TermQuery::new(term, IndexRecordOption::Basic);
        let matcher: Box<dyn tantivy::query::Query> = Box::new(self.plan.matcher(tier, None));
        let both = BooleanQuery::intersection(vec![matcher, Box::new(term)]);
        let count = self.searcher.search(&both, &Count)?;
        let others = u64::try_from(count.saturating_sub(1)).unwrap_or(u64::MAX);
        Ok(Some(Alike { likeness, others }))
    }

    pub(crate) fn facets(
        &self,
        found: &Found,
        groups: &[FacetGroup],
    ) -> tantivy::Result<Vec<Facet>> {
        let filtered: Vec<FacetGroup> = self.plan.filtered().collect();
        let facet = |group: &FacetGroup| {
            if !filtered.contains(group) {
                return Ok(found.counts.facet(*group));
            }
            let counting = Counting {
                tables: &self.live.tables,
                groups: &[*group],
            };
            let matcher = self.plan.matcher(found.counted, Some(*group));
            let mut facet = self.searcher.search(&matcher, &counting)?.facet(*group);
            facet.values.extend(self.own_ranges(&matcher, *group)?);
            Ok(facet)
        };
        groups.iter().map(facet).collect()
    }

    /// Returns how many documents are in each range of a reader's own.
    fn own_ranges(
        &self,
        matcher: &BooleanQuery,
        group: FacetGroup,
    ) -> tantivy::Result<Vec<FacetValue>> {
        let ranges = self.plan.ranges.iter();
        let ranges = ranges.filter(|range| range.group == group).map(|range| {
            let both: Vec<Box<dyn Query>> =
                vec![Box::new(matcher.clone()), Box::new(range.documents.clone())];
            let count = self
                .searcher
                .search(&BooleanQuery::intersection(both), &Count)?;
            Ok(FacetValue {
                value: range.value.clone(),
                count: u64::try_from(count).unwrap_or(u64::MAX),
            })
        });
        ranges.collect()
    }

    /// Returns whether the order is by relevance.
    pub(crate) fn by_score(&self) -> bool {
        self.sort == Sort::Relevance && self.plan.ranks()
    }

    fn by(&self) -> By {
        match self.sort {
            Sort::Relevance if self.plan.ranks() => By::Score,
            Sort::Relevance | Sort::Newest => By::Values(&[SORT_AT]),
            Sort::Adopted => By::Values(&[ADOPTIONS, SORT_AT]),
            Sort::Reviewed => By::Values(&[REVIEWED, SORT_AT]),
        }
    }
}
