//! Reads characters into tokens.

use std::ops::Range;

use super::{
    Aside,
    find::Next,
    fold::{self, Folded},
};
use crate::{
    field_names,
    tokens::{Gap, Letter, Sort, Tokens},
};

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Markdown,
    Plain,
    Rows,
    Keys,
    Value,
    FileName,
    /// Within a line: a comment, the attributes of a tag.
    Inline,
    /// The target of a link.
    Url,
}

/// What the last character was, if the next one can join it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Word,
    Number,
    SmallNumber,
}

/// Reads one text.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) mode: Mode,
    pub(super) out: Tokens,
    pub(super) asides: Vec<Aside>,
    gap: Gap,
    open: Open,
    pub(super) lines: super::lines::Lines,
    /// Whether a span of code is open: what it shows is an example.
    pub(super) in_span: bool,
    /// Whether an address is being read.
    pub(super) in_url: bool,
    /// Whether a quotation mark of a cell is open.
    in_quotes: bool,
    /// Where the address between `<` and `>` ends.
    pub(super) autolink_end: Option<usize>,
    /// Up to here, tags have no quoted `>` and targets of links no brackets in pairs: the search for an end failed.
    pub(super) unquoted_until: usize,
    pub(super) unpaired_until: usize,
    /// Names of tags that are not closed up to the end.
    pub(super) never_closed: Vec<String>,
    pub(super) comment_ends: [Next; 10],
    pub(super) next_close: Next,
    pub(super) next_bracket: Next,
    pub(super) next_angle: Next,
    pub(super) next_comment_end: Next,
    pub(super) next_blank: Next,
    pub(super) next_quote: Next,
    pub(super) next_apostrophe: Next,
    pub(super) next_content_end: Next,
}

impl<'a> Reader<'a> {
    /// Returns one that adds to `out`, which has no tokens yet.
    pub(super) fn new(text: &'a str, aside: Aside, out: Tokens) -> Self {
        Self {
            text: text.get(..aside.to).unwrap_or_default(),
            at: aside.from,
            mode: aside.mode,
            out,
            asides: Vec::new(),
            gap: Gap::Line,
            open: Open::Nothing,
            lines: super::lines::Lines::default(),
            in_span: false,
            in_url: aside.mode == Mode::Url,
            in_quotes: false,
            autolink_end: None,
            unquoted_until: 0,
            unpaired_until: 0,
            never_closed: Vec::new(),
            comment_ends: super::dialects::ends(),
            next_close: Next::new(")"),
            next_bracket: Next::new("]"),
            next_angle: Next::new(">"),
            next_comment_end: Next::new("-->"),
            next_blank: Next::new("\n\n"),
            next_quote: Next::new("\""),
            next_apostrophe: Next::new("'"),
            next_content_end: Next::new("</"),
        }
    }

    /// Reads a key as the words in front of its value. They have no place in the text.
    pub(super) fn label(&mut self, key: &str) {
        for (index, word) in key.split(|c: char| !c.is_ascii_alphabetic()).enumerate() {
            if index > 0 {
                self.space(Gap::Space);
            }
            if !word.is_empty() {
                self.push_words(word, false, None);
            }
        }
        self.push(Sort::Mark(':'), ':', false, 0, 0);
        self.space(Gap::Space);
    }

    /// Reads to the end; returns the tokens and the texts within this one.
    pub(super) fn run(mut self) -> (Tokens, Vec<Aside>) {
        if self.mode == Mode::Rows {
            self.out.set_sheet();
            self.structure(Sort::Table);
            self.structure(Sort::Row);
            self.structure(Sort::Cell);
        }
        self.begin_line();
        while let Some(c) = self.char_at(self.at) {
            let from = self.at;
            self.at += c.len_utf8();
            self.step(c, from);
        }
        if self.lines.in_table || self.mode == Mode::Rows {
            self.structure(Sort::TableEnd);
        }
        (self.out, self.asides)
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        self.text.get(at..)?.chars().next()
    }

    pub(super) fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    fn step(&mut self, c: char, from: usize) {
        let has_markup = matches!(
            self.mode,
            Mode::Markdown | Mode::Value | Mode::Inline | Mode::Url
        );
        match c {
            '\n' => self.line_end(from),
            '\t' if self.mode == Mode::Rows => self.structure(Sort::Cell),
            '"' if self.lines.csv.is_some() => self.in_quotes = !self.in_quotes,
            c if self.lines.csv == Some(c) && !self.in_quotes => self.structure(Sort::Cell),
            '{' | '%' if self.comment(from) => {}
            '_' => self.underscore(from),
            '-' | '+' if self.mode == Mode::FileName => self.hyphen(c, from),
            '/' | '\\' if self.mode == Mode::FileName => self.structure(Sort::Block),
            '%' if self.in_url || self.is_percent_within(from) => self.percent(from),
            '+' if self.in_url => self.space(Gap::Space),
            '&' => self.ampersand(from),
            '*' | '`' if has_markup => {
                self.in_span ^= c == '`' && self.char_at(from + 1) != Some('`')
            }
            '=' if self.quoted_printable(from) => {}
            '~' | '=' if has_markup && self.char_at(self.at) == Some(c) => self.at += 1,
            '\\' if has_markup && self.escapes() => {}
            '|' if self.lines.in_table => {
                if !self.at_line_end() {
                    self.structure(Sort::Cell);
                }
            }
            '<' if self.mode != Mode::FileName => self.angle(from),
            '>' if self.autolink_end == Some(from) => self.in_url = self.mode == Mode::Url,
            '!' if has_markup && self.char_at(self.at) == Some('[') => self.image(from),
            '[' if has_markup => self.open_bracket(from),
            ']' if has_markup => self.close_bracket(from),
            // A no-break space that was decoded wrongly: `450Â 557`.
            'Â' if matches!(self.char_at(self.at), Some(' ' | '\u{a0}')) => {}
            'a'..='z' | 'A'..='Z' => self.word(from),
            ' ' if !self.in_url => self.space(Gap::Space),
            _ => self.take(fold::any(c), from, self.at),
        }
    }

    /// Reads letters of ASCII at once: most of a text is that.
    fn word(&mut self, from: usize) {
        let bytes = self.text.as_bytes().get(from..).unwrap_or_default();
        let length = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let word = self.text.get(from..from + length).unwrap_or_default();
        self.at = from + length;
        let joins = self.open == Open::Word;
        self.push_words(word, joins, Some(from));
        self.open = Open::Word;
    }

    /// Adds a word that begins at a place of the text, if it has one; the name of a field as its words.
    fn push_words(&mut self, word: &str, joins: bool, from: Option<usize>) {
        let place =
            |part: &Range<usize>| from.map_or(0..0, |from| from + part.start..from + part.end);
        let parts = if joins {
            None
        } else {
            field_names::words(word)
        };
        match parts {
            Some(parts) => {
                for part in parts {
                    let text = word.get(part.clone()).unwrap_or_default();
                    self.out
                        .push_word(self.gap, false, text, self.in_url, place(&part));
                    self.gap = Gap::Space;
                }
            }
            None => {
                let place = place(&(0..word.len()));
                self.out
                    .push_word(self.gap, joins, word, self.in_url, place);
            }
        }
        self.gap = Gap::None;
    }

    /// Adds what a character is read as.
    pub(super) fn take(&mut self, folded: Folded, from: usize, to: usize) {
        match folded {
            Folded::Nothing => {}
            Folded::Space => {
                self.in_url &= self.mode == Mode::Url;
                self.space(Gap::Space);
            }
            Folded::Line => self.space(Gap::Line),
            Folded::Digit(digit) => self.push(Sort::Number, digit, false, from, to),
            Folded::SmallDigit(digit) => {
                if self.open == Open::Number {
                    self.open = Open::Nothing;
                }
                let joins = self.open == Open::SmallNumber;
                self.add(
                    Sort::Number,
                    joins,
                    Letter {
                        text: digit,
                        upper: false,
                        in_url: self.in_url,
                        from,
                        to,
                    },
                );
                self.open = Open::SmallNumber;
            }
            Folded::Letter(letter, upper) => self.push(Sort::Word, letter, upper, from, to),
            Folded::Mark('\'') if self.is_within_word(from, to) => {
                self.push(Sort::Word, '\'', false, from, to);
            }
            Folded::Mark(mark) => {
                if mark == ':' && self.rest(from).starts_with("://") {
                    self.in_url = true;
                }
                self.in_url &= self.mode == Mode::Url || !matches!(mark, '"' | '<' | '>' | ')');
                self.push(Sort::Mark(mark), mark, false, from, to);
            }
        }
    }

    fn is_within_word(&self, from: usize, to: usize) -> bool {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        self.open == Open::Word && is_letter(self.char_before(from)) && is_letter(self.char_at(to))
    }

    pub(super) fn push(&mut self, sort: Sort, text: char, upper: bool, from: usize, to: usize) {
        let (joins, open) = match sort {
            Sort::Word => (self.open == Open::Word, Open::Word),
            Sort::Number => (self.open == Open::Number, Open::Number),
            Sort::Mark(_)
            | Sort::Block
            | Sort::Table
            | Sort::Row
            | Sort::Cell
            | Sort::TableEnd
            | Sort::End => (false, Open::Nothing),
        };
        let letter = Letter {
            text,
            upper,
            in_url: self.in_url,
            from,
            to,
        };
        self.add(sort, joins, letter);
        self.open = open;
    }

    fn add(&mut self, sort: Sort, joins: bool, letter: Letter) {
        self.out.push(sort, self.gap, joins, letter);
        self.gap = Gap::None;
    }

    pub(super) fn space(&mut self, gap: Gap) {
        if self.gap != Gap::Line {
            self.gap = gap;
        }
        self.open = Open::Nothing;
    }

    /// Adds the beginning or the end of a block, a table, a row or a cell.
    pub(super) fn structure(&mut self, sort: Sort) {
        self.out.push_structure(sort, self.at);
        self.open = Open::Nothing;
        self.gap = Gap::Line;
        if sort != Sort::Cell {
            self.in_quotes = false;
        }
        if sort == Sort::Block {
            self.in_span = false;
        }
    }

    fn line_end(&mut self, from: usize) {
        self.in_url &= self.mode == Mode::Url;
        match self.mode {
            Mode::Rows => {
                self.structure(Sort::Row);
                self.structure(Sort::Cell);
            }
            Mode::Keys => self.structure(Sort::Block),
            Mode::Markdown | Mode::Plain => self.space(Gap::Line),
            Mode::Value | Mode::Inline | Mode::Url | Mode::FileName => {
                let is_blank = self
                    .rest(from + 1)
                    .trim_start_matches([' ', '\t', '\r'])
                    .starts_with('\n');
                if is_blank {
                    self.structure(Sort::Block);
                }
                self.space(Gap::Line);
            }
        }
        self.begin_line();
    }

    /// Whether a backslash is not shown.
    fn escapes(&self) -> bool {
        self.char_at(self.at)
            .is_none_or(|next| next.is_ascii_punctuation() || next.is_whitespace())
    }

    fn at_line_end(&self) -> bool {
        let rest = self.rest(self.at).trim_start_matches([' ', '\t', '\r']);
        rest.is_empty() || rest.starts_with('\n')
    }

    /// Reads a text within this one later, as a text of its own.
    pub(super) fn aside(&mut self, from: usize, to: usize, mode: Mode) {
        if from < to {
            self.asides.push(Aside { from, to, mode });
        }
    }

    /// Adds a mark that was no markup.
    pub(super) fn mark(&mut self, mark: char, from: usize) {
        self.push(Sort::Mark(mark), mark, false, from, self.at);
    }

    /// Ends a word or a number without a space.
    pub(super) fn end_token(&mut self) {
        self.open = Open::Nothing;
    }

    /// Whether what is read here is an example of code.
    pub(super) fn is_example(&self) -> bool {
        self.in_span || self.lines.is_example
    }
}
