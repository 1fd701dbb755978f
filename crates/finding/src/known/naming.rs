//! Observations that name a product in their text: an observation declares no product.

use domain::{FacetGroup, Kind};
use node::{Node, NodeError};
use search::Sort;
use wire::Viewer;

use super::Subject;
use crate::search::{PER_PAGE, SearchParams, SearchResults, counted};

/// Observations that are listed, the newest.
const MAX_LISTED: u32 = 6;

/// Returns the observations that name the product of a subject, and are on its topic if it has one, with the counts of their
/// results and organisations; `None` if there is none, or no product.
pub(super) async fn observations(
    node: &Node,
    viewer: Viewer,
    subject: &Subject,
) -> Result<Option<SearchResults>, NodeError> {
    let Some(product) = &subject.product else {
        return Ok(None);
    };
    let mut params = SearchParams {
        // What is quoted is found word for word, in any letter case.
        q: format!("\"{}\"", product.replace('"', " ")),
        per_page: MAX_LISTED,
        sort: Sort::Newest,
        ..SearchParams::default()
    };
    params = params.with(FacetGroup::Kind, Kind::Observation.as_str());
    if let Some(topic) = subject.topic {
        params = params.with(FacetGroup::Topic, domain::Term::as_str(topic));
    }
    let groups = &[FacetGroup::Organisation, FacetGroup::Result];
    let mut found = counted(node, viewer, &params, groups).await?;
    // What links to all of them shows pages of the usual size.
    found.params.per_page = PER_PAGE;
    Ok((found.total > 0).then_some(found))
}
