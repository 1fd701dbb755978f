//! Logs that the node document has closed since the copy was made: each is refilled to its end before the present one, from
//! any peer that holds it. The root keys have signed where it ends.

use std::sync::Arc;

use ledger::{
    Origin, PeerFault,
    checkpoint::Checkpoint,
    extend::Extension,
    node::{Closed, NodeDocument},
};
use serde::Serialize;
use store::{OWN, StoreError};
use wire::NodeId;

use super::{ANY_SIZE, RecoverError, Recovered, mirrors::Mirror, take_in};
use crate::{flows::pull::held_log, node::Node};

/// A closed log of which no peer that answered has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incomplete {
    /// Its epoch.
    pub epoch: u64,
    /// Entries that are held.
    pub held: u64,
    /// Entries that it was closed with.
    pub size: u64,
    /// What went wrong at the peer that was asked last.
    pub why: String,
}

/// Refills every closed log of which the database has less than the node document says, and adds what is still missing to
/// `recovered`.
pub(super) async fn refill(
    node: &Arc<Node>,
    mirrors: &[Mirror],
    recovered: &mut Recovered,
) -> Result<(), RecoverError> {
    let Some(newest) = node.store.newest_node_document(OWN).await? else {
        return Ok(());
    };
    let corrupt = |fault: PeerFault| StoreError::Corrupt(fault.to_string());
    let document = NodeDocument::stored(&newest.note).map_err(corrupt)?;
    for closed in &document.content().closed {
        let mut why = "no peer has answered".to_owned();
        for mirror in mirrors {
            let taken = extend(node, mirror, document.node(), closed, recovered).await;
            match taken {
                Ok(()) => break,
                // Another peer may hold the rest.
                Err(error @ RecoverError::Node(_)) => return Err(error),
                Err(error) => why = format!("`{}`: {error}", mirror.peer.handle),
            }
        }
        let held = node.store.log_head(OWN, closed.epoch).await?.size;
        if held < closed.size {
            recovered.incomplete.push(Incomplete {
                epoch: closed.epoch,
                held,
                size: closed.size,
                why,
            });
        }
    }
    Ok(())
}

/// Takes the rest of a closed log from a peer, if the database lacks any of it.
async fn extend(
    node: &Arc<Node>,
    mirror: &Mirror,
    own: &NodeId,
    closed: &Closed,
    recovered: &mut Recovered,
) -> Result<(), RecoverError> {
    let Closed { epoch, size, root } = *closed;
    let head = node.store.log_head(OWN, epoch).await?;
    if head.size >= size {
        return Ok(());
    }
    let origin = Origin {
        node: own.clone(),
        epoch,
    };
    let end = Checkpoint { origin, size, root };
    let extension = Extension::close(held_log(head), end, Some(ANY_SIZE));
    let extension = extension.map_err(|fault| RecoverError::forked(mirror, fault))?;
    let refilled = take_in(node, mirror, epoch, extension).await?;
    recovered.entries += refilled.entries;
    recovered.ended.extend(refilled.ended);
    Ok(())
}
