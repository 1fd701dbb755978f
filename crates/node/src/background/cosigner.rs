//! Cosigns applied logs after each pull, and at intervals those whose line in `/seen` has to be renewed.

use std::{sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use tokio_util::sync::CancellationToken;

use crate::{flows::cosign::settle_and_cosign, node::Node};

/// Time between two turns without a wake-up.
const CHECK_EVERY: Duration = Duration::from_secs(30);

/// Cosigns applied logs until `stop`, each after its withdrawals are erased.
#[boxed]
pub async fn run(node: &Arc<Node>, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = node.wakers.cosigner.notified() => {}
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            done = settle_and_cosign(node) => if let Err(error) = done {
                tracing::warn!(%error, "applied logs are not cosigned yet; trying again in the next round");
            }
        }
    }
}
