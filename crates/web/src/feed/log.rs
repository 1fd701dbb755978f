//! The log: checkpoint, tiles, entry bundles, and the bodies of a bundle.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use ledger::tile::{self, TileKind, TilePath};
use peering::NODE_VERSION;
use store::OWN;
use wire::{Viewer, base64};

use super::{
    absent::{identity_of, not_here},
    coding::Coding,
    identity::decimal,
};
use node::Node;
use pages::{
    answer::{Answer, BYTES, IMMUTABLE, LINES, REVALIDATE, TEXT},
    problem::Problem,
    requester::Requester,
};

const SECONDS: &str = "public, max-age=5";
/// Bytes of bodies in one answer, which holds most bundles whole. It stays in memory while the client does not read.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

/// `GET /log/{epoch}/…`.
pub async fn log(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    place: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let identity = identity_of(&node)?;
    // No endpoint has a path that is not UTF-8.
    let Path((epoch, path)) = place.map_err(|_| not_here())?;
    let epoch = decimal(&epoch)
        .filter(|epoch| *epoch > 0)
        .ok_or_else(not_here)?;
    if path == "checkpoint" {
        return checkpoint(&node, epoch, identity.version, &request).await;
    }
    if let Some(tile) = path.strip_prefix("tile/") {
        let tile = TilePath::parse(tile).ok_or_else(not_here)?;
        return hashes_or_entries(&node, epoch, tile, &request).await;
    }
    let number = path
        .strip_prefix("docs/")
        .and_then(tile::parse_number)
        .ok_or_else(not_here)?;
    let after = read_after(query.as_deref())?;
    let wanted = Wanted {
        viewer,
        epoch,
        n: number,
        after,
    };
    bodies(&node, wanted, &request).await
}

/// Sends the checkpoint, and in a header the version of the node document: a peer that holds this version does not
/// request the document.
async fn checkpoint(
    node: &Node,
    epoch: u64,
    version: u64,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    let note = node.store.checkpoint(epoch).await?.ok_or_else(not_here)?;
    let mut response = Answer::tagged(TEXT, SECONDS, note.as_bytes()).send(request, note);
    response.headers_mut().insert(NODE_VERSION, version.into());
    Ok(response)
}

async fn hashes_or_entries(
    node: &Node,
    epoch: u64,
    TilePath { kind, n, width }: TilePath,
    request: &HeaderMap,
) -> Result<Response, Problem> {
    let bytes = match kind {
        TileKind::Entries => node.store.bundle(epoch, n, width).await?,
        TileKind::Hashes { level } => node.store.tile(epoch, level, n, width).await?,
    };
    let bytes = bytes.ok_or_else(not_here)?;
    Ok(Answer::new(BYTES, IMMUTABLE).send(request, bytes))
}

/// The bodies that a request names.
struct Wanted {
    viewer: Viewer,
    epoch: u64,
    /// The bundle.
    n: u64,
    /// The index of the last entry that the caller has of this bundle.
    after: Option<u64>,
}

/// Sends the live bodies of a bundle that the viewer can read. They depend on the log alone, so that its root is their
/// ETag.
async fn bodies(node: &Node, wanted: Wanted, request: &HeaderMap) -> Result<Response, Problem> {
    let Wanted {
        viewer,
        epoch,
        n,
        after,
    } = wanted;
    let head = node.store.log_head(OWN, epoch).await?;
    head.log_seq.ok_or_else(not_here)?;
    let coding = Coding::wanted(request);
    let root = base64::encode_url(&head.root);
    let answer = Answer {
        etag: Some(format!("\"{root}{}\"", coding.suffix())),
        vary: Some(header::ACCEPT_ENCODING),
        ..Answer::new(LINES, REVALIDATE)
    };
    if answer.is_held(request) {
        return Ok(answer.not_modified());
    }
    let found = node.store.docs(viewer, epoch, n, after, PAGE_BYTES).await?;
    let found = found.ok_or_else(not_here)?;
    let mut lines = Vec::with_capacity(found.iter().map(|one| one.body.len() + 1).sum());
    for one in found {
        lines.extend_from_slice(&one.body);
        lines.push(b'\n');
    }
    // An empty answer is not coded; it means that there are no more bodies.
    let coding = if lines.is_empty() {
        Coding::Identity
    } else {
        coding
    };
    let mut response = answer.send(request, coding.body(lines));
    coding.name(&mut response);
    Ok(response)
}

/// Reads `after={index}`; other parameters are ignored.
pub(super) fn read_after(query: Option<&str>) -> Result<Option<u64>, Problem> {
    let pairs = query.unwrap_or_default().split('&');
    let Some(after) = pairs
        .filter_map(|pair| pair.strip_prefix("after="))
        .next_back()
    else {
        return Ok(None);
    };
    decimal(after).map(Some).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "`after` is not the index of a leaf; give a number",
        )
    })
}

impl Coding {
    /// Returns the bytes as a body in this coding, which is coded while it is sent.
    fn body(self, bytes: Vec<u8>) -> Body {
        match self {
            Self::Identity => Body::from(bytes),
            coded => Body::from_stream(coded.stream(bytes)),
        }
    }
}
