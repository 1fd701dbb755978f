//! Step 10: the bodies that the leaves promise.
//!
//! No fault of the peer follows from a body. What breaks a rule is quarantined, what is not there or has other bytes is
//! unavailable and tried again. One answer is fetched while the one before it is read and stored, so that a poll never
//! holds more than three.

use std::{collections::HashMap, ops::ControlFlow};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use ledger::limits::{
    BUNDLE_ENTRIES, BUNDLES_IN_FLIGHT, FALLBACK_BODIES, FEW_BODIES, POLL_BODY_BYTES,
};
use peering::{Answer, Failure, PeerClient, RetryAfter};
use store::{AcceptedBody, MissingBody, RefusedBody, StoreError};
use tokio::{sync::mpsc, task::spawn_blocking, time::Instant};
use wire::{Digest, NodeId, Timestamp};

use super::{Poll, Step, backoff};
use crate::{flows::fields::fields, node::Node};

/// Missing bodies that are looked up at a time: those of 16 bundles.
const LOOK_UP: u32 = 4096;
/// Faults of a body that are told; the rest says no more.
const MOST_FAULTS: usize = 3;
/// Bodies in a row that could not be asked for before the rest is left to the next poll.
const MOST_FAILURES: usize = 3;

/// What came of asking for one body.
struct Arrived {
    missing: MissingBody,
    found: Found,
}

enum Found {
    /// Bytes whose digest is the promised one.
    Bytes(Bytes),
    /// None, and why, in words for the operator.
    Nothing(String),
}

/// What a poll may still do for bodies, and whom it asks.
struct Fetching<'a> {
    node: &'a Node,
    client: &'a PeerClient,
    node_seq: i64,
    epoch: u64,
    deadline: Instant,
    /// Decoded bytes that may still come.
    bytes: u64,
    /// Bodies that may still be asked for one by one in place of a bundle.
    fallback: usize,
    /// Requests that failed in a row.
    failures: usize,
    retry_after: Option<RetryAfter>,
    ready: mpsc::Sender<Vec<Arrived>>,
}

/// How the fetching ended.
enum Fetched {
    /// Everything that is due was asked for.
    All,
    /// The poll's share is used up; the rest follows at once.
    Cut,
    /// The peer does not answer, or wishes to be asked later; the rest waits.
    Silent(Option<RetryAfter>),
}

impl Poll<'_> {
    /// Fetches what is missing and due, and takes it in as it comes.
    pub(super) async fn fetch_bodies(&mut self, epoch: u64) -> Step<()> {
        let Self {
            node, claim, now, ..
        } = *self;
        let (ready, arrived) = mpsc::channel(1);
        let fetching = Fetching {
            node,
            client: &self.client,
            node_seq: claim.peer.node_seq,
            epoch,
            deadline: self.deadline,
            bytes: POLL_BODY_BYTES,
            fallback: FALLBACK_BODIES,
            failures: 0,
            retry_after: None,
            ready,
        };
        let taking = Taking {
            node,
            peer: claim.peer.node.clone(),
            node_seq: claim.peer.node_seq,
        };
        let (fetched, taken) = tokio::join!(fetching.run(now), taking.run(arrived));
        self.report.bodies = taken?;
        match fetched? {
            Fetched::All => {}
            Fetched::Cut => self.report.more = true,
            Fetched::Silent(retry_after) => self.retry_after = retry_after,
        }
        Ok(())
    }
}

impl Fetching<'_> {
    async fn run(mut self, now: Timestamp) -> Result<Fetched, StoreError> {
        let mut first = 0;
        loop {
            let store = &self.node.store;
            let mut missing = store
                .missing_bodies(self.node_seq, self.epoch, first, LOOK_UP, now)
                .await?;
            let Some(last) = missing.last().map(|missing| missing.leaf_index) else {
                return Ok(Fetched::All);
            };
            first = last + 1;
            if missing.len() == usize::try_from(LOOK_UP).unwrap_or(usize::MAX) {
                // The last bundle may not be there in full; it comes first the next time.
                let bundle = last / BUNDLE_ENTRIES;
                first = bundle * BUNDLE_ENTRIES;
                missing.retain(|missing| missing.leaf_index < first);
            }
            for (n, missing) in by_bundle(missing) {
                if self.is_over() {
                    return Ok(Fetched::Cut);
                }
                let flow = if missing.len() <= FEW_BODIES {
                    self.one_by_one(missing).await
                } else {
                    self.bundle(n, missing).await?
                };
                if let ControlFlow::Break(ended) = flow {
                    return Ok(ended);
                }
            }
        }
    }

    /// Asks for the bodies of a bundle page by page; what it lacks one by one.
    async fn bundle(
        &mut self,
        n: u64,
        missing: Vec<MissingBody>,
    ) -> Result<ControlFlow<Fetched>, StoreError> {
        let mut promised = self
            .node
            .store
            .promised_bodies(self.node_seq, self.epoch, n)
            .await?;
        let mut missing: HashMap<Digest, Vec<MissingBody>> = {
            let mut by_digest: HashMap<Digest, Vec<MissingBody>> = HashMap::new();
            for one in missing {
                by_digest.entry(one.digest).or_default().push(one);
            }
            by_digest
        };
        let mut after = None;
        while !missing.is_empty() {
            let lines = match self.client.docs(self.epoch, n, after).await {
                Ok(Answer::Body(body)) => body.bytes,
                Ok(_) => break,
                Err(failure) => {
                    tracing::debug!(%failure, n, "a bundle of bodies failed");
                    self.spend(failure.received);
                    if failure.retry_after.is_some() {
                        let silent = Fetched::Silent(failure.retry_after);
                        return Ok(ControlFlow::Break(silent));
                    }
                    break;
                }
            };
            self.failures = 0;
            self.spend(lines.len());
            let matched = spawn_blocking(move || {
                let matched = matching(&lines, &promised);
                (matched, promised)
            });
            // A task that was cancelled found nothing.
            let Ok((matched, back)) = matched.await else {
                break;
            };
            promised = back;
            let greatest = matched.iter().map(|(index, ..)| *index).max();
            let arrived = matched
                .into_iter()
                .filter_map(|(_, digest, line)| Some((missing.remove(&digest)?, line)))
                .flat_map(|(missing, line)| {
                    missing.into_iter().map(move |missing| Arrived {
                        missing,
                        found: Found::Bytes(line.clone()),
                    })
                })
                .collect();
            if self.send(arrived).await.is_break() || self.is_over() {
                return Ok(ControlFlow::Break(Fetched::Cut));
            }
            // No progress is the end, whatever the peer would still send.
            if greatest.is_none() || greatest <= after {
                break;
            }
            after = greatest;
        }
        let mut lacking: Vec<MissingBody> = missing.into_values().flatten().collect();
        lacking.sort_unstable_by_key(|missing| missing.leaf_index);
        Ok(self.in_place(lacking).await)
    }

    /// Asks one by one for what a bundle lacks, as far as a poll may.
    async fn in_place(&mut self, mut lacking: Vec<MissingBody>) -> ControlFlow<Fetched> {
        if lacking.is_empty() {
            return ControlFlow::Continue(());
        }
        let rest = lacking.split_off(lacking.len().min(self.fallback));
        self.fallback -= lacking.len();
        let nothing = |missing| Arrived {
            missing,
            found: Found::Nothing("the bundle of its leaf lacks it".to_owned()),
        };
        self.one_by_one(lacking).await?;
        self.send(rest.into_iter().map(nothing).collect()).await
    }

    async fn one_by_one(&mut self, missing: Vec<MissingBody>) -> ControlFlow<Fetched> {
        let client = self.client;
        let mut answers = stream::iter(missing)
            .map(|missing| async move { (client.doc(&missing.digest).await, missing) })
            .buffered(BUNDLES_IN_FLIGHT);
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
                    // One that is of no use by its form says nothing of the others.
                    self.failures = if failure.answered {
                        0
                    } else {
                        self.failures + 1
                    };
                    self.retry_after = failure.retry_after.or(self.retry_after);
                }
            }
            let found = found(answer, &missing.digest);
            self.send(vec![Arrived { missing, found }]).await?;
            if self.failures >= MOST_FAILURES || self.retry_after.is_some() {
                return ControlFlow::Break(Fetched::Silent(self.retry_after));
            }
            if self.is_over() {
                return ControlFlow::Break(Fetched::Cut);
            }
        }
        ControlFlow::Continue(())
    }

    async fn send(&self, arrived: Vec<Arrived>) -> ControlFlow<Fetched> {
        if arrived.is_empty() || self.ready.send(arrived).await.is_ok() {
            ControlFlow::Continue(())
        } else {
            // Whoever takes them in has failed, and says why.
            ControlFlow::Break(Fetched::Silent(None))
        }
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes = self
            .bytes
            .saturating_sub(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    fn is_over(&self) -> bool {
        self.bytes == 0 || Instant::now() >= self.deadline
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

/// Returns the lines that a leaf of the bundle promises, with its index; others are ignored.
fn matching(lines: &Bytes, promised: &HashMap<Digest, u64>) -> Vec<(u64, Digest, Bytes)> {
    let mut matched = Vec::new();
    let mut start = 0;
    for line in lines.split(|byte| *byte == b'\n') {
        let digest = Digest::of(line);
        if let Some(index) = promised.get(&digest) {
            matched.push((*index, digest, lines.slice(start..start + line.len())));
        }
        start += line.len() + 1;
    }
    matched
}

/// Says what an answer to the question for one body is worth.
fn found(answer: Result<Answer, Failure>, digest: &Digest) -> Found {
    let nothing = |text: &str| Found::Nothing(text.to_owned());
    match answer {
        Ok(Answer::Body(body)) if Digest::of(&body.bytes) == *digest => Found::Bytes(body.bytes),
        Ok(Answer::Body(_)) => nothing("the peer serves other bytes than its leaf promises"),
        Ok(Answer::Gone) => nothing("the peer says that it is gone"),
        Ok(Answer::Unauthorised) => nothing("it is for peers of that node only"),
        Ok(Answer::NotFound | Answer::NotModified { .. }) => nothing("the peer does not have it"),
        Err(failure) => Found::Nothing(failure.to_string()),
    }
}

/// Reads and stores bodies as they come.
struct Taking<'a> {
    node: &'a Node,
    peer: NodeId,
    node_seq: i64,
}

impl Taking<'_> {
    /// Takes in what comes until there is no more; returns how many bodies were wanted.
    async fn run(&self, mut arrived: mpsc::Receiver<Vec<Arrived>>) -> Result<u64, StoreError> {
        let mut taken = 0;
        while let Some(mut batch) = arrived.recv().await {
            // Bodies that came one by one are stored together.
            while let Ok(more) = arrived.try_recv() {
                batch.extend(more);
            }
            taken += self.take(batch).await?;
        }
        Ok(taken)
    }

    async fn take(&self, batch: Vec<Arrived>) -> Result<u64, StoreError> {
        let peer = self.peer.clone();
        let judged = spawn_blocking(move || {
            let mut judged = Judged::default();
            batch.into_iter().for_each(|one| judged.add(one, &peer));
            judged
        });
        // It can only have been cancelled, by the end of the program.
        let Ok(Judged {
            accepted,
            quarantined,
            unavailable,
        }) = judged.await
        else {
            return Ok(0);
        };
        let (store, now) = (&self.node.store, self.node.now());
        if !quarantined.is_empty() {
            store
                .quarantine_documents(self.node_seq, &quarantined)
                .await?;
        }
        if !unavailable.is_empty() {
            let again = |tries| now.plus(backoff::after_missing(tries, backoff::chance()));
            let refused: Vec<_> = unavailable
                .into_iter()
                .map(|(body, tries)| (body, again(tries)))
                .collect();
            store.mark_unavailable(self.node_seq, &refused).await?;
        }
        let taken = store.accept_bodies(self.node_seq, accepted, now).await?;
        if taken > 0 {
            self.node.indexer.wake();
        }
        Ok(u64::try_from(taken).unwrap_or(0))
    }
}

/// Bodies, sorted by what becomes of them.
#[derive(Default)]
struct Judged {
    accepted: Vec<AcceptedBody>,
    quarantined: Vec<RefusedBody>,
    /// With how often they were tried before.
    unavailable: Vec<(RefusedBody, u32)>,
}

impl Judged {
    /// Judges one body: length, digest, form, id and revision, limits.
    fn add(&mut self, Arrived { missing, found }: Arrived, peer: &NodeId) {
        let MissingBody {
            id,
            rev,
            digest,
            len,
            tries,
            ..
        } = missing;
        let refused = |reason: String| RefusedBody { id, rev, reason };
        let bytes = match found {
            Found::Bytes(bytes) if u64::try_from(bytes.len()) == Ok(len) => bytes,
            Found::Bytes(bytes) => {
                let text = format!("{} bytes where the leaf promises {len}", bytes.len());
                self.unavailable.push((refused(text), tries));
                return;
            }
            Found::Nothing(text) => {
                self.unavailable.push((refused(text), tries));
                return;
            }
        };
        let body = match domain::body::read(&bytes) {
            Ok(body) => body,
            Err(faults) => {
                let told = faults
                    .iter()
                    .take(MOST_FAULTS)
                    .map(|fault| fault.text.as_str());
                self.quarantined
                    .push(refused(told.collect::<Vec<_>>().join("; ")));
                return;
            }
        };
        if (body.stamp.id, body.stamp.rev) != (id, rev) {
            let text = "the body is of another id or revision than its leaf".to_owned();
            self.quarantined.push(refused(text));
            return;
        }
        let fields = fields(&body, peer);
        self.accepted.push(AcceptedBody {
            id,
            rev,
            digest,
            body: bytes.to_vec(),
            fields,
        });
    }
}
