//! What the feed answers where it has nothing: at an address, or before this node has an identity.

use std::sync::Arc;

use node::{Node, NodeError, identity::Identity};
use pages::problem::Problem;

/// Returns the answer for an address at which there is nothing.
pub(super) fn not_here() -> Problem {
    Problem::not_found("the feed has nothing at this address")
}

/// Returns the identity of this node, or the answer that it has none yet.
pub(super) fn identity_of(node: &Node) -> Result<Arc<Identity>, Problem> {
    node.identity()
        .ok_or_else(|| NodeError::NotInitialised.into())
}
