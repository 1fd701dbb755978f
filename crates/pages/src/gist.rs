//! What is known about a subject in one line: how it went for all who tried it, and where to read on.

use domain::{
    FacetGroup, Term as _,
    vocabulary::{Outcome, Topic},
};
use finding::{
    known::{self, Subject},
    search::{PER_PAGE, SearchParams},
};
use node::{Node, NodeError};
use wire::Viewer;

use crate::{
    known::{name_in_sentence, name_of, path_of},
    link::Link,
    outcomes::Outcomes,
    words,
};

/// How it went for all who tried something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gist {
    /// The topic or product.
    pub(crate) name: String,
    /// What was counted: all pages about it that say how it went, which are more than the results.
    pub(crate) of: String,
    /// How many documents went each way.
    pub(crate) outcomes: Outcomes,
    /// What is known about it; the words are its name within a sentence.
    pub(crate) known: Link,
}

impl Gist {
    /// Returns the line about a subject, above a number of results if it is above any; `None` where no document says how it went.
    pub(crate) async fn for_subject(
        node: &Node,
        viewer: Viewer,
        subject: &Subject,
        results: Option<u64>,
    ) -> Result<Option<Self>, NodeError> {
        let counted = match (subject.topic, &subject.product) {
            (Some(topic), None) => of_topic(node, topic).await?,
            _ => {
                let known = known::known(node, viewer, subject.clone()).await?;
                known.map(|known| {
                    let params = SearchParams {
                        per_page: PER_PAGE,
                        ..known.params.clone()
                    };
                    (params, known.outcomes())
                })
            }
        };
        let outcomes = counted.and_then(|(params, counts)| {
            let all = counts.iter().map(|(_, count)| count).sum();
            Some((all, Outcomes::new(&params, &counts, 0)?))
        });
        Ok(outcomes.map(|(all, outcomes)| Self {
            name: name_of(subject),
            of: counted_in_words(all, results, subject),
            outcomes,
            known: Link::new(name_in_sentence(subject), path_of(subject)),
        }))
    }
}

/// Returns how a topic went. The counts of all topics are kept until something changes, so that it costs no search.
async fn of_topic(
    node: &Node,
    topic: Topic,
) -> Result<Option<(SearchParams, Vec<(Outcome, u64)>)>, NodeError> {
    let matrix = known::matrix(node).await?;
    let params = SearchParams::default().with(FacetGroup::Topic, topic.as_str());
    let row = matrix.iter().find(|(found, _)| *found == topic);
    Ok(row.map(|(_, counts)| (params, counts.clone())))
}

/// Returns what the line counts, which is not what the filters next to it count.
fn counted_in_words(all: u64, results: Option<u64>, subject: &Subject) -> String {
    let on = match (subject.topic, &subject.product) {
        (Some(_), None) => "on this topic",
        _ => "on this product",
    };
    let others = if results.is_some_and(|results| all > results) {
        ", not only these results"
    } else {
        ""
    };
    match all {
        1 => format!("the only page {on} that says how it went"),
        all => format!(
            "all {} pages {on} that say how it went{others}",
            words::number(all)
        ),
    }
}
