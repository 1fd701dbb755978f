//! What a peer is called here: its short local name in addresses.

use ledger::Stated;
use store::{Peer, StoreError};
use wire::NodeId;

use crate::node::Node;

/// Returns the beginning of a node id.
pub(super) fn short(node: &NodeId) -> String {
    node.as_str().chars().take(11).collect()
}

/// Returns the short local name that a new peer gets: its ODS code if no other node here has that as its name or its code,
/// or else the beginning of its node id. A name such as `zz7-2` would look like a second site of `zz7`.
pub(super) async fn first_handle(
    node: &Node,
    id: &NodeId,
    ods: Option<&str>,
) -> Result<String, StoreError> {
    let Some(code) = ods else {
        return Ok(short(id));
    };
    let claimed = Stated::new("", Some(code), "", "");
    let mut others = node.store.nodes().await?;
    others.retain(|other| other.node != *id);
    let is_taken = others.iter().any(|other| {
        claimed.has_code(other.ods.as_deref()) || claimed.has_code(Some(&other.handle))
    });
    let handle = code.to_ascii_lowercase();
    Ok(if is_taken { short(id) } else { handle })
}

/// Names a peer by its ODS code, once that is shown, unless an operator has given it a name.
pub(super) async fn name_by_code(node: &Node, peer: &Peer) -> Result<(), StoreError> {
    if peer.handle != short(&peer.node) {
        return Ok(());
    }
    let shown = node.store.node_by_seq(peer.node_seq).await?;
    let ods = shown.and_then(|shown| shown.ods);
    let handle = first_handle(node, &peer.node, ods.as_deref()).await?;
    match node.store.rename_node(peer.node_seq, &handle).await {
        Ok(()) | Err(StoreError::Duplicate(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
