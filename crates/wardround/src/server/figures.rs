//! Figures for a monitoring system, and the page `/metrics` that shows them.
//!
//! Each node counts for itself. What the database knows is read when somebody asks.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{StatusCode, header};
use metrics::{Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use store::{OWN, StoreError};

use crate::{bench::measure, node::Node, problem::Problem};

/// Upper bounds of the classes of times, in seconds.
const TIMES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];
static METADATA: Metadata<'static> = Metadata::new("wardround", Level::INFO, None);

/// What one node counts.
pub struct Figures {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Default for Figures {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets(&TIMES)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        Self {
            handle: recorder.handle(),
            recorder,
        }
    }
}

impl Figures {
    /// Counts an answer. `route` is the path of the route, with `{names}`.
    pub fn answered(&self, route: &str, status: StatusCode, took: Duration) {
        let labels = vec![
            Label::new("route", route.to_owned()),
            Label::new("status", status.as_str().to_owned()),
        ];
        let requests = Key::from_parts("wardround_requests_total", labels);
        self.recorder
            .register_counter(&requests, &METADATA)
            .increment(1);
        let labels = vec![Label::new("route", route.to_owned())];
        let times = Key::from_parts("wardround_request_seconds", labels);
        self.recorder
            .register_histogram(&times, &METADATA)
            .record(took.as_secs_f64());
    }

    /// Counts a connection that was closed as it came, since there were too many.
    pub fn refused_connection(&self) {
        let key = Key::from_name("wardround_refused_connections_total");
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "figures are approximate above 2^53"
    )]
    fn set(&self, name: &'static str, labels: Vec<Label>, value: u64) {
        let key = Key::from_parts(name, labels);
        self.recorder
            .register_gauge(&key, &METADATA)
            .set(value as f64);
    }
}

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
    node.figures.handle.run_upkeep();
    let form = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (form, node.figures.handle.render()).into_response()
}

async fn collect(node: &Node) -> Result<(), StoreError> {
    let figures = &node.figures;
    let counts = node.store.counts().await?;
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
    if let Some((resident, _)) = measure::memory_of(std::process::id()) {
        figures.set("process_resident_memory_bytes", Vec::new(), resident);
    }
    if let Some(identity) = node.identity() {
        let head = node.store.log_head(OWN, identity.epoch).await?;
        let signed = head
            .timestamp
            .map_or(0, |signed| node.now().since(signed).as_secs());
        figures.set("wardround_checkpoint_age_seconds", Vec::new(), signed);
    }
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
        if let Some(fresh) = peer.last_fresh {
            let age = node.now().since(fresh).as_secs();
            figures.set("wardround_peer_fresh_age_seconds", labels(), age);
        }
    }
    Ok(())
}
