//! The logs of peers as this node holds them, byte for byte (docs/FEED.md §11): a node that has lost its own log refills it
//! from here. Only what is public is served, and nothing that was withdrawn.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use ledger::tile::{self, TileKind, TilePath};
use store::Publisher;
use wire::{Digest, NodeId};

use super::{
    absent::not_here,
    identity::{decimal, send},
    log::read_after,
};
use node::Node;
use pages::{
    answer::{Answer, BYTES, IMMUTABLE, JSON, LINES, REVALIDATE, TEXT},
    problem::Problem,
};

/// Bytes of bodies in one answer.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

/// `GET /mirror/{node}/node/{version}`.
pub async fn mirrored_node(
    State(node): State<Arc<Node>>,
    place: Result<Path<(String, String)>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let Path((id, version)) = place.map_err(|_| not_here())?;
    let peer = peer(&node, &id).await?;
    let version = decimal(&version).ok_or_else(not_here)?;
    let document = node.store.node_document(peer, version).await?;
    send(document, IMMUTABLE, &request)
}

/// `GET /mirror/{node}/doc/{digest}`.
pub async fn mirrored_body(
    State(node): State<Arc<Node>>,
    place: Result<Path<(String, String)>, PathRejection>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let Path((id, digest)) = place.map_err(|_| not_here())?;
    let peer = peer(&node, &id).await?;
    let digest = Digest::parse(&digest).ok_or_else(not_here)?;
    let body = node.store.mirrored_doc(peer, &digest).await?;
    let body = body.ok_or_else(not_here)?;
    Ok(Answer::new(JSON, REVALIDATE).send(&request, body))
}

/// `GET /mirror/{node}/log/{epoch}/…`.
pub async fn mirrored_log(
    State(node): State<Arc<Node>>,
    place: Result<Path<(String, String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let Path((id, epoch, path)) = place.map_err(|_| not_here())?;
    let peer = peer(&node, &id).await?;
    let epoch = decimal(&epoch).filter(|epoch| *epoch > 0);
    let epoch = epoch.ok_or_else(not_here)?;
    if path == "checkpoint" {
        let note = node.store.log_head(peer, epoch).await?.note;
        let note = note.ok_or_else(not_here)?;
        return Ok(Answer::tagged(TEXT, REVALIDATE, note.as_bytes()).send(&request, note));
    }
    if let Some(path) = path.strip_prefix("tile/") {
        let TilePath { kind, n, width } = TilePath::parse(path).ok_or_else(not_here)?;
        let TileKind::Entries = kind else {
            return Err(not_here());
        };
        let bytes = node.store.bundle_of(peer, epoch, n, width).await?;
        let bytes = bytes.ok_or_else(not_here)?;
        return Ok(Answer::new(BYTES, IMMUTABLE).send(&request, bytes));
    }
    let number = path.strip_prefix("docs/").and_then(tile::parse_number);
    let number = number.ok_or_else(not_here)?;
    let after = read_after(query.as_deref())?;
    let found = node
        .store
        .mirrored_docs(peer, epoch, number, after, PAGE_BYTES)
        .await?
        .ok_or_else(not_here)?;
    let mut lines = Vec::with_capacity(found.iter().map(|one| one.body.len() + 1).sum());
    for one in found {
        lines.extend_from_slice(&one.body);
        lines.push(b'\n');
    }
    Ok(Answer::new(LINES, REVALIDATE).send(&request, lines))
}

/// Returns the number of a peer: a node that this one follows.
async fn peer(node: &Node, id: &str) -> Result<i64, Problem> {
    let id = NodeId::parse(id).ok_or_else(not_here)?;
    let publishers = node.store.publishers().await?;
    let is_peer = |publisher: &&Publisher| publisher.node == id && !publisher.own;
    let found = publishers.list.iter().find(is_peer);
    Ok(found.ok_or_else(not_here)?.node_seq)
}
