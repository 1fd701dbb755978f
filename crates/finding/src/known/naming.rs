//! The names of a product, and observations that name it in their text: an observation declares no product.

use domain::{FacetGroup, Kind, together::is_same_product};
use node::{Node, NodeError};
use search::Sort;
use wire::Viewer;

use super::{Subject, only_counts};
use crate::search::{PER_PAGE, SearchParams, SearchResults, counted};

/// Observations that are listed, the newest.
const MAX_LISTED: u32 = 6;

/// Names of one product: a filter has no more values than a person would choose.
const MAX_NAMES: usize = 12;

/// Returns the names that documents write a product by, the most frequent first.
pub(super) async fn names_of(
    node: &Node,
    viewer: Viewer,
    product: &str,
) -> Result<Vec<String>, NodeError> {
    let all = counted(node, viewer, &only_counts(), &[FacetGroup::System]).await?;
    let names = all
        .values(FacetGroup::System)
        .filter(|value| value.count > 0);
    let names = names.filter(|value| is_same_product(&value.value, product));
    let names: Vec<String> = names
        .map(|value| value.value.clone())
        .take(MAX_NAMES)
        .collect();
    if !names.is_empty() {
        return Ok(names);
    }
    // Of very many products, the rarest are not counted.
    let params = only_counts().with(FacetGroup::System, product);
    let found = counted(node, viewer, &params, &[]).await?;
    Ok((found.total > 0)
        .then(|| product.to_owned())
        .into_iter()
        .collect())
}

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
