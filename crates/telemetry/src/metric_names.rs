//! Every metric of `/metrics`: its name, what it is, and what it says. docs/METRICS.md is made from this table.

/// How a metric changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts values in buckets.
    Histogram,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it changes.
    pub kind: MetricKind,
    /// Its labels, separated by commas; empty for none.
    pub labels: &'static str,
    /// What it says.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($kind:ident $name:literal [$labels:literal] $help:literal;)*) => {
        &[$(Metric { name: $name, kind: MetricKind::$kind, labels: $labels, help: $help }),*]
    };
}

/// All metrics, in the order of the page.
pub const METRICS: &[Metric] = metrics! {
    Gauge "wardround_build_info" ["version, commit"] "Always 1; the version of the program and the commit that it was built from are labels.";
    Gauge "wardround_ready" [""] "1 if `/readyz` answers 200.";
    Gauge "wardround_documents" [""] "Public documents that are live, of all organisations.";
    Gauge "wardround_own_documents" [""] "Those among them that are of this node.";
    Gauge "wardround_drafts" [""] "Files that an import has kept as drafts.";
    Gauge "wardround_log_entries" [""] "Entries of this node's log.";
    Gauge "wardround_index_documents" [""] "Documents in the search index.";
    Gauge "wardround_index_lag" [""] "Changes that the search index has not applied yet.";
    Gauge "wardround_checkpoint_age_seconds" [""] "Seconds since this node last signed its checkpoint; peers take one of more than a day for out of date.";
    Gauge "wardround_signs" [""] "1 if the node signs; 0 while it serves readers only (docs/RECOVERY.md).";
    Gauge "wardround_clock_difference_seconds" [""] "By how much the clock differs from those of most peers' servers; 0 within two minutes.";
    Gauge "wardround_node_document_expires_timestamp_seconds" [""] "When the node document expires, in seconds since 1970.";
    Gauge "wardround_certificate_expires_timestamp_seconds" [""] "When the certificate expires that the node itself shows (`tls`), in seconds since 1970.";
    Gauge "wardround_certificate_faulty" [""] "1 if the node could not read or renew its certificate at the last attempt; it shows the one before.";
    Gauge "wardround_last_backup_timestamp_seconds" [""] "When the newest backup in `backup.directory` was made, in seconds since 1970; 0 if there is none.";
    Gauge "wardround_failed_backups" [""] "Backups by schedule that have failed since the start.";
    Gauge "wardround_backup_is_old" [""] "1 if the newest backup in `backup.directory` is older than two intervals, or cannot be seen.";
    Gauge "wardround_database_bytes" [""] "Bytes of the database.";
    Gauge "wardround_index_bytes" [""] "Bytes of the search index.";
    Gauge "wardround_disk_free_bytes" [""] "Free bytes of the disk of the data directory.";
    Gauge "wardround_disk_bytes" [""] "Bytes of that disk.";
    Gauge "wardround_low_disk" [""] "1 while too little of the disk is free, and nothing but withdrawals is taken from peers.";
    Gauge "wardround_peers" ["state"] "Peers by their state: new, active, paused, halted, left.";
    Gauge "wardround_peer_entries" ["peer"] "Entries that are applied of the log of a peer.";
    Gauge "wardround_peer_failures" ["peer"] "Failed polls of a peer in a row.";
    Gauge "wardround_peer_faulty" ["peer"] "1 if a peer has a fault now.";
    Gauge "wardround_peer_fault" ["peer, code"] "1 for the fault that a peer has now; the codes are in docs/FEED.md.";
    Gauge "wardround_peer_unavailable" ["peer"] "Documents of a peer whose texts could not be fetched.";
    Gauge "wardround_peer_last_contact_timestamp_seconds" ["peer"] "When a peer that is polled last answered, in seconds since 1970.";
    Gauge "wardround_peer_fresh_age_seconds" ["peer"] "Seconds since the log of a peer was last known to be current; up to 15 minutes for a healthy one.";
    Gauge "wardround_peer_certificate_expires_timestamp_seconds" ["peer"] "When the certificate expires that the server of a peer has shown last, in seconds since 1970.";
    Counter "wardround_requests_total" ["route, status"] "Requests that were answered.";
    Histogram "wardround_request_seconds" ["route"] "How long an answer took.";
    Counter "wardround_refused_connections_total" [""] "Connections that were closed at once because there were too many.";
    Gauge "process_resident_memory_bytes" [""] "Memory of the process.";
    Counter "process_cpu_seconds_total" [""] "Processor time of the process, in seconds.";
    Gauge "process_start_time_seconds" [""] "When the process started, in seconds since 1970.";
    Gauge "process_open_fds" [""] "Open files and connections of the process.";
    Gauge "process_max_fds" [""] "How many it may have.";
};

/// Returns docs/METRICS.md.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Metrics\n\nWith `metrics.listen`, the node serves these at `/metrics` for Prometheus.\nThis page is made from `crates/telemetry/src/metric_names.rs`.\n\n| metric | kind | labels | what it says |\n|---|---|---|---|\n",
    );
    for Metric {
        name,
        kind,
        labels,
        help,
    } in METRICS
    {
        let kind = match kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        page.push_str(&format!("| `{name}` | {kind} | {labels} | {help} |\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_metrics_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/METRICS.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(written, page());
    }
}
