//! Counters, gauges and histograms of one node, for a monitoring system.
//!
//! Each node has its own recorder, so that several nodes in one process do not mix.

use std::time::Duration;

use http::StatusCode;
pub use metrics::Label;
use metrics::{Key, KeyName, Level, Metadata, Recorder as _, SharedString};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::metric_names::{METRICS, Metric, MetricKind};

/// Upper bounds of the buckets of request times, in seconds.
const TIME_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];
static METADATA: Metadata<'static> = Metadata::new("wardround", Level::INFO, None);

/// The figures of one node.
pub struct Figures {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Default for Figures {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets(&TIME_BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        for Metric {
            name, kind, help, ..
        } in METRICS
        {
            let (name, help) = (KeyName::from_const_str(name), SharedString::const_str(help));
            match kind {
                MetricKind::Counter => recorder.describe_counter(name, None, help),
                MetricKind::Gauge => recorder.describe_gauge(name, None, help),
                MetricKind::Histogram => recorder.describe_histogram(name, None, help),
            }
        }
        Self {
            handle: recorder.handle(),
            recorder,
        }
    }
}

impl Figures {
    /// Counts a response, and the time that it took. `route` is the path of the route, with `{names}`.
    pub fn count_response(&self, route: &str, status: StatusCode, took: Duration) {
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

    /// Counts a connection that was closed at once, because there were too many.
    pub fn count_refused_connection(&self) {
        let key = Key::from_name("wardround_refused_connections_total");
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Sets a gauge.
    #[expect(
        clippy::cast_precision_loss,
        reason = "figures are approximate above 2^53"
    )]
    pub fn set(&self, name: &'static str, labels: Vec<Label>, value: u64) {
        let key = Key::from_parts(name, labels);
        self.recorder
            .register_gauge(&key, &METADATA)
            .set(value as f64);
    }

    /// Returns all figures in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}
