//! Documents related to one: other attempts at the same, those it builds on, and its replacements.

use std::collections::BTreeSet;

use domain::{Content, Term, vocabulary::AdoptionStatus};
use store::BackLink;
use wire::Relation;

use crate::{link::Link, result_card, words};
use node::{flows::reading::Shown, urls};

/// The longest summary of a related document, in characters.
const SUMMARY_CHARS: usize = 200;

/// A document that is related to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// Who published it.
    pub organisation: String,
    /// How far its organisation has come with what this page describes; only what is about this page says so.
    pub status: &'static str,
    /// Its day, in words.
    pub date: String,
    /// The beginning of its summary.
    pub text: String,
}

/// Related documents under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedGroup {
    /// How they are related.
    pub heading: &'static str,
    /// The fragment that leads to them.
    pub id: &'static str,
    /// The documents, those of one organisation together.
    pub list: Vec<Related>,
    /// How many more there are of an organisation, a sentence for each that has more.
    pub more: Vec<String>,
}

/// A document that one is adapted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdaptedFrom {
    /// Its title.
    pub link: Link,
    /// Who published it.
    pub organisation: String,
    /// The day on which it was changed, if that was after the one that is adapted from it.
    pub changed: Option<String>,
}

/// What a page is about whose organisation tried something too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The document; nothing for one that the reader cannot read here. Whether it exists is not said.
    pub link: Option<Link>,
    /// Who published it; empty without it.
    pub organisation: String,
}

impl About {
    /// Returns what an adoption is about, and nothing for a document of another kind.
    #[must_use]
    pub fn for_document(shown: &Shown) -> Option<Self> {
        let Content::Adoption(_) = &shown.body.document.content else {
            return None;
        };
        let card = shown.about.as_ref();
        Some(Self {
            link: card.map(|card| Link::new(markdown::visible(&card.title), urls::card(card))),
            organisation: card.map_or_else(String::new, |card| card.owner.organisation.clone()),
        })
    }
}

/// Returns the documents that it is adapted from.
#[must_use]
pub fn adapted_from(shown: &Shown) -> Vec<AdaptedFrom> {
    let common = shown.body.common();
    let since = common.updated.unwrap_or(shown.document.changed_at);
    let adapted = |card: &store::Card| AdaptedFrom {
        link: Link::new(markdown::visible(&card.title), urls::card(card)),
        organisation: card.owner.organisation.clone(),
        // The first revision of an original is no change of it.
        changed: Some(card.updated.unwrap_or(card.changed_at))
            .filter(|at| card.rev > 1 && *at > since)
            .map(|at| words::date(at.date())),
    };
    shown.based_on.iter().map(adapted).collect()
}

/// Returns the documents that have taken its place.
#[must_use]
pub fn replaced_by(shown: &Shown) -> Vec<Link> {
    shown
        .back_links
        .iter()
        .filter(|link| link.relation == Relation::Replaces)
        .map(|link| Link::new(markdown::visible(&link.card.title), urls::card(&link.card)))
        .collect()
}

/// Returns the related documents by group, without those of [`tried`].
#[must_use]
pub fn related(shown: &Shown) -> Vec<RelatedGroup> {
    let group = |heading, id, cards: &[store::Card]| RelatedGroup {
        heading,
        id,
        list: cards.iter().map(related_card).collect(),
        more: Vec::new(),
    };
    // A document may name any other: that it does is all that is known.
    let (adapted, more) = back_links(&shown.back_links, Relation::BasedOn);
    let groups = [
        group("Adapted from", "builds-on", &shown.based_on),
        RelatedGroup {
            list: adapted,
            more,
            ..group("Adapted by", "adapted", &[])
        },
        group("Replaces", "replaces", &shown.replaces),
        group("Pages that link to this", "mentions", &shown.mentions),
        group("Pages on a similar subject", "similar", &shown.similar),
    ];
    let groups = groups.into_iter().filter(|group| !group.list.is_empty());
    groups.collect()
}

/// Returns what others say of having tried the same: first those who have begun, then those who think about it or decided
/// against it. A document of any other kind that is about this one is not listed.
#[must_use]
pub fn tried(shown: &Shown) -> Vec<RelatedGroup> {
    let of = |heading, id, is_tried: bool| {
        let status = |link: &BackLink| {
            let card = domain::Card::from_json(&link.card.card)?;
            card.adoption.filter(|status| status.is_tried() == is_tried)
        };
        let links = shown.back_links.iter();
        let links: Vec<BackLink> = links
            .filter(|link| status(link).is_some())
            .cloned()
            .collect();
        let (list, more) = back_links(&links, Relation::About);
        RelatedGroup {
            heading,
            id,
            list,
            more,
        }
    };
    let groups = [
        of("Tried this too", "tried", true),
        of("Looked at this too", "looked-at", false),
    ];
    groups
        .into_iter()
        .filter(|group| !group.list.is_empty())
        .collect()
}

/// Returns how many other organisations tried the same, as a link to what they say.
#[must_use]
pub fn tried_by(shown: &Shown) -> Option<Link> {
    let of_other = |link: &&BackLink| {
        let card = domain::Card::from_json(&link.card.card);
        let is_tried = card
            .and_then(|card| card.adoption)
            .is_some_and(AdoptionStatus::is_tried);
        is_tried
            && link.relation == Relation::About
            && link.card.owner.node_seq != shown.document.owner.node_seq
    };
    let nodes: BTreeSet<i64> = shown
        .back_links
        .iter()
        .filter(of_other)
        .map(|link| link.card.owner.node_seq)
        .collect();
    let words = result_card::tried_too(u64::try_from(nodes.len()).unwrap_or(0))?;
    Some(Link::new(words, "#tried"))
}

/// Returns the documents that refer in one way, those of one organisation together, and how many more each has.
fn back_links(links: &[BackLink], wanted: Relation) -> (Vec<Related>, Vec<String>) {
    let mut by_node: Vec<(i64, Vec<&BackLink>)> = Vec::new();
    for link in links.iter().filter(|link| link.relation == wanted) {
        let node_seq = link.card.owner.node_seq;
        match by_node.iter_mut().find(|(held, _)| *held == node_seq) {
            Some((_, of_node)) => of_node.push(link),
            None => by_node.push((node_seq, vec![link])),
        }
    }
    let mut more = Vec::new();
    for (_, of_node) in &by_node {
        let shown = u64::try_from(of_node.len()).unwrap_or(u64::MAX);
        if let Some(first) = of_node.first()
            && first.of_node > shown
        {
            more.push(format!(
                "{} more from {}.",
                words::number(first.of_node - shown),
                first.card.owner.organisation
            ));
        }
    }
    let cards = by_node.iter().flat_map(|(_, of_node)| of_node);
    (cards.map(|link| related_card(&link.card)).collect(), more)
}

fn related_card(card: &store::Card) -> Related {
    let adoption = domain::Card::from_json(&card.card).and_then(|card| card.adoption);
    Related {
        title: markdown::visible(&card.title).into_owned(),
        href: urls::card(card),
        organisation: card.owner.organisation.clone(),
        status: adoption.map_or("", Term::label),
        date: words::date(card.sort_at.date()),
        text: words::cut(
            &markdown::visible(card.summary.as_deref().unwrap_or_default()),
            SUMMARY_CHARS,
        ),
    }
}
