//! Whether the database can be written and the disk has room, as `/readyz` and `doctor` report it.

use std::{
    fmt::{self, Display},
    path::Path,
    sync::PoisonError,
    time::Duration,
};

use async_recursion::async_recursion as boxed;
pub use disk_space::free_bytes;
use store::{Store, StoreError};
use tokio::{sync::Mutex, time::Instant};

/// How long the result of a check is reused, since anyone may request it and each check writes.
const CACHED_FOR: Duration = Duration::from_secs(3);
/// How long the check waits. A write that takes longer waits for another writer, which is no fault, if the database answers a
/// reader.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// Free space below which a write may fail at any moment.
pub const MIN_FREE_BYTES: u64 = 16 << 20;

/// What to do about a disk that is full.
pub const ROOM: &str = "free some space, and everything goes on by itself; until then readers are served, and pages can be withdrawn";

/// The result of the last check, and what was last logged about it.
#[derive(Debug, Default)]
pub struct Writable {
    /// When it was made, and what it found.
    checked: Mutex<Option<(Instant, Option<Missing>)>>,
    logged: std::sync::Mutex<Vec<&'static str>>,
}

/// Something that the node needs and does not have.
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
    /// Returns why the database cannot be written, if so; the answer may be three seconds old.
    #[boxed]
    pub async fn missing(&self, store: &Store, data: &Path) -> Option<Missing> {
        let mut checked = self.checked.lock().await;
        if let Some((checked_at, found)) = checked.as_ref()
            && checked_at.elapsed() < CACHED_FOR
        {
            return found.clone();
        }
        let found = check(store, data).await;
        *checked = Some((Instant::now(), found.clone()));
        found
    }

    /// Logs what is missing: once, however often it is asked for and however its figures change.
    pub fn log(&self, missing: &[Missing]) {
        let what = missing.iter().map(|missing| missing.what).collect();
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if *logged == what {
            return;
        }
        *logged = what;
        if missing.is_empty() {
            tracing::info!("ready again");
        } else {
            let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
            tracing::warn!(missing = missing.join("; "), "not ready");
        }
    }
}

/// Checks by a write, and by asking for the free space.
async fn check(store: &Store, data: &Path) -> Option<Missing> {
    match tokio::time::timeout(MAX_WAIT, store.check_writable()).await {
        Ok(Ok(()) | Err(StoreError::Locked)) => {}
        Err(_) => {
            // The store finds out within a few seconds that a server is away or hangs, and says so.
            if let Err(error) = store.schema_version().await {
                return Some(Missing::new("database", error));
            }
        }
        Ok(Err(StoreError::Full)) => {
            let text = format!("it is full, and nothing can be written; {}", ROOM);
            return Some(Missing::new("disk", text));
        }
        Ok(Err(error)) => return Some(Missing::new("database", error)),
    }
    let free = free_bytes(data)?;
    let left = || format!("{} KiB are left in the data directory; {ROOM}", free >> 10);
    (free < MIN_FREE_BYTES).then(|| Missing::new("disk", left()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry::captured::logged;

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
        let messages: Vec<_> = events
            .iter()
            .map(|event| {
                let event: serde_json::Value = serde_json::from_str(event).unwrap();
                let field = |name: &str| event["fields"][name].as_str().map(str::to_owned);
                (field("message"), field("missing"))
            })
            .collect();
        let messages: Vec<_> = messages
            .iter()
            .map(|(message, missing)| (message.as_deref(), missing.as_deref()))
            .collect();
        assert_eq!(
            messages,
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
