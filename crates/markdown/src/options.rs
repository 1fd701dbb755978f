//! The markdown dialect, and the one bound that the parser itself does not keep.

use comrak::Options;

use crate::attributes::has;

/// Most cells of all tables, counted before any is made: a short row is filled up to the width of its head, so that
/// 3 bytes become hundreds of cells of 200 bytes each. The parser bounds that for each table, not for all of a text.
const MAX_CELLS: usize = 200_000;

/// Returns the options: GitHub's dialect, without the parts that belong to one site, and with the callouts of Obsidian,
/// the containers of Docusaurus, and definitions. Tables are text where they could fill the memory.
pub(crate) fn options(md: &str) -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = cells(md) <= MAX_CELLS;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    // A callout is what GitHub calls an alert, with any name, and with markdown on its first line.
    options.extension.ofm_callouts = true;
    options.extension.block_directive = has(md, b':', ":::");
    options.extension.description_lists =
        has(md, b':', "\n:") || has(md, b':', "\n :") || has(md, b':', "\n  :");
    // With it one tilde is another mark than two; `parse` makes text of it again.
    options.extension.subscript = md.contains('~');
    options.extension.math_dollars = has_formulas(md);
    options
}

/// Whether marks between dollars may be a formula. Without a backslash there is nothing to keep from markdown, and the
/// dollars are prices.
fn has_formulas(md: &str) -> bool {
    let is_formula = |line: &str| line.contains('\\') && line.matches('$').count() > 1;
    md.as_bytes().contains(&b'$') && (md.contains("$$") || md.lines().any(is_formula))
}

/// Returns at least as many cells as the tables of a text have: the widest line of dashes since the last empty line,
/// for every line after it.
fn cells(md: &str) -> usize {
    let (mut width, mut count) = (0_usize, 0_usize);
    let lines = md
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split('\r'));
    for line in lines {
        if line.trim_matches([' ', '\t']).is_empty() {
            width = 0;
            continue;
        }
        // In a quotation or a list, other marks can come before it.
        let dashes = line.contains('-') && !line.contains(char::is_alphabetic);
        if dashes {
            width = width.max(line.matches('|').count() + 1);
        }
        count = count.saturating_add(width);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_before_they_are_made() {
        for (md, count) in [
            ("words\n\n- a\n- b | c", 0),
            ("|a|b|\n|-|-|\n|c|d|\n\ntext", 8),
            ("|a|b|\r\n|-|-|\r\n|c\r\n|c\r\n", 12),
            ("|a|b|\r|-|-|\r|c\r|c", 12),
            ("> |a|b|\n> |-|-|\n> |c\n\u{a0}\n|c", 16),
        ] {
            assert_eq!(cells(md), count, "{md:?}");
        }
    }
}
