//! The alert rules and the dashboard in docs/monitoring name metrics that the node has, and chapters that are there.

use std::collections::BTreeSet;

use serde_json::Value;
use telemetry::metric_names::{METRICS, MetricKind};

use crate::{assert_none, root};

/// Metrics that Prometheus itself makes.
const OF_PROMETHEUS: [&str; 1] = ["up"];

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/monitoring").join(name)).unwrap()
}

/// Returns the metrics of the node that an expression names.
fn metrics_in(expression: &str) -> BTreeSet<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = expression.split(|c| !is_word(c));
    words
        .filter(|word| word.starts_with("wardround_") || word.starts_with("process_"))
        .collect()
}

fn is_known(name: &str) -> bool {
    METRICS.iter().any(|metric| {
        let parts = ["_bucket", "_sum", "_count"];
        let whole = parts.iter().find_map(|part| name.strip_suffix(part));
        metric.name == name || (metric.kind == MetricKind::Histogram && whole == Some(metric.name))
    })
}

/// Returns the texts after `key:` of the rules, without their quotes.
fn values<'a>(rules: &'a str, key: &str) -> Vec<&'a str> {
    let lines = rules
        .lines()
        .map(|line| line.trim_start().trim_start_matches("- "));
    let values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    values.map(|value| value.trim_matches('\'')).collect()
}

#[test]
fn alert_rules_name_metrics_and_chapters_that_are_there() {
    let rules = read("alerts.yml");
    let expressions = values(&rules, "expr");
    assert!(expressions.len() > 15, "{}", expressions.len());
    let mut found = Vec::new();
    for expression in &expressions {
        let named = metrics_in(expression);
        if named.is_empty()
            && !OF_PROMETHEUS
                .iter()
                .any(|name| expression.starts_with(name))
        {
            found.push(format!("`{expression}` names no metric"));
        }
        let unknown = named.into_iter().filter(|name| !is_known(name));
        found.extend(unknown.map(|name| format!("`{name}` in `{expression}`")));
    }
    // Each rule has everything that an operator needs, and each name is there once.
    let names: BTreeSet<_> = values(&rules, "alert").into_iter().collect();
    for key in ["alert", "for", "severity", "summary", "runbook"] {
        assert_eq!(values(&rules, key).len(), expressions.len(), "{key}");
    }
    assert_eq!(names.len(), expressions.len());
    for runbook in values(&rules, "runbook") {
        let (path, chapter) = runbook.split_once(" §").unwrap_or((runbook, ""));
        let page = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        let heading = format!("\n## {chapter}");
        if !page.contains(heading.trim_end()) {
            found.push(format!("`{runbook}` is not there"));
        }
    }
    assert_none("alert rules", &found);
}

#[test]
fn the_dashboard_names_metrics_that_are_there() {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 10);
    let mut found = Vec::new();
    let mut taken = BTreeSet::new();
    for panel in panels {
        let place = &panel["gridPos"];
        let at = |key: &str| place[key].as_u64().unwrap();
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                if x >= 24 || !taken.insert((x, y)) {
                    found.push(format!("{} covers another panel", panel["title"]));
                }
            }
        }
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            let named = metrics_in(expression);
            assert!(!named.is_empty(), "{expression}");
            let unknown = named.into_iter().filter(|name| !is_known(name));
            found.extend(unknown.map(|name| format!("`{name}` in `{expression}`")));
        }
    }
    found.dedup();
    assert_none("dashboard", &found);
}
