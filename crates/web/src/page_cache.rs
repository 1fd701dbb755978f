//! The page cache: answers to the public as they were sent, so that a page that is read often costs one query of the
//! database. The table of routes says which routes it serves.
//!
//! Invariant: a cached answer is sent only while no document at all has changed since it was made, and to the public
//! only. Conditional and partial requests, and those with a query, bypass the cache.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};

use node::{Node, renderings::CachedResponse};
use wire::Viewer;

use pages::{answer::is_personal, problem::Problem, requester::Requester};

/// A rendered text has at most 2 MiB; the rest of a page is far smaller.
const MAX_BYTES: usize = 8 << 20;
/// Larger pages are not worth the memory.
const MAX_CACHED_BYTES: usize = 256 << 10;
/// No browser sends a longer `Accept-Encoding`; for others nothing is cached.
const MAX_ENCODINGS: usize = 100;

/// Answers from the cache, or caches the answer.
pub(crate) async fn serve(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let Some(key) = key(&request) else {
        return next.run(request).await;
    };
    let Ok(change) = node.store.last_change().await else {
        return next.run(request).await;
    };
    if let Some(page) = node.renderings.response(&key, change) {
        return (page.headers, page.bytes).into_response();
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::OK || is_personal(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_BYTES).await else {
        let text = "this page could not be put together; try again";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    };
    if bytes.len() <= MAX_CACHED_BYTES {
        let page = CachedResponse {
            headers: parts.headers.clone(),
            bytes: bytes.clone(),
        };
        node.renderings.cache_response(key.clone(), change, page);
        if node.store.last_change().await.ok() != Some(change) {
            node.renderings.remove_response(&key);
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Returns everything that the answer depends on; `None` for a request that bypasses the cache.
fn key(request: &Request) -> Option<String> {
    const ELSE: [header::HeaderName; 3] = [
        header::IF_NONE_MATCH,
        header::IF_MODIFIED_SINCE,
        header::RANGE,
    ];
    let (uri, headers) = (request.uri(), request.headers());
    let plain = request.method() == Method::GET
        && Requester::from_request(request).viewer == Viewer::Public
        && uri.query().is_none()
        && !ELSE.iter().any(|name| headers.contains_key(name));
    let mut encodings = headers.get_all(header::ACCEPT_ENCODING).iter();
    let encoding = encodings
        .next()
        .map_or(Some(""), |value| value.to_str().ok())?;
    let kept = plain && encodings.next().is_none() && encoding.len() <= MAX_ENCODINGS;
    kept.then(|| format!("{encoding} {}", uri.path()))
}
