//! What others wrote on what a document is about.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Card, FacetGroup, Term as _,
    together::product_key,
    vocabulary::{Topic, Visibility},
};
use node::{Node, flows::reading::Shown};
use wire::{DocumentId, Relation};

use crate::{
    known::{self, Newest},
    search::FoundHit,
};

/// Products of a document that are looked up.
const MAX_PRODUCTS: usize = 6;

/// Other documents on the topic of one.
#[derive(Debug)]
pub struct Others {
    /// The topic.
    pub topic: Topic,
    /// How many others there are, those that are in no list of the document itself; `None` where that is not known.
    pub count: Option<u64>,
    newest: Arc<Newest>,
    listed: Vec<(i64, DocumentId)>,
}

impl Others {
    /// Returns others on the first topic of a document that any has: its writer names first what it is about. `None` where
    /// no topic of it has any, and while the index is repaired.
    pub async fn for_document(node: &Node, shown: &Shown) -> Option<Self> {
        let (topic, newest) = shared_topic(node, shown).await?;
        let document = &shown.document;
        // What tried the same is listed with the document.
        let tried = shown
            .back_links
            .iter()
            .filter(|link| link.relation == Relation::About)
            .map(|link| (link.card.owner.node_seq, link.card.id));
        let listed = tried
            .chain([(document.owner.node_seq, document.id)])
            .collect();
        let mut others = Self {
            topic,
            count: None,
            newest,
            listed,
        };
        let are_all =
            usize::try_from(others.newest.total).is_ok_and(|all| all <= others.newest.hits.len());
        others.count = match are_all {
            true => Some(others.newest().map(|_| 1).sum()),
            // Beyond the newest, which ones tried the same is not known here.
            false if others.listed.len() > 1 => None,
            false => Some(others.newest.total.saturating_sub(counted(shown))),
        };
        Some(others)
    }

    /// Returns the newest of them.
    pub fn newest(&self) -> impl Iterator<Item = &FoundHit> {
        let hits = self.newest.hits.iter();
        hits.filter(|hit| {
            !self
                .listed
                .contains(&(hit.card.owner.node_seq, hit.card.id))
        })
    }
}

/// Returns the products of a document that others name too, each with how many do: none while the index is repaired.
pub async fn same_products(node: &Node, shown: &Shown) -> Vec<(String, u64)> {
    let card = Card::new(&shown.body, |_| String::new());
    let names = card.values(FacetGroup::System);
    if names.is_empty() {
        return Vec::new();
    }
    let Ok(products) = known::products(node).await else {
        return Vec::new();
    };
    let own = counted(shown);
    let mut keys = BTreeSet::new();
    let mut out = Vec::new();
    for product in names.iter().take(MAX_PRODUCTS) {
        let Some(key) = product_key(product) else {
            continue;
        };
        let others = products.get(&key).map_or(0, |all| all.saturating_sub(own));
        if others > 0 && keys.insert(key) {
            out.push((product.clone(), others));
        }
    }
    out
}

/// Returns how often a document itself is among those that are counted: only public ones are.
fn counted(shown: &Shown) -> u64 {
    u64::from(shown.body.document.common.visibility == Visibility::Public)
}

/// Returns the first topic of a document that others have, too, and the newest documents on it.
async fn shared_topic(node: &Node, shown: &Shown) -> Option<(Topic, Arc<Newest>)> {
    let card = Card::new(&shown.body, |_| String::new());
    for topic in card
        .values(FacetGroup::Topic)
        .iter()
        .filter_map(|value| Topic::parse(value))
    {
        let found = known::newest(node, topic).await.ok()?;
        if found.total > counted(shown) {
            return Some((topic, found));
        }
    }
    None
}
