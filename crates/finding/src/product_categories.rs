//! What sort of thing each product is: the category that the newest document declares for it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_recursion::async_recursion as boxed;
use domain::{
    Content, FacetGroup, body,
    together::{is_same_product, product_key},
};
use search::Sort;
use wire::Viewer;

use node::{Node, NodeError, answers::Answer};

use crate::{
    cached::{CachedAnswers, Shared},
    known::only_counts,
    search::{FoundHit, SearchParams, counted, unmarked_hits},
};

/// Products of which the category is read, the most frequent: a document of each is.
const MAX_PRODUCTS: usize = 60;

/// The category of each product, by its key.
pub type ProductCategories = HashMap<String, String>;

impl Answer for Shared<ProductCategories> {}

/// Returns the category of each product that documents name most which everyone can read. It is free text, and neither in the
/// index nor on the card of a document: the newest document that declares the product is read for it.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn product_categories(node: &Node) -> Result<Arc<ProductCategories>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(categories) = cached.get() {
        return Ok(categories);
    }
    let mut categories = ProductCategories::new();
    for name in product_names(node, Viewer::Public)
        .await?
        .iter()
        .take(MAX_PRODUCTS)
    {
        let params = SearchParams {
            per_page: 1,
            sort: Sort::Newest,
            ..SearchParams::default()
        };
        let params = params.with(FacetGroup::System, name);
        let newest = unmarked_hits(node, Viewer::Public, &params).await?.hits;
        let declared = match newest.first() {
            Some(hit) => declared(node, hit, name).await?,
            None => None,
        };
        if let (Some(key), Some(category)) = (product_key(name), declared) {
            categories.insert(key, category);
        }
    }
    let categories = Arc::new(categories);
    cached.set(&categories);
    Ok(categories)
}

/// Returns the category that a document declares for a product.
async fn declared(node: &Node, hit: &FoundHit, product: &str) -> Result<Option<String>, NodeError> {
    let (seq, id) = (hit.card.owner.node_seq, hit.card.id);
    let document = node.store.document(Viewer::Public, seq, id).await?;
    let text = document.and_then(|document| document.text);
    let read = text.and_then(|text| body::read_local(&text.body).ok());
    let Some(Content::CaseStudy(study)) = read.map(|body| body.document.content) else {
        return Ok(None);
    };
    let mut systems = study.systems.into_iter();
    let system = systems.find(|system| is_same_product(&system.product, product));
    Ok(system.map(|system| system.category))
}

/// Returns the products that documents declare which the viewer can read, as they are written, the most frequent first.
///
/// # Errors
/// As a search.
pub async fn product_names(node: &Node, viewer: Viewer) -> Result<Vec<String>, NodeError> {
    let all = counted(node, viewer, &only_counts(), &[FacetGroup::System]).await?;
    let mut keys = HashSet::new();
    let names = all
        .values(FacetGroup::System)
        .filter(|value| value.count > 0 && keys.insert(product_key(&value.value)));
    Ok(names.map(|value| value.value.clone()).collect())
}
