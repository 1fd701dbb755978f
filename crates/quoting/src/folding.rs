//! A text as it is compared with a quote: with runs of white space as one space, and, for those who copy from a letter or a
//! slide, with the marks that a word processor changes as one.

/// What a quote has in another way than the document, where the words are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Quotation marks, those around the quote too, and apostrophes.
    QuotationMarks,
    /// Dashes, hyphens and minus signs.
    Dashes,
    /// Characters that a reader does not see, such as soft hyphens and spaces without a width.
    InvisibleCharacters,
}

impl Difference {
    /// Returns the difference as programs read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QuotationMarks => "quotation_marks",
            Self::Dashes => "dashes",
            Self::InvisibleCharacters => "invisible_characters",
        }
    }

    /// Returns the difference in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::QuotationMarks => "quotation marks or apostrophes",
            Self::Dashes => "dashes or hyphens",
            Self::InvisibleCharacters => "characters that a reader does not see",
        }
    }
}

/// Which characters count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// White space only.
    WordForWord,
    /// Quotation marks and dashes of every form too; what is not seen counts as nothing.
    Folded,
}

/// A character of a text that is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// As it is compared.
    compared: char,
    /// As it is in the text.
    written: char,
    /// Its number in the text.
    pub(crate) number: usize,
    /// Its first byte in the text.
    pub(crate) at: usize,
}

impl Kept {
    /// Returns the byte after it.
    pub(crate) const fn end(self) -> usize {
        self.at + self.written.len_utf8()
    }
}

const MARK: char = '\'';
const DASH: char = '-';

/// Returns the characters of a text that are compared, in order, without white space at the beginning.
pub(crate) fn kept(text: &str, rule: Rule) -> impl Iterator<Item = Kept> {
    let mut is_after_space = true;
    let characters = text.char_indices().enumerate();
    characters.filter_map(move |(number, (at, written))| {
        let compared = match rule {
            _ if written.is_whitespace() => ' ',
            Rule::Folded if is_invisible(written) => return None,
            Rule::Folded if is_mark(written) => MARK,
            Rule::Folded if is_dash(written) => DASH,
            Rule::Folded | Rule::WordForWord => written,
        };
        if compared == ' ' && is_after_space {
            return None;
        }
        is_after_space = compared == ' ';
        Some(Kept {
            compared,
            written,
            number,
            at,
        })
    })
}

/// Returns a text as it is compared.
pub(crate) fn compared(text: &str, rule: Rule) -> String {
    kept(text, rule).map(|kept| kept.compared).collect()
}

/// Returns a quote without quotation marks and white space at its ends.
pub(crate) fn without_marks(quote: &str) -> &str {
    quote.trim_matches(|c: char| is_mark(c) || c.is_whitespace())
}

/// Returns what differs between a quote and what a document has, which are the same by [`Rule::Folded`].
pub(crate) fn differences(there: &str, quote: &str) -> Vec<Difference> {
    let mut found = Vec::new();
    for (there, quoted) in kept(there, Rule::Folded).zip(kept(quote, Rule::Folded)) {
        let difference = match there.compared {
            MARK => Difference::QuotationMarks,
            DASH => Difference::Dashes,
            _ => continue,
        };
        if there.written != quoted.written && !found.contains(&difference) {
            found.push(difference);
        }
    }
    let unseen = |text: &str| text.chars().filter(|c| is_invisible(*c)).count();
    if found.is_empty() || unseen(there) != unseen(quote) {
        found.push(Difference::InvisibleCharacters);
    }
    found
}

/// Says whether a character is a quotation mark, an apostrophe, or one of the signs that are typed in their place.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '\u{ab}' | '\u{b4}' | '\u{bb}' | '\u{2bc}' | '\u{2018}'
            ..='\u{201f}'
                | '\u{2032}'
                | '\u{2033}'
                | '\u{2039}'
                | '\u{203a}'
                | '\u{ff02}'
                | '\u{ff07}'
    )
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
}

/// Says whether a character takes no room: word processors and pages put them where a line may end.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}
