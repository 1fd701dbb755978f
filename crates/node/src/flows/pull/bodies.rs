//! Step 10: the bodies that the leaves promise.
//!
//! No fault of the peer follows from a body. What breaks a rule is quarantined, what is not there or has other bytes is
//! unavailable and tried again. One answer is fetched while the one before it is read and stored, so that a poll never
//! holds more than three.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
};

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
/// Lines of a page that are hashed; an honest one has 256 at most.
const MOST_LINES: usize = 4096;
/// The least share of what was read that has to be bodies, if a poll that was cut is to go on at once.
const USEFUL_SHARE: u64 = 8;

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
    /// Decoded bytes that came, whatever they were.
    read: u64,
    /// Bytes of them that were bodies.
    useful: u64,
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
    /// The poll's share is used up. The rest follows at once, unless nearly all that came was of no use.
    Cut { at_once: bool },
    /// The peer does not answer, or wishes to be asked later; the rest waits.
    Silent(Option<RetryAfter>),
}

impl Poll<'_> {
    /// Fetches what is missing of an epoch and due, and takes it in as it comes; returns whether everything was asked for.
    pub(super) async fn fetch_bodies(&mut self, epoch: u64) -> Step<bool> {
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
            read: 0,
            useful: 0,
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
        self.report.bodies += taken?;
        match fetched? {
            Fetched::All => return Ok(true),
            Fetched::Cut { at_once } => self.report.more = at_once,
            Fetched::Silent(retry_after) => self.retry_after = retry_after,
        }
        Ok(false)
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
                    return Ok(self.cut());
                }
                let flow = if missing.len() <= FEW_BODIES {
                    self.one_by_one(missing).await
                } else {
                    self.bundle(n, missing).await
                };
                if let ControlFlow::Break(ended) = flow {
                    return Ok(ended);
                }
            }
        }
    }

    /// Asks for the bodies of a bundle page by page, as long as each page brings one that is missing; what it lacks then
    /// one by one.
    async fn bundle(&mut self, n: u64, missing: Vec<MissingBody>) -> ControlFlow<Fetched> {
        let mut wanted = Wanted::new(missing);
        let mut lacks = "the bundle of its leaf lacks it".to_owned();
        while let Some(first) = wanted.first() {
            // The page begins at what is missing, however much is held before it.
            let after = first.checked_sub(1).filter(|_| first % BUNDLE_ENTRIES > 0);
            let lines = match self.client.docs(self.epoch, n, after).await {
                Ok(Answer::Body(body)) => body.bytes,
                Ok(_) => break,
                Err(failure) => {
                    self.spend(failure.received);
                    if failure.retry_after.is_some() {
                        return ControlFlow::Break(Fetched::Silent(failure.retry_after));
                    }
                    lacks = format!("the bundle of its leaf cannot be had: {failure}");
                    break;
                }
            };
            self.failures = 0;
            self.spend(lines.len());
            // A task that was cancelled found nothing.
            let Ok((arrived, rest)) = spawn_blocking(move || wanted.take(&lines)).await else {
                return ControlFlow::Continue(());
            };
            wanted = rest;
            if arrived.is_empty() {
                break;
            }
            self.send(arrived).await?;
            if self.is_over() {
                return ControlFlow::Break(self.cut());
            }
        }
        self.in_place(wanted.rest(), &lacks).await
    }

    /// Asks one by one for what a bundle lacks, as far as a poll may.
    async fn in_place(&mut self, mut lacking: Vec<MissingBody>, why: &str) -> ControlFlow<Fetched> {
        if lacking.is_empty() {
            return ControlFlow::Continue(());
        }
        let rest = lacking.split_off(lacking.len().min(self.fallback));
        self.fallback -= lacking.len();
        let nothing = |missing| Arrived {
            missing,
            found: Found::Nothing(why.to_owned()),
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
                return ControlFlow::Break(self.cut());
            }
        }
        ControlFlow::Continue(())
    }

    async fn send(&mut self, arrived: Vec<Arrived>) -> ControlFlow<Fetched> {
        let bytes = arrived.iter().map(|one| match &one.found {
            Found::Bytes(bytes) => to_u64(bytes.len()),
            Found::Nothing(_) => 0,
        });
        self.useful = self.useful.saturating_add(bytes.sum());
        if arrived.is_empty() || self.ready.send(arrived).await.is_ok() {
            ControlFlow::Continue(())
        } else {
            // Whoever takes them in has failed, and says why.
            ControlFlow::Break(Fetched::Silent(None))
        }
    }

    fn spend(&mut self, bytes: usize) {
        self.read = self.read.saturating_add(to_u64(bytes));
    }

    fn is_over(&self) -> bool {
        self.read >= POLL_BODY_BYTES || Instant::now() >= self.deadline
    }

    fn cut(&self) -> Fetched {
        Fetched::Cut {
            at_once: self.useful.saturating_mul(USEFUL_SHARE) >= self.read,
        }
    }
}

fn to_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
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

/// What is missing of a bundle, while its pages come.
struct Wanted {
    by_digest: HashMap<Digest, Vec<MissingBody>>,
    /// Their lengths: a line of another length is none of them, and is not hashed.
    lengths: HashSet<u64>,
    /// Leaf indexes that no page has reached yet.
    ahead: BTreeSet<u64>,
}

impl Wanted {
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

    /// Takes what is missing out of a page's lines; lines that nobody asked for are ignored.
    fn take(mut self, lines: &Bytes) -> (Vec<Arrived>, Self) {
        let mut arrived = Vec::new();
        let (mut start, mut hashed) = (0, 0);
        for line in lines.split(|byte| *byte == b'\n') {
            let range = start..start + line.len();
            start = range.end + 1;
            if !self.lengths.contains(&to_u64(line.len())) || hashed == MOST_LINES {
                continue;
            }
            hashed += 1;
            let missing = self.by_digest.remove(&Digest::of(line)).unwrap_or_default();
            arrived.extend(missing.into_iter().map(|missing| Arrived {
                missing,
                found: Found::Bytes(lines.slice(range.clone())),
            }));
        }
        if let Some(reached) = arrived.iter().map(|one| one.missing.leaf_index).max() {
            self.ahead = self.ahead.split_off(&(reached + 1));
        }
        (arrived, self)
    }

    /// Returns what no page has brought, in the order of the leaves.
    fn rest(self) -> Vec<MissingBody> {
        let mut rest: Vec<MissingBody> = self.by_digest.into_values().flatten().collect();
        rest.sort_unstable_by_key(|missing| missing.leaf_index);
        rest
    }
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
        Ok(to_u64(taken))
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
            Found::Bytes(bytes) if to_u64(bytes.len()) == len => bytes,
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
