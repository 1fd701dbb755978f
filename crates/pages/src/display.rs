//! Display and keyboard settings, kept in the reader's browser and nowhere else.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    PageError,
    frame::{Frame, Section},
    requester::Requester,
};
use node::Node;

#[derive(Template)]
#[template(path = "display.html")]
struct Display {
    frame: Frame,
}

/// `GET /display`.
pub async fn display(
    State(node): State<Arc<Node>>,
    requester: Requester,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let frame = crate::frame_for(&node, &requester);
    let page = Display {
        frame: Frame {
            title: format!("Display and keyboard settings – {}", frame.site),
            section: Section::Help,
            description: "Change the size of the text, and switch single-key shortcuts off."
                .to_owned(),
            ..frame
        },
    };
    crate::html_with_etag(&page, &headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Display {
        Display { frame: of.frame() }
    }

    #[test]
    fn no_text_around_a_page_becomes_markup() {
        insta::assert_snapshot!(samples::render_around(sample));
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
