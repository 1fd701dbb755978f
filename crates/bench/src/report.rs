//! The table of figures, as markdown and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What came out.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// Further figures of the same measurement, in words.
    pub detail: String,
    /// The same with something well known, in the same run: its name and its figure.
    pub peer: Option<(&'static str, f64)>,
    /// The goal, at most.
    pub goal: Option<f64>,
    /// What the ratio to the peer was to be, at most.
    pub goal_ratio: Option<f64>,
}

impl Figure {
    pub(crate) fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            detail: String::new(),
            peer: None,
            goal: None,
            goal_ratio: None,
        }
    }

    pub(crate) fn goal(mut self, most: f64) -> Self {
        self.goal = Some(most);
        self
    }

    pub(crate) fn peer(mut self, name: &'static str, value: f64, most: Option<f64>) -> Self {
        self.peer = Some((name, value));
        self.goal_ratio = most;
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Returns the figure as a part of the peer's.
    pub fn ratio(&self) -> Option<f64> {
        self.peer
            .filter(|(_, value)| *value > 0.0)
            .map(|(_, value)| self.value / value)
    }

    /// Returns whether the goals were reached, if there are any.
    pub fn is_met(&self) -> Option<bool> {
        let value = self.goal.map(|most| self.value <= most);
        let ratio = self.goal_ratio.and_then(|most| Some(self.ratio()? <= most));
        match (value, ratio) {
            (None, None) => None,
            (value, ratio) => Some(value.unwrap_or(true) && ratio.unwrap_or(true)),
        }
    }
}

/// Returns the figures as a markdown table.
pub fn markdown(figures: &[Figure]) -> String {
    let mut out = String::from(
        "| what | figure | peer, same run | ratio | goal | |\n|---|---|---|---|---|---|\n",
    );
    for figure in figures {
        let mut shown = format!("{} {}", short(figure.value), figure.unit);
        if !figure.detail.is_empty() {
            shown.push_str(&format!(" ({})", figure.detail));
        }
        let peer = figure.peer.map_or(String::new(), |(name, value)| {
            format!("{name} {} {}", short(value), figure.unit)
        });
        let ratio = figure.ratio().map_or(String::new(), short);
        let mut goals = Vec::new();
        goals.extend(
            figure
                .goal
                .map(|most| format!("≤ {} {}", short(most), figure.unit)),
        );
        goals.extend(
            figure
                .goal_ratio
                .map(|most| format!("≤ {} × peer", short(most))),
        );
        let met = match figure.is_met() {
            None => "",
            Some(true) => "reached",
            Some(false) => "not reached",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {shown} | {peer} | {ratio} | {} | {met} |",
            figure.what,
            goals.join(", ")
        );
    }
    out
}

/// Three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_become_a_table() {
        let figures = [
            Figure::new("search", 0.4567, "ms CPU")
                .goal(1.0)
                .peer("FTS5", 3.6, Some(0.25)),
            Figure::new("import", 25.0, "s")
                .goal(20.0)
                .detail("wall 13 s"),
            Figure::new("log", 123.4, "B"),
        ];
        assert_eq!(
            markdown(&figures),
            "| what | figure | peer, same run | ratio | goal | |\n\
             |---|---|---|---|---|---|\n\
             | search | 0.457 ms CPU | FTS5 3.60 ms CPU | 0.127 | ≤ 1.00 ms CPU, ≤ 0.250 × peer | reached |\n\
             | import | 25.0 s (wall 13 s) |  |  | ≤ 20.0 s | not reached |\n\
             | log | 123 B |  |  |  |  |\n"
        );
    }
}
