//! Says of each cell of a table what the head of its column says.

use crate::{
    kinds,
    labels::{self, Label},
    lexicon::{
        ALIKE_NUMBER, HEAD_BIRTH, HEAD_COUNT, HEAD_HOSPITAL, HEAD_NAME, HEAD_NHS, HOSPITAL,
        NUMBER_WORD,
    },
    tokens::{Sort, Tokens},
};

/// Columns of a table that are looked at.
const MAX_COLUMNS: usize = 256;

/// Adds to each token of a cell what the head of its column says: the classes of its words, and its labels.
pub(super) fn add_heads(tokens: &mut Tokens) {
    let mut columns: Vec<u64> = Vec::new();
    // The last word of each head, with which a second row may go on.
    let mut last_words: Vec<usize> = Vec::new();
    let (mut in_table, mut row, mut column) = (false, 0_usize, 0_usize);
    let mut head_rows = 1;
    for index in tokens.positions() {
        let token = tokens.at(index);
        match token.sort {
            Sort::Table => {
                columns.clear();
                last_words.clear();
                (in_table, row, head_rows) = (true, 0, 1);
            }
            Sort::TableEnd => in_table = false,
            Sort::Row => {
                row += 1;
                column = 0;
                if row == 2 && goes_on(tokens, index, &last_words) {
                    head_rows = 2;
                }
            }
            Sort::Cell => column += 1,
            Sort::Word | Sort::Number | Sort::Mark(_) if !in_table => {}
            Sort::Word | Sort::Number | Sort::Mark(_) if row <= head_rows => {
                let label = labels::at(tokens, index).map_or(0, head);
                if columns.len() <= column && column < MAX_COLUMNS {
                    columns.resize(column + 1, 0);
                }
                let code = if kinds::names_code(tokens, index) {
                    ALIKE_NUMBER
                } else {
                    0
                };
                if last_words.len() < columns.len() {
                    last_words.resize(columns.len(), usize::MAX);
                }
                let above = last_words.get(column).copied().unwrap_or(usize::MAX);
                let label = if row == 2 {
                    label | across(tokens, above, index)
                } else {
                    label
                };
                if let Some(last) = last_words.get_mut(column) {
                    *last = index;
                }
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

/// Whether the second row of a table goes on with the names of the first: `Date of` and, below it, `birth`.
fn goes_on(tokens: &Tokens, row: usize, last_words: &[usize]) -> bool {
    let mut column = 0;
    for at in row + 1..tokens.len() {
        let token = tokens.at(at);
        match token.sort {
            Sort::Cell => column += 1,
            Sort::Word => {
                let above = last_words.get(column).copied().unwrap_or(usize::MAX);
                if across(tokens, above, at) != 0 {
                    return true;
                }
            }
            Sort::Number | Sort::Row | Sort::Table | Sort::TableEnd | Sort::End => return false,
            Sort::Mark(_) | Sort::Block => {}
        }
    }
    false
}

/// Returns what two words of a head that are below each other say: `Date of` and `birth`, `NHS` and `number`.
fn across(tokens: &Tokens, above: usize, below: usize) -> u64 {
    let (first, second) = (tokens.at(above), tokens.at(below));
    let is_number = second.is(NUMBER_WORD);
    match (tokens.word(above), tokens.word(below)) {
        ("of", "birth") => HEAD_BIRTH,
        ("nhs", _) if is_number => HEAD_NHS,
        ("patient", "name") => HEAD_NAME,
        _ if first.is(HOSPITAL) && is_number => HEAD_HOSPITAL,
        _ => 0,
    }
}

/// Returns what a label says of the column below it.
fn head(label: Label) -> u64 {
    let count = if label.is_count { HEAD_COUNT } else { 0 };
    label.sort.bit() | count
}
