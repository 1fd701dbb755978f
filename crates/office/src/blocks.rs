//! The blocks of a text, and how they are written as markdown.

use crate::inline::{Inline, Within, plain, write};

/// Backticks of a fence (CommonMark 0.31.2 §4.5).
const MIN_FENCE: usize = 3;

/// A block of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading, from level 1.
    Heading {
        level: u8,
        inlines: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    Quote(Vec<Inline>),
    /// Lines whose spaces count, such as commands.
    Code(String),
    /// An item of a list, at a level from 0.
    Item {
        level: usize,
        number: Option<u32>,
        inlines: Vec<Inline>,
    },
    Table(Table),
}

/// A table. Its first row is its head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Vec<Inline>>>,
}

/// The words of a note, in the order of their numbers from 1.
pub(crate) type Notes = Vec<Vec<Inline>>;

/// Writes blocks, and the notes that they refer to, as markdown.
pub(crate) fn write_blocks(blocks: &[Block], notes: &[(usize, &Vec<Inline>)]) -> String {
    let mut out = String::new();
    let mut lists = Lists::default();
    for block in blocks {
        if let Block::Item {
            level,
            number,
            inlines,
        } = block
        {
            let (indent, marker) = lists.next(*level, *number);
            if !lists.follows {
                separate(&mut out);
            }
            lists.follows = true;
            let text = write(inlines, Within::Paragraph);
            let inner = " ".repeat(indent + marker.len());
            out.push_str(&" ".repeat(indent));
            out.push_str(&marker);
            out.push_str(&text.replace('\n', &format!("\n{inner}")));
            out.push('\n');
            continue;
        }
        lists = Lists::default();
        let text = match block {
            Block::Heading { level, inlines } => {
                let marks = "#".repeat(usize::from((*level).clamp(1, 6)));
                format!("{marks} {}", heading_text(inlines))
            }
            Block::Paragraph(inlines) => write(inlines, Within::Paragraph),
            Block::Quote(inlines) => {
                let text = write(inlines, Within::Paragraph);
                format!("> {}", text.replace('\n', "\n> "))
            }
            Block::Code(lines) => write_code(lines),
            Block::Table(table) => write_table(table),
            Block::Item { .. } => String::new(),
        };
        if text.trim().is_empty() {
            continue;
        }
        separate(&mut out);
        out.push_str(text.trim_end());
        out.push('\n');
    }
    for (number, inlines) in notes {
        let text = write(inlines, Within::Paragraph);
        separate(&mut out);
        out.push_str(&format!("[^{number}]: {}\n", text.replace('\n', "\n    ")));
    }
    out
}

/// Writes lines between two fences. These are longer than any row of backticks within, so that no line ends the block.
fn write_code(lines: &str) -> String {
    let (mut longest, mut row) = (0, 0);
    for c in lines.chars() {
        row = if c == '`' { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    let lines = lines.trim_end().trim_start_matches('\n');
    if lines.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(MIN_FENCE.max(longest + 1));
    format!("{fence}\n{lines}\n{fence}")
}

/// Writes the words of a heading. A mark at their end would close it.
fn heading_text(inlines: &[Inline]) -> String {
    let text = write(inlines, Within::Heading);
    match text.strip_suffix('#') {
        Some(rest) => format!("{rest}\\#"),
        None => text,
    }
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

/// The lists that are open while items are written.
#[derive(Default)]
struct Lists {
    /// From the outside to the inside.
    open: Vec<OpenList>,
    /// Whether the block before was an item.
    follows: bool,
}

struct OpenList {
    level: usize,
    indent: usize,
    /// The width of the mark of its last item.
    width: usize,
    number: Option<u32>,
    /// The sign behind numbers, or the bullet.
    sign: char,
}

impl Lists {
    /// Returns the indent and the mark of the next item.
    fn next(&mut self, level: usize, number: Option<u32>) -> (usize, String) {
        while self.open.last().is_some_and(|list| list.level > level) {
            self.open.pop();
        }
        let same = self.open.pop_if(|list| list.level == level);
        let indent = self
            .open
            .last()
            .map_or(0, |outer| outer.indent + outer.width);
        // Markdown joins neighbouring lists unless their signs differ, and would number the second one on.
        let sign = match (&same, number) {
            (None, Some(_)) => '.',
            (None, None) => '-',
            (Some(list), Some(number)) => match list.number {
                Some(last) if number == last.saturating_add(1) => list.sign,
                Some(_) if list.sign == '.' => ')',
                Some(_) | None => '.',
            },
            (Some(list), None) => match list.number {
                None => list.sign,
                Some(_) => '-',
            },
        };
        let marker = match number {
            Some(number) => format!("{number}{sign} "),
            None => format!("{sign} "),
        };
        self.open.push(OpenList {
            level,
            indent,
            width: marker.len(),
            number,
            sign,
        });
        (indent, marker)
    }
}

fn write_table(table: &Table) -> String {
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for (index, row) in table.rows.iter().enumerate() {
        out.push('|');
        for column in 0..columns {
            let text = row
                .get(column)
                .map(|cell| write(cell, Within::Cell))
                .unwrap_or_default();
            out.push(' ');
            out.push_str(&text);
            out.push_str(if text.is_empty() { "|" } else { " |" });
        }
        out.push('\n');
        if index == 0 {
            out.push('|');
            out.push_str(&" --- |".repeat(columns));
            out.push('\n');
        }
    }
    out
}

/// Returns the number of the notes that blocks refer to, in their order.
pub(crate) fn noted(blocks: &[Block]) -> Vec<usize> {
    let mut found = Vec::new();
    for inlines in blocks.iter().flat_map(paragraphs) {
        found.extend(inlines.iter().filter_map(|inline| match inline {
            Inline::Note(number) => Some(*number),
            Inline::Text(_) | Inline::Break | Inline::Picture { .. } => None,
        }));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the paragraphs of a block.
fn paragraphs(block: &Block) -> Vec<&Vec<Inline>> {
    match block {
        Block::Heading { inlines, .. }
        | Block::Paragraph(inlines)
        | Block::Quote(inlines)
        | Block::Item { inlines, .. } => vec![inlines],
        Block::Code(_) => Vec::new(),
        Block::Table(table) => table.rows.iter().flatten().collect(),
    }
}

/// Writes blocks into one cell or note: lines with breaks between them.
pub(crate) fn flatten(blocks: Vec<Block>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for block in blocks {
        let mut line = Vec::new();
        match block {
            Block::Heading { inlines, .. } | Block::Paragraph(inlines) | Block::Quote(inlines) => {
                line = inlines
            }
            Block::Code(lines) => {
                for words in lines.trim_end().lines() {
                    if !line.is_empty() {
                        line.push(Inline::Break);
                    }
                    line.push(crate::inline::text(words));
                }
            }
            Block::Item {
                level,
                number,
                inlines,
            } => {
                let mark = number.map_or_else(|| "• ".to_owned(), |number| format!("{number}. "));
                let indent = "\u{a0}".repeat(2 * level);
                line.push(crate::inline::text(&format!("{indent}{mark}")));
                line.extend(inlines);
            }
            Block::Table(table) => {
                for row in &table.rows {
                    let cells: Vec<String> = row
                        .iter()
                        .map(|cell| plain(cell))
                        .filter(|cell| !cell.is_empty())
                        .collect();
                    if !line.is_empty() {
                        line.push(Inline::Break);
                    }
                    line.push(crate::inline::text(&cells.join(" – ")));
                }
            }
        }
        if line.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(Inline::Break);
        }
        out.extend(line);
    }
    out
}
