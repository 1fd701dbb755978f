//! One poll of one peer, in the order of the steps of docs/FEED.md §7.
//!
//! `Poll` never changes: each step takes what it needs and returns what it found, and `Poll::run` passes it on. Only
//! the [`PollReport`] is written as the poll goes, with what is committed whatever happens next.
//!
//! No entry and no body has any effect before the whole log up to the signed root is proven; node documents commit on
//! their own. The first fault ends the poll, is stored and shown, and changes nothing else. A poll that runs out of time
//! or of what it may fetch continues at once in the next poll.

use std::sync::atomic::AtomicUsize;

use async_recursion::async_recursion as boxed;

pub mod backoff;
mod bodies;
mod chain;
mod checkpoint;
pub mod claims;
mod entries;
mod epochs;
mod quota;
mod record;
mod report;
mod second;

use ledger::{
    FaultCode, PeerFault, limits,
    node::{Content, NodeDocument, Validity},
};
use peering::{Answer, Body, Failure, PeerClient, RetryAfter};
use store::{Claim, StoreError};
use tokio::time::Instant;
use wire::Timestamp;

use crate::node::Node;
use bodies::BodiesEnd;
use chain::LatestNode;
use checkpoint::LatestCheckpoint;
pub(super) use entries::{fetch_bundle, held_log, wanted_bundles};
use quota::Refusal;
pub use report::PollReport;

/// What does not change during a poll.
pub(super) struct Poll<'a> {
    node: &'a Node,
    claim: &'a Claim,
    client: PeerClient,
    /// Fixed at the start (step 0).
    now: Timestamp,
    /// When the poll has to end.
    deadline: Instant,
    /// Numbered node documents that were fetched, for any step.
    chain_steps: AtomicUsize,
}

/// What a poll without a fault found.
struct Completed {
    /// ETag of the node document held at the end.
    node_etag: Option<String>,
    /// ETag of the checkpoint held at the end.
    checkpoint_etag: Option<String>,
    /// Time of the checkpoint held at the end.
    checkpoint_at: Option<Timestamp>,
    /// Whether the node document or the checkpoint is older than it should be.
    is_stale: bool,
    /// How the fetching of bodies ended.
    bodies: BodiesEnd,
}

/// Why a poll ends before its last step.
pub(super) enum Stop {
    /// A fault of the peer, which has answered.
    Fault(PeerFault, Option<RetryAfter>),
    /// Step 1 had no answer, so the poll is no contact with the peer.
    NoAnswer(Failure),
    /// This node's own database failed.
    Store(StoreError),
    /// This node's own clock seems wrong; nothing can be said of the peer.
    Clock,
    /// This node's disk is nearly full, so that nothing new is taken.
    LowDisk,
    /// The poll has used up its time or its number of steps; the next poll continues.
    Cut,
}

impl From<PeerFault> for Stop {
    fn from(fault: PeerFault) -> Self {
        Self::Fault(fault, None)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Fault(failure.fault, failure.retry_after)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) type Step<T> = Result<T, Stop>;

/// Polls a claimed peer, records the outcome and gives the claim back.
#[boxed]
pub async fn pull(node: &Node, claim: &Claim) -> PollReport {
    let mut report = PollReport::default();
    // The authority of a peer may have become known since the last poll: to the system, or in the file of the settings.
    if node.network.should_read_authorities(node.now()) {
        node.read_peer_authorities().await;
    }
    // An address that breaks the network rules is a fault like any other; nothing is connected to.
    let client = match node
        .network
        .client(&claim.peer.base, &claim.peer.allow_cidr)
    {
        Ok(client) => client,
        Err(fault) => {
            report.error = record::fault(node, claim, &fault, None, false).await.err();
            report.fault = Some(fault);
            return report;
        }
    };
    // Step 0: the time is fixed. The lease came with the claim.
    let poll = Poll::new(node, claim, client, Instant::now() + limits::MAX_POLL_TIME);
    let ended = poll.run(&mut report).await;
    if let Err(error) = poll.record(ended, &mut report).await {
        report.error.get_or_insert(error);
    }
    report
}

impl<'a> Poll<'a> {
    /// Begins a poll, until a deadline (step 0).
    pub(super) fn new(
        node: &'a Node,
        claim: &'a Claim,
        client: PeerClient,
        deadline: Instant,
    ) -> Self {
        Self {
            node,
            claim,
            client,
            now: node.now(),
            deadline,
            chain_steps: AtomicUsize::new(0),
        }
    }
}

impl Poll<'_> {
    /// Does steps 1 to 10.
    async fn run(&self, report: &mut PollReport) -> Step<Completed> {
        // The shortcut of step 1: the checkpoint is asked for first. A 304 that names the version of the held node
        // document means that both are as they were.
        let held = self.held_document().await?;
        let early_answer = match &held {
            Some(document) => self.early_checkpoint_answer(document).await,
            None => None,
        };

        // Step 1: the node document, and the chain from the one held to it.
        let node = match held {
            Some(document) if checkpoint::is_nothing_new(early_answer.as_ref(), &document) => {
                LatestNode::unchanged(document, self.claim)
            }
            held => self.follow_chain(held).await?,
        };
        let is_document_stale = self.check_expiry(&node.document)?;

        // Steps 2 and 3: the checkpoint. If no known key has signed it, the node document is asked for again.
        let LatestCheckpoint {
            node,
            offered,
            etag: checkpoint_etag,
        } = self.fetch_checkpoint(node, early_answer).await?;
        let content = node.document.content();

        // Steps 4 to 9: the entries up to a new checkpoint. Closed epochs are read to their ends before.
        let checkpoint_at = match offered {
            Some(offered) => {
                self.finish_closed(content, report).await?;
                let judged = self.judge(content.epoch, offered).await?;
                if let Some(extension) = judged.extension {
                    self.extend(content.epoch, extension, report).await?;
                }
                Some(judged.checkpoint_at)
            }
            // A 304: the log is judged by the time of the checkpoint held.
            None => self.claim.peer.checkpoint_at,
        };
        let is_checkpoint_stale = checkpoint_at.is_some_and(|at| self.is_stale(at));

        // Step 10: bodies. They never cause a fault.
        let bodies = self.fetch_all_bodies(content, report).await?;
        match report.refusal.take() {
            Some(Refusal::Quota(fault)) => return Err(fault.into()),
            Some(Refusal::LowDisk) => return Err(Stop::LowDisk),
            None => {}
        }
        Ok(Completed {
            node_etag: node.etag,
            checkpoint_etag,
            checkpoint_at,
            is_stale: is_document_stale || is_checkpoint_stale,
            bodies,
        })
    }

    /// Says whether the node document is flagged as stale (step 1).
    fn check_expiry(&self, document: &NodeDocument) -> Step<bool> {
        match document.validity(self.now) {
            Validity::Good => Ok(false),
            Validity::Stale => Ok(true),
            Validity::Expired => {
                let expires = document.content().expires;
                let text = format!(
                    "the node document expired at {expires}, more than 90 days ago; its operator renews it with `node renew`"
                );
                Err(FaultCode::Expired.fault(text).into())
            }
        }
    }

    /// Says whether a checkpoint of this time is flagged as stale (step 5). It is not when the local clock is suspected.
    fn is_stale(&self, checkpoint_at: Timestamp) -> bool {
        if self.now.since(checkpoint_at) <= limits::STALE_AFTER {
            return false;
        }
        let clocks = &self.node.peer_clocks;
        clocks.record(self.claim.peer.node_seq, checkpoint_at, self.now);
        let is_clock_wrong = clocks.is_own_clock_wrong(checkpoint_at, self.now);
        if is_clock_wrong {
            self.log_suspected_clock();
        }
        !is_clock_wrong
    }

    /// Fetches the missing bodies of every epoch, the oldest first, until the poll may fetch no more (step 10).
    async fn fetch_all_bodies(
        &self,
        content: &Content,
        report: &mut PollReport,
    ) -> Step<BodiesEnd> {
        if self.node.disk_brake.is_on(&self.node.current()) {
            return Ok(BodiesEnd::AllAsked);
        }
        let closed = content.closed.iter().map(|closed| closed.epoch);
        for epoch in closed.chain([content.epoch]) {
            let end = self.fetch_bodies(epoch, report).await?;
            if !matches!(end, BodiesEnd::AllAsked) {
                return Ok(end);
            }
        }
        Ok(BodiesEnd::AllAsked)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn log_suspected_clock(&self) {
        tracing::error!(
            peer = self.claim.peer.handle,
            "the clock of this machine seems wrong: at least half of the peers differ from it by about the same time"
        );
    }
}

/// Returns the body of an answer. Any other answer is a fault, since every node has to serve the endpoint.
fn require_body(answer: Answer, what: &str) -> Step<Body> {
    match answer {
        Answer::Body(body) => Ok(body),
        Answer::NotModified { .. } => Err(transport(format!("{what} came as \"not modified\""))),
        Answer::NotFound => Err(transport(format!("{what} is not there"))),
        Answer::Gone => Err(transport(format!("{what} is gone"))),
        Answer::Unauthorised => Err(transport(format!("{what} is not for this node"))),
    }
}

fn transport(text: String) -> Stop {
    FaultCode::Transport.fault(text).into()
}
