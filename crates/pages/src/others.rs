//! Other documents on the topic of one, so that no page is a dead end.

use domain::{Card, FacetGroup, Term as _, vocabulary::Topic};
use node::{
    Node,
    flows::{known, reading::Shown, search::FoundHit},
    urls,
};

use crate::{glance, link::Link, result_card::ResultCard, words};

/// Other documents that are shown.
const MAX_OTHERS: usize = 4;

/// Other documents on the topic of one.
pub(crate) struct Others {
    pub(crate) heading: String,
    pub(crate) cards: Vec<ResultCard>,
    pub(crate) all: Link,
}

/// Returns others on the first topic of a document. It is an addition: a page is shown without it while the index is
/// repaired.
pub(crate) async fn others(node: &Node, shown: &Shown) -> Option<Others> {
    let card = Card::new(&shown.body, |_| String::new());
    let topic: Topic = card.term(FacetGroup::Topic)?;
    let found = known::newest(node, topic).await.ok()?;
    let document = &shown.document;
    let is_other = |hit: &&FoundHit| {
        (hit.card.owner.node_seq, hit.card.id) != (document.owner.node_seq, document.id)
    };
    let others = found.hits.iter().filter(is_other);
    let now = node.now();
    let others = others.map(|hit| ResultCard::for_hit(hit, false, now));
    let cards: Vec<ResultCard> = others.take(MAX_OTHERS).collect();
    let count = found.total.saturating_sub(1);
    let named = glance::lower_first_word(topic.label());
    (!cards.is_empty()).then(|| Others {
        heading: format!("Others on {named} ({})", words::number(count)),
        cards,
        all: Link::new(
            format!("What is known about {named}"),
            urls::topic(topic.as_str()),
        ),
    })
}
