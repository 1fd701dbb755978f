//! Step 1: the node document, and the chain from the one held to the latest.
//!
//! Each good step commits on its own and is kept whatever follows: a thief of a log key must not be able to block its
//! revocation by serving rubbish behind it.

use ledger::{FaultCode, PeerFault, limits, node::NodeDocument};
use peering::{Answer, Body};
use store::StoreError;

use super::{Poll, Step, Stop};
use crate::{flows::peers, identity};

/// The newest node document of the peer.
pub(super) struct Known {
    pub(super) document: NodeDocument,
    /// Whether it became the newest in this poll.
    pub(super) is_new: bool,
}

impl Known {
    /// The document that was held before this poll.
    pub(super) fn held(document: NodeDocument) -> Self {
        Self {
            document,
            is_new: false,
        }
    }
}

impl Poll<'_> {
    /// Asks for the latest node document and follows the chain to it.
    pub(super) async fn follow_chain(&mut self, held: Option<NodeDocument>) -> Step<Known> {
        let etag = held.as_ref().and(self.claim.peer.node_etag.as_deref());
        match (self.client.node(etag).await?, held) {
            (Answer::NotModified { .. }, Some(document)) => {
                self.contacted = true;
                self.node_etag = self.claim.peer.node_etag.clone();
                Ok(Known::held(document))
            }
            (answer, held) => {
                let latest = self.body_of(answer, "the node document")?;
                self.walk(held, &latest).await
            }
        }
    }

    /// Asks for the latest node document past all caches, since a rotation may have raced with a checkpoint (step 3).
    pub(super) async fn follow_chain_anew(&mut self, held: &NodeDocument) -> Step<Known> {
        let answer = self.client.fresh_node().await?;
        let latest = self.body_of(answer, "the node document")?;
        self.walk(Some(held.clone()), &latest).await
    }

    pub(super) async fn held_document(&self) -> Step<Option<NodeDocument>> {
        let held = self
            .node
            .store
            .newest_node_document(self.claim.peer.node_seq)
            .await?;
        let damaged = |fault: PeerFault| {
            let text = format!("a node document that cannot be read ({fault})");
            Stop::Store(StoreError::Damaged(text))
        };
        held.map(|held| NodeDocument::stored(&held.note).map_err(damaged))
            .transpose()
    }

    /// Walks from the document held to the one that is served as the latest.
    async fn walk(&mut self, held: Option<NodeDocument>, latest: &Body) -> Step<Known> {
        let (goal, digest) = NodeDocument::claimed(&latest.bytes)?;
        let version = |document: &Option<NodeDocument>| {
            document
                .as_ref()
                .map_or(0, |document| document.content().version)
        };
        let (begin, mut document) = (version(&held), held);
        let keys = self.node.store.node_keys(self.claim.peer.node_seq).await?;
        let mut ever: Vec<[u8; 32]> = keys.iter().map(|key| key.public_key).collect();
        let mut steps = 0;
        while version(&document) < goal {
            if steps == limits::CHAIN_STEPS || self.is_over() {
                return Err(Stop::Cut);
            }
            let next = self.next_document(document.as_ref(), &ever).await?;
            ever.extend(next.listed_or_revoked());
            document = Some(next);
            steps += 1;
        }
        // A version counts from 1, so that something is held by now.
        let Some(document) = document else {
            return Err(FaultCode::Malformed
                .fault("a node document of version 0")
                .into());
        };
        if document.content().version == goal {
            if *document.digest() != digest {
                let text = format!("another text of version {goal} than the one held");
                return Err(FaultCode::Key.fault(text).into());
            }
            self.node_etag = latest.etag.clone();
        }
        Ok(Known {
            is_new: document.content().version > begin,
            document,
        })
    }

    /// Fetches, checks and accepts the version that follows.
    async fn next_document(
        &mut self,
        held: Option<&NodeDocument>,
        ever: &[[u8; 32]],
    ) -> Step<NodeDocument> {
        let version = held.map_or(1, |held| held.content().version + 1);
        let answer = self.client.node_version(version).await?;
        let body = self.body_of(answer, &format!("version {version} of the node document"))?;
        let next = match held {
            None => NodeDocument::first(&body.bytes, &self.claim.peer.node)?,
            Some(held) => held.next(&body.bytes, ever)?,
        };
        let Self {
            node, claim, now, ..
        } = *self;
        let mut record = identity::record(&next);
        record.name = peers::plain(&record.name);
        record.ods = record.ods.as_deref().map(peers::plain);
        record.contact = record.contact.as_deref().map(peers::plain);
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
            peers::name_by_code(node, &claim.peer, ods).await?;
        }
        Ok(next)
    }

    /// Uses a changed base from the next poll on, once it passes the network rules and serves the same document. The
    /// base of version 1 is no change: the operator's own choice goes before it.
    pub(super) async fn follow_base(&mut self, document: &NodeDocument) -> Step<()> {
        let (content, peer) = (document.content(), &self.claim.peer);
        let base = content.base.trim_end_matches('/');
        if content.version == 1 || base == peer.base {
            return Ok(());
        }
        let found = match self.node.network.client(base, &peer.allow_cidr) {
            Err(fault) => Err(fault),
            Ok(client) => client.node(None).await.map_err(|failure| failure.fault),
        };
        match found {
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
