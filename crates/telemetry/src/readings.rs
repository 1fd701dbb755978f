//! Gauges and counters that are read at one request for `/metrics`, in the text format of Prometheus.
//!
//! Unlike those of [`crate::figures`], nothing is left of them at the next request: a peer that was removed and a fault that
//! is over are gone.

use std::{collections::BTreeMap, fmt::Display};

use crate::metric_names::{METRICS, Metric, MetricKind};

/// The values of one request, by the name of their metric.
#[derive(Debug, Default)]
pub struct Readings(BTreeMap<&'static str, Vec<String>>);

impl Readings {
    /// Adds the value of a metric without labels.
    pub fn set(&mut self, name: &'static str, value: impl Display) {
        self.set_for(name, &[], value);
    }

    /// Adds the value of a metric for these labels.
    pub fn set_for(&mut self, name: &'static str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(label, text)| format!("{label}=\"{}\"", escaped(text)))
            .collect();
        let labels = match labels.join(",") {
            none if none.is_empty() => none,
            labels => format!("{{{labels}}}"),
        };
        let lines = self.0.entry(name).or_default();
        lines.push(format!("{name}{labels} {value}\n"));
    }

    /// Returns all values, each metric with what it says.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = String::new();
        for Metric {
            name, kind, help, ..
        } in METRICS
        {
            let Some(lines) = self.0.get(name) else {
                continue;
            };
            let kind = match kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Histogram => "histogram",
            };
            page.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
            lines.iter().for_each(|line| page.push_str(line));
        }
        page
    }
}

/// Escapes the value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_with_its_help_and_no_label_breaks_a_line() {
        let mut readings = Readings::default();
        readings.set("wardround_documents", 7);
        for peer in ["zz1", "a\"b\\c\nd"] {
            readings.set_for("wardround_peer_entries", &[("peer", peer)], 1.5);
        }
        assert_eq!(
            readings.render(),
            "# HELP wardround_documents Public documents that are live, of all organisations.\n\
             # TYPE wardround_documents gauge\n\
             wardround_documents 7\n\
             # HELP wardround_peer_entries Entries that are applied of the log of a peer.\n\
             # TYPE wardround_peer_entries gauge\n\
             wardround_peer_entries{peer=\"zz1\"} 1.5\n\
             wardround_peer_entries{peer=\"a\\\"b\\\\c\\nd\"} 1.5\n"
        );
    }
}
