//! Finds a quote in a document.

use std::cell::LazyCell;

use domain::Body;

use crate::folding::{self, Difference, Rule, compared, kept};

/// Bytes of a quote: longer than anyone quotes, and short enough to be looked for at once.
pub const MAX_QUOTE_BYTES: usize = 16_384;

/// The parts of a document in which a quote is looked for, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The text as it was signed: markdown.
    Text,
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// The text as a page shows it, without the marks of markdown.
    Shown,
}

impl Part {
    /// Every part, in the order in which they are looked through.
    pub const ALL: [Self; 4] = [Self::Text, Self::Title, Self::Summary, Self::Shown];

    /// Returns the part as programs read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "body_md",
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Shown => "plain_text",
        }
    }

    /// Returns the part in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "the text as it was signed",
            Self::Title => "the title",
            Self::Summary => "the summary",
            Self::Shown => "the text as a page shows it",
        }
    }
}

/// Where a quote is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In which part.
    pub part: Part,
    /// Where it begins, in characters (Unicode scalar values) from the beginning of the part.
    pub offset: usize,
    /// How many characters it has there.
    pub len: usize,
    /// What is there.
    pub text: String,
    /// Whether it is the same in every character, white space too.
    pub is_exact: bool,
}

/// Why a quote is not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteFault {
    /// It has no words.
    #[error("the quote is empty")]
    Empty,
    /// It is longer than [`MAX_QUOTE_BYTES`].
    #[error("the quote has more than {MAX_QUOTE_BYTES} bytes; check it in parts")]
    TooLong,
}

/// What a document has of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The quote, word for word.
    Verbatim(Place),
    /// The words of the quote in the same order, with other marks; at least one difference is listed.
    Differs(Place, Vec<Difference>),
    /// Not its words in this order.
    Missing,
}

impl Match {
    /// Returns where the quote is word for word.
    #[must_use]
    pub const fn verbatim(&self) -> Option<&Place> {
        match self {
            Self::Verbatim(place) => Some(place),
            Self::Differs(..) | Self::Missing => None,
        }
    }

    /// Returns where the words of the quote are, also if marks differ.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Verbatim(place) | Self::Differs(place, _) => Some(place),
            Self::Missing => None,
        }
    }

    /// Returns what differs where the words are there; nothing if the quote is there word for word, or not at all.
    #[must_use]
    pub fn differs_in(&self) -> &[Difference] {
        match self {
            Self::Differs(_, differences) => differences,
            Self::Verbatim(_) | Self::Missing => &[],
        }
    }
}

/// Looks for the first place of a quote word for word, and if there is none, for that of its words with other marks. Time and
/// memory grow with the length of the text, not faster.
///
/// # Errors
/// For a quote that cannot be looked for.
pub fn find(body: &Body, quote: &str) -> Result<Match, QuoteFault> {
    if quote.len() > MAX_QUOTE_BYTES {
        return Err(QuoteFault::TooLong);
    }
    let quote = quote.trim();
    if quote.is_empty() {
        return Err(QuoteFault::Empty);
    }
    let common = body.common();
    // A text is rendered once, and only where it is needed.
    let shown = LazyCell::new(|| markdown::plain_text(&common.body_md));
    let text_of = |part| match part {
        Part::Text => common.body_md.as_str(),
        Part::Title => common.title.as_str(),
        Part::Summary => common.summary.as_str(),
        Part::Shown => shown.as_str(),
    };
    let first = |quote: &str, rule| {
        let mut parts = Part::ALL.into_iter();
        parts.find_map(|part| place(text_of(part), quote, rule, part))
    };
    if let Some(place) = first(quote, Rule::WordForWord) {
        return Ok(Match::Verbatim(place));
    }
    // Who copies from a letter takes its quotation marks too.
    let inner = folding::without_marks(quote);
    let has_marks = inner.len() < quote.len();
    if has_marks && let Some(place) = first(inner, Rule::WordForWord) {
        return Ok(differs(place, vec![Difference::QuotationMarks]));
    }
    let Some(place) = first(inner, Rule::Folded) else {
        return Ok(Match::Missing);
    };
    let mut differences = folding::differences(&place.text, inner);
    if has_marks && !differences.contains(&Difference::QuotationMarks) {
        differences.insert(0, Difference::QuotationMarks);
    }
    Ok(differs(place, differences))
}

fn differs(place: Place, differences: Vec<Difference>) -> Match {
    let is_exact = false;
    Match::Differs(Place { is_exact, ..place }, differences)
}

fn place(text: &str, quote: &str, rule: Rule, part: Part) -> Option<Place> {
    let words = compared(quote, rule);
    let words = words.trim_end();
    if words.is_empty() {
        return None;
    }
    let all = compared(text, rule);
    let at = all.find(words)?;
    let first = all.get(..at)?.chars().count();
    let mut there = kept(text, rule).skip(first);
    let begin = there.next()?;
    let end = match words.chars().count().checked_sub(2) {
        Some(others) => there.nth(others)?,
        None => begin,
    };
    let found = text.get(begin.at..end.end())?;
    Some(Place {
        part,
        offset: begin.number,
        len: end.number + 1 - begin.number,
        is_exact: found == quote,
        text: found.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use domain::{Document, Stamp};
    use proptest::prelude::*;
    use wire::{DocumentId, Timestamp};

    use super::*;

    pub(crate) fn body(text: &str) -> Body {
        let mut document = Document::page("Tap and go", text);
        document.common.summary = "Badges on drug trolleys".to_owned();
        let stamp = Stamp {
            id: DocumentId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]),
            rev: 1,
            salt: [3; 16],
            organisation: None,
        };
        domain::body::read(&domain::body::encode(&document, &stamp).unwrap()).unwrap()
    }

    #[test]
    fn a_quote_is_found_word_for_word_and_in_no_other_way() {
        let body = body(
            "# Head\n\nIt took **52 seconds**\nbefore, and 7\u{a0}after.\n\n\u{1f600} The café’s “end”.\n",
        );
        let found = |quote: &str| {
            let found = find(&body, quote).unwrap();
            let place = found.verbatim()?;
            Some((place.part, place.offset, place.len, place.is_exact))
        };
        for (quote, expected) in [
            ("It took **52", Some((Part::Text, 8, 12, true))),
            ("  It\n took   **52 ", Some((Part::Text, 8, 12, false))),
            (
                "seconds** before, and 7 after.",
                Some((Part::Text, 21, 30, false)),
            ),
            ("The café’s “end”.", Some((Part::Text, 55, 17, true))),
            ("Tap and go", Some((Part::Title, 0, 10, true))),
            ("drug trolleys", Some((Part::Summary, 10, 13, true))),
            // The case, another mark, a word left out, a word cut out of the middle.
            ("it took **52", None),
            ("The café's", None),
            ("It took seconds", None),
            ("Tap go", None),
        ] {
            assert_eq!(found(quote), expected, "{quote}");
        }
        let shown = find(&body, "It took 52 seconds before").unwrap();
        assert_eq!(shown.verbatim().unwrap().part, Part::Shown);
        assert_eq!(find(&body, " \n "), Err(QuoteFault::Empty));
        assert_eq!(
            find(&body, &"x".repeat(MAX_QUOTE_BYTES + 1)),
            Err(QuoteFault::TooLong)
        );
    }

    #[test]
    fn words_with_other_marks_are_found_and_what_differs_is_said() {
        use Difference::{Dashes, InvisibleCharacters, QuotationMarks};
        let body = body(
            "It took 52 seconds - the median - at\nanother trust's ward.\n\nThey “call” it 7\u{2013}9, all of it.\n",
        );
        let found = |quote: &str| {
            let found = find(&body, quote).unwrap();
            assert_eq!(found.verbatim(), None, "{quote}");
            let place = found.place();
            (
                place.map(|place| place.text.clone()).unwrap_or_default(),
                found.differs_in().to_vec(),
            )
        };
        for (quote, text, differences) in [
            ("“52 seconds”", "52 seconds", &[QuotationMarks][..]),
            (" ‘ 52  seconds ’ ", "52 seconds", &[QuotationMarks]),
            ("\"'52 seconds'\"", "52 seconds", &[QuotationMarks]),
            (
                "another trust’s ward",
                "another trust's ward",
                &[QuotationMarks],
            ),
            ("They \"call\" it", "They “call” it", &[QuotationMarks]),
            ("52 seconds – the", "52 seconds - the", &[Dashes]),
            ("it 7-9,", "it 7\u{2013}9,", &[Dashes]),
            (
                "“median – at another\u{a0}trust’s”",
                "median - at\nanother trust's",
                &[Dashes, QuotationMarks],
            ),
            ("“7-9”", "7\u{2013}9", &[QuotationMarks, Dashes]),
            ("52 sec\u{200b}onds", "52 seconds", &[InvisibleCharacters]),
            // Other words, another case, and marks alone.
            ("“53 seconds”", "", &[]),
            ("“it took 52”", "", &[]),
            ("52 seconds the median", "", &[]),
            ("«", "", &[]),
            ("\u{200b}", "", &[]),
        ] {
            assert_eq!(
                found(quote),
                (text.to_owned(), differences.to_vec()),
                "{quote}"
            );
        }
    }

    #[test]
    fn a_long_quote_is_looked_for_in_a_long_text_that_begins_like_it_everywhere() {
        let body = body(&"a ".repeat(60_000));
        let quote = format!("“{}b", "a ".repeat(MAX_QUOTE_BYTES / 2 - 4));
        assert_eq!(find(&body, &quote), Ok(Match::Missing));
    }

    proptest! {
        #[test]
        fn what_is_cut_out_of_a_text_is_found_there(text in "[ \n\taé\u{1f600}b]{1,60}", from in 0..60_usize, len in 1..20_usize) {
            let body = body(&text);
            let chars: Vec<char> = body.common().body_md.chars().collect();
            let quote: String = chars.iter().skip(from).take(len).collect();
            if let Ok(found) = find(&body, &quote) {
                let place = found.verbatim().unwrap();
                prop_assert_eq!(place.part, Part::Text);
                let there: String = chars.iter().skip(place.offset).take(place.len).collect();
                prop_assert_eq!(&there, &place.text);
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
                prop_assert_eq!(words(&there), words(&quote));
            }
        }
    }
}
