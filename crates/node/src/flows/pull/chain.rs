//! Step 1: the node document, and the chain from the one held to the latest.
//!
//! Each accepted version commits on its own and stays whatever follows: otherwise whoever stole a log key could block
//! its revocation by serving an invalid log after it.

use ledger::{FaultCode, PeerFault, limits, node::NodeDocument};
use peering::{Answer, Body};
use store::{Claim, StoreError};

use super::{Poll, Step, Stop, require_body};
use crate::{flows::peer_names, node_documents};

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
        held.map(|held| NodeDocument::stored(&held.note).map_err(corrupt))
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
        let mut ever: Vec<[u8; 32]> = keys.iter().map(|key| key.public_key).collect();
        let (mut document, mut steps) = (held, 0);
        while version(document.as_ref()) < goal {
            if steps == limits::MAX_CHAIN_STEPS || self.is_over() {
                return Err(Stop::Cut);
            }
            let next = self.accept_next(document.as_ref(), &ever).await?;
            ever.extend(next.listed_or_revoked());
            document = Some(next);
            steps += 1;
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
        ever: &[[u8; 32]],
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

        // The peer's own words are shown to people, so they are stored in a form that is safe to show.
        let mut record = node_documents::record(&next);
        record.name = peer_names::displayable(&record.name);
        record.ods = record.ods.as_deref().map(peer_names::displayable);
        record.contact = record.contact.as_deref().map(peer_names::displayable);
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
        if let Some(ods) = &next.content().ods {
            peer_names::name_by_code(node, &claim.peer, ods).await?;
        }
        Ok(next)
    }

    /// Uses a changed base from the next poll on, if it passes the network rules and serves the same document. The base
    /// in version 1 is no change: the operator's own choice goes before it.
    pub(super) async fn follow_base(&self, document: &NodeDocument) -> Step<()> {
        let (content, peer) = (document.content(), &self.claim.peer);
        let base = content.base.trim_end_matches('/');
        if content.version == 1 || base == peer.base {
            return Ok(());
        }
        let answer = match self.node.network.client(base, &peer.allow_cidr) {
            Err(fault) => Err(fault),
            Ok(client) => client.node(None).await.map_err(|failure| failure.fault),
        };
        match answer {
            Ok(Answer::Body(body))
                if NodeDocument::claimed(&body.bytes)
                    .is_ok_and(|(_, digest)| digest == *document.digest()) =>
            {
                tracing::info!(peer = peer.handle, base, "the peer has moved");
                self.node.store.move_peer(self.claim, base).await?;
            }
            Ok(_) => {
                tracing::warn!(
                    peer = peer.handle,
                    "the new base does not serve the same document"
                );
            }
            Err(fault) => {
                tracing::warn!(peer = peer.handle, %fault, "the new base is not used");
            }
        }
        Ok(())
    }
}
