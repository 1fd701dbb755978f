//! Document pages that are kept as they were sent, so that one that is read often costs one look at the database.
//!
//! Invariant: what is kept is answered only while no document at all has changed since it was made. Conditional and
//! partial requests, and those with a query, are never answered from here.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};

use crate::problem::Problem;
use node::{Node, renderings::Page};

/// The pages that are kept.
const PREFIX: &str = "/d/";
/// A rendered text has at most 2 MiB; the rest of a page is far smaller.
const MOST_BYTES: usize = 8 << 20;
/// Larger pages are not worth the room.
const MOST_KEPT: usize = 256 << 10;
/// Longer lists of encodings are nobody's who reads pages.
const MOST_ENCODINGS: usize = 100;

/// Answers with what is kept, or keeps what is answered.
pub async fn keep(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let Some(key) = key(&request) else {
        return next.run(request).await;
    };
    let Ok(change) = node.store.last_change().await else {
        return next.run(request).await;
    };
    if let Some(page) = node.renderings.page(&key, change) {
        return (page.headers, page.bytes).into_response();
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        let text = "this page could not be put together; try again";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    };
    if bytes.len() <= MOST_KEPT {
        let page = Page {
            headers: parts.headers.clone(),
            bytes: bytes.clone(),
        };
        node.renderings.keep_page(key.clone(), change, page);
        if node.store.last_change().await.ok() != Some(change) {
            node.renderings.forget_page(&key);
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Returns what the answer to a request depends on, if it is one that may be kept.
fn key(request: &Request) -> Option<String> {
    const ELSE: [header::HeaderName; 3] = [
        header::IF_NONE_MATCH,
        header::IF_MODIFIED_SINCE,
        header::RANGE,
    ];
    let (uri, headers) = (request.uri(), request.headers());
    let plain = request.method() == Method::GET
        && uri.path().starts_with(PREFIX)
        && uri.query().is_none()
        && !ELSE.iter().any(|name| headers.contains_key(name));
    let mut encodings = headers.get_all(header::ACCEPT_ENCODING).iter();
    let encoding = encodings
        .next()
        .map_or(Some(""), |value| value.to_str().ok())?;
    let kept = plain && encodings.next().is_none() && encoding.len() <= MOST_ENCODINGS;
    kept.then(|| format!("{encoding} {}", uri.path()))
}
