//! What is known about a subject in one line: how it went for all who tried it, and where to read on.

use domain::{FacetGroup, Term as _, vocabulary::Topic};
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
};

/// How it went for all who tried something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gist {
    /// The topic or product.
    pub(crate) name: String,
    /// How many documents went each way.
    pub(crate) outcomes: Outcomes,
    /// What is known about it; the words are its name within a sentence.
    pub(crate) known: Link,
}

impl Gist {
    /// Returns the line about a subject; `None` where no document says how it went.
    pub(crate) async fn for_subject(
        node: &Node,
        viewer: Viewer,
        subject: &Subject,
    ) -> Result<Option<Self>, NodeError> {
        let outcomes = match (subject.topic, &subject.product) {
            (Some(topic), None) => of_topic(node, topic).await?,
            _ => known::known(node, viewer, subject.clone())
                .await?
                .and_then(|known| {
                    let params = SearchParams {
                        per_page: PER_PAGE,
                        ..known.params.clone()
                    };
                    Outcomes::new(&params, &known.outcomes(), 0)
                }),
        };
        Ok(outcomes.map(|outcomes| Self {
            name: name_of(subject),
            outcomes,
            known: Link::new(name_in_sentence(subject), path_of(subject)),
        }))
    }
}

/// Returns how a topic went. The counts of all topics are kept until something changes, so that it costs no search.
async fn of_topic(node: &Node, topic: Topic) -> Result<Option<Outcomes>, NodeError> {
    let matrix = known::matrix(node).await?;
    let params = SearchParams::default().with(FacetGroup::Topic, topic.as_str());
    let row = matrix.iter().find(|(found, _)| *found == topic);
    Ok(row.and_then(|(_, counts)| Outcomes::new(&params, counts, 0)))
}
