//! What stories are made of: documents, this node's identity, and a peer that produces a log.

use audit::By;
use std::time::Duration;

use ledger::{
    checkpoint::Signer,
    leaf::{Leaf, Why},
    tree::Frontier,
};
use store::{
    AcceptedBody, BUNDLE_ENTRIES, Claim, Fields, HashedBody, LogHead, NewRevision, Occasion, Peer,
    PollSuccess, PullOutcome, Room, Store, StoreError,
};
use wire::{Digest, DocumentId, NodeId, Timestamp, Visibility};

use crate::{
    peers::new_peer,
    support::{at, node_document},
    verifying,
};

/// Room for everything.
pub(crate) const ROOM: Room = Room {
    documents: u64::MAX,
    bytes: u64::MAX,
};

/// Returns the id of the `number`-th document.
pub(crate) fn id(number: u32) -> DocumentId {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&number.to_be_bytes());
    DocumentId::generate(at(0), random)
}

/// Returns what is kept with a body.
pub(crate) fn fields(title: &str) -> Fields {
    Fields {
        kind: "page".to_owned(),
        visibility: Visibility::Public,
        title: title.to_owned(),
        slug: title.to_lowercase().replace(' ', "-"),
        summary: Some(format!("summary of {title}")),
        card: format!("{{\"card\":\"{title}\"}}"),
        lang: Some("en".to_owned()),
        licence: Some("OGL-UK-3.0".to_owned()),
        updated: None,
        reviewed: None,
        review_by: None,
        expected_by: None,
        references: Vec::new(),
        mentions: Vec::new(),
        attachments: Vec::new(),
    }
}

/// Returns a body, unlike any other.
pub(crate) fn body(number: u32, rev: u64, words: &str) -> Vec<u8> {
    format!(
        "{{\"id\":\"{}\",\"rev\":{rev},\"body_md\":\"{words}\"}}",
        id(number)
    )
    .into_bytes()
}

/// Returns a revision of the `number`-th document.
pub(crate) fn revision(number: u32, rev: u64) -> NewRevision {
    let title = format!("Title {number} of {rev}");
    NewRevision {
        id: id(number),
        rev,
        body: HashedBody::new(body(number, rev, &title)),
        fields: fields(&title),
        private: Some(format!("private {number}")),
        import: None,
        accepted: Vec::new(),
        occasion: Occasion::Submission,
        by: By::Node,
    }
}

/// Returns a revision that is for this node's own staff.
pub(crate) fn local_revision(number: u32, rev: u64) -> NewRevision {
    let mut revision = revision(number, rev);
    revision.fields.visibility = Visibility::Organisation;
    revision
}

/// Gives the store an own node, with a signed empty log.
pub(crate) async fn own_node(store: &Store) -> Signer {
    let node = NodeId::for_text(b"own node");
    let record = node_document("Northmoor", 1, &[]);
    store
        .init_own_node(&node, "xx1", &record, at(0))
        .await
        .unwrap();
    let signer = verifying::signer(&node);
    store.renew_checkpoint(&signer, at(0)).await.unwrap();
    signer
}

/// A peer that produces a log.
pub(crate) struct Producer {
    pub(crate) peer: Peer,
    pub(crate) signer: Signer,
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Producer {
    /// Adds a peer to the store, with its node document.
    pub(crate) async fn new(store: &Store, number: usize) -> Self {
        let new = new_peer(number);
        store.add_peer(&new, &By::Node, at(0)).await.unwrap();
        Self::known(store, number).await
    }

    /// Returns the peer as the store knows it, once its node document is accepted.
    pub(crate) async fn known(store: &Store, number: usize) -> Self {
        let new = new_peer(number);
        let peer = store.peer(&new.handle).await.unwrap().unwrap();
        let record = node_document(&new.name, 1, &[]);
        store
            .record_node_document(peer.node_seq, &record, at(0))
            .await
            .unwrap();
        let peer = store.peer(&new.handle).await.unwrap().unwrap();
        Self {
            signer: verifying::signer(&peer.node),
            peer,
            entries: Vec::new(),
        }
    }

    pub(crate) fn put(&mut self, number: u32, rev: u64, words: &str) -> u64 {
        let body = body(number, rev, words);
        let leaf = Leaf::Put {
            id: id(number),
            rev,
            t: at(1),
            doc: Digest::for_bytes(&body),
            len: body.len() as u64,
        };
        self.push(leaf.encode())
    }

    pub(crate) fn withdraw(&mut self, number: u32, rev: u64) -> u64 {
        self.push(
            Leaf::Withdraw {
                id: id(number),
                rev,
                t: at(1),
                why: Why::Privacy,
            }
            .encode(),
        )
    }

    pub(crate) fn push(&mut self, entry: Vec<u8>) -> u64 {
        self.entries.push(entry);
        self.entries.len() as u64 - 1
    }

    /// Returns the entries of a bundle, in the wire's form.
    pub(crate) fn bundle(&self, n: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in self
            .entries
            .chunks(BUNDLE_ENTRIES as usize)
            .nth(n as usize)
            .unwrap()
        {
            bytes.extend_from_slice(&u16::try_from(entry.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        bytes
    }

    /// Returns the signed checkpoint over all entries.
    pub(crate) fn note(&self, now: Timestamp) -> String {
        let mut frontier = Frontier::new();
        for entry in &self.entries {
            frontier.push(ledger::tree::leaf_hash(entry));
        }
        self.signer.sign(frontier.size(), &frontier.root(), now)
    }

    pub(crate) async fn head(&self, store: &Store) -> LogHead {
        store.log_head(self.peer.node_seq, 1).await.unwrap()
    }

    pub(crate) async fn claim(&self, store: &Store, now: Timestamp) -> Claim {
        let lease = Duration::from_secs(600);
        store
            .claim_peer(self.peer.node_seq, now, "test", lease)
            .await
            .unwrap()
            .unwrap()
    }

    /// Polls: stages the full bundles, hands over the last one, and records all of it.
    pub(crate) async fn pull(&self, store: &Store, now: Timestamp) -> PullOutcome {
        self.try_pull(store, now).await.unwrap()
    }

    pub(crate) async fn try_pull(
        &self,
        store: &Store,
        now: Timestamp,
    ) -> Result<PullOutcome, StoreError> {
        let claim = self.claim(store, now).await;
        let head = self.head(store).await;
        let size = self.entries.len() as u64;
        let (mut full, mut tail) = (Vec::new(), Vec::new());
        for n in head.size / BUNDLE_ENTRIES..size.div_ceil(BUNDLE_ENTRIES) {
            let whole = (n + 1) * BUNDLE_ENTRIES <= size;
            if whole { &mut full } else { &mut tail }.push((n, self.bundle(n)));
        }
        let origin = verifying::origin(&self.signer);
        store.stage_bundles(&claim, 1, &origin, full).await?;
        let verified = verifying::verified(self, &head, now);
        let outcome = store
            .record_pull(&claim, 1, &verified, &tail, ROOM, now)
            .await;
        let success = PollSuccess {
            next: store::NextPoll::at(now),
            fresh: Some(now),
            stale: false,
            node_etag: None,
            checkpoint_etag: None,
        };
        store.record_success(&claim, &success, now).await?;
        outcome
    }

    /// Accepts the body of a put, as a consumer would after checking it.
    pub(crate) async fn accept(
        &self,
        store: &Store,
        number: u32,
        rev: u64,
        words: &str,
        now: Timestamp,
    ) -> usize {
        let accepted = accepted(number, rev, words);
        store
            .accept_bodies(self.peer.node_seq, vec![accepted], now)
            .await
            .unwrap()
    }
}

/// Returns the body of a put, checked.
pub(crate) fn accepted(number: u32, rev: u64, words: &str) -> AcceptedBody {
    let body = body(number, rev, words);
    AcceptedBody {
        id: id(number),
        rev,
        digest: Digest::for_bytes(&body),
        body,
        fields: fields(words),
    }
}
