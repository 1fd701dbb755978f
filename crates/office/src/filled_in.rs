//! Tables that are forms: a question on the left, its answer on the right. Their rows become headings and texts.

use crate::{
    blocks::{Block, Table},
    inline::{Inline, is_blank, plain},
    outline::Source,
    sections::section_of,
};

/// Rows that name a section and answer in words, from which on a table of two columns is a form.
const MIN_SECTIONS: usize = 2;
/// The fewest words of such an answer.
const MIN_WORDS: usize = 2;
/// The longest question, in characters.
const MAX_QUESTION: usize = 200;
/// The level of a question, as that of a section.
const LEVEL: u8 = 2;
/// Questions whose answer is the title.
const TITLES: [&str; 6] = [
    "title",
    "project title",
    "title of the project",
    "title of project",
    "project name",
    "name of the project",
];

/// Makes headings and texts of the tables that are forms, and takes the title from them.
pub(crate) fn open(source: &mut Source) {
    let blocks = std::mem::take(&mut source.blocks);
    for block in blocks {
        match block {
            Block::Table(table) if is_form(&table) => answer(source, table),
            other => source.blocks.push(other),
        }
    }
}

fn is_form(table: &Table) -> bool {
    let is_answered = |row: &&Vec<Vec<Inline>>| {
        let [question, answer] = row.as_slice() else {
            return false;
        };
        let question = plain(question);
        let is_question =
            question.chars().count() <= MAX_QUESTION && section_of(&question).is_some();
        // A table of figures has no sentences.
        is_question && plain(answer).split_whitespace().count() >= MIN_WORDS
    };
    let is_pair = |row: &Vec<Vec<Inline>>| row.len() == 2;
    table.rows.iter().all(is_pair) && table.rows.iter().filter(is_answered).count() >= MIN_SECTIONS
}

fn answer(source: &mut Source, table: Table) {
    for (number, row) in table.rows.into_iter().enumerate() {
        let mut cells = row.into_iter();
        let (Some(question), Some(answer)) = (cells.next(), cells.next()) else {
            continue;
        };
        let words = plain(&question);
        let folded = words.trim().trim_end_matches([':', '?']).to_lowercase();
        if TITLES.contains(&folded.as_str()) && source.title.is_none() {
            source.title = Some(plain(&answer)).filter(|title| !title.is_empty());
            continue;
        }
        // The head of the form says what its columns are.
        let is_head = number == 0 && section_of(&words).is_none();
        if is_head && plain(&answer).split_whitespace().count() <= 2 {
            continue;
        }
        source.blocks.push(Block::Heading {
            level: LEVEL,
            inlines: question,
        });
        source.blocks.extend(paragraphs(&answer));
    }
}

/// Returns the lines of a cell as paragraphs.
fn paragraphs(cell: &[Inline]) -> impl Iterator<Item = Block> {
    let lines = cell.split(|inline| matches!(inline, Inline::Break));
    let lines = lines.filter(|line| !is_blank(line));
    lines.map(|line| Block::Paragraph(line.to_vec()))
}
