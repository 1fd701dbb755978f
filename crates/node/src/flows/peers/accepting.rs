//! Accepts what a peer states about its organisation: until the operator does, readers see what was shown before.

use async_recursion::async_recursion as boxed;
use ledger::{Stated, node::NodeDocument};
use peering::Answer;
use store::{Peer, StoreError};

use super::{PeerError, PeerObject, find, object::statement_digest, show};
use crate::{audit::By, node::Node};

/// A peer whose statement was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The peer.
    pub peer: PeerObject,
    /// Why the stated address is not used yet; the rest was accepted.
    pub not_moved: Option<String>,
}

/// Shows the name, code and contact that a peer states, and polls it at the address that it states once that address
/// serves the same node document. `statement` is the digest of what a person has seen of it.
///
/// # Errors
/// [`PeerError::Unknown`]; [`PeerError::Refused`] when nothing waits, or when the peer states something else by now.
#[boxed]
pub async fn accept(
    node: &Node,
    which: &str,
    statement: &str,
    by: &By,
) -> Result<Accepted, PeerError> {
    let peer = find(node, which).await?;
    let Some(stated) = &peer.stated else {
        return Err(PeerError::Refused(format!(
            "`{}` states nothing that differs from what is shown",
            peer.handle
        )));
    };
    if statement_digest(stated) != statement {
        return Err(states_something_else(&peer));
    }
    let not_moved = if stated.base == peer.base {
        None
    } else {
        check_move(node, &peer, &stated.base).await?.err()
    };
    let agreed = Stated {
        base: match not_moved {
            None => stated.base.clone(),
            Some(_) => peer.base.clone(),
        },
        ..stated.clone()
    };
    let now = node.now();
    let agree = node.store.agree_to_stated(peer.node_seq, &agreed, by, now);
    match agree.await {
        Ok(()) => {}
        Err(StoreError::Stale { .. }) => {
            return Err(states_something_else(&peer));
        }
        Err(error) => return Err(error.into()),
    }
    tracing::info!(
        peer = peer.handle,
        name = agreed.name,
        ods = agreed.ods,
        base = agreed.base,
        "the statement of a peer was accepted"
    );
    node.indexer.wake();
    Ok(Accepted {
        peer: show(node, peer.node.as_str()).await?,
        not_moved,
    })
}

fn states_something_else(peer: &Peer) -> PeerError {
    PeerError::Refused(format!(
        "`{}` states something else now; look at it with `wardround peer show {0}`, and then accept it",
        peer.handle
    ))
}

/// Returns whether an address passes the network rules and serves the node document that is held; the error says why not.
async fn check_move(
    node: &Node,
    peer: &Peer,
    base: &str,
) -> Result<Result<(), String>, StoreError> {
    let held = node.store.newest_node_document(peer.node_seq).await?;
    let client = match node.network.client(base, &peer.allow_cidr) {
        Ok(client) => client,
        Err(fault) => return Ok(Err(fault.text)),
    };
    let served = match client.node(None).await {
        Ok(Answer::Body(body)) => NodeDocument::claimed(&body.bytes).ok(),
        Ok(_) => None,
        Err(failure) => return Ok(Err(failure.to_string())),
    };
    let is_same = served
        .zip(held)
        .is_some_and(|((_, digest), held)| digest == held.digest);
    Ok(if is_same {
        Ok(())
    } else {
        Err(format!(
            "`{base}` does not serve the node document of this peer"
        ))
    })
}
