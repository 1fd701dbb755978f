//! The feed as this node serves it (docs/FEED.md §6): identity, log, bodies, receipts.
//!
//! Everything served is committed and, where the protocol requires it, signed; no answer is computed from documents at
//! the time of a request. There are no redirects. Bodies that only peers may read are withheld: every request gets 401.

mod absent;
mod body;
mod coding;
mod identity;
mod log;
mod mirror;
mod nudge;
mod seen;

use axum::extract::OriginalUri;

pub use body::body;
pub use identity::{node_latest, node_version, well_known};
pub use log::log;
pub use mirror::{mirrored_body, mirrored_log, mirrored_node};
pub use nudge::nudge;
pub use seen::seen;

use absent::not_here;
use pages::problem::Problem;

/// Answers a request for an endpoint that does not exist.
pub async fn unknown(OriginalUri(uri): OriginalUri) -> Problem {
    tracing::debug!(path = uri.path(), "this address is not part of the feed");
    not_here()
}
