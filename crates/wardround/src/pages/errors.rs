//! Pages for what is not there, is there no more, or could not be made.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    node::Node,
    pages::{self, PageError, frame::Frame},
};

/// A reader may try again after so many seconds.
const RETRY_AFTER_SECS: &str = "30";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: &'static str,
    paragraphs: Vec<String>,
    search: bool,
}

/// Any address that no route knows.
pub async fn not_found(State(node): State<Arc<Node>>) -> Response {
    missing(&node)
}

/// Returns the page of status 404.
#[must_use]
pub fn missing(node: &Node) -> Response {
    let frame = pages::frame(node);
    let page = ErrorPage {
        frame: Frame { title: format!("Page not found – {}", frame.site), hidden: true, ..frame },
        heading: "Page not found",
        paragraphs: vec![
            "If you typed the address, check that it is right. If you pasted it, check that you copied all of it.".to_owned(),
            "What was here may have moved to another address. Search for its title.".to_owned(),
        ],
        search: true,
    };
    response(StatusCode::NOT_FOUND, &page)
}

/// Returns the page of a failure: 503 if trying again may help, else 500. It says nothing of the cause.
#[must_use]
pub fn broken(error: &PageError) -> Response {
    let busy = matches!(error, PageError::Store(_));
    if busy { unavailable() } else { failed() }
}

/// Returns the page of status 500.
#[must_use]
pub fn failed() -> Response {
    let page = ErrorPage {
        frame: bare("Sorry, there is a problem"),
        heading: "Sorry, there is a problem",
        paragraphs: vec![
            "This page could not be made. The failure has been recorded.".to_owned(),
            "Try again in a few minutes. If it goes on, tell the people who run this site."
                .to_owned(),
        ],
        search: false,
    };
    response(StatusCode::INTERNAL_SERVER_ERROR, &page)
}

/// Returns the page of status 503.
#[must_use]
pub fn unavailable() -> Response {
    let page = ErrorPage {
        frame: bare("Not available at the moment"),
        heading: "Not available at the moment",
        paragraphs: vec![
            "This site cannot read its documents at the moment.".to_owned(),
            "Try again in a minute. Nothing has been lost.".to_owned(),
        ],
        search: false,
    };
    let mut response = response(StatusCode::SERVICE_UNAVAILABLE, &page);
    response.headers_mut().insert(
        header::RETRY_AFTER,
        HeaderValue::from_static(RETRY_AFTER_SECS),
    );
    response
}

/// A frame that needs nothing of the node, which may be what is broken.
fn bare(title: &str) -> Frame {
    Frame {
        title: format!("{title} – Wardround"),
        site: "Wardround".to_owned(),
        hidden: true,
        ..Frame::default()
    }
}

fn response(status: StatusCode, page: &impl Template) -> Response {
    let text = page.render().unwrap_or_default();
    let mut response = (status, Html(text)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
