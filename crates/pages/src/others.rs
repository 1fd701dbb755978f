//! Other documents on the topic of one, so that no page is a dead end.

use domain::Term as _;
use finding::{known::Subject, others};
use node::{Node, flows::reading::Shown, urls};
use wire::Viewer;

use crate::{
    gist::Gist,
    link::{CountedLink, Link},
    result_card::ResultCard,
    words,
};

/// Other documents that are shown.
const MAX_OTHERS: usize = 4;

/// Other documents on the topic of one.
pub(crate) struct Others {
    pub(crate) heading: String,
    /// How it went for all on the topic.
    pub(crate) gist: Option<Gist>,
    pub(crate) cards: Vec<ResultCard>,
    pub(crate) all: Link,
}

/// Returns others on the topic of a document. They are an addition: a page is shown without them while the index is
/// repaired.
pub(crate) async fn others(node: &Node, shown: &Shown) -> Option<Others> {
    let others = others::Others::for_document(node, shown).await?;
    let now = node.now();
    let cards: Vec<ResultCard> = others
        .newest()
        .take(MAX_OTHERS)
        .map(|hit| ResultCard::for_hit(hit, false, now))
        .collect();
    if cards.is_empty() {
        return None;
    }
    let topic = others.topic;
    let subject = Subject {
        topic: Some(topic),
        product: None,
    };
    let gist = Gist::for_subject(node, Viewer::Public, &subject, None);
    let gist = gist.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "how a topic went could not be counted");
        None
    });
    let named = words::lower_first_word(topic.label());
    let count = others
        .count
        .map(|count| format!(" ({})", words::number(count)));
    Some(Others {
        gist,
        heading: format!("Others on {named}{}", count.unwrap_or_default()),
        cards,
        all: Link::new(
            format!("What is known about {named}"),
            urls::topic(topic.as_str()),
        ),
    })
}

/// Returns the products of a document that other documents name too, each with what is known about it.
pub(crate) async fn same_products(node: &Node, shown: &Shown) -> Vec<CountedLink> {
    let products = others::same_products(node, shown).await.into_iter();
    let links = products.map(|(product, count)| CountedLink {
        link: Link::new(markdown::visible(&product), urls::product(&product)),
        count: words::counted(count, "other page", "other pages"),
    });
    links.collect()
}
