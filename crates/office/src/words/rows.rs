//! Rows of cells as parts of their own: each begins with the row that names its columns, so that what is below a name is
//! read with it.
//!
//! Files do not say which row that is. Titles come above it, and empty rows between one table and the next.

use super::{Collected, Place};
use crate::{limits::MAX_TEXT_BYTES, refusal::Refusal};

/// Columns that keep their place. What is further to the right is read, but not below the name of its column.
pub(super) const MAX_PLACED_COLUMNS: usize = 256;
/// Rows at the beginning of a table that say how wide it is.
const MAX_LOOKED_AT: usize = 20;
/// Rows that name the columns together.
const MAX_HEAD_ROWS: usize = 3;
/// Empty rows that are written as such within a table.
const MAX_EMPTY_ROWS: u32 = 64;

/// A row of a table: its number, from 1, and its cells.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) cells: Vec<String>,
}

impl Row {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| is_filled(cell)).count()
    }

    fn has_digit(&self) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        self.cells.iter().any(|cell| cell.contains(is_digit))
    }
}

fn is_filled(cell: &str) -> bool {
    !cell.trim().is_empty()
}

/// Adds rows: the tables among them, and what is above each as lines.
pub(super) fn add(name: &str, mut rows: Vec<Row>, out: &mut Collected) -> Result<(), Refusal> {
    rows.retain(|row| row.filled() > 0);
    let mut rest = rows.as_slice();
    let mut head: Option<Vec<String>> = None;
    while let Some(first) = rest.first() {
        let (table, behind) = rest.split_at(length(rest));
        rest = behind;
        let is_text = table.len() == 1 || !table.iter().any(Row::has_digit);
        if is_text && table.iter().all(|row| row.filled() == 1) {
            add_lines(name, table, out)?;
            continue;
        }
        let at = head_at(table);
        // Numbers below an empty row belong to the table above it.
        if let Some(head) = &head
            && table.get(at).is_none_or(Row::has_digit)
        {
            let number = first.number.saturating_sub(1).max(1);
            write(name, head, number, table, out)?;
            continue;
        }
        let (above, table) = table.split_at(at);
        add_lines(name, above, out)?;
        let count = head_rows(table);
        let (names, below) = table.split_at(count);
        let cells = merged(names);
        let number = names.last().map_or(1, |row| row.number);
        write(name, &cells, number, below, out)?;
        head = Some(cells);
    }
    Ok(())
}

/// Adds what is above or between tables.
fn add_lines(name: &str, rows: &[Row], out: &mut Collected) -> Result<(), Refusal> {
    let lines: Vec<String> = rows.iter().map(|row| line(&row.cells)).collect();
    out.push(Place {
        name: name.to_owned(),
        text: lines.join("\n"),
        first_line: rows.first().map_or(1, |row| row.number),
        is_table: false,
    })
}

/// Returns the rows up to the next one below empty rows that can begin a table of its own.
fn length(rows: &[Row]) -> usize {
    let pairs = rows.iter().zip(rows.iter().skip(1));
    for (index, (before, row)) in pairs.enumerate() {
        let gap = row.number.saturating_sub(before.number);
        let is_name = !row.has_digit() || row.filled() < before.filled();
        if gap > MAX_EMPTY_ROWS || (gap > 1 && is_name) {
            return index + 1;
        }
    }
    rows.len()
}

/// Returns the place of the first row that names the columns.
fn head_at(rows: &[Row]) -> usize {
    let beginning = rows.get(..MAX_LOOKED_AT).unwrap_or(rows);
    let width = beginning.iter().map(Row::filled).max().unwrap_or_default();
    if width < 2 {
        return 0;
    }
    // A title is in the first column; the cell above the names of rows is often empty.
    let is_title =
        |row: &Row| row.filled() == 1 && row.cells.first().is_some_and(|cell| is_filled(cell));
    let is_wide = |row: &Row| !is_title(row) && row.filled() * 2 >= width;
    let first = beginning.iter().position(is_wide).unwrap_or_default();
    // What is above a table often has two cells itself: `Printed on` and a date.
    let named = beginning
        .iter()
        .skip(first)
        .take(MAX_HEAD_ROWS + 1)
        .position(|row| is_wide(row) && !row.has_digit());
    first + named.unwrap_or_default()
}

/// Returns the number of rows that name the columns: cells that were merged leave gaps for the row below.
fn head_rows(rows: &[Row]) -> usize {
    let beginning = rows.get(..MAX_LOOKED_AT).unwrap_or(rows);
    let width = beginning.iter().map(Row::filled).max().unwrap_or_default();
    let mut count = 1;
    while count < MAX_HEAD_ROWS {
        let (Some(row), Some(next)) = (rows.get(count - 1), rows.get(count)) else {
            break;
        };
        let has_gap = width < 2 || row.filled() < width;
        let names = !row.has_digit() && !next.has_digit() && (width < 2 || next.filled() >= 2);
        if !(has_gap && names) {
            break;
        }
        count += 1;
    }
    // Words below words in a single column are a list.
    if width < 2 && rows.get(count).is_none_or(|row| !row.has_digit()) {
        return 1;
    }
    count
}

/// Joins the rows that name the columns, column by column.
fn merged(rows: &[Row]) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for row in rows {
        for (column, cell) in row.cells.iter().enumerate() {
            match heads.get_mut(column) {
                Some(head) => {
                    head.push(' ');
                    head.push_str(cell);
                }
                None => heads.push(cell.clone()),
            }
        }
    }
    heads
}

/// Adds a table as a place: its head, which has the number `first`, and the rows below it.
fn write(
    name: &str,
    head: &[String],
    first: u32,
    rows: &[Row],
    out: &mut Collected,
) -> Result<(), Refusal> {
    let mut text = line(head);
    let mut number = first;
    for row in rows {
        let gap = row.number.saturating_sub(number);
        for _ in 0..gap.clamp(1, MAX_EMPTY_ROWS) {
            text.push('\n');
        }
        number = row.number;
        text.push_str(&line(&row.cells));
        if text.len() > MAX_TEXT_BYTES {
            return Err(Refusal::TooLarge);
        }
    }
    out.push(Place {
        name: name.to_owned(),
        text,
        first_line: first,
        is_table: true,
    })
}

/// Writes a row on one line.
fn line(cells: &[String]) -> String {
    let mut out = String::new();
    for (column, cell) in cells.iter().enumerate() {
        if column > 0 {
            out.push('\t');
        }
        for (index, word) in cell.split_whitespace().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out.truncate(out.trim_end_matches('\t').len());
    out
}
