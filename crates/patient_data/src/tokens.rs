//! The words, numbers and marks of a text in the order in which they are read, each with its place in what was typed.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Letters.
    Word,
    /// Digits.
    Number,
    /// Any other character.
    Mark(char),
    /// The beginning of a paragraph, a heading or an item.
    Block,
    /// The beginning of a table.
    Table,
    /// The beginning of a row of a table.
    Row,
    /// The beginning of a cell.
    Cell,
    /// The end of a table.
    TableEnd,
    /// What is before the first token and behind the last one.
    End,
}

/// What is between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    None,
    Space,
    Line,
}

/// How the letters of a word are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Lower,
    /// The first letter is a capital and another one is not.
    Capitalised,
    /// All letters are capitals.
    Upper,
}

/// A token. Copies are cheap: its text is in [`Tokens`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) sort: Sort,
    pub(crate) gap: Gap,
    pub(crate) shape: Shape,
    /// Bytes of what was typed.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Bytes of the text that was read.
    text: (usize, usize),
    /// Whether it is part of the address of a page.
    pub(crate) in_url: bool,
    /// Whether a label begins with it.
    pub(crate) is_label: bool,
    /// What the lexicon says of a word.
    pub(crate) class: u64,
    /// What the lexicon says of the words at the head of its column, and at the head of its row.
    pub(crate) head: u64,
}

const END: Token = Token {
    sort: Sort::End,
    gap: Gap::Line,
    shape: Shape::Lower,
    from: 0,
    to: 0,
    text: (0, 0),
    in_url: false,
    is_label: false,
    class: 0,
    head: 0,
};

/// The tokens of a text, and the images that it shows.
#[derive(Default)]
pub(crate) struct Tokens {
    list: Vec<Token>,
    text: String,
    /// Bytes of what was typed that show an image.
    pub(crate) images: Vec<(usize, usize)>,
    /// Bytes behind each underscore that was read as a space, in their order.
    underscores: Vec<usize>,
    has_numbers: bool,
    has_tables: bool,
    /// Whether the text is that of a sheet.
    is_sheet: bool,
    /// Positions with which something that is looked for can begin: most words are none.
    starts: Vec<usize>,
}

impl Token {
    /// Whether the lexicon says any of these of the word.
    pub(crate) fn is(self, class: u64) -> bool {
        self.class & class != 0
    }

    /// Whether it is this mark.
    pub(crate) fn is_mark(self, mark: char) -> bool {
        self.sort == Sort::Mark(mark)
    }

    /// Whether it is one of these marks.
    pub(crate) fn is_any_mark(self, marks: &str) -> bool {
        matches!(self.sort, Sort::Mark(mark) if marks.contains(mark))
    }

    pub(crate) fn is_word(self) -> bool {
        self.sort == Sort::Word
    }

    pub(crate) fn is_number(self) -> bool {
        self.sort == Sort::Number
    }

    /// Whether it separates what is before from what is behind it.
    pub(crate) fn is_structure(self) -> bool {
        matches!(
            self.sort,
            Sort::Block | Sort::Table | Sort::Row | Sort::Cell | Sort::TableEnd | Sort::End
        )
    }

    /// Whether it begins right behind the token before it.
    pub(crate) fn is_glued(self) -> bool {
        self.gap == Gap::None
    }

    /// Bytes of its text: of a number, its digits.
    pub(crate) fn len(self) -> usize {
        self.text.1 - self.text.0
    }

    pub(crate) fn is_capitalised(self) -> bool {
        self.shape != Shape::Lower
    }
}

impl Tokens {
    /// Removes all tokens. Their room is used again: a document has dozens of short texts.
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.text.clear();
        self.images.clear();
        self.underscores.clear();
        self.has_numbers = false;
        self.has_tables = false;
        self.is_sheet = false;
        self.starts.clear();
    }

    /// Returns the token at a position; the end for any other position.
    pub(crate) fn at(&self, index: usize) -> Token {
        self.list.get(index).copied().unwrap_or(END)
    }

    /// Returns the token before a position.
    pub(crate) fn before(&self, index: usize) -> Token {
        index.checked_sub(1).map_or(END, |index| self.at(index))
    }

    /// Returns the text of a token: lower case, without accents; of a number, ASCII digits.
    pub(crate) fn text(&self, token: Token) -> &str {
        self.text
            .get(token.text.0..token.text.1)
            .unwrap_or_default()
    }

    /// Returns the text of the token at a position if it is a word, else nothing.
    pub(crate) fn word(&self, index: usize) -> &str {
        let token = self.at(index);
        if token.is_word() {
            self.text(token)
        } else {
            ""
        }
    }

    /// Returns the value of a number of few digits.
    pub(crate) fn value(&self, index: usize) -> Option<u32> {
        let token = self.at(index);
        let is_short = token.is_number() && token.len() <= 9;
        is_short.then(|| self.text(token).parse().ok())?
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether any token is a number.
    pub(crate) fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    /// Whether the text is that of a sheet, which counts days by numbers.
    pub(crate) fn has_rows(&self) -> bool {
        self.is_sheet
    }

    /// Records that the text is that of a sheet.
    pub(crate) fn set_sheet(&mut self) {
        self.is_sheet = true;
    }

    /// Whether any token begins a table.
    pub(crate) fn has_tables(&self) -> bool {
        self.has_tables
    }

    /// Records the positions with which something that is looked for can begin.
    pub(crate) fn set_starts(&mut self, begins: impl Fn(&Token, &Token) -> bool) {
        for (index, token) in self.list.iter().enumerate() {
            let next = self.list.get(index + 1).unwrap_or(&END);
            if begins(token, next) {
                self.starts.push(index);
            }
        }
    }

    /// Returns the positions with which something that is looked for can begin.
    pub(crate) fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Whether a token is separated from the one before it by an underscore alone.
    pub(crate) fn is_behind_underscore(&self, index: usize) -> bool {
        self.underscores.binary_search(&self.at(index).from).is_ok()
    }

    /// Records that an underscore before a place of what was typed was read as a space.
    pub(crate) fn add_underscore(&mut self, behind: usize) {
        self.underscores.push(behind);
    }

    /// Returns the positions of all tokens.
    pub(crate) fn positions(&self) -> std::ops::Range<usize> {
        0..self.list.len()
    }

    /// Returns the words, each with its position.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &Token)> {
        let each = self.list.iter().enumerate();
        each.filter(|(_, token)| token.is_word())
    }

    /// Adds a character to the last token, or begins a new one.
    pub(crate) fn push(&mut self, sort: Sort, gap: Gap, joins: bool, letter: Letter) {
        let Letter {
            text,
            upper,
            in_url,
            from,
            to,
        } = letter;
        let end = self.text.len();
        self.text.push(text);
        if joins && let Some(last) = self.list.last_mut() {
            // The shape of a word is that of its first letters: `PAtient` is not all capitals.
            last.shape = match (last.shape, upper) {
                // `O'BRIEN`
                (Shape::Upper, false) if text != '\'' => Shape::Capitalised,
                (shape, _) => shape,
            };
            last.to = to;
            last.text.1 = self.text.len();
            return;
        }
        self.has_numbers |= sort == Sort::Number;
        let shape = if upper { Shape::Upper } else { Shape::Lower };
        self.list.push(Token {
            sort,
            gap,
            shape,
            from,
            to,
            text: (end, self.text.len()),
            in_url,
            ..END
        });
    }

    /// Adds the letters of a word of ASCII to the last token, or begins a new one. `place` are the bytes of what was typed.
    pub(crate) fn push_word(
        &mut self,
        gap: Gap,
        joins: bool,
        word: &str,
        in_url: bool,
        place: std::ops::Range<usize>,
    ) {
        let begin = self.text.len();
        self.text.push_str(word);
        if let Some(added) = self.text.get_mut(begin..) {
            added.make_ascii_lowercase();
        }
        let std::ops::Range {
            start: from,
            end: to,
        } = place;
        let is_upper = |byte: u8| byte.is_ascii_uppercase();
        let all_upper = word.bytes().all(is_upper);
        if joins && let Some(last) = self.list.last_mut() {
            if last.shape == Shape::Upper && !all_upper {
                last.shape = Shape::Capitalised;
            }
            last.to = to;
            last.text.1 = self.text.len();
            return;
        }
        let shape = match word.bytes().next().is_some_and(is_upper) {
            true if all_upper => Shape::Upper,
            true => Shape::Capitalised,
            false => Shape::Lower,
        };
        self.list.push(Token {
            sort: Sort::Word,
            gap,
            shape,
            from,
            to,
            text: (begin, self.text.len()),
            in_url,
            ..END
        });
    }

    /// Records that a label begins with a token.
    pub(crate) fn set_label(&mut self, index: usize) {
        if let Some(token) = self.list.get_mut(index) {
            token.is_label = true;
        }
    }

    /// Adds a token without text.
    pub(crate) fn push_structure(&mut self, sort: Sort, at: usize) {
        // One boundary is enough.
        if sort == Sort::Block && self.list.last().is_none_or(|last| last.is_structure()) {
            return;
        }
        self.has_tables |= sort == Sort::Table;
        self.list.push(Token {
            sort,
            from: at,
            to: at,
            ..END
        });
    }

    /// Sets what the lexicon says of each word.
    pub(crate) fn classify(&mut self, class: impl Fn(&str) -> u64) {
        for token in &mut self.list {
            if token.sort == Sort::Word {
                let text = self.text.get(token.text.0..token.text.1);
                token.class = class(text.unwrap_or_default());
            }
        }
    }

    /// Adds to what is said at the head of the column or row of a token.
    pub(crate) fn add_head(&mut self, index: usize, head: u64) {
        if let Some(token) = self.list.get_mut(index) {
            token.head |= head;
        }
    }
}

/// A character of a token.
pub(crate) struct Letter {
    pub(crate) text: char,
    pub(crate) upper: bool,
    pub(crate) in_url: bool,
    pub(crate) from: usize,
    pub(crate) to: usize,
}
