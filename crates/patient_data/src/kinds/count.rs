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

/// Where words are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above the table.
    Caption,
    /// At the head of a column.
    Head,
    /// In the first cell of a row.
    Label,
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
                    caption: subject(
                        tokens,
                        index.saturating_sub(MAX_CAPTION),
                        index,
                        Place::Caption,
                    ),
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
            .map(|cell| subject(tokens, cell.first, cell.end, Place::Head))
            .collect();
        // A table of two columns can have values in its first row as well.
        if let [label, value] = row
            && table
                .heads
                .first()
                .is_some_and(|head| head.counts_patients && !head.is_rate)
            && is_small(tokens, *value)
            && label.end > label.first
        {
            let token = tokens.at(value.first);
            found.push(between(Kind::SmallCount, Severity::Warn, token, token));
        }
        return;
    }
    let label = row
        .first()
        .map(|cell| subject(tokens, cell.first, cell.end, Place::Label))
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
fn subject(tokens: &Tokens, from: usize, to: usize, place: Place) -> Subject {
    let mut subject = Subject {
        is_empty: from >= to,
        ..Subject::default()
    };
    for index in from..to {
        let token = tokens.at(index);
        let word = tokens.text(token);
        if place == Place::Caption && token.is_structure() && index + 2 < to {
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
        let is_purpose = is_compound(tokens, index) || is_other_count(tokens, index);
        let numbers_rows = place == Place::Head && is_number_of_row(tokens, from, to);
        subject.counts_patients |= token.is(COUNTED) && !is_purpose && !numbers_rows;
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
        let names_row = place == Place::Label && index == from && is_name_of_row(word);
        let is_other = is_count || token.is(COUNTED) || names_row;
        let is_about = token.is(RATE) && !is_other && (is_rate || place != Place::Caption);
        // `Patients (%)` is no count, `Patients, n (%)` is one.
        subject.is_rate |= is_about || (token.is_any_mark("%£") && !subject.is_count);
        subject.is_rate |= token.is(AGE) && place != Place::Caption;
    }
    subject
}

/// Whether a word is the beginning of what a row is called: `Ward A`, `Week 3`.
fn is_name_of_row(word: &str) -> bool {
    matches!(
        word,
        "ward"
            | "week"
            | "month"
            | "day"
            | "site"
            | "clinic"
            | "hospital"
            | "team"
            | "stage"
            | "phase"
            | "level"
            | "room"
    )
}

/// Whether a head is one word for one person or group: the figures below it are their numbers.
fn is_number_of_row(tokens: &Tokens, from: usize, to: usize) -> bool {
    to == from + 1
        && matches!(
            tokens.word(from),
            "cohort" | "case" | "transfer" | "patient"
        )
}

/// Whether a word is not said of patients: `bays for patients`, `user cases`, `falls in speed`.
fn is_other_count(tokens: &Tokens, index: usize) -> bool {
    let before = tokens.text(tokens.before(index));
    let next = (tokens.word(index + 1), tokens.word(index + 2));
    match tokens.word(index) {
        "cases" => matches!(before, "use" | "user" | "test" | "business" | "support"),
        "falls" => {
            next.0 == "in"
                && !matches!(
                    next.1,
                    "hospital" | "bed" | "bathroom" | "toilet" | "the" | "patients"
                )
        }
        "users" => before != "service",
        _ => before == "for",
    }
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
fn is_small(tokens: &Tokens, mut cell: Cell) -> bool {
    // `n = 2`
    if tokens.word(cell.first) == "n" && tokens.at(cell.first + 1).is_mark('=') {
        cell.first += 2;
    }
    let is_word = cell.end == cell.first + 1
        && matches!(
            tokens.word(cell.first),
            "one" | "two" | "three" | "four" | "five" | "six" | "seven"
        );
    if is_word {
        return true;
    }
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
    // `2 of 40`, `2/40`
    let is_of_whole = (tokens.word(cell.first + 1) == "of" || next.is_mark('/'))
        && tokens.at(cell.first + 2).is_number()
        && cell.first + 3 >= cell.end;
    let is_alone = cell.first + 1 >= cell.end || (next.is_mark('*') || next.is_mark('†'));
    let is_with_percentage = next.is_any_mark("([/")
        && (cell.first + 2..cell.end).any(|at| tokens.at(at).is_any_mark("%)"));
    let is_with_word = next.is_word() && !next.is(UNIT) && next.is(COUNTED);
    is_of_whole
        || is_alone
        || is_with_percentage
        || is_with_word
        || (next.is(UNIT) && next.is(COUNTED))
}
