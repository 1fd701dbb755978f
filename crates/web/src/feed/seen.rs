//! The positions up to which this node has applied the logs that it follows: both gossip and receipt.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use ledger::{Origin, seen::SeenLine};

use super::absent::identity_of;
use node::Node;
use pages::{
    answer::{Answer, LINES, REVALIDATE},
    problem::Problem,
};

/// `GET /seen`.
pub async fn seen(State(node): State<Arc<Node>>, request: HeaderMap) -> Result<Response, Problem> {
    identity_of(&node)?;
    let mut lines = String::new();
    for log in node.store.seen().await? {
        if let Some(origin) = Origin::parse(&log.origin) {
            let applied = log.note;
            lines.push_str(&SeenLine { origin, applied }.encode());
        }
    }
    Ok(Answer::tagged(LINES, REVALIDATE, lines.as_bytes()).send(&request, lines))
}
