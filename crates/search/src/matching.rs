//! The simplest clauses of queries: one term, any of several, and what a viewer can read.

use domain::{FacetGroup, amount::Range};
use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Query as Matcher, TermQuery};
use tantivy::schema::IndexRecordOption;
use wire::Viewer;

use crate::filter::Filter;
use crate::schema::Fields;
use crate::stepwise::Stepwise;

/// Matches the documents that a viewer can read: each visibility is named, so that nothing is seen by omission.
pub(crate) fn visible(fields: &Fields, viewer: Viewer) -> Box<dyn Matcher> {
    let terms = viewer
        .visibilities()
        .iter()
        .map(|visibility| Term::from_field_text(fields.visibility, visibility.as_str()));
    unscored(terms.map(exactly).collect())
}

/// Matches the documents with a term.
pub(crate) fn exactly(term: Term) -> Box<dyn Matcher> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// Returns the documents that any of the queries finds, all with score 0.
pub(crate) fn unscored(mut queries: Vec<Box<dyn Matcher>>) -> Box<dyn Matcher> {
    let query = match (queries.pop(), queries.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            queries.push(last);
            Box::new(BooleanQuery::union(queries))
        }
        (None, _) => Box::new(EmptyQuery),
    };
    Box::new(Filter(query))
}

/// Returns the documents all of whose amounts are in a range.
pub(crate) fn within(fields: &Fields, group: FacetGroup, range: Range) -> Box<dyn Matcher> {
    let ends = range.ends_in_it();
    let ends = ends.iter().map(|ends| {
        let documents: Box<dyn Matcher> = Box::new(fields.facet_range(group, ends));
        documents
    });
    Box::new(Stepwise(Box::new(BooleanQuery::intersection(
        ends.collect(),
    ))))
}
