//! Step 11: a poll's outcome goes to the database, and with it the time of the next poll.

use std::time::Duration;

use ledger::PeerFault;
use peering::RetryAfter;
use store::{Claim, NextPoll, PollSuccess, StoreError};
use wire::Timestamp;

use super::{Completed, Poll, PollReport, Step, Stop, backoff, bodies::BodiesEnd};
use crate::node::Node;

impl Poll<'_> {
    /// Records how the poll ended, and gives the claim back.
    pub(super) async fn record(
        &self,
        ended: Step<Completed>,
        report: &mut PollReport,
    ) -> Result<(), StoreError> {
        let Self { node, claim, .. } = *self;
        let now = node.now();
        match ended {
            Ok(completed) => self.record_success(completed, report).await,
            Err(Stop::Fault(fault, retry_after)) => {
                let recorded = self::fault(node, claim, &fault, retry_after, true).await;
                report.fault = Some(fault);
                recorded
            }
            Err(Stop::NoAnswer(failure)) => {
                let retry_after = failure.retry_after;
                let recorded = self::fault(node, claim, &failure.fault, retry_after, false).await;
                report.fault = Some(failure.fault);
                recorded
            }
            Err(Stop::Cut) => {
                report.more = true;
                node.store.record_contact(claim, now).await?;
                node.store.release_claim(claim, NextPoll::at(now)).await
            }
            Err(Stop::Clock) => {
                self.log_suspected_clock();
                self.pause(now).await
            }
            // It says nothing about the peer; the log has one line about it already.
            Err(Stop::LowDisk) => self.pause(now).await,
            Err(Stop::Store(error)) => {
                self.release_after_store_error(&error).await;
                Err(error)
            }
        }
    }

    /// Polls a peer again after the interval, for a reason of this node's own. Each such poll reads the whole extension of
    /// a log, so a nudge does not bring it forward: anyone can send one.
    async fn pause(&self, now: Timestamp) -> Result<(), StoreError> {
        let store = &self.node.store;
        store.record_contact(self.claim, now).await?;
        let due = now.plus(self.interval());
        let not_before = due;
        let next = NextPoll { due, not_before };
        store.release_claim(self.claim, next).await
    }

    async fn record_success(
        &self,
        completed: Completed,
        report: &mut PollReport,
    ) -> Result<(), StoreError> {
        let now = self.node.now();
        let interval = backoff::after_success(self.interval(), backoff::chance());
        let next = match completed.bodies {
            BodiesEnd::AllAsked | BodiesEnd::Cut { at_once: false } => {
                NextPoll::at(now.plus(interval))
            }
            BodiesEnd::Cut { at_once: true } => {
                report.more = true;
                NextPoll::at(now)
            }
            // The longer of the peer's request and the own interval (docs/FEED.md §8).
            BodiesEnd::Silent(retry_after) => {
                let asked = retry_delay(retry_after, self.node).unwrap_or_default();
                NextPoll {
                    due: now.plus(interval.max(asked)),
                    not_before: now.plus(asked),
                }
            }
        };
        let success = PollSuccess {
            next,
            fresh: completed.checkpoint_at.filter(|_| !completed.is_stale),
            stale: completed.is_stale,
            node_etag: completed.node_etag,
            checkpoint_etag: completed.checkpoint_etag,
        };
        self.node
            .store
            .record_success(self.claim, &success, now)
            .await
    }

    /// Gives the claim back after an error of the own database, which says nothing about the peer.
    async fn release_after_store_error(&self, error: &StoreError) {
        // A lost lease belongs to another process.
        if matches!(error, StoreError::LeaseLost(_)) {
            return;
        }
        let wait = if error.is_temporary() {
            backoff::after_missing(0, backoff::chance())
        } else {
            // The next poll would fetch everything again and fail in the same way.
            backoff::after_success(self.interval(), backoff::chance())
        };
        let due = self.node.now().plus(wait);
        let not_before = due;
        let next = NextPoll { due, not_before };
        // If this fails too, the lease ends by itself.
        let _ = self.node.store.release_claim(self.claim, next).await;
    }

    /// Returns the ordinary time between two polls of the peer.
    fn interval(&self) -> Duration {
        let usual = self.node.current().federation.interval;
        self.claim.peer.interval.unwrap_or(usual)
    }
}

/// Records a fault of the peer; `contacted` says whether the peer has answered during this poll.
pub(super) async fn fault(
    node: &Node,
    claim: &Claim,
    fault: &PeerFault,
    retry_after: Option<RetryAfter>,
    contacted: bool,
) -> Result<(), StoreError> {
    let now = node.now();
    let peer = &claim.peer;
    let last_contact = if contacted {
        now
    } else {
        peer.last_contact.unwrap_or(peer.added_at)
    };
    let failed = backoff::Failed {
        code: fault.code,
        failures: peer.failures,
        silent: now.since(last_contact),
        asked: retry_delay(retry_after, node),
    };
    let delay = backoff::after_fault(failed, backoff::chance());
    let next = NextPoll {
        due: now.plus(delay),
        not_before: now.plus(backoff::shortest_after_fault(failed, delay)),
    };
    let contacted_at = contacted.then_some(now);
    node.store
        .record_fault(claim, fault, contacted_at, next, now)
        .await
}

/// Returns how long a peer asked to be left alone by `Retry-After`.
fn retry_delay(retry_after: Option<RetryAfter>, node: &Node) -> Option<Duration> {
    retry_after.and_then(|retry_after| retry_after.delay(node.now()))
}
