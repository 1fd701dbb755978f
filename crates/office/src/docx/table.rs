//! Tables of a Word document: a merged cell becomes several with the same text.

use super::{Reader, alternative, styles};
use crate::{
    blocks::{Block, Table, flatten},
    inline::{Inline, is_blank, plain},
    limits::{MAX_CELLS, MAX_COLUMNS, MAX_REPEATED_BYTES},
    omission::Lost,
    refusal::Refusal,
    xml::Element,
};

/// A table while it is read.
#[derive(Default)]
struct Reading {
    rows: Vec<Vec<Vec<Inline>>>,
    merged: bool,
    cut: bool,
}

impl Reader<'_, '_> {
    /// Reads a table. One with a single cell is a box around text.
    pub(super) fn table(
        &mut self,
        element: Element<'_, '_>,
        out: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        let mut rows = Vec::new();
        self.rows_below(element, &mut rows);
        if let [row] = rows.as_slice()
            && let [cell] = cells_below(*row).as_slice()
        {
            return self.blocks(*cell, out);
        }
        let mut table = Reading::default();
        for row in rows {
            self.row(row, &mut table)?;
        }
        if table.merged {
            self.omissions.add(Lost::MergedCells, &self.under);
        }
        if table.cut {
            self.omissions.add(Lost::LargeTable, &self.under);
        }
        // Rows without a word are for the looks.
        table
            .rows
            .retain(|row| row.iter().any(|cell| !is_blank(cell)));
        if !table.rows.is_empty() {
            out.push(Block::Table(Table { rows: table.rows }));
        }
        Ok(())
    }

    /// Finds rows, also within content controls; those that tracked changes deleted are counted.
    fn rows_below<'t, 'a>(&mut self, parent: Element<'t, 'a>, out: &mut Vec<Element<'t, 'a>>) {
        for child in parent.children() {
            match child.name() {
                "tr" => {
                    let properties = child.child("trPr");
                    if properties.is_some_and(|properties| properties.child("del").is_some()) {
                        self.deleted(child);
                    } else {
                        out.push(child);
                    }
                }
                "sdt" | "sdtContent" | "ins" | "customXml" | "moveTo" => {
                    self.rows_below(child, out)
                }
                "AlternateContent" => {
                    if let Some(chosen) = alternative(child) {
                        self.rows_below(chosen, out);
                    }
                }
                _ => {}
            }
        }
    }

    fn row(&mut self, row: Element<'_, '_>, table: &mut Reading) -> Result<(), Refusal> {
        let properties = row.child("trPr");
        let skipped = properties
            .and_then(|properties| number(properties, "gridBefore"))
            .unwrap_or(0);
        let mut cells: Vec<Vec<Inline>> = vec![Vec::new(); skipped.min(MAX_COLUMNS)];
        for cell in cells_below(row) {
            let properties = cell.child("tcPr");
            let span = properties
                .and_then(|properties| number(properties, "gridSpan"))
                .unwrap_or(1)
                .clamp(1, MAX_COLUMNS);
            let continues = |name| {
                let merge = properties.and_then(|properties| properties.child(name));
                merge.is_some_and(|merge| merge.attribute("val").as_deref() != Some("restart"))
            };
            let (goes_on, goes_on_left) = (continues("vMerge"), continues("hMerge"));
            table.merged |= goes_on || goes_on_left || span > 1;
            if self.cells + span > MAX_CELLS || cells.len() + span > MAX_COLUMNS {
                table.cut = true;
                break;
            }
            self.cells += span;
            let words = if goes_on_left {
                short(cells.last())
            } else if goes_on {
                // The cell above, if there is one: short text only, so that nothing grows by repetition.
                short(table.rows.last().and_then(|row| row.get(cells.len())))
            } else {
                self.cell(cell)?
            };
            let repeats = plain(&words).len() <= MAX_REPEATED_BYTES
                && !words
                    .iter()
                    .any(|part| matches!(part, Inline::Picture { .. }));
            cells.push(words.clone());
            if span > 1 {
                // One cell across the whole row is a heading within the table.
                let is_whole_row = cells_below(row).len() == 1;
                let repeated = if repeats && !is_whole_row {
                    words
                } else {
                    Vec::new()
                };
                cells.resize(cells.len() + span - 1, repeated);
            }
        }
        table.rows.push(cells);
        Ok(())
    }

    fn cell(&mut self, cell: Element<'_, '_>) -> Result<Vec<Inline>, Refusal> {
        let mut blocks = Vec::new();
        let joined = std::mem::take(&mut self.joined);
        let boxed = std::mem::take(&mut self.boxed);
        self.blocks(cell, &mut blocks)?;
        self.finish_joined(&mut blocks);
        self.joined = joined;
        self.boxed = boxed;
        if blocks.iter().any(|block| matches!(block, Block::Table(_))) {
            self.omissions.add(Lost::NestedTable, &self.under);
        }
        Ok(flatten(blocks))
    }
}

/// Returns the words of a cell to repeat them, unless they are too long.
fn short(cell: Option<&Vec<Inline>>) -> Vec<Inline> {
    let words = cell.filter(|words| plain(words).len() <= MAX_REPEATED_BYTES);
    words.cloned().unwrap_or_default()
}

/// Returns the cells of a row, also those within content controls.
fn cells_below<'t, 'a>(row: Element<'t, 'a>) -> Vec<Element<'t, 'a>> {
    let mut out = Vec::new();
    for child in row.children() {
        match child.name() {
            "tc" => {
                let properties = child.child("tcPr");
                if properties
                    .and_then(|properties| properties.child("cellDel"))
                    .is_none()
                {
                    out.push(child);
                }
            }
            "sdt" | "sdtContent" | "ins" | "customXml" => out.extend(cells_below(child)),
            _ => {}
        }
    }
    out
}

fn number(properties: Element<'_, '_>, name: &str) -> Option<usize> {
    styles::value(properties, name)?.parse().ok()
}
