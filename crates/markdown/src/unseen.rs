//! Words of a text that markdown does not show: cells beyond the head of a table, and footnotes that nothing refers to.

use std::collections::HashSet;

use comrak::nodes::{AstNode, NodeValue};

/// Most of them that are listed for one text.
const MAX_UNSEEN: usize = 100;

/// Words that no reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// The row of a table that has more cells than its head, as it was written.
    Row(String),
    /// The name of a footnote that nothing refers to, or that is defined a second time.
    Footnote(String),
}

/// Returns what the text `md`, which was parsed as `root`, does not show.
pub(crate) fn unseen<'a>(md: &str, root: &'a AstNode<'a>) -> Vec<Unseen> {
    let has_footnotes = md.contains("[^");
    if !has_footnotes && !md.contains('|') {
        return Vec::new();
    }
    let lines: Vec<&str> = md.lines().collect();
    let mut found = Vec::new();
    let mut shown = HashSet::new();
    let mut in_code = HashSet::new();
    for node in root.descendants() {
        let place = node.data().sourcepos;
        match &node.data().value {
            NodeValue::Table(table) => {
                let rows = node.children().skip(1).filter_map(|row| {
                    let start = row.data().sourcepos.start;
                    let line = lines.get(start.line.checked_sub(1)?)?;
                    line.get(start.column.checked_sub(1)?..)
                });
                let wide = rows.filter(|row| has_words_beyond(row, table.num_columns));
                found.extend(wide.map(|row| Unseen::Row(row.trim().to_owned())));
            }
            NodeValue::FootnoteDefinition(footnote) => {
                shown.insert(folded(&footnote.name));
            }
            NodeValue::CodeBlock(_) if has_footnotes => {
                in_code.extend(place.start.line..=place.end.line);
            }
            _ => {}
        }
    }
    if has_footnotes {
        let defined = lines.iter().enumerate().filter_map(|(index, line)| {
            let name = defined_footnote(line)?;
            // A name that is defined twice is shown once.
            let is_shown = in_code.contains(&(index + 1)) || shown.remove(&folded(name));
            (!is_shown).then(|| Unseen::Footnote(name.to_owned()))
        });
        found.extend(defined);
    }
    found.truncate(MAX_UNSEEN);
    found
}

/// Returns whether a row of a table has words in cells beyond its head.
fn has_words_beyond(row: &str, columns: usize) -> bool {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cell = 1;
    let mut escaped = false;
    row.chars().any(|c| {
        let ends_cell = c == '|' && !escaped;
        cell += usize::from(ends_cell);
        escaped = c == '\\' && !escaped;
        cell > columns && !ends_cell && !c.is_whitespace()
    })
}

/// Returns the name of the footnote that a line defines: `[^name]: text`.
fn defined_footnote(line: &str) -> Option<&str> {
    /// Spaces before a definition; with more it is code.
    const MAX_INDENT: usize = 3;
    let text = line.trim_start_matches(' ');
    if line.len() - text.len() > MAX_INDENT {
        return None;
    }
    let (name, rest) = text.strip_prefix("[^")?.split_once("]:")?;
    let is_name = !name.is_empty() && !name.contains(['[', ']', ' ', '\t']);
    (is_name && !rest.trim().is_empty()).then_some(name)
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;

    #[test]
    fn cells_beyond_the_head_and_footnotes_without_a_reference_are_not_shown() {
        let table = "| a | b |\n|---|---|\n";
        let row = |text: &str| vec![Unseen::Row(text.to_owned())];
        let footnote = |name: &str| vec![Unseen::Footnote(name.to_owned())];
        for (md, found) in [
            (
                format!("{table}| 1 | 2 | lost |\n"),
                row("| 1 | 2 | lost |"),
            ),
            (format!("{table}1 | 2 | lost\n"), row("1 | 2 | lost")),
            (
                format!(
                    "> {}",
                    format!("{table}| 1 | 2 | lost |").replace('\n', "\n> ")
                ),
                row("| 1 | 2 | lost |"),
            ),
            (format!("{table}| 1 | 2 |\n"), vec![]),
            (format!("{table}| 1 | 2 | |\n"), vec![]),
            (format!("{table}| 1 \\| 2 | 3 |\n"), vec![]),
            (format!("{table}| 1 |\n"), vec![]),
            ("| a | b | c\n".to_owned(), vec![]),
            (format!("```\n{table}| 1 | 2 | 3 |\n```\n"), vec![]),
            ("Words.\n\n[^1]: Not shown.\n".to_owned(), footnote("1")),
            ("Words.[^1]\n\n[^1]: Shown.\n".to_owned(), vec![]),
            ("Words.[^A]\n\n[^a]: Shown.\n".to_owned(), vec![]),
            (
                "Words.[^1]\n\n[^1]: Shown.\n\n[^2]: Not.\n".to_owned(),
                footnote("2"),
            ),
            (
                "Words.[^1]\n\n[^1]: Shown.\n\n[^1]: Again.\n".to_owned(),
                footnote("1"),
            ),
            ("```\n[^1]: code\n```\n".to_owned(), vec![]),
            ("    [^1]: code\n".to_owned(), vec![]),
            ("Words.[^1]\n".to_owned(), vec![]),
        ] {
            assert_eq!(Reading::new(&md).unseen(), found, "{md}");
        }
    }
}
