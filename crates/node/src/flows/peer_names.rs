//! What a peer is called here: its short local name in addresses, and its own texts made safe to display.

use store::{Peer, StoreError};
use wire::NodeId;

use crate::node::Node;

/// Maximum characters of a peer's text that are displayed.
const MAX_CHARACTERS: usize = 200;
/// Numbers that are tried behind a short local name that is taken.
const MAX_NAMES: u32 = 100;

/// Returns a text of a peer that is safe to display anywhere, a terminal included: control characters, and those that
/// change the direction of text, are replaced.
pub(super) fn displayable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .take(MAX_CHARACTERS)
        .collect()
}

/// Returns the beginning of a node id.
pub(super) fn short(node: &NodeId) -> String {
    node.as_str().chars().take(11).collect()
}

/// Returns the short local name that a new peer gets: its ODS code, or the beginning of its node id.
pub(super) fn first_handle(node: &NodeId, ods: Option<&str>) -> String {
    ods.and_then(code).unwrap_or_else(|| short(node))
}

/// Returns an ODS code as a handle, if it can be one.
fn code(ods: &str) -> Option<String> {
    let good =
        (1..=20).contains(&ods.len()) && ods.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then(|| ods.to_ascii_lowercase())
}

/// Returns `wanted`, or with a number behind it the first that no other node has.
pub(super) async fn free_handle(node: &Node, wanted: &str) -> Result<String, StoreError> {
    let mut handle = wanted.to_owned();
    for number in 2..MAX_NAMES {
        if node.store.node_by_handle(&handle).await?.is_none() {
            break;
        }
        handle = format!("{wanted}-{number}");
    }
    Ok(handle)
}

/// Names a peer by its ODS code, once that is known, unless an operator has given it a name.
pub(super) async fn name_by_code(node: &Node, peer: &Peer, ods: &str) -> Result<(), StoreError> {
    if peer.handle != short(&peer.node) {
        return Ok(());
    }
    let Some(wanted) = code(ods) else {
        return Ok(());
    };
    let handle = free_handle(node, &wanted).await?;
    match node.store.rename_node(peer.node_seq, &handle).await {
        Ok(()) | Err(StoreError::Duplicate(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
