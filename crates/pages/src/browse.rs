//! Browsing: every vocabulary with the number of documents under each of its values.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use domain::FacetGroup;

use crate::{
    PageError,
    frame::{Frame, Section},
    link::{CountedLink, Link},
    requester::Requester,
    search::filter_link,
    words,
};
use node::{
    Node,
    flows::search::{SearchParams, SearchResults},
};

/// Values of one group that the page shows.
const MAX_VALUES: usize = 60;

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
    values: Vec<CountedLink>,
}

/// `GET /browse`.
pub async fn browse(
    State(node): State<Arc<Node>>,
    requester: Requester,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    let params = SearchParams {
        per_page: 1,
        ..SearchParams::default()
    };
    let all = node::flows::search::search(&node, viewer, &params).await?;
    let frame = crate::frame_for(&node, &requester);
    crate::html(&Browse {
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
    FacetGroup::on_browse()
        .into_iter()
        .filter_map(|(group, browse)| {
            let facet = all.facets.iter().find(|facet| facet.group == group)?;
            let mut found: Vec<_> = facet.values.iter().take(MAX_VALUES).collect();
            if browse.by_label {
                found.sort_by_key(|value| value.label.to_lowercase());
            }
            let values: Vec<_> = found
                .into_iter()
                .map(|value| CountedLink {
                    link: Link::new(&value.label, filter_link(group, &value.value)),
                    count: words::number(value.count),
                })
                .collect();
            (!values.is_empty()).then_some(Group {
                id: group.as_str(),
                heading: group.label(),
                text: browse.text,
                values,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Browse {
        Browse {
            frame: of.frame(),
            groups: of.list(vec![Group {
                id: "topic",
                heading: "Topic",
                text: "A sentence",
                values: vec![CountedLink {
                    link: of.link("Electronic prescribing", "/search?topic=epma"),
                    count: "7".to_owned(),
                }],
            }]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
