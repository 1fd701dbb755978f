//! `/healthz` and `/readyz`, for the supervisor of the process.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use http::{StatusCode, header};
use node::{
    Node,
    hindrance::Hindrance,
    identity::change::{Expiry, expiry},
    writable::Missing,
};
use serde_json::json;
use upkeep::backup::{self, Recent};

/// Answers as long as the process runs.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Returns what a node lacks to be ready: whether database and index can be used. The schema needs no check here:
/// opening the node checked it.
pub(super) async fn missing(node: &Node) -> Vec<Missing> {
    found(node).await.0
}

/// Returns what is missing, and how far the index is behind. A database that hangs is asked once.
async fn found(node: &Node) -> (Vec<Missing>, Option<u64>) {
    let lag = node.indexer.lag().await;
    let missing = match &lag {
        // The index has the same fault then, in more words.
        Err(error) => vec![Missing::new("database", error)],
        Ok(_) => {
            let found = node
                .writable
                .missing(&node.store, &node.settings.data)
                .await;
            let fault = node.indexer.fault();
            let fault = fault.map(|fault| Missing::new("index", fault));
            found.into_iter().chain(fault).collect()
        }
    };
    node.writable.log(&missing);
    (missing, lag.ok())
}

/// Reports whether database and index can be used, and which cannot.
pub async fn ready(State(node): State<Arc<Node>>) -> impl IntoResponse {
    let (missing, lag) = found(&node).await;
    let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let status = if missing.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let state = if node.identity().is_some() {
        "serving"
    } else {
        "not initialised"
    };
    let hindrance = node.hindrance();
    let warnings = warnings(&node, hindrance.as_ref());
    let state = if hindrance.is_some() {
        "serving readers only"
    } else {
        state
    };
    let said = json!({
        "ready": missing.is_empty(), "missing": missing, "warnings": warnings, "state": state,
        "index_lag": lag,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(said))
}

/// Returns what the operator should see to. Readers are served as before, so it does not make the node unready.
fn warnings(node: &Node, hindrance: Option<&Hindrance>) -> Vec<String> {
    let low_disk = node::disk::low_disk(&node.current())
        .map(|text| format!("nothing but withdrawals is taken from peers: {text}"));
    let unsigned =
        hindrance.map(|hindrance| format!("nothing is signed: {hindrance}; {}", hindrance.fix()));
    let left = node.identity().filter(|identity| identity.left);
    let left = left.map(|_| {
        "this node has left the exchange: it publishes nothing, and no peer polls it".to_owned()
    });
    let expires = node.identity().map(|identity| identity.expires);
    let expiring = expires
        .filter(|expires| expiry(*expires, node.now()) != Expiry::Far)
        .map(|expires| {
            let is = if expires < node.now() {
                "expired"
            } else {
                "expires"
            };
            format!("the node document {is} on {}", expires.date())
        });
    let old_backup = node.identity().and_then(|identity| {
        match backup::recent(&node.current(), &identity.node, node.now()) {
            Recent::Old(_) | Recent::Unreadable(_) => {
                Some("the newest backup is older than it should be".to_owned())
            }
            Recent::Fresh(_) | Recent::NotConfigured => None,
        }
    });
    let faulty = node.tls.fault();
    let faulty = faulty
        .map(|_| "the certificate could not be read or renewed; the log has the cause".to_owned());
    low_disk
        .into_iter()
        .chain(unsigned)
        .chain(node.clock_fault())
        .chain(left)
        .chain(expiring)
        .chain(old_backup)
        .chain(faulty)
        .collect()
}
