//! What a monitoring system reads at `/metrics`.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use it::{setup::Setup, trust::Trust};
use node::{audit::By, flows::peers};
use telemetry::metric_names::METRICS;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Metrics that a node has only after something has happened, or with a setting.
const NOT_HERE: [&str; 6] = [
    // Nor do they themselves; the stories of TLS read them.
    "wardround_certificate_expires_timestamp_seconds",
    "wardround_certificate_faulty",
    // Peers of stories have no TLS.
    "wardround_peer_certificate_expires_timestamp_seconds",
    "wardround_refused_connections_total",
    "wardround_last_backup_timestamp_seconds",
    "wardround_failed_backups",
];

async fn figures(trust: &Trust) -> String {
    let mut stream = TcpStream::connect(trust.running().metrics.unwrap())
        .await
        .unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// Returns the metrics of a page, by their names in the table.
fn names(page: &str) -> BTreeSet<&str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    lines.filter_map(|line| line.split(' ').next()).collect()
}

#[tokio::test]
async fn every_metric_is_served_and_those_of_a_peer_end_with_it() {
    let one = Trust::new("zz1").await;
    let directory = tempfile::tempdir().unwrap();
    let backups = directory.path().to_owned();
    let setup = Setup::new("zz2").settings(|settings| {
        settings.metrics.listen = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        settings.backup.directory = Some(backups);
    });
    let two = setup.start().await;
    two.follow_and_pull(&one).await;
    two.follow_at(
        "http://127.0.0.1:1/feed/v1",
        &wire::NodeId::for_text(b"silent"),
    )
    .await;
    assert!(peers::pull(two.node(), None).await.is_ok());
    assert_eq!(two.get("/healthz").await.status, 200);

    let page = figures(&two).await;
    let served = names(&page);
    for metric in METRICS {
        let is_served = served.contains(metric.name);
        assert!(
            is_served || NOT_HERE.contains(&metric.name),
            "{}: {page}",
            metric.name
        );
    }
    let known: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(served.difference(&known).count(), 0, "{served:?}");
    for line in [
        "wardround_ready 1\n",
        "wardround_signs 1\n",
        "wardround_low_disk 0\n",
        "wardround_peers{state=\"active\"} 1\n",
        "code=\"transport\"} 1\n",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }

    // A peer that is gone is in no alert.
    assert!(page.contains("peer=\"zz1\""), "{page}");
    peers::remove(two.node(), "zz1", &By::Node).await.unwrap();
    let page = figures(&two).await;
    assert!(!page.contains("peer=\"zz1\""), "{page}");
}

#[tokio::test]
async fn a_clock_that_differs_from_those_of_peers_is_reported_at_home() {
    let one = Trust::new("zz1").await;
    let setup = Setup::new("zz2").settings(|settings| {
        settings.metrics.listen = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    });
    let two = setup.start().await;
    two.follow_and_pull(&one).await;
    let warnings = async || two.get("/readyz").await.json()["warnings"].to_string();
    assert!(!warnings().await.contains("clock"));
    two.advance(Duration::from_secs(86_400));
    let said = "1440 minutes ahead of those of the servers of 1 of 1 peers";
    assert!(warnings().await.contains(said), "{}", warnings().await);
    let page = figures(&two).await;
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix("wardround_clock_difference_seconds "));
    let secs: u64 = line.unwrap().parse().unwrap();
    assert!((86_390..=86_500).contains(&secs), "{page}");
}
