//! The page for a name that nothing here has: a topic, a product or an organisation.

use axum::{http::StatusCode, response::Response};

use super::{ErrorPage, response};
use crate::{frame::Frame, link::Link, words};

/// What an address names that has no page here.
#[derive(Debug, Clone, Copy)]
pub enum Unknown {
    /// A topic that is not in the vocabulary.
    Topic,
    /// A product that no document declares.
    Product,
    /// An organisation that publishes nothing here.
    Organisation,
}

/// Characters of a name that its page says again.
const MAX_NAME: usize = 80;

/// Returns the page of status 404 for a name that has no page here, with what has a name near it.
#[must_use]
pub fn unknown(frame: Frame, what: Unknown, name: &str, near: Vec<Link>) -> Response {
    let name = words::cut(&markdown::visible(name), MAX_NAME);
    let (heading, paragraph) = match what {
        Unknown::Topic => (
            "No page for this topic",
            format!("“{name}” is not one of the topics of this site."),
        ),
        Unknown::Product => (
            "No page for this product",
            format!(
                "No document here says that it is about the product “{name}”. Some may name it in their text: search for it."
            ),
        ),
        Unknown::Organisation => (
            "No page for this organisation",
            format!("No organisation with the name or code “{name}” publishes here."),
        ),
    };
    let page = ErrorPage {
        frame: Frame {
            title: format!("{heading} – {}", frame.site),
            hidden: true,
            has_search: true,
            ..frame
        },
        heading,
        paragraphs: vec![paragraph],
        search: true,
        q: name,
        near,
        sign_in: false,
    };
    response(StatusCode::NOT_FOUND, &page)
}
