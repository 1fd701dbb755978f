//! Publishes this node's own documents: checks and stamps them, then writes and signs them together.
//!
//! A document that is the same as its held revision gets no new one. One whose `visibility` is `organisation` is stored
//! outside the log. Private parts stay in the database and are in no body.

mod attempt;
mod new_ids;
mod outcome;
mod plan;

use std::{collections::HashSet, sync::Arc};

use async_recursion::async_recursion as boxed;
use domain::{Document, Fault};
use patient_data::{Acceptance, Cleared};
use store::{ImportMark, Occasion, StoreError};
use wire::{DocumentId, Timestamp};

use crate::{audit::By, error::NodeError, node::Node};
use attempt::Attempt;
pub use new_ids::NewIds;
pub use outcome::{Accepted, Change, Outcome, Refusal, Refused, Stale};

/// Documents that are logged one by one; of more, an import, only the number is.
const MAX_LOGGED: usize = 20;
/// Attempts to write a document that other writers change at the same time.
const MAX_ATTEMPTS: u32 = 5;

/// A document to publish.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Its id; `None` for a new document.
    pub id: Option<DocumentId>,
    /// The revision that the author began with. If another is held by now, nothing is written and the answer is
    /// [`Refusal::Stale`]. `None` replaces any revision that is held.
    pub base: Option<u64>,
    /// The text and its fields.
    pub document: Document,
    /// What [`markdown::extract`] returns of its text, if the caller has it already.
    pub extract: Option<markdown::Extract>,
    /// The file that it was read from, so that the next import recognises it.
    pub import: Option<ImportMark>,
    /// The reasons for which it is published despite warnings about patient data.
    pub acceptance: Acceptance,
    /// The texts of it that the caller has checked already, and found clean.
    pub cleared: Cleared,
    /// Who publishes it.
    pub by: By,
}

/// Publishes one document.
///
/// # Errors
/// As [`publish_many`].
#[boxed]
pub async fn publish(node: &Node, submission: Submission) -> Result<Outcome, NodeError> {
    let mut outcomes = publish_many(node, vec![submission]).await?;
    outcomes.pop().ok_or(NodeError::NotInitialised)
}

/// Publishes a document for an occasion, such as the approval of its draft, and records the occasion in the transaction that
/// publishes it: neither exists without the other.
///
/// # Errors
/// [`StoreError::DraftChanged`] when the draft is another version by now, or is not submitted;
/// [`StoreError::Stale`], [`StoreError::Withdrawn`] or [`StoreError::AlreadyPublished`] when a succession is not of what is
/// held: nothing is written then. Otherwise as [`publish_many`].
pub async fn publish_for(
    node: &Node,
    submission: Submission,
    occasion: Occasion,
) -> Result<Outcome, NodeError> {
    let mut outcomes = publish_all(node, vec![submission], occasion).await?;
    outcomes.pop().ok_or(NodeError::NotInitialised)
}

/// Publishes documents in few transactions: one for the log and one for documents outside it. Returns one outcome for
/// each, in order; what was accepted is durable. Give at most some hundreds at a time: they share a transaction, and
/// other writers wait for it.
///
/// # Errors
/// Of the database. The documents of the log are all written or none, and so are those outside it. A document that was
/// written before an error is [`Change::Unchanged`] when it is published again under the same id.
#[boxed]
pub async fn publish_many(
    node: &Node,
    submissions: Vec<Submission>,
) -> Result<Vec<Outcome>, NodeError> {
    publish_all(node, submissions, Occasion::Submission).await
}

/// Publishes documents; `occasion` is that of a single one.
async fn publish_all(
    node: &Node,
    submissions: Vec<Submission>,
    occasion: Occasion,
) -> Result<Vec<Outcome>, NodeError> {
    // What else is done with it was decided on what is held now: who decided it reads that again.
    let is_once = matches!(occasion, Occasion::Succession(_));
    let identity = node.signer().await?;
    if identity.left {
        return Err(NodeError::HasLeft);
    }
    // Ids and salts are drawn once, so that every attempt writes the same.
    let (mut items, mut outcomes) = with_ids(submissions, node.now())?;
    if let [item] = items.as_mut_slice() {
        item.occasion = occasion;
    }
    let items = Arc::new(items);
    for _ in 0..MAX_ATTEMPTS {
        let waiting: Vec<usize> = (0..items.len())
            .filter(|index| outcomes.get(*index).is_some_and(Option::is_none))
            .collect();
        if waiting.is_empty() {
            break;
        }
        let attempt = Attempt {
            node,
            identity: &identity,
            now: node.now(),
        };
        match attempt.run(&items, waiting, &mut outcomes).await {
            // Another writer was quicker: plan again from what is held now. A submission with a base is refused then.
            Err(NodeError::Store(
                StoreError::Stale { .. }
                | StoreError::Withdrawn(_)
                | StoreError::AlreadyPublished(_),
            )) if !is_once => {}
            other => other?,
        }
    }
    log(&outcomes);
    // Readers first, then peers.
    node.indexer.wake();
    let is_new = |outcome: &Option<Outcome>| {
        matches!(outcome, Some(Ok(accepted))
            if accepted.index.is_some() && accepted.change != Change::Unchanged)
    };
    if outcomes.iter().any(is_new) {
        nudge_peers(node);
    }
    // Whatever is still without an outcome was changed by other writers at every attempt.
    let busy = |id| {
        let text = format!("`{id}` is being changed by others at the same time; try again");
        Err(Refused::new(id, vec![Fault::new("", None, text)]))
    };
    let each = items.iter().zip(outcomes);
    Ok(each
        .map(|(item, outcome)| outcome.unwrap_or_else(|| busy(item.id)))
        .collect())
}

/// Writes what was published to the program's log, for an audit: a line each, or one for many.
fn log(outcomes: &[Option<Outcome>]) {
    let changed = |outcome: &Option<Outcome>| match outcome {
        Some(Ok(accepted)) if accepted.change != Change::Unchanged => Some(accepted.clone()),
        _ => None,
    };
    let changed: Vec<_> = outcomes.iter().filter_map(changed).collect();
    if changed.len() > MAX_LOGGED {
        tracing::info!(documents = changed.len(), "documents published");
        return;
    }
    for Accepted { id, rev, index, .. } in changed {
        let is_in_log = index.is_some();
        tracing::info!(document = %id, rev, is_in_log, "document published");
    }
}

/// Lets the nudger tell peers that this node's log has grown.
pub(crate) fn nudge_peers(node: &Node) {
    node.wakers.nudger.notify_one();
}

/// A submission with its id.
struct Item {
    id: DocumentId,
    base: Option<u64>,
    document: Document,
    extract: Option<markdown::Extract>,
    import: Option<ImportMark>,
    acceptance: Acceptance,
    occasion: Occasion,
    cleared: Cleared,
    by: By,
    salt: [u8; 16],
}

/// Gives each submission its id and its salt. The second submission with the same id is refused.
fn with_ids(
    submissions: Vec<Submission>,
    now: Timestamp,
) -> Result<(Vec<Item>, Vec<Option<Outcome>>), NodeError> {
    let mut seen = HashSet::with_capacity(submissions.len());
    let mut items = Vec::with_capacity(submissions.len());
    let mut outcomes = Vec::with_capacity(submissions.len());
    for Submission {
        id,
        base,
        document,
        extract,
        import,
        acceptance,
        cleared,
        by,
    } in submissions
    {
        let id = match id {
            Some(id) => id,
            None => new_id(now)?,
        };
        outcomes.push((!seen.insert(id)).then(|| {
            let text = format!("the id `{id}` occurs twice; give one of them another, or none");
            Err(Refused::new(id, vec![Fault::new("id", None, text)]))
        }));
        items.push(Item {
            id,
            base,
            document,
            extract,
            import,
            acceptance,
            occasion: Occasion::Submission,
            cleared,
            by,
            salt: random()?,
        });
    }
    Ok((items, outcomes))
}

/// Returns a new id.
///
/// # Errors
/// [`NodeError::Random`].
pub fn new_id(now: Timestamp) -> Result<DocumentId, NodeError> {
    Ok(DocumentId::generate(now, random()?))
}

fn random<const N: usize>() -> Result<[u8; N], NodeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
