//! Before `init` there is no organisation and no key: every page says what to do.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::frame::Frame;
use node::{Node, urls};

#[derive(Template)]
#[template(path = "first_run.html")]
struct FirstRun {
    frame: Frame,
}

/// Answers instead of a route that needs an identity, while there is none.
pub async fn gate(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    if node.identity().is_some() {
        return next.run(request).await;
    }
    let status = match request.uri().path() {
        urls::HOME => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    page(&node, status)
}

fn page(node: &Node, status: StatusCode) -> Response {
    let frame = crate::frame(node);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> FirstRun {
        FirstRun { frame: of.frame() }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
