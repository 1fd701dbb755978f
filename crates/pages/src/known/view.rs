//! The parts of a page about what is known, made of what documents declare.

use domain::{
    FacetGroup, Figure, Term as _,
    together::{self, Compared},
    vocabulary::{OpenTo, Outcome, WouldRepeat},
};

use crate::{
    link::{CountedLink, Link},
    measures,
    outcomes::Outcomes,
    result_card::{Facts, Measure, tried_too},
    search_links::search_link,
    tag::Tag,
    words,
};
use finding::{
    known::Known,
    search::{FoundHit, FoundValue, PER_PAGE, SearchParams, SearchResults},
};
use markdown::contact::Contact;
use node::urls;
use store::Publisher;

/// Values of a count that are named.
const MAX_NAMED: usize = 5;
/// Products, or topics, that are linked.
const MAX_LINKED: usize = 12;

/// A question, and how many documents give each answer.
pub(super) struct CountedFact {
    pub(super) label: &'static str,
    pub(super) values: Vec<CountedLink>,
}

/// One document as a row.
pub(super) struct Study {
    pub(super) link: Link,
    pub(super) organisation: String,
    pub(super) date: String,
    pub(super) tag: Option<Tag>,
    pub(super) measure: Option<Measure>,
    pub(super) cost: &'static str,
    pub(super) again: &'static str,
    /// How many others tried it too, in words.
    pub(super) tried: Option<String>,
    pub(super) contact: String,
    /// How to write to them.
    pub(super) ask: Option<Link>,
}

/// A product that worked for one organisation and did not for another.
pub(super) struct Dispute {
    pub(super) product: String,
    pub(super) studies: Vec<Lesson>,
}

/// What one document would do differently.
pub(super) struct Lesson {
    pub(super) link: Link,
    pub(super) organisation: String,
    pub(super) tag: Option<Tag>,
    pub(super) text: String,
}

/// One measure of several documents.
pub(super) struct ComparedRow {
    pub(super) name: String,
    pub(super) spread: String,
    pub(super) figures: Vec<ComparedFigure>,
}

/// The figure of one document.
pub(super) struct ComparedFigure {
    pub(super) link: Link,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) change: String,
    /// The figures as bars, the longest of all documents of the measure being the whole: the last part of the class names, and
    /// the share. None where a figure is below zero.
    pub(super) bars: Vec<(&'static str, String)>,
}

/// The observations that name a product in their text.
pub(super) struct Naming {
    /// How many there are, and from how many organisations.
    pub(super) sentence: String,
    pub(super) outcomes: Option<Outcomes>,
    pub(super) newest: Vec<Lesson>,
    /// All of them as a search, if some are not listed.
    pub(super) all: Option<Link>,
}

impl Naming {
    pub(super) fn new(found: &SearchResults) -> Self {
        let organisations = found
            .values(FacetGroup::Organisation)
            .filter(|value| value.count > 0);
        let organisations = u64::try_from(organisations.count()).unwrap_or(u64::MAX);
        let name = if found.total == 1 { "names" } else { "name" };
        let listed = u64::try_from(found.hits.len()).unwrap_or(u64::MAX);
        Self {
            sentence: format!(
                "{} from {} {name} it in the text",
                words::counted(found.total, "observation", "observations"),
                words::counted(organisations, "organisation", "organisations"),
            ),
            outcomes: Outcomes::for_results(found),
            newest: found.hits.iter().map(Lesson::summary).collect(),
            all: (found.total > listed).then(|| {
                let words = format!("See all {}", words::number(found.total));
                Link::new(words, search_link(&found.params))
            }),
        }
    }
}

/// Returns the answers that documents give, counted.
pub(super) fn facts(known: &Known) -> Vec<CountedFact> {
    let fact = |label, group: FacetGroup, max| {
        let values = known
            .values(group)
            .filter(|value| value.value != "not-known")
            .take(max);
        let link = |value: &FoundValue| CountedLink {
            link: Link::new(&value.label, filtered(known, group, &value.value)),
            count: words::number(value.count),
        };
        CountedFact {
            label,
            values: values.map(link).collect(),
        }
    };
    let facts = [
        // All values that have an order: the last of them are not the least.
        fact("Would they repeat it?", FacetGroup::WouldRepeat, usize::MAX),
        fact("What it cost", FacetGroup::Cost, usize::MAX),
        fact("What got in the way", FacetGroup::Barrier, MAX_NAMED),
    ];
    facts
        .into_iter()
        .filter(|fact| !fact.values.is_empty())
        .collect()
}

/// Returns the search for the documents that have one more property.
pub(super) fn filtered(known: &Known, group: FacetGroup, value: &str) -> String {
    let params = SearchParams {
        per_page: PER_PAGE,
        ..known.params.with(group, value)
    };
    urls::with_query(urls::SEARCH, &params.to_query_string())
}

/// Returns the products of a topic, or the topics of a product, with what is known about each.
pub(super) fn related(known: &Known) -> Vec<CountedLink> {
    let link = |words: &str, href, count| CountedLink {
        link: Link::new(markdown::visible(words), href),
        count: words::number(count),
    };
    match (known.subject.topic, &known.subject.product) {
        (Some(topic), None) => known
            .values(FacetGroup::System)
            .take(MAX_LINKED)
            .map(|value| {
                link(
                    &value.label,
                    urls::topic_and_product(topic.as_str(), &value.value),
                    value.count,
                )
            })
            .collect(),
        (None, Some(product)) => known
            .values(FacetGroup::Topic)
            .take(MAX_LINKED)
            .map(|value| {
                link(
                    &value.label,
                    urls::topic_and_product(&value.value, product),
                    value.count,
                )
            })
            .collect(),
        (Some(_), Some(_)) | (None, None) => Vec::new(),
    }
}

pub(super) fn link_to(hit: &FoundHit) -> Link {
    Link::new(markdown::visible(&hit.card.title), urls::card(&hit.card))
}

pub(super) fn organisation_of(hit: &FoundHit) -> String {
    ledger::short_name(&hit.card.owner.organisation).to_owned()
}

pub(super) fn tag_of(hit: &FoundHit) -> Option<Tag> {
    hit.shown
        .term::<Outcome>(FacetGroup::Result)
        .map(Tag::for_result)
}

impl Study {
    pub(super) fn new(hit: &FoundHit, publishers: &[Publisher]) -> Self {
        let facts = Facts::from_card(&hit.shown);
        let again: Option<WouldRepeat> = hit.shown.term(FacetGroup::WouldRepeat);
        let contact = hit.shown.contact.as_ref();
        let open = contact.is_some_and(|contact| contact.open_to.contains(&OpenTo::Call));
        let role = contact
            .map(|contact| words::sentence(&contact.role))
            .unwrap_or_default();
        let contact = if open {
            format!("{role}, open to a call")
        } else {
            role
        };
        Self {
            link: link_to(hit),
            organisation: organisation_of(hit),
            date: words::date(hit.card.sort_at.date()),
            tag: facts.tag,
            measure: facts.measure,
            cost: facts.cost.unwrap_or("Not known"),
            again: again.map_or("Not asked", domain::Term::label),
            tried: tried_too(hit.card.tried),
            ask: ask(hit, publishers),
            contact: markdown::visible(&contact).into_owned(),
        }
    }
}

/// Returns the link that writes to the organisation of a document, as on the document's own page.
fn ask(hit: &FoundHit, publishers: &[Publisher]) -> Option<Link> {
    let publisher = publishers
        .iter()
        .find(|one| one.node_seq == hit.card.owner.node_seq)?;
    let contact = publisher.contact.as_deref().and_then(Contact::parse)?;
    let title = markdown::visible(&hit.card.title);
    let about = match &hit.shown.contact {
        Some(asked) => format!("{title} (for the {})", words::lower_first_word(&asked.role)),
        None => title.into_owned(),
    };
    Some(Link::new("Ask about this", contact.href(&about)?))
}

impl Lesson {
    pub(super) fn new(hit: &FoundHit) -> Self {
        Self {
            link: link_to(hit),
            organisation: organisation_of(hit),
            tag: tag_of(hit),
            text: markdown::visible(&hit.shown.differently).into_owned(),
        }
    }

    /// Says what a document is about: what a reader compares first where two results differ.
    pub(super) fn summary(hit: &FoundHit) -> Self {
        Self {
            text: markdown::visible(&hit.shown.summary).into_owned(),
            ..Self::new(hit)
        }
    }
}

impl Dispute {
    pub(super) fn new((product, hits): (&str, Vec<&FoundHit>)) -> Self {
        Self {
            product: markdown::visible(product).into_owned(),
            studies: hits.into_iter().map(Lesson::summary).collect(),
        }
    }
}

impl ComparedRow {
    pub(super) fn new(compared: &Compared<'_, usize>, studies: &[FoundHit]) -> Self {
        let all = || {
            let figures = compared.figures.iter();
            figures
                .flat_map(|(_, figure)| [figure.before, Some(figure.after)].into_iter().flatten())
        };
        let longest = all().fold(0.0, f64::max);
        let has_bars = all().all(|value| value >= 0.0);
        let bars = |figure: &Figure| {
            let class = match figure.better() {
                Some(true) => "better",
                Some(false) => "worse",
                None => "after",
            };
            let before = figure.before.map(|before| ("before", before));
            let values = before.into_iter().chain([(class, figure.after)]);
            values
                .filter(|_| has_bars)
                .map(|(class, value)| (class, measures::share(value, longest)))
                .collect()
        };
        let figure = |(place, figure): &(usize, &Figure)| {
            let hit = studies.get(*place)?;
            Some(ComparedFigure {
                link: Link::new(organisation_of(hit), urls::card(&hit.card)),
                before: figure
                    .before
                    .map_or_else(|| "Not measured".to_owned(), |before| figure.shown(before)),
                after: figure.shown(figure.after),
                bars: bars(figure),
                change: match (figure.before, measures::change(figure)) {
                    (None, _) => "No figure before".to_owned(),
                    (Some(_), change) if change.is_empty() => "No change".to_owned(),
                    (Some(_), change) => words::sentence(&change),
                },
            })
        };
        Self {
            name: markdown::visible(compared.name).into_owned(),
            spread: together::in_words(compared),
            figures: compared.figures.iter().filter_map(figure).collect(),
        }
    }
}
