//! Before `init` there is no organisation and no key: every page says what to do.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::pages::{self, frame::Frame};
use node::Node;

#[derive(Template)]
#[template(path = "first_run.html")]
struct FirstRun {
    frame: Frame,
}

/// What answers without an identity, too: assets of this page, health, and what speaks JSON of itself.
const OPEN: [&str; 4] = ["/assets/", "/healthz", "/readyz", "/api/"];

/// Stands before every page: as long as there is no identity, it answers in the page's place.
pub async fn gate(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if node.identity().is_some() || OPEN.iter().any(|open| path.starts_with(open)) {
        return next.run(request).await;
    }
    let status = match path {
        "/" => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    page(&node, status)
}

fn page(node: &Node, status: StatusCode) -> Response {
    let frame = pages::frame(node);
    let page = FirstRun {
        frame: Frame {
            title: format!("Set up this site – {}", frame.site),
            hidden: true,
            ..frame
        },
    };
    let text = page.render().unwrap_or_default();
    let mut response = (status, Html(text)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
