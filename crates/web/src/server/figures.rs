//! The page `/metrics`: the node's figures, and those that are read from the database at each request.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::header;
use store::{OWN, StoreError};
use wire::Viewer;

use node::{Node, figures::Label, process};
use pages::problem::Problem;

/// Returns the router of the listener for figures.
pub(super) fn router(node: Arc<Node>) -> Router {
    Router::new()
        .route("/metrics", routing::get(page))
        .fallback(|| async { Problem::not_found("there is `/metrics` here and nothing else") })
        .with_state(node)
}

async fn page(State(node): State<Arc<Node>>) -> Response {
    if let Err(error) = collect(&node).await {
        return Problem::from(error).into_response();
    }
    let form = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (form, node.figures.render()).into_response()
}

async fn collect(node: &Node) -> Result<(), StoreError> {
    let figures = &node.figures;
    let counts = node.store.counts(Viewer::public()).await?;
    figures.set("wardround_documents", Vec::new(), counts.documents);
    figures.set("wardround_own_documents", Vec::new(), counts.own_documents);
    figures.set("wardround_drafts", Vec::new(), counts.drafts);
    figures.set("wardround_log_entries", Vec::new(), counts.log_size);
    let lag = counts.last_change.saturating_sub(node.index.progress());
    figures.set("wardround_index_lag", Vec::new(), lag);
    figures.set(
        "wardround_index_documents",
        Vec::new(),
        node.index.documents(),
    );
    let version = Label::new("version", env!("CARGO_PKG_VERSION"));
    figures.set("wardround_build_info", vec![version], 1);
    if let Some((resident, _)) = process::memory_of(std::process::id()) {
        figures.set("process_resident_memory_bytes", Vec::new(), resident);
    }
    if let Some(identity) = node.identity() {
        let head = node.store.log_head(OWN, identity.epoch).await?;
        let signed = head
            .timestamp
            .map_or(0, |signed| node.now().since(signed).as_secs());
        figures.set("wardround_checkpoint_age_seconds", Vec::new(), signed);
        let expires = u64::try_from(identity.expires.secs()).unwrap_or(0);
        figures.set(
            "wardround_node_document_expires_timestamp_seconds",
            Vec::new(),
            expires,
        );
    }
    let signs = u64::from(node.hindrance().is_none());
    figures.set("wardround_signs", Vec::new(), signs);
    for peer in node.store.peers().await? {
        let labels = || vec![Label::new("peer", peer.handle.clone())];
        figures.set("wardround_peer_entries", labels(), peer.size);
        figures.set(
            "wardround_peer_failures",
            labels(),
            u64::from(peer.failures),
        );
        figures.set(
            "wardround_peer_faulty",
            labels(),
            u64::from(peer.fault.is_some()),
        );
        figures.set("wardround_peer_unavailable", labels(), peer.unavailable);
        if let Some(contact) = peer.last_contact {
            let at = u64::try_from(contact.secs()).unwrap_or(0);
            figures.set(
                "wardround_peer_last_contact_timestamp_seconds",
                labels(),
                at,
            );
        }
        if let Some(fresh) = peer.last_fresh {
            let age = node.now().since(fresh).as_secs();
            figures.set("wardround_peer_fresh_age_seconds", labels(), age);
        }
    }
    Ok(())
}
