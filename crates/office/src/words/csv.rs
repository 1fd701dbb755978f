//! Values separated by marks: the rows of a table, as a program for sheets reads them.

use super::{Collected, rows, rows::Row};
use crate::refusal::Refusal;

/// Marks that separate values, as programs write them.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];
/// Lines that say which mark separates the values.
const MAX_LOOKED_AT: usize = 50;

/// Adds a text: its rows, or its lines if nothing separates values in them.
pub(super) fn read(text: &str, out: &mut Collected) -> Result<(), Refusal> {
    let counted = SEPARATORS.map(|mark| {
        let has = |line: &&str| line.contains(mark);
        (text.lines().take(MAX_LOOKED_AT).filter(has).count(), mark)
    });
    // Of marks that are in as many lines, the first.
    let most = counted.iter().rev().max_by_key(|(count, _)| *count);
    match most {
        Some((2.., mark)) => {
            let rows = records(text, *mark, true).or_else(|| records(text, *mark, false));
            rows::add("the table", rows.unwrap_or_default(), out)
        }
        Some(_) | None => out.add("the file", text),
    }
}

/// Reads rows; nothing if quotation marks are read and the last one that opens is never closed.
fn records(text: &str, separator: char, has_quotes: bool) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut number, mut is_quoted) = (1, false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if has_quotes && cell.trim().is_empty() => is_quoted = true,
            '\n' if !is_quoted => {
                cells.push(std::mem::take(&mut cell));
                let cells = std::mem::take(&mut cells);
                rows.push(Row { number, cells });
                number += 1;
            }
            c if c == separator && !is_quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    rows.push(Row { number, cells });
    (!is_quoted).then_some(rows)
}
