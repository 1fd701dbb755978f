//! One search under way: the documents of its page in order, and its counts.

use std::collections::HashSet;

use domain::FacetGroup;
use latent::Point;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Searcher};

use crate::best::{Best, BestOfEach, By, Ranked};
use crate::facets::{Counting, Counts, Facet, FacetValue};
use crate::live::Live;
use crate::plan::{Plan, Tier};
use crate::proximity;
use crate::ranking::{self, Tiers};
use crate::related::{self, Related};
use crate::request::Sort;
use crate::results::Alike;
use crate::schema::{ADOPTIONS, REVIEWED, SORT_AT};
use crate::statistics::Statistics;
use crate::turns::{self, Turn};

/// The best documents of a tier that are ordered again by more than their words.
pub(crate) const MAX_ORDERED_AGAIN: usize = if related::MAX_FUSED > proximity::MAX_NEAR {
    related::MAX_FUSED
} else {
    proximity::MAX_NEAR
};

/// One search under way.
pub(crate) struct Run<'a> {
    pub(crate) live: &'a Live,
    /// What orders results by their subject, too, and where the query is in it.
    pub(crate) related: Option<(&'a Related, &'a Point)>,
    pub(crate) per_page: usize,
    pub(crate) searcher: &'a Searcher,
    pub(crate) statistics: &'a Statistics<'a>,
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
        if self.by_score() {
            self.ranked(offset, limit, &together)
        } else {
            self.listed(offset, limit, &together)
        }
    }

    /// Returns the best documents of both tiers.
    fn ranked(&self, offset: usize, limit: usize, groups: &[FacetGroup]) -> tantivy::Result<Found> {
        let counting = Counting {
            tables: &self.live.tables,
            groups,
        };
        // What orders the best documents again looks at as many of them whatever page is shown, so that pages do not overlap.
        let wanted = offset.saturating_add(limit).max(MAX_ORDERED_AGAIN);
        let tiers = ranking::tiers(
            (self.searcher, self.statistics),
            &self.live.fields,
            (self.plan, &[]),
            wanted,
            &counting,
        )?;
        let (all, some) = (tiers.with_all.counts.total, tiers.with_some.counts.total);
        let hits = match self.apart(&tiers, wanted)? {
            Some(apart) => self.page_apart(&tiers, &apart, offset, limit)?,
            None => self.page_of_both(&tiers, offset, limit)?,
        };
        let Tiers {
            with_all,
            with_some,
        } = tiers;
        let (counts, counted) = if all == 0 && self.plan.has_partial() {
            (with_some.counts, Tier::Some)
        } else {
            (with_all.counts, Tier::All)
        };
        Ok(Found {
            hits,
            with_all: all,
            with_some: some,
            counts,
            counted,
        })
    }

    /// Returns a page of the best documents of both tiers.
    fn page_of_both(
        &self,
        tiers: &Tiers,
        offset: usize,
        limit: usize,
    ) -> tantivy::Result<Vec<(Tier, Turn)>> {
        let all = usize::try_from(tiers.with_all.counts.total).unwrap_or(usize::MAX);
        let mut hits = self.page(Tier::All, tiers.with_all.best.clone(), offset, limit)?;
        let missing = limit - hits.len();
        if missing > 0 {
            let (best, offset) = (tiers.with_some.best.clone(), offset.saturating_sub(all));
            hits.extend(self.page(Tier::Some, best, offset, missing)?);
        }
        Ok(hits)
    }

    /// Returns a part of the best documents of a tier, after words that are near each other and their subject have counted.
    pub(crate) fn page(
        &self,
        tier: Tier,
        mut best: Vec<Ranked>,
        offset: usize,
        limit: usize,
    ) -> tantivy::Result<Vec<(Tier, Turn)>> {
        let fields = &self.live.fields;
        let related = self.related.filter(|_| offset < related::MAX_FUSED);
        if offset < proximity::MAX_NEAR || related.is_some() {
            proximity::add(
                self.searcher,
                self.statistics,
                fields,
                &self.plan.pairs,
                &mut best,
            )?;
        }
        if let Some((related, point)) = related {
            related.fuse(self.searcher, fields, point, &mut best)?;
        }
        let page = best.into_iter().skip(offset).take(limit);
        Ok(page.map(|ranked| (tier, Turn::new(ranked))).collect())
    }

    /// Returns the documents of both tiers in an order that is not by their scores.
    fn listed(&self, offset: usize, limit: usize, groups: &[FacetGroup]) -> tantivy::Result<Found> {
        let (mut hits, mut counts) = self.tier(Tier::All, offset, limit, groups)?;
        let (with_all, mut with_some, mut counted) = (counts.total, 0, Tier::All);
        if self.plan.has_partial() {
            let all = usize::try_from(with_all).unwrap_or(usize::MAX);
            let groups = if all == 0 { groups } else { &[] };
            let missing = limit - hits.len();
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

    /// Returns the documents of one tier from `offset` on, by values, and counts all of them.
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
        let values = self.values();
        let (turns, counts) = if self.plan.is_of_all_nodes() && self.live.fields.has_likeness() {
            self.in_turn(&matcher, values, (offset, limit), counting)?
        } else {
            let best = Best {
                by: By::Values(values),
                limit: offset.saturating_add(limit),
            };
            let (best, counts) = self.searcher.search(&matcher, &(best, counting))?;
            let page = best.into_iter().skip(offset).take(limit);
            (page.map(Turn::new).collect(), counts)
        };
        Ok((turns.into_iter().map(|turn| (tier, turn)).collect(), counts))
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

    /// Returns the fields that decide about the order where scores do not.
    fn values(&self) -> &'static [&'static str] {
        match self.sort {
            Sort::Relevance | Sort::Newest => &[SORT_AT],
            Sort::Adopted => &[ADOPTIONS, SORT_AT],
            Sort::Reviewed => &[REVIEWED, SORT_AT],
        }
    }
}
