//! What the beginning of a line says: a paragraph continues, or a block, a table or a block of code begins.

use super::reader::{Mode, Reader};
use crate::{
    field_names, lexicon,
    tokens::{Gap, Sort},
};

/// Bytes of a line that can be the head of a table, or the marks below it.
const MAX_HEAD: usize = 4_000;

/// What separates values.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Words of the name of a column.
const MAX_NAME_WORDS: usize = 4;

/// Where in the blocks of a text a line is.
#[derive(Default)]
pub(super) struct Lines {
    /// The fence of an open block of code: its mark and its length.
    pub(super) fence: Option<(u8, usize)>,
    /// Whether the lines are rows of a table.
    pub(super) in_table: bool,
    /// What separates the cells of values in code or in plain text.
    pub(super) csv: Option<char>,
    /// Whether the line is an example of code.
    pub(super) is_example: bool,
    /// Whether the lines are a block of HTML, up to an empty one.
    pub(super) is_html: bool,
    /// Whether the line before was empty, or there was none.
    after_text: bool,
}

impl<'a> Reader<'a> {
    /// Reads the beginning of a line.
    pub(super) fn begin_line(&mut self) {
        match self.mode {
            Mode::Markdown => self.begin_markdown_line(),
            Mode::Plain => {
                let line = self.line(self.at);
                self.begin_values(line);
                if line.trim().is_empty() && self.lines.csv.is_none() {
                    self.structure(Sort::Block);
                }
            }
            Mode::Keys => {
                let line = self.line(self.at);
                let text = line.trim_start();
                if text.starts_with("- ") {
                    self.at += line.len() - text.len() + 2;
                }
            }
            Mode::Rows | Mode::Value | Mode::Inline | Mode::Url | Mode::FileName => {}
        }
    }

    /// Returns the line that begins at a byte.
    fn line(&self, at: usize) -> &'a str {
        self.rest(at).split('\n').next().unwrap_or_default()
    }

    fn begin_markdown_line(&mut self) {
        let line = self.line(self.at);
        let text = line.trim_start_matches([' ', '\t', '>']);
        let indent = line.len() - text.len();
        let is_quoted = line
            .get(..indent)
            .is_some_and(|before| before.contains('>'));
        if self.begin_fence(text) || self.lines.fence.is_some() {
            let line = self.line(self.at);
            return self.begin_values(line);
        }
        let text = line.trim_start_matches([' ', '\t', '>']);
        if text.trim().is_empty() {
            self.end_table();
            self.end_values();
            self.lines.after_text = false;
            self.lines.is_example = false;
            self.lines.is_html = false;
            return self.structure(Sort::Block);
        }
        self.lines.is_html |= text.starts_with('<');
        if self.begin_table(indent) {
            return;
        }
        // Values that were pasted as they are have no spaces behind their commas.
        let line = self.line(self.at);
        if self.lines.csv.is_some()
            || !(line.contains(", ") || line.contains("; ") || line.contains('|'))
        {
            self.begin_values(line);
            if self.lines.csv.is_some() {
                self.lines.after_text = true;
                return;
            }
        }
        // Code by indentation continues until a line without it.
        self.lines.is_example =
            !is_quoted && indent >= 4 && (!self.lines.after_text || self.lines.is_example);
        let marker = marker(text, self.lines.after_text);
        self.at += indent + marker;
        if marker > 0 {
            self.structure(Sort::Block);
        } else if self.lines.after_text {
            self.space(Gap::Line);
        }
        self.lines.after_text = !is_rule(text) && !text.starts_with('#');
        if !self.lines.after_text {
            // The line itself is a block, and so is what comes behind it.
            self.structure(Sort::Block);
        }
    }

    /// Opens or closes a block of code; returns whether the line is its fence.
    fn begin_fence(&mut self, text: &str) -> bool {
        let mark = text
            .bytes()
            .next()
            .filter(|byte| matches!(byte, b'`' | b'~'));
        let Some(mark) = mark else {
            return false;
        };
        let length = text.bytes().take_while(|byte| *byte == mark).count();
        let is_fence = match self.lines.fence {
            Some((open, least)) => open == mark && length >= least,
            None => {
                length >= 3
                    && !text
                        .get(length..)
                        .is_some_and(|info| mark == b'`' && info.contains('`'))
            }
        };
        if !is_fence {
            return false;
        }
        self.end_table();
        self.end_values();
        self.lines.is_example = self.lines.fence.is_none();
        self.lines.fence = if self.lines.fence.is_none() {
            Some((mark, length))
        } else {
            None
        };
        self.lines.after_text = false;
        self.structure(Sort::Block);
        true
    }

    /// Begins a table, or the next row of one; returns whether the line is such a row.
    fn begin_table(&mut self, indent: usize) -> bool {
        let line = self.line(self.at);
        let (length, has_cells) = (line.len(), line.contains('|'));
        let text = line.get(indent..).unwrap_or_default();
        if self.lines.in_table {
            // Behind a table, a line that begins a block ends it; any other is a row.
            if !has_cells && marker(text, true) > 0 {
                self.end_table();
                return false;
            }
        } else {
            let below = self.at + length + 1;
            let is_head = has_cells && length <= MAX_HEAD && is_below_head(self.line(below));
            if !is_head {
                return false;
            }
            self.structure(Sort::Table);
            self.lines.in_table = true;
        }
        if is_below_head(text) {
            // The line of marks has no words.
            self.at += length;
            return true;
        }
        let leading = usize::from(text.starts_with('|'));
        self.at += indent + leading;
        self.structure(Sort::Row);
        self.structure(Sort::Cell);
        self.lines.after_text = true;
        true
    }

    fn end_table(&mut self) {
        if self.lines.in_table {
            self.lines.in_table = false;
            self.structure(Sort::TableEnd);
        }
    }

    /// Reads lines of values with a line of names above them as a table.
    fn begin_values(&mut self, line: &str) {
        let line = line.trim_end_matches('\r');
        if let Some(separator) = self.lines.csv {
            if line.contains(separator) {
                self.structure(Sort::Row);
                return self.structure(Sort::Cell);
            }
            self.end_values();
        }
        // Most lines have no mark that could separate values.
        if !line.contains(SEPARATORS)
            || line.len() > MAX_HEAD
            || line.contains(|c: char| c.is_ascii_digit())
        {
            return;
        }
        let next = self.line(self.at + line.len() + 1);
        let next = if next.is_empty() {
            self.line(self.at + line.len() + 2)
        } else {
            next
        };
        if next.len() > MAX_HEAD {
            return;
        }
        let is_separator = |mark: &char| {
            let count = line.matches(*mark).count();
            count > 0 && next.matches(*mark).count() >= count && names_columns(line, *mark)
        };
        let Some(separator) = SEPARATORS.into_iter().find(is_separator) else {
            return;
        };
        self.lines.csv = Some(separator);
        self.structure(Sort::Table);
        self.structure(Sort::Row);
        self.structure(Sort::Cell);
    }

    fn end_values(&mut self) {
        if self.lines.csv.take().is_some() {
            self.structure(Sort::TableEnd);
        }
    }
}

/// Returns the bytes of the mark of a heading, an item or a definition; 0 if the line continues with a paragraph.
fn marker(text: &str, after_text: bool) -> usize {
    let is_space = |at: usize| text.as_bytes().get(at).is_none_or(u8::is_ascii_whitespace);
    let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && is_space(hashes) {
        return hashes;
    }
    if text.starts_with(['-', '*', '+', ':']) && is_space(1) {
        return 1;
    }
    let digits = text.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let is_item = text
        .get(digits..)
        .is_some_and(|rest| rest.starts_with(['.', ')']));
    // A number of a paragraph that wraps begins no item.
    if (1..=if after_text { 2 } else { 3 }).contains(&digits) && is_item && is_space(digits + 1) {
        return digits + 1;
    }
    0
}

/// Whether the parts of a line are names of columns, one of which says what a person is identified by.
fn names_columns(line: &str, separator: char) -> bool {
    let mut cells = line
        .split(separator)
        .map(|cell| cell.split([' ', '_', '-', '"']));
    let is_known = |word: &str| {
        lexicon::is(&word.to_ascii_lowercase(), lexicon::COLUMN)
            || field_names::words(word).is_some()
    };
    line.split([separator, ' ', '_', '-', '"']).any(is_known)
        && cells.all(|words| words.filter(|word| !word.is_empty()).count() <= MAX_NAME_WORDS)
}

/// Whether a line is a rule, or the underline of a heading.
fn is_rule(text: &str) -> bool {
    let text = text.trim_end();
    let first = text.bytes().next().unwrap_or_default();
    matches!(first, b'-' | b'=' | b'*' | b'_')
        && text.bytes().all(|byte| byte == first || byte == b' ')
        && text.bytes().filter(|byte| *byte == first).count() >= 2
}

/// Whether a line is the line of marks below the head of a table.
fn is_below_head(line: &str) -> bool {
    let text = line.trim_matches([' ', '\t', '>', '\r']);
    text.len() <= MAX_HEAD
        && text.contains('-')
        && text.contains('|')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}
