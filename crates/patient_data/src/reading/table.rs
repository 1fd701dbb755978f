//! Says of each cell of a table what the head of its column says.

use crate::{
    kinds,
    labels::{self, Label},
    lexicon::{ALIKE_NUMBER, HEAD_COUNT},
    tokens::{Sort, Tokens},
};

/// Columns of a table that are looked at.
const MAX_COLUMNS: usize = 256;

/// Adds to each token of a cell what the head of its column says: the classes of its words, and its labels.
pub(super) fn add_heads(tokens: &mut Tokens) {
    let mut columns: Vec<u64> = Vec::new();
    let (mut in_table, mut row, mut column) = (false, 0_usize, 0_usize);
    for index in tokens.positions() {
        let token = tokens.at(index);
        match token.sort {
            Sort::Table => {
                columns.clear();
                (in_table, row) = (true, 0);
            }
            Sort::TableEnd => in_table = false,
            Sort::Row => {
                row += 1;
                column = 0;
            }
            Sort::Cell => column += 1,
            Sort::Word | Sort::Number | Sort::Mark(_) if !in_table => {}
            Sort::Word | Sort::Number | Sort::Mark(_) if row <= 1 => {
                let label = labels::at(tokens, index).map_or(0, head);
                if columns.len() <= column && column < MAX_COLUMNS {
                    columns.resize(column + 1, 0);
                }
                let code = if kinds::names_code(tokens, index) {
                    ALIKE_NUMBER
                } else {
                    0
                };
                if let Some(head) = columns.get_mut(column) {
                    *head |= token.class | label | code;
                }
            }
            Sort::Word | Sort::Number | Sort::Mark(_) => {
                let head = columns.get(column).copied().unwrap_or_default();
                tokens.add_head(index, head);
            }
            Sort::Block | Sort::End => {}
        }
    }
}

/// Returns what a label says of the column below it.
fn head(label: Label) -> u64 {
    let count = if label.is_count { HEAD_COUNT } else { 0 };
    label.sort.bit() | count
}
