//! Searches: from a request to one page of results, in order, with exact counts and snippets.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use latent::Point;
use tantivy::schema::Value;
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::error::IndexError;
use crate::highlight::{Highlighter, Marker};
use crate::index::Index;
use crate::keys::{self, Keys};
use crate::live::Live;
use crate::plan::{Plan, Tier};
use crate::query::Query;
use crate::related::Related;
use crate::request::{SearchRequest, Sort};
use crate::results::{Hit, ResultPage};
use crate::run::{Found, Run};
use crate::statistics::Statistics;

/// The most hits on one page.
pub const MAX_PER_PAGE: u32 = 100;

/// Hits beyond this many are counted but have no page: a page costs memory and time for every hit
/// before it.
pub const MAX_REACHABLE_HITS: u32 = 10_000;

impl Index {
    /// Returns what marks the words of a search, those of [`ResultPage::marked`], in texts that the index does not hold.
    #[must_use]
    pub fn marker(&self, marked: &BTreeSet<String>) -> Marker {
        Marker::new(marked, self.live().word_readers.lend())
    }

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
    let statistics = Statistics::new(&searcher, &live.fields, &live.lengths)?;
    let mut plan = Plan::new(request, &searcher, &statistics, live)?;
    // Step 1: the page, within what can be reached.
    let per_page = request.per_page.clamp(1, MAX_PER_PAGE);
    let last_page = (MAX_REACHABLE_HITS / per_page).max(1);
    let number = request.page.clamp(1, last_page);
    if request.page > last_page {
        let note = format!("We can show only the first {MAX_REACHABLE_HITS} results.");
        plan.notes.push(note);
    }
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let related = subject(live, request, &plan);
    let run = Run {
        live,
        related: related
            .as_ref()
            .map(|(related, point)| (related.as_ref(), point)),
        per_page: size(per_page),
        searcher: &searcher,
        statistics: &statistics,
        plan: &plan,
        sort: request.sort,
    };
    // Step 2: the documents that have all the words, then those that have some.
    let found = run.found(
        size((number - 1) * per_page),
        size(per_page),
        &request.facets,
    )?;
    // Step 3: each group with a filter is counted without that filter, in a pass of its own.
    let facets = run.facets(&found, &request.facets)?;
    // Step 4: read the hits of this page and mark what matched.
    let hits = hits(&run, &found, request.marks)?;
    let related = related_hits(&run, hits.len(), request.marks)?;
    Ok(ResultPage {
        total: found.with_all + found.with_some,
        with_all: found.with_all,
        ranked: plan.ranks(),
        narrowed: plan.narrows(),
        page: number,
        per_page,
        hits,
        related,
        facets,
        without_unknown: without_unknown(&request.query, &plan, &found),
        offered_text: offered(&request.query, &plan),
        corrected_text: request.query.corrected(&plan.corrected),
        corrected: plan.corrected,
        also_meant: plan.also_meant,
        unknown: plan.unknown,
        also: also_searched(plan.also, plan.also_in_vain, found.with_all),
        notes: plan.notes,
        marked: plan.highlights,
        took: Duration::ZERO,
    })
}

/// Returns what was typed with the words that may have been meant, corrected ones included.
fn offered(query: &Query, plan: &Plan) -> Option<String> {
    plan.offered.first()?;
    let all = [plan.corrected.as_slice(), &plan.offered].concat();
    query.corrected(&all)
}

/// Returns the search without what no document can have, if nothing is found with it.
fn without_unknown(query: &Query, plan: &Plan, found: &Found) -> Option<String> {
    let is_why = found.with_all + found.with_some == 0 && plan.has_phrases();
    is_why
        .then(|| query.without_unknown(&plan.unknown))
        .flatten()
}

/// Returns the other forms that a reader has to know of: where no page has all the words, also those that no page has.
fn also_searched(mut also: Vec<String>, in_vain: Vec<String>, with_all: u64) -> Vec<String> {
    if with_all == 0 {
        also.extend(in_vain);
    }
    also
}

/// Returns what comes after the last hit, if that is on this page.
fn related_hits(run: &Run<'_>, hits: usize, marks: bool) -> tantivy::Result<Vec<Hit>> {
    let Some((related, point)) = run.related.filter(|_| hits < run.per_page) else {
        return Ok(Vec::new());
    };
    let others = run.plan.without_words();
    let found = related.nearest(run.searcher, &run.live.fields, point, &others)?;
    let mut reader = Reader::new(run, marks);
    let hits = found.into_iter().map(|address| {
        let hit = reader.hit(0.0, address)?;
        Ok(Hit {
            has_all: false,
            ..hit
        })
    });
    hits.collect()
}

/// Returns what was learnt, and the point of the query in it, if that changes the order.
fn subject(live: &Live, request: &SearchRequest, plan: &Plan) -> Option<(Arc<Related>, Point)> {
    if !request.related || request.sort != Sort::Relevance || plan.has_phrases() {
        return None;
    }
    let related = live.related().ok()??;
    let point = related.point(&plan.subject)?;
    Some((related, point))
}

fn hits(run: &Run<'_>, found: &Found, marks: bool) -> tantivy::Result<Vec<Hit>> {
    let mut reader = Reader::new(run, marks);
    let hits = found.hits.iter().map(|(tier, turn)| {
        let (_, score, address) = &turn.ranked;
        let score = if run.by_score() { *score } else { 0.0 };
        let hit = reader.hit(score, *address)?;
        Ok(Hit {
            has_all: *tier == Tier::All,
            alike: run.alike(*tier, turn)?,
            ..hit
        })
    });
    hits.collect()
}

/// Reads hits.
struct Reader<'a> {
    live: &'a Live,
    searcher: &'a Searcher,
    keys: Keys<'a>,
    /// What marks the words, if that is asked for.
    highlighter: Option<Highlighter>,
}

impl<'a> Reader<'a> {
    fn new(run: &Run<'a>, marks: bool) -> Self {
        let Run { live, searcher, .. } = *run;
        let highlighter = || Highlighter::new(&run.plan.highlights, live.word_readers.lend());
        Self {
            live,
            searcher,
            keys: Keys::new(searcher, &live.fields),
            highlighter: marks.then(highlighter),
        }
    }

    fn hit(&mut self, score: f32, address: DocAddress) -> tantivy::Result<Hit> {
        let fields = &self.live.fields;
        let ((key, rev), title_html, snippet_html) = match &mut self.highlighter {
            Some(highlighter) => {
                let document: TantivyDocument = self.searcher.doc(address)?;
                let text = |field| {
                    let text = document.get_first(field).and_then(|value| value.as_str());
                    text.unwrap_or_default()
                };
                let title = highlighter.whole(text(fields.title_text));
                let snippet = highlighter.snippet(text(fields.body_text));
                (keys::stored(fields, &document)?, title, snippet)
            }
            None => (self.keys.get(address)?, String::new(), String::new()),
        };
        Ok(Hit {
            key,
            rev,
            score,
            has_all: true,
            alike: None,
            title_html,
            snippet_html,
        })
    }
}
