//! The markdown dialect, and the one bound that the parser itself does not keep.

use comrak::Options;

/// Most cells of all tables, counted before any is made: a short row is filled up to the width of its head, so that
/// 3 bytes become hundreds of cells of 200 bytes each. The parser bounds that for each table, not for all of a text.
const MAX_CELLS: usize = 200_000;

/// Most marks of containers, `:::`: each line is matched against all that are open. With more they are text.
const MAX_CONTAINERS: usize = 500;

/// Returns the options: GitHub's dialect, without the parts that belong to one site, and with the callouts of Obsidian,
/// the containers of Docusaurus, and definitions. Tables are text where they could fill the memory.
pub(crate) fn options(md: &str) -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    // Without a bar a table has one cell a line.
    let may_be_large = md.len() > MAX_CELLS || memchr::memchr(b'|', md.as_bytes()).is_some();
    options.extension.table = !may_be_large || cells(md) <= MAX_CELLS;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    // A callout is what GitHub calls an alert, with any name, and with markdown on its first line.
    options.extension.ofm_callouts = true;
    if has_marks_of_colons(md) {
        options.extension.block_directive = md.matches(":::").count() <= MAX_CONTAINERS;
        options.extension.description_lists = true;
    }
    // With it one tilde is another mark than two; `parse` makes text of it again.
    options.extension.subscript = memchr::memchr(b'~', md.as_bytes()).is_some();
    options
}

/// Whether a colon begins a line, or follows another: it may mark a definition or a container.
fn has_marks_of_colons(md: &str) -> bool {
    let bytes = md.as_bytes();
    let mut colons = md
        .match_indices(':')
        .map(|(at, _)| bytes.get(..at).unwrap_or_default());
    colons.any(|before| match before {
        [] | [.., b'\n' | b'\r' | b':'] => true,
        [.., b'\n', b' '] | [.., b'\n', b' ', b' '] | [.., b'\n', b' ', b' ', b' '] => true,
        // Within a quotation or an item of a list.
        [.., b'>' | b'-' | b'*' | b'+' | b'.', b' '] | [.., b' ', b' '] => true,
        _ => false,
    })
}

/// Whether marks between dollars may be a formula. Without a backslash there is nothing to keep from markdown, and the
/// dollars are prices.
pub(crate) fn has_formulas(md: &str) -> bool {
    let is_formula = |line: &str| line.contains('\\') && line.matches('$').count() > 1;
    memchr::memchr(b'$', md.as_bytes()).is_some()
        && (md.contains("$$") || md.lines().any(is_formula))
}

/// Returns at least as many cells as the tables of a text have: the widest line of dashes since the last empty line,
/// for every line after it.
fn cells(md: &str) -> usize {
    if memchr::memchr(b'\r', md.as_bytes()).is_none() {
        return cells_of(md.split('\n'));
    }
    let lines = md
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    cells_of(lines.flat_map(|line| line.split('\r')))
}

fn cells_of<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let (mut width, mut count) = (0_usize, 0_usize);
    for line in lines {
        if line.trim_matches([' ', '\t']).is_empty() {
            width = 0;
            continue;
        }
        // In a quotation or a list, other marks can come before it. Most lines have letters, and begin with one.
        let dashes = !line.contains(char::is_alphabetic) && line.contains('-');
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
