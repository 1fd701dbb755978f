//! Publishing this node's own documents: checked, stamped, written and signed together.
//!
//! What is the same as the revision that is held makes no new one. What `visibility` keeps to the organisation is
//! written beside the log, never into it. Private parts stay in the database and are in no body.

mod new_ids;
mod plan;

use std::{collections::HashSet, sync::Arc};

use domain::{Document, Fault, Organisation};
use serde::Serialize;
use store::{ImportMark, NewRevision, OwnDocument, Published, StoreError};
use tokio::task::{JoinError, spawn_blocking};
use wire::{Digest, DocumentId, NodeId, Timestamp};

use crate::{identity::Identity, node::Node};
pub use new_ids::NewIds;
use plan::{Plan, Planned, Planner};

/// How often a document that somebody else changes meanwhile is looked at again.
const ATTEMPTS: u32 = 5;

/// A document that is to be published.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Its id; a new document has none yet.
    pub id: Option<DocumentId>,
    /// The revision that the author began with. If another is held by now, nothing is written and the answer is
    /// [`Refusal::Stale`]. `None` replaces whatever is held.
    pub base: Option<u64>,
    /// The document.
    pub document: Document,
    /// What [`markdown::plain_text`] returns of its text, if that is known already.
    pub plain_text: Option<String>,
    /// The file that it was read from, to be known again by.
    pub import: Option<ImportMark>,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A first revision was made.
    Created,
    /// A further revision was made.
    Updated,
    /// The document is held in just this form; nothing was written.
    Unchanged,
}

/// A document that is durably held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The document.
    pub id: DocumentId,
    /// Its revision.
    pub rev: u64,
    /// Index of its leaf; `None` for what is kept here only.
    pub index: Option<u64>,
    /// Its page.
    pub url: String,
    /// What was done.
    pub change: Change,
}

/// A document that was not published.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The document.
    pub id: DocumentId,
    /// Why.
    pub refusal: Refusal,
}

/// Why a document was not published.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// It breaks rules: all that is wrong with it.
    Faults(Vec<Fault>),
    /// Its id is withdrawn, so nothing of the text may be kept.
    Withdrawn(Fault),
    /// The held revision is not the one that the author began with.
    Stale(Box<Stale>),
}

/// The two texts between which the author of a stale submission has to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Stale {
    /// The revision that the author began with.
    pub base: u64,
    /// The revision that is held; 0 when there is none.
    pub rev: u64,
    /// The held text; `None` when there is none.
    pub held: Option<Box<Document>>,
    /// The text that was submitted.
    pub submitted: Box<Document>,
}

impl Refused {
    fn new(id: DocumentId, faults: Vec<Fault>) -> Self {
        let refusal = Refusal::Faults(faults);
        Self { id, refusal }
    }

    /// Returns the refusal as faults for the author.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        match self.refusal {
            Refusal::Faults(faults) => faults,
            Refusal::Withdrawn(fault) => vec![fault],
            Refusal::Stale(stale) => vec![stale.fault(self.id)],
        }
    }
}

impl Stale {
    fn fault(&self, id: DocumentId) -> Fault {
        let Self { base, rev, .. } = self;
        let text = format!(
            "`{id}` has changed: you began with revision {base}, and revision {rev} is published now; put your changes into that text and publish again with base {rev}"
        );
        Fault::new("", None, text)
    }
}

/// What became of a submission.
pub type Outcome = Result<Accepted, Refused>;

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// This node has no identity yet.
    #[error("this node has no identity yet; run `wardround init`")]
    NotInitialised,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random bytes.
    #[error("the operating system does not provide random bytes")]
    Random(#[source] getrandom::Error),
    /// A task of this program ended early.
    #[error("a publishing task ended early")]
    Task(#[from] JoinError),
}

/// Publishes one document.
///
/// # Errors
/// As [`publish_many`].
pub async fn publish(node: &Node, submission: Submission) -> Result<Outcome, PublishError> {
    let mut outcomes = publish_many(node, vec![submission]).await?;
    outcomes.pop().ok_or(PublishError::NotInitialised)
}

/// Publishes documents in as few transactions as can be: one for the log, one for what is kept here only. Returns
/// what became of each, in order; what was accepted is durable. Give at most some hundreds at a time: they share a
/// transaction, and other writers wait for it.
///
/// # Errors
/// Of the database; documents of the log and those kept here are each written whole or not at all. What was written
/// before an error is found unchanged when it is published again under the same id.
pub async fn publish_many(
    node: &Node,
    submissions: Vec<Submission>,
) -> Result<Vec<Outcome>, PublishError> {
    let identity = node.identity().ok_or(PublishError::NotInitialised)?;
    let places = Places::of(&identity);
    let (items, mut outcomes) = numbered(submissions, node.now())?;
    let items = Arc::new(items);
    for _ in 0..ATTEMPTS {
        let waiting: Vec<usize> = (0..items.len())
            .filter(|at| outcomes.get(*at).is_some_and(Option::is_none))
            .collect();
        if waiting.is_empty() {
            break;
        }
        let round = Round {
            node,
            identity: &identity,
            places: &places,
            now: node.now(),
        };
        match round.write(&items, waiting, &mut outcomes).await {
            // Another writer was quicker: plan again from what is held now. A submission with a base is refused then.
            Err(PublishError::Store(
                StoreError::Stale { .. }
                | StoreError::Withdrawn(_)
                | StoreError::AlreadyPublished(_),
            )) => {}
            other => other?,
        }
    }
    node.indexer.wake();
    let new = |outcome: &Option<Outcome>| {
        matches!(outcome, Some(Ok(accepted))
            if accepted.index.is_some() && accepted.change != Change::Unchanged)
    };
    if outcomes.iter().any(new) {
        tell_peers(node);
    }
    let busy = |id| {
        let text = format!("`{id}` is being changed by somebody else; try again");
        Err(Refused::new(id, vec![Fault::new("", None, text)]))
    };
    let each = items.iter().zip(outcomes);
    Ok(each
        .map(|(item, outcome)| outcome.unwrap_or_else(|| busy(item.id)))
        .collect())
}

/// Lets peers know that there is something to fetch.
pub(crate) fn tell_peers(node: &Node) {
    node.wakers.nudger.notify_one();
}

/// A submission with its id.
struct Item {
    id: DocumentId,
    base: Option<u64>,
    document: Document,
    plain_text: Option<String>,
    import: Option<ImportMark>,
    salt: [u8; 16],
}

/// Gives each submission its id and its salt; an id that occurs twice is refused the second time.
fn numbered(
    submissions: Vec<Submission>,
    now: Timestamp,
) -> Result<(Vec<Item>, Vec<Option<Outcome>>), PublishError> {
    let mut seen = HashSet::with_capacity(submissions.len());
    let mut items = Vec::with_capacity(submissions.len());
    let mut outcomes = Vec::with_capacity(submissions.len());
    for Submission {
        id,
        base,
        document,
        plain_text,
        import,
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
            plain_text,
            import,
            salt: random()?,
        });
    }
    Ok((items, outcomes))
}

/// Makes a new id.
///
/// # Errors
/// [`PublishError::Random`].
pub fn new_id(now: Timestamp) -> Result<DocumentId, PublishError> {
    Ok(DocumentId::generate(now, random()?))
}

fn random<const N: usize>() -> Result<[u8; N], PublishError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(PublishError::Random)?;
    Ok(bytes)
}

/// The addresses of own documents.
#[derive(Debug, Clone)]
pub struct Places {
    /// This node.
    pub node: NodeId,
    site: String,
    handle: String,
}

impl Places {
    /// Returns the addresses of a node's documents.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        Self {
            node: identity.node.clone(),
            site: identity.site_url.as_str().trim_end_matches('/').to_owned(),
            handle: identity.handle.clone(),
        }
    }

    /// Returns the address of a document's page.
    #[must_use]
    pub fn page(&self, id: DocumentId, slug: &str) -> String {
        format!("{}/d/{}/{id}/{slug}", self.site, self.handle)
    }
}

/// One attempt at writing what still waits.
struct Round<'a> {
    node: &'a Node,
    identity: &'a Identity,
    places: &'a Places,
    now: Timestamp,
}

impl Round<'_> {
    async fn write(
        &self,
        items: &Arc<Vec<Item>>,
        waiting: Vec<usize>,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), PublishError> {
        let store = &self.node.store;
        let ids: Vec<DocumentId> = waiting
            .iter()
            .filter_map(|at| Some(items.get(*at)?.id))
            .collect();
        let held = store.held(&ids).await?;
        let known: Vec<DocumentId> = held.keys().copied().collect();
        let texts = store.own_texts_of(&known).await?;
        let own = store.own_documents(&known).await?;
        let planner = Planner {
            held,
            texts,
            node: self.identity.node.clone(),
            organisation: Organisation {
                ods: self.identity.ods.clone(),
                name: self.identity.name.clone(),
            },
            now: self.now,
        };
        let shared = Arc::clone(items);
        let plans = spawn_blocking(move || planner.plans(&shared, &waiting)).await?;
        let mut batch = Batch::default();
        for (at, plan) in plans {
            let Some(item) = items.get(at) else { continue };
            match plan {
                Plan::Refuse(refusal) => {
                    let id = item.id;
                    set(outcomes, at, Err(Refused { id, refusal }));
                }
                Plan::Keep => {
                    let accepted = self.unchanged(item.id, own.get(&item.id));
                    batch
                        .marks
                        .extend(item.import.clone().map(|mark| (mark, item.id)));
                    set(outcomes, at, Ok(accepted));
                }
                Plan::Log(new, change) => batch.logged.push((at, self.hand_over(*new), change)),
                Plan::Local(new, change) => batch.local.push((at, self.hand_over(*new), change)),
            }
        }
        if !batch.marks.is_empty() {
            store.record_import(batch.marks, self.now).await?;
        }
        let (revisions, written) = split(batch.logged);
        // Planning takes its time: what is signed says when, not since when it was planned.
        let published = store
            .publish(revisions, &self.identity.signer, self.node.now())
            .await?;
        self.note(outcomes, written, published);
        let (revisions, written) = split(batch.local);
        let published = store.keep_local(revisions, self.now).await?;
        self.note(outcomes, written, published);
        Ok(())
    }

    /// Hands what was read of a revision over to the indexer, before it can look for the revision.
    fn hand_over(&self, planned: Planned) -> NewRevision {
        let body = Digest::for_bytes(&planned.revision.body);
        self.node.indexer.expect_body(body, planned.searchable);
        planned.revision
    }

    fn unchanged(&self, id: DocumentId, own: Option<&OwnDocument>) -> Accepted {
        let slug = own.and_then(|own| own.slug.as_deref()).unwrap_or_default();
        Accepted {
            id,
            rev: own.map_or(1, |own| own.rev),
            index: own.and_then(|own| own.leaf_index),
            url: self.places.page(id, slug),
            change: Change::Unchanged,
        }
    }

    fn note(
        &self,
        outcomes: &mut [Option<Outcome>],
        written: Vec<(usize, Change, String)>,
        published: Vec<Published>,
    ) {
        for ((at, change, slug), published) in written.into_iter().zip(published) {
            let accepted = Accepted {
                id: published.id,
                rev: published.rev,
                index: published.leaf_index,
                url: self.places.page(published.id, &slug),
                change,
            };
            set(outcomes, at, Ok(accepted));
        }
    }
}

fn set(outcomes: &mut [Option<Outcome>], at: usize, outcome: Outcome) {
    if let Some(place) = outcomes.get_mut(at) {
        *place = Some(outcome);
    }
}

/// What one attempt writes.
#[derive(Default)]
struct Batch {
    logged: Vec<(usize, NewRevision, Change)>,
    local: Vec<(usize, NewRevision, Change)>,
    marks: Vec<(ImportMark, DocumentId)>,
}

/// Separates what is written from what is said about it.
fn split(
    batch: Vec<(usize, NewRevision, Change)>,
) -> (Vec<NewRevision>, Vec<(usize, Change, String)>) {
    batch
        .into_iter()
        .map(|(at, revision, change)| {
            let slug = revision.fields.slug.clone();
            (revision, (at, change, slug))
        })
        .unzip()
}
