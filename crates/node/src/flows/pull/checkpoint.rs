//! Steps 2 and 3: the checkpoint, and the keys that have signed it.

use ledger::{
    FaultCode, PeerFault,
    checkpoint::{self, SignedCheckpoint},
    node::NodeDocument,
};
use peering::{Answer, Body};

use super::{Poll, Step, Stop, chain::LatestNode, require_body};

/// What steps 2 and 3 found.
pub(super) struct LatestCheckpoint {
    /// The node document whose keys have signed it: a newer one than before when a rotation raced with the checkpoint.
    pub(super) node: LatestNode,
    /// `None` when it is the one held.
    pub(super) offered: Option<SignedCheckpoint>,
    /// Its ETag.
    pub(super) etag: Option<String>,
}

impl Poll<'_> {
    /// Asks for the checkpoint before anything else: in most polls this is the only request. `None` when nothing is held
    /// to compare with, or the request failed; step 2 then asks in its place, so that no answer about the checkpoint can
    /// hide a new node document.
    pub(super) async fn early_checkpoint_answer(&self, held: &NodeDocument) -> Option<Answer> {
        let etag = self.claim.peer.checkpoint_etag.as_deref()?;
        let epoch = held.content().epoch;
        self.client.checkpoint(epoch, Some(etag)).await.ok()
    }

    /// Fetches and verifies the checkpoint. The early answer is used unless the node document has changed since.
    pub(super) async fn fetch_checkpoint(
        &self,
        node: LatestNode,
        early_answer: Option<Answer>,
    ) -> Step<LatestCheckpoint> {
        let epoch = node.document.content().epoch;
        // Step 2. With a new node document the request is without a condition: the keys may have changed.
        let held_etag = self.claim.peer.checkpoint_etag.clone();
        let held_etag = held_etag.filter(|_| !node.is_new);
        let answer = match early_answer.filter(|_| !node.is_new) {
            Some(answer) => answer,
            None => self.client.checkpoint(epoch, held_etag.as_deref()).await?,
        };
        if let Answer::NotModified { .. } = answer {
            return Ok(LatestCheckpoint {
                node,
                offered: None,
                etag: held_etag,
            });
        }

        // Step 3.
        let body = require_body(answer, "the checkpoint")?;
        match verify(&body.bytes, &node.document) {
            Ok(offered) => Ok(LatestCheckpoint {
                node,
                offered: Some(offered),
                etag: body.etag,
            }),
            Err(fault) if fault.code == FaultCode::Key => {
                let node = self.follow_rotation(&node, fault).await?;
                self.verify_again(node, epoch, body).await
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Asks once more for the node document, past all caches, after no known key had signed the checkpoint.
    async fn follow_rotation(&self, node: &LatestNode, fault: PeerFault) -> Step<LatestNode> {
        match self.follow_chain_again(&node.document).await {
            // A failed request says nothing about the signature: the fault of the checkpoint counts, and what the peer
            // asked for.
            Err(Stop::Fault(other, retry_after)) if other.code == FaultCode::Transport => {
                Err(Stop::Fault(fault, retry_after))
            }
            other => other,
        }
    }

    /// Verifies the same checkpoint by the keys of `node`, and then, once, a new one.
    async fn verify_again(
        &self,
        node: LatestNode,
        epoch: u64,
        body: Body,
    ) -> Step<LatestCheckpoint> {
        let current_epoch = node.document.content().epoch;
        if current_epoch == epoch
            && let Ok(offered) = verify(&body.bytes, &node.document)
        {
            return Ok(LatestCheckpoint {
                node,
                offered: Some(offered),
                etag: body.etag,
            });
        }
        let answer = self.client.checkpoint(current_epoch, None).await?;
        let body = require_body(answer, "the checkpoint")?;
        let offered = verify(&body.bytes, &node.document)?;
        Ok(LatestCheckpoint {
            node,
            offered: Some(offered),
            etag: body.etag,
        })
    }
}

/// Says whether an early answer tells that neither the checkpoint nor the node document has changed.
pub(super) fn is_nothing_new(answer: Option<&Answer>, held: &NodeDocument) -> bool {
    let version = held.content().version;
    matches!(answer, Some(Answer::NotModified { node_version }) if *node_version == Some(version))
}

fn verify(bytes: &[u8], document: &NodeDocument) -> Result<SignedCheckpoint, PeerFault> {
    checkpoint::verify(bytes, &document.known_keys())
}
