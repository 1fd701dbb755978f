//! One page of results: hits in order, exact counts, snippets.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use domain::FacetGroup;
use tantivy::collector::sort_key::SortByStaticFastValue;
use tantivy::collector::{Collector, TopDocs};
use tantivy::schema::Value;
use tantivy::{DocAddress, Order, Searcher, TantivyDocument, TantivyError};
use wire::Viewer;

use crate::entry::Key;
use crate::error::IndexError;
use crate::facets::{Counting, Counts, Facet};
use crate::highlight::Highlighter;
use crate::index::{Index, Live};
use crate::plan::Plan;
use crate::query::Query;
use crate::schema::{ADOPTIONS, Fields, REVIEWED, SORT_AT};

/// The most hits on one page.
pub const MAX_PER_PAGE: u32 = 100;

/// Hits beyond this many are counted but have no page: a page costs memory and time for every hit
/// before it.
pub const MAX_REACHABLE_HITS: u32 = 10_000;

/// The order of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The best match first; newest first where nothing was asked for.
    #[default]
    Relevance,
    /// The latest first.
    Newest,
    /// The most adopted first, among equals the latest.
    Adopted,
    /// The last reviewed first, what was never reviewed last.
    Reviewed,
}

impl Sort {
    /// Every order, in the order in which a page offers them.
    pub const ALL: [Self; 4] = [Self::Relevance, Self::Newest, Self::Adopted, Self::Reviewed];

    /// Returns the value of `sort=`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Adopted => "adopted",
            Self::Reviewed => "reviewed",
        }
    }

    /// Reads the value of `sort=`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// What to search for.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What was typed.
    pub query: Query,
    /// What was ticked: alternatives within a group, all groups together.
    pub filters: BTreeMap<FacetGroup, Vec<String>>,
    /// The order of the hits.
    pub sort: Sort,
    /// The page, from 1.
    pub page: u32,
    /// Hits on a page, `1..=100`.
    pub per_page: u32,
    /// Who searches.
    pub viewer: Viewer,
    /// The groups to count. Fewer cost less.
    pub facets: Vec<FacetGroup>,
    /// Whether each hit gets its title and snippet, with what matched marked. Lists without them save most of the time.
    pub marks: bool,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: Query::default(),
            filters: BTreeMap::new(),
            sort: Sort::default(),
            page: 1,
            per_page: 10,
            viewer: Viewer::public(),
            facets: FacetGroup::ALL.to_vec(),
            marks: true,
        }
    }
}

/// One page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultPage {
    /// How many documents match.
    pub total: u64,
    /// Whether the query holds words that rank the results, whatever order was asked for. `false`
    /// for a query without words, and for one whose words are all too common to be indexed.
    pub ranked: bool,
    /// Whether the query's text leaves out any document: by its words, by an exclusion or by a
    /// `name:value` filter. The filters of [`SearchRequest::filters`] do not count here.
    pub narrowed: bool,
    /// The page returned: the one asked for, or the last one that can be reached.
    pub page: u32,
    /// Hits on a page.
    pub per_page: u32,
    /// The hits of this page, in order.
    pub hits: Vec<Hit>,
    /// The counts that were asked for, in the order in which they were.
    pub facets: Vec<Facet>,
    /// What was ignored or read differently, in plain English.
    pub notes: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// One document that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which document.
    pub key: Key,
    /// The revision that was indexed.
    pub rev: u64,
    /// Higher is better; 0 where the order is not by relevance.
    pub score: f32,
    /// The title: escaped text and `<mark>`, nothing else. Empty unless marks were asked for.
    pub title_html: String,
    /// The part of the body that matches: escaped text and `<mark>`, at most 180 characters of text.
    /// Empty unless marks were asked for.
    pub snippet_html: String,
}

impl Index {
    /// Returns one page of results. Blocks; a query of the greatest size takes milliseconds.
    ///
    /// # Errors
    /// `Damaged` where the files do not hold what they should: the caller rebuilds.
    pub fn search(&self, request: &SearchRequest) -> Result<ResultPage, IndexError> {
        let started = Instant::now();
        let live = self.live();
        let run = AssertUnwindSafe(|| page(&live, request));
        // Damaged files make tantivy return an error or panic; neither may stop the node.
        let mut page = catch_unwind(run)
            .map_err(|_| self.damaged("a search panicked"))?
            .map_err(|error| IndexError::from_tantivy(self.directory(), error))?;
        page.took = started.elapsed();
        Ok(page)
    }
}

fn page(live: &Live, request: &SearchRequest) -> tantivy::Result<ResultPage> {
    let searcher = live.reader.searcher();
    let mut plan = Plan::new(
        &request.query,
        &request.filters,
        request.viewer,
        &live.fields,
    );
    // Step 1: the page, within what can be reached.
    let per_page = request.per_page.clamp(1, MAX_PER_PAGE);
    let last_page = (MAX_REACHABLE_HITS / per_page).max(1);
    let number = request.page.clamp(1, last_page);
    if request.page > last_page {
        plan.notes.push(format!(
            "We can show only the first {MAX_REACHABLE_HITS} results."
        ));
    }
    // Step 2: one pass ranks the hits and counts every group that has no filter.
    let filtered: Vec<FacetGroup> = plan.filtered().collect();
    let (apart, together): (Vec<FacetGroup>, Vec<FacetGroup>) = request
        .facets
        .iter()
        .partition(|group| filtered.contains(group));
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let top = TopDocs::with_limit(size(per_page)).and_offset(size((number - 1) * per_page));
    let tables = &live.tables;
    let (ranked, counts) = ranked(
        &searcher,
        &plan,
        request.sort,
        top,
        Counting {
            tables,
            groups: &together,
        },
    )?;
    // Step 3: each group with a filter is counted without that filter, in a pass of its own.
    let mut facets = Vec::with_capacity(request.facets.len());
    for group in &request.facets {
        if apart.contains(group) {
            let matcher = plan.matcher(Some(*group));
            facets.push(
                searcher
                    .search(
                        &matcher,
                        &Counting {
                            tables,
                            groups: &[*group],
                        },
                    )?
                    .facet(*group),
            );
        } else {
            facets.push(counts.facet(*group));
        }
    }
    // Step 4: read the hits of this page and mark what matched.
    let mut highlighter = request.marks.then(|| Highlighter::new(&plan.highlights));
    let hits = ranked
        .into_iter()
        .map(|(score, address)| {
            hit(
                &searcher,
                &live.fields,
                highlighter.as_mut(),
                score,
                address,
            )
        })
        .collect::<tantivy::Result<Vec<Hit>>>()?;
    Ok(ResultPage {
        total: counts.total,
        ranked: plan.ranks(),
        narrowed: plan.narrows(),
        page: number,
        per_page,
        hits,
        facets,
        notes: plan.notes,
        took: Duration::ZERO,
    })
}

/// Hits in order with their scores, and the counts: one pass over the matching documents.
type Ranked = (Vec<(f32, DocAddress)>, Counts);

fn ranked(
    searcher: &Searcher,
    plan: &Plan,
    sort: Sort,
    top: TopDocs,
    counting: Counting<'_>,
) -> tantivy::Result<Ranked> {
    let matcher = plan.matcher(None);
    let sort = match sort {
        Sort::Relevance if !plan.ranks() => Sort::Newest,
        sort => sort,
    };
    let newest = || {
        (
            SortByStaticFastValue::<i64>::for_field(SORT_AT),
            Order::Desc,
        )
    };
    match sort {
        Sort::Relevance => searcher.search(&matcher, &(top.order_by_score(), counting)),
        Sort::Newest => unscored(searcher, &matcher, top.order_by(newest()), counting),
        Sort::Adopted => {
            let adopted = (
                SortByStaticFastValue::<u64>::for_field(ADOPTIONS),
                Order::Desc,
            );
            unscored(
                searcher,
                &matcher,
                top.order_by((adopted, newest())),
                counting,
            )
        }
        Sort::Reviewed => {
            let reviewed = (
                SortByStaticFastValue::<i64>::for_field(REVIEWED),
                Order::Desc,
            );
            unscored(
                searcher,
                &matcher,
                top.order_by((reviewed, newest())),
                counting,
            )
        }
    }
}

fn unscored<K>(
    searcher: &Searcher,
    matcher: &dyn tantivy::query::Query,
    top: impl Collector<Fruit = Vec<(K, DocAddress)>>,
    counting: Counting<'_>,
) -> tantivy::Result<Ranked> {
    let (hits, counts) = searcher.search(matcher, &(top, counting))?;
    Ok((
        hits.into_iter()
            .map(|(_, address)| (0.0, address))
            .collect(),
        counts,
    ))
}

fn hit(
    searcher: &Searcher,
    fields: &Fields,
    highlighter: Option<&mut Highlighter>,
    score: f32,
    address: DocAddress,
) -> tantivy::Result<Hit> {
    let document: TantivyDocument = searcher.doc(address)?;
    let text = |field| document.get_first(field).and_then(|value| value.as_str());
    let key = text(fields.key).and_then(Key::parse);
    let rev = document
        .get_first(fields.rev)
        .and_then(|value| value.as_u64());
    let (Some(key), Some(rev)) = (key, rev) else {
        return Err(TantivyError::InternalError(
            "a stored document lacks its key".to_owned(),
        ));
    };
    let (title_html, snippet_html) = match highlighter {
        Some(highlighter) => (
            highlighter.whole(text(fields.title_text).unwrap_or_default()),
            highlighter.snippet(text(fields.body_text).unwrap_or_default()),
        ),
        None => (String::new(), String::new()),
    };
    Ok(Hit {
        key,
        rev,
        score,
        title_html,
        snippet_html,
    })
}
