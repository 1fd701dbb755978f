//! What a peer is called here: its short local name in addresses.

use store::{Peer, StoreError};
use wire::NodeId;

use crate::node::Node;

/// Returns the beginning of a node id.
pub(super) fn short(node: &NodeId) -> String {
    node.as_str().chars().take(11).collect()
}

/// Returns the short local name that a new peer gets: its ODS code if no other node is called that, or else the beginning
/// of its node id. A name such as `zz7-2` would look like a second site of `zz7`.
pub(super) async fn first_handle(
    node: &Node,
    id: &NodeId,
    ods: Option<&str>,
) -> Result<String, StoreError> {
    let Some(code) = ods.map(str::to_ascii_lowercase) else {
        return Ok(short(id));
    };
    let taken = node.store.node_by_handle(&code).await?;
    Ok(if taken.is_none() { code } else { short(id) })
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
