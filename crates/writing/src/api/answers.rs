//! What the API for drafts reads of a request and adds to an answer: ids, and versions as `If-Match` and `ETag`.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use pages::problem::Problem;
use wire::DocumentId;

use crate::personal;

pub(super) fn parse(id: &str) -> Result<DocumentId, Problem> {
    DocumentId::parse(id).ok_or_else(missing)
}

pub(super) fn missing() -> Problem {
    Problem::not_found("there is no such draft of yours")
}

pub(super) fn stale() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "the draft was changed since this version; read it again and put your changes into it",
    )
}

/// Returns the version that the client has seen: the number in the `ETag` of its last answer.
pub(super) fn if_match(headers: &HeaderMap) -> Result<u64, Problem> {
    let value = headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok());
    let number = value.map(|value| value.trim().trim_matches('"'));
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "send the `ETag` of the version that you changed as `If-Match`",
            )
        })
}

pub(super) fn tagged(response: Response, version: u64) -> Response {
    let mut response = personal(response);
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
