//! One body by its digest.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use store::BodyByDigest;
use wire::Digest;

use super::absent::{identity_of, not_here};
use node::Node;
use pages::{
    answer::{Answer, JSON, REVALIDATE},
    problem::Problem,
    requester::Requester,
};

/// `GET /doc/{digest}`.
pub async fn body(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    digest: Result<Path<String>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    identity_of(&node)?;
    let digest = digest
        .ok()
        .and_then(|Path(digest)| Digest::parse(&digest))
        .ok_or_else(not_here)?;
    match node.store.body_by_digest(viewer, &digest).await? {
        BodyByDigest::Live(body) => {
            let etag = Some(format!("\"{digest}\""));
            Ok(Answer {
                etag,
                ..Answer::new(JSON, REVALIDATE)
            }
            .send(&request, body))
        }
        BodyByDigest::Protected => Ok(for_peers_only()),
        BodyByDigest::Gone => Err(Problem::new(
            StatusCode::GONE,
            "this revision was withdrawn or superseded, and its text is not served any more",
        )),
        BodyByDigest::Unknown => Err(not_here()),
    }
}

/// RFC 9110 §15.5.2: a 401 names the way to authenticate.
fn for_peers_only() -> Response {
    let text = "this document is for peers of this node only";
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, text).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::WWW_AUTHENTICATE, "Bearer realm=\"wardround\""),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::VARY, "authorization"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
