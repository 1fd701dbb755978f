//! Step 1: the node document, and the chain from the one held to the latest.
//!
//! Each accepted version commits on its own and stays whatever follows: otherwise the thief of a log key could block
//! its revocation by serving an invalid log after it.

use std::{collections::HashSet, sync::atomic::Ordering};

use ledger::{FaultCode, PeerFault, limits, node::NodeDocument};
use peering::{Answer, Base, Body};
use store::{Claim, StoreError};

use super::{Poll, Step, Stop, require_body};
use crate::{flows::peer_names, node_documents};

/// Node documents that one poll takes while too little of the disk is free.
const MAX_STEPS_ON_LOW_DISK: usize = 2;

/// What step 1 found: the newest node document of the peer.
pub(super) struct LatestNode {
    pub(super) document: NodeDocument,
    /// Its ETag, if the document is the one that the peer serves as its latest.
    pub(super) etag: Option<String>,
    /// Whether it became the newest in this poll.
    pub(super) is_new: bool,
}

impl LatestNode {
    /// Returns the document that was held before this poll, with its ETag.
    pub(super) fn unchanged(document: NodeDocument, claim: &Claim) -> Self {
        Self {
            document,
            etag: claim.peer.node_etag.clone(),
            is_new: false,
        }
    }
}

impl Poll<'_> {
    /// Returns the newest node document that is held of the peer.
    pub(super) async fn held_document(&self) -> Step<Option<NodeDocument>> {
        let held = self
            .node
            .store
            .newest_node_document(self.claim.peer.node_seq)
            .await?;
        let corrupt = |fault: PeerFault| {
            let text = format!("a node document that cannot be read ({fault})");
            Stop::Store(StoreError::Corrupt(text))
        };
        held.map(|held| {
            self.node
                .verified_documents
                .stored(&held.note)
                .map_err(corrupt)
        })
        .transpose()
    }

    /// Asks for the latest node document and follows the chain to it.
    pub(super) async fn follow_chain(&self, held: Option<NodeDocument>) -> Step<LatestNode> {
        let etag = held.as_ref().and(self.claim.peer.node_etag.as_deref());
        let answer = self.client.node(etag).await.map_err(Stop::NoAnswer)?;
        match (answer, held) {
            (Answer::NotModified { .. }, Some(document)) => {
                Ok(LatestNode::unchanged(document, self.claim))
            }
            (answer, held) => {
                let latest = require_body(answer, "the node document")?;
                self.follow_chain_to(held, &latest).await
            }
        }
    }

    /// Asks for the latest node document past all caches, since a rotation may have raced with a checkpoint (step 3).
    pub(super) async fn follow_chain_again(&self, held: &NodeDocument) -> Step<LatestNode> {
        let answer = self.client.fresh_node().await?;
        let latest = require_body(answer, "the node document")?;
        self.follow_chain_to(Some(held.clone()), &latest).await
    }

    /// Fetches and accepts every version after the one held, up to the one that is served as the latest.
    async fn follow_chain_to(&self, held: Option<NodeDocument>, latest: &Body) -> Step<LatestNode> {
        let (goal, digest) = NodeDocument::claimed(&latest.bytes)?;
        let version = |document: Option<&NodeDocument>| {
            document.map_or(0, |document| document.content().version)
        };
        let first = version(held.as_ref());

        // A key that was ever listed or revoked must not come back under another version.
        let keys = self.node.store.node_keys(self.claim.peer.node_seq).await?;
        let mut ever: HashSet<[u8; 32]> = keys.iter().map(|key| key.public_key).collect();
        let is_low = self.node.disk_brake.is_on(&self.node.current());
        let mut document = held;
        while version(document.as_ref()) < goal {
            // Counted over the whole poll: a rotation that races with a checkpoint makes it follow the chain again.
            let steps = self.chain_steps.fetch_add(1, Ordering::Relaxed);
            if steps >= limits::MAX_CHAIN_STEPS || self.is_over() {
                return Err(Stop::Cut);
            }
            // A key that is revoked must be so on a full disk, too.
            if is_low && steps >= MAX_STEPS_ON_LOW_DISK {
                return Err(Stop::LowDisk);
            }
            let next = self.accept_next(document.as_ref(), &ever).await?;
            ever.extend(next.listed_or_revoked());
            document = Some(next);
        }

        // Versions count from 1, so a document is held by now unless the peer states version 0.
        let Some(document) = document else {
            return Err(FaultCode::Malformed
                .fault("a node document of version 0")
                .into());
        };
        // A peer that serves an older version than the one held has a stale cache: the version held counts.
        let is_latest = document.content().version == goal;
        if is_latest && *document.digest() != digest {
            let text = format!("another text of version {goal} than the one held");
            return Err(FaultCode::Key.fault(text).into());
        }
        Ok(LatestNode {
            etag: latest.etag.clone().filter(|_| is_latest),
            is_new: document.content().version > first,
            document,
        })
    }

    /// Fetches the version after the one held, checks it, and commits it.
    async fn accept_next(
        &self,
        held: Option<&NodeDocument>,
        ever: &HashSet<[u8; 32]>,
    ) -> Step<NodeDocument> {
        let Self {
            node, claim, now, ..
        } = *self;
        let version = held.map_or(1, |held| held.content().version + 1);
        let answer = self.client.node_version(version).await?;
        let body = require_body(answer, &format!("version {version} of the node document"))?;
        let next = match held {
            None => NodeDocument::first(&body.bytes, &claim.peer.node)?,
            Some(held) => held.next(&body.bytes, ever)?,
        };

        if !Base::is_web_address(&next.content().base) {
            let text = format!("version {version} states a base that is no web address");
            return Err(FaultCode::Malformed.fault(text).into());
        }

        // What it states about its organisation is a claim: the store decides what is shown and what waits.
        let record = node_documents::record(&next);
        match node
            .store
            .record_node_document(claim.peer.node_seq, &record, now)
            .await
        {
            Ok(()) => {}
            Err(error @ StoreError::KeyTaken(_)) => {
                return Err(FaultCode::Key.fault(error.to_string()).into());
            }
            Err(error) => return Err(error.into()),
        }
        if version == 1 {
            peer_names::name_by_code(node, &claim.peer).await?;
        }
        self.report_stated(version).await?;
        Ok(next)
    }

    /// Reports what the peer states and is not shown yet.
    async fn report_stated(&self, version: u64) -> Step<()> {
        let store = &self.node.store;
        let mut peer = store.peer(self.claim.peer.node.as_str()).await?;
        store.compare_stated(peer.as_mut_slice()).await?;
        let waits = peer.and_then(|peer| Some((peer.handle, peer.stated?, peer.resembles)));
        if let Some((handle, stated, resembles)) = waits {
            tracing::warn!(
                peer = handle,
                node = %self.claim.peer.node,
                version,
                name = stated.name,
                ods = stated.ods,
                base = stated.base,
                contact = stated.contact,
                resembles,
                "a peer states another identity than is shown; `wardround peer accept` shows the changes"
            );
        }
        Ok(())
    }
}
