//! A log whose entries do not continue the held one: damage on the way, or a second log that the peer has signed.

use futures_util::{StreamExt as _, stream};
use ledger::{
    PeerFault,
    extend::{Extension, SecondLog},
    limits::{MAX_BUNDLES_IN_FLIGHT, MAX_STAGING_BYTES},
};

use super::{
    Poll, Step, Stop,
    entries::{fetch_bundle, wanted_bundles},
};

impl Poll<'_> {
    /// Reads the offered log from its first entry, and returns `equivocation` if it is a second one. Otherwise, and if that
    /// cannot be found out, it returns the fault that was found before.
    ///
    /// Nothing is kept of the entries, so they are read once: the peer is halted if a second log is proven, and a log that
    /// could not be is not read again until its checkpoint changes, or the node starts.
    pub(super) async fn judge_second(
        &self,
        epoch: u64,
        offered: &Extension,
        found: PeerFault,
    ) -> Step<PeerFault> {
        // What is not there cannot differ.
        if offered.held_size() == 0 {
            return Ok(found);
        }
        let (unproven, node_seq) = (&self.node.unproven_logs, self.claim.peer.node_seq);
        if let Some(fault) = unproven.fault(node_seq, epoch, offered.checkpoint(), None) {
            return Ok(fault);
        }
        let proven = self.proven_second(epoch, offered).await?;
        if proven.is_none() {
            unproven.record(node_seq, epoch, offered.checkpoint(), None, &found);
        }
        Ok(proven.unwrap_or(found))
    }

    /// Returns `equivocation` if the offered log is a second one, and can be read to its end.
    async fn proven_second(&self, epoch: u64, offered: &Extension) -> Step<Option<PeerFault>> {
        let mut second = SecondLog::begin(offered);
        let read = self.read_second(epoch, &mut second).await;
        match read {
            Err(Stop::Store(error)) => return Err(Stop::Store(error)),
            Err(_) => return Ok(None),
            Ok(()) => {}
        }
        let note = second.note().map(str::to_owned);
        let Some(fault) = second.proven() else {
            return Ok(None);
        };
        tracing::error!(
            peer = self.claim.peer.handle,
            epoch,
            note,
            "the peer has signed two logs; keep this signed checkpoint and the data directory, which prove it"
        );
        Ok(Some(fault))
    }

    async fn read_second(&self, epoch: u64, second: &mut SecondLog) -> Step<()> {
        let mut bundles = stream::iter(wanted_bundles(second.extension()))
            .map(|wanted| fetch_bundle(&self.client, epoch, wanted))
            .buffered(MAX_BUNDLES_IN_FLIGHT);
        let mut read = 0;
        while let Some(fetched) = bundles.next().await {
            let (_, bytes) = fetched?;
            read += bytes.len() as u64;
            second.push_bundle(&bytes)?;
            if self.is_over() || read > MAX_STAGING_BYTES {
                return Err(Stop::Cut);
            }
        }
        Ok(())
    }
}
