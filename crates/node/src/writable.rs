//! Whether the database can be written and the disk has room, as `/readyz` and `doctor` report it.

use std::{
    fmt::{self, Display},
    path::Path,
    sync::PoisonError,
    time::Duration,
};

use store::{Store, StoreError};
use tokio::{sync::Mutex, time::Instant};

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
pub struct Missing {
    what: &'static str,
    why: String,
}

impl Missing {
    /// Returns what is missing, and why.
    pub fn new(what: &'static str, why: impl ToString) -> Self {
        let why = why.to_string();
        Self { what, why }
    }
}

impl Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.why)
    }
}

impl Writable {
    /// Returns what keeps the database from being written, if anything does.
    pub async fn missing(&self, store: &Store, data: &Path) -> Option<Missing> {
        let mut held = self.found.lock().await;
        if let Some((at, found)) = held.as_ref()
            && at.elapsed() < BELIEVED
        {
            return found.clone();
        }
        let found = find(store, data).await;
        *held = Some((Instant::now(), found.clone()));
        found
    }

    /// Says in the log what is missing: once, however often somebody asks and its figures change.
    pub fn log(&self, missing: &[Missing]) {
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

async fn find(store: &Store, data: &Path) -> Option<Missing> {
    match tokio::time::timeout(PATIENCE, store.check_writable()).await {
        Err(_) | Ok(Ok(()) | Err(StoreError::Locked)) => {}
        Ok(Err(error)) => return Some(Missing::new("database", error)),
    }
    let free = free_bytes(data)?;
    let left = || format!("{} KiB are left in the data directory", free >> 10);
    (free < LEAST_BYTES).then(|| Missing::new("disk", left()))
}

/// Returns how many bytes may still be written below a directory, where the system says so.
#[must_use]
pub fn free_bytes(directory: &Path) -> Option<u64> {
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
