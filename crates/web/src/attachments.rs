//! The files that documents have attached.
//!
//! The viewer is checked at every request, against the rows of the documents that have the file. A picture is shown;
//! anything else is saved. Even if a browser opened one as a page, it would be in a sandbox without an origin.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use node::{
    Node,
    flows::attachments::{self, Served},
    urls,
};
use pages::{
    PageError,
    answer::{Answer, REVALIDATE},
    errors,
    requester::Requester,
};

/// No script, no form, no origin, whatever the file says.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `GET /attachments/{digest}/{name}`.
pub async fn attachment(
    State(node): State<Arc<Node>>,
    requester: Requester,
    path: Result<Path<(String, String)>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, PageError> {
    let Some((digest, name)) = path
        .ok()
        .and_then(|Path((digest, name))| Some((urls::attachment_digest(&digest)?, name)))
    else {
        return Ok(errors::missing(&node));
    };
    match attachments::served(&node, requester.viewer, &digest, &name).await? {
        Some(file) => Ok(send(file, &request)),
        None => Ok(errors::missing(&node)),
    }
}

/// Sends a file. The address has the digest of its bytes, but a withdrawal ends it: a browser asks each time.
fn send(file: Served, request: &HeaderMap) -> Response {
    let answer = Answer {
        etag: Some(format!("\"{}\"", file.digest)),
        ..Answer::new(file.kind.media_type(), REVALIDATE)
    };
    let mut response = answer.send(request, file.bytes);
    let disposition = if file.kind.is_picture() {
        "inline"
    } else {
        "attachment"
    };
    let headers = response.headers_mut();
    let named = format!(
        "{disposition}; filename*=UTF-8''{}",
        urls::file_name(&file.name)
    );
    if let Ok(value) = HeaderValue::try_from(named) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
