//! Steps 2 and 3: the checkpoint, and the keys that have signed it.

use bytes::Bytes;
use ledger::{
    FaultCode, PeerFault,
    checkpoint::{self, SignedCheckpoint},
    node::NodeDocument,
};
use peering::Answer;

use super::{Poll, Step, Stop, chain::Known};

impl Poll<'_> {
    /// Looks at the checkpoint before anything else: where it is the one held, and the peer states that the node
    /// document is too, one request has told that there is nothing new. What fails here is asked for again in its place,
    /// so that nothing said of the checkpoint can hide a new node document.
    pub(super) async fn has_nothing_new(&mut self, held: &NodeDocument) -> bool {
        let Some(etag) = self.claim.peer.checkpoint_etag.clone() else {
            return false;
        };
        let content = held.content();
        let Ok(answer) = self.client.checkpoint(content.epoch, Some(&etag)).await else {
            return false;
        };
        let is_held = matches!(answer, Answer::NotModified { node_version } if node_version == Some(content.version));
        if is_held {
            self.contacted = true;
            self.node_etag = self.claim.peer.node_etag.clone();
            self.checkpoint_etag = Some(etag);
        } else {
            self.glimpse = Some(answer);
        }
        is_held
    }

    /// Asks for the checkpoint; `None` when it is the one held. `known` moves on when the chain does.
    pub(super) async fn fetch_checkpoint(
        &mut self,
        known: &mut Known,
    ) -> Step<Option<SignedCheckpoint>> {
        let held = self
            .claim
            .peer
            .checkpoint_etag
            .clone()
            .filter(|_| !known.is_new);
        let epoch = known.document.content().epoch;
        let glimpse = self.glimpse.take().filter(|_| !known.is_new);
        let answer = match glimpse {
            Some(answer) => answer,
            None => self.client.checkpoint(epoch, held.as_deref()).await?,
        };
        if let Answer::NotModified { .. } = answer {
            self.contacted = true;
            self.checkpoint_etag = held;
            return Ok(None);
        }
        let bytes = self.checkpoint_of(answer)?;
        match verify(&bytes, known) {
            Err(fault) if fault.code == FaultCode::Key => {
                self.try_again(known, epoch, &bytes, fault).await.map(Some)
            }
            other => Ok(Some(other?)),
        }
    }

    /// A rotation may have raced: the node document once more, past all caches, and then the checkpoint, the same and
    /// a new one.
    async fn try_again(
        &mut self,
        known: &mut Known,
        epoch: u64,
        bytes: &Bytes,
        fault: PeerFault,
    ) -> Step<SignedCheckpoint> {
        match self.follow_chain_anew(&known.document).await {
            Ok(newer) => *known = newer,
            // It says nothing of the signature that was found wanting.
            Err(Stop::Fault(other, _)) if other.code == FaultCode::Transport => {
                return Err(fault.into());
            }
            Err(stop) => return Err(stop),
        }
        let now = known.document.content().epoch;
        if now == epoch
            && let Ok(signed) = verify(bytes, known)
        {
            return Ok(signed);
        }
        let answer = self.client.checkpoint(now, None).await?;
        let bytes = self.checkpoint_of(answer)?;
        Ok(verify(&bytes, known)?)
    }

    fn checkpoint_of(&mut self, answer: Answer) -> Step<Bytes> {
        let body = self.body_of(answer, "the checkpoint")?;
        self.checkpoint_etag = body.etag;
        Ok(body.bytes)
    }
}

fn verify(bytes: &[u8], known: &Known) -> Result<SignedCheckpoint, PeerFault> {
    checkpoint::verify(bytes, &known.document.known_keys())
}
