//! "Please poll me sooner": the only message that a node pushes.

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody as _},
    extract::State,
};
use http::StatusCode;
use ledger::limits;
use wire::{NodeId, json};

use node::{Node, flows::nudge};
use pages::problem::Problem;

/// `POST /nudge`. The answer is always 202, so that a stranger does not learn which nodes are peers.
pub async fn nudge(State(node): State<Arc<Node>>, body: Body) -> Result<StatusCode, Problem> {
    let len = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if len > limits::MAX_NUDGE_BYTES {
        // The body is not read.
        return Ok(StatusCode::ACCEPTED);
    }
    let bytes = axum::body::to_bytes(body, limits::MAX_NUDGE_BYTES)
        .await
        .unwrap_or_default();
    if let Some(peer) = read(&bytes) {
        nudge::receive(&node, &peer).await;
    }
    Ok(StatusCode::ACCEPTED)
}

fn read(bytes: &[u8]) -> Option<NodeId> {
    NodeId::parse(json::parse(bytes).ok()?.str("node")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nudge_names_one_node() {
        let node = NodeId::for_text(b"a peer");
        assert_eq!(
            read(format!(r#"{{"node":"{node}"}}"#).as_bytes()),
            Some(node)
        );
        for wrong in ["", "{}", r#"{"node":"wr1"}"#, r#"{"node":7}"#, "null", "[]"] {
            assert_eq!(read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
