//! `/healthz` and `/readyz`, for whatever watches over the process.

use std::{
    fmt::{self, Display},
    sync::{Arc, PoisonError},
    time::Duration,
};

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

/// What was last found out about writing, and what was last said of it in the log.
#[derive(Debug, Default)]
pub struct Writable {
    found: Mutex<Option<(Instant, Option<Missing>)>>,
    said: std::sync::Mutex<Vec<&'static str>>,
}

/// Something that is not as it has to be.
#[derive(Debug, Clone)]
struct Missing {
    what: &'static str,
    why: String,
}

impl Missing {
    fn new(what: &'static str, why: impl ToString) -> Self {
        let why = why.to_string();
        Self { what, why }
    }
}

impl Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.why)
    }
}

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
            missing.push(Missing::new("database", error));
            None
        }
        Ok(lag) => {
            missing.extend(node.writable.missing(&node).await);
            Some(lag)
        }
    };
    let fault = node.indexer.fault();
    missing.extend(fault.map(|fault| Missing::new("index", fault)));
    node.writable.log(&missing);
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
    let said = json!({
        "ready": missing.is_empty(), "missing": missing, "state": state, "index_lag": lag,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(said))
}

impl Writable {
    /// Returns what keeps the database from being written, if anything does.
    async fn missing(&self, node: &Node) -> Option<Missing> {
        let mut held = self.found.lock().await;
        if let Some((at, found)) = held.as_ref()
            && at.elapsed() < BELIEVED
        {
            return found.clone();
        }
        let found = find(node).await;
        *held = Some((Instant::now(), found.clone()));
        found
    }

    /// Says in the log what is missing: once, however often somebody asks and its figures change.
    fn log(&self, missing: &[Missing]) {
        let what = missing.iter().map(|missing| missing.what).collect();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if *said == what {
            return;
        }
        *said = what;
        if missing.is_empty() {
            tracing::info!("ready again");
        } else {
            let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
            tracing::warn!(missing = missing.join("; "), "not ready");
        }
    }
}

async fn find(node: &Node) -> Option<Missing> {
    match tokio::time::timeout(PATIENCE, node.store.check_writable()).await {
        Err(_) | Ok(Ok(()) | Err(StoreError::Locked)) => {}
        Ok(Err(error)) => return Some(Missing::new("database", error)),
    }
    let free = free_bytes(&node.settings.data)?;
    let left = || format!("{} KiB are left in the data directory", free >> 10);
    (free < LEAST_BYTES).then(|| Missing::new("disk", left()))
}

/// Returns how many bytes may still be written below a directory, where the system says so.
#[must_use]
pub fn free_bytes(directory: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::testing::logged;

    #[test]
    fn what_is_missing_is_logged_when_it_changes_and_not_at_every_probe() {
        let writable = Writable::default();
        let disk = |left| Missing::new("disk", format!("{left} KiB are left"));
        let index = || Missing::new("index", "it does not follow");
        let events = logged(|| {
            for missing in [
                vec![],
                vec![disk(9)],
                vec![disk(8)],
                vec![disk(7), index()],
                vec![],
                vec![],
            ] {
                writable.log(&missing);
            }
        });
        let said: Vec<_> = events
            .iter()
            .map(|event| {
                let fields = &event["fields"];
                (fields["message"].as_str(), fields["missing"].as_str())
            })
            .collect();
        assert_eq!(
            said,
            [
                (Some("not ready"), Some("disk: 9 KiB are left")),
                (
                    Some("not ready"),
                    Some("disk: 7 KiB are left; index: it does not follow")
                ),
                (Some("ready again"), None),
            ]
        );
    }
}
