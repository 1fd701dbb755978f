//! Browsing: every vocabulary with the number of documents under each of its values.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use search::FacetGroup;
use wire::Viewer;

use crate::pages::{
    self, PageError,
    frame::{Frame, Section},
    search::filter_link,
    words,
};
use node::{
    Node,
    flows::search::{SearchParams, SearchResults},
};

/// The groups in their order, with the heading and the sentence that a reader sees.
const GROUPS: [(FacetGroup, &str, &str); 10] = [
    (
        FacetGroup::Priority,
        "Digital priority",
        "The five digital priorities set out by NHS digital leaders in January 2024.",
    ),
    (FacetGroup::Topic, "Topic", ""),
    (
        FacetGroup::Result,
        "Result",
        "What did not work is as useful as what did.",
    ),
    (FacetGroup::CareSetting, "Care setting", ""),
    (
        FacetGroup::Wgll,
        "What Good Looks Like",
        "The seven success measures of the national framework.",
    ),
    (FacetGroup::Cost, "Cost", ""),
    (FacetGroup::Evidence, "Evidence", ""),
    (FacetGroup::Organisation, "Organisation", ""),
    (FacetGroup::System, "System", ""),
    (FacetGroup::Year, "Year", ""),
];
/// Values of one group that the page shows.
const MOST_VALUES: usize = 60;

#[derive(Template)]
#[template(path = "browse.html")]
struct Browse {
    frame: Frame,
    groups: Vec<Group>,
}

struct Group {
    id: &'static str,
    heading: &'static str,
    text: &'static str,
    values: Vec<(String, String, String)>,
}

/// `GET /browse`.
pub async fn browse(State(node): State<Arc<Node>>) -> Result<Response, PageError> {
    let params = SearchParams {
        per_page: 1,
        ..SearchParams::default()
    };
    let all = node::flows::search::search(&node, Viewer::public(), &params).await?;
    let frame = pages::frame(&node);
    pages::html(&Browse {
        groups: groups(&all),
        frame: Frame {
            title: format!("Browse – {}", frame.site),
            section: Section::Browse,
            description:
                "Case studies by priority, topic, result, care setting, organisation and more."
                    .to_owned(),
            ..frame
        },
    })
}

fn groups(all: &SearchResults) -> Vec<Group> {
    GROUPS
        .iter()
        .filter_map(|(group, heading, text)| {
            let facet = all.facets.iter().find(|facet| facet.group == *group)?;
            let mut found: Vec<_> = facet.values.iter().take(MOST_VALUES).collect();
            if *group == FacetGroup::Topic || *group == FacetGroup::System {
                found.sort_by_key(|value| value.label.to_lowercase());
            }
            let values: Vec<_> = found
                .into_iter()
                .map(|value| {
                    (
                        value.label.clone(),
                        filter_link(*group, &value.value),
                        words::number(value.count),
                    )
                })
                .collect();
            (!values.is_empty()).then_some(Group {
                id: group.as_str(),
                heading,
                text,
                values,
            })
        })
        .collect()
}
