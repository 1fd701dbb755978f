//! The identity of this node: the node document, version by version, and the note for operators who add it as a peer.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use store::{OWN, StoredNodeDocument};

use super::absent::{identity_of, not_here};
use node::Node;
use pages::{
    answer::{Answer, IMMUTABLE, JSON, TEXT},
    problem::Problem,
};

const A_MINUTE: &str = "public, max-age=60";

/// `GET /.well-known/wardround`: node id and base, unsigned.
pub async fn well_known(
    State(node): State<Arc<Node>>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let identity = identity_of(&node)?;
    let written = serde_json::json!({"node": identity.node, "base": identity.feed_base});
    Ok(Answer::new(JSON, A_MINUTE).send(&request, written.to_string()))
}

/// `GET /node`: the latest version.
pub async fn node_latest(
    State(node): State<Arc<Node>>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    identity_of(&node)?;
    let document = node.store.newest_node_document(OWN).await?;
    send(document, A_MINUTE, &request)
}

/// `GET /node/{version}`.
pub async fn node_version(
    State(node): State<Arc<Node>>,
    version: Result<Path<String>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    identity_of(&node)?;
    let version = version
        .ok()
        .and_then(|Path(version)| decimal(&version))
        .ok_or_else(not_here)?;
    let document = node.store.node_document(OWN, version).await?;
    send(document, IMMUTABLE, &request)
}

pub(super) fn send(
    document: Option<StoredNodeDocument>,
    cache: &'static str,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    let note = document.ok_or_else(not_here)?.note;
    Ok(Answer::tagged(TEXT, cache, note.as_bytes()).send(request, note))
}

/// Reads a number in its one spelling.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.parse()
        .ok()
        .filter(|number: &u64| number.to_string() == text)
}
