//! `/healthz` and `/readyz`, for whatever watches over the process.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use http::StatusCode;
use serde_json::json;

use crate::node::Node;

/// Says that the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Says whether database and index can be used, and what cannot.
pub async fn ready(State(node): State<Arc<Node>>) -> impl IntoResponse {
    let mut missing = Vec::new();
    match node.indexer.lag().await {
        Err(error) => missing.push(error.to_string()),
        Ok(_) => missing.extend(node.indexer.fault()),
    }
    let status = if missing.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "ready": missing.is_empty(), "missing": missing })),
    )
}
