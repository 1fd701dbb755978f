//! Logs of peers that are beyond their quotas, or do not continue the held ones: what was read once is not read again until it
//! changes, or the quota does.
//!
//! In memory only: after a restart everything is read once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ledger::{PeerFault, checkpoint::Checkpoint, tree::Hash};
use settings::Federation;

/// Most logs that are remembered: a few of each peer. With more, all are read again.
const MAX_LOGS: usize = 2_000;

/// The logs that were refused, by node and epoch.
#[derive(Debug, Default)]
pub struct RefusedLogs(Mutex<HashMap<(i64, u64), Refused>>);

/// A log as it was when it was refused. Its withdrawals have been applied.
#[derive(Debug, Clone)]
struct Refused {
    size: u64,
    root: Hash,
    quota: Option<Quota>,
    fault: PeerFault,
}

/// The quota by which a log was judged, which is a setting of the running node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Documents.
    pub documents: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Quota {
    /// Returns the quota in settings.
    #[must_use]
    pub const fn new(settings: &Federation) -> Self {
        Self {
            documents: settings.quota_documents,
            bytes: settings.quota_bytes,
        }
    }
}

impl RefusedLogs {
    /// Records that a log was refused, by which quota if that was the reason, and that it was read to its end.
    pub fn record(
        &self,
        node_seq: i64,
        epoch: u64,
        checkpoint: &Checkpoint,
        quota: Option<Quota>,
        fault: &PeerFault,
    ) {
        let mut logs = self.lock();
        if logs.len() >= MAX_LOGS {
            logs.clear();
        }
        let refused = Refused {
            size: checkpoint.size,
            root: checkpoint.root,
            quota,
            fault: fault.clone(),
        };
        logs.insert((node_seq, epoch), refused);
    }

    /// Returns why a log was refused, if it and the quota are as they were then.
    #[must_use]
    pub fn fault(
        &self,
        node_seq: i64,
        epoch: u64,
        checkpoint: &Checkpoint,
        quota: Option<Quota>,
    ) -> Option<PeerFault> {
        let logs = self.lock();
        let refused = logs.get(&(node_seq, epoch))?;
        let is_same = (refused.size, refused.root, refused.quota)
            == (checkpoint.size, checkpoint.root, quota);
        is_same.then(|| refused.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(i64, u64), Refused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
