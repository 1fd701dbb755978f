//! What each product is mostly used for: the topic that most of the documents have that name it.

use std::{collections::HashMap, sync::Arc};

use async_recursion::async_recursion as boxed;
use domain::{FacetGroup, Term as _, together::product_key, vocabulary::Topic};
use wire::Viewer;

use node::{Node, NodeError, answers::Answer};

use crate::{
    cached::{CachedAnswers, Shared},
    known::only_counts,
    search::counted,
};

/// The topic of each product, by its key.
pub type ProductTopics = HashMap<String, Topic>;

impl Answer for Shared<ProductTopics> {}

/// Returns the topic of each product that a document names which everyone can read. Of two topics with as many documents it
/// is the first of the vocabulary.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn product_topics(node: &Node) -> Result<Arc<ProductTopics>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(topics) = cached.get() {
        return Ok(topics);
    }
    // One search for each topic: the list is closed, and there may be many products.
    let mut most: HashMap<String, (u64, Topic)> = HashMap::new();
    for topic in Topic::ALL {
        let params = only_counts().with(FacetGroup::Topic, topic.as_str());
        let counts = counted(node, Viewer::Public, &params, &[FacetGroup::System]).await?;
        let mut products: HashMap<String, u64> = HashMap::new();
        for value in counts.values(FacetGroup::System) {
            if let Some(key) = product_key(&value.value) {
                *products.entry(key).or_default() += value.count;
            }
        }
        for (key, count) in products.into_iter().filter(|(_, count)| *count > 0) {
            let held = most.entry(key).or_insert((count, *topic));
            if count > held.0 {
                *held = (count, *topic);
            }
        }
    }
    let topics = most.into_iter().map(|(key, (_, topic))| (key, topic));
    let topics = Arc::new(topics.collect::<ProductTopics>());
    cached.set(&topics);
    Ok(topics)
}
