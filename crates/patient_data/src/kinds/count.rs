//! Counts of 1 to 7 patients in a table, by which someone who knows the place can know the person.

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{AGE, COUNTED, HEAD_BIRTH, HEAD_HOSPITAL, HEAD_NAME, HEAD_NHS, RATE, UNIT},
    tokens::{Sort, Token, Tokens},
};

/// The smallest count that hides everyone.
const MIN_HIDING: u32 = 8;
/// Columns of a table that are looked at.
const MAX_COLUMNS: usize = 256;
/// Tokens before a table in which its subject is said.
const MAX_CAPTION: usize = 40;

/// What a cell holds.
#[derive(Default, Clone, Copy)]
struct Cell {
    first: usize,
    end: usize,
}

#[derive(Default)]
struct Table {
    /// What the heads say: of patients, of a rate, of a count of anything.
    heads: Vec<Subject>,
    caption: Subject,
    rows: usize,
}

/// What words say of figures.
#[derive(Default, Clone, Copy)]
struct Subject {
    counts_patients: bool,
    is_rate: bool,
    is_count: bool,
    is_empty: bool,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut table: Option<Table> = None;
    let mut row: Vec<Cell> = Vec::new();
    for index in 0..=tokens.len() {
        let token = tokens.at(index);
        match token.sort {
            Sort::Table => {
                table = Some(Table {
                    caption: subject(tokens, index.saturating_sub(MAX_CAPTION), index, true),
                    ..Table::default()
                });
                row.clear();
            }
            Sort::Row | Sort::TableEnd | Sort::End => {
                if let Some(table) = &mut table {
                    end_row(tokens, table, &row, found);
                }
                row.clear();
                if token.sort != Sort::Row {
                    table = None;
                }
            }
            Sort::Cell if row.len() < MAX_COLUMNS => row.push(Cell {
                first: index + 1,
                end: index + 1,
            }),
            Sort::Cell | Sort::Block => {}
            Sort::Word | Sort::Number | Sort::Mark(_) => {
                if let Some(cell) = row.last_mut() {
                    cell.end = index + 1;
                }
            }
        }
    }
}

fn end_row(tokens: &Tokens, table: &mut Table, row: &[Cell], found: &mut Vec<Found>) {
    if row.is_empty() {
        return;
    }
    table.rows += 1;
    if table.rows == 1 {
        table.heads = row
            .iter()
            .map(|cell| subject(tokens, cell.first, cell.end, false))
            .collect();
        return;
    }
    let label = row
        .first()
        .map(|cell| subject(tokens, cell.first, cell.end, false))
        .unwrap_or_default();
    for (column, cell) in row.iter().enumerate() {
        let head = table.heads.get(column).copied().unwrap_or_default();
        let is_label = column == 0 && !head.counts_patients;
        if !is_label
            && is_of_patients(head, label, table.caption, column)
            && is_small(tokens, *cell)
        {
            let (first, last) = (tokens.at(cell.first), tokens.at(cell.first));
            found.push(between(Kind::SmallCount, Severity::Warn, first, last));
        }
    }
}

/// Whether a figure counts patients, by the head of its column, the first cell of its row, and what is above the table.
fn is_of_patients(head: Subject, label: Subject, caption: Subject, column: usize) -> bool {
    let label = if column == 0 {
        Subject::default()
    } else {
        label
    };
    if head.is_rate || label.is_rate {
        return false;
    }
    head.counts_patients
        || label.counts_patients
        || (caption.counts_patients && !caption.is_rate && (head.is_count || head.is_empty))
}

/// Returns what words say of the figures next to them.
fn subject(tokens: &Tokens, from: usize, to: usize, is_caption: bool) -> Subject {
    let mut subject = Subject {
        is_empty: from >= to,
        ..Subject::default()
    };
    for index in from..to {
        let token = tokens.at(index);
        let word = tokens.text(token);
        if is_caption && token.is_structure() && index + 2 < to {
            // Only the block right above the table is about it.
            subject = Subject::default();
            continue;
        }
        let is_count = matches!(
            word,
            "n" | "no"
                | "count"
                | "counts"
                | "number"
                | "total"
                | "frequency"
                | "cases"
                | "numbers"
        );
        subject.is_count |= is_count && token.is_word();
        subject.counts_patients |= token.is(COUNTED) && !is_compound(tokens, index);
        // Below a caption that counts, only the words of a rate itself are about a rate.
        let is_rate = matches!(
            word,
            "per"
                | "rate"
                | "rates"
                | "percent"
                | "percentage"
                | "ratio"
                | "average"
                | "mean"
                | "median"
        );
        let is_other = is_count || token.is(COUNTED);
        let is_about = token.is(RATE) && !is_other && (is_rate || !is_caption);
        // `Patients (%)` is no count, `Patients, n (%)` is one.
        subject.is_rate |= is_about || (token.is_any_mark("%£") && !subject.is_count);
        subject.is_rate |= token.is(AGE) && !is_caption;
    }
    subject
}

/// Whether a word for patients only says what something is for: `patient safety`, `patient letters`.
fn is_compound(tokens: &Tokens, index: usize) -> bool {
    let (token, next) = (tokens.at(index), tokens.at(index + 1));
    let is_singular = matches!(
        tokens.text(token),
        "patient" | "case" | "cohort" | "transfer" | "client" | "user" | "people"
    );
    is_singular
        && next.is_word()
        && !matches!(
            tokens.text(next),
            "count"
                | "counts"
                | "numbers"
                | "number"
                | "total"
                | "deaths"
                | "falls"
                | "admissions"
                | "with"
                | "who"
                | "in"
                | "on"
                | "at"
                | "aged"
        )
}

/// Whether a cell is a count from 1 to 7, alone or with its percentage.
fn is_small(tokens: &Tokens, cell: Cell) -> bool {
    let token: Token = tokens.at(cell.first);
    let value = tokens.value(cell.first);
    let is_small = value.is_some_and(|value| (1..MIN_HIDING).contains(&value));
    if !is_small
        || token.len() > 1
        || token.head & (HEAD_NHS | HEAD_HOSPITAL | HEAD_BIRTH | HEAD_NAME) != 0
    {
        return false;
    }
    let next = tokens.at(cell.first + 1);
    let is_alone = cell.first + 1 >= cell.end || (next.is_mark('*') || next.is_mark('†'));
    let is_with_percentage = next.is_any_mark("([/")
        && (cell.first + 2..cell.end).any(|at| tokens.at(at).is_any_mark("%)"));
    let is_with_word = next.is_word() && !next.is(UNIT) && next.is(COUNTED);
    is_alone || is_with_percentage || is_with_word || (next.is(UNIT) && next.is(COUNTED))
}
