//! Judges the bodies that were fetched, and stores them.

use std::time::Duration;

use domain::searchable::Searchable;
use store::{AcceptedBody, MissingBody, RefusedBody, StoreError};
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};
use wire::{Digest, NodeId, Timestamp};

use super::{Attempt, to_u64};
use crate::flows::{
    fields::fields,
    pull::{Poll, backoff},
};

/// Faults of a body that are shown to the operator; more would add nothing.
const MAX_FAULTS: usize = 3;

/// Bodies that are stored in one transaction, in bytes. The documents of a peer lie all over the sorted indexes of the
/// database, so that each transaction writes most pages of those again: fewer and larger ones cost less.
const MAX_BATCH_BYTES: usize = 4 << 20;
/// How long bodies wait for more to be stored with them: a slow peer does not delay what it has sent.
const MAX_BATCH_WAIT: Duration = Duration::from_millis(100);

/// Stores attempts as they are made, until there are no more; returns how many bodies were stored.
pub(super) async fn store_all(
    poll: &Poll<'_>,
    mut attempts: mpsc::Receiver<Vec<Attempt>>,
) -> Result<u64, StoreError> {
    let (mut stored, mut bytes) = (0, 0);
    let mut batch = Vec::new();
    loop {
        let received = if batch.is_empty() {
            Ok(attempts.recv().await)
        } else {
            timeout(MAX_BATCH_WAIT, attempts.recv()).await
        };
        // Judge what came; what is refused is stored at once.
        let is_last = matches!(received, Ok(None));
        let is_pause = received.is_err();
        if let Ok(Some(mut received)) = received {
            while let Ok(more) = attempts.try_recv() {
                received.extend(more);
            }
            let accepted = accept(poll, received).await?;
            bytes += accepted.iter().map(|one| one.body.len()).sum::<usize>();
            batch.extend(accepted);
        }
        // Store the batch when it is large enough, or nothing more comes for now.
        if is_last || is_pause || bytes >= MAX_BATCH_BYTES {
            stored += store_batch(poll, std::mem::take(&mut batch)).await?;
            bytes = 0;
        }
        if is_last {
            return Ok(stored);
        }
    }
}

/// Makes the documents of a batch live.
async fn store_batch(poll: &Poll<'_>, batch: Vec<AcceptedBody>) -> Result<u64, StoreError> {
    let (node, node_seq) = (poll.node, poll.claim.peer.node_seq);
    let stored = node
        .store
        .accept_bodies(node_seq, batch, node.now())
        .await?;
    if stored > 0 {
        node.indexer.wake();
    }
    Ok(to_u64(stored))
}

/// Judges attempts, and records those of which nothing can be stored; returns the rest.
async fn accept(poll: &Poll<'_>, attempts: Vec<Attempt>) -> Result<Vec<AcceptedBody>, StoreError> {
    let (node, node_seq) = (poll.node, poll.claim.peer.node_seq);
    let (peer, seen) = (poll.claim.peer.node.clone(), node.now());
    // Hashing and parsing of a bundle takes milliseconds.
    let judged = spawn_blocking(move || {
        let mut judged = Judged::default();
        attempts
            .into_iter()
            .for_each(|attempt| judged.add(attempt, &peer, seen));
        judged
    });
    // The task can only have been cancelled, by the end of the program.
    let Ok(Judged {
        accepted,
        searchables,
        quarantined,
        unavailable,
    }) = judged.await
    else {
        return Ok(Vec::new());
    };
    for (digest, searchable) in searchables {
        node.indexer.expect_body(digest, searchable);
    }
    if !quarantined.is_empty() {
        node.store
            .quarantine_documents(node_seq, &quarantined)
            .await?;
    }
    if !unavailable.is_empty() {
        let next_try = |tries| seen.plus(backoff::after_missing(tries, backoff::chance()));
        let refused: Vec<_> = unavailable
            .into_iter()
            .map(|(body, tries)| (body, next_try(tries)))
            .collect();
        node.store.mark_unavailable(node_seq, &refused).await?;
    }
    Ok(accepted)
}

/// Attempts, sorted by what follows from them.
#[derive(Default)]
struct Judged {
    accepted: Vec<AcceptedBody>,
    /// What the index will need of them, by the digest of the body.
    searchables: Vec<(Digest, Searchable)>,
    quarantined: Vec<RefusedBody>,
    /// With the number of earlier attempts.
    unavailable: Vec<(RefusedBody, u32)>,
}

impl Judged {
    /// Judges one attempt, in the order of step 10. Its digest is checked already.
    fn add(&mut self, Attempt { missing, body }: Attempt, peer: &NodeId, seen: Timestamp) {
        let MissingBody {
            id,
            rev,
            digest,
            len,
            tries,
            ..
        } = missing;
        let refused = |reason: String| RefusedBody { id, rev, reason };
        // A body of another length is not the one that the leaf names.
        let bytes = match body {
            Ok(bytes) if to_u64(bytes.len()) == len => bytes,
            Ok(bytes) => {
                let text = format!("{} bytes where the leaf promises {len}", bytes.len());
                self.unavailable.push((refused(text), tries));
                return;
            }
            Err(text) => {
                self.unavailable.push((refused(text), tries));
                return;
            }
        };
        // JSON, and the limits of its fields.
        let body = match domain::body::read(&bytes) {
            Ok(body) => body,
            Err(faults) => {
                let texts = faults
                    .iter()
                    .take(MAX_FAULTS)
                    .map(|fault| fault.text.as_str());
                self.quarantined
                    .push(refused(texts.collect::<Vec<_>>().join("; ")));
                return;
            }
        };
        // Id and revision.
        if (body.stamp.id, body.stamp.rev) != (id, rev) {
            let text = "the body is of another id or revision than its leaf".to_owned();
            self.quarantined.push(refused(text));
            return;
        }
        let extract = markdown::extract(&body.common().body_md);
        let body = body.seen_at(seen);
        let fields = fields(&body, &extract, peer);
        let searchable = Searchable::new(&body, |_| extract.plain_text);
        self.searchables.push((digest, searchable));
        self.accepted.push(AcceptedBody {
            id,
            rev,
            digest,
            body: bytes.to_vec(),
            fields,
        });
    }
}
