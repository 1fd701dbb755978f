//! A log whose entries do not continue the held one: damage on the way, or a second log that the peer has signed.

use futures_util::{StreamExt as _, stream};
use ledger::{
    PeerFault,
    extend::{Extension, SecondLog},
    limits::MAX_BUNDLES_IN_FLIGHT,
};

use super::{
    Poll, Step, Stop,
    entries::{fetch_bundle, wanted_bundles},
};

impl Poll<'_> {
    /// Reads the offered log from its first entry, and returns `equivocation` if it is a second one. Otherwise, and if that
    /// cannot be found out, it returns the fault that was found before.
    ///
    /// Nothing is kept of the entries. The peer is halted then, so they are read once.
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
        let mut second = SecondLog::begin(offered);
        let read = self.read_second(epoch, &mut second).await;
        match read {
            Err(Stop::Store(error)) => return Err(Stop::Store(error)),
            Err(_) => return Ok(found),
            Ok(()) => {}
        }
        let note = second.note().map(str::to_owned);
        let Some(fault) = second.proven() else {
            return Ok(found);
        };
        tracing::error!(
            peer = self.claim.peer.handle,
            epoch,
            note,
            "the peer has signed two logs; keep this signed checkpoint and the data directory, which prove it"
        );
        Ok(fault)
    }

    async fn read_second(&self, epoch: u64, second: &mut SecondLog) -> Step<()> {
        let mut bundles = stream::iter(wanted_bundles(second.extension()))
            .map(|wanted| fetch_bundle(&self.client, epoch, wanted))
            .buffered(MAX_BUNDLES_IN_FLIGHT);
        while let Some(fetched) = bundles.next().await {
            let (_, bytes) = fetched?;
            second.push_bundle(&bytes)?;
            if self.is_over() {
                return Err(Stop::Cut);
            }
        }
        Ok(())
    }
}
