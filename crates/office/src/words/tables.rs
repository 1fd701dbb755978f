//! The words of a part of Word, PowerPoint or Excel: its lines, and each of its tables by its rows.

use super::{
    parts,
    rows::{MAX_PLACED_COLUMNS, Row},
};
use crate::xml::Element;

/// The words of a part.
#[derive(Default)]
pub(super) struct Read {
    /// A line for each paragraph.
    pub(super) lines: String,
    /// The rows of each table.
    pub(super) tables: Vec<Vec<Row>>,
}

/// Reads a part.
pub(super) fn read(root: Element<'_, '_>) -> Read {
    let mut out = Read::default();
    visit(root, &mut out);
    out
}

/// Returns the words of an element that has no tables.
pub(super) fn lines_of(element: Element<'_, '_>) -> String {
    let mut out = Read::default();
    visit(element, &mut out);
    out.lines
}

fn visit(element: Element<'_, '_>, out: &mut Read) {
    for child in element.children() {
        if child.name() == "tbl" {
            table(child, out);
        } else {
            parts::own_words(child, &mut out.lines);
            visit(child, out);
        }
    }
}

fn table(element: Element<'_, '_>, out: &mut Read) {
    let mut found = Vec::new();
    rows(element, &mut found, out);
    out.tables.push(found);
}

/// Reads the rows below an element: controls and marks of changes may be around them.
fn rows(element: Element<'_, '_>, found: &mut Vec<Row>, out: &mut Read) {
    for child in element.children() {
        if child.name() == "tr" {
            let mut row = Vec::new();
            cells(child, &mut row, out);
            let number = u32::try_from(found.len() + 1).unwrap_or(u32::MAX);
            found.push(Row { number, cells: row });
        } else {
            parts::own_words(child, &mut out.lines);
            rows(child, found, out);
        }
    }
}

/// Reads the cells of a row, each in its column.
fn cells(element: Element<'_, '_>, row: &mut Vec<String>, out: &mut Read) {
    for child in element.children() {
        match child.name() {
            "tc" => {
                let mut cell = Read::default();
                visit(child, &mut cell);
                out.tables.append(&mut cell.tables);
                row.push(cell.lines);
                let properties = child.child("tcPr");
                skip(properties.and_then(|held| held.child("gridSpan")), 1, row);
            }
            // Columns in front of the first cell.
            "trPr" => skip(child.child("gridBefore"), 0, row),
            _ => {
                parts::own_words(child, &mut out.lines);
                cells(child, row, out);
            }
        }
    }
}

/// Leaves columns empty: as many as a value says, without those that are filled.
fn skip(value: Option<Element<'_, '_>>, filled: usize, row: &mut Vec<String>) {
    let stated = value.and_then(|value| value.attribute("val"));
    let count: usize = stated
        .and_then(|count| count.parse().ok())
        .unwrap_or(filled);
    let width = row.len() + count.saturating_sub(filled);
    if width > row.len() && width <= MAX_PLACED_COLUMNS {
        row.resize(width, String::new());
    }
}
