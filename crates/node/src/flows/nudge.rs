//! Sends and receives nudges, which ask a node to poll soon (docs/FEED.md §6).

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use futures_util::{StreamExt as _, stream};
use store::StoreError;
use wire::NodeId;

use crate::node::Node;

/// Peers that are nudged at the same time.
const MAX_AT_ONCE: usize = 16;

/// Nudges every peer that is polled here. If a nudge is lost, the peer sees the change at its next poll.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn send(node: &Node) -> Result<(), StoreError> {
    let Some(identity) = node.identity() else {
        return Ok(());
    };
    let peers = stream::iter(node.store.peer_bases().await?);
    peers
        .for_each_concurrent(MAX_AT_ONCE, |peer| {
            let own = &identity.node;
            async move {
                let sent = match node.network.client(&peer.base, &peer.allow_cidr) {
                    Ok(client) => client.nudge(own).await.map_err(|failure| failure.fault),
                    Err(fault) => Err(fault),
                };
                if let Err(fault) = sent {
                    tracing::debug!(peer = %peer.node, %fault, "a peer was not nudged");
                }
            }
        })
        .await;
    Ok(())
}

/// Makes every peer due soon that is polled, after a time in which none was polled and nudges were refused: one after the
/// other, so that not all of them are polled at the same moment.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn spread_polls(node: &Node) -> Result<(), StoreError> {
    /// Between two peers; 256 of them are polled within about a minute.
    const STEP: Duration = Duration::from_millis(250);
    node.store.spread_polls(node.now(), STEP).await?;
    node.wakers.ticker.notify_one();
    Ok(())
}

/// Receives a nudge: makes a known peer due now, at most once in [`store::NUDGE_EVERY`]. All other nudges are ignored.
#[boxed]
pub async fn receive(node: &Node, peer: &NodeId) {
    let now = node.now();
    // Only peers count: anyone may send a nudge.
    let known = match node.store.node(peer).await {
        Ok(known) => known.is_some_and(|known| !known.own),
        Err(error) => {
            tracing::warn!(%error, "a nudge could not be recorded");
            return;
        }
    };
    if !known || !node.nudges.admits(peer, now) {
        return;
    }
    match node.store.nudge(peer, now).await {
        Ok(true) => node.wakers.ticker.notify_one(),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "a nudge could not be recorded"),
    }
}
