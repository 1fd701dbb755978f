//! JSON Feed 1.1.

use serde::Serialize;

use crate::syndication::view::{Item, View};

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "application/feed+json";

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    authors: [Author<'a>; 1],
    language: &'static str,
    items: Vec<Written<'a>>,
    /// An extension as JSON Feed allows them: the withdrawn documents.
    #[serde(rename = "_withdrawn", skip_serializing_if = "Vec::is_empty")]
    withdrawn: Vec<WithdrawnObject<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    date_published: String,
    date_modified: String,
    authors: [Author<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    language: &'a str,
}

#[derive(Serialize)]
struct WithdrawnObject<'a> {
    id: &'a str,
    at: String,
}

/// Writes a feed.
pub(super) fn write(view: &View) -> Vec<u8> {
    let feed = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: &view.title,
        description: view.about,
        home_page_url: &view.home_url,
        feed_url: &view.self_url,
        next_url: view.next_url.as_deref(),
        authors: [Author {
            name: &view.publisher,
        }],
        language: domain::attributes::DEFAULT_LANG,
        items: view.items.iter().map(written).collect(),
        withdrawn: view
            .withdrawn
            .iter()
            .map(|withdrawn| WithdrawnObject {
                id: &withdrawn.id,
                at: withdrawn.at.to_string(),
            })
            .collect(),
    };
    serde_json::to_vec(&feed).unwrap_or_default()
}

fn written(item: &Item) -> Written<'_> {
    Written {
        id: &item.id,
        url: &item.url,
        title: &item.title,
        // Readers leave out an item that has no content.
        content_text: if item.summary.is_empty() {
            &item.title
        } else {
            &item.summary
        },
        summary: &item.summary,
        date_published: item.published.to_string(),
        date_modified: item.updated.to_string(),
        authors: [Author {
            name: &item.organisation,
        }],
        tags: item
            .categories
            .iter()
            .map(|category| category.label.as_str())
            .collect(),
        language: &item.lang,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syndication::view::tests::hostile;

    #[test]
    fn a_feed_is_written_as_the_standard_says() {
        let value: serde_json::Value = serde_json::from_slice(&write(&hostile())).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
    }
}
