//! Epochs that a node document has closed (docs/FEED.md §6): each is read to its last entry before the next one begins,
//! so that no withdrawal at its end is missed.

use ledger::{
    FaultCode, Origin,
    checkpoint::Checkpoint,
    extend::Extension,
    node::{Closed, Content},
};

use super::{Poll, PollReport, Step, entries::held_log};
use crate::log_roots::root_at;

impl Poll<'_> {
    /// Reads the closed epochs to their ends. Once an entry of the present epoch is held, that has been done.
    pub(super) async fn finish_closed(
        &self,
        content: &Content,
        report: &mut PollReport,
    ) -> Step<()> {
        let (store, peer) = (&self.node.store, &self.claim.peer);
        if content.closed.is_empty() {
            return Ok(());
        }
        let present = store.log_head(peer.node_seq, content.epoch).await?;
        if present.log_seq.is_some() {
            return Ok(());
        }
        let is_staged = store.staged_bytes(peer.node_seq).await? > 0;
        for closed in &content.closed {
            let held = store.log_head(peer.node_seq, closed.epoch).await?;
            if held.size > closed.size {
                // More was read than the node document admits: what was read must begin with what it states.
                self.compare(closed).await?;
            }
            // What was staged beyond its end is covered by no root any more.
            if held.size >= closed.size && is_staged {
                store.drop_staged(self.claim, closed.epoch).await?;
            }
            if held.size > closed.size {
                continue;
            }
            // The root of a whole epoch is checked too, though nothing is left to fetch.
            let is_whole = held.size == closed.size;
            let head = Checkpoint {
                origin: Origin {
                    node: peer.node.clone(),
                    epoch: closed.epoch,
                },
                size: closed.size,
                root: closed.root,
            };
            let extension = Extension::close(held_log(held), head, peer.agreed_size)?;
            if !is_whole {
                self.extend(closed.epoch, extension, report).await?;
            }
        }
        Ok(())
    }

    /// Compares the root that a node document states for a closed epoch with the entries that are held.
    async fn compare(&self, closed: &Closed) -> Step<()> {
        let (store, node_seq) = (&self.node.store, self.claim.peer.node_seq);
        let held = root_at(store, node_seq, closed.epoch, closed.size).await?;
        if held == Some(closed.root) {
            return Ok(());
        }
        let Closed { epoch, size, .. } = closed;
        let text = format!(
            "epoch {epoch} was closed with another root at {size} entries than was shown before"
        );
        Err(FaultCode::Equivocation.fault(text).into())
    }
}
