//! The page `/metrics`: the node's figures, and those that are read at each request.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::header;
use store::{OWN, Peer, PeerState, StoreError};
use tokio::task::spawn_blocking;
use upkeep::backup::{self, Recent};
use wire::{Timestamp, Viewer};

use super::health;
use node::{Node, disk, indexer};
use pages::problem::Problem;
use telemetry::{process, readings::Readings};

/// Returns the router of the listener for figures.
pub(super) fn router(node: Arc<Node>) -> Router {
    Router::new()
        .route("/metrics", routing::get(page))
        .fallback(|| async { Problem::not_found("there is `/metrics` here and nothing else") })
        .with_state(node)
}

async fn page(State(node): State<Arc<Node>>) -> Response {
    let mut readings = Readings::default();
    read_process(&mut readings);
    read_node(&node, &mut readings).await;
    // Without a database the rest is what an operator needs to see.
    if let Err(error) = read_database(&node, &mut readings).await {
        tracing::debug!(%error, "figures of the database are left out");
    }
    let form = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    let text = node.figures.render() + &readings.render();
    (form, text).into_response()
}

fn read_process(readings: &mut Readings) {
    readings.set_for(
        "wardround_build_info",
        &[
            ("version", telemetry::VERSION),
            ("commit", telemetry::commit().unwrap_or("unknown")),
        ],
        1,
    );
    if let Some((resident, _)) = process::memory_of(std::process::id()) {
        readings.set("process_resident_memory_bytes", resident);
    }
    if let Some(used) = process::usage() {
        readings.set("process_cpu_seconds_total", used.cpu_seconds);
        readings.set("process_start_time_seconds", used.started_at);
        readings.set("process_open_fds", used.open_files);
        readings.set("process_max_fds", used.max_open_files);
    }
}

/// Reads what needs no database.
async fn read_node(node: &Arc<Node>, readings: &mut Readings) {
    let missing = health::missing(node).await;
    readings.set("wardround_ready", u8::from(missing.is_empty()));
    readings.set("wardround_signs", u8::from(node.hindrance().is_none()));
    readings.set(
        "wardround_clock_difference_seconds",
        node.clock_difference_secs(),
    );
    readings.set("wardround_index_documents", node.index.documents());
    if node.settings.tls.is_on() {
        let is_faulty = node.tls.fault().is_some();
        readings.set("wardround_certificate_faulty", u8::from(is_faulty));
    }
    if let Some(expires) = node.tls.expires() {
        readings.set(
            "wardround_certificate_expires_timestamp_seconds",
            expires.secs(),
        );
    }
    let current = node.current();
    if let Some(identity) = node.identity() {
        readings.set(
            "wardround_node_document_expires_timestamp_seconds",
            identity.expires.secs(),
        );
        let is_old = match backup::recent(&current, &identity.node, node.now()) {
            Recent::NotConfigured => None,
            Recent::Fresh(_) => Some(false),
            Recent::Old(_) | Recent::Unreadable(_) => Some(true),
        };
        if let Some(is_old) = is_old {
            readings.set("wardround_backup_is_old", u8::from(is_old));
        }
    }
    let read = spawn_blocking(move || {
        let is_low = disk::low_disk(&current).is_some();
        let indexes = indexer::DIRECTORIES.map(|name| disk::bytes_in(&current.data.join(name)));
        let bytes: u64 = indexes.iter().sum();
        (is_low, disk::space(&current.data), bytes)
    });
    if let Ok((is_low, space, index)) = read.await {
        readings.set("wardround_low_disk", u8::from(is_low));
        if let Some((free, total)) = space {
            readings.set("wardround_disk_free_bytes", free);
            readings.set("wardround_disk_bytes", total);
        }
        readings.set("wardround_index_bytes", index);
    }
}

async fn read_database(node: &Node, readings: &mut Readings) -> Result<(), StoreError> {
    let counts = node.store.counts(Viewer::Public).await?;
    readings.set("wardround_documents", counts.documents);
    readings.set("wardround_own_documents", counts.own_documents);
    readings.set("wardround_drafts", counts.drafts);
    readings.set("wardround_log_entries", counts.log_size);
    let lag = counts.last_change.saturating_sub(node.index.progress());
    readings.set("wardround_index_lag", lag);
    readings.set("wardround_database_bytes", node.store.size_bytes().await?);
    if let Some(identity) = node.identity() {
        let head = node.store.log_head(OWN, identity.epoch).await?;
        let signed = head
            .timestamp
            .map_or(0, |signed| node.now().since(signed).as_secs());
        readings.set("wardround_checkpoint_age_seconds", signed);
    }
    let peers = node.store.peers().await?;
    for state in PeerState::ALL {
        let of_state = peers.iter().filter(|peer| peer.state == state).count();
        readings.set_for("wardround_peers", &[("state", state.as_str())], of_state);
    }
    for peer in &peers {
        read_peer(peer, node.now(), readings);
        if let Some(expires) = node.network.certificate_expires(&peer.base) {
            readings.set_for(
                "wardround_peer_certificate_expires_timestamp_seconds",
                &[("peer", peer.handle.as_str())],
                expires.secs(),
            );
        }
    }
    Ok(())
}

fn read_peer(peer: &Peer, now: Timestamp, readings: &mut Readings) {
    let labels = [("peer", peer.handle.as_str())];
    readings.set_for("wardround_peer_entries", &labels, peer.size);
    readings.set_for("wardround_peer_failures", &labels, peer.failures);
    readings.set_for(
        "wardround_peer_faulty",
        &labels,
        u8::from(peer.fault.is_some()),
    );
    readings.set_for("wardround_peer_unavailable", &labels, peer.unavailable);
    if let Some(fault) = &peer.fault {
        let labels = [labels[0], ("code", fault.code.as_str())];
        readings.set_for("wardround_peer_fault", &labels, 1);
    }
    // One that is paused is silent because its operator here asked for it.
    if !peer.state.is_polled() {
        return;
    }
    if let Some(contact) = peer.last_contact {
        readings.set_for(
            "wardround_peer_last_contact_timestamp_seconds",
            &labels,
            contact.secs(),
        );
    }
    if let Some(fresh) = peer.last_fresh {
        let age = now.since(fresh).as_secs();
        readings.set_for("wardround_peer_fresh_age_seconds", &labels, age);
    }
}
