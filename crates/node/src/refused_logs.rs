//! Logs of peers that are beyond their quotas, or do not continue the held ones: what was read once is not read again until it
//! changes.
//!
//! In memory only. A quota is a setting, so it changes with a restart, and everything is read once then.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ledger::{PeerFault, checkpoint::Checkpoint, tree::Hash};

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
    fault: PeerFault,
}

impl RefusedLogs {
    /// Records that a log was refused, and that it was read to its end.
    pub fn record(&self, node_seq: i64, epoch: u64, checkpoint: &Checkpoint, fault: &PeerFault) {
        let mut logs = self.lock();
        if logs.len() >= MAX_LOGS {
            logs.clear();
        }
        let refused = Refused {
            size: checkpoint.size,
            root: checkpoint.root,
            fault: fault.clone(),
        };
        logs.insert((node_seq, epoch), refused);
    }

    /// Returns why a log was refused, if it is as it was then.
    #[must_use]
    pub fn fault(&self, node_seq: i64, epoch: u64, checkpoint: &Checkpoint) -> Option<PeerFault> {
        let logs = self.lock();
        let refused = logs.get(&(node_seq, epoch))?;
        let is_same = (refused.size, refused.root) == (checkpoint.size, checkpoint.root);
        is_same.then(|| refused.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(i64, u64), Refused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
