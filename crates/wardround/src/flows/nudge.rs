//! Telling peers that there is something to fetch.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use store::{NUDGE_EVERY, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use crate::node::Node;

/// Peers that are told at the same time.
const AT_ONCE: usize = 16;
/// A peer ignores a second nudge within [`NUDGE_EVERY`] of its own clock, which may be a little slower.
const APART: Duration = Duration::from_secs(NUDGE_EVERY.as_secs() + 1);
/// How often it is looked at whether that time is over.
const LOOK: Duration = Duration::from_millis(500);

/// What asks for nudges.
#[derive(Debug, Default)]
pub struct Nudger {
    wake: Notify,
}

impl Nudger {
    /// Asks for a nudge to every peer, after a commit. Cheap; many requests become one nudge.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Nudges when asked, until `stop`: at once, and what comes soon after that together with what follows.
    pub async fn run(&self, node: &Arc<Node>, stop: &CancellationToken) {
        let mut last: Option<Timestamp> = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
            }
            while last.is_some_and(|last| is_recent(last, node.now())) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            last = Some(node.now());
            // Whatever was committed until now is told by this nudge.
            let _ = self.wake.notified().now_or_never();
            tokio::select! {
                () = stop.cancelled() => return,
                told = tell(node) => if let Err(error) = told {
                    tracing::warn!(%error, "peers were not nudged; they learn of it at their next poll");
                }
            }
        }
    }
}

/// Says whether a nudge was so short a time ago that peers would ignore another. One later than now was before the clock
/// was set back, and nobody knows how long ago that is.
fn is_recent(last: Timestamp, now: Timestamp) -> bool {
    last <= now && now < last.plus(APART)
}

/// Nudges every peer that is polled here. Nothing depends on it.
async fn tell(node: &Node) -> Result<(), StoreError> {
    let Some(identity) = node.identity() else {
        return Ok(());
    };
    let peers = stream::iter(node.store.peer_bases().await?);
    peers
        .for_each_concurrent(AT_ONCE, |(peer, base, allow_cidr)| {
            let own = &identity.node;
            async move {
                let told = match node.network.client(&base, &allow_cidr) {
                    Ok(client) => client.nudge(own).await.map_err(|failure| failure.fault),
                    Err(fault) => Err(fault),
                };
                if let Err(fault) = told {
                    tracing::debug!(%peer, %fault, "a peer was not nudged");
                }
            }
        })
        .await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_left_alone_for_a_while_and_not_for_as_long_as_a_clock_was_set_back() {
        let last = Timestamp::from_secs(1_790_000_000);
        for (now, expected) in [
            (last, true),
            (last.plus(NUDGE_EVERY), true),
            (last.plus(APART), false),
            (last.minus(Duration::from_secs(86_400)), false),
        ] {
            assert_eq!(is_recent(last, now), expected, "{now}");
        }
    }
}
