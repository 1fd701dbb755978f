//! `GET /api/v1/status` and `GET /api/v1/peers`.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::objects::ProblemObject;
use node::{Node, flows::peers::PeerObject};
use pages::{problem::Problem, requester::Requester};

/// This node.
#[derive(Serialize, ToSchema)]
struct StatusAnswer {
    /// Its id; `null` before it has an identity.
    node: Option<String>,
    /// The name of its organisation.
    name: Option<String>,
    /// The ODS code of its organisation.
    ods: Option<String>,
    /// The version of the program.
    version: &'static str,
    /// The commit that it was built from, where its build named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    /// `new` before it has an identity, then `active`.
    state: &'static str,
    /// Live public documents of all nodes.
    documents: u64,
    /// Those of this node.
    own_documents: u64,
    /// Nodes that it follows.
    peers: u64,
    /// Entries in its log.
    log_size: u64,
    /// Changes that the search index has not applied yet.
    index_lag: u64,
}

/// This node's state
///
/// Returns the identity of this node and its counts.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    responses(
        (status = 200, description = "The state of this node", body = StatusAnswer),
        (status = 503, description = "The database is not ready",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn status(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
) -> Result<impl IntoResponse, Problem> {
    let identity = node.identity();
    let counts = node.store.counts(viewer).await?;
    Ok(Json(StatusAnswer {
        node: identity.as_ref().map(|identity| identity.node.to_string()),
        name: identity.as_ref().map(|identity| identity.name.clone()),
        ods: identity.as_ref().and_then(|identity| identity.ods.clone()),
        version: telemetry::VERSION,
        commit: telemetry::commit(),
        state: if identity.is_some() { "active" } else { "new" },
        documents: counts.documents,
        own_documents: counts.own_documents,
        peers: counts.peers,
        log_size: counts.log_size,
        index_lag: counts.last_change.saturating_sub(node.index.progress()),
    }))
}

/// The nodes that this one follows
///
/// The state of each peer.
#[utoipa::path(
    get,
    path = "/api/v1/peers",
    responses(
        (status = 200, description = "The nodes that this one follows, by name", body = Vec<PeerObject>),
        (status = 503, description = "The database is not ready",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn peers(State(node): State<Arc<Node>>) -> Result<Json<Vec<PeerObject>>, Problem> {
    let peers = node.store.peers().await?;
    let peers: Vec<PeerObject> = peers
        .into_iter()
        .map(|peer| PeerObject::from(peer).for_readers())
        .collect();
    Ok(Json(peers))
}
