//! Browsing: every vocabulary with the number of documents under each of its values.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    FacetGroup, Term as _,
    together::product_key,
    vocabulary::{Outcome, Topic},
};

use crate::{
    PageError,
    frame::{Frame, Section},
    link::{CountedLink, Link},
    outcomes::Outcomes,
    requester::Requester,
    search_links::filter_link,
    words,
};
use finding::{
    known,
    product_categories::{ProductCategories, product_categories},
    search::{FoundValue, SearchParams, SearchResults},
};
use node::{Node, urls};

/// Characters of a category that are shown.
const MAX_CATEGORY: usize = 40;
/// Documents from which on a topic has a row.
const MIN_ROW: u64 = 3;
/// Values of one group that the page shows.
const MAX_VALUES: usize = 60;

#[derive(Template)]
#[template(path = "browse.html")]
struct Browse {
    frame: Frame,
    /// The results of the matrix, in the order of its columns.
    results: Vec<&'static str>,
    /// What was done, and what projects of every sort have in common.
    parts: Vec<Part>,
    /// Topics that few documents have.
    few: Vec<CountedLink>,
    groups: Vec<Group>,
}

/// A part of the matrix.
struct Part {
    heading: &'static str,
    rows: Vec<TopicRow>,
}

/// How the documents of one topic went.
struct TopicRow {
    topic: Link,
    /// The same as a bar.
    outcomes: Option<Outcomes>,
    /// Documents of each result; without a link where there is none.
    cells: Vec<CountedLink>,
}

struct Group {
    id: &'static str,
    heading: &'static str,
    text: &'static str,
    values: Vec<Value>,
}

/// A value of a group.
struct Value {
    link: Link,
    /// What sort of thing a product is.
    category: Option<String>,
    count: String,
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
    let all = finding::search::search(&node, viewer, &params).await?;
    let frame = crate::frame_for(&node, &requester);
    let matrix = known::matrix(&node).await?;
    let categories = product_categories(&node).await?;
    // Where every topic has few documents, all of them have a row.
    let is_row = |row: &&(Topic, Vec<(Outcome, u64)>)| total(&row.1) >= MIN_ROW;
    let has_rows = matrix.iter().any(|row| is_row(&row));
    let part = |heading, is_theme| {
        let rows = matrix.iter().filter(|row| !has_rows || is_row(row));
        let rows = rows.filter(|(topic, _)| topic.is_of_every_project() == is_theme);
        let rows: Vec<TopicRow> = rows.map(topic_row).collect();
        (!rows.is_empty()).then_some(Part { heading, rows })
    };
    let few = matrix.iter().filter(|row| has_rows && !is_row(row));
    crate::html(&Browse {
        results: Outcome::ALL.iter().map(|result| result.label()).collect(),
        parts: [part("What was done", false), part("Themes", true)]
            .into_iter()
            .flatten()
            .collect(),
        few: few
            .map(|(topic, counts)| CountedLink {
                link: Link::new(topic.label(), urls::topic(topic.as_str())),
                count: words::number(total(counts)),
            })
            .collect(),
        groups: groups(&all, &categories),
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

fn total(counts: &[(Outcome, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}

fn topic_row((topic, cells): &(Topic, Vec<(Outcome, u64)>)) -> TopicRow {
    let cell = |(result, count): &(Outcome, u64)| {
        let params = SearchParams::default().with(FacetGroup::Topic, topic.as_str());
        let params = params.with(FacetGroup::Result, result.as_str());
        let href = urls::with_query(urls::SEARCH, &params.to_query_string());
        CountedLink {
            link: Link::new(
                result.label(),
                if *count > 0 { href } else { String::new() },
            ),
            count: words::number(*count),
        }
    };
    let of_topic = SearchParams::default().with(FacetGroup::Topic, topic.as_str());
    TopicRow {
        outcomes: Outcomes::new(&of_topic, cells, 0),
        topic: Link::new(topic.label(), urls::topic(topic.as_str())),
        cells: cells.iter().map(cell).collect(),
    }
}

fn groups(all: &SearchResults, categories: &ProductCategories) -> Vec<Group> {
    FacetGroup::on_browse()
        .into_iter()
        .filter_map(|(group, browse)| {
            // Topics and results are the matrix above.
            if matches!(group, FacetGroup::Topic | FacetGroup::Result) {
                return None;
            }
            let facet = all.facets.iter().find(|facet| facet.group == group)?;
            let mut found: Vec<_> = match group {
                FacetGroup::System => products(&facet.values),
                _ => facet.values.clone(),
            };
            found.truncate(MAX_VALUES);
            if browse.by_label {
                found.sort_by_key(|value| value.label.to_lowercase());
            }
            let values: Vec<_> = found
                .into_iter()
                .map(|value| Value {
                    category: product_key(&value.value)
                        .filter(|_| group == FacetGroup::System)
                        .and_then(|key| categories.get(&key))
                        .map(|category| shown_category(category)),
                    link: Link::new(
                        &value.label,
                        if group == FacetGroup::System {
                            urls::product(&value.value)
                        } else {
                            filter_link(group, &value.value)
                        },
                    ),
                    count: words::number(value.count),
                })
                .collect();
            // One value alone is a property of everything here; one product has a page that says more.
            let min_values = if group == FacetGroup::System { 1 } else { 2 };
            (values.len() >= min_values).then_some(Group {
                id: group.as_str(),
                heading: match group {
                    FacetGroup::System => "Product",
                    _ => group.label(),
                },
                text: browse.text,
                values,
            })
        })
        .collect()
}

/// Returns a category as people have written it, on one line.
fn shown_category(category: &str) -> String {
    let visible = markdown::visible(category.trim());
    words::cut(&words::sentence(&visible), MAX_CATEGORY)
}

/// Puts the spellings of each product together, under the most frequent. A document that has two of them counts twice.
fn products(values: &[FoundValue]) -> Vec<FoundValue> {
    let mut found: Vec<FoundValue> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for value in values {
        let key = product_key(&value.value).unwrap_or_else(|| value.value.clone());
        let place = *places.entry(key).or_insert(found.len());
        match found.get_mut(place) {
            Some(first) => first.count += value.count,
            None => found.push(value.clone()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Browse {
        Browse {
            frame: of.frame(),
            results: vec!["Worked", "Did not work"],
            parts: of.list(vec![Part {
                heading: "What was done",
                rows: vec![TopicRow {
                    topic: of.link("Voice recognition", "/topics/voice-recognition"),
                    outcomes: Outcomes::new(
                        &SearchParams::default(),
                        &[(Outcome::Worked, 2), (Outcome::Partly, 1)],
                        0,
                    ),
                    cells: vec![
                        CountedLink {
                            link: of
                                .link("Worked", "/search?topic=voice-recognition&result=worked"),
                            count: "2".to_owned(),
                        },
                        CountedLink {
                            link: Link::new("Did not work", ""),
                            count: "0".to_owned(),
                        },
                    ],
                }],
            }]),
            few: of.list(vec![CountedLink {
                link: of.link("Wi-Fi", "/topics/network-wifi"),
                count: "2".to_owned(),
            }]),
            groups: of.list(vec![Group {
                id: "topic",
                heading: "Topic",
                text: "A sentence",
                values: vec![Value {
                    link: of.link("Electronic prescribing", "/search?topic=epma"),
                    category: Some(of.text("Clinical noting")),
                    count: "7".to_owned(),
                }],
            }]),
        }
    }

    #[test]
    fn the_spellings_of_a_product_are_one_line_under_the_most_frequent() {
        let value = |name: &str, count| FoundValue {
            value: name.to_owned(),
            label: name.to_owned(),
            count,
            selected: false,
        };
        let values = [
            value("Tap & Go", 5),
            value("–", 4),
            value("tap-go", 2),
            value("Care+", 1),
        ];
        let found = products(&values);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.label.as_str(), one.count))
            .collect();
        assert_eq!(found, [("Tap & Go", 7), ("–", 4), ("Care+", 1)]);
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
