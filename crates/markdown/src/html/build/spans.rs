//! Cells that reach to the end of their part of a table (`rowspan="0"`): pages write how many rows that is.

use crate::html::{elements::Kind, tokens::Token};

/// Writes the rows of such cells into the pieces of HTML of one parent.
pub(super) fn write(pieces: &mut [Vec<Token>]) {
    // From the end to the beginning: the rows below, of each table that is open.
    let mut below = vec![0_usize];
    let tokens = pieces
        .iter_mut()
        .rev()
        .flat_map(|tokens| tokens.iter_mut().rev());
    for token in tokens {
        let Token::Tag(tag) = token else { continue };
        match (tag.element.kind, tag.element.name, tag.closes) {
            (Kind::Table, _, true) => below.push(0),
            (Kind::Table, _, false) => {
                below.pop();
                if below.is_empty() {
                    below.push(0);
                }
            }
            (_, "thead" | "tbody" | "tfoot", _) => {
                below.pop();
                below.push(0);
            }
            (Kind::Row, _, false) => {
                if let Some(rows) = below.last_mut() {
                    *rows += 1;
                }
            }
            (Kind::Cell(_), _, false) => {
                let rows = 1 + below.last().copied().unwrap_or_default();
                for (name, value) in &mut tag.attributes {
                    if name == "rowspan" && value.trim() == "0" {
                        *value = rows.to_string();
                    }
                }
            }
            _ => {}
        }
    }
}
