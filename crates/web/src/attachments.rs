//! The files that documents have attached. The viewer is checked at every request, against the rows of the documents that
//! have the file.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use node::{Node, urls};
use pages::{PageError, attachment::send, errors, requester::Requester};
use people::attachments;

/// `GET /attachments/{digest}/{name}`.
pub(crate) async fn attachment(
    State(node): State<Arc<Node>>,
    requester: Requester,
    path: Result<Path<(String, String)>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, PageError> {
    let path = path.ok().and_then(|Path((digest, name))| {
        let digest = urls::attachment_digest(&digest)?;
        Some((digest, name))
    });
    if let Some((digest, name)) = path
        && let Some(file) = attachments::served(&node, requester.viewer, &digest, &name).await?
    {
        return Ok(send(file, &request));
    }
    Ok(errors::missing(&node))
}
