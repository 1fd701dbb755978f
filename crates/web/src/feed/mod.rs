//! The feed as this node serves it (docs/FEED.md §6): identity, log, bodies, receipts.
//!
//! Everything served is committed and, where the protocol has it signed, signed; nothing is computed from documents
//! when it is asked for. No redirects, ever. Bodies that only peers may read are kept back: to everybody they are 401.

mod body;
mod coding;
mod identity;
mod log;
mod nudge;
mod seen;

use std::sync::Arc;

use axum::extract::OriginalUri;
use http::StatusCode;

pub use body::body;
pub use identity::{node_latest, node_version, well_known};
pub use log::log;
pub use nudge::nudge;
pub use seen::seen;

use crate::problem::Problem;
use node::{Node, identity::Identity};

/// Answers what is not in the table of endpoints.
pub async fn unknown(OriginalUri(uri): OriginalUri) -> Problem {
    tracing::debug!(path = uri.path(), "this address is not part of the feed");
    not_here()
}

/// Answers a method that an endpoint does not have.
pub async fn wrong_method() -> Problem {
    let text = "the feed is read with GET and HEAD, and only `/nudge` takes a POST";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, text)
}

fn not_here() -> Problem {
    Problem::not_found("the feed has nothing at this address")
}

/// Returns who this node is, or the answer that it is nobody yet.
fn identity_of(node: &Node) -> Result<Arc<Identity>, Problem> {
    node.identity()
        .ok_or_else(|| store::StoreError::NotInitialised.into())
}
