//! One poll of one peer (docs/FEED.md §7), in the order of its steps.
//!
//! No entry and no body has any effect before the whole log up to the signed root is proven; node documents commit on
//! their own. The first fault ends the poll, is stored and shown, and changes nothing else. A poll that is cut by its
//! time or by what it may fetch goes on where it was, at once.

pub mod backoff;
mod bodies;
mod chain;
mod checkpoint;
pub mod claims;
mod entries;
mod epochs;

use std::time::Duration;

use ledger::{FaultCode, PeerFault, limits, node::Validity};
use peering::{Answer, Body, Failure, PeerClient, RetryAfter};
use store::{Claim, PollSuccess, PullOutcome, StoreError};
use tokio::time::Instant;
use wire::Timestamp;

use crate::node::Node;
use chain::Known;

/// How a poll ended, and what it brought.
#[derive(Debug, Default)]
pub struct PollReport {
    /// What became of the log.
    pub log: PullOutcome,
    /// Bodies that were taken in.
    pub bodies: u64,
    /// Whether there is more to fetch; the peer is due at once then.
    pub more: bool,
    /// What was found against the peer.
    pub fault: Option<PeerFault>,
    /// What went wrong here.
    pub error: Option<StoreError>,
}

impl PollReport {
    /// Writes a line about the poll to the program's log.
    pub fn log(&self, claim: &Claim) {
        let peer = &claim.peer.handle;
        let Self { log, bodies, .. } = self;
        match (&self.error, &self.fault) {
            (Some(StoreError::LeaseLost(_)), _) => {
                tracing::debug!(peer, "a poll was overtaken, or its peer was removed");
            }
            (Some(error), _) => {
                let error = error as &dyn std::error::Error;
                tracing::error!(peer, error, "a poll failed here; it is tried again");
            }
            (None, Some(fault)) => tracing::warn!(peer, %fault, "a poll found a fault"),
            (None, None) if log.entries > 0 || *bodies > 0 => {
                let PullOutcome {
                    entries, withdrawn, ..
                } = log;
                tracing::info!(peer, entries, withdrawn, bodies, "pulled");
            }
            (None, None) => tracing::debug!(peer, "nothing new"),
        }
    }
}

/// Why a poll ends before its last step.
enum Stop {
    /// A fault of the peer.
    Fault(PeerFault, Option<RetryAfter>),
    /// This node's own database.
    Store(StoreError),
    /// This node's own clock seems wrong; nothing can be said of the peer.
    Clock,
    /// Its time is over, or it has taken as many steps as it may: the next poll goes on.
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

type Step<T> = Result<T, Stop>;

/// A poll under way.
struct Poll<'a> {
    node: &'a Node,
    claim: &'a Claim,
    client: PeerClient,
    /// Fixed at the start (step 0).
    now: Timestamp,
    /// When its time is over.
    deadline: Instant,
    /// Whether the peer has answered at all.
    contacted: bool,
    stale: bool,
    node_etag: Option<String>,
    checkpoint_etag: Option<String>,
    /// What the first look at the checkpoint brought, for step 2.
    glimpse: Option<Answer>,
    /// When it wishes to be asked for bodies again.
    retry_after: Option<RetryAfter>,
    report: PollReport,
}

/// Polls a peer that was claimed, and records how it went.
pub async fn pull(node: &Node, claim: &Claim) -> PollReport {
    let client = match node
        .network
        .client(&claim.peer.base, &claim.peer.allow_cidr)
    {
        Ok(client) => client,
        Err(fault) => return refused(node, claim, fault).await,
    };
    let mut poll = Poll {
        node,
        claim,
        client,
        now: node.now(),
        deadline: Instant::now() + limits::POLL_TIME,
        contacted: false,
        stale: false,
        node_etag: None,
        checkpoint_etag: None,
        glimpse: None,
        retry_after: None,
        report: PollReport::default(),
    };
    let ended = poll.run().await;
    if let Err(error) = poll.record(ended).await {
        poll.report.error.get_or_insert(error);
    }
    poll.report
}

/// Records that a peer's address breaks the network rules; nothing is connected to.
async fn refused(node: &Node, claim: &Claim, fault: PeerFault) -> PollReport {
    let error = record_fault(node, claim, &fault, false, None).await.err();
    PollReport {
        fault: Some(fault),
        error,
        ..PollReport::default()
    }
}

impl Poll<'_> {
    /// Steps 1 to 10; returns the time of the checkpoint that is held at the end.
    async fn run(&mut self) -> Step<Option<Timestamp>> {
        let held = self.held_document().await?;
        let (mut known, nothing_new) = match held {
            Some(document) if self.has_nothing_new(&document).await => {
                (Known::held(document), true)
            }
            held => (self.follow_chain(held).await?, false),
        };
        self.follow_base(&known.document).await?;
        match known.document.validity(self.now) {
            Validity::Good => {}
            Validity::Stale => self.stale = true,
            Validity::Expired => {
                let expires = known.document.content().expires;
                let text = format!("the node document expired at {expires}, more than 90 days ago");
                return Err(FaultCode::Expired.fault(text).into());
            }
        }
        let offered = if nothing_new {
            None
        } else {
            self.fetch_checkpoint(&mut known).await?
        };
        let content = known.document.content();
        let epoch = content.epoch;
        let seen = match offered {
            Some(offered) => {
                self.finish_closed(content).await?;
                Some(self.take_in(epoch, offered).await?)
            }
            None => self.claim.peer.checkpoint_at,
        };
        if let Some(seen) = seen
            && self.now.since(seen) > limits::STALE_AFTER
        {
            self.node
                .peer_clocks
                .note(self.claim.peer.node_seq, seen, self.now);
            if self.node.peer_clocks.are_ours(seen, self.now) {
                self.suspect_clock();
            } else {
                self.stale = true;
            }
        }
        for epoch in content.closed.iter().map(|closed| closed.epoch) {
            if !self.fetch_bodies(epoch).await? {
                return Ok(seen);
            }
        }
        self.fetch_bodies(epoch).await?;
        Ok(seen)
    }

    /// Step 11, or what follows a fault.
    async fn record(&mut self, ended: Step<Option<Timestamp>>) -> Result<(), StoreError> {
        let Self { node, claim, .. } = *self;
        let now = node.now();
        match ended {
            Ok(seen) => {
                let wait = backoff::after_success(self.interval(), backoff::chance());
                let asked = self.retry_after.and_then(|wish| wish.delay(now));
                let wait = wait.max(asked.unwrap_or_default());
                let success = PollSuccess {
                    next_due: if self.report.more {
                        now
                    } else {
                        now.plus(wait)
                    },
                    fresh: seen.filter(|_| !self.stale),
                    stale: self.stale,
                    node_etag: self.node_etag.take(),
                    checkpoint_etag: self.checkpoint_etag.take(),
                };
                node.store.record_success(claim, &success, now).await
            }
            Err(Stop::Cut) => {
                self.report.more = true;
                node.store.record_contact(claim, now).await?;
                node.store.release_claim(claim, now).await
            }
            Err(Stop::Fault(fault, retry_after)) => {
                let asked = retry_after.and_then(|wish| wish.delay(now));
                let recorded = record_fault(node, claim, &fault, self.contacted, asked).await;
                self.report.fault = Some(fault);
                recorded
            }
            Err(Stop::Clock) => {
                self.suspect_clock();
                node.store.record_contact(claim, now).await?;
                node.store
                    .release_claim(claim, now.plus(self.interval()))
                    .await
            }
            Err(Stop::Store(error)) => {
                // Nothing is held against the peer; a lease that is lost is not ours to give back.
                let wait = if error.is_temporary() {
                    backoff::after_missing(0, backoff::chance())
                } else {
                    // It would fail again, and fetch all of it again.
                    backoff::after_success(self.interval(), backoff::chance())
                };
                let again = now.plus(wait);
                if !matches!(error, StoreError::LeaseLost(_)) {
                    let _ = node.store.release_claim(claim, again).await;
                }
                Err(error)
            }
        }
    }

    /// Returns the answer's body; anything else is a fault, since the endpoint has to be there.
    fn body_of(&mut self, answer: Answer, what: &str) -> Step<Body> {
        self.contacted = true;
        match answer {
            Answer::Body(body) => Ok(body),
            Answer::NotModified { .. } => {
                Err(transport(format!("{what} came as \"not modified\"")))
            }
            Answer::NotFound => Err(transport(format!("{what} is not there"))),
            Answer::Gone => Err(transport(format!("{what} is gone"))),
            Answer::Unauthorised => Err(transport(format!("{what} is not for this node"))),
        }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Returns the ordinary time between two polls of the peer.
    fn interval(&self) -> Duration {
        let usual = self.node.settings.federation.interval;
        self.claim.peer.interval.unwrap_or(usual)
    }

    fn suspect_clock(&self) {
        tracing::error!(
            peer = self.claim.peer.handle,
            "the clock of this machine seems wrong: half of the peers are shifted alike"
        );
    }
}

fn transport(text: String) -> Stop {
    FaultCode::Transport.fault(text).into()
}

async fn record_fault(
    node: &Node,
    claim: &Claim,
    fault: &PeerFault,
    contacted: bool,
    asked: Option<Duration>,
) -> Result<(), StoreError> {
    let now = node.now();
    let peer = &claim.peer;
    let heard = if contacted {
        now
    } else {
        peer.last_contact.unwrap_or(peer.added_at)
    };
    let failed = backoff::Failed {
        code: fault.code,
        failures: peer.failures,
        silent: now.since(heard),
        asked,
    };
    let next_due = now.plus(backoff::after_fault(failed, backoff::chance()));
    if contacted {
        node.store.record_contact(claim, now).await?;
    }
    node.store.record_fault(claim, fault, next_due, now).await
}
