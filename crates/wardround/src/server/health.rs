//! `/healthz` and `/readyz`, for whatever watches over the process.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, response::IntoResponse};
use http::{StatusCode, header};
use serde_json::json;
use store::StoreError;
use tokio::{sync::Mutex, time::Instant};

use crate::node::Node;

/// Anyone may ask, so that what is found out by a write is believed for a while.
const BELIEVED: Duration = Duration::from_secs(3);
/// A writer that works on something large makes others wait, and is no fault.
const PATIENCE: Duration = Duration::from_secs(2);
/// With less space than this a write may fail at any moment.
const LEAST_BYTES: u64 = 16 << 20;

/// What was last found out about writing.
#[derive(Debug, Default)]
pub struct Writable(Mutex<Option<(Instant, Option<String>)>>);

/// Says that the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Says whether database and index can be used, and what cannot. The schema is the right one, since a node that is open
/// has seen to it.
pub async fn ready(State(node): State<Arc<Node>>) -> impl IntoResponse {
    let mut missing = Vec::new();
    let lag = match node.indexer.lag().await {
        Err(error) => {
            missing.push(format!("database: {error}"));
            None
        }
        Ok(lag) => {
            missing.extend(node.writable.missing(&node).await);
            Some(lag)
        }
    };
    missing.extend(node.indexer.fault().map(|fault| format!("index: {fault}")));
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
    let said = json!({
        "ready": missing.is_empty(), "missing": missing, "state": state, "index_lag": lag,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(said))
}

impl Writable {
    /// Returns what keeps the database from being written, if anything does.
    async fn missing(&self, node: &Node) -> Option<String> {
        let mut held = self.0.lock().await;
        if let Some((at, found)) = held.as_ref()
            && at.elapsed() < BELIEVED
        {
            return found.clone();
        }
        let found = find(node).await;
        *held = Some((Instant::now(), found.clone()));
        found
    }
}

async fn find(node: &Node) -> Option<String> {
    match tokio::time::timeout(PATIENCE, node.store.check_writable()).await {
        Err(_) | Ok(Ok(()) | Err(StoreError::Locked)) => {}
        Ok(Err(error)) => return Some(format!("database: {error}")),
    }
    let free = free_bytes(&node.settings.data)?;
    (free < LEAST_BYTES).then(|| format!("disk: {} KiB are left in the data directory", free >> 10))
}

/// Returns how many bytes may still be written below a directory, where the system says so.
#[must_use]
pub fn free_bytes(directory: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
