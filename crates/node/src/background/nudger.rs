//! Nudges peers after this node's log has grown: at once, and then no more often than peers accept.

use std::{sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use futures_util::FutureExt as _;
use store::NUDGE_EVERY;
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use crate::{flows::nudge, node::Node};

/// Time between two nudges. A peer ignores a second one within [`NUDGE_EVERY`] by its own clock, which may be a little
/// slower.
const MIN_INTERVAL: Duration = Duration::from_secs(NUDGE_EVERY.as_secs() + 1);
/// Time between two checks whether [`MIN_INTERVAL`] is over.
const CHECK_EVERY: Duration = Duration::from_millis(500);

/// Nudges when woken, until `stop`. Commits within `MIN_INTERVAL` of a nudge share the next one.
#[boxed]
pub async fn run(node: &Arc<Node>, stop: &CancellationToken) {
    let mut last: Option<Timestamp> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = node.wakers.nudger.notified() => {}
        }
        while last.is_some_and(|last| is_recent(last, node.now())) {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(CHECK_EVERY) => {}
            }
        }
        last = Some(node.now());
        // This nudge covers every commit until now.
        let _ = node.wakers.nudger.notified().now_or_never();
        tokio::select! {
            () = stop.cancelled() => return,
            sent = nudge::send(node) => if let Err(error) = sent {
                tracing::warn!(%error, "peers were not nudged; they see the change at their next poll");
            }
        }
    }
}

/// Says whether peers would still ignore another nudge. If the last one is later than now, the clock was set back since,
/// and its age is unknown.
fn is_recent(last: Timestamp, now: Timestamp) -> bool {
    last <= now && now < last.plus(MIN_INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nudges_keep_their_interval_but_do_not_wait_as_long_as_a_clock_was_set_back() {
        let last = Timestamp::from_secs(1_790_000_000);
        for (now, expected) in [
            (last, true),
            (last.plus(NUDGE_EVERY), true),
            (last.plus(MIN_INTERVAL), false),
            (last.minus(Duration::from_secs(86_400)), false),
        ] {
            assert_eq!(is_recent(last, now), expected, "{now}");
        }
    }
}
