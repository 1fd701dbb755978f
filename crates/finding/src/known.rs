//! What is known about a topic, a product, or a product within a topic: all that documents declare about it, put together.
//!
//! The index counts and finds; the database decides what may be shown, as in every search. A document that the viewer
//! cannot read is in no count, since the index has none that is not public.

mod naming;
mod near;
mod subject;

pub use near::topics_near;
pub use subject::{is_for_all, mostly_about, searched_for, subject, topic_named};

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use async_recursion::async_recursion as boxed;
use domain::{
    FacetGroup, Figure, Kind, Term as _,
    together::{self, Agreement, Compared, Declared, Strength, product_key},
    vocabulary::{Evidence, Outcome, Topic},
};
use search::Sort;
use wire::Viewer;

use node::{Node, NodeError, answers::Answer, flows::reading};

use crate::{
    cached::{CachedAnswers, Shared},
    search::{FoundHit, FoundValue, SearchParams, SearchResults, counted, unmarked_hits},
};

/// Documents that are read and put next to each other, the newest. More than a person compares, and few enough to be read
/// within two milliseconds.
pub const MAX_STUDIES: u32 = 24;
/// Documents of a topic that the page of another one shows, and that one.
const MAX_NEWEST: u32 = 5;
/// The groups that are counted: first the topics, which only the page of a product shows. To count a group that is also a
/// filter takes a pass over all that the other filters leave, which is nearly everything where the topic is the filter.
const COUNTED: [FacetGroup; 8] = [
    FacetGroup::Topic,
    FacetGroup::Kind,
    FacetGroup::Organisation,
    FacetGroup::Result,
    FacetGroup::WouldRepeat,
    FacetGroup::Cost,
    FacetGroup::System,
    FacetGroup::Barrier,
];

/// What is asked about: a topic, a product, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The topic.
    pub topic: Option<Topic>,
    /// The product, as documents write it; letter case, spaces and punctuation do not matter.
    pub product: Option<String>,
}

/// What is known about a subject.
#[derive(Debug, Clone)]
pub struct Known {
    /// What was asked about; the product as it is written most often.
    pub subject: Subject,
    /// The search that finds the documents.
    pub params: SearchParams,
    /// How many documents there are.
    pub total: u64,
    /// The newest of them.
    pub studies: Vec<FoundHit>,
    /// How strong the evidence of those is.
    pub strength: Strength,
    /// Whether all of them agree.
    pub agreement: Agreement,
    /// Observations that name the product in their text, if any do: they are not counted with the others.
    pub named: Option<SearchResults>,
    counts: SearchResults,
}

impl Known {
    /// Returns the values of a group with the number of documents that have each, the most frequent first.
    pub fn values(&self, group: FacetGroup) -> impl Iterator<Item = &FoundValue> {
        self.counts.values(group).filter(|value| value.count > 0)
    }

    /// Returns how many documents went each way, in the order of the vocabulary.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(Outcome, u64)> {
        outcomes(&self.counts)
    }

    /// Returns how many organisations there are.
    #[must_use]
    pub fn organisations(&self) -> usize {
        self.values(FacetGroup::Organisation).count()
    }

    /// Returns the measures that two documents or more have, each with its document.
    #[must_use]
    pub fn compared(&self) -> Vec<Compared<'_, usize>> {
        let studies = self.studies.iter().enumerate();
        let figures = studies
            .flat_map(|(place, hit)| hit.shown.figures.iter().map(move |figure| (place, figure)));
        together::compared(&figures.collect::<Vec<(usize, &Figure)>>())
    }

    /// Returns the products that both worked for one document and did not for another, each with its documents.
    #[must_use]
    pub fn disputed(&self) -> Vec<(&str, Vec<&FoundHit>)> {
        let mut by_product: Vec<(&str, Vec<&FoundHit>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for hit in &self.studies {
            for product in hit.shown.values(FacetGroup::System) {
                let key = product_key(product).unwrap_or_else(|| product.clone());
                let place = *places.entry(key).or_insert(by_product.len());
                match by_product.get_mut(place) {
                    Some((_, hits)) => hits.push(hit),
                    None => by_product.push((product, vec![hit])),
                }
            }
        }
        let went = |hits: &[&FoundHit], result| {
            let mut results = hits
                .iter()
                .filter_map(|hit| hit.shown.term::<Outcome>(FacetGroup::Result));
            results.any(|found| found == result)
        };
        by_product
            .retain(|(_, hits)| went(hits, Outcome::Worked) && went(hits, Outcome::DidNotWork));
        by_product
    }
}

/// Returns what is known about a subject; `None` for a product that no document names that the viewer can read.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn known(
    node: &Node,
    viewer: Viewer,
    subject: Subject,
) -> Result<Option<Known>, NodeError> {
    let mut params = SearchParams {
        per_page: MAX_STUDIES,
        sort: Sort::Newest,
        ..SearchParams::default()
    };
    for kind in [Kind::CaseStudy, Kind::Observation] {
        params = params.with(FacetGroup::Kind, kind.as_str());
    }
    if let Some(topic) = subject.topic {
        params = params.with(FacetGroup::Topic, topic.as_str());
    }
    let mut subject = subject;
    if let Some(product) = &subject.product {
        let names = naming::names_of(node, viewer, product).await?;
        let Some(first) = names.first().cloned() else {
            return Ok(None);
        };
        for name in &names {
            params = params.with(FacetGroup::System, name);
        }
        subject.product = Some(first);
    }
    let groups: &'static [FacetGroup] = match (subject.topic, &COUNTED) {
        (Some(_), [_, others @ ..]) => others,
        (None, all) => all,
    };
    let mut counts = counted(node, viewer, &params, groups).await?;
    let mut studies = std::mem::take(&mut counts.hits);
    for hit in &mut studies {
        // A card that an earlier version of the program stored lacks the figures.
        if !hit.shown.is_complete()
            && let Some(card) = reading::whole_card(node, viewer, &hit.card).await?
        {
            hit.shown = card;
        }
    }
    let outcomes = outcomes(&counts);
    let named = naming::observations(node, viewer, &subject).await?;
    Ok(Some(Known {
        subject,
        total: counts.total,
        strength: Strength::for_declared(&declared(&studies)),
        agreement: Agreement::for_counts(&outcomes),
        studies,
        params,
        named,
        counts,
    }))
}

/// Returns a search for everything that is made for its counts.
pub(super) fn only_counts() -> SearchParams {
    SearchParams {
        per_page: 1,
        ..SearchParams::default()
    }
}

fn outcomes(results: &SearchResults) -> Vec<(Outcome, u64)> {
    let count = |result: &Outcome| {
        let mut values = results.values(FacetGroup::Result);
        let found = values.find(|value| value.value == result.as_str());
        (*result, found.map_or(0, |value| value.count))
    };
    Outcome::ALL.iter().map(count).collect()
}

fn declared(studies: &[FoundHit]) -> Vec<Declared> {
    let one = |hit: &FoundHit| {
        Some(Declared {
            organisation: hit.card.owner.node_seq,
            result: hit.shown.term(FacetGroup::Result)?,
            evidence: hit.shown.term::<Evidence>(FacetGroup::Evidence),
        })
    };
    studies.iter().filter_map(one).collect()
}

/// How many documents of each topic went each way, topics with the most documents first.
pub type Matrix = Vec<(Topic, Vec<(Outcome, u64)>)>;

/// The newest documents on a topic.
#[derive(Debug, Clone)]
pub struct Newest {
    /// How many there are.
    pub total: u64,
    /// The newest of them.
    pub hits: Vec<FoundHit>,
}

/// What the documents of an organisation are about, the most frequent first.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// The regions that they name.
    pub regions: Vec<FoundValue>,
    /// Their topics.
    pub topics: Vec<FoundValue>,
    /// How they went.
    pub results: Vec<FoundValue>,
}

/// The work of each organisation, by its value in the index.
pub type Works = HashMap<String, Work>;

/// How many documents name each product, by what its spellings have in common; those that few name may be absent.
pub type Products = HashMap<String, u64>;

/// The newest documents of each topic that a page has shown.
#[derive(Clone, Default)]
struct NewestByTopic(HashMap<Topic, Arc<Newest>>);

impl Answer for NewestByTopic {}
impl Answer for Shared<Matrix> {}
impl Answer for Shared<Works> {}
impl Answer for Shared<Products> {}

/// Returns the newest documents on a topic that everyone can read.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn newest(node: &Node, topic: Topic) -> Result<Arc<Newest>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(newest) = cached.read(|newest: &NewestByTopic| newest.0.get(&topic).cloned()) {
        return Ok(newest);
    }
    let params = SearchParams {
        per_page: MAX_NEWEST,
        sort: Sort::Newest,
        ..SearchParams::default()
    };
    let params = params.with(FacetGroup::Topic, topic.as_str());
    let found = unmarked_hits(node, Viewer::Public, &params).await?;
    let newest = Arc::new(Newest {
        total: found.total,
        hits: found.hits,
    });
    cached.update(|by_topic: &mut NewestByTopic| {
        by_topic.0.insert(topic, Arc::clone(&newest));
    });
    Ok(newest)
}

/// Returns how many documents that everyone can read name each product. A page that asks while nothing changes costs no query.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn products(node: &Node) -> Result<Arc<Products>, NodeError> {
    // What was counted is true as long as the index has no more changes.
    if let Some(products) = CachedAnswers::indexed(node).get() {
        return Ok(products);
    }
    let cached = CachedAnswers::now(node).await?;
    let counts = counted(node, Viewer::Public, &only_counts(), &[FacetGroup::System]).await?;
    let mut products = Products::new();
    for value in counts.values(FacetGroup::System) {
        if let Some(key) = product_key(&value.value) {
            *products.entry(key).or_default() += value.count;
        }
    }
    let products = Arc::new(products);
    cached.set(&products);
    Ok(products)
}

/// Returns how many documents of each topic went each way.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn matrix(node: &Node) -> Result<Arc<Matrix>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(matrix) = cached.get() {
        return Ok(matrix);
    }
    let mut rows: Matrix = Topic::ALL
        .iter()
        .map(|topic| (*topic, Vec::new()))
        .collect();
    for result in Outcome::ALL {
        let params = only_counts().with(FacetGroup::Result, result.as_str());
        let counts = counted(node, Viewer::Public, &params, &[FacetGroup::Topic]).await?;
        for (topic, cells) in &mut rows {
            let mut values = counts.values(FacetGroup::Topic);
            let found = values.find(|value| value.value == topic.as_str());
            cells.push((*result, found.map_or(0, |value| value.count)));
        }
    }
    let total = |cells: &[(Outcome, u64)]| cells.iter().map(|(_, count)| count).sum::<u64>();
    rows.retain(|(_, cells)| total(cells) > 0);
    // What projects of every sort have in common comes after what they are about.
    rows.sort_by_key(|(topic, cells)| (topic.is_of_every_project(), Reverse(total(cells))));
    let matrix = Arc::new(rows);
    cached.set(&matrix);
    Ok(matrix)
}

/// Returns the work of each organisation whose documents everyone can read.
///
/// # Errors
/// As a search.
#[boxed]
pub async fn works(node: &Node) -> Result<Arc<Works>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(works) = cached.get() {
        return Ok(works);
    }
    let all = only_counts();
    type List = fn(&mut Work) -> &mut Vec<FoundValue>;
    let lists: [(FacetGroup, List); 3] = [
        (FacetGroup::Region, |work| &mut work.regions),
        (FacetGroup::Topic, |work| &mut work.topics),
        (FacetGroup::Result, |work| &mut work.results),
    ];
    let mut works = Works::new();
    // One search for each region, topic and result: they are closed lists, and there may be many organisations.
    let values = counted(
        node,
        Viewer::Public,
        &all,
        &[FacetGroup::Region, FacetGroup::Topic, FacetGroup::Result],
    )
    .await?;
    for (group, list) in lists {
        for value in values.values(group).filter(|value| value.count > 0) {
            let params = all.clone().with(group, &value.value);
            let found = counted(node, Viewer::Public, &params, &[FacetGroup::Organisation]).await?;
            let organisations = found.values(FacetGroup::Organisation);
            for organisation in organisations.filter(|one| one.count > 0) {
                let work = works.entry(organisation.value.clone()).or_default();
                list(work).push(FoundValue {
                    count: organisation.count,
                    ..value.clone()
                });
            }
        }
        for work in works.values_mut() {
            list(work).sort_by_key(|value| std::cmp::Reverse(value.count));
        }
    }
    let works = Arc::new(works);
    cached.set(&works);
    Ok(works)
}
