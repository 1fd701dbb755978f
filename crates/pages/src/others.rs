//! Other documents on the topic of one, so that no page is a dead end.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Card, FacetGroup, Term as _,
    together::product_key,
    vocabulary::{Topic, Visibility},
};
use finding::{
    known::{self, Newest, Subject},
    search::FoundHit,
};
use node::{Node, flows::reading::Shown, urls};

use wire::{DocumentId, Relation, Viewer};

use crate::{
    gist::Gist,
    link::{CountedLink, Link},
    result_card::ResultCard,
    words,
};

/// Other documents that are shown.
const MAX_OTHERS: usize = 4;

/// Products of a document that others name too and that a page links to.
const MAX_PRODUCTS: usize = 6;

/// Other documents on the topic of one.
pub(crate) struct Others {
    pub(crate) heading: String,
    /// How it went for all on the topic.
    pub(crate) gist: Option<Gist>,
    pub(crate) cards: Vec<ResultCard>,
    pub(crate) all: Link,
}

/// Returns others on the first topic of a document that any has: its writer names first what it is about. It is an addition:
/// a page is shown without it while the index is repaired.
pub(crate) async fn others(node: &Node, shown: &Shown) -> Option<Others> {
    let (topic, found) = shared_topic(node, shown).await?;
    let subject = Subject {
        topic: Some(topic),
        product: None,
    };
    let gist = Gist::for_subject(node, Viewer::Public, &subject, None);
    let gist = gist.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "how a topic went could not be counted");
        None
    });
    let document = &shown.document;
    // What tried the same is listed above.
    let tried = shown
        .back_links
        .iter()
        .filter(|link| link.relation == Relation::About)
        .map(|link| (link.card.owner.node_seq, link.card.id));
    let listed: Vec<(i64, DocumentId)> = tried
        .chain([(document.owner.node_seq, document.id)])
        .collect();
    let is_other = |hit: &&FoundHit| !listed.contains(&(hit.card.owner.node_seq, hit.card.id));
    let others: Vec<&FoundHit> = found.hits.iter().filter(is_other).collect();
    // Beyond the newest, which ones tried the same is not known here.
    let count = match usize::try_from(found.total) {
        Ok(total) if total <= found.hits.len() => {
            u64::try_from(others.len()).unwrap_or(found.total)
        }
        Ok(_) | Err(_) => found.total.saturating_sub(counted(shown)),
    };
    let now = node.now();
    let others = others.into_iter();
    let others = others.map(|hit| ResultCard::for_hit(hit, false, now));
    let cards: Vec<ResultCard> = others.take(MAX_OTHERS).collect();
    let named = words::lower_first_word(topic.label());
    (!cards.is_empty()).then(|| Others {
        gist,
        heading: format!("Others on {named} ({})", words::number(count)),
        cards,
        all: Link::new(
            format!("What is known about {named}"),
            urls::topic(topic.as_str()),
        ),
    })
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

/// Returns the products of a document that other documents name too, each with what is known about it. It is an addition,
/// too.
pub(crate) async fn same_products(node: &Node, shown: &Shown) -> Vec<CountedLink> {
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
    let mut links = Vec::new();
    for product in names.iter().take(MAX_PRODUCTS) {
        let Some(key) = product_key(product) else {
            continue;
        };
        let others = products.get(&key).map_or(0, |all| all.saturating_sub(own));
        if others > 0 && keys.insert(key) {
            links.push(CountedLink {
                link: Link::new(markdown::visible(product), urls::product(product)),
                count: words::counted(others, "other page", "other pages"),
            });
        }
    }
    links
}
