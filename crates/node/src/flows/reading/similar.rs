//! Documents that are about the same as one. Anyone can copy a text as often as they like, so each other node has few of
//! them on a page.

use std::{collections::HashMap, sync::Arc};

use wire::{DocumentId, Viewer};

use super::cards;
use crate::{error::NodeError, node::Node, work::spawn_blocking};

/// Similar documents on a page.
const MAX_SIMILAR: usize = 5;
/// Of those, how many are of one other node.
const MAX_SIMILAR_OF_NODE: usize = 2;
/// Nearest documents, of which those of a page are chosen.
const MAX_NEAREST: usize = 50;

/// Returns the documents that are about the same as one, as far as that was learnt and the viewer can read them.
pub(super) async fn similar(
    node: &Node,
    viewer: Viewer,
    (node_seq, id): (i64, DocumentId),
) -> Result<Vec<store::Card>, NodeError> {
    let index = Arc::clone(&node.index);
    let key = search::Key { node_seq, id };
    let found = spawn_blocking(move || index.similar(key, MAX_NEAREST)).await?;
    let Ok(found) = found else {
        // A page does not need this; a search finds out whether the index is damaged.
        return Ok(Vec::new());
    };
    let mut of_node: HashMap<i64, usize> = HashMap::new();
    let is_listed = |key: &search::Key| {
        let count = of_node.entry(key.node_seq).or_default();
        *count += 1;
        *count <= MAX_SIMILAR_OF_NODE || key.node_seq == node_seq
    };
    let keys = found.into_iter().filter(is_listed).take(MAX_SIMILAR);
    let keys = keys.map(|key| (key.node_seq, key.id));
    Ok(cards(node, viewer, keys.collect()).await?)
}
