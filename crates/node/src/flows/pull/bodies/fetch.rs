//! Asks a peer for the missing bodies of an epoch, within what one poll may fetch.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use ledger::limits::{
    BUNDLE_ENTRIES, MAX_BUNDLES_IN_FLIGHT, MAX_FALLBACK_BODIES, MAX_POLL_BODY_BYTES,
    MAX_SINGLE_BODIES,
};
use peering::{Answer, Failure, PeerClient, RetryAfter};
use store::{MissingBody, StoreError};
use tokio::{sync::mpsc, task::spawn_blocking, time::Instant};
use wire::{Digest, Timestamp};

use super::{Attempt, BodiesEnd, to_u64};
use crate::{flows::pull::Poll, node::Node};

/// Missing bodies that are looked up in the database at a time: those of 16 bundles.
const MAX_LOOKED_UP: u32 = 4096;
/// Requests that fail in a row before the rest is left to the next poll.
const MAX_FAILURES: usize = 3;
/// Lines of a page that are hashed; a page of an honest peer has 256 at most.
const MAX_HASHED_LINES: usize = 4096;
/// A poll that is cut continues at once if at least one byte in this many was of a body.
const MIN_USEFUL_SHARE: u64 = 8;

/// Asks for bodies, and counts what that has cost.
pub(super) struct Fetcher<'a> {
    node: &'a Node,
    client: &'a PeerClient,
    node_seq: i64,
    epoch: u64,
    deadline: Instant,
    /// Decoded bytes that were received, useful or not.
    read: u64,
    /// Bytes of bodies among them.
    useful: u64,
    /// Bodies that may still be asked for one by one because their bundle lacks them.
    fallback: usize,
    /// Requests that failed in a row.
    failures: usize,
    retry_after: Option<RetryAfter>,
    attempts: mpsc::Sender<Vec<Attempt>>,
}

impl<'a> Fetcher<'a> {
    /// Returns a fetcher for one epoch; what it fetches goes to `attempts`.
    pub(super) fn new(
        poll: &'a Poll<'_>,
        epoch: u64,
        attempts: mpsc::Sender<Vec<Attempt>>,
    ) -> Self {
        Self {
            node: poll.node,
            client: &poll.client,
            node_seq: poll.claim.peer.node_seq,
            epoch,
            deadline: poll.deadline,
            read: 0,
            useful: 0,
            fallback: MAX_FALLBACK_BODIES,
            failures: 0,
            retry_after: None,
            attempts,
        }
    }

    /// Asks for every body that is missing and due at `now`, in the order of the leaves.
    pub(super) async fn run(mut self, now: Timestamp) -> Result<BodiesEnd, StoreError> {
        let mut first = 0;
        loop {
            let store = &self.node.store;
            let mut missing = store
                .missing_bodies(self.node_seq, self.epoch, first, MAX_LOOKED_UP, now)
                .await?;
            let Some(last) = missing.last().map(|missing| missing.leaf_index) else {
                return Ok(BodiesEnd::AllAsked);
            };
            first = last + 1;
            if missing.len() == usize::try_from(MAX_LOOKED_UP).unwrap_or(usize::MAX) {
                // The lookup may have ended inside the last bundle, which comes first in the next one.
                let bundle = last / BUNDLE_ENTRIES;
                first = bundle * BUNDLE_ENTRIES;
                missing.retain(|missing| missing.leaf_index < first);
            }
            for (n, missing) in by_bundle(missing) {
                if self.is_over() {
                    return Ok(self.cut());
                }
                // A few are asked for by digest; more come with their bundle.
                let flow = if missing.len() <= MAX_SINGLE_BODIES {
                    self.fetch_each(missing).await
                } else {
                    self.fetch_bundle(n, missing).await
                };
                if let ControlFlow::Break(ended) = flow {
                    return Ok(ended);
                }
            }
        }
    }

    /// Asks for the bodies of a bundle page by page, as long as each page brings a missing one, and then one by one for
    /// those that the bundle lacks.
    async fn fetch_bundle(&mut self, n: u64, missing: Vec<MissingBody>) -> ControlFlow<BodiesEnd> {
        let mut wanted = MissingOfBundle::new(missing);
        let mut reason = "the bundle of its leaf lacks it".to_owned();
        while let Some(first) = wanted.first() {
            // The page begins at the first missing body: those before it are held.
            let after = first.checked_sub(1).filter(|_| first % BUNDLE_ENTRIES > 0);
            let lines = match self.client.docs(self.epoch, n, after).await {
                Ok(Answer::Body(body)) => body.bytes,
                Ok(_) => break,
                Err(failure) => {
                    self.spend(failure.received);
                    if failure.retry_after.is_some() {
                        return ControlFlow::Break(BodiesEnd::Silent(failure.retry_after));
                    }
                    reason = format!("the bundle of its leaf could not be fetched: {failure}");
                    break;
                }
            };
            self.failures = 0;
            self.spend(lines.len());
            // The task can only have been cancelled, by the end of the program.
            let Ok((found, rest)) = spawn_blocking(move || wanted.find_in(&lines)).await else {
                return ControlFlow::Continue(());
            };
            wanted = rest;
            if found.is_empty() {
                break;
            }
            self.send(found).await?;
            if self.is_over() {
                return ControlFlow::Break(self.cut());
            }
        }
        self.fetch_lacking(wanted.rest(), &reason).await
    }

    /// Asks one by one for what a bundle lacks, up to [`MAX_FALLBACK_BODIES`] in a poll. The rest is unavailable, for `reason`.
    async fn fetch_lacking(
        &mut self,
        mut lacking: Vec<MissingBody>,
        reason: &str,
    ) -> ControlFlow<BodiesEnd> {
        if lacking.is_empty() {
            return ControlFlow::Continue(());
        }
        let rest = lacking.split_off(lacking.len().min(self.fallback));
        self.fallback -= lacking.len();
        let unavailable = |missing| Attempt {
            missing,
            body: Err(reason.to_owned()),
        };
        self.fetch_each(lacking).await?;
        self.send(rest.into_iter().map(unavailable).collect()).await
    }

    /// Asks for each body by its digest, several at a time.
    async fn fetch_each(&mut self, missing: Vec<MissingBody>) -> ControlFlow<BodiesEnd> {
        let client = self.client;
        let mut answers = stream::iter(missing)
            .map(|missing| async move { (client.doc(&missing.digest).await, missing) })
            .buffered(MAX_BUNDLES_IN_FLIGHT);
        while let Some((answer, missing)) = answers.next().await {
            match &answer {
                Ok(answer) => {
                    self.failures = 0;
                    if let Answer::Body(body) = answer {
                        self.spend(body.bytes.len());
                    }
                }
                Err(failure) => {
                    self.spend(failure.received);
                    // An answer that cannot be used concerns one body only. A request without an answer counts.
                    self.failures = if failure.answered {
                        0
                    } else {
                        self.failures + 1
                    };
                    self.retry_after = failure.retry_after.or(self.retry_after);
                }
            }
            let body = check_answer(answer, &missing.digest);
            self.send(vec![Attempt { missing, body }]).await?;
            if self.failures >= MAX_FAILURES || self.retry_after.is_some() {
                return ControlFlow::Break(BodiesEnd::Silent(self.retry_after));
            }
            if self.is_over() {
                return ControlFlow::Break(self.cut());
            }
        }
        ControlFlow::Continue(())
    }

    /// Sends attempts to be stored.
    async fn send(&mut self, attempts: Vec<Attempt>) -> ControlFlow<BodiesEnd> {
        let bodies = attempts.iter().flat_map(|attempt| &attempt.body);
        let bytes = bodies.map(|body| to_u64(body.len()));
        self.useful = self.useful.saturating_add(bytes.sum());
        if attempts.is_empty() || self.attempts.send(attempts).await.is_ok() {
            ControlFlow::Continue(())
        } else {
            // Storing has failed, and its error ends the poll.
            ControlFlow::Break(BodiesEnd::Silent(None))
        }
    }

    /// Counts bytes towards what a poll may read.
    fn spend(&mut self, bytes: usize) {
        self.read = self.read.saturating_add(to_u64(bytes));
    }

    fn is_over(&self) -> bool {
        self.read >= MAX_POLL_BODY_BYTES || Instant::now() >= self.deadline
    }

    /// Returns how a poll that is cut ends: it continues at once if enough of the bytes were bodies.
    fn cut(&self) -> BodiesEnd {
        BodiesEnd::Cut {
            at_once: self.useful.saturating_mul(MIN_USEFUL_SHARE) >= self.read,
        }
    }
}

/// Groups missing bodies, which are in the order of their leaves, by their bundles.
fn by_bundle(missing: Vec<MissingBody>) -> Vec<(u64, Vec<MissingBody>)> {
    let mut bundles: Vec<(u64, Vec<MissingBody>)> = Vec::new();
    for missing in missing {
        let n = missing.leaf_index / BUNDLE_ENTRIES;
        match bundles.last_mut() {
            Some((last, bundle)) if *last == n => bundle.push(missing),
            _ => bundles.push((n, vec![missing])),
        }
    }
    bundles
}

/// The missing bodies of a bundle that no page has brought so far.
struct MissingOfBundle {
    /// Several documents may have the same bytes.
    by_digest: HashMap<Digest, Vec<MissingBody>>,
    /// Their lengths: a line of another length is not hashed.
    lengths: HashSet<u64>,
    /// Leaf indexes that no page has reached yet.
    ahead: BTreeSet<u64>,
}

impl MissingOfBundle {
    fn new(missing: Vec<MissingBody>) -> Self {
        let mut by_digest: HashMap<Digest, Vec<MissingBody>> = HashMap::new();
        let lengths = missing.iter().map(|one| one.len).collect();
        let ahead = missing.iter().map(|one| one.leaf_index).collect();
        for one in missing {
            by_digest.entry(one.digest).or_default().push(one);
        }
        Self {
            by_digest,
            lengths,
            ahead,
        }
    }

    /// Returns the first leaf index that no page has reached yet.
    fn first(&self) -> Option<u64> {
        self.ahead.first().copied()
    }

    /// Finds missing bodies among the lines of a page; other lines are ignored. Returns them, and what is still missing.
    fn find_in(mut self, lines: &Bytes) -> (Vec<Attempt>, Self) {
        let mut found = Vec::new();
        let (mut start, mut hashed) = (0, 0);
        for end in memchr::memchr_iter(b'\n', lines).chain([lines.len()]) {
            let line = lines.slice(start..end);
            start = end + 1;
            if !self.lengths.contains(&to_u64(line.len())) || hashed == MAX_HASHED_LINES {
                continue;
            }
            hashed += 1;
            let missing = self
                .by_digest
                .remove(&Digest::for_bytes(&line))
                .unwrap_or_default();
            found.extend(missing.into_iter().map(|missing| Attempt {
                missing,
                body: Ok(line.clone()),
            }));
        }
        if let Some(reached) = found.iter().map(|one| one.missing.leaf_index).max() {
            self.ahead = self.ahead.split_off(&(reached + 1));
        }
        (found, self)
    }

    /// Returns what no page has brought, in the order of the leaves.
    fn rest(self) -> Vec<MissingBody> {
        let mut rest: Vec<MissingBody> = self.by_digest.into_values().flatten().collect();
        rest.sort_unstable_by_key(|missing| missing.leaf_index);
        rest
    }
}

/// Returns the body in an answer, or in words for the operator why there is none.
fn check_answer(answer: Result<Answer, Failure>, digest: &Digest) -> Result<Bytes, String> {
    let reason = match answer {
        Ok(Answer::Body(body)) if Digest::for_bytes(&body.bytes) == *digest => {
            return Ok(body.bytes);
        }
        Ok(Answer::Body(_)) => "the peer serves other bytes than its leaf promises".to_owned(),
        Ok(Answer::Gone) => "the peer says that it is gone".to_owned(),
        Ok(Answer::Unauthorised) => "it is for peers of that node only".to_owned(),
        Ok(Answer::NotFound | Answer::NotModified { .. }) => "the peer does not have it".to_owned(),
        Err(failure) => failure.to_string(),
    };
    Err(reason)
}
