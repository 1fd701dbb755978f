//! Which peers have erased a page that was withdrawn.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, accounts::Asked, errors, frame::Frame, requester::SignedIn};
use people::care::receipts;
use serde::Deserialize;
use wire::DocumentId;

use super::label_of;
use crate::{Visit, care::day, framed, page};

#[derive(Template)]
#[template(path = "withdrawn.html")]
struct WithdrawnPage {
    frame: Frame,
    id: DocumentId,
    when: String,
    why: &'static str,
    was_published: bool,
    draft: Option<String>,
    erased: usize,
    peers: Vec<PeerRow>,
}

/// A peer, and whether it has erased the page.
#[derive(Debug, Clone)]
struct PeerRow {
    organisation: String,
    state: String,
    is_erased: bool,
}

/// The draft that has the text.
#[derive(Debug, Default, Deserialize)]
pub struct WithdrawnQuery {
    #[serde(default)]
    draft: String,
}

/// `GET /withdrawn/{id}`: which peers have erased a page, and which have not yet.
///
/// # Errors
/// Of the database.
pub async fn receipt(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Asked(asked): Asked<WithdrawnQuery>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let withdrawal = match DocumentId::parse(&id) {
        Some(id) => receipts::of_document(&node, id).await?,
        None => None,
    };
    let Some(withdrawal) = withdrawal else {
        return Ok(errors::missing(&node));
    };
    let row = |peer: receipts::PeerReceipt| PeerRow {
        is_erased: peer.erased_at.is_some(),
        state: match (peer.erased_at, peer.is_asked) {
            (Some(at), _) => format!("Erased, as it signed on {}", day(at)),
            (None, true) => "Not yet: we ask again each minute".to_owned(),
            (None, false) => "Not known: this site does not ask it at the moment".to_owned(),
        },
        organisation: peer.organisation,
    };
    let peers: Vec<PeerRow> = withdrawal.peers.into_iter().map(row).collect();
    let shown = WithdrawnPage {
        frame: framed(&visit, "Withdrawn"),
        id: withdrawal.id,
        when: day(withdrawal.at),
        why: label_of(&withdrawal.why),
        was_published: withdrawal.was_published,
        draft: DocumentId::parse(&asked.draft).map(urls::draft),
        erased: peers.iter().filter(|peer| peer.is_erased).count(),
        peers,
    };
    page(StatusCode::OK, &shown)
}
